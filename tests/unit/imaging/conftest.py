import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from portrait_studio.imaging.photo import Metadata, Photo

Picture = Callable[..., NDArray[np.uint8] | NDArray[np.uint16]]


@pytest.fixture(scope="session")
def picture() -> Picture:
    """Random pixels: picture(height, width, channels, bits); without channels (H, W)."""

    def make(
        height: int, width: int, channels: int = 3, bits: int = 8
    ) -> NDArray[np.uint8] | NDArray[np.uint16]:
        rng = np.random.default_rng(height * 1000 + width * 10 + channels)
        shape = (height, width, channels) if channels else (height, width)
        values = rng.integers(0, 1 << bits, shape, dtype=np.uint16)
        return values.astype(np.uint8) if bits == 8 else values

    return make


@pytest.fixture(scope="session")
def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(scope="session")
def exif_block() -> bytes:
    """Camera, date, size and position, in the form of `Metadata.exif`."""
    block = Image.Exif()
    block[271], block[274] = "Maker", 1
    block[34665] = {0x9003: "2020:01:02 03:04:05", 0x829A: 0.01, 0xA002: 1, 0xA003: 1, 0x927C: b"maker note"}
    block[34853] = {1: "N", 2: (48.0, 8.0, 30.5)}
    return block.tobytes().removeprefix(b"Exif\x00\x00")


@pytest.fixture(scope="session")
def full_metadata(srgb: bytes, exif_block: bytes) -> Metadata:
    return Metadata(
        exif=exif_block, icc=srgb, xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", dpi=(300.0, 300.0)
    )


@pytest.fixture(scope="session")
def sixteen_bit(picture: Picture, full_metadata: Metadata) -> Photo:
    return Photo(picture(37, 53, 3, bits=16), metadata=full_metadata)


@pytest.fixture(scope="session")
def grey_ink_profile() -> bytes:
    """A CMYK profile: every ink mixture but the darkest is the same middle grey (ICC.1:2001, lut8Type)."""
    ramp = bytes(range(256))
    middle_grey = bytes((128, 128, 128))
    table = struct.pack(">4sI4B", b"mft1", 0, 4, 3, 2, 0)
    table += struct.pack(">9i", *(65536 if i % 4 == 0 else 0 for i in range(9)))
    table += ramp * 4 + middle_grey * 15 + bytes((0, 128, 128)) + ramp * 3
    white = struct.pack(">4sI3i", b"XYZ ", 0, 63190, 65536, 54061)
    text = struct.pack(">4sI", b"text", 0) + b"none\x00\x00\x00\x00"
    described = struct.pack(">4sII", b"desc", 0, 5) + b"test\x00" + bytes(78) + b"\x00"
    tags, bodies, offset = b"", b"", 128 + 4 + 4 * 12
    for name, body in ((b"A2B0", table), (b"wtpt", white), (b"cprt", text), (b"desc", described)):
        padded = body + bytes(-len(body) % 4)
        tags += struct.pack(">4sII", name, offset, len(body))
        bodies, offset = bodies + padded, offset + len(padded)
    header = struct.pack(">I4sI4s4s4s", offset, b"none", 0x02400000, b"prtr", b"CMYK", b"Lab ")
    header += struct.pack(">6H4s", 2020, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return header + struct.pack(">I", 4) + tags + bodies


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write an image with Pillow alone, as another program would: save(array or image, name, **arguments)."""

    def write(image: Image.Image | NDArray[np.uint8], name: str, **arguments: Any) -> Path:
        path = tmp_path / name
        (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **arguments)
        return path

    return write
