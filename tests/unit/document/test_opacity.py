"""Fills of partly transparent photos can be seen, and what transparency hides stays hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.document.document import Document
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions
from tests.unit.document.test_document_editing import Crop

HOLE = Bounds(40, 30, 60, 50)
SECRET = (250, 3, 5)


def erased(bits: int = 8) -> Photo:
    """An opaque grey photo of which HOLE was erased to opacity 0; what was erased is still there, hidden."""
    full, dtype = (1 << bits) - 1, np.uint8 if bits == 8 else np.uint16
    pixels = np.full((80, 100, 3), full // 2, dtype)
    alpha = np.full((80, 100), full, dtype)
    pixels[HOLE.slices], alpha[HOLE.slices] = SECRET, 0
    return Photo(pixels, alpha)


def cut_out() -> Photo:
    """A figure in the left half; the right half is transparent."""
    pixels, alpha = np.full((80, 100, 3), 100, np.uint8), np.zeros((80, 100), np.uint8)
    alpha[:, :50] = 255
    return Photo(pixels, alpha)


def fill(photo: Photo, bounds: Bounds = HOLE) -> Crop:
    colour = photo.pixels.dtype.type(77)
    shape = (bounds.height, bounds.width)
    return Crop(bounds, np.full((*shape, 3), colour), np.ones(shape, np.uint8))


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_a_fill_of_what_was_erased_is_opaque(bits: int, suffix: str, tmp_path: Path) -> None:
    photo = erased(bits)
    document = Document(photo)
    step = document.apply_fills([fill(photo)])
    report = document.export(tmp_path / f"a{suffix}")
    again = read_photo(tmp_path / f"a{suffix}")
    assert again.alpha is not None
    assert (again.alpha == (1 << bits) - 1).all()
    assert (again.pixels[HOLE.slices] == 77).all()
    assert report.written.notices == ()
    assert report.changed_outside == 0
    step.undo(document)
    assert document.opacity is not None
    assert photo.alpha is not None
    assert np.array_equal(document.opacity, photo.alpha)


def test_a_fill_of_what_was_erased_shows_in_a_jpeg(tmp_path: Path) -> None:
    document = Document(erased())
    document.apply_fills([fill(document.photo)])
    document.export(tmp_path / "a.jpg", ExportOptions(quality=95))
    assert abs(int(read_photo(tmp_path / "a.jpg").pixels[40, 50, 0]) - 77) < 4


def test_beside_a_figure_that_was_cut_out_nothing_becomes_opaque(tmp_path: Path) -> None:
    photo = cut_out()
    document = Document(photo)
    document.apply_fills([fill(photo, Bounds(30, 20, 70, 60))])
    assert document.opacity is not None
    assert photo.alpha is not None
    assert np.array_equal(document.opacity, photo.alpha)
    notices = document.export(tmp_path / "a.png").written.notices
    assert notices == ("Part of the fill lies where the photo is transparent, and cannot be seen there.",)


def test_two_holes_are_judged_one_by_one() -> None:
    photo = cut_out()
    assert photo.alpha is not None
    alpha = photo.alpha.copy()
    alpha[10:20, 10:20] = 0
    document = Document(Photo(photo.pixels, alpha))
    document.apply_fills([fill(photo, Bounds(10, 10, 20, 20)), fill(photo, Bounds(80, 40, 95, 60))])
    assert document.opacity is not None
    assert (document.opacity[10:20, 10:20] == 255).all()
    assert (document.opacity[40:60, 80:95] == 0).all()


def test_what_is_beyond_the_photo_is_opaque() -> None:
    photo = cut_out()
    document = Document(photo)
    document.change_canvas(Bounds(-10, 0, 100, 90))
    assert document.opacity is not None
    assert (document.opacity[:, :10] == 255).all()
    assert (document.opacity[80:] == 255).all()
    assert (document.opacity[:80, 60:] == 0).all()


def test_the_engine_does_not_see_what_is_hidden() -> None:
    photo = erased()
    document = Document(photo)
    edit = document.edit_mask()
    mask: NDArray[np.uint8] = np.zeros((80, 100), np.uint8)
    mask[35:45, 45:55] = 255
    edit.replace(mask)
    edit.finish()
    look = document.masked_image()
    assert not (look.image == SECRET).all(axis=2).any()
    assert (look.image == 127).all()
    assert (document.image[HOLE.slices] == SECRET).all()
    opaque = Document(Photo(photo.pixels))
    assert opaque.masked_image().image is opaque.image
    step = document.apply_fills([fill(photo, Bounds(45, 35, 55, 45))])
    assert not (document.masked_image_before([step]).image == SECRET).all(axis=2).any()


def test_hidden_colours_do_not_leak_into_a_smaller_picture(tmp_path: Path) -> None:
    document = Document(erased())
    document.export(tmp_path / "a.png", ExportOptions(longest_px=33))
    again = read_photo(tmp_path / "a.png")
    assert again.alpha is not None
    assert (again.pixels[again.alpha > 0] == 127).all()
