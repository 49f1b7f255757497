"""Things drawn into photos, so that taking them away can be shown: phone, sunglasses, railings, a bag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Place = tuple[float, float]
Draw = Callable[["Canvas"], None]

_FINER: Final = 4
"""Times as large as the photo is what is drawn on."""
_SOFT_PX: Final = 0.6
"""Standard deviation of the soft edges that things have in photos."""


class Canvas:
    """A photo, enlarged, and what of it has been drawn over."""

    def __init__(self, photo: Image) -> None:
        """Begin with nothing drawn on (h, w, 3) uint8."""
        height, width = photo.shape[:2]
        size = width * _FINER, height * _FINER
        self._photo = photo
        self._picture = cv2.resize(photo, size, interpolation=cv2.INTER_LINEAR)
        self._mask = np.zeros(self._picture.shape[:2], np.uint8)

    def polygon(self, corners: Sequence[Place], colour: tuple[int, int, int]) -> None:
        """Fill one; places are x, y in pixels of the photo."""
        points = np.rint(np.array(corners) * _FINER).astype(np.int32)
        cv2.fillPoly(self._mask, [points], 255)
        cv2.fillPoly(self._picture, [points], colour)

    def ellipse(
        self, middle: Place, axes: Place, colour: tuple[int, int, int], line: float = 0, start: float = 0
    ) -> None:
        """Fill one, or draw its outline from an angle to 360 degrees where a width is given."""
        centre, radii = (tuple(round(value * _FINER) for value in pair) for pair in (middle, axes))
        width = round(line * _FINER) if line else cv2.FILLED
        for plane, value in ((self._mask, (255,)), (self._picture, colour)):
            cv2.ellipse(plane, centre, radii, 0, start, 360, value, width)

    def turned(self, middle: Place, degrees: float) -> None:
        """Turn all that was drawn counter-clockwise about a place."""
        height, width = self._mask.shape
        centre = middle[0] * _FINER, middle[1] * _FINER
        matrix = cv2.getRotationMatrix2D(centre, degrees, 1.0)
        self._mask = np.asarray(cv2.warpAffine(self._mask, matrix, (width, height)), np.uint8)
        self._picture = np.asarray(cv2.warpAffine(self._picture, matrix, (width, height)), np.uint8)

    def photo(self) -> Image:
        """The photo with what was drawn, (h, w, 3) uint8."""
        height, width = self._photo.shape[:2]
        small = cv2.resize(self._picture, (width, height), interpolation=cv2.INTER_AREA)
        share = cv2.resize(self._mask.astype(np.float32) / 255, (width, height), interpolation=cv2.INTER_AREA)
        share = cv2.GaussianBlur(share, (0, 0), _SOFT_PX)[..., None]
        mixed = self._photo + (small.astype(np.float32) - self._photo) * share
        return np.asarray(np.rint(mixed), np.uint8)


def drawn(photo: Image, draw: Draw) -> Image:
    """A photo (h, w, 3) uint8 with something drawn into it."""
    canvas = Canvas(photo)
    draw(canvas)
    return canvas.photo()


def phone(canvas: Canvas) -> None:
    """A phone over an eye and a cheek of the demo photo's astronaut."""
    left, right, top, bottom, round_px = 229, 271, 86, 170, 7
    for x in (left + round_px, right - round_px):
        for y in (top + round_px, bottom - round_px):
            canvas.ellipse((x, y), (round_px, round_px), (44, 44, 46))
    inner = left + round_px, right - round_px, top + round_px, bottom - round_px
    canvas.polygon(_box(inner[0], inner[1], top, bottom), (44, 44, 46))
    canvas.polygon(_box(left, right, inner[2], inner[3]), (44, 44, 46))
    canvas.polygon(_box(left + 4, left + 22, top + 4, top + 22), (64, 64, 68))
    for x, y in ((8.5, 8.5), (8.5, 17), (17, 12.5)):
        canvas.ellipse((left + x, top + y), (3.2, 3.2), (14, 14, 18))
        canvas.ellipse((left + x, top + y), (1.6, 1.6), (40, 44, 70))
    canvas.turned((250, 128), 8)


def sunglasses(canvas: Canvas) -> None:
    """Sunglasses on the same face."""
    for x in (203, 244):
        canvas.ellipse((x, 103), (20, 14), (38, 28, 26))
        canvas.ellipse((x - 5, 98), (8, 4), (74, 62, 60))
        canvas.ellipse((x, 103), (20, 14), (20, 14, 14), line=3)
    for left, right in (((220, 99), (227, 99)), ((183, 98), (170, 95)), ((264, 98), (279, 95))):
        ends = [(left[0], left[1] - 1.5), (right[0], right[1] - 1.5), (right[0], right[1] + 1.5)]
        canvas.polygon([*ends, (left[0], left[1] + 1.5)], (20, 14, 14))


def railings(canvas: Canvas) -> None:
    """Railings on the lawn of the photo of a man with a camera."""
    left, right, top, bottom = 352, 512, 262, 392
    for y in (top, bottom):
        canvas.polygon(_box(left, right, y, y + 5), (46, 46, 46))
        canvas.polygon(_box(left, right, y, y + 1.2), (120, 120, 120))
    for x in range(left, right, 13):
        width = 4 if (x - left) % 65 == 0 else 2.5
        canvas.polygon(_box(x, x + width, top - 8, bottom + 14), (40, 40, 40))
        canvas.polygon(_box(x, x + 0.9, top - 8, bottom + 14), (110, 110, 110))


def bag(canvas: Canvas) -> None:
    """A bag in front of them."""
    left, right, top, bottom = 432, 470, 350, 412
    canvas.ellipse(((left + right) / 2, top + 1), (10, 22), (205, 205, 205), line=2.5, start=180)
    canvas.polygon([(left + 2, top), (right - 2, top), (right, bottom), (left, bottom)], (225, 225, 225))
    canvas.polygon(_box(left, right, bottom - 11, bottom - 9), (150, 150, 150))
    canvas.polygon(_box(left + 12, right - 12, top + 16, top + 30), (90, 90, 90))


def _box(left: float, right: float, top: float, bottom: float) -> list[Place]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
