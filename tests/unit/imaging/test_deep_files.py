"""Files of more than 8 bits keep them, whatever their format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import decode_photo, read_photo
from portrait_studio.imaging.writing import write_photo


def read(data: bytes) -> Photo:
    return decode_photo(data, Path("a.bin"))


def ramp(bits: int, channels: int = 3) -> NDArray[np.uint16]:
    steps = np.arange(48 * 64, dtype=np.int64).reshape(48, 64) * ((1 << bits) - 1) // (48 * 64 - 1)
    planes = [steps, steps[::-1], steps[:, ::-1], steps[::-1, ::-1]][:channels]
    return np.dstack(planes).astype(np.uint16)


def full(samples: NDArray[Any], bits: int) -> NDArray[Any]:
    return np.rint(samples * (65535 / ((1 << bits) - 1)))


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("channels", [3, 4])
def test_avif_of_more_than_8_bits(bits: int, channels: int) -> None:
    samples = ramp(bits, channels)
    photo = read(imagecodecs.avif_encode(samples, level=100, bitspersample=bits))
    assert photo.bits == 16
    assert len(np.unique(photo.pixels)) > 500
    assert np.abs(photo.pixels - full(samples, bits)[:, :, :3]).max() <= 65535 / (1 << bits) * 8
    assert (photo.alpha is not None) == (channels == 4)
    assert f"{bits} bits" in photo.notices[0]


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("kind", ["jp2", "j2k"])
@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_2000_of_more_than_8_bits(bits: int, kind: str, channels: int) -> None:
    samples = ramp(bits, channels)
    data = imagecodecs.jpeg2k_encode(samples.squeeze(), level=0, bitspersample=bits, codecformat=kind)
    photo = read(data)
    assert photo.bits == 16
    assert np.array_equal(photo.pixels[:, :, 0], full(samples[:, :, 0], bits))
    assert photo.is_grey == (channels == 1)
    assert bool(photo.notices) == (bits < 16)


@pytest.mark.parametrize("most", [65535, 4095, 1000])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("is_plain", [False, True])
def test_ppm_of_more_than_8_bits(most: int, channels: int, is_plain: bool) -> None:
    samples = np.rint(ramp(16, channels) * (most / 65535)).astype(np.uint16)
    number = (2 if is_plain else 5) + (channels == 3)
    header = f"P{number}\n# a comment\n64 48\n{most}\n".encode()
    words = b" ".join(str(value).encode() for value in samples.ravel())
    photo = read(header + (words if is_plain else samples.astype(">u2").tobytes()))
    assert photo.bits == 16
    assert np.abs(photo.pixels[:, :, 0] - samples[:, :, 0] * (65535 / most)).max() <= 33
    assert photo.pixels.max() == 65535
    assert most < 65535 or np.array_equal(photo.pixels[:, :, -1], samples[:, :, -1])


def test_a_short_ppm_is_refused() -> None:
    data = b"P6\n64 48\n65535\n" + ramp(16).astype(">u2").tobytes()[:-2]
    with pytest.raises(ImageFileError, match="damaged or cut off"):
        read(data)


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_of_12_bits(channels: int, tmp_path: Path) -> None:
    samples = ramp(12, channels)
    data = imagecodecs.jpeg8_encode(samples.squeeze(), level=98, bitspersample=12)
    photo = read(data)
    assert photo.bits == 16
    assert photo.is_grey == (channels == 1)
    assert np.abs(photo.pixels[:, :, 0] - full(samples[:, :, 0], 12)).max() <= 1600
    assert "12 bits" in photo.notices[0]
    write_photo(photo, tmp_path / "a.tif")
    assert np.array_equal(read_photo(tmp_path / "a.tif").pixels, photo.pixels)
    assert "rounded" in write_photo(photo, tmp_path / "a.jpg").notices[0]


def test_lossless_jpeg_is_named() -> None:
    data = imagecodecs.ljpeg_encode(ramp(12, 1)[:, :, 0], bitspersample=12)
    with pytest.raises(ImageFileError, match="is a lossless JPEG"):
        read(data)
