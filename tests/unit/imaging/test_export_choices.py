"""Size, profile, place and estimate of an export."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from portrait_studio.errors import OptionError
from portrait_studio.imaging.formats import ImageFormat
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.reading import decode_photo, read_photo
from portrait_studio.imaging.size_estimate import estimated_bytes, in_words
from portrait_studio.imaging.writing import ExportOptions, write_photo
from portrait_studio.imaging.xmp import PARTLY_GENERATED


def smooth(width: int, height: int) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(0).integers(0, 6, (height, width))
    return np.dstack((columns * 200 // width + noise, rows * 200 // height + noise, 90 + noise)).astype(
        np.uint8
    )


@pytest.fixture
def located() -> Photo:
    """A JPEG photo whose EXIF tells the place, the camera and a comment."""
    image = Image.fromarray(smooth(90, 60))
    exif = Image.Exif()
    exif[271] = "A camera of some make"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.99)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, quality=90)
    return decode_photo(buffer.getvalue(), Path("a.jpg"))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif"])
def test_the_place_can_be_left_out_and_the_rest_kept(located: Photo, tmp_path: Path, suffix: str) -> None:
    for keeps in (True, False):
        path = tmp_path / f"{keeps}{suffix}"
        write_photo(located, path, ExportOptions(keep_place=keeps))
        with Image.open(path) as image:
            found = image.getexif()
            assert found[271] == "A camera of some make"
            assert bool(found.get_ifd(0x8825)) is keeps


def test_xmp_with_a_place_goes_with_it(tmp_path: Path) -> None:
    for packet, is_kept in ((b"<x>exif:GPSLatitude</x>", False), (b"<x>title</x>", True)):
        photo = Photo(smooth(40, 30), metadata=Metadata(xmp=packet))
        write_photo(photo, tmp_path / "a.png", ExportOptions(keep_place=False))
        assert (read_photo(tmp_path / "a.png").metadata.xmp == packet) is is_kept


@pytest.mark.parametrize("bits", [8, 16])
def test_scaling_keeps_the_shape_and_never_enlarges(tmp_path: Path, bits: int) -> None:
    pixels = smooth(200, 100) if bits == 8 else smooth(200, 100).astype(np.uint16) * 257
    photo = Photo(pixels, alpha=pixels[:, :, 0].copy())
    written = write_photo(photo, tmp_path / "a.png", ExportOptions(longest_px=50))
    again = read_photo(tmp_path / "a.png")
    assert (again.extent.width, again.extent.height, again.bits) == (50, 25, bits)
    assert not written.is_lossless
    assert abs(float(again.pixels.mean()) - float(pixels.mean())) < 2 * 257
    assert write_photo(photo, tmp_path / "b.png", ExportOptions(longest_px=999)).is_lossless
    with pytest.raises(OptionError, match="choose 1 or more"):
        ExportOptions(longest_px=0)


def test_srgb_says_the_same_colours_in_other_numbers(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    photo = Photo(smooth(40, 30), metadata=Metadata(icc=lab.tobytes()))
    write_photo(photo, tmp_path / "a.png", ExportOptions(to_srgb=True))
    again = read_photo(tmp_path / "a.png")
    profile = ImageCms.ImageCmsProfile(io.BytesIO(again.metadata.icc))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert np.abs(again.pixels.astype(int) - photo.pixels).max() <= 2
    damaged = Photo(smooth(40, 30), metadata=Metadata(icc=b"x" * 16 + b"RGB " + bytes(200)))
    written = write_photo(damaged, tmp_path / "b.png", ExportOptions(to_srgb=True))
    assert "could not be converted" in written.notices[0]


@pytest.mark.parametrize("kind", list(ImageFormat))
def test_the_estimate_is_near(tmp_path: Path, kind: ImageFormat) -> None:
    for width, height, tolerance in ((300, 200, 0.0), (1000, 900, 0.5)):
        photo = Photo(smooth(width, height))
        options = ExportOptions(format=kind)
        path = tmp_path / "a"
        write_photo(photo, path, options)
        actual = path.stat().st_size
        assert abs(estimated_bytes(photo, options) - actual) <= tolerance * actual


def test_sizes_are_told_in_words() -> None:
    assert [in_words(size) for size in (12, 4_200_000, 2_000_000_000)] == [
        "about 1 KB",
        "about 4.2 MB",
        "about 2.0 GB",
    ]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tif"])
@pytest.mark.parametrize("keeps", [True, False])
def test_generated_pixels_are_declared_unless_asked_not_to(
    located: Photo, tmp_path: Path, suffix: str, keeps: bool
) -> None:
    path, word = tmp_path / f"a{suffix}", PARTLY_GENERATED.encode()
    for is_generated, says in ((True, True), (True, False), (False, True)):
        options = ExportOptions(keep_metadata=keeps, says_generated=says)
        write_photo(located, path, options, made=["Filled."] * is_generated)
        assert (word in read_photo(path).metadata.xmp) is (is_generated and says)
