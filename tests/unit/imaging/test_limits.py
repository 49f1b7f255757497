"""Crafted and huge files are refused by their header, in bounded time and memory."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
import tifffile
from PIL import Image

from portrait_studio.errors import ImageFileError, MaskError
from portrait_studio.imaging import reading
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.jpeg_markers import segments
from portrait_studio.imaging.mask_file import read_mask
from portrait_studio.imaging.reading import decode_photo


def chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def bomb(width: int, height: int, bits: int, colour: int) -> bytes:
    """A PNG file of zeros, packed to a thousandth."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    packer, row = zlib.compressobj(9), bytes(1 + width * channels * bits // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def scanned(size: int, more: int) -> bytes:
    """A progressive JPEG file with so many more scans, all like the last one."""
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), (10, 20, 30)).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = [segment.start for segment in segments(data) if segment.marker == 0xDA][-1]
    return data[:-2] + data[last:-2] * more + data[-2:]


@pytest.mark.parametrize(("width", "bits", "colour"), [(15_800, 16, 6), (13_000, 16, 2), (15_000, 8, 6)])
def test_a_picture_that_needs_too_much_memory_is_refused_at_once(width: int, bits: int, colour: int) -> None:
    header = struct.pack(">IIBBBBB", width, width, bits, colour, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100)))
    with pytest.raises(
        ImageFileError, match=r"more than the 800 megabytes that can be opened; scale it down"
    ):
        decode_photo(data, Path("a.png"))


def test_a_tiff_of_wide_numbers_is_refused_at_once() -> None:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, np.zeros((4, 4, 3), np.float64), photometric="rgb")
    data = bytearray(buffer.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        page = file.pages[0]
        assert isinstance(page, tifffile.TiffPage)
        places = [page.tags[tag].valueoffset for tag in (256, 257)]
    for place in places:
        struct.pack_into("<H", data, place, 12_000)
    with pytest.raises(ImageFileError, match="64 bits in 3 channels"):
        decode_photo(bytes(data), Path("a.tif"))


def test_a_jpeg_of_hundreds_of_empty_scans_is_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(ImageFileError, match="goes over its pixels 510 times"):
        decode_photo(scanned(1600, 500), Path("a.jpg"))
    assert time.perf_counter() - began < 1.0


def test_a_small_jpeg_of_many_scans_is_opened() -> None:
    assert decode_photo(scanned(64, 100), Path("a.jpg")).extent == Extent(64, 64)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
def test_a_mask_of_another_size_is_refused_before_it_is_decoded(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"mask.{suffix}"
    Image.new("L", (40, 30)).save(path)
    with (
        mock.patch.object(reading, "_upright_photo", side_effect=AssertionError),
        pytest.raises(MaskError, match="40 x 30 pixels and the photo 30 x 40"),
    ):
        read_mask(path, Extent(30, 40))


def test_a_mask_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(bomb(8_000, 4_000, 16, 6))
    tracemalloc.start()
    with pytest.raises(MaskError):
        read_mask(path, Extent(30, 40))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_turned_mask_counts_upright(tmp_path: Path) -> None:
    block = Image.Exif()
    block[274] = 6
    Image.new("L", (40, 30), 255).save(tmp_path / "mask.png", exif=block)
    assert read_mask(tmp_path / "mask.png", Extent(30, 40)).shape == (40, 30)
