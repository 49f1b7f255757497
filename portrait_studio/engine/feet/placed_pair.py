"""A pair of feet below the legs of a photo, ready to be laid over a fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.feet.entering_legs import HEMS, EnteringLeg
from portrait_studio.engine.feet.painted_pair import PaintedPair
from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.mates.feet import LEGS, SHOES
from portrait_studio.engine.overlays import soft_edged
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.similarity import Transform, composed, transformed, translation, warped
from portrait_studio.networks.conventions import LABELS
from portrait_studio.networks.feet import FEET_SIDE, SHIN_PX

_GARMENTS: Final = tuple(LABELS.index(name) for name in ("pants",))
_SOFT_PX: Final = 0.9
"""Standard deviation of the soft edge, in pixels of the window or of the photo, whichever are larger."""
_MOST_DRAWN_OUT: Final = 1.8
"""How much higher a shoe may be made than it is, where the photo shows that it is high."""
_GAP_PX: Final = 5
_TAPER: Final = 0.45
"""By how much a trouser leg gets narrower over the length of a shin."""
_SHADOW: Final = 0.45
"""How much darker the ground is right below a sole, and over how many pixels of the window that fades."""
_SHADOW_PX: Final = 4.0
_LABELS_PX: Final = 256
"""Long side at which the guessed labels of a hole are read."""
_MOST_CUT: Final = 0.3
"""Share of a shoe that may lie where the photo shows something else."""

# What speaks against a pair, in units of its cost.
_UNLIKE, _CONSPICUOUS, _CUT, _WIDTH, _ABOVE_EDGE, _OTHER_KIND, _OVERLAP = 1.0, 1.5, 3.0, 0.6, 2.5, 1.5, 2.0


@dataclass(frozen=True, eq=False)
class PlacedFoot:
    """One foot at its place.

    Attributes:
        leg: that it goes on from.
        shoe: (160, 160) float32, 1 where it is.
        matrix: (2, 3), from pixels of the pair's window to pixels of the photo.
        top: left and right end (x, y), in the photo, of where the leg goes into the shoe.
    """

    leg: EnteringLeg
    shoe: Floats
    matrix: Transform
    top: NDArray[np.float64]

    def share(self, region: Bounds) -> Floats:
        """(h, w) float32 in [0, 1]: how much of each pixel of a part of the photo it covers."""
        scale = float(np.hypot(*self.matrix[:, 0]))
        return soft_edged(self._covered(self.matrix, region), _SOFT_PX * max(1.0, scale))

    def shadow(self, region: Bounds) -> Floats:
        """(h, w) float32 in [0, 1]: how much darker the ground is where the foot stands."""
        reach = _SHADOW_PX * float(np.hypot(*self.matrix[:, 0]))
        lower = composed(translation(0.0, 0.6 * reach), self.matrix)
        below = self._covered(lower, region)
        rows = np.flatnonzero(self.shoe.any(1))
        if not rows.size:
            return np.zeros((region.height, region.width), np.float32)
        # Only the sole touches the ground.
        sole = float(transformed(self.matrix, np.array([[0.0, rows[0] + 0.6 * (rows[-1] - rows[0])]]))[0, 1])
        ramp = np.clip((np.arange(region.top, region.bottom) + 0.5 - sole) / reach, 0.0, 1.0)
        soft = cv2.GaussianBlur(below * ramp[:, None].astype(np.float32), (0, 0), max(0.5, 0.5 * reach))
        return np.asarray(_SHADOW * soft, np.float32)

    def _covered(self, matrix: Transform, region: Bounds) -> Floats:
        shift = translation(-region.left, -region.top)
        return warped(self.shoe, composed(shift, matrix), region.extent, cv2.BORDER_CONSTANT)


@dataclass(frozen=True, eq=False)
class PlacedPair:
    """Feet at their places; those farther away come first.

    Attributes:
        picture: (160, 160, 3) float32 in [0, 1], in the photo's light.
        feet: one or two.
        cost: how much speaks against them.
        lends_colours: whether the shoes are painted, too; patches fill their shape otherwise.
    """

    picture: Floats
    feet: tuple[PlacedFoot, ...]
    cost: float
    lends_colours: bool = True

    def reaches_below(self, rows: int) -> bool:
        """Whether a picture of so many rows cuts one of the shoes off."""
        for foot in self.feet:
            lowest = float(np.flatnonzero(foot.shoe.any(1))[-1] + 1)
            if transformed(foot.matrix, np.array([[0.0, lowest]]))[0, 1] > rows + 1:
                return True
        return False

    def legs_only(self) -> PlacedPair:
        """The same without shoes, for a picture that is to go on below before it shows them."""
        return replace(self, feet=tuple(replace(foot, shoe=np.zeros_like(foot.shoe)) for foot in self.feet))

    @property
    def shows_face(self) -> bool:
        """Never."""
        return False

    def laid_over(self, fill: Floats, image: Pixels, region: Bounds, hole: NDArray[np.bool_]) -> Floats:
        """See `Overlay.laid_over`."""
        shift = translation(-region.left, -region.top)
        for foot in self.feet:
            fill = np.asarray(fill * (1 - foot.shadow(region) * hole)[..., None], np.float32)
        for foot in self.feet if self.lends_colours else ():
            colours = warped(self.picture, composed(shift, foot.matrix), region.extent)
            share = foot.share(region) * hole
            fill = np.asarray(fill + (colours - fill) * share[..., None], np.float32)
        return fill

    def labels_in(self, hole: Bounds, mask: Mask, parsed: ParsedWindow) -> NDArray[np.uint8]:
        """See `Overlay.labels_in`: the legs as far as the shoes, the shoes, and ground around them."""
        labels = np.full((hole.height, hole.width), PREDICT, np.uint8)
        # What is said of all of the ground, too, leaves no outline of the guessed feet between two looks.
        guessed = parsed.labels_over(hole, _LABELS_PX)
        below = np.arange(hole.top, hole.bottom)[:, None] >= min(foot.top[:, 1].min() for foot in self.feet)
        labels[np.isin(guessed, (0, *SHOES, *LEGS, *_GARMENTS)) | (below & ~np.isin(guessed, HEMS))] = 0
        for foot in self.feet:
            cv2.fillPoly(labels, [_leg_outline(foot, hole)], foot.leg.label_below)
        for foot in self.feet:
            labels[foot.share(hole) > 0.5] = foot.leg.shoe_label
        labels[mask[hole.slices] == 0] = PREDICT
        return labels


@dataclass(frozen=True, eq=False)
class HoleMask:
    """Where feet may stand; looked at once for all pairs.

    Attributes:
        mask: (H, W) uint8, nonzero = hole, over the whole photo.
    """

    mask: Mask

    @cached_property
    def tops(self) -> NDArray[np.intp]:
        """(W,) the uppermost row of the hole in each column; 0 where there is none."""
        return np.asarray(np.argmax(self.mask != 0, axis=0))

    def lacks(self, columns: NDArray[np.int_], rows: NDArray[np.int_]) -> NDArray[np.bool_]:
        """(N,) whether pixels lie where the photo shows something else, beside the hole or below it."""
        height, width = self.mask.shape
        is_inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        in_hole = np.zeros(is_inside.shape, np.bool_)
        in_hole[is_inside] = self.mask[rows[is_inside], columns[is_inside]] != 0
        is_above = is_inside & (rows < self.tops[np.clip(columns, 0, width - 1)])
        return np.asarray(~in_hole & ~is_above & (rows < height))


def place_pair(
    pair: PaintedPair, legs: Sequence[EnteringLeg], scale: float, hole: HoleMask
) -> PlacedPair | None:
    """A pair below legs; None where one of its feet would not stand in the hole.

    Args:
        pair: as it is painted.
        legs: where they enter the hole.
        scale: photo pixels for each pixel of the pair's window.
        hole: that cuts them off.
    """
    cost = _UNLIKE * pair.pose.pose_distance
    feet = []
    rows = [leg.ankle_row(SHIN_PX * scale) for leg in legs]
    for leg, own in zip(legs, rows, strict=True):
        # Who stands has both feet on one ground: half of what the guesses differ by is error.
        laid = _place_foot(pair, leg, scale, (own + float(np.mean(rows))) / 2, hole)
        if laid is None:
            return None
        cost += laid[0] / len(legs)
        feet.append(laid[1])
    takes_colour = any(leg.shows_shoe for leg in legs)
    cost += _CONSPICUOUS * (pair.colour_spread if takes_colour else pair.conspicuousness)
    if len(feet) == 2:
        cost += _OVERLAP * _overlap(feet[0], feet[1])
    feet.sort(key=lambda foot: float(transformed(foot.matrix, np.array([[0.0, FEET_SIDE]]))[0, 1]))
    return PlacedPair(pair.picture, tuple(feet), cost)


def _place_foot(
    pair: PaintedPair, leg: EnteringLeg, scale: float, ankle_row: float, hole: HoleMask
) -> tuple[float, PlacedFoot] | None:
    """How much speaks against a foot below a leg, and the foot."""
    shoe = _solid(pair.labels == leg.shoe_label)
    names = (f"{leg.side}-knee", f"{leg.side}-ankle")
    if np.count_nonzero(shoe) < 0.008 * FEET_SIDE**2 or not set(names) <= pair.pose.joints.keys():
        return None
    knee, ankle = (pair.pose.joints[name] for name in names)
    edge = ankle[1] + (leg.row - ankle_row) / scale
    run = _run_at(pair, leg, edge, knee, ankle)
    if run is None:
        # The window does not reach up to the hole's edge: the leg goes on as it leans.
        column = leg.middle + leg.lean * (ankle_row - leg.row) - scale * ankle[0]
    else:
        column = leg.middle - scale * (run[0] + run[1]) / 2
    matrix = np.array([[scale, 0.0, column], [0.0, scale, ankle_row - scale * ankle[1]]])
    rows = np.flatnonzero(shoe.any(1))
    top = _top_of(shoe, rows)
    if leg.shows_shoe:
        matrix = _up_to(leg.row, matrix, float(top[0, 1]), float(rows[-1] + 1))
    cut = _cut_share(shoe, matrix, hole)
    if cut > _MOST_CUT:
        return None
    begins = float(transformed(matrix, top)[:, 1].mean())
    if leg.shows_shoe:
        cost = _OTHER_KIND * float(run is None or edge < rows[0])
    else:
        cost = _ABOVE_EDGE * max(0.0, leg.row - begins) / (SHIN_PX * scale)
    if run is not None:
        cost += _WIDTH * abs(
            float(np.log(max(1.0, scale * (run[1] - run[0])) / max(1.0, leg.right - leg.left)))
        )
    return cost + _CUT * cut, PlacedFoot(leg, shoe.astype(np.float32), matrix, transformed(matrix, top))


def _solid(shoe: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest part of a shoe, its narrow gaps closed: a heel that stands apart would look lost."""
    closed = cv2.morphologyEx(shoe.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((_GAP_PX, _GAP_PX), np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return np.asarray(numbers == 1 + int(areas.argmax())) if areas.size else shoe


def _up_to(row: float, matrix: Transform, top: float, sole: float) -> Transform:
    """A foot drawn out upwards to a row of the photo where its shoe is seen to begin above; the sole stays.

    Args:
        row: of the photo.
        matrix: of the foot.
        top: row of the pair's window in which its shoe begins.
        sole: the same of where it ends.
    """
    begins, ends = (float(transformed(matrix, np.array([[0.0, y]]))[0, 1]) for y in (top, sole))
    if begins <= row or ends <= begins:
        return matrix
    factor = min(_MOST_DRAWN_OUT, (ends - row) / (ends - begins))
    drawn = matrix.copy()
    drawn[1, 1] *= factor
    drawn[1, 2] = ends - drawn[1, 1] * sole
    return drawn


def _run_at(
    pair: PaintedPair, leg: EnteringLeg, row: float, knee: NDArray[np.float64], ankle: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Where, in a row of the pair's window, its leg begins and ends; None where it shows none."""
    if not 1 <= row < FEET_SIDE - 1:
        return None
    other = (LEGS[1], SHOES[1]) if leg.side == "left" else (LEGS[0], SHOES[0])
    line = pair.labels[int(row)]
    is_leg = np.concatenate([[False], (line > 0) & ~np.isin(line, other), [False]])
    starts, stops = (np.flatnonzero(np.diff(is_leg.astype(np.int8)) == way) for way in (1, -1))
    if not starts.size:
        return None
    share = (row - knee[1]) / max(1.0, ankle[1] - knee[1])
    column = knee[0] + float(np.clip(share, 0.0, 1.0)) * (ankle[0] - knee[0])
    away = np.maximum(starts - column, column - stops).clip(0.0)
    nearest = int(away.argmin())
    return (float(starts[nearest]), float(stops[nearest])) if away[nearest] < 0.15 * SHIN_PX else None


def _top_of(shoe: NDArray[np.bool_], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Left and right end (2, 2) of a shoe some rows below its uppermost one."""
    row = int(rows[0] + max(1, round(0.08 * (rows[-1] - rows[0]))))
    columns = np.flatnonzero(shoe[row])
    if not columns.size:
        columns = np.flatnonzero(shoe[rows[0]])
    return np.array([[columns[0], row], [columns[-1] + 1, row]], np.float64)


def _cut_share(shoe: NDArray[np.bool_], matrix: Transform, hole: HoleMask) -> float:
    """Share of a shoe for which there is no room."""
    points = np.argwhere(shoe)[::3, ::-1].astype(np.float64) + 0.5
    columns, rows = np.floor(transformed(matrix, points)).astype(int).T
    return float(hole.lacks(columns, rows).sum()) / max(1, len(points))


def _overlap(one: PlacedFoot, other: PlacedFoot) -> float:
    """Share of the smaller shoe that stands in the other one, by their middles and widths."""
    boxes = []
    for foot in (one, other):
        rows, columns = np.nonzero(foot.shoe > 0.5)
        corners = np.array([[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]], np.float64)
        boxes.append(transformed(foot.matrix, corners))
    low, high = np.maximum(boxes[0][0], boxes[1][0]), np.minimum(boxes[0][1], boxes[1][1])
    common = float(np.prod(np.clip(high - low, 0.0, None)))
    return common / max(1.0, min(float(np.prod(box[1] - box[0])) for box in boxes))


def _leg_outline(foot: PlacedFoot, hole: Bounds) -> NDArray[np.int32]:
    """Corners of the leg from the hole's edge to the shoe, (4, 2), in pixels of the hole's rectangle."""
    leg = foot.leg
    edge = leg.row - 2
    left, right = foot.top
    if leg.label in HEMS:
        # A trouser leg hangs over the shoe, and is the narrower the farther down it goes.
        far = (left[1] - edge) / (SHIN_PX * float(np.hypot(*foot.matrix[:, 0])))
        width = (leg.right - leg.left) * (0.95 - _TAPER * float(np.clip(far, 0.0, 1.0)))
        middle, half = (left + right) / 2, np.array([width / 2, 0.0])
        left, right = np.minimum(left, middle - half), np.maximum(right, middle + half)
    corners = np.array([[leg.left, edge], [leg.right, edge], right, left])
    return np.rint(corners - (hole.left, hole.top)).astype(np.int32)
