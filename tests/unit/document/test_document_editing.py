from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from portrait_studio.document.deltas import Delta, PlaneName
from portrait_studio.document.document import Document
from portrait_studio.errors import ExportError, MaskError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.photo import Photo, Pixels
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.imaging.xmp import PARTLY_GENERATED

EXTENT = Extent(170, 140)


@dataclass(frozen=True, eq=False)
class Crop:
    bounds: Bounds
    pixels: Pixels
    changed: NDArray[np.uint8]


def _photo(bits: int = 8, seed: int = 0) -> Photo:
    values = np.random.default_rng(seed).integers(
        0, 1 << bits, (EXTENT.height, EXTENT.width, 3), dtype=np.uint16
    )
    pixels: Pixels = values.astype(np.uint8) if bits == 8 else values
    pixels.setflags(write=False)
    return Photo(pixels)


def _crop(photo: Photo, bounds: Bounds, seed: int) -> Crop:
    """A crop whose pixels are all other than the photo's, of which about half are to be used."""
    changed = np.random.default_rng(seed).integers(0, 2, (bounds.height, bounds.width), dtype=np.uint8)
    return Crop(bounds, photo.pixels[bounds.slices] + photo.pixels.dtype.type(1 + seed % 100), changed)


@pytest.fixture
def document() -> Iterator[Document]:
    document = Document(_photo())
    yield document
    document.close()


boxes = st.builds(
    lambda left, top, width, height: Bounds(left, top, min(170, left + width), min(140, top + height)),
    st.integers(0, 169),
    st.integers(0, 139),
    st.integers(1, 100),
    st.integers(1, 100),
)
places = st.tuples(st.floats(-10, 180), st.floats(-10, 150))
strokes = st.tuples(
    st.just("stroke"), st.lists(places, min_size=1, max_size=3), st.floats(0.3, 40), st.sampled_from([0, 255])
)
fills = st.tuples(st.just("fill"), st.lists(boxes, min_size=1, max_size=3), st.integers(0, 1000))
others = st.tuples(st.sampled_from(["invert", "clear", "undo", "redo"]))


def _edit(document: Document, step: tuple[Any, ...]) -> Delta | None:
    match step:
        case ("stroke", points, radius, value):
            edit = document.edit_mask()
            edit.stroke(points, radius, value)
            return edit.finish()
        case ("fill", bounds, seed):
            crops = [_crop(document.photo, box, seed + n) for n, box in enumerate(bounds)]
            return document.apply_fills(crops)
        case (name,):
            edit = document.edit_mask()
            edit.invert() if name == "invert" else edit.clear()
            return edit.finish()
    raise AssertionError(step)


def _state(document: Document) -> tuple[bytes, bytes, bytes]:
    return document.image.tobytes(), document.mask.tobytes(), document.filled.tobytes()


@given(steps=st.lists(strokes | fills | others, max_size=12), bits=st.sampled_from([8, 16]))
@settings(max_examples=60)
def test_any_sequence_can_be_undone_and_redone(steps: list[tuple[Any, ...]], bits: int) -> None:
    document = Document(_photo(bits), undo_budget_bytes=100_000)
    done: list[Delta] = []
    undone: list[Delta] = []
    states = [_state(document)]
    for step in steps:
        if step[0] == "undo":
            if done:
                undone.append(done.pop())
                undone[-1].undo(document)
        elif step[0] == "redo":
            if undone:
                done.append(undone.pop())
                done[-1].redo(document)
        elif (delta := _edit(document, step)) is not None:
            done.append(delta)
            undone.clear()
            states[len(done) :] = [_state(document)]
        assert _state(document) == states[len(done)]
        assert document.changed_outside() == 0
    for delta, state in zip(reversed(done), reversed(states[: len(done)]), strict=True):
        delta.undo(document)
        assert _state(document) == state
    assert np.array_equal(document.image, document.photo.pixels)
    document.close()


@given(
    crops=st.lists(st.tuples(boxes, st.integers(0, 99)), min_size=1, max_size=4),
    bits=st.sampled_from([8, 16]),
)
@settings(max_examples=40)
def test_pixels_outside_the_fills_keep_their_bits(crops: list[tuple[Bounds, int]], bits: int) -> None:
    document = Document(_photo(bits))
    may_change = np.zeros((EXTENT.height, EXTENT.width), np.bool_)
    found = [_crop(document.photo, bounds, seed) for bounds, seed in crops]
    for crop in found:
        may_change[crop.bounds.slices] |= crop.changed != 0
    document.apply_fills(found)
    differs = (document.image != document.photo.pixels).any(axis=2)
    assert np.array_equal(differs, may_change)
    assert np.array_equal(document.filled != 0, may_change)
    document.close()


def test_memory_is_shared_until_the_first_fill(document: Document) -> None:
    assert document.image is document.photo.pixels
    document.edit_mask().rectangle(Bounds(0, 0, 5, 5))
    assert document.edited_photo.pixels is document.photo.pixels
    document.apply_fills([_crop(document.photo, Bounds(3, 3, 9, 9), 1)])
    first = document.image
    assert first is not document.photo.pixels
    document.apply_fills([_crop(document.photo, Bounds(3, 3, 9, 9), 2)])
    assert document.image is first


def test_a_fill_takes_its_mask_away_and_undo_brings_it_back(document: Document) -> None:
    edit = document.edit_mask()
    edit.rectangle(Bounds(10, 10, 30, 30))
    edit.rectangle(Bounds(100, 100, 110, 110))
    assert edit.finish() is not None
    mask = document.mask
    painted = mask.copy()
    bounds = Bounds(5, 5, 35, 35)
    everywhere = np.ones((30, 30), np.uint8)
    delta = document.apply_fills([Crop(bounds, np.zeros((30, 30, 3), np.uint8), everywhere)])
    assert PlaneName.IMAGE in delta.planes
    assert delta.bounds == bounds
    assert not mask[bounds.slices].any()
    # A hole that was painted while the job ran is still to be filled.
    assert mask[105, 105] == 255
    assert document.has_mask
    assert delta.undo(document) == bounds
    assert np.array_equal(mask, painted)
    assert document.mask is mask


def test_a_stroke_in_the_making_can_be_aborted(document: Document) -> None:
    first = document.edit_mask()
    first.stroke([(20, 20), (60, 60)], 9)
    first.finish()
    before = document.mask.copy()
    edit = document.edit_mask()
    edit.stroke([(50, 50), (100, 90)], 20, value=255)
    edit.polygon([(0, 0), (30, 0), (30, 50)], value=0)
    assert not np.array_equal(document.mask, before)
    assert not edit.abort().is_empty
    assert np.array_equal(document.mask, before)


def test_a_mask_from_elsewhere_replaces_the_painted_one(document: Document) -> None:
    first = document.edit_mask()
    first.rectangle(Bounds(0, 0, 20, 20))
    first.finish()
    painted = document.mask.copy()
    other = np.zeros_like(document.mask)
    other[50:60, 70:90] = 255
    edit = document.edit_mask()
    edit.replace(other)
    delta = edit.finish()
    assert np.array_equal(document.mask, other)
    assert delta is not None
    delta.undo(document)
    assert np.array_equal(document.mask, painted)
    with pytest.raises(MaskError, match="3 x 2 pixels"):
        document.edit_mask().replace(np.zeros((2, 3), np.uint8))


@pytest.mark.parametrize(
    "crop",
    [
        Crop(Bounds(160, 0, 180, 10), np.zeros((10, 20, 3), np.uint8), np.ones((10, 20), np.uint8)),
        Crop(Bounds(0, 0, 5, 5), np.zeros((4, 5, 3), np.uint8), np.ones((5, 5), np.uint8)),
        Crop(Bounds(0, 0, 5, 5), np.zeros((5, 5, 3), np.uint8), np.ones((5, 4), np.uint8)),
        Crop(Bounds(0, 0, 5, 5), np.zeros((5, 5, 3), np.uint16), np.ones((5, 5), np.uint8)),
    ],
)
def test_crops_that_do_not_fit_change_nothing(crop: Crop, document: Document) -> None:
    good = Crop(Bounds(0, 0, 5, 5), np.zeros((5, 5, 3), np.uint8), np.ones((5, 5), np.uint8))
    with pytest.raises(ValueError, match="the filled crop"):
        document.apply_fills([good, crop])
    assert document.image is document.photo.pixels
    assert not document.filled.any()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bits", [8, 16])
def test_the_exported_file_is_identical_outside_the_fill(suffix: str, bits: int, tmp_path: Path) -> None:
    document = Document(_photo(bits))
    crop = _crop(document.photo, Bounds(20, 30, 80, 70), 3)
    document.apply_fills([crop])
    report = document.export(tmp_path / f"out{suffix}")
    again = read_photo(report.written.path).pixels
    differs = (again != document.photo.pixels).any(axis=2)
    assert np.array_equal(again, document.image)
    assert np.array_equal(differs, document.filled != 0)
    assert report.filled_pixels == np.count_nonzero(crop.changed)
    assert report.changed_outside == 0
    assert PARTLY_GENERATED.encode() in read_photo(report.written.path).metadata.xmp
    document.close()


def test_a_photo_without_a_fill_is_not_called_generated(tmp_path: Path) -> None:
    document = Document(_photo(8))
    document.export(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png").metadata.xmp == document.photo.metadata.xmp
    document.close()


def test_the_report_counts_what_changed_outside(document: Document, tmp_path: Path) -> None:
    document.apply_fills([_crop(document.photo, Bounds(20, 30, 80, 70), 3)])
    document.image[0, :7] += 1
    assert document.export(tmp_path / "a.jpg", ExportOptions(quality=50)).changed_outside == 7


def test_a_failed_export_leaves_the_document(document: Document, tmp_path: Path) -> None:
    document.apply_fills([_crop(document.photo, Bounds(20, 30, 80, 70), 3)])
    before = _state(document)
    with pytest.raises(ExportError):
        document.export(tmp_path / "none" / "a.png")
    assert _state(document) == before
