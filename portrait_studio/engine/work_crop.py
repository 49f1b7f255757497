"""Which part of the photo, at which scale, each network sees for each hole.

Two windows belong to a hole. The *structure window* is wide, because a body is recognised by its whole: the
parser always sees the whole photo, and a closer window when the hole would be only a few pixels there. The
*appearance window* is narrower, because colours and texture are decided by what lies next to the hole: at
least the hole's own size of context on every side where the photo allows it. Neither window distorts the
photo's aspect ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import hole_bounds
from portrait_studio.imaging.similarity import Transform

STRIDE = 32
"""Sides of network inputs are multiples of this."""


@dataclass(frozen=True)
class CropPolicy:
    """Sizes that decide the windows, in network pixels unless said otherwise.

    Attributes:
        appearance_least: long side of the appearance window below which a small photo is enlarged.
        appearance_most: long side of the appearance window that is never exceeded. The networks are trained
            at 256: at 512 the fill was measurably worse (L1 in the hole 31.1 against 29.8 on 40 photos).
        structure_long: long side at which the parser sees a window, about what it was trained at.
        structure_scales: multiples of it at which the parser looks, where the photo has that many pixels.
        structure_hole_least: long side of a hole in the whole-photo window below which a closer look is
            taken.
        context: side of the appearance window relative to the hole's long side; 3 leaves one hole's width
            around it.
        shared_coarser: how much larger a window that holes share may be than that of each of them alone.
        texture_most: long side, in photo pixels, of the crop for which patches are synthesised.
        texture_context: the same as `context` for that crop where it would exceed `texture_most`: rather
            fewer sources at full resolution than many at a reduced one, down to this.
    """

    appearance_least: int = 256
    appearance_most: int = 256
    structure_long: int = 256
    structure_scales: tuple[float, ...] = (1.0, 1.5)
    structure_hole_least: int = 48
    context: float = 3.0
    shared_coarser: float = 1.5
    texture_most: int = 1900
    texture_context: float = 1.6

    def reduced(self, factor: float) -> CropPolicy:
        """The same policy with smaller crops, for a device that ran out of memory.

        Args:
            factor: in (0, 1], multiplies the long sides; none falls below 2 * STRIDE.
        """
        least = 2 * STRIDE
        return replace(
            self,
            appearance_least=max(least, round(self.appearance_least * factor)),
            appearance_most=max(least, round(self.appearance_most * factor)),
            structure_long=max(least, round(self.structure_long * factor)),
            texture_most=max(least, round(self.texture_most * factor)),
        )


@dataclass(frozen=True)
class Window:
    """A part of the photo and the size at which a network sees it.

    Attributes:
        bounds: the part, in photo pixels, inside the photo.
        size: its size in network pixels, aspect kept to the nearest pixel.
    """

    bounds: Bounds
    size: Extent

    @property
    def padded(self) -> Extent:
        """`size` rounded up to multiples of `STRIDE`: what the network is handed."""
        return Extent(*(-(-side // STRIDE) * STRIDE for side in (self.size.width, self.size.height)))

    @property
    def scale(self) -> float:
        """Network pixels per photo pixel."""
        return max(self.size.width, self.size.height) / max(self.bounds.width, self.bounds.height)

    @property
    def from_photo(self) -> Transform:
        """(2, 3) transform from photo pixels to network pixels."""
        scale_x, scale_y = self.size.width / self.bounds.width, self.size.height / self.bounds.height
        return np.array(
            [[scale_x, 0.0, -self.bounds.left * scale_x], [0.0, scale_y, -self.bounds.top * scale_y]]
        )

    @classmethod
    def scaled(cls, bounds: Bounds, scale: float) -> Window:
        """The window over `bounds` at `scale` network pixels per photo pixel."""
        sides = (max(1, round(bounds.width * scale)), max(1, round(bounds.height * scale)))
        return cls(bounds, Extent(*sides))


@dataclass(frozen=True)
class HolePlan:
    """How one hole (or several that share its windows) is treated.

    Attributes:
        hole: smallest rectangle around the hole, in photo pixels.
        appearance: what the completion network and the patch synthesis see.
        structure: the closer look of the parser, which contains `appearance`; None when the whole photo
            suffices.
    """

    hole: Bounds
    appearance: Window
    structure: Bounds | None


def structure_windows(bounds: Bounds, policy: CropPolicy) -> tuple[Window, ...]:
    """The sizes at which the parser sees a part of the photo, smallest first; at least one.

    The long side is `policy.structure_long`, more for panoramas, whose short side would vanish otherwise.

    Args:
        bounds: the part, in photo pixels.
        policy: sizes that decide.
    """
    long, short = max(bounds.width, bounds.height), min(bounds.width, bounds.height)
    base = policy.structure_long * min(max(1.0, long / short / 3), 2.5)
    sides = {max(base, min(base * scale, float(long))) for scale in policy.structure_scales}
    return tuple(Window.scaled(bounds, side / long) for side in sorted(sides))


def find_holes(
    mask: NDArray[np.uint8],
    policy: CropPolicy,
    grow_px: int,
    check: Callable[[], None] = lambda: None,
) -> list[Bounds]:
    """Rectangles around the holes that are filled one after the other.

    Args:
        mask: (H, W) uint8, nonzero = hole.
        policy: sizes that decide which holes share a crop.
        grow_px: width of the blend band; holes whose bands could touch share a rectangle.
        check: called in the loop over the holes; raises to cancel.

    Returns:
        Disjoint rectangles from top to bottom that together hold every hole pixel, more than 2 * grow_px + 4
        pixels apart; empty when no pixel is set.
    """
    return group_boxes(list(hole_bounds(mask, grow_px + 3)), policy, 2 * grow_px + 4, check)


def group_boxes(
    boxes: list[Bounds],
    policy: CropPolicy,
    least_gap: int,
    check: Callable[[], None] = lambda: None,
) -> list[Bounds]:
    """Unite the rectangles of holes that are better filled together.

    Two holes share a crop when they nearly touch, or when the crop around both costs the network no
    resolution, or when the gap is small against both, so that each would otherwise see the other instead of
    context.

    Args:
        boxes: rectangles around the connected holes.
        policy: sizes that decide what costs resolution.
        least_gap: distance in pixels up to which rectangles are always united.
        check: called in the loop; raises to cancel.

    Returns:
        Disjoint rectangles, sorted from top to bottom, more than `least_gap` apart.
    """
    free_side = policy.appearance_most / policy.context
    groups: list[Bounds] = []
    for box in sorted(boxes, key=lambda b: (b.top, b.left)):
        check()
        merged = box
        while True:
            near = [group for group in groups if _belong_together(group, merged, least_gap, free_side)]
            if not near:
                break
            groups = [group for group in groups if group not in near]
            for group in near:
                merged = merged.united(group)
        groups.append(merged)
    return sorted(groups, key=lambda b: (b.top, b.left))


def _belong_together(one: Bounds, other: Bounds, least_gap: int, free_side: float) -> bool:
    gap = max(
        one.left - other.right, other.left - one.right, one.top - other.bottom, other.top - one.bottom, 0
    )
    if gap <= least_gap:
        return True
    united = one.united(other)
    if max(united.width, united.height) <= free_side:
        return True
    smaller = min(max(one.width, one.height), max(other.width, other.height))
    return gap <= smaller / 4


def plan_hole(hole: Bounds, photo: Extent, policy: CropPolicy) -> HolePlan:
    """Choose the windows for one hole.

    Args:
        hole: rectangle around it, in photo pixels.
        photo: size of the photo.
        policy: sizes that decide the windows.
    """
    return plan_together((hole,), photo, policy)


def plan_together(holes: Sequence[Bounds], photo: Extent, policy: CropPolicy) -> HolePlan:
    """Choose windows that several holes share; see `share_windows` for those that may.

    Args:
        holes: rectangles around them, in photo pixels; at least one.
        photo: size of the photo.
        policy: sizes that decide the windows.
    """
    whole = structure_windows(Bounds.of(photo), policy)[0]
    united, side = _around(holes), max(_own_side(hole, policy) for hole in holes)
    if len(holes) > 1:
        united = _around([_with_context(hole, photo, policy) for hole in holes])
    bounds = square_around(united, side, photo)
    crop_long = max(bounds.width, bounds.height)
    target = min(max(crop_long, policy.appearance_least), policy.appearance_most)
    appearance = Window.scaled(bounds, target / crop_long)
    closer: Bounds | None = None
    long = min(max(hole.width, hole.height) for hole in holes)
    if long * whole.scale < policy.structure_hole_least:
        # As large in the network as the least hole, but never closer than the appearance window needs.
        near = square_around(
            united, max(round(long * policy.structure_long / policy.structure_hole_least), side), photo
        )
        near = near.united(bounds)
        near_scale = policy.structure_long / max(near.width, near.height)
        if near_scale > 1.5 * whole.scale:
            closer = near
    return HolePlan(_around(holes), appearance, closer)


def share_windows(
    holes: Sequence[Bounds], photo: Extent, policy: CropPolicy, check: Callable[[], None] = lambda: None
) -> list[list[int]]:
    """Which holes one window can hold, so that they are parsed and completed together.

    It shows each of them with as much around it as the hole is long, and hardly coarser than one alone.

    Args:
        holes: rectangles around them, in photo pixels.
        photo: size of the photo.
        policy: sizes that decide.
        check: called in the loop; raises to cancel.

    Returns:
        Numbers of the holes of each window, every hole in one, in the order of the first ones.
    """
    groups: list[list[int]] = []
    spaces: list[Bounds] = []
    for number, hole in enumerate(holes):
        check()
        space, side = _with_context(hole, photo, policy), _own_side(hole, policy)
        for place, group in enumerate(groups):
            united = spaces[place].united(space)
            sides = [side, *(_own_side(holes[member], policy) for member in group)]
            if max(united.width, united.height, *sides) <= policy.shared_coarser * min(sides):
                group.append(number)
                spaces[place] = united
                break
        else:
            groups.append([number])
            spaces.append(space)
    return groups


def _own_side(hole: Bounds, policy: CropPolicy) -> int:
    """Side of the appearance window that a hole would have alone, in photo pixels."""
    return max(round(max(hole.width, hole.height) * policy.context), policy.appearance_least)


def _with_context(hole: Bounds, photo: Extent, policy: CropPolicy) -> Bounds:
    """A hole and what it needs to be seen with."""
    margin = round(max(hole.width, hole.height) * (policy.context - 1) / 2)
    return hole.grown(margin).intersected(Bounds.of(photo))


def _around(boxes: Sequence[Bounds]) -> Bounds:
    return reduce(Bounds.united, boxes)


def texture_window(hole: Bounds, appearance: Bounds, photo: Extent, policy: CropPolicy) -> Window:
    """Where and at which scale patches are synthesised: never enlarged, and inside the appearance window.

    Args:
        hole: rectangle around the hole, in photo pixels.
        appearance: bounds of its appearance window.
        photo: size of the photo.
        policy: sizes that decide.
    """
    bounds = appearance
    if max(appearance.width, appearance.height) > policy.texture_most:
        needed = round(max(hole.width, hole.height) * policy.texture_context)
        bounds = square_around(hole, max(needed, policy.texture_most), photo).intersected(appearance)
    return Window.scaled(bounds, min(1.0, policy.texture_most / max(bounds.width, bounds.height)))


def square_around(box: Bounds, side: int, photo: Extent) -> Bounds:
    """The square of that side centred on `box`, moved into the photo, cut only where that is smaller.

    Args:
        box: what the square surrounds, inside the photo.
        side: in pixels; enlarged to the box's long side if smaller.
        photo: size of the photo.
    """
    side = max(side, box.width, box.height)
    left, right = _interval(box.left, box.right, side, photo.width)
    top, bottom = _interval(box.top, box.bottom, side, photo.height)
    return Bounds(left, top, right, bottom)


def _interval(start: int, stop: int, length: int, limit: int) -> tuple[int, int]:
    if length >= limit:
        return 0, limit
    first = (start + stop - length) // 2
    first = min(max(first, 0), limit - length)
    return first, first + length
