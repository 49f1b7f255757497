"""Extending and cropping the canvas of a document."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms

from portrait_studio.document.deltas import Delta
from portrait_studio.document.document import Document
from portrait_studio.document.edit_record import read_record, record_edit, write_record
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.document.planes import newly_shown
from portrait_studio.document.project import write_project
from portrait_studio.document.project_reading import read_project
from portrait_studio.errors import ExportError, OptionError, ProjectError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo, Pixels
from portrait_studio.imaging.reading import read_photo

WIDTH, HEIGHT = 60, 40
WHOLE = Bounds(0, 0, WIDTH, HEIGHT)
TALLER = Bounds(0, 0, WIDTH, HEIGHT + 13)
RECORD = FillRecord("default", 3, "auto", 2, "CPU (float32)", {"parsing": "ab" * 32}, "0.1.0")

canvases = st.builds(
    Bounds, st.integers(-20, 20), st.integers(-15, 15), st.integers(30, 90), st.integers(20, 70)
)


@dataclass(frozen=True, eq=False)
class Crop:
    bounds: Bounds
    pixels: Pixels
    changed: NDArray[np.uint8]


def document_of(dtype: type[np.uint8] | type[np.uint16] = np.uint8) -> Document:
    pixels: Pixels = np.random.default_rng(3).integers(0, 200, (HEIGHT, WIDTH, 3)).astype(dtype)
    pixels.setflags(write=False)
    return Document(Photo(pixels))


def changed(document: Document, canvas: Bounds) -> Delta:
    delta = document.change_canvas(canvas)
    assert delta is not None
    return delta


def filled(document: Document, bounds: Bounds, value: int = 222) -> Delta:
    """Fill a rectangle of the canvas with one value."""
    pixels = np.full((bounds.height, bounds.width, 3), value, document.image.dtype)
    return document.apply_fills([Crop(bounds, pixels, np.ones(pixels.shape[:2], np.uint8))])


def state(document: Document) -> tuple[Bounds, bytes, bytes, bytes, bytes]:
    planes = (document.image, document.mask, document.filled, document.label_plane)
    return document.canvas, planes[0].tobytes(), planes[1].tobytes(), planes[2].tobytes(), planes[3].tobytes()


@settings(max_examples=60, deadline=None)
@given(canvases, st.sampled_from([np.uint8, np.uint16]))
def test_another_canvas_and_back_is_the_identity(canvas: Bounds, dtype: type[np.uint8]) -> None:
    document = document_of(dtype)
    document.change_canvas(canvas)
    seen = canvas.intersected(WHOLE)
    inner = seen.shifted(-canvas.left, -canvas.top).slices
    assert document.image.dtype == dtype
    assert np.array_equal(document.image[inner], document.photo.pixels[seen.slices])
    assert np.array_equal(document.original, document.image)
    document.change_canvas(WHOLE)
    assert np.array_equal(document.image, document.photo.pixels)
    assert not document.has_mask
    assert document.changed_outside() == 0
    document.close()


@settings(max_examples=60, deadline=None)
@given(canvases)
def test_new_pixels_are_masked_and_those_of_the_photo_are_not(canvas: Bounds) -> None:
    document = document_of()
    document.change_canvas(canvas)
    of_photo = np.zeros((canvas.height, canvas.width), np.bool_)
    of_photo[canvas.intersected(WHOLE).shifted(-canvas.left, -canvas.top).slices] = True
    assert np.array_equal(document.mask == 0, of_photo)
    blank = document.blank
    assert np.array_equal(np.zeros_like(document.mask) if blank is None else blank, document.mask)
    document.close()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("canvas"), canvases),
            st.tuples(st.just("fill"), canvases),
            st.tuples(st.just("paint"), canvases),
            st.tuples(st.just("label"), canvases),
        ),
        max_size=7,
    )
)
def test_undoing_all_and_redoing_all_is_the_identity(edits: list[tuple[str, Bounds]]) -> None:
    document = document_of()
    states, deltas = [state(document)], []
    for kind, box in edits:
        delta = done(document, kind, box)
        if delta is not None:
            deltas.append(delta)
            states.append(state(document))
    for _ in range(2):
        for delta, expected in zip(reversed(deltas), reversed(states[:-1]), strict=True):
            delta.undo(document)
            assert state(document) == expected
        for delta, expected in zip(deltas, states[1:], strict=True):
            delta.redo(document)
            assert state(document) == expected
    document.close()


def done(document: Document, kind: str, box: Bounds) -> Delta | None:
    if kind == "canvas":
        return document.change_canvas(box)
    inside = box.intersected(Bounds.of(document.extent))
    if kind == "fill":
        return filled(document, inside, value=box.right) if not inside.is_empty else None
    edit = document.edit_mask() if kind == "paint" else document.edit_labels()
    edit.rectangle(inside, 7)
    return edit.finish()


@settings(max_examples=80, deadline=None)
@given(canvases, canvases)
def test_what_is_newly_shown_is_covered_once(before: Bounds, after: Bounds) -> None:
    counts = np.zeros((100, 120), np.int64)
    for strip in newly_shown(before, after):
        counts[strip.shifted(20, 15).slices] += 1
    counts[before.intersected(after).shifted(20, 15).slices] += 1
    expected = np.zeros_like(counts)
    expected[after.shifted(20, 15).slices] = 1
    assert np.array_equal(counts, expected)


def test_cropping_back_keeps_what_was_filled_for_the_next_extension() -> None:
    document = document_of()
    document.change_canvas(TALLER)
    filled(document, Bounds(0, HEIGHT, WIDTH, HEIGHT + 13))
    whole = document.image.copy()
    document.change_canvas(Bounds(5, 3, WIDTH, HEIGHT - 4))
    assert np.array_equal(document.image, document.photo.pixels[3:-4, 5:])
    document.change_canvas(Bounds(0, 0, WIDTH, HEIGHT + 20))
    assert np.array_equal(document.image[: HEIGHT + 13], whole)
    assert (document.mask[: HEIGHT + 13] == 0).all()
    assert (document.mask[HEIGHT + 13 :] == 255).all()


def test_marks_follow_the_new_origin() -> None:
    document = document_of()
    edit = document.edit_mask()
    edit.rectangle(Bounds(4, 6, 10, 12))
    edit.finish()
    labels = document.edit_labels()
    labels.rectangle(Bounds(1, 2, 3, 4), 5)
    labels.finish()
    protected = np.zeros((HEIGHT, WIDTH), np.uint8)
    protected[30:, :] = 255
    document.protect(protected)
    document.change_canvas(Bounds(-7, -9, WIDTH, HEIGHT))
    assert (document.mask[15:21, 11:17] == 255).all()
    assert (document.mask[9:, 7:] == 255).sum() == 36
    assert (document.label_plane[11:13, 8:10] == 5).all()
    edit = document.edit_mask()
    edit.rectangle(Bounds.of(document.extent))
    edit.finish()
    assert (document.mask[39:, 7:] == 0).all()
    assert (document.mask[39:, :7] == 255).all()


def test_a_soft_mask_lets_no_chequerboard_through() -> None:
    document = document_of()
    document.change_canvas(TALLER)
    edit = document.edit_mask()
    edit.replace(np.where(document.mask > 0, np.uint8(90), np.uint8(0)))
    edit.finish()
    filled(document, Bounds(0, HEIGHT, WIDTH, HEIGHT + 13))
    assert (document.image[HEIGHT:] == 222).all()
    assert document.blank is None


def test_a_look_masks_what_is_blank_though_the_mask_was_erased_there() -> None:
    document = document_of()
    document.change_canvas(TALLER)
    edit = document.edit_mask()
    edit.clear()
    edit.finish()
    look = document.masked_image()
    assert (look.mask[HEIGHT:] == 255).all()
    assert look.blank is not None
    shown = look.image.copy()
    before = document.masked_image_before([filled(document, Bounds(0, HEIGHT, WIDTH, HEIGHT + 13))])
    assert np.array_equal(before.mask, look.mask)
    assert np.array_equal(before.image, shown)
    assert document.masked_image().blank is None


def test_a_blank_canvas_is_not_written(tmp_path: Path) -> None:
    document = document_of()
    document.change_canvas(TALLER)
    with pytest.raises(ExportError, match=r"is not filled yet; fill it first, or undo it\.$"):
        document.export(tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


def test_a_canvas_without_pixels_is_refused_and_nothing_changes() -> None:
    document = document_of()
    with pytest.raises(OptionError):
        document.change_canvas(Bounds(5, 5, 5, 9))
    assert document.canvas == WHOLE
    assert document.change_canvas(WHOLE) is None


@pytest.mark.parametrize("bits", [8, 16])
def test_an_extended_photo_keeps_depth_opacity_and_metadata(tmp_path: Path, bits: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 1 << bits, (HEIGHT, WIDTH, 3)).astype(f"uint{bits}")
    alpha = pixels[..., 0].copy()
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8769).update({0xA002: WIDTH, 0xA003: HEIGHT})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = Document(Photo(pixels, alpha))
    source.export(tmp_path / "source.png")
    if bits == 8:
        with Image.open(tmp_path / "source.png") as image:
            image.save(tmp_path / "source.png", exif=exif, icc_profile=profile, dpi=(300, 300))
    document = Document(read_photo(tmp_path / "source.png"))
    document.change_canvas(Bounds(-6, 0, WIDTH, HEIGHT + 8))
    filled(document, Bounds(0, HEIGHT, WIDTH + 6, HEIGHT + 8))
    filled(document, Bounds(0, 0, 6, HEIGHT))
    report = document.export(tmp_path / "out.png")
    assert report.changed_outside == 0
    again = read_photo(tmp_path / "out.png")
    assert again.bits == bits
    assert np.array_equal(again.pixels[:HEIGHT, 6:], pixels)
    assert again.alpha is not None
    assert np.array_equal(again.alpha[:HEIGHT, 6:], alpha)
    assert (again.alpha[HEIGHT:] == (1 << bits) - 1).all()
    if bits == 8:
        assert again.metadata.icc == profile
        assert again.metadata.dpi == document.photo.metadata.dpi
        with Image.open(tmp_path / "out.png") as image:
            told = image.getexif()
            assert told[0x010F] == "Camera"
            assert (told.get_ifd(0x8769)[0xA002], told.get_ifd(0x8769)[0xA003]) == (WIDTH + 6, HEIGHT + 8)


def steps_of(document: Document) -> tuple[Step, ...]:
    return (
        Step("Extend", changed(document, TALLER)),
        Step("Fill", filled(document, Bounds(0, HEIGHT, WIDTH, HEIGHT + 13)), RECORD),
        Step("Extend", changed(document, Bounds(-4, 0, WIDTH, HEIGHT + 13))),
        Step("Fill", filled(document, Bounds(0, 0, 4, HEIGHT + 13), 33), RECORD),
        Step("Crop", changed(document, Bounds(-4, 0, WIDTH - 10, HEIGHT + 13))),
    )


def test_a_record_holds_the_canvas_of_each_fill_and_of_the_result(tmp_path: Path) -> None:
    document = document_of()
    steps = steps_of(document)
    record = record_edit(Snapshot(document, steps, len(steps)))
    write_record(record, tmp_path / "record.json")
    again = read_record(tmp_path / "record.json")
    assert [fill.canvas for fill in again.fills] == [TALLER, Bounds(-4, 0, WIDTH, HEIGHT + 13)]
    assert again.canvas == document.canvas
    assert (again.fills[0].mask[HEIGHT:] == 255).all()
    assert (again.fills[1].mask[:, :4] == 255).all()
    assert not again.fills[1].mask[:, 4:].any()
    assert again.result_sha256 == record.result_sha256


def test_a_project_whose_canvas_cannot_be_is_refused_in_one_sentence(tmp_path: Path) -> None:
    document = document_of()
    steps = (Step("Extend", changed(document, TALLER)),)
    snapshot = Snapshot(document, steps, 1)
    path = tmp_path / "a.psproj"
    write_project(snapshot, path, lambda: None)
    assert read_project(path, lambda: None).document.canvas == TALLER

    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["project.json"] = members["project.json"].replace(b" 53]", b" 99999999]")
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    with pytest.raises(ProjectError, match=r"damaged|cannot be"):
        read_project(path, lambda: None)
