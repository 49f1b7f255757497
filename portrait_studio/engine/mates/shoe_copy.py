"""A copy of the shoe in sight, ready to be laid over a fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.mates.feet import GARMENTS, LEGS, SHOES, Feet, box_of, find_feet
from portrait_studio.engine.mates.piece import ShoePiece, cut_piece
from portrait_studio.engine.mates.places import DIFFERENT_TURN, MOST_CUT, Place, find_places
from portrait_studio.engine.overlays import soft_edged
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, shrink_or_enlarge, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.similarity import Transform, composed, inverted, transformed, translation, warped
from portrait_studio.networks.conventions import BACKGROUND, MIRROR_LABELS

_SOFT_PX: Final = 1.2
"""Standard deviation of the soft edge, in pixels of the window or of the photo, whichever are larger."""
_LEAST_GAIN, _MOST_GAIN = 0.85, 1.18
_LEAST_COMMON_PX: Final = 30
"""Pixels of leg that two pictures must share for their brightness to be compared."""
_COMMON_RING: Final = 0.3
_MOST_WAYS: Final = 3
_LABELS_PX: Final = 128
"""Long side at which the labels inside the hole are read."""


@dataclass(frozen=True, eq=False)
class Lent:
    """Where a piece comes from that is not of the photo itself.

    Attributes:
        image: (H, W, 3), another picture in the photo's dtype and light.
        window: in which the piece was cut out of it.
    """

    image: Pixels
    window: Window


@dataclass(frozen=True, eq=False)
class ShoeCopy:
    """The shoe in sight, or one of another picture, at one place in the hole.

    Attributes:
        window: through which the hidden foot was looked at, and the piece cut out unless it is lent.
        piece: what is copied.
        place: where it goes.
        gain: factor of its brightness.
        lent: what it is copied from; None = the photo.
    """

    window: Window
    piece: ShoePiece
    place: Place
    gain: float
    lent: Lent | None = None

    @property
    def source(self) -> Window:
        """In which the piece was cut out."""
        return self.window if self.lent is None else self.lent.window

    def in_photo(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where points (n, 2) of the piece's window go, in pixels of the photo."""
        return transformed(composed(_to_photo(self.window), self.place.matrix), points)

    @property
    def matrix(self) -> Transform:
        """(2, 3) from pixels of what it is copied from to pixels of the photo."""
        back = inverted(_to_photo(self.source))
        return composed(_to_photo(self.window), composed(self.place.matrix, back))

    @property
    def shows_face(self) -> bool:
        """Never."""
        return False

    def laid_over(self, fill: Floats, image: Pixels, region: Bounds, hole: NDArray[np.bool_]) -> Floats:
        """A fill with the copy in it.

        Args:
            fill: (h, w, 3) float32 in [0, 1] over `region`.
            image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
            region: where the fill lies in the photo.
            hole: (h, w) bool; all else stays as it is.
        """
        source = self.source.bounds
        copied = image if self.lent is None else self.lent.image
        matrix = composed(translation(-region.left, -region.top), self.matrix)
        share = warped(
            self.piece.opacity,
            composed(matrix, _to_photo(self.source)),
            region.extent,
            cv2.BORDER_CONSTANT,
        )
        soft_px = _SOFT_PX * max(1.0, self.window.bounds.width / self.window.size.width)
        share = soft_edged(share, soft_px) * hole
        from_source = composed(matrix, translation(source.left, source.top))
        colours = warped(to_float(copied[source.slices]), from_source, region.extent)
        colours = np.clip(colours * np.float32(self.gain), 0.0, 1.0)
        return np.asarray(fill + (colours - fill) * share[..., None], np.float32)

    def labels_in(self, hole: Bounds, mask: Mask, parsed: ParsedWindow) -> NDArray[np.uint8]:
        """What the hole shows with the copy in it: what is left of the guessed foot becomes background.

        Args:
            hole: rectangle around the hole, in photo pixels.
            mask: (H, W) uint8, nonzero = hole, over the whole photo.
            parsed: what the parser says about the surroundings of the hole.

        Returns:
            (hole.height, hole.width) uint8 labels, 255 = as the parser says.
        """
        labels = np.full((hole.height, hole.width), PREDICT, np.uint8)
        guessed = parsed.labels_over(hole, _LABELS_PX)
        rows = np.arange(hole.height)[:, None] + 0.5
        below = rows >= self._ankle_row() - hole.top
        foot = np.isin(guessed, SHOES) | (below & np.isin(guessed, (*LEGS, *GARMENTS)))
        labels[foot] = BACKGROUND
        matrix = composed(translation(-hole.left, -hole.top), composed(self.matrix, _to_photo(self.source)))
        most = np.full(labels.shape, 0.5, np.float32)
        for label in np.unique(self.piece.labels[self.piece.labels > 0]).tolist():
            part = (self.piece.labels == label).astype(np.float32)
            share = warped(part, matrix, hole.extent, cv2.BORDER_CONSTANT)
            wins = share >= most
            # The other foot of a pair, unless it is of another picture.
            labels[wins] = MIRROR_LABELS[label] if self.lent is None or self.place.is_mirrored else label
            most[wins] = share[wins]
        labels[mask[hole.slices] == 0] = PREDICT
        return labels

    def _ankle_row(self) -> float:
        """Row of the photo at which the copied shoe begins."""
        box = self.piece.shoe
        middle = np.array([[(box.left + box.right) / 2, float(box.top)]])
        return float(self.in_photo(middle)[0, 1])


def copies_of_mate(
    image: Pixels, mask: Mask, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow
) -> list[ShoeCopy]:
    """Ways to redraw the shoe that a hole hides from its mate.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        hole: rectangle around the hole, in photo pixels.
        whole: what the parser says about the whole photo.
        closer: what it says about the surroundings of the hole.

    Returns:
        The likeliest one first, then others that are mirrored or turned otherwise. None at all where no mate
        is whole and in sight, or no place is believable.
    """
    feet = find_feet(mask, hole, whole, closer)
    if feet is None:
        return []
    piece = cut_piece(feet)
    places = _distinct(find_places(feet, piece))
    return [ShoeCopy(feet.window, piece, place, _gain(image, feet, piece, place)) for place in places]


def _distinct(places: Sequence[Place]) -> list[Place]:
    """Of places, best first, those that are believed and look different."""
    chosen: list[Place] = []
    for place in places:
        if place.score > 0 and place.cut <= MOST_CUT and all(_differ(place, one) for one in chosen):
            chosen.append(place)
    return chosen[:_MOST_WAYS]


def _differ(one: Place, other: Place) -> bool:
    return one.is_mirrored != other.is_mirrored or abs(one.turn - other.turn) >= DIFFERENT_TURN


def _gain(image: Pixels, feet: Feet, piece: ShoePiece, place: Place) -> float:
    """How much brighter the leg above the hole is than the one that comes with the piece."""
    window = feet.window
    shrunk = cast(Pixels, shrink_or_enlarge(image[window.bounds.slices], window.size))
    grey = np.asarray(to_float(shrunk).mean(2), np.float32)
    moved = warped(grey, place.matrix, window.size)
    box = box_of(feet.hole)
    ring = 2 * round(_COMMON_RING * max(box.width, box.height)) + 1
    common = cv2.dilate(feet.hole.astype(np.uint8), np.ones((ring, ring), np.uint8)) > 0
    common &= ~feet.holes & ~(piece.labels > 0)
    same = np.zeros_like(common)
    for group in (LEGS, GARMENTS):
        part = np.isin(piece.labels, group).astype(np.float32)
        covered = warped(part, place.matrix, window.size, cv2.BORDER_CONSTANT) > 0.9
        same |= covered & np.isin(feet.labels, group)
    common &= same
    if np.count_nonzero(common) < _LEAST_COMMON_PX:
        return 1.0
    gain = float(np.median(grey[common])) / max(1e-3, float(np.median(moved[common])))
    return float(np.clip(gain, _LEAST_GAIN, _MOST_GAIN))


def _to_photo(window: Window) -> Transform:
    """(2, 3) from pixels of a window to pixels of the photo."""
    bounds, size = window.bounds, window.size
    return np.array(
        [[bounds.width / size.width, 0.0, bounds.left], [0.0, bounds.height / size.height, bounds.top]]
    )
