"""Projects and records that are damaged or crafted: opened, or refused in a sentence, in bounds."""

from __future__ import annotations

import base64
import json
import os
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from portrait_studio.document import history_limits
from portrait_studio.document.deltas import Piece, PlaneName
from portrait_studio.document.edit_record import read_record
from portrait_studio.document.history_limits import HistoryLimits, LimitExceeded
from portrait_studio.document.project import write_project
from portrait_studio.document.project_reading import read_origin, read_project
from portrait_studio.errors import ExportError, ProjectError
from portrait_studio.imaging.geometry import Bounds
from tests.fuzz import bombs
from tests.unit.document.test_project import Document, Editor, nothing, photo_with, reopened

MOST_SECONDS = 10
MOST_KILOBYTES = 2_000_000


def in_bounds(read: Callable[[], object]) -> str:
    """What reading says, "" where it opens, in another process, within time and memory."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        # What this process was given by its parent, which has grown by all tests before, is not the reader's.
        given = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            read()
            sentence = ""
        except ProjectError as error:
            sentence = str(error)
        except BaseException as error:
            sentence = f"traceback: {error!r}"
        os.write(writing, f"{given} {sentence}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        given_kilobytes, _, sentence = file.read().partition(" ")
    _, code, used = os.wait4(process, 0)
    assert code == 0, "it took too long"
    assert used.ru_maxrss - int(given_kilobytes) < MOST_KILOBYTES
    return sentence


REFUSED = {
    "one piece of 40,000 x 40,000": "damaged",
    "a photo of 3 GB": "damaged",
    "50,000 pieces of the whole photo": "longer than that of any project",
    "3 million pieces": "damaged",
    "3 million empty pieces": "damaged",
    "400,000 empty steps": "longer than that of any project",
    "400,000 members": "damaged",
    "20,000 steps that change everything": "longer than that of any project",
    "7,000 steps that span everything": "longer than that of any project",
    "a member that lies about its size": "damaged",
    "an index of brackets": "damaged",
    "an index of containers": "damaged",
}


@pytest.mark.parametrize("name", sorted(bombs.PROJECTS.keys() - bombs.SLOW))
def test_a_bomb_of_a_project_does_no_harm(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.psproj"
    bombs.PROJECTS[name](path)
    sentence = in_bounds(lambda: read_project(path, nothing).document.close())
    assert not sentence.startswith("traceback"), sentence
    assert REFUSED.get(name, "") in sentence
    assert bool(sentence) == (name in REFUSED), sentence


SOUND_RECORDS = {"100 masks of 225 megapixels", "300 painted maps of 225 megapixels", "100,000 holes"}


@pytest.mark.parametrize("name", sorted(bombs.RECORDS.keys() - bombs.SLOW))
def test_a_bomb_of_a_record_does_no_harm(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bomb.json"
    bombs.RECORDS[name](path)
    sentence = in_bounds(lambda: read_record(path))
    assert not sentence.startswith("traceback"), sentence
    assert bool(sentence) == (name not in SOUND_RECORDS), sentence


@pytest.fixture
def project(tmp_path: Path) -> Path:
    editor = Editor(Document(photo_with(8)))
    editor.rectangle(Bounds(10, 10, 60, 60), 255)
    editor.fill([Bounds(5, 5, 70, 70)], 4)
    write_project(editor.snapshot(), tmp_path / "a.psproj", nothing)
    editor.document.close()
    return tmp_path / "a.psproj"


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The same project with another index."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    index = json.loads(members["project.json"])
    change(index)
    members["project.json"] = json.dumps(index).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def replaced(place: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(index: dict[str, Any]) -> None:
        *keys, last = (int(key) if key.isdecimal() else key for key in place.split("/"))
        entry: Any = index
        for key in keys:
            entry = entry[key]
        entry[last] = value

    return change


FILL = {
    "method": "default",
    "seed": 1,
    "device": "cpu",
    "grow_px": 2,
    "ran_on": "CPU",
    "weights": {},
    "program": "0.1.0",
}


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("steps/1/fill", 5),
        ("steps/1/fill", {**FILL, "seed": float("inf")}),
        ("steps/1/fill", {**FILL, "seed": -1}),
        ("steps/1/fill", {**FILL, "seed": 2**63}),
        ("steps/1/fill", {**FILL, "grow_px": 10**9}),
        ("steps/1/fill", {**FILL, "method": 5}),
        ("steps/1/fill", {**FILL, "weights": []}),
        ("steps/1/fill", {**FILL, "joints": [[99, 1, 1]]}),
        ("steps/1/fill", {**FILL, "joints": [[1, 1e300, 1]]}),
        ("steps/1/fill", {**FILL, "device": "tpu"}),
        ("steps/0/pieces", [["mask", 0, 0, float("inf"), 9]]),
        ("steps/0/pieces", [["mask", 0, 0, 10**30, 9]]),
        ("steps/0/pieces", [["mask", 5, 5, 1, 1]]),
        ("steps/0/pieces", [["mask", 0, 0, 9]]),
        ("steps/0/pieces", 7),
        ("steps/0/data", ["x"]),
        ("steps/0/title", 5),
        ("steps/0/title", "x" * 5000),
        ("steps/0/canvas", [5, 5, 5, 5]),
        ("steps/0/canvas", [0, 0, 10**9, 10**9]),
        ("steps", {}),
        ("steps", None),
        ("applied", float("nan")),
        ("applied", True),
        ("photo", []),
        ("photo/name", ".."),
        ("photo/name", "a\0b"),
        ("photo/member", 5),
        ("origin", 5),
        ("origin", {"name": 5, "photo": None, "project": None}),
        ("origin", {"name": "a", "photo": "a\0b", "project": None}),
        ("version", float("inf")),
    ],
)
def test_a_wrong_value_is_one_sentence(project: Path, place: str, value: Any) -> None:
    with pytest.raises(ProjectError, match=r"a\.psproj") as caught:
        read_project(changed(project, replaced(place, value)), nothing)
    assert "\n" not in str(caught.value)


def test_values_that_are_no_label_or_joint_are_refused(project: Path) -> None:
    def labels(index: dict[str, Any]) -> None:
        index["steps"][0]["pieces"] = [["structure", *piece[1:]] for piece in index["steps"][0]["pieces"]]

    with pytest.raises(ProjectError, match="damaged"):
        read_project(changed(project, labels), nothing)


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(project: Path, way: int) -> None:
    with zipfile.ZipFile(project) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(project, "w", way) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    with pytest.raises(ProjectError, match="not written by this program"):
        read_project(project, nothing)


@pytest.mark.parametrize("read", [lambda path: read_project(path, nothing), read_origin, read_record])
def test_pipes_devices_and_folders_are_refused_at_once(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ProjectError, match="not an ordinary file"):
            read(path)
    with pytest.raises(ProjectError, match="is a folder"):
        read(tmp_path)


def test_a_step_is_kept_as_what_it_changes(tmp_path: Path) -> None:
    editor = Editor(Document(photo_with(8)))
    editor.rectangle(Bounds(3, 3, 5, 139), 255)
    (step,) = editor.steps
    assert sum(piece.bounds.extent.area for piece in step.delta.pieces) == 128 * 140
    write_project(editor.snapshot(), tmp_path / "a.psproj", nothing)
    again = reopened(read_project(tmp_path / "a.psproj", nothing))
    assert again.state == editor.state
    assert [piece.bounds for piece in again.steps[0].delta.pieces] == [
        Bounds(3, 3, 5, 128),
        Bounds(3, 128, 5, 139),
    ]


def test_a_history_that_could_not_be_opened_again_is_not_written(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = reopened(read_project(project, nothing))
    before = project.read_bytes()
    monkeypatch.setattr(history_limits, "MOST_STEPS", 1)
    with pytest.raises(ExportError, match="longer than a project file can hold; export the picture"):
        write_project(editor.snapshot(), project, nothing)
    assert project.read_bytes() == before


def test_the_limits_grow_with_the_photo() -> None:
    whole = Bounds(0, 0, 20_000, 10_000)
    plane = Piece(PlaneName.IMAGE, whole)
    assert HistoryLimits(whole, 1).span([plane]) == 600_000_000
    with pytest.raises(LimitExceeded):
        HistoryLimits(whole, 1).span([plane] * 100)
    with pytest.raises(ValueError, match="outside"):
        HistoryLimits(whole, 1).span([Piece(PlaneName.MASK, Bounds(0, 0, 20_001, 1))])


def png(array: np.ndarray, suffix: str, *options: int) -> str:  # type: ignore[type-arg]
    done, data = cv2.imencode(suffix, array, options)
    assert done
    return base64.b64encode(data.tobytes()).decode()


GREY = np.full((64, 64), 200, np.uint8)
TEXT = base64.b64encode(b"hello").decode()


@pytest.mark.parametrize(
    "mask",
    [
        png(GREY, ".jpg"),
        png(GREY, ".jp2"),
        png(GREY, ".tif"),
        png(GREY, ".bmp"),
        png(GREY.astype(np.uint16), ".png"),
        png(np.dstack([GREY] * 3), ".png"),
        png(GREY, ".png")[:60],
        png(GREY, ".png")[:-8] + "AAAAAAA=",
        "",
        TEXT,
        "?",
        5,
    ],
)
def test_masks_of_a_record_are_grey_png_only(tmp_path: Path, mask: object) -> None:
    content = json.loads(bombs.record(64, 64, b""))
    content["fills"][0]["mask"]["png"] = mask
    content["fills"][0]["holes"] = []
    (tmp_path / "a.json").write_text(json.dumps(content))
    with pytest.raises(ProjectError, match="damaged or no edit record"):
        read_record(tmp_path / "a.json")
    content["fills"][0]["mask"]["png"] = png(GREY, ".png")
    (tmp_path / "a.json").write_text(json.dumps(content))
    (fill,) = read_record(tmp_path / "a.json").fills
    assert np.array_equal(fill.mask, GREY)


def test_a_mask_that_proves_to_be_damaged_is_a_sentence_when_it_is_needed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(bombs.record(8, 8, bombs.png(8, 8)))
    (fill,) = read_record(tmp_path / "a.json").fills
    assert not fill.mask.any()
    hollow = bombs.png(8, 8)
    start = hollow.index(b"IDAT") - 4
    broken = hollow[:start] + bombs.chunk(b"IDAT", b"not deflate at all") + bombs.chunk(b"IEND", b"")
    (tmp_path / "b.json").write_bytes(bombs.record(8, 8, broken))
    (fill,) = read_record(tmp_path / "b.json").fills
    with pytest.raises(ProjectError, match="mask or map in the record is damaged"):
        fill.mask  # noqa: B018 - raises


def test_opening_a_long_history_is_not_quadratic(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        path = tmp_path / f"{count}.psproj"
        bombs.write(path, [bombs.step("s", [])] * count, {"s": b""})
        began = time.process_time()
        read_project(path, nothing).document.close()
        return time.process_time() - began

    def at_best(count: int) -> float:
        # What else the machine does only ever adds to it.
        return min(seconds(count) for _ in range(3))

    seconds(10)
    assert at_best(8000) < 40 * at_best(800)
