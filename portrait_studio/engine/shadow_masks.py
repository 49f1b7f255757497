"""Masks of shadows: what else stands beside a masked thing is looked up first, so that it is spared."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.detection import Detection, roomy
from portrait_studio.engine.find_requests import DetectRequest, FindInBoxesRequest, ShadowRequest
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.label_mask import body_in
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import ParseRequest
from portrait_studio.engine.shadow import shadow_of, shadow_reach
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, check_extent, extent_of, mask_bounds

_MAP_ERROR: Final = 0.008
"""Of the photo's longer side: how far a parsing map reaches beyond the body that it shows."""

_TAKEN: Final = 0.5
"""Share of an answer in the mask from which on it is what the mask is of."""

_MOST_BOXES: Final = 8


def mask_of_shadows(engine: Engine, request: ShadowRequest, progress: Progress | None = None) -> Mask:
    """The shadows of what is masked, on surfaces that show nobody and no thing that has a name.

    Args:
        engine: parses the photo, and finds people and things.
        request: the photo and the mask.
        progress: may cancel.

    Returns:
        (H, W) uint8, 0 or 255, without the thing; empty where nothing is surely a shadow.

    Raises:
        MaskError: photo and mask are of different sizes.
    """
    check_extent(extent_of(request.thing), extent_of(request.image))
    heard = progress or Progress()
    if not cv2.countNonZero(request.thing):
        return np.zeros_like(request.thing)
    others = _bodies(engine, request, heard)
    _add_found(engine, request, others, heard)
    return shadow_of(request.image, request.thing, others, heard.check)


def _bodies(engine: Engine, request: ShadowRequest, progress: Progress) -> Mask:
    """Where the parsing map shows people beside the mask; slivers at its edge are its errors."""
    seen = request.seen or engine.run(ParseRequest(request.image, hardware=request.hardware), progress)
    photo = extent_of(request.image)
    body = np.where(body_in(seen.labels), np.uint8(HOLE), np.uint8(KNOWN))
    large = cv2.resize(body, (photo.width, photo.height), interpolation=cv2.INTER_LINEAR)
    beside = np.where((large > HOLE // 2) & (request.thing == 0), np.uint8(HOLE), np.uint8(KNOWN))
    reach = max(1, round(_MAP_ERROR * max(photo.width, photo.height)))
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.morphologyEx(beside, cv2.MORPH_OPEN, kernel), np.uint8)


def _add_found(engine: Engine, request: ShadowRequest, others: Mask, progress: Progress) -> None:
    """Mark who and what the detector sees near the mask, but for those whom the mask takes."""
    image, hardware = request.image, request.hardware
    try:
        detected = request.detected or engine.run(DetectRequest(image, hardware=hardware), progress)
        boxes = tuple(roomy(one.bounds) for one in _near((*detected.people, *detected.things), request.thing))
        found = engine.run(FindInBoxesRequest(image, boxes, hardware=hardware), progress) if boxes else ()
    except WeightsError:
        return  # A release may do without the networks that find things; the parsing map is all, then.
    for one in found:
        place = one.bounds.slices
        inside = one.probability > HOLE // 2
        if one.stands_out and not _is_taken(inside, request.thing[place]):
            others[place][inside & (request.thing[place] == 0)] = HOLE


def _near(detections: tuple[Detection, ...], thing: Mask) -> list[Detection]:
    """Those whose boxes reach to where a shadow may be, the nearest first."""
    own = mask_bounds(thing)
    reach = shadow_reach(own)
    middle = ((own.left + own.right) / 2, own.bottom)
    near = [one for one in detections if not one.bounds.intersected(reach).is_empty]
    return sorted(near, key=lambda one: _distance(one, middle))[:_MOST_BOXES]


def _distance(one: Detection, middle: tuple[float, float]) -> float:
    bounds = one.bounds
    across = abs((bounds.left + bounds.right) / 2 - middle[0])
    return across + abs(bounds.bottom - middle[1])


def _is_taken(inside: NDArray[np.bool_], thing: Mask) -> bool:
    """Whether the mask is of what was found."""
    return bool(np.count_nonzero(inside & (thing != 0)) > _TAKEN * np.count_nonzero(inside))
