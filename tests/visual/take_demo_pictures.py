"""Retakes the README's row of pictures: the demo photo, its mask, the recovered structure, and the result.

Run as `python -m tests.visual.take_demo_pictures` in the repository root; it needs the weights.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.imaging.label_colours import label_overlay
from portrait_studio.imaging.mask_file import read_mask
from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import models_dir, resources_dir
from portrait_studio.networks.conventions import LABEL_COLOURS

TARGET = resources_dir() / "screenshots"
_TINT = (255, 0, 110)


def write(name: str, picture: NDArray[np.uint8]) -> None:
    """Write (h, w, 3) RGB as a JPEG of README size."""
    small = cv2.resize(
        picture, (360, 360 * picture.shape[0] // picture.shape[1]), interpolation=cv2.INTER_AREA
    )
    cv2.imwrite(str(TARGET / f"demo-{name}.jpg"), small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])


def main() -> int:
    """Fill the demo photo and write the four pictures."""
    photo = read_photo(resources_dir() / "demo" / "photo.png")
    mask = read_mask(resources_dir() / "demo" / "mask.png", photo.extent)
    image = np.asarray(photo.pixels, np.uint8)
    result = Pipeline(models_dir()).run(CompletionRequest(image, mask))
    filled = image.copy()
    for region in result.regions:
        filled[region.bounds.slices] = region.pixels
    painted = image.copy()
    painted[mask > 0] = (painted[mask > 0] // 3 + np.array(_TINT) * 2 // 3).astype(np.uint8)
    write("before", image)
    write("mask", painted)
    write("structure", label_overlay(image, result.structure.labels, LABEL_COLOURS, 0.6))
    write("after", filled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
