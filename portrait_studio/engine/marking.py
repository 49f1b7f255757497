"""Masks of what is asked for: the thing in a loose mask, at a place, or of a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.label_mask import mask_of_labels
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Pixels, Structure
from portrait_studio.engine.things import (
    USUAL_THRESHOLD,
    Clicks,
    Point,
    ThingFound,
    tightened_mask,
    usual_rim,
)
from portrait_studio.imaging.masks import Mask, extent_of, grow

_AROUND_PARTS: Final = 0.012
"""Of the photo's longer side: how far a part of the parsing map is grown, as a loose mask of the thing."""


class Finder(Protocol):
    """The part of the engine that finds things."""

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str = "auto", progress: Progress | None = None
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask."""

    def find_thing(
        self, image: Pixels, clicks: Clicks, device: str = "auto", progress: Progress | None = None
    ) -> ThingFound:
        """The thing under clicks."""


def mask_around(
    engine: Finder, image: Pixels, loose: Mask, threshold: float = USUAL_THRESHOLD, device: str = "auto"
) -> Mask:
    """What stands in a loose mask, with its rim; places in which nothing stands out stay as they are.

    Args:
        engine: finds things.
        image: (H, W, 3) RGB, uint8 or uint16.
        loose: (H, W) uint8, nonzero = loosely marked.
        threshold: probability from which on a pixel belongs to the thing, in (0, 1).
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        (H, W) uint8, 0 or 255.
    """
    return tightened_mask(loose, engine.tighten(image, loose, device), threshold)


def mask_at(
    engine: Finder,
    image: Pixels,
    places: Sequence[Point],
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
) -> Mask:
    """The thing under places (x, y) of the photo, with its rim; empty where nothing stands out."""
    photo = extent_of(image)
    found = engine.find_thing(image, Clicks(tuple(places)), device)
    if not found.stands_out:
        return np.zeros((photo.height, photo.width), np.uint8)
    return grow(found.mask(photo, threshold), usual_rim(photo))


def mask_of_things(
    engine: Finder,
    image: Pixels,
    seen: Structure,
    labels: Collection[int],
    threshold: float = USUAL_THRESHOLD,
    device: str = "auto",
) -> Mask:
    """What the parsing map gives one of the labels, at the things' own edges; empty where there is none."""
    photo = extent_of(image)
    reach = max(usual_rim(photo), round(_AROUND_PARTS * max(photo.width, photo.height)))
    loose = mask_of_labels(seen, labels, photo, reach)
    return mask_around(engine, image, loose, threshold, device) if loose.any() else loose
