import argparse
import json
from pathlib import Path

import pytest

from portrait_studio.errors import DataSetError
from tests.helpers.every_set import make_set
from trainer.commands.prepare import add_prepare_command
from trainer.data.converters.registry import DATA_SETS
from trainer.data.packs import PackedSet
from trainer.data.prepare import PrepareReport, prepare


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_prepare_command(parser.add_subparsers())
    return parser


@pytest.mark.parametrize("name", DATA_SETS)
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
    assert "left out 1: its labels are all background (0536)" in report.text()


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
    with pytest.raises(DataSetError, match='"lipp"; known are atr, backgrounds, celeba'):
        prepare("lipp", tmp_path, tmp_path / "packs")


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="does not exist"):
        prepare("lip", tmp_path / "nowhere", tmp_path / "packs")


@pytest.mark.parametrize("name", DATA_SETS)
def test_an_empty_folder_is_an_error_that_names_the_set(tmp_path: Path, name: str) -> None:
    (tmp_path / "source").mkdir()
    with pytest.raises(DataSetError, match=rf"for {name}, download .*licence|No photos"):
        prepare(name, tmp_path / "source", tmp_path / "packs")
    assert not (tmp_path / "packs").exists() or not list((tmp_path / "packs").iterdir())


@pytest.mark.parametrize(("name", "needs"), [(name, entry.needs) for name, entry in DATA_SETS.items()])
def test_each_missing_part_is_named(tmp_path: Path, name: str, needs: tuple[str, ...]) -> None:
    for need in needs:
        source = tmp_path / need.replace("/", "_").replace(" ", "")
        make_set(name, source)
        for place in need.split(" | "):
            if (source / place).exists():
                (source / place).rename(tmp_path / f"away-{source.name}-{place.replace('/', '-')}")
        with pytest.raises(DataSetError) as caught:
            prepare(name, source, tmp_path / "packs")
        message = str(caught.value)
        assert f"lacks {need.partition(' | ')[0]}:" in message
        assert f"licence: {DATA_SETS[name].licence}" in message
        assert DATA_SETS[name].download in message


def test_the_list_describes_every_set(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        _parser().parse_args(["prepare", "--list"])
    text = capsys.readouterr().out
    for name, entry in DATA_SETS.items():
        assert f"{name}: {entry.title}" in text
        assert entry.licence in text
        assert entry.download in text
        assert all(need.partition(" | ")[0] in text for need in entry.needs)


def test_help_names_every_set(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        _parser().parse_args(["prepare", "--help"])
    text = capsys.readouterr().out
    assert all(f"  {name} " in text and entry.title in text for name, entry in DATA_SETS.items())


def test_a_set_can_be_packed_under_another_name(tmp_path: Path) -> None:
    make_set("photos", tmp_path / "source")
    command = ["prepare", "photos", str(tmp_path / "source"), str(tmp_path / "packs"), "--name", "holiday"]
    args = _parser().parse_args(command)
    assert args.handler(args) == 0
    packed = [PackedSet(tmp_path / "packs", split, ["holiday"]) for split in ("train", "val")]
    keys = sorted(photo.key for part in packed for photo in part.photos)
    assert keys == ["holiday/2019_summer/b_c", "holiday/a"]


@pytest.mark.parametrize("name", ["a/b", "..", "a b", "-"])
def test_names_that_are_no_folder_are_refused(tmp_path: Path, name: str) -> None:
    make_set("horses", tmp_path / "source")
    with pytest.raises(DataSetError, match="choose another one"):
        prepare("horses", tmp_path / "source", tmp_path / "packs", name=name)


def test_a_photo_that_comes_twice_is_packed_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    make_set("photos", source)
    (source / "z.jpg").write_bytes((source / "a.jpg").read_bytes())
    report = prepare("photos", source, tmp_path / "packs")
    assert report.skipped == {"z": "the same photo as a"}
    assert report.train + report.val == 2


def test_the_split_of_the_set_is_kept(tmp_path: Path) -> None:
    make_set("lip-single-person", tmp_path / "source")
    prepare("lip-single-person", tmp_path / "source", tmp_path / "packs")
    ids = {
        split: [photo.key for photo in PackedSet(tmp_path / "packs", split).photos]
        for split in ("train", "val")
    }
    assert ids == {
        "train": ["lip-single-person/77_471474", "lip-single-person/90_1"],
        "val": ["lip-single-person/36_453991"],
    }


def test_an_incomplete_set_is_noticed(tmp_path: Path) -> None:
    make_set("atr", tmp_path / "source")
    report = prepare("atr", tmp_path / "source", tmp_path / "packs")
    assert "the complete set has 17706 photos: some seem to be missing" in report.text()


def test_many_reasons_are_told_in_few_lines() -> None:
    skipped = {str(number): "photo cannot be decoded" for number in range(40)}
    report = PrepareReport("set", 1, 0, 0, 0, skipped, {"7": "no pose"}, {}, None, "")
    assert report.text().splitlines()[2:] == [
        "left out 40: photo cannot be decoded (0, 1, 2, 3, 4, ...)",
        "kept 1: no pose (7)",
    ]


def test_a_set_without_a_usable_photo_is_an_error(tmp_path: Path) -> None:
    make_set("horses", tmp_path / "source")
    (tmp_path / "source" / "photos" / "horse001.jpg").write_bytes(b"")
    with pytest.raises(DataSetError, match="No photo of horses"):
        prepare("horses", tmp_path / "source", tmp_path / "packs")
    assert not (tmp_path / "packs" / "horses").exists()
