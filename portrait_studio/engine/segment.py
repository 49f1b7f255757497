"""Finds the exact thing that a loose mask, a box or clicks mean, by the segmentation network.

The network sees the picture as it is, in a square window around what was marked; its answer is brought to
photo pixels along the photo's own edges by a guided filter (He et al. 2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.guided_filter import guided
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, shrink_or_enlarge, to_float
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.soft_edges import soft_edge_px
from portrait_studio.engine.things import USUAL_THRESHOLD, WINDOW_SIDE, Clicks, Point, ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, Mask, extent_of, hole_bounds, mask_bounds
from portrait_studio.networks.segmentation import CLICK_RADIUS, SEGMENTATION_WINDOW

_MOST_ENLARGED: Final = 2.5
_REACH: Final = 4
"""How far beyond the loose mask an answer is believed, in pixels of the window."""

_CUT_OFF: Final = 0.01
"""How near to the edge of its box an answer counts as cut off, relative to the box's longer side."""

_MORE: Final = 0.15
"""How much larger such a box becomes at that edge, relative to its longer side."""

_CLICK_SIDE: Final = 0.5
"""Side of the first window around clicks, relative to the photo's longer side."""

_GUIDE_MOST: Final = 640
_GUIDE_RADIUS: Final = 1.5


@dataclass(frozen=True, eq=False)
class _Prompt:
    """What is meant.

    Attributes:
        clicks: places inside the thing, and beside it.
        loose: (H, W) uint8, nonzero = loosely marked; None where there are only clicks.
        marked: rectangle around what is marked, which may be empty.
    """

    clicks: Clicks
    loose: Mask | None
    marked: Bounds


def find_thing(network: NetworkRunner, image: Pixels, loose: Mask | None, clicks: Clicks) -> ThingFound:
    """The thing inside one loose mask, or under clicks.

    It is looked at twice: the second window fits the first answer, so that the thing is seen large.

    Args:
        network: runs the segmentation network.
        image: (H, W, 3) RGB, uint8 or uint16.
        loose: (H, W) uint8, nonzero = loosely marked; None where there are only clicks.
        clicks: places inside the thing, and beside it.
    """
    prompt = _Prompt(clicks, loose, Bounds(0, 0, 0, 0) if loose is None else mask_bounds(loose))
    window = _first_window(extent_of(image), prompt)
    found = _look(network.part(0, 2), image, prompt, window)
    closer = _second_window(found, window)
    if closer is not None:
        again = _look(network.part(1, 2), image, prompt, closer)
        found = again if again.stands_out else found
    if not found.stands_out:
        return found
    inside = found.probability >= 255 * USUAL_THRESHOLD
    return replace(found, soft_px=soft_edge_px(image[found.bounds.slices], inside))


def tighten(network: NetworkRunner, image: Pixels, loose: Mask) -> list[ThingFound]:
    """What stands in each of the places of a loose mask; see `find_thing`.

    Args:
        network: runs the segmentation network.
        image: (H, W, 3) RGB, uint8 or uint16.
        loose: (H, W) uint8, nonzero = loosely marked.
    """
    places = hole_bounds(loose)
    found = []
    for number, place in enumerate(places):
        alone = np.zeros_like(loose)
        alone[place.slices] = loose[place.slices]
        found.append(find_thing(network.part(number, len(places)), image, alone, Clicks()))
    return found


def find_in_boxes(network: NetworkRunner, image: Pixels, boxes: Sequence[Bounds]) -> list[ThingFound]:
    """What stands in each box; a box that cuts it off is looked at once more, a little larger.

    Args:
        network: runs the segmentation network.
        image: (H, W, 3) RGB, uint8 or uint16.
        boxes: in photo pixels.
    """
    found = []
    for number, box in enumerate(boxes):
        step = network.part(number, len(boxes))
        thing = _in_box(step.part(0, 2), image, box)
        larger = _larger(box, thing, Bounds.of(extent_of(image)))
        if larger is not None:
            thing = _in_box(step.part(1, 2), image, larger)
        found.append(thing)
    return found


def _in_box(network: NetworkRunner, image: Pixels, box: Bounds) -> ThingFound:
    loose = np.zeros(image.shape[:2], np.uint8)
    loose[box.intersected(Bounds.of(extent_of(image))).slices] = HOLE
    return find_thing(network, image, loose, Clicks())


def _larger(box: Bounds, found: ThingFound, photo: Bounds) -> Bounds | None:
    """A larger box where the answer reaches an edge of the box inside the photo; None where it does not."""
    answer = found.sure_bounds
    inner, reach = box.intersected(photo), round(_CUT_OFF * max(box.width, box.height))
    edges = (
        (answer.left <= inner.left + reach and inner.left > photo.left),
        (answer.top <= inner.top + reach and inner.top > photo.top),
        (answer.right >= inner.right - reach and inner.right < photo.right),
        (answer.bottom >= inner.bottom - reach and inner.bottom < photo.bottom),
    )
    if answer.is_empty or not any(edges):
        return None
    more = round(_MORE * max(box.width, box.height))
    by = [more if cut else 0 for cut in edges]
    return Bounds(box.left - by[0], box.top - by[1], box.right + by[2], box.bottom + by[3])


def _first_window(photo: Extent, prompt: _Prompt) -> Bounds:
    if not prompt.marked.is_empty:
        return _around(prompt.marked)
    xs, ys = zip(*prompt.clicks.inside, strict=True)
    middle = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    spread = max(max(xs) - min(xs), max(ys) - min(ys))
    return _square(middle, max(2 * spread, _CLICK_SIDE * max(photo.width, photo.height)))


def _around(place: Bounds) -> Bounds:
    """The window that shows a place with some of its surroundings."""
    middle = ((place.left + place.right) / 2, (place.top + place.bottom) / 2)
    return _square(middle, WINDOW_SIDE * max(place.width, place.height))


def _square(middle: Point, side: float) -> Bounds:
    """A square around a point, which may reach beyond the photo: what lies there is marked as no photo."""
    length = max(round(side), round(SEGMENTATION_WINDOW / _MOST_ENLARGED))
    left, top = round(middle[0] - length / 2), round(middle[1] - length / 2)
    return Bounds(left, top, left + length, top + length)


def _second_window(found: ThingFound, first: Bounds) -> Bounds | None:
    """A closer window around the first answer; None where it would show hardly more of it."""
    answer = found.sure_bounds
    if answer.is_empty:
        return None
    closer = _around(answer)
    return closer if closer.width < 0.8 * first.width else None


def _look(network: NetworkRunner, image: Pixels, prompt: _Prompt, window: Bounds) -> ThingFound:
    visible = window.intersected(Bounds.of(extent_of(image)))
    picture, layers = _seen(image, prompt, window, visible)
    logits = network(torch.from_numpy(picture)[None], torch.from_numpy(layers)[None])
    answer = torch.sigmoid(logits.float())[0, 0].cpu().numpy()
    answer *= _believed(layers[0])
    return ThingFound(prompt.marked, visible, _at_full_size(answer, image, window, visible))


def _seen(image: Pixels, prompt: _Prompt, window: Bounds, visible: Bounds) -> tuple[Floats, Floats]:
    """Picture (3, S, S) in [-1, 1] and prompt (4, S, S) of a window, grey and 0 beyond the photo."""
    side = SEGMENTATION_WINDOW
    scale = side / window.width
    inner = _inner(window, visible, scale)
    picture = np.zeros((side, side, 3), np.float32)
    crop = cast(Pixels, shrink_or_enlarge(image[visible.slices], inner.extent))
    picture[inner.slices] = 2 * to_float(crop) - 1
    layers = np.zeros((4, side, side), np.float32)
    layers[3][inner.slices] = 1
    if prompt.loose is not None:
        marked = np.where(prompt.loose[visible.slices] != 0, np.float32(1), np.float32(0))
        layers[0][inner.slices] = np.asarray(shrink_or_enlarge(marked, inner.extent), np.float32) >= 0.5
    for layer, points in ((layers[1], prompt.clicks.inside), (layers[2], prompt.clicks.outside)):
        for x, y in points:
            place = (round((x - window.left) * scale - 0.5), round((y - window.top) * scale - 0.5))
            cv2.circle(layer, place, CLICK_RADIUS, 1.0, -1)
    return np.ascontiguousarray(picture.transpose(2, 0, 1)), layers


def _inner(window: Bounds, visible: Bounds, scale: float) -> Bounds:
    """Where the visible part lies in the network's window."""
    edges = (
        (visible.left - window.left) * scale,
        (visible.top - window.top) * scale,
        (visible.right - window.left) * scale,
        (visible.bottom - window.top) * scale,
    )
    left, top, right, bottom = (round(edge) for edge in edges)
    return Bounds(left, top, max(left + 1, right), max(top + 1, bottom))


def _believed(mask: Floats) -> Floats:
    """1 where the answer counts: in the loose mask and just beside it, everywhere where there is none."""
    if not mask.any():
        return np.ones_like(mask)
    size = 2 * _REACH + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    return np.asarray(cv2.dilate(mask, kernel), np.float32)


def _at_full_size(answer: Floats, image: Pixels, window: Bounds, visible: Bounds) -> NDArray[np.uint8]:
    """The answer over the visible part in photo pixels, its edge moved to that of the photo."""
    inner = _inner(window, visible, len(answer) / window.width)
    values = np.ascontiguousarray(answer[inner.slices])
    if visible.width <= inner.width:
        return _levels(shrink_or_enlarge(values, visible.extent))
    share = min(1.0, _GUIDE_MOST / max(visible.width, visible.height))
    size = Extent(max(1, round(visible.width * share)), max(1, round(visible.height * share)))
    guide = to_float(cast(Pixels, shrink_or_enlarge(image[visible.slices], size)))
    smooth = np.asarray(shrink_or_enlarge(values, size), np.float32)
    radius = max(1, round(_GUIDE_RADIUS * size.width / inner.width))
    filtered = guided(guide, smooth, radius)
    return _levels(shrink_or_enlarge(filtered, visible.extent))


def _levels(share: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Shares of one, (h, w), as uint8."""
    levels = np.rint(255 * np.clip(np.asarray(share, np.float32), 0, 1))
    return np.asarray(levels, np.uint8)
