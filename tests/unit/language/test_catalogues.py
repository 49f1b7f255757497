"""Laws of every catalogue; `python -m tests.helpers.source_texts` puts in what the source says anew."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from portrait_studio.language.translation import CONTEXT
from portrait_studio.language.translators import LANGUAGES, of_system, read_catalogue, said_in
from tests.helpers.source_texts import catalogues, entries, of_qt, source_texts, write_catalogue

CATALOGUES = catalogues()
CHINESE = next(path for path in CATALOGUES if path.stem == "zh_CN")
TEXTS = source_texts()
_CHINESE = "[\u4e00-\u9fff）”]"
_ASKED = "？"


@pytest.fixture(params=CATALOGUES, ids=[path.stem for path in CATALOGUES])
def catalogue(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def fields(text: str) -> set[tuple[str, str | None, str | None]]:
    return {(name, spec, kind) for _, name, spec, kind in Formatter().parse(text) if name is not None}


def test_every_language_but_english_has_a_catalogue() -> None:
    assert {path.stem for path in CATALOGUES} == LANGUAGES.keys() - {"en"}
    assert len(TEXTS) > 500


def test_every_text_is_translated_and_nothing_else_is(catalogue: Path) -> None:
    found = entries(catalogue)
    assert [text for text in TEXTS if not found.get(text)] == [], "not translated"
    assert [text for text in found if text not in TEXTS] == [], "no longer said"
    assert {s: t for (name, s), t in read_catalogue(catalogue).items() if name == CONTEXT} == found


def test_translations_have_the_fields_of_their_source(catalogue: Path) -> None:
    wrong = {s: t for s, t in entries(catalogue).items() if t is None or fields(s) != fields(t)}
    assert wrong == {}


@pytest.mark.parametrize(
    ("source", "translation"),
    [(r"…$", r"…$"), (r"\.$", r"。$"), (r"\?$", _ASKED + "$"), (r"&(\w)", r"\(&(\w)\)"), (r"\n", r"\n")],
    ids=["ellipsis", "full stop", "question mark", "mnemonic", "line break"],
)
def test_chinese_ends_and_breaks_like_its_source(source: str, translation: str) -> None:
    for text, said in entries(CHINESE).items():
        assert said is not None
        assert re.findall(source, text) == [
            w.replace("。", ".").replace(_ASKED, "?") for w in re.findall(translation, said)
        ]
        assert said == said.strip()


def test_chinese_has_chinese_punctuation() -> None:
    half_width = re.compile(rf"{_CHINESE}\s*[,;:?!()]|[,;:?!](?={_CHINESE})|\.\.\.|{_CHINESE}\.")
    found = entries(CHINESE)
    # A mnemonic stands in half-width brackets, as everywhere.
    wrong = [t for t in found.values() if t and half_width.search(re.sub(r"\(&\w\)$", "", t))]
    assert wrong == []


def test_refreshing_keeps_what_is_done_and_names_what_is_not(tmp_path: Path) -> None:
    path = tmp_path / "zh_CN.ts"
    kept = next(iter(TEXTS))
    write_catalogue(path, "zh_CN", {kept: "译文", "of a version before": "旧"})
    found = entries(path)
    assert list(found) == list(TEXTS)
    assert [text for text, said in found.items() if said] == [kept]
    assert read_catalogue(path) == {(CONTEXT, kept): "译文"}


def test_catalogues_are_as_a_refresh_would_write_them(catalogue: Path, tmp_path: Path) -> None:
    again = tmp_path / catalogue.name
    write_catalogue(again, catalogue.stem, entries(catalogue), of_qt(catalogue))
    assert again.read_text("utf-8") == catalogue.read_text("utf-8")


@pytest.mark.parametrize("content", [None, "", "<TS><context>"])
def test_a_damaged_catalogue_is_an_empty_one(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "xx.ts"
    if content is not None:
        path.write_text(content)
    assert read_catalogue(path) == {}


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (["zh-Hans-CN", "zh-CN", "zh-Hans", "zh"], "zh_CN"),
        (["zh-SG"], "zh_CN"),
        (["de-DE", "de", "zh-CN", "en-US"], "zh_CN"),
        (["en-GB", "zh-CN"], "en"),
        (["zh-Hant-TW", "en-US"], "en"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_system_is_given_the_first_language_that_there_is(wanted: list[str], language: str) -> None:
    assert of_system(wanted) == language


def test_another_language_is_found_by_its_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LANGUAGES, "de", "Deutsch")
    assert of_system(["de-AT", "en-US"]) == "de"
    assert of_system(["nl-NL", "zh-CN", "de"]) == "zh_CN"


def test_a_text_can_be_said_in_a_language_that_is_not_spoken() -> None:
    assert said_in("zh_CN", "Undo") == "撤销"
    assert said_in("en", "Undo") == "Undo"
