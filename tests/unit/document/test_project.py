from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.document.document import Document
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.document.project import Project, write_project
from portrait_studio.document.project_reading import read_project
from portrait_studio.errors import Cancelled, ExportError, ProjectError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo, Pixels
from portrait_studio.imaging.reading import read_photo

RECORD = FillRecord("default", 3, "auto", 2, "CPU (float32)", {"parsing": "ab" * 32}, "0.1.0")


def nothing() -> None:
    return


@dataclass(frozen=True, eq=False)
class Crop:
    bounds: Bounds
    pixels: Pixels
    changed: NDArray[np.uint8]


@dataclass
class Editor:
    """A document with an undo stack, in the plainest way."""

    document: Document
    steps: list[Step] = field(default_factory=list)
    applied: int = 0

    def push(self, step: Step) -> None:
        del self.steps[self.applied :]
        self.steps.append(step)
        self.applied += 1

    def undo(self) -> None:
        if self.applied:
            self.applied -= 1
            self.steps[self.applied].delta.undo(self.document)

    def redo(self) -> None:
        if self.applied < len(self.steps):
            self.steps[self.applied].delta.redo(self.document)
            self.applied += 1

    def rectangle(self, box: Bounds, value: int) -> None:
        edit = self.document.edit_mask()
        edit.rectangle(box, value)
        if (delta := edit.finish()) is not None:
            self.push(Step("Rectangle", delta))

    def fill(self, boxes: list[Bounds], seed: int) -> None:
        source = np.random.default_rng(seed)
        crops = []
        for box in (box.intersected(Bounds.of(self.document.extent)) for box in boxes):
            pixels = self.document.image[box.slices] + self.document.image.dtype.type(1 + seed % 90)
            crops.append(Crop(box, pixels, source.integers(0, 2, (box.height, box.width), dtype=np.uint8)))
        self.push(Step("Fill", self.document.apply_fills(crops), RECORD))

    def canvas(self, left: int, top: int, right: int, bottom: int) -> None:
        if (delta := self.document.change_canvas(Bounds(left, top, right, bottom))) is not None:
            self.push(Step("Canvas", delta))

    @property
    def state(self) -> tuple[Bounds, bytes, bytes, bytes]:
        document = self.document
        planes = document.image.tobytes(), document.mask.tobytes(), document.filled.tobytes()
        return document.canvas, *planes

    def snapshot(self) -> Snapshot:
        return Snapshot(self.document, self.steps, self.applied)


def reopened(project: Project) -> Editor:
    editor = Editor(project.document, list(project.steps), len(project.steps))
    while editor.applied > project.applied:
        editor.undo()
    return editor


def photo_with(bits: int) -> Photo:
    values = np.random.default_rng(bits).integers(0, 1 << bits, (140, 170, 3), dtype=np.uint16)
    pixels: Pixels = values.astype(np.uint8) if bits == 8 else values
    pixels.setflags(write=False)
    return Photo(pixels)


boxes = st.builds(
    lambda left, top, width, height: Bounds(left, top, min(170, left + width), min(140, top + height)),
    st.integers(0, 169),
    st.integers(0, 139),
    st.integers(1, 100),
    st.integers(1, 100),
)
edits = st.one_of(
    st.tuples(st.just("rectangle"), boxes, st.sampled_from([0, 255])),
    st.tuples(st.just("fill"), st.lists(boxes, min_size=1, max_size=3), st.integers(0, 99)),
    st.tuples(
        st.just("canvas"),
        st.integers(-40, 40),
        st.integers(-40, 40),
        st.integers(120, 200),
        st.integers(100, 170),
    ),
    st.tuples(st.sampled_from(["undo", "redo"])),
)


@given(steps=st.lists(edits, max_size=9), bits=st.sampled_from([8, 16]), budget=st.sampled_from([0, 1 << 20]))
@settings(max_examples=30)
def test_reopening_gives_the_same_state_and_the_same_history(
    steps: list[tuple[Any, ...]], bits: int, budget: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("project") / "a.psproj"
    editor = Editor(Document(photo_with(bits), undo_budget_bytes=budget))
    for name, *arguments in steps:
        getattr(editor, name)(*arguments)
    before = editor.state
    snapshot = editor.snapshot()
    editor.fill([Bounds(0, 0, 60, 60)], 1)  # later edits do not reach the snapshot
    editor.undo()
    write_project(snapshot, path, nothing)
    again = reopened(read_project(path, nothing))
    assert again.state == before == editor.state
    while again.applied or editor.applied:
        again.undo()
        editor.undo()
        assert again.state == editor.state
    assert np.array_equal(again.document.image, again.document.photo.pixels)
    for _ in range(again.applied, len(again.steps)):
        again.redo()
    assert all(step.fill in (None, RECORD) for step in again.steps)
    assert again.document.changed_outside() == 0
    editor.document.close()
    again.document.close()


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    Image.fromarray(photo_with(8).pixels).save(tmp_path / "person.jpg", quality=80)
    editor = Editor(Document(read_photo(tmp_path / "person.jpg")))
    editor.rectangle(Bounds(10, 10, 60, 60), 255)
    editor.fill([Bounds(5, 5, 70, 70)], 4)
    path = tmp_path / "a.psproj"
    write_project(editor.snapshot(), path, nothing)
    editor.document.close()
    return path


def test_the_original_lies_untouched_inside(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        assert archive.read("photo/person.jpg") == (saved.parent / "person.jpg").read_bytes()
    project = read_project(saved, nothing)
    assert project.document.photo.path == saved.parent / "person.jpg"
    assert project.document.photo.metadata.jpeg is not None
    assert project.steps[1].fill == RECORD


def test_every_cut_and_every_flip_is_one_sentence_or_no_change(saved: Path, tmp_path: Path) -> None:
    data = saved.read_bytes()
    good = Editor(read_project(saved, nothing).document).state
    broken = tmp_path / "broken.psproj"
    refused = 0
    for place in range(0, len(data), max(1, len(data) // 60)):
        flipped = bytearray(data)
        flipped[place] ^= 0x55
        for content in (data[:place], bytes(flipped)):
            broken.write_bytes(content)
            try:
                sentence, state = "", Editor(read_project(broken, nothing).document).state
            except ProjectError as error:
                sentence, state = str(error), good
                refused += 1
            assert state == good
            assert not sentence or ("broken.psproj" in sentence and "\n" not in sentence)
    assert refused > 60


def rewritten(path: Path, change: dict[str, Any], target: Path) -> Path:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "project.json":
                data = json.dumps(json.loads(data) | change).encode()
            new.writestr(name, data)
    return target


def step(data: str, *pieces: list[Any]) -> dict[str, Any]:
    return {"title": "x", "data": data, "pieces": list(pieces), "fill": None}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 99, "program": "9.0"}, r"newer version of the program \(9\.0\); update"),
        ({"format": "something else"}, "damaged or no project"),
        ({"applied": 7}, "damaged"),
        ({"steps": [step("steps/0001.bin", ["mask", 0, 0, 9999, 9])]}, "damaged"),
        ({"steps": [step("steps/0001.bin", ["soul", 0, 0, 9, 9])]}, "damaged"),
        ({"steps": [step("../../etc/passwd")]}, "damaged"),
        ({"photo": {}}, "damaged"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(
    saved: Path, tmp_path: Path, change: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ProjectError, match=sentence):
        read_project(rewritten(saved, change, tmp_path / "changed.psproj"), nothing)


def test_missing_and_foreign_files_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="There is no file"):
        read_project(tmp_path / "none.psproj", nothing)
    with pytest.raises(ProjectError, match="is a folder"):
        read_project(tmp_path, nothing)
    (tmp_path / "text.psproj").write_text("hello")
    with pytest.raises(ProjectError, match="damaged or no project"):
        read_project(tmp_path / "text.psproj", nothing)


def test_a_failed_save_leaves_the_old_file(saved: Path) -> None:
    before = saved.read_bytes()
    project = read_project(saved, nothing)
    editor = reopened(project)

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write_project(editor.snapshot(), saved, stop)
    assert saved.read_bytes() == before
    assert [p.name for p in saved.parent.iterdir() if p.name.endswith(".part")] == []
    with pytest.raises(ExportError, match="There is no folder"):
        write_project(editor.snapshot(), saved.parent / "none" / "a.psproj", nothing)


def test_a_snapshot_of_a_closed_document_says_so(tmp_path: Path) -> None:
    editor = Editor(Document(photo_with(8), undo_budget_bytes=0))
    editor.fill([Bounds(0, 0, 50, 50)], 1)
    snapshot = editor.snapshot()
    editor.document.close()
    with pytest.raises(ExportError):
        write_project(snapshot, tmp_path / "a.psproj", nothing)
    assert list(tmp_path.iterdir()) == []
