import io
import os
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from unittest import mock

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging import reading
from portrait_studio.imaging.exif import orientation
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.tiff import write_tiff
from portrait_studio.imaging.writing import write_photo

Save = Callable[..., Path]
Picture = Callable[..., NDArray[np.uint8]]


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp"])
def test_every_orientation_is_read_upright(turned: int, suffix: str, save: Save, picture: Picture) -> None:
    block = Image.Exif()
    block[274] = turned
    lossless = {"lossless": True} if suffix == "webp" else {}
    path = save(picture(5, 7), f"turned.{suffix}", exif=block, **lossless)
    with Image.open(path) as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    photo = read_photo(path)
    assert np.array_equal(photo.pixels, expected)
    assert photo.extent == (Extent(7, 5) if turned < 5 else Extent(5, 7))
    assert orientation(photo.metadata.exif) == 1


@pytest.mark.parametrize("turned", [3, 6])
def test_sixteen_bit_files_are_turned_too(turned: int, tmp_path: Path, picture: Picture) -> None:
    pixels = picture(5, 7, bits=16)
    block = Image.Exif()
    block[274] = turned
    encoded = cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes()
    payload = block.tobytes().removeprefix(b"Exif\x00\x00")
    chunk = (
        struct.pack(">I", len(payload)) + b"eXIf" + payload + struct.pack(">I", zlib.crc32(b"eXIf" + payload))
    )
    path = tmp_path / "late-exif.png"
    # After the pixels, where the standard allows it.
    path.write_bytes(encoded[:-12] + chunk + encoded[-12:])
    assert np.array_equal(read_photo(path).pixels, np.rot90(pixels, 2 if turned == 3 else 3))


@pytest.mark.parametrize("turned", range(1, 9))
def test_sixteen_bit_tiff_is_turned_once(turned: int, tmp_path: Path, picture: Picture) -> None:
    pixels, small = picture(5, 7, bits=16), Image.fromarray(np.arange(35, dtype=np.uint8).reshape(5, 7))
    block = Image.Exif()
    block[274] = turned
    path = tmp_path / "turned.tif"
    with path.open("wb") as file:
        write_tiff(file, pixels, Metadata(exif=block.tobytes().removeprefix(b"Exif\x00\x00")))
    small.getexif()[274] = turned
    order = np.asarray(ImageOps.exif_transpose(small))
    assert np.array_equal(read_photo(path).pixels, pixels.reshape(35, 3)[order])


def test_rotation_swaps_the_resolution(save: Save, picture: Picture) -> None:
    block = Image.Exif()
    block[274] = 6
    assert read_photo(save(picture(5, 7), "a.tif", exif=block, dpi=(300, 150))).metadata.dpi == (150, 300)


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_are_kept(channels: int, suffix: str, tmp_path: Path, picture: Picture) -> None:
    samples = picture(11, 13, channels, bits=16)
    path = tmp_path / f"deep{suffix}"
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
    path.write_bytes(cv2.imencode(suffix, samples[:, :, order])[1].tobytes())
    photo = read_photo(path)
    assert photo.bits == 16
    assert np.array_equal(photo.pixels, np.broadcast_to(samples[:, :, : min(3, channels)], (11, 13, 3)))
    assert photo.is_grey == (channels == 1)
    assert (photo.alpha is not None) == (channels == 4)
    assert photo.alpha is None or np.array_equal(photo.alpha, samples[:, :, 3])


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_grey_has_three_equal_channels(suffix: str, save: Save, picture: Picture) -> None:
    path = save(picture(6, 9, 0), f"grey.{suffix}")
    photo = read_photo(path)
    with Image.open(path) as image:
        assert np.array_equal(photo.pixels, np.dstack([np.asarray(image)] * 3))
    assert photo.is_grey
    assert photo.alpha is None


def test_opacity_is_kept_apart(save: Save, picture: Picture) -> None:
    rgba, la = picture(6, 9, 4), picture(6, 9, 2)
    colour, grey = read_photo(save(rgba, "rgba.png")), read_photo(save(la, "la.png"))
    assert np.array_equal(colour.pixels, rgba[:, :, :3])
    assert colour.alpha is not None
    assert np.array_equal(colour.alpha, rgba[:, :, 3])
    assert grey.is_grey
    assert grey.alpha is not None
    assert np.array_equal(grey.alpha, la[:, :, 1])
    assert np.array_equal(grey.pixels[:, :, 1], la[:, :, 0])


def test_palette_becomes_colour_and_its_transparent_entry_opacity(save: Save) -> None:
    indices = Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8), "P")
    indices.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    plain = read_photo(save(indices, "palette.png"))
    assert plain.pixels.tolist() == [[[10, 20, 30], [40, 50, 60]], [[70, 80, 90], [40, 50, 60]]]
    assert plain.alpha is None
    holed = read_photo(save(indices, "holed.png", transparency=1))
    assert holed.alpha is not None
    assert holed.alpha.tolist() == [[255, 0], [255, 0]]


def test_black_and_white_is_grey(save: Save) -> None:
    photo = read_photo(save(Image.new("1", (3, 2), 1), "bits.png"))
    assert photo.is_grey
    assert (photo.pixels == 255).all()


def test_cmyk_goes_through_its_profile(save: Save, grey_ink_profile: bytes) -> None:
    inks = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    plain = read_photo(save(inks, "plain.jpg", quality=100))
    profiled = read_photo(save(inks, "profiled.jpg", quality=100, icc_profile=grey_ink_profile))
    assert plain.pixels[8, 8, 0] > 200
    assert plain.pixels[8, 8, 1] < 60
    assert np.ptp(profiled.pixels.astype(int)) <= 3
    assert 110 < profiled.pixels.mean() < 130
    for photo in (plain, profiled):
        assert photo.metadata.icc[16:20] == b"RGB "
        assert len(photo.notices) == 1
        assert photo.metadata.jpeg is not None
        assert photo.metadata.jpeg.tables == ()


def test_a_damaged_cmyk_profile_does_not_hide_the_photo(save: Save) -> None:
    photo = read_photo(save(Image.new("CMYK", (8, 8)), "odd.jpg", icc_profile=b"not a profile" * 20))
    assert "damaged profile" in photo.notices[0]


def test_metadata_is_collected(tmp_path: Path, sixteen_bit: Photo, save: Save, picture: Picture) -> None:
    meta = sixteen_bit.metadata
    path = save(
        picture(8, 8),
        "a.jpg",
        exif=b"Exif\x00\x00" + meta.exif,
        icc_profile=meta.icc,
        dpi=(300, 300),
        quality=83,
    )
    found = read_photo(path).metadata
    assert found.icc == meta.icc
    assert found.dpi == (300.0, 300.0)
    assert found.source_format == "JPEG"
    assert found.jpeg is not None
    assert found.jpeg.quality == 83
    block = Image.Exif()
    block.load(found.exif)
    assert block[271] == "Maker"
    assert block.get_ifd(34853)[2] == (48, 8, 30.5)
    assert (block.get_ifd(34665)[0xA002], block.get_ifd(34665)[0xA003]) == (8, 8)


def test_orientation_in_xmp_is_reset(save: Save, picture: Picture) -> None:
    path = save(picture(8, 8), "a.webp", xmp=b'<x tiff:Orientation="6"/>')
    assert read_photo(path).metadata.xmp == b'<x tiff:Orientation="1"/>'


def test_only_the_first_frame_counts(save: Save) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    for name in ("a.gif", "a.tif", "a.webp"):
        path = save(
            frames[0],
            name,
            save_all=True,
            append_images=frames[1:],
            **({"lossless": True} if "w" in name else {}),
        )
        assert read_photo(path).pixels[0, 0].tolist() == [255, 0, 0]


def test_one_pixel_and_a_long_strip(save: Save, picture: Picture) -> None:
    for extent in (Extent(1, 1), Extent(5000, 1), Extent(1, 5000)):
        assert read_photo(save(picture(extent.height, extent.width), "a.png")).extent == extent


def test_pixels_of_the_original_are_protected(save: Save, picture: Picture) -> None:
    pixels = read_photo(save(picture(3, 3, 4), "a.png")).pixels
    assert pixels.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 0


def _png_header(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
        + b"\0\0\1\0IDAT"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"hello world, this is text", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (b"\xff\xd8\xff\xe0", "is damaged or cut off"),
        (_png_header(0, 0), r"has no pixels|is damaged"),
        (_png_header(60_000, 60_000), "60000 x 60000 pixels, more than the 250 megapixels"),
        (_png_header(16_000, 16_000), "16000 x 16000 pixels, more than the 250 megapixels"),
        (_png_header(14_000, 14_000), "is damaged or cut off"),
    ],
)
def test_bad_content_is_one_sentence(content: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageFileError, match=expected) as caught:
        read_photo(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).count("\n") == 0
    assert ";" in str(caught.value)


def test_missing_folder_pipe_and_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImageFileError, match="There is no file"):
        read_photo(tmp_path / "none.jpg")
    with pytest.raises(ImageFileError, match="is a folder"):
        read_photo(tmp_path)
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageFileError, match="not an ordinary file"):
        read_photo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageFileError, match="cannot be read"):
        read_photo(Path("nul\0byte.jpg"))

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "locked.jpg").write_bytes(b"x")
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ImageFileError, match="may not be read"):
        read_photo(tmp_path / "locked.jpg")


def test_lack_of_memory_is_a_sentence(save: Save, picture: Picture) -> None:
    path = save(picture(4, 4), "a.png")
    with (
        mock.patch.object(reading, "_photo", side_effect=MemoryError),
        pytest.raises(ImageFileError, match="not enough memory"),
    ):
        read_photo(path)


@pytest.fixture(scope="module")
def intact_files(
    tmp_path_factory: pytest.TempPathFactory, sixteen_bit: Photo, exif_block: bytes
) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("intact")
    files = {}
    for suffix in ("png", "tif"):
        write_photo(sixteen_bit, folder / f"deep.{suffix}")
        files[f"deep.{suffix}"] = (folder / f"deep.{suffix}").read_bytes()
    image = Image.fromarray((sixteen_bit.pixels >> 8).astype(np.uint8))
    exif = b"Exif\x00\x00" + exif_block
    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        buffer = io.BytesIO()
        image.save(buffer, kind, exif=exif)
        files[kind] = buffer.getvalue()
    for kind in ("GIF", "BMP", "PPM", "TGA", "JPEG2000"):
        buffer = io.BytesIO()
        image.save(buffer, kind)
        files[kind] = buffer.getvalue()
    return files


def _photo_or_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    # Any other exception fails the test.
    with mock.patch.object(reading, "MAX_PIXELS", 1_000_000), suppress(ImageFileError):
        assert read_photo(path).pixels.shape[2] == 3


KINDS = ["deep.png", "deep.tif", "JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "PPM", "TGA", "JPEG2000"]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_a_photo_or_a_sentence(
    kind: str, intact_files: dict[str, bytes], share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = intact_files[kind]
    _photo_or_sentence(tmp_path_factory.getbasetemp() / "cut.bin", content[: int(share * len(content))])


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_damaged_file_is_a_photo_or_a_sentence(
    kind: str, intact_files: dict[str, bytes], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(intact_files[kind])
    places = st.integers(0, min(len(content) - 1, 600)) | st.integers(0, len(content) - 1)
    for place in data.draw(st.lists(places, min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    _photo_or_sentence(tmp_path_factory.getbasetemp() / "hit.bin", bytes(content))


@pytest.mark.parametrize("kind", ["deep.png", "deep.tif", "JPEG", "PNG", "WEBP"])
def test_half_a_file_is_refused(kind: str, intact_files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "half.bin"
    path.write_bytes(intact_files[kind][: len(intact_files[kind]) // 2])
    with pytest.raises(ImageFileError, match="damaged or cut off"):
        read_photo(path)
