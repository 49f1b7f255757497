import argparse
import json
from pathlib import Path

import pytest

from portrait_studio.errors import DataSetError
from tests.helpers.tiny_sets import make_set
from trainer.data.converters.registry import CONVERTERS
from trainer.data.packs import PackedSet
from trainer.data.prepare import prepare
from trainer.data.prepare_command import add_prepare_command


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_prepare_command(parser.add_subparsers())
    return parser


@pytest.mark.parametrize("name", CONVERTERS)
def test_every_set_can_be_prepared_and_read(tmp_path: Path, name: str) -> None:
    make_set(name, tmp_path / "source")
    report = prepare(name, tmp_path / "source", tmp_path / "packs")
    counts = [len(PackedSet(tmp_path / "packs", split, [name])) for split in ("train", "val")]
    assert counts == [report.train, report.val]
    assert sum(counts) > 0


def test_the_report_says_what_was_left_out(tmp_path: Path) -> None:
    make_set("clothing-co-parsing", tmp_path / "source")
    report = prepare("clothing-co-parsing", tmp_path / "source", tmp_path / "packs")
    assert (report.train + report.val, report.labelled, report.posed) == (4, 3, 4)
    assert report.photos_with_label["dress"] == 2
    assert report.photos_with_label["background"] == 3
    written = json.loads((tmp_path / "packs" / "clothing-co-parsing" / "report.json").read_text())
    assert written["skipped"] == {"0536": "its labels are all background"}
    assert "left out 0536: its labels are all background" in report.text()


def test_the_command_prints_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_set("horses", tmp_path / "source")
    args = _parser().parse_args(["prepare", "horses", str(tmp_path / "source"), str(tmp_path / "packs")])
    assert args.handler(args) == 0
    assert capsys.readouterr().out.startswith("horses: ")


def test_the_listener_hears_of_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.data.prepare._REPORT_EVERY", 2)
    make_set("clothing-co-parsing", tmp_path / "source")
    heard: list[int] = []
    prepare("clothing-co-parsing", tmp_path / "source", tmp_path / "packs", heard.append)
    assert heard == [2, 4]


def test_an_unknown_set_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match='"atr"; known are backgrounds, celebahq, clothing-co-parsing'):
        prepare("atr", tmp_path, tmp_path / "packs")


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="does not exist"):
        prepare("lip", tmp_path / "nowhere", tmp_path / "packs")


def test_a_set_without_a_usable_photo_is_an_error(tmp_path: Path) -> None:
    make_set("horses", tmp_path / "source")
    (tmp_path / "source" / "photos" / "horse001.jpg").write_bytes(b"")
    with pytest.raises(DataSetError, match="No photo of horses"):
        prepare("horses", tmp_path / "source", tmp_path / "packs")
    assert not (tmp_path / "packs" / "horses").exists()
