"""Damaged files whose pixels are all there are opened with a notice; where one is missing, they are not."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.jpeg_markers import segments
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.imaging.png import write_png
from portrait_studio.imaging.reading import decode_photo

Picture = Callable[..., NDArray[np.uint8]]


def read(data: bytes) -> Photo:
    return decode_photo(data, Path("a.bin"))


def jpeg(pixels: NDArray[np.uint8], **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", **options)
    return buffer.getvalue()


def png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    write_png(buffer, pixels, Metadata())
    return buffer.getvalue()


def chunk(name: bytes, payload: bytes, damage: int = 0) -> bytes:
    checksum = zlib.crc32(name + payload) ^ damage
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", checksum)


KINDS = [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}, {"restart_marker_blocks": 2}]


@pytest.mark.parametrize("options", KINDS)
@pytest.mark.parametrize("lost", [1, 2])
@pytest.mark.parametrize("channels", [0, 3])
def test_a_jpeg_without_its_end_is_opened(
    options: dict[str, Any], lost: int, channels: int, picture: Picture
) -> None:
    data = jpeg(picture(60, 70, channels), **options)
    photo = read(data[:-lost])
    assert np.array_equal(photo.pixels, read(data).pixels)
    assert "lacks its end" in photo.notices[0]
    assert read(data).notices == ()


@pytest.mark.parametrize("options", KINDS)
def test_a_jpeg_without_pixels_is_refused(options: dict[str, Any], picture: Picture) -> None:
    data = jpeg(picture(60, 70), **options)
    for lost in (*range(4, 30), 60, len(data) // 3):
        with pytest.raises(ImageFileError, match="damaged or cut off"):
            read(data[:-lost])


def test_a_progressive_jpeg_cut_between_its_scans_is_refused(picture: Picture) -> None:
    data = jpeg(picture(60, 70), progressive=True)
    scans = [segment.start for segment in segments(data) if segment.marker == 0xDA]
    for end in scans[1:]:
        with pytest.raises(ImageFileError, match="damaged or cut off"):
            read(data[:end])


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("name", [b"tEXt", b"zTXt", b"tIME", b"eXIf", b"vpAg"])
def test_a_png_with_a_wrong_checksum_beside_its_pixels_is_opened(
    name: bytes, bits: int, picture: Picture
) -> None:
    pixels = picture(20, 30, 3, bits=bits)
    data = png(pixels)
    bad = chunk(name, b"Comment\x00words", damage=1)
    for place in (33, len(data) - 12):
        photo = read(data[:place] + bad + data[place:])
        assert np.array_equal(photo.pixels, pixels)
        assert "all there" in photo.notices[0]
        assert photo.metadata.png_chunks == ()


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_whose_pixels_zlib_proves_is_opened(bits: int, picture: Picture) -> None:
    pixels = picture(20, 30, 3, bits=bits)
    data = png(pixels)
    wrong_sum = bytearray(data)
    wrong_sum[-13] ^= 1  # of the last pixel chunk
    for damaged in (bytes(wrong_sum), data[:-12], data[:-4], data[:-14]):
        photo = read(damaged)
        assert np.array_equal(photo.pixels, pixels)
        assert "all there" in photo.notices[0]


@pytest.mark.parametrize("bits", [8, 16])
def test_a_png_without_pixels_is_refused(bits: int, picture: Picture) -> None:
    data = png(picture(20, 30, 3, bits=bits))
    hurt = bytearray(data)
    hurt[len(data) // 2] ^= 0xFF
    for damaged in (data[:-20], data[: len(data) // 2], bytes(hurt), data[:33] + data[-12:]):
        with pytest.raises(ImageFileError, match="damaged or cut off"):
            read(damaged)


def test_a_damaged_palette_or_transparency_is_refused() -> None:
    image = Image.fromarray(np.array([[0, 1], [2, 1]], np.uint8), "P")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=1)
    for name in (b"PLTE", b"tRNS"):
        data = bytearray(buffer.getvalue())
        data[data.index(name) + 4] ^= 1
        with pytest.raises(ImageFileError, match="damaged or cut off"):
            read(bytes(data))


def test_texts_and_profiles_of_any_length_do_not_hide_a_photo(picture: Picture) -> None:
    pixels = picture(6, 5)
    data = png(pixels)
    long = chunk(b"zTXt", b"Story\x00\x00" + zlib.compress(b"words " * 1_000_000))
    bomb = chunk(b"iCCP", b"x\x00\x00" + zlib.compress(bytes(100_000_000)))
    photo = read(data[:33] + bomb + long + data[33:])
    assert np.array_equal(photo.pixels, pixels)
    assert photo.metadata.icc == b""
    assert "profile is damaged" in photo.notices[0]


def test_a_transparent_colour_of_16_bits_is_opacity(picture: Picture) -> None:
    for channels in (1, 3):
        pixels = picture(6, 5, channels, bits=16)
        data = png(pixels)
        key = pixels[2, 3].astype(">u2").tobytes()
        photo = read(data[:33] + chunk(b"tRNS", key) + data[33:])
        assert photo.alpha is not None
        assert photo.alpha[2, 3] == 0
        assert np.count_nonzero(photo.alpha == 0) == 1
        assert np.array_equal(photo.pixels[:, :, 0], pixels[:, :, 0])
