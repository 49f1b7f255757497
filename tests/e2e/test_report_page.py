"""The page that shows what a batch did."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.e2e.test_cli import run


class Page(HTMLParser):
    """Texts and pictures of a page; complains about what stays open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.pictures.append(dict(attrs))
        elif tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture
def report(models: Path, photo: Path, mask: Path, tmp_path: Path) -> Path:
    photos, masks = tmp_path / "photos", tmp_path / "masks"
    photos.mkdir()
    masks.mkdir()
    shutil.copy(photo, photos / "a.png")
    shutil.copy(mask, masks / "a.png")
    (photos / "<script>.jpg").write_bytes(b"damaged")
    assert run("batch", photos, "--masks", masks, "-o", tmp_path / "results", "--device", "cpu") == 1
    return tmp_path / "results" / "report.json"


def test_the_page_shows_before_and_after_and_what_failed_first(report: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert run("report", report, "-o", target) == 0
    html = target.read_text("utf-8")
    page = Page(html)
    names = [text for text in page.texts if text in ("a.png", "<script>.jpg")]
    assert names == ["<script>.jpg", "a.png"]
    assert [picture["alt"] for picture in page.pictures] == ["a.png, before", "a.png, after"]
    assert page.pictures[0]["src"] != page.pictures[1]["src"]
    assert any(
        "2 photos: 1 failed, 1 done" in text or "2 photos: 1 done, 1 failed" in text for text in page.texts
    )
    # All of it is in the one file.
    assert not re.search(r'(src|href)="(?!data:image/jpeg;base64,)', html)
    # What batch has written is not touched.
    assert json.loads(report.read_text())["format"] == "portrait-studio batch report"


def test_what_is_left_out_is_said(report: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    assert run("report", report, "-o", target, "--most", 1) == 0
    page = Page(target.read_text("utf-8"))
    assert any("1 other is left out here" in text for text in page.texts)
    assert page.pictures == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no JSON", "is no report of a batch"),
        (
            b'{"format": "portrait-studio batch report", "version": 1, "photos": [{}]}',
            "is no report of a batch",
        ),
        (b'{"format": "another", "version": 1, "photos": []}', "is no report of a batch"),
    ],
)
def test_another_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, sentence: str
) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(content)
    assert run("report", other, "-o", tmp_path / "page.html") == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()


def test_the_page_takes_the_place_of_no_photo(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads(report.read_text())
    content["photos"][0]["photo"] = str(tmp_path / "photo.html")
    (tmp_path / "photo.html").write_bytes(b"a photo")
    report.write_text(json.dumps(content))
    assert run("report", report, "-o", tmp_path / "photo.html") == 2
    assert run("report", report, "-o", tmp_path / "page.txt") == 2
    assert (tmp_path / "photo.html").read_bytes() == b"a photo"
