"""Which pixels are of those who stay: of the main person the parser says so, of others their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.guided_filter import guided
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import shrink_or_enlarge, to_float
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, extent_of, grow

_SURE: Final = 128
_HINT: Final = 64
"""Probabilities, of 255, from which on somebody is there, and may be there."""

_MOST_OF_IT: Final = 0.5
"""Share of a part of the parsing map that an answer sees, too, from which on it is of the same person."""

_TRUSTED: Final = 0.8
"""Share of her answer that the parser sees from which on the rest of it is a neighbour or the ground: where
the parser sees less of her, it may be what misses a part of her."""

_MARGIN: Final = 0.0012
"""Of the photo's longer side: by how much the outlines of a parsing map may be wrong."""

_GUIDE_MOST: Final = 1024
_GUIDE_RADIUS: Final = 0.005
"""Longer side of the picture whose edges outlines are moved to, in pixels, and how far, relative to it."""

_NO_RIM: Final = 0.006
"""Of the photo's longer side: so near to her nothing is masked but what is surely somebody else."""


@dataclass(frozen=True, eq=False)
class Staying:
    """Who stays, in a part of the photo.

    Attributes:
        surely: (h, w) bool, what nothing may touch.
        near: (h, w) bool, the same and a little around it.
        rivals: (h, w) uint8, probability of those who stay; the surer answer has a pixel.
    """

    surely: NDArray[np.bool_]
    near: NDArray[np.bool_]
    rivals: NDArray[np.uint8]

    @property
    def beside(self) -> NDArray[np.bool_]:
        """Where they may be: no place for a rim, which is for the ground."""
        return np.asarray(self.near | (self.rivals >= _HINT))


def figure_of(figure: NDArray[np.bool_], staying: Sequence[ThingFound], photo: Extent) -> NDArray[np.bool_]:
    """What of a figure is of those who stay: parsers take passers-by for a part of it now and then.

    Args:
        figure: (h, w) bool over the whole photo at any size, where a parser sees people.
        staying: answers for those who stay.
        photo: size of the photo.

    Returns:
        (h, w) bool: the largest connected part, and those that an answer sees for the greater part; all of
        the figure where there is no answer to tell them by.
    """
    if not staying:
        return figure
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(figure.view(np.uint8), connectivity=8)
    if count <= 2:
        return figure
    height, width = figure.shape
    answer = cv2.resize(likeliest(staying, Bounds.of(photo)), (width, height), interpolation=cv2.INTER_AREA)
    areas = stats[:, cv2.CC_STAT_AREA]
    is_hers = np.bincount(numbers[answer >= _HINT], minlength=count) >= _MOST_OF_IT * areas
    is_hers[1 + np.argmax(areas[1:])] = True
    is_hers[0] = False
    return np.asarray(is_hers[numbers])


def who_stays(
    staying: Sequence[ThingFound], figure: NDArray[np.bool_] | None, photo: Extent, place: Bounds
) -> Staying:
    """Whose pixels of a place are not to be touched.

    Args:
        staying: answers for those who stay.
        figure: (h, w) bool over the whole photo at any size, where a parser sees who stays; None = not known.
        photo: size of the photo.
        place: in photo pixels, inside the photo.
    """
    if figure is None or not figure.any():
        nowhere = np.zeros((place.height, place.width), np.bool_)
        return Staying(nowhere, nowhere, likeliest(staying, place))
    seen = at_photo_size(figure_of(figure, staying, photo), photo)
    rivals = [one for one in staying if not _is_mostly_in(one, seen)]
    surely, near = (around(seen, share)[place.slices] for share in (_MARGIN, _NO_RIM))
    return Staying(surely, near, likeliest(rivals, place))


def around(figure: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    """A figure (H, W), and so much around it, relative to the photo's longer side, one pixel at least."""
    radius = max(1, round(share * max(figure.shape)))
    return np.asarray(grow(np.where(figure, np.uint8(HOLE), np.uint8(KNOWN)), radius) != 0)


def at_photo_size(figure: NDArray[np.bool_], photo: Extent) -> NDArray[np.bool_]:
    """A figure (h, w) as (H, W) bool of a photo of that size, with smooth outlines."""
    shown = np.where(figure, np.uint8(255), np.uint8(0))
    large = cv2.resize(shown, (photo.width, photo.height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large >= _SURE)


def at_edges(figure: NDArray[np.bool_], image: Pixels) -> NDArray[np.bool_]:
    """A figure as (H, W) bool, its outlines moved to the edges that the photo shows beside them.

    Outlines of a map are off by a pixel or two; what of a dark coat lies within them stays as a black line.

    Args:
        figure: (h, w) bool over the whole photo.
        image: (H, W, 3) RGB, uint8 or uint16, the photo.
    """
    photo = extent_of(image)
    share = min(1.0, _GUIDE_MOST / max(photo.width, photo.height))
    size = Extent(max(1, round(photo.width * share)), max(1, round(photo.height * share)))
    guide = to_float(cast(Pixels, shrink_or_enlarge(image, size)))
    values = np.asarray(shrink_or_enlarge(figure.astype(np.float32), size), np.float32)
    radius = max(1, round(_GUIDE_RADIUS * max(size.width, size.height)))
    moved = np.asarray(shrink_or_enlarge(guided(guide, values, radius), photo), np.float32)
    return np.asarray(moved >= 0.5)


def likeliest(found: Sequence[ThingFound], place: Bounds) -> NDArray[np.uint8]:
    """The highest probability of some answers in a place; where nobody stands out it does not count.

    Args:
        found: the answers.
        place: in photo pixels.

    Returns:
        (h, w) uint8 over the place.
    """
    highest = np.zeros((place.height, place.width), np.uint8)
    for one in found:
        common = one.bounds.intersected(place)
        if one.stands_out and not common.is_empty:
            part = highest[common.shifted(-place.left, -place.top).slices]
            seen = one.probability[common.shifted(-one.bounds.left, -one.bounds.top).slices]
            np.maximum(part, seen, out=part)
    return highest


def _is_mostly_in(answer: ThingFound, seen: NDArray[np.bool_]) -> bool:
    sure = answer.probability >= _SURE
    in_figure = int(np.count_nonzero(sure & seen[answer.bounds.slices]))
    return in_figure >= _TRUSTED * int(np.count_nonzero(sure))
