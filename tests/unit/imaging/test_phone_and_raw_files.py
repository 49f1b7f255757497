"""Photos of phones (HEIC) and of cameras (raw), and JPEG XL."""

from __future__ import annotations

import base64
import importlib
import io
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.jpeg_xl import jpeg_xl_size
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import SUFFIXES_READ, decode_photo

TURNED_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAettZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "AEZpbG9jAAAAAERAAAMAAQAAAAACDwABAAAAAAAAAKsAAgAAAAACugABAAAAAAAAADgAAwAAAAAC8gABAAAAAAAAAAsAAABiaWlu"
    "ZgAAAAAAAwAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAACppbmZlAgAAAQADAABtaW1lAGFwcGxp"
    "Y2F0aW9uL3JkZit4bWwAAAAAAA5waXRtAAAAAAABAAAA4GlwcnAAAADAaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAA"
    "DwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDCBBZbqSSmubgIaDAgAAAMAyAAA"
    "AwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMICAgAAAAJ"
    "aXJvdAMAAAAYaXBtYQAAAAAAAAABAAEFgQIDBIUAAAAoaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAA5jZHNjAAMAAQABAAAA9m1k"
    "YXQAAACnKAGvCeDjBXAdKWv/s9gcK//jFAf/6M90P2n4Pj/+Xsf/+jQY/40Uc5CEOH/5OFmPxumv/FcE+MPGKupzOgmnJ5qB6y4R"
    "O/X81R9VNMSPX3O9pknLa/JCHI63PO7kFuyvQnQT/GiiV1mf/wGrE+ZBx6VCBNBqWqxR0ldJq0YpFpIYKnd1sC0wQuA0gVtmramz"
    "l5AaLAmidgZ+NdE3SpUuZhkCiIFbhYAAAAAGRXhpZgAATU0AKgAAAAgAAgEPAAIAAAAIAAAAJgESAAMAAAABAAYAAAAAAABBIHBo"
    "b25lADx4PnNhaWQ8L3g+"
)
"""96 x 64, red left and blue right with a white upper left corner, stored turned (orientation 6)."""

DEEP_HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAVNtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABdwABAAAAAAAAAGYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA02lwcnAAAAC0aXBjbwAAAHVodmNDAQQIAAAAnbgAAAAAHvAA/P36+gAADwNgAAEAF0ABDAH//wQIAAADAJ24AAAD"
    "AAAeugJAYQABAClCAQEECAAAAwCduAAAAwAAHqAwgQTZbqSSmubgIaDAgAAADIAAAAMAhGIAAQAHRAHBcrAiQAAAABNjb2xybmNs"
    "eAABAA0ABoAAAAAUaXNwZQAAAAAAAABgAAAAQAAAABBwaXhpAAAAAAMKCgoAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAG5tZGF0"
    "AAAAYigBrwT4Qa/Eth3ecNxyJLUAf/URHIAeqN73++vwFuKE5ZnCKJT19XEh5rRk+hE7c59U3dPPbcMLpH27CVnEtkBqwa/9PBs3"
    "hUBJN0+KmgXnXbrXHOE9mWelN1mGH/IoTFDg"
)
"""96 x 64, 10 bits, from black on the left to white on the right."""


def read(data: bytes) -> Photo:
    return decode_photo(data, Path("a.bin"))


def is_near(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(pixels.reshape(-1, 3).mean(axis=0) - colour) < 12).all())


def test_heic_is_upright_and_keeps_what_the_phone_said() -> None:
    photo = read(TURNED_HEIC)
    assert (photo.pixels.shape, photo.bits) == ((96, 64, 3), 8)
    assert is_near(photo.pixels[4:12, 52:60], (240, 240, 240))
    assert is_near(photo.pixels[20:44], (200, 60, 40))
    assert is_near(photo.pixels[52:], (30, 70, 190))
    assert photo.metadata.xmp == b"<x>said</x>"
    exif = Image.Exif()
    exif.load(photo.metadata.exif)
    assert exif[271] == "A phone"
    assert exif[274] == 1


def test_heic_of_10_bits_keeps_them() -> None:
    photo = read(DEEP_HEIC)
    assert (photo.pixels.shape, photo.bits) == ((64, 96, 3), 16)
    wanted = np.linspace(0, 65535, 96)
    assert np.abs(photo.pixels.astype(float) - wanted[None, :, None]).max() < 700
    assert len(np.unique(photo.pixels)) > 90
    assert "10 bits" in photo.notices[0]


@pytest.mark.parametrize("length", [40, 400, 700])
def test_damaged_heic_is_refused(length: int) -> None:
    with pytest.raises(ImageFileError, match="is damaged or cut off"):
        read(TURNED_HEIC[:length])


def raw_photo(orientation: int = 1, *, black: int = 512) -> bytes:
    """A DNG of 120 x 80 photosites under a filter RGGB: grey in its camera's light, with a red square."""
    rows, columns = np.mgrid[:80, :120]
    neutral = {(0, 0): 0.5, (0, 1): 1.0, (1, 0): 1.0, (1, 1): 0.625}
    light = np.where((rows < 24) & (columns < 40), 0.0, 0.3)
    mosaic = np.zeros((80, 120))
    for (down, across), share in neutral.items():
        mosaic[down::2, across::2] = light[down::2, across::2] * share
    reddish = (rows < 24) & (columns < 40) & (rows % 2 == 0) & (columns % 2 == 0)
    mosaic[reddish] = 0.3
    samples = (black + mosaic * (65535 - black)).astype(np.uint16)
    matrix = [(round(10000 * value), 10000) for value in (0.9, -0.2, -0.1, -0.4, 1.2, 0.2, 0.0, 0.1, 0.7)]
    tags = [
        (271, "s", 0, "A maker", True),
        (274, "H", 1, orientation, True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, bytes((0, 1, 1, 2)), True),
        (50706, "B", 4, bytes((1, 4, 0, 0)), True),
        (50708, "s", 0, "A camera", True),
        (50714, "H", 1, black, True),
        (50717, "H", 1, 65535, True),
        (50721, "2i", 9, [number for pair in matrix for number in pair], True),
        (50728, "2I", 3, (500, 1000, 1000, 1000, 625, 1000), True),
        (50778, "H", 1, 21, True),
    ]
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(samples, photometric="cfa", extratags=tags, metadata=None)
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_raw_photo_is_developed_as_its_camera_saw_the_light(orientation: int) -> None:
    photo = read(raw_photo(orientation))
    assert photo.bits == 16
    assert photo.pixels.shape == ((80, 120, 3) if orientation == 1 else (120, 80, 3))
    upright = photo.pixels if orientation == 1 else np.rot90(photo.pixels)
    grey = upright[40:72, 60:110].reshape(-1, 3).astype(float).mean(axis=0)
    assert grey.max() / grey.min() < 1.05
    square = upright[6:18, 8:30].reshape(-1, 3).astype(float).mean(axis=0)
    assert square[0] > 2 * square[1]
    assert photo.metadata.icc[16:20] == b"RGB "
    assert "white balance" in photo.notices[0]
    exif = Image.Exif()
    exif.load(photo.metadata.exif)
    assert exif[271] == "A maker"
    assert 50721 not in exif


def test_the_endings_of_cameras_and_phones_are_known() -> None:
    assert {".dng", ".nef", ".cr3", ".arw", ".heic", ".jxl"} <= SUFFIXES_READ


@pytest.mark.parametrize(
    "size", [(8, 8), (256, 256), (200, 100), (1920, 1080), (3001, 2000), (5000, 7), (16, 9)]
)
def test_the_size_of_jpeg_xl_is_known_before_it_is_decoded(size: tuple[int, int]) -> None:
    width, height = size
    data = imagecodecs.jpegxl_encode(np.zeros((height, width, 3), np.uint8))
    assert jpeg_xl_size(data) == size
    stream = data if data.startswith(b"\xff\x0a") else data[data.index(b"\xff\x0a") :]
    boxes = b"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a" + b"\x00\x00\x00\x14ftypjxl \x00\x00\x00\x00jxl "
    for name, head in ((b"jxlc", b""), (b"jxlp", b"\x80\x00\x00\x00")):
        whole = boxes + (8 + len(head) + len(stream)).to_bytes(4, "big") + name + head + stream
        assert jpeg_xl_size(whole) == size
    with pytest.raises(ValueError, match="no code stream"):
        jpeg_xl_size(boxes)


def test_jpeg_xl_opens_with_its_plug_in() -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (40, 56, 3)).astype(np.uint8)
    photo = read(imagecodecs.jpegxl_encode(pixels, lossless=True))
    assert np.array_equal(photo.pixels, pixels)


def test_jpeg_xl_without_its_plug_in_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ImageFileError, match=r"install portrait-studio\[jxl\]"):
        read(imagecodecs.jpegxl_encode(np.zeros((40, 56, 3), np.uint8)))
