"""How large an exported file will be, from a sample of the photo's rows."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.imaging.conversion import scaled_down
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.writing import ExportOptions, write_photo
from portrait_studio.messages import Message

_SAMPLE_PIXELS: Final = 400_000
_BANDS: Final = 4


def estimated_bytes(photo: Photo, options: ExportOptions) -> int:
    """Estimate the size of the file; exact for photos of up to 0.4 megapixels.

    Bands of rows, evenly spread over the photo, are encoded as the photo would be.

    Args:
        photo: what is to be written.
        options: how, with a format.

    Raises:
        ExportError: it cannot be written like this.
    """
    if options.longest_px is not None:
        photo = scaled_down(photo, options.longest_px)
    height, width = photo.pixels.shape[:2]
    plain = replace(options, longest_px=None, credentials=None)
    rows = max(_BANDS, round(_SAMPLE_PIXELS / width))
    if rows >= height:
        return _encoded_bytes(photo, plain)
    band = max(1, rows // _BANDS)
    starts = np.linspace(0, height - band, _BANDS).astype(int)
    chosen = np.unique((starts[:, None] + np.arange(band)).ravel())
    sample = replace(
        photo, pixels=photo.pixels[chosen], alpha=None if photo.alpha is None else photo.alpha[chosen]
    )
    around: int = _encoded_bytes(replace(sample, pixels=sample.pixels[:1], alpha=None), plain)
    sampled = _encoded_bytes(sample, plain) - around
    return int(around + sampled * height / len(chosen))


def _encoded_bytes(photo: Photo, options: ExportOptions) -> int:
    assert options.format is not None
    with tempfile.TemporaryDirectory(prefix="portrait-studio-estimate-") as folder:
        path = Path(folder) / "sample"
        write_photo(photo, path, options)
        return int(path.stat().st_size)


def in_words(size: int) -> Message:
    """For the user to read: "about 4.2 MB"."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if size >= scale:
            return Message("about {size:.1f} {unit}", size=size / scale, unit=unit)
    return Message("about {size} KB", size=max(1, round(size / 1e3)))
