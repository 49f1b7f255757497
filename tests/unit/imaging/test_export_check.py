"""An export is read again before it takes its place, and what the format did to the pixels is said."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from portrait_studio.document.document import Document
from portrait_studio.errors import ExportError, ImageFileError
from portrait_studio.imaging import export_check, formats
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.writing import ExportOptions


@pytest.fixture
def document() -> Document:
    pixels = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 256, (64, 96, 3)).astype(np.uint8), (5, 5), 0
    )
    return Document(Photo(pixels))


def test_a_jpeg_says_what_it_did_to_the_pixels(document: Document, tmp_path: Path) -> None:
    report = document.export(tmp_path / "a.jpg", ExportOptions(quality=60))
    with Image.open(tmp_path / "a.jpg") as image:
        distance = np.abs(np.asarray(image).astype(int) - document.image).max(axis=2)
    assert report.changed_outside == 0
    assert report.loss is not None
    assert report.loss.changed == np.count_nonzero(distance)
    assert report.loss.most_levels == distance.max()
    share = 100 * np.count_nonzero(distance) / distance.size
    assert report.verdict == (
        f"Saved a.jpg; JPEG encoded every pixel anew, which changed {share:.1f} % of those outside the mask"
        f" by up to {distance.max()} of 255 levels."
    )


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("is_grey", [False, True])
def test_lossless_files_are_verified(suffix: str, bits: int, is_grey: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 1 << bits, (40, 30, 1 if is_grey else 3))
    pixels = np.broadcast_to(values, (40, 30, 3)).astype(np.uint8 if bits == 8 else np.uint16)
    alpha = rng.integers(0, 1 << bits, (40, 30)).astype(pixels.dtype)
    for opacity in (None, alpha):
        photo = Photo(np.ascontiguousarray(pixels), opacity, is_grey)
        report = Document(photo).export(tmp_path / f"a{suffix}", ExportOptions(quality=100))
        assert report.loss is not None
        assert report.loss.changed == 0
        is_rounded = suffix == ".webp" and bits == 16
        assert ("verified: 0 pixels" in report.verdict) is not is_rounded


def test_a_scaled_file_says_so(document: Document, tmp_path: Path) -> None:
    report = document.export(tmp_path / "a.png", ExportOptions(longest_px=48))
    assert report.verdict == "Saved a.png; every pixel has a new value by the conversion that was chosen."
    profiled = Document(Photo(document.image, metadata=Metadata(icc=b"x" * 300)))
    assert "verified" in profiled.export(tmp_path / "b.png").verdict


def test_a_file_that_does_not_hold_the_pixels_takes_no_place(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"what was there")
    right = formats.write_png

    def wrong(file: object, samples: np.ndarray, metadata: Metadata) -> None:
        right(file, samples ^ np.uint8(1), metadata)  # type: ignore[arg-type]

    with (
        mock.patch.object(formats, "write_png", wrong),
        pytest.raises(ExportError, match="would not hold every pixel"),
    ):
        document.export(path)
    assert path.read_bytes() == b"what was there"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_read_again_takes_no_place(document: Document, tmp_path: Path) -> None:
    with (
        mock.patch.object(formats, "write_png", lambda file, samples, metadata: file.write(b"nothing")),
        pytest.raises(ExportError, match="read again"),
    ):
        document.export(tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_without_memory_for_the_proof_the_file_is_written_and_that_is_said(
    document: Document, tmp_path: Path
) -> None:
    def fail(data: bytes, path: Path) -> Photo:
        raise ImageFileError("no memory") from MemoryError()

    with mock.patch.object(export_check, "decode_photo", fail):
        report = document.export(tmp_path / "a.png")
    assert report.loss is None
    assert "not read again" in report.verdict
    assert (tmp_path / "a.png").exists()


@pytest.mark.parametrize("bits", [8, 16])
def test_other_programs_read_what_was_written(bits: int, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 1 << bits, (40, 30, 3)).astype(f"u{bits // 8}")
    document = Document(Photo(pixels))
    document.export(tmp_path / "a.png")
    document.export(tmp_path / "a.tif")
    for suffix in ("png", "tif"):
        found = cv2.imread(str(tmp_path / f"a.{suffix}"), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(found[:, :, ::-1], pixels)
    assert np.array_equal(tifffile.imread(tmp_path / "a.tif"), pixels)
