"""Detect people and things: several looks at a photo by the detection network, merged into one box each.

The network was trained on small photos. So it looks at the whole photo at several sizes: large people are
found in the small ones, small people in the large ones. Large photos are looked at in overlapping tiles too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.engine.merge_boxes import Sightings, merge_faint, merge_people, merge_things, suppressed
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, shrink_or_enlarge, to_float
from portrait_studio.engine.run_network import NetworkRunner, to_tensor
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import extent_of
from portrait_studio.networks.coco import CLASSES, PERSON, THING_NAMES
from portrait_studio.networks.detection import Boxes

_WHOLE: Final = (320, 416, 608, 832, 1248)
"""Longer sides at which the whole photo is seen, in network pixels."""

_PEOPLE_SIDES: Final = (416, 832)
"""The same where people alone are asked for, in passing."""

_MOST_ENLARGED: Final = 4.0
_TILED: Final = ((8_000_000, 2496), (2_000_000, 1664))
"""From how many pixels on a photo is seen in tiles too, and at which longer side of the whole."""

_TILE_MOST: Final = 1040
_OVERLAP: Final = 208
"""Of neighbouring tiles, in network pixels: who is larger than that is found in a look at the whole photo."""

_FAINT_SIDES: Final = (416, 608, 832, 1248)
"""The same where people are looked for whom nothing in the picture shows clearly."""

_LEAST_SCORE: Final = 0.2
_LEAST_FAINT_SCORE: Final = 0.1
_SAME_THING: Final = 0.6
"""Intersection over union from which on a thing is not told as two kinds."""

_CUT_PX: Final = 4
"""A box that comes so close to a tile's inner edge, in network pixels, is of something cut off there."""


def detect(network: NetworkRunner, image: Pixels) -> Detected:
    """All people of a photo, and all things that have a name.

    Args:
        network: runs the detection network, with the classes of `coco.CLASSES`.
        image: (H, W, 3) RGB, uint8 or uint16.
    """
    photo = extent_of(image)
    looks = plan_looks(photo)
    # Shrinking a large photo takes as long as a look at it: all looks are made from the finest one.
    scale = min(1.0, max(look.scale for look in looks))
    pixels = image if scale == 1 else cast(Pixels, shrink_or_enlarge(image, _scaled(photo, scale)))
    seen = _looks(network, pixels, looks, photo)
    found = [(kind, merge_things([each[kind] for each in seen])) for kind in THING_NAMES]
    return Detected(_seen_clearly(seen, photo), _things(found, photo))


def people_size(photo: Extent) -> Extent:
    """The size of a photo that is enough for `detect_people`."""
    return _scaled(photo, min(1.0, max(_PEOPLE_SIDES) / max(photo.width, photo.height)))


def detect_people(network: NetworkRunner, pixels: Pixels, photo: Extent) -> tuple[Detection, ...]:
    """The people of a photo, at two looks: in a third of the time of `detect`, which finds more small ones.

    Args:
        network: runs the detection network, with the classes of `coco.CLASSES`.
        pixels: (h, w, 3) RGB, uint8 or uint16, the photo shrunk to its `people_size`.
        photo: its size.

    Returns:
        One box a person in photo pixels, the surest first.
    """
    longer = max(photo.width, photo.height)
    sides = [side for side in _PEOPLE_SIDES if side <= _MOST_ENLARGED * longer] or [_WHOLE[0]]
    looks = [Window.scaled(Bounds.of(photo), side / longer) for side in sides]
    return _seen_clearly(_looks(network, pixels, looks, photo), photo)


def detect_faint(network: NetworkRunner, image: Pixels) -> tuple[Detection, ...]:
    """People of whom every look sees but little, such as those whom somebody else hides half.

    It is meant for a picture from which those are taken who are seen clearly: beside them, more would be
    found than is there.

    Args:
        network: runs the detection network, with the classes of `coco.CLASSES`.
        image: (H, W, 3) RGB, uint8 or uint16.

    Returns:
        One box a person in photo pixels, the surest first.
    """
    photo = extent_of(image)
    longer = max(photo.width, photo.height)
    sides = [side for side in _FAINT_SIDES if side <= _MOST_ENLARGED * longer]
    looks = [Window.scaled(Bounds.of(photo), side / longer) for side in sides]
    seen = _looks(network, image, looks, photo, _LEAST_FAINT_SCORE)
    return _people(merge_faint([each[PERSON] for each in seen]), photo)


def _looks(
    network: NetworkRunner,
    pixels: Pixels,
    looks: Sequence[Window],
    photo: Extent,
    least_score: float = _LEAST_SCORE,
) -> list[dict[str, Sightings]]:
    """What each look sees of each kind; see `_look`."""
    return [
        _look(network.part(number, len(looks)), _through(pixels, look, photo), look, photo, least_score)
        for number, look in enumerate(looks)
    ]


def _people(boxes: Sightings, photo: Extent) -> tuple[Detection, ...]:
    return _detections(boxes, [PERSON] * len(boxes.scores), photo)


def _seen_clearly(seen: Sequence[dict[str, Sightings]], photo: Extent) -> tuple[Detection, ...]:
    return _people(merge_people([each[PERSON] for each in seen], photo), photo)


def plan_looks(photo: Extent) -> list[Window]:
    """At which parts of a photo, and at which sizes, the network looks.

    A photo of up to 2 megapixels is seen as a whole only; a larger one in tiles too, so that people are found
    who are small in it.
    """
    whole, longer = Bounds.of(photo), max(photo.width, photo.height)
    sides = [side for side in _WHOLE if side <= _MOST_ENLARGED * longer] or [_WHOLE[0]]
    looks = [Window.scaled(whole, side / longer) for side in sides]
    tiled = next((side for area, side in _TILED if photo.area > area), None)
    if tiled is None:
        return looks
    scale = tiled / longer
    columns, rows = (_tiles(length, scale) for length in (photo.width, photo.height))
    tiles = [Bounds(left, top, right, bottom) for top, bottom in rows for left, right in columns]
    # The tiles see more than the largest look at the whole would.
    return [*looks[:-1], *(Window.scaled(tile, scale) for tile in tiles)]


def _tiles(length: int, scale: float) -> list[tuple[int, int]]:
    """Overlapping parts of a side of the photo: first and last pixel of each."""
    side = length * scale
    count = max(1, math.ceil((side - _OVERLAP) / (_TILE_MOST - _OVERLAP)))
    part = min(length, round((side + (count - 1) * _OVERLAP) / count / scale))
    starts = [round(number * (length - part) / max(1, count - 1)) for number in range(count)]
    return [(start, start + part) for start in starts]


def _through(pixels: Pixels, look: Window, photo: Extent) -> Pixels:
    """What a look shows, from the shrunk photo: (h, w, 3) of the size of the look."""
    across, down = pixels.shape[1] / photo.width, pixels.shape[0] / photo.height
    left, right = (round(x * across) for x in (look.bounds.left, look.bounds.right))
    top, bottom = (round(y * down) for y in (look.bounds.top, look.bounds.bottom))
    return cast(Pixels, shrink_or_enlarge(pixels[top:bottom, left:right], look.size))


def _look(
    network: NetworkRunner, pixels: Pixels, look: Window, photo: Extent, least_score: float
) -> dict[str, Sightings]:
    """What the network sees of each kind with so much certainty at least, in photo pixels."""
    padded = np.zeros((look.padded.height, look.padded.width, 3), np.float32)
    padded[: look.size.height, : look.size.width] = to_float(pixels) * np.float32(2) - np.float32(1)
    boxes: Boxes = network(to_tensor(padded))
    corners, scores = (values[0].float().cpu().numpy() for values in boxes)
    whole_shown = _shown_whole(corners, look, photo)
    corners = _in_photo(corners, look, photo)
    found = {}
    for kind in (PERSON, *THING_NAMES):
        of_kind = scores[:, CLASSES.index(kind)]
        chosen = whole_shown & (of_kind >= least_score)
        found[kind] = Sightings(corners[chosen], of_kind[chosen])
    return found


def _shown_whole(corners: Floats, look: Window, photo: Extent) -> NDArray[np.bool_]:
    """Which boxes, in network pixels, do not end at an edge of a tile behind which the photo goes on."""
    inside = np.ones(len(corners), np.bool_)
    if look.bounds.left > 0:
        inside &= corners[:, 0] > _CUT_PX
    if look.bounds.top > 0:
        inside &= corners[:, 1] > _CUT_PX
    if look.bounds.right < photo.width:
        inside &= corners[:, 2] < look.size.width - _CUT_PX
    if look.bounds.bottom < photo.height:
        inside &= corners[:, 3] < look.size.height - _CUT_PX
    return inside


def _in_photo(corners: Floats, look: Window, photo: Extent) -> Floats:
    """Boxes in network pixels as boxes in photo pixels, cut off at the photo's edges."""
    start = np.array([look.bounds.left, look.bounds.top] * 2, np.float32)
    scale = np.array([look.bounds.width / look.size.width, look.bounds.height / look.size.height] * 2)
    most = np.array([photo.width, photo.height] * 2, np.float32)
    return np.asarray(np.clip(corners * scale + start, 0, most), np.float32)


def _things(found: Sequence[tuple[str, Sightings]], photo: Extent) -> tuple[Detection, ...]:
    """Things of all kinds; what was taken for two kinds is of the surer one."""
    kinds = np.array([kind for kind, boxes in found for _ in boxes.scores])
    every = Sightings(
        np.concatenate([boxes.corners for _, boxes in found]),
        np.concatenate([boxes.scores for _, boxes in found]),
    )
    kept = suppressed(every, _SAME_THING)
    return _detections(every.only(kept), kinds[kept].tolist(), photo)


def _detections(boxes: Sightings, kinds: Sequence[str], photo: Extent) -> tuple[Detection, ...]:
    """Boxes at whole pixels; what would be empty is left out."""
    found = []
    for corners, score, kind in zip(np.rint(boxes.corners).astype(int), boxes.scores, kinds, strict=True):
        bounds = Bounds(*map(int, corners)).intersected(Bounds.of(photo))
        if not bounds.is_empty:
            found.append(Detection(bounds, kind, min(1.0, float(score))))
    return tuple(found)


def _scaled(photo: Extent, scale: float) -> Extent:
    return Window.scaled(Bounds.of(photo), scale).size
