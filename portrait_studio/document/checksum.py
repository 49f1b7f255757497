"""Checksums of pixels, by which records know photos."""

from __future__ import annotations

import hashlib

from portrait_studio.imaging.photo import Pixels


def pixels_sha256(pixels: Pixels) -> str:
    """SHA-256 over the size and all samples of (H, W, 3) uint8 or uint16, little-endian, row by row."""
    digest = hashlib.sha256(repr((*pixels.shape, pixels.dtype.itemsize)).encode())
    for row in pixels:
        digest.update(row.astype(row.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()
