"""What is known of a head that a hole or the frame cuts off above the eyes, and where in the photo it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.head_sources import unlike_parts
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.similarity import Transform, composed, inverted, transformed, translation, warped
from portrait_studio.networks.conventions import LABELS
from portrait_studio.networks.head_completion import HEAD_LABELS, HEAD_SIDE

HAIR_AND_FACE: Final = tuple(HEAD_LABELS.index(LABELS.index(name)) for name in ("hair", "face"))
"""Places of both in `HEAD_LABELS`."""

_GIVEN: Final = (0, *HAIR_AND_FACE)
"""Of `HEAD_LABELS`, what the network may decide for: what else there is the parser knows better."""
_TO: Final = 0.56
"""Row above which the network alone is believed, as a share of the window: the brows."""
_FADE: Final = 0.1
_RIM: Final = 0.06
"""How far from the window's left and right edge it is believed wholly."""
_ROWS_ABOVE: Final = HEAD_SIDE // 2
_HAIR_ROWS: Final = 2 * HEAD_SIDE
"""How far down long hair is looked at."""
_HIGH: Final = 0.8
"""Height of hair above the window, by half of its width at the window's edge."""


@dataclass(frozen=True, eq=False)
class HeadGuess:
    """What the head completion network says of one head.

    Attributes:
        matrix: from photo pixels to those of its window.
        shares: (144, 96, 5) float32 probabilities of `HEAD_LABELS` in the window and in 48 rows above it.
        label_px: how far off, in photo pixels, outlines may be in the parsing map beside it.
    """

    matrix: Transform
    shares: Floats
    label_px: float = 1.0

    def overrule(self, probabilities: Floats, window: Window, hidden: NDArray[np.bool_]) -> None:
        """Put what this says above the eyes into a parsing map, in place.

        Args:
            probabilities: (h, w, 18) over the window.
            window: the part of the photo.
            hidden: (h, w) bool; all else is known.
        """
        kept = self._through(window, _belief()[..., None] * self.shares[..., _GIVEN])
        mixed = probabilities * (1 - kept.sum(2, keepdims=True))
        mixed[..., [HEAD_LABELS[given] for given in _GIVEN]] += kept
        np.copyto(probabilities, mixed, where=hidden[..., None])

    def above_eyes(self, window: Window) -> Floats:
        """How far each place is hair or skin above the eyes: (h, w) in [0, 1]."""
        return self._through(window, (_belief() * self.shares[..., HAIR_AND_FACE].sum(2))[..., None])[..., 0]

    def unlike_sources(
        self, picture: Floats, labels: NDArray[np.uint8], known: NDArray[np.bool_], window: Window
    ) -> NDArray[np.bool_]:
        """What around it its hair and skin must not be made of: (h, w) bool over a window.

        Args:
            picture: (h, w, 3) RGB in [0, 1].
            labels: (h, w) uint8 parsing map.
            known: (h, w) bool, where the picture shows the photo.
            window: the part of the photo.
        """
        place = bounds_around(composed(window.from_photo, inverted(self.matrix)), _HAIR_ROWS)
        inner = place.intersected(Bounds.of(window.size)).slices
        unlike = np.zeros(known.shape, np.bool_)
        rim = max(1, round(self.label_px * window.scale))
        unlike[inner] = unlike_parts(picture[inner], labels[inner], known[inner], rim)
        return unlike

    def _through(self, window: Window, values: Floats) -> Floats:
        """Values (144, 96, C), from 48 rows above the window on, as seen through another one: (h, w, C)."""
        matrix = composed(composed(window.from_photo, inverted(self.matrix)), translation(0, -_ROWS_ABOVE))
        layers = [
            warped(np.ascontiguousarray(values[..., number]), matrix, window.size, cv2.BORDER_CONSTANT)
            for number in range(values.shape[2])
        ]
        return np.stack(layers, 2)


def crown_of(heads: Sequence[HeadGuess], window: Window) -> Floats:
    """How far each place of a window is hair or skin above the eyes of one of the heads: (h, w) in [0, 1]."""
    crown = np.zeros((window.size.height, window.size.width), np.float32)
    for head in heads:
        np.maximum(crown, head.above_eyes(window), out=crown)
    return crown


def with_cap(shares: Floats) -> Floats:
    """What a window says (96, 96, C), and above it 48 rows of background, into which its hair rounds off.

    Hair that reaches a window's upper edge, such as an afro, has about as wide a top as it is there.
    """
    top = shares[0]
    columns = np.arange(HEAD_SIDE, dtype=np.float32)
    hair = np.flatnonzero(top[:, HAIR_AND_FACE].sum(1) > 0.5)
    middle, reach = (float(hair.mean()), _HIGH * hair.size / 2) if hair.size else (0.0, 0.0)
    cap = np.zeros((_ROWS_ABOVE, *top.shape), np.float32)
    cap[..., 0] = 1
    for row in range(_ROWS_ABOVE):
        up = (_ROWS_ABOVE - row) / max(reach, 1e-6)
        if up < 1:
            places = middle + (columns - middle) / np.sqrt(1 - up**2)
            inside = (places >= 0) & (places <= HEAD_SIDE - 1)
            layers = [np.interp(places, columns, top[:, label]) for label in range(top.shape[1])]
            cap[row, inside] = np.stack(layers, 1)[inside]
    return np.concatenate([cap, shares])


def bounds_around(matrix: Transform, rows: int = HEAD_SIDE) -> Bounds:
    """The smallest rectangle around what a transform makes of so many rows of the window, and below it."""
    corners = transformed(matrix, np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * (HEAD_SIDE, rows))
    low, high = np.floor(corners.min(0)), np.ceil(corners.max(0))
    return Bounds(int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _belief() -> Floats:
    """(144, 96) in [0, 1]: how far the network is believed at each place of its window and above."""
    rows, columns = (np.mgrid[-_ROWS_ABOVE:HEAD_SIDE, 0:HEAD_SIDE] + 0.5) / HEAD_SIDE
    aside = np.minimum(columns, 1 - columns) / _RIM
    above = (_TO + _FADE - rows) / _FADE
    return np.asarray(np.clip(np.minimum(aside, above), 0, 1), np.float32)
