"""Where a piece may go: the places at which it explains best what the parser says about the hole.

The parser's guess has the right place and about the right size, but no shape; a piece has the shape. Each
turn, scale and width of the piece, mirrored or not, is shifted to where the log likelihood ratio of its
labels against bare ground is largest (template matching by correlation). Beside the hole the ratio is that
of what the photo shows, so that legs go on and no shoe reaches over visible ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.mates.feet import GARMENTS, LEGS, SHOES, Feet, box_of
from portrait_studio.engine.mates.piece import ShoePiece
from portrait_studio.engine.resample import Floats
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, warped

MOST_CUT: Final = 0.12
"""Share of the shoe beyond the hole up to which a place is believed."""

_TURNS: Final = (-8.0, -4.0, 0.0, 4.0, 8.0)
"""In degrees; what is turned further stands on its head now and then."""
DIFFERENT_TURN: Final = 8.0
"""Degrees from which on two places look different."""
_SCALES: Final = (0.9, 1.0, 1.1)
_WIDTHS: Final = (1.0, 0.85, 0.7)
"""Below 1: a foot that is turned more towards the viewer than its mate looks shorter."""
_SEARCH_PX: Final = 40
"""Long side of the shoe at which places are compared."""
_REACH: Final = 0.4
"""How far from where it seems to be the shoe is looked for, in its long sides."""
_DOUBT: Final = 0.03
"""Added to likelihoods, so that the parser is never quite sure."""
_ANY_PART: Final = 0.5
"""Inside the hole, how much of any other part of a leg counts as the wanted one: where a shoe ends and a leg
begins is less sure than the outline of both."""
_RING: Final = 0.35
"""How far beside the hole a leg is compared, in long sides of the hole."""
_MARGIN: Final = 0.04
"""How far from visible ground a shoe should stay, in its long sides: there the seam would bleed into it."""

# What speaks against a place by itself, in units of the score.
_AGAINST_TURN, _AGAINST_SCALE, _AGAINST_WIDTH = 0.02, 0.02, 0.1
_AGAINST_SIDEWAYS, _AGAINST_UP_OR_DOWN, _AGAINST_OTHER_SIDE = 0.3, 2.0, 0.05
_AGAINST_CUT: Final = 3.0


@dataclass(frozen=True, eq=False)
class Place:
    """One way to put a piece.

    Attributes:
        matrix: (2, 3), from pixels of the feet's window to pixels of it.
        is_mirrored: whether left and right change places.
        turn: in degrees, clockwise.
        score: log likelihood ratio against bare ground per pixel of the shoe, less what speaks against it.
        cut: share of the shoe that lies where the photo shows something else.
    """

    matrix: Transform
    is_mirrored: bool
    turn: float
    score: float
    cut: float


def find_places(feet: Feet, piece: ShoePiece, *, is_same_side: bool = False) -> list[Place]:
    """The best place for every turn, scale and width, mirrored or not; the best one first.

    Args:
        feet: where the shoe is hidden.
        piece: what goes there, at the same number of pixels for its size.
        is_same_side: whether it is a left shoe for a left foot or a right one for a right foot.
    """
    search = _Search(feet, piece, is_same_side)
    found = [search.best(*way) for way in product((True, False), _TURNS, _SCALES, _WIDTHS)]
    return sorted(found, key=lambda place: place.score, reverse=True)


class _Search:
    """Compares places at a small size."""

    def __init__(self, feet: Feet, piece: ShoePiece, is_same_side: bool) -> None:
        self._feet, self._piece, self._is_same_side = feet, piece, is_same_side
        size = feet.window.size
        shrink = min(1.0, _SEARCH_PX / piece.length)
        self._size = Extent(max(8, round(size.width * shrink)), max(8, round(size.height * shrink)))
        self._shrink = np.array([self._size.width / size.width, self._size.height / size.height])
        self._length = piece.length * shrink
        self._area = piece.area * float(self._shrink.prod())
        self._reach = max(3, round(_REACH * self._length))
        groups = [group for group in (SHOES, LEGS, GARMENTS) if np.isin(piece.labels, group).any()]
        self._parts = [np.isin(piece.labels, group).astype(np.float32) for group in groups]
        self._evidence = [_evidence(feet, piece, group, self._size) for group in groups]
        self._from = np.array([(piece.shoe.left + piece.shoe.right) / 2, float(piece.shoe.bottom)])
        self._to = _hidden_sole(feet)
        self._shoe = np.isin(piece.labels, SHOES).astype(np.float32)
        self._occupied = ~feet.hole & ~(np.isin(feet.labels, SHOES) & ~feet.mate)

    def best(self, is_mirrored: bool, turn: float, scale: float, width: float) -> Place:
        """The best shift of the piece, mirrored, made narrower, then turned and scaled."""
        angle = np.deg2rad(turn)
        linear = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        linear = linear @ np.diag([-width if is_mirrored else width, 1.0])
        offset = self._to - linear @ self._from
        scores = self._scores(np.column_stack([linear, offset])) / self._area
        row, column = (int(place) for place in np.unravel_index(int(scores.argmax()), scores.shape))
        shift = (np.array([column, row]) - self._reach) / self._shrink
        matrix = np.column_stack([linear, offset + shift])
        cut = self._cut(matrix)
        against = _AGAINST_TURN * (turn / max(_TURNS)) ** 2 + _AGAINST_SCALE * ((scale - 1) / 0.1) ** 2
        against += _AGAINST_WIDTH * (1 - width) / 0.15 + _AGAINST_OTHER_SIDE * (
            is_mirrored == self._is_same_side
        )
        return Place(
            matrix, is_mirrored, turn, float(scores[row, column]) - against - _AGAINST_CUT * cut, cut
        )

    def _scores(self, matrix: Transform) -> Floats:
        """(2 reach + 1, 2 reach + 1): the sum of the evidence under the piece for every shift."""
        reach = self._reach
        rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1] / self._length
        total = -self._area * (_AGAINST_UP_OR_DOWN * rows**2 + _AGAINST_SIDEWAYS * columns**2)
        small = np.diag(self._shrink) @ matrix
        for part, evidence in zip(self._parts, self._evidence, strict=True):
            placed = warped(part, small, self._size, cv2.BORDER_CONSTANT)
            box = box_of(placed > 0.05)
            if box.is_empty:
                continue
            around = cv2.copyMakeBorder(evidence, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
            around = around[box.top : box.bottom + 2 * reach, box.left : box.right + 2 * reach]
            total += cv2.matchTemplate(around, placed[box.slices], cv2.TM_CCORR)
        return np.asarray(total, np.float32)

    def _cut(self, matrix: Transform) -> float:
        placed = warped(self._shoe, matrix, self._feet.window.size, cv2.BORDER_CONSTANT)
        whole = float(self._shoe.sum()) * abs(float(np.linalg.det(matrix[:, :2])))
        # What would lie outside the window is cut as well.
        inside = float(placed[~self._occupied].sum())
        return float(np.clip(1.0 - inside / whole, 0.0, 1.0))


def _hidden_sole(feet: Feet) -> NDArray[np.float64]:
    """(2,) x, y: below the middle of the hidden shoe, on the row where its likelihood ends."""
    hidden = feet.hidden
    across, down = hidden.sum(0), np.cumsum(hidden.sum(1))
    x = ((np.arange(across.size) + 0.5) * across).sum() / across.sum()
    return np.array([float(x), float(np.searchsorted(down, 0.98 * down[-1]))])


def _evidence(feet: Feet, piece: ShoePiece, group: tuple[int, ...], size: Extent) -> Floats:
    """(h, w) log likelihood ratio of a group of labels against bare ground, at a small size."""
    likely = feet.probabilities[..., list(group)].sum(2)
    anything = feet.probabilities[..., [*SHOES, *LEGS, *GARMENTS]].sum(2)
    likely = np.where(feet.hole, likely + np.float32(_ANY_PART) * (anything - likely), likely)
    ratio = np.log(likely + np.float32(_DOUBT)) - np.log(feet.probabilities[..., 0] + np.float32(_DOUBT))
    box = box_of(feet.hole)
    if group == SHOES:
        margin = max(1, round(_MARGIN * piece.length))
        ground = (feet.labels == 0) & ~feet.holes
        taken = _grown(ground, margin) | feet.mate
        ratio = np.where(taken, np.minimum(ratio, np.float32(np.log(_DOUBT))), ratio)
    else:
        # Further away a leg says nothing about the place: it may bend.
        ratio = np.where(_grown(feet.hole, round(_RING * max(box.width, box.height))), ratio, 0.0)
    shape = (size.width, size.height)
    return np.asarray(cv2.resize(ratio.astype(np.float32), shape, interpolation=cv2.INTER_AREA), np.float32)


def _grown(part: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    return np.asarray(cv2.dilate(part.astype(np.uint8), kernel) > 0)
