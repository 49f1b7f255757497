"""Finds the shadow of a thing on the ground or wall beside it, from the photo alone; without torch.

A shadow is the same surface with less light: in logarithms of linear light it lies lower by nearly the same
step all along its edge. So for each level the region below it that is joined to the thing is looked at, as
maximally stable regions are (Matas et al. 2002), and that counts at whose edge the step is clearest. What is
said of the edge decides whether it is a shadow (the cues are those of Guo, Dai and Hoiem 2011: how much light
is missing, of which colour, how alike both sides are); where any of it is in doubt, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np

from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, shrink_or_enlarge, to_float
from portrait_studio.engine.shadow_cues import GROUND, WALL, Cues, is_shadow
from portrait_studio.engine.shadow_edge import (
    Flags,
    ShadowEdge,
    Surroundings,
    edge_of,
    grown,
    surroundings,
)
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, extent_of, hole_bounds

_SIDE_PX: Final = 420
"""Longer side of the picture in which shadows are looked for."""

_FAR: Final = 0.7
"""How far from the thing its shadow may reach, relative to the thing's longer side."""

_GAP: Final = 0.01
_SPECK: Final = 0.02
"""Of the photo's longer side: parts of a mask that are nearer are one thing; smaller ones cast no shadow."""

_LEVELS: Final = 48
_JOINED_PX: Final = 3
"""How near to the mask a shadow must come: thing and shadow touch, but masks have a rim."""

_FOOT: Final = 0.14
"""The lowest part of a thing, of its height: where it stands."""

_LEAST_AREA: Final = 0.004
_LEAST_PX: Final = 12
"""Of a shadow, relative to the thing's area, and in the small picture."""

_FOR_LARGER: Final = 0.2
"""Power of the area by which a larger region counts for more: its darkest part alone is no whole shadow."""

_THIN: Final = 0.006
"""Half the width of what is no shadow but a joint between slabs, relative to the thing's longer side."""

_LIKE_STEP: Final = 0.3
_LIKE_MOTTLE: Final = 0.5
_LIKE_JOINED: Final = 0.25
"""Another part of the same shadow: how far its step may differ, relative to that of the first; how mottled it
may be; and along how much of the thing it lies, relative to the thing's longer side."""

_SOFT: Final = 0.03
"""How wide a soft edge may be, relative to the thing's longer side."""

_STILL_DARKER: Final = 0.12
_LEAST_DARKER: Final = 0.06
"""What belongs to a soft edge is darker than the lit surface by this share of the step, at least by that."""

_RIM_PX: Final = 2


@dataclass(frozen=True, eq=False)
class _Darker:
    """A region that is darker than some level.

    Attributes:
        inside: (h, w) bool.
        level: it lies below that.
        edge: what was measured at its edge.
    """

    inside: Flags
    level: float
    edge: ShadowEdge


def shadow_of(image: Pixels, thing: Mask, others: Mask, tick: Callable[[], None] = lambda: None) -> Mask:
    """The shadows of what is masked, on surfaces that show no thing and nobody.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        thing: (H, W) uint8, nonzero = the thing, as exactly as it is known.
        others: (H, W) uint8, nonzero = people and things that are spared.
        tick: called now and then; may raise to cancel.

    Returns:
        (H, W) uint8, 0 or 255, nowhere where `thing` or `others` is; empty where nothing is surely a shadow.
    """
    photo = extent_of(image)
    longer = max(photo.width, photo.height)
    shadow = np.zeros_like(thing)
    for place in hole_bounds(thing, round(_GAP * longer)):
        tick()
        if max(place.width, place.height) < _SPECK * longer:
            continue
        view = Bounds.of(photo).intersected(shadow_reach(place))
        own = np.zeros_like(thing[view.slices])
        inner = place.shifted(-view.left, -view.top).slices
        own[inner] = thing[place.slices]
        spared = np.maximum(others[view.slices], thing[view.slices])
        around = _seen(image[view.slices], own, spared)
        found = _found(around, is_cut_off=place.bottom >= photo.height - 1)
        if found is not None:
            shadow[view.slices][_at_full_size(found, around, view.extent)] = HOLE
    shadow[(thing != 0) | (others != 0)] = KNOWN
    return shadow


def shadow_reach(place: Bounds) -> Bounds:
    """Where the shadow of what stands in a place may lie; may reach beyond the photo."""
    far = round(_FAR * max(place.width, place.height))
    return Bounds(place.left - far, place.top - far // 4, place.right + far, place.bottom + far)


def _seen(image: Pixels, thing: Mask, others: Mask) -> Surroundings:
    """The surroundings at the size at which shadows are looked for."""
    extent = extent_of(thing)
    scale = min(1.0, _SIDE_PX / max(extent.width, extent.height))
    size = Extent(max(1, round(scale * extent.width)), max(1, round(scale * extent.height)))
    picture = to_float(cast(Pixels, shrink_or_enlarge(image, size)))
    own, spared = _share(thing, size) > 0.02, _share(others, size) > 0.1
    return surroundings(picture, own, ~own & spared)


def _share(mask: Mask, size: Extent) -> Floats:
    """How much of each pixel of a smaller picture is masked, in [0, 1]."""
    masked = np.where(mask != 0, np.float32(1), np.float32(0))
    return np.asarray(shrink_or_enlarge(masked, size), np.float32)


def _at_full_size(found: Flags, around: Surroundings, extent: Extent) -> Flags:
    """The shadow, without a gap between it and the thing."""
    whole = found | (grown(found, _JOINED_PX) & around.thing)
    return np.asarray(_share(np.where(whole, np.uint8(HOLE), np.uint8(KNOWN)), extent) >= 0.5)


def _found(around: Surroundings, *, is_cut_off: bool) -> Flags | None:
    """The shadow on the ground, or else on the wall, in the small picture; None where there is none.

    Args:
        around: the surroundings.
        is_cut_off: whether the photo ends below the thing, so that nobody sees where it stands.
    """
    rows = np.flatnonzero(around.thing.any(1))
    if not rows.size:
        return None
    joined = grown(around.thing, _JOINED_PX) & around.free
    foot = rows[-1] + 1 - _FOOT * (rows[-1] + 1 - rows[0])
    stands = joined & (np.arange(len(joined))[:, None] > foot)
    tries = [(joined, WALL)] if is_cut_off else [(stands, GROUND), (joined, WALL)]
    for seed, cues in tries:
        best = _clearest(around, seed, cues)
        if best is not None:
            return _with_soft_edge(around, best.inside | _more(around, joined, best), best.edge)
    return None


def _clearest(around: Surroundings, seed: Flags, cues: Cues) -> _Darker | None:
    """The shadow joined to a seed whose edge is clearest."""
    best, highest = None, 0.0
    for darker in _darker_regions(around, seed, cues):
        if is_shadow(around, darker.inside, darker.edge, seed, cues):
            clearness = darker.edge.least_step * np.count_nonzero(darker.inside) ** _FOR_LARGER
            if clearness > highest:
                best, highest = darker, clearness
    return best


def _darker_regions(around: Surroundings, seed: Flags, cues: Cues) -> Iterator[_Darker]:
    """What lies below each level and is joined to the seed, from the darkest on."""
    if np.count_nonzero(seed) < _JOINED_PX:
        return
    area, last = np.count_nonzero(around.thing), 0
    low, high = np.quantile(around.level[around.free], [0.005, 0.99])
    for level in np.linspace(low, high, _LEVELS).tolist():
        region = _joined(_below(around, level), seed)
        count = int(np.count_nonzero(region))
        if count > cues.most_area * area:
            return
        if count >= max(_LEAST_PX, _LEAST_AREA * area) and count != last:
            edge = edge_of(around, region)
            if edge is not None:
                yield _Darker(region, level, edge)
        last = count


def _more(around: Surroundings, seed: Flags, first: _Darker) -> Flags:
    """Parts of the same shadow that the thing divides from it: as dark, and with an edge like its own."""
    more, step = np.zeros_like(first.inside), first.edge.step
    rest = _joined(_below(around, first.level), seed) & ~_joined(_below(around, first.level), first.inside)
    count, numbers = cv2.connectedComponents(rest.view(np.uint8), connectivity=4)
    for number in range(1, count):
        part = np.asarray(numbers == number)
        if np.count_nonzero(part & seed) < _LIKE_JOINED * around.longer_side:
            continue
        edge = edge_of(around, part)
        if edge is None or abs(edge.step - step) > _LIKE_STEP * step or max(edge.mottle) > _LIKE_MOTTLE:
            continue
        if is_shadow(around, part, edge, seed, GROUND):
            more |= part
    return more


def _with_soft_edge(around: Surroundings, region: Flags, edge: ShadowEdge) -> Flags:
    """The region with what beside it is still darker than what lies beyond."""
    wide = max(3, round(_SOFT * around.longer_side))
    beside = grown(region, wide) & around.free
    beyond = grown(region, 3 * wide) & around.free & ~beside
    weight = beyond.astype(np.float32)
    size = (6 * wide + 1, 6 * wide + 1)
    share = np.asarray(cv2.blur(weight, size, borderType=cv2.BORDER_CONSTANT), np.float32)
    lit = cv2.blur(around.level * weight, size, borderType=cv2.BORDER_CONSTANT) / np.maximum(share, 1e-6)
    darker = around.level < lit - max(_LEAST_DARKER, _STILL_DARKER * edge.step)
    whole = _joined(region | (beside & darker & (share > 1e-4)), region)
    return grown(whole, _RIM_PX) & around.free


def _below(around: Surroundings, level: float) -> Flags:
    """What is darker than a level, without thin lines; what is thin between thing and shadow stays."""
    pixels = max(1, round(_THIN * around.longer_side))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    dark = around.free & (around.level < level)
    whole = cv2.morphologyEx((dark | around.thing).view(np.uint8), cv2.MORPH_OPEN, kernel)
    return np.asarray(whole).view(np.bool_) & dark


def _joined(regions: Flags, seed: Flags) -> Flags:
    """Those of the connected regions that a seed touches."""
    count, numbers = cv2.connectedComponents(regions.view(np.uint8), connectivity=4)
    is_meant = np.zeros(count, np.bool_)
    is_meant[numbers[seed & regions]] = True
    is_meant[0] = False
    return np.asarray(is_meant[numbers])
