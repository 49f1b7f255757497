"""How far a canvas is extended: pixels, percent and aspect ratios, and the picture around a photo.

Percent are of the photo's own side: 33 % down of a photo 900 pixels high are 297 pixels. A canvas is a
rectangle in photo pixels, whose origin stays at the photo's top left: one that reaches above the photo has a
negative top.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

import numpy as np

from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.imaging.photo import Pixels

SIDES: Final = ("left", "top", "right", "bottom")
MOST_PIXELS: Final = 250_000_000
"""As many as a photo may have that is read."""
RECOVER_FEET: Final = "33%"
"""Down: what was cut off below the knees, and as much as the networks learnt to recover at once."""
RECOVER_FOREHEAD: Final = "14%"
"""Up: the same for a head."""
RATIOS: Final = tuple(Fraction(*sides) for sides in ((1, 1), (4, 5), (2, 3), (3, 4), (9, 16), (16, 9)))
"""Width to height, of those that people ask for."""

_NUMBER: Final = r"\d{1,9}(?:\.\d{1,9})?"
"""Longer ones are no lengths, and can be too long to be read at all."""
_SHOWN: Final = 40
"""How many characters of a text that is neither are shown."""
_LENGTH: Final = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>px|%|)\s*", re.ASCII)
_RATIO: Final = re.compile(rf"\s*({_NUMBER})\s*[:/x]\s*({_NUMBER})\s*", re.ASCII)
_FLATTEST: Final = 20
_SQUARE_SHARE: Final = 1 / 64
_GREYS: Final = (0.62, 0.78)


def parse_length(text: str, side_px: int) -> int:
    """How many pixels a length stands for.

    Args:
        text: "33%" of the side, "64px" or "64".
        side_px: the photo's side in pixels.

    Raises:
        OptionError: it is no length.
    """
    found = _LENGTH.fullmatch(text)
    if found is None or (found["unit"] != "%" and "." in found["number"]):
        raise OptionError("{text!r} is no length; write it like 33%, 64px or 64.", text=text[:_SHOWN])
    number = Fraction(found["number"])
    return round(number * side_px / 100) if found["unit"] == "%" else int(number)


def parse_ratio(text: str) -> Fraction:
    """Width to height.

    Args:
        text: such as "4:5".

    Raises:
        OptionError: it is no ratio, or one of a stripe.
    """
    found = _RATIO.fullmatch(text)
    sides = [Fraction(side) for side in found.groups()] if found is not None else []
    if not sides or not all(sides) or not Fraction(1, _FLATTEST) <= sides[0] / sides[1] <= _FLATTEST:
        raise OptionError(
            "{text!r} is no ratio of width to height; write it like 4:5 or 16:9.", text=text[:_SHOWN]
        )
    return sides[0] / sides[1]


def ratio_text(ratio: Fraction) -> str:
    """As the user reads it: "4:5"."""
    return f"{ratio.numerator}:{ratio.denominator}"


def percent_of(length_px: int, side_px: int) -> float:
    """A length as percent of a side."""
    return 100.0 * length_px / side_px


def parse_margins(texts: Mapping[str, str], photo: Extent) -> Margins:
    """Margins by side.

    Args:
        texts: a length for each side that is extended, by its name in `SIDES`; see `parse_length`.
        photo: size of the photo.

    Raises:
        OptionError: one is no length.
    """
    lengths = {
        side: parse_length(text, photo.width if side in ("left", "right") else photo.height)
        for side, text in texts.items()
    }
    return Margins(**lengths)


def to_ratio(photo: Extent, ratio: Fraction, margins: Margins, growing: Collection[str] = ()) -> Margins:
    """The least margins, none below those given, that give the canvas a ratio.

    Args:
        photo: size of the photo.
        ratio: wanted width to height, which holds to half a pixel.
        margins: the least of each side.
        growing: sides that take what is missing; where none of two opposite ones is named, both take half.
    """
    extent = canvas_of(photo, margins).extent
    width = max(extent.width, round(extent.height * ratio))
    height = max(extent.height, round(extent.width / ratio))
    if width > extent.width:
        return _grown(margins, width - extent.width, "left", "right", growing)
    return _grown(margins, height - extent.height, "top", "bottom", growing)


def _grown(margins: Margins, missing: int, first: str, second: str, growing: Collection[str]) -> Margins:
    named = [side for side in (first, second) if side in growing]
    share = missing if named == [first] else 0 if named == [second] else missing // 2
    return replace(
        margins,
        **{first: getattr(margins, first) + share, second: getattr(margins, second) + missing - share},
    )


def snapped(
    photo: Extent, margins: Margins, moved: Collection[str], reach_px: float
) -> tuple[Margins, Fraction | None]:
    """Let dragged sides go to where the canvas has one of the usual ratios, if that is near.

    Args:
        photo: size of the photo; its own ratio is one of the usual ones.
        margins: where the sides are.
        moved: the sides that are dragged, of which one is moved on or back.
        reach_px: how far at most.

    Returns:
        The margins, and the ratio if they snapped.
    """
    extent = canvas_of(photo, margins).extent
    best: tuple[float, Margins, Fraction] | None = None
    for ratio in (Fraction(photo.width, photo.height), *RATIOS):
        for side in moved:
            if side in ("left", "right"):
                change = round(extent.height * ratio) - extent.width
            else:
                change = round(extent.width / ratio) - extent.height
            length = getattr(margins, side) + change
            if abs(change) <= reach_px and length >= 0 and (best is None or abs(change) < best[0]):
                best = (abs(change), replace(margins, **{side: length}), ratio)
    return (margins, None) if best is None else best[1:]


def canvas_of(photo: Extent, margins: Margins) -> Bounds:
    """The canvas, in photo pixels."""
    return Bounds(-margins.left, -margins.top, photo.width + margins.right, photo.height + margins.bottom)


def photo_in(image: Extent, extension: Margins) -> Bounds:
    """The part of an extended picture that is the photo."""
    return Bounds(
        extension.left, extension.top, image.width - extension.right, image.height - extension.bottom
    )


def margins_of(inner: Bounds, outer: Bounds) -> Margins:
    """How far one rectangle reaches beyond another on each side; negative where it does not."""
    return Margins(
        inner.left - outer.left,
        inner.top - outer.top,
        outer.right - inner.right,
        outer.bottom - inner.bottom,
    )


def check_canvas(canvas: Bounds) -> None:
    """Make sure that a canvas can be made.

    Raises:
        OptionError: nothing is left of it, or it has too many pixels.
    """
    if canvas.is_empty:
        raise OptionError("Nothing would be left of the photo; cut less away.")
    if canvas.extent.area > MOST_PIXELS:
        raise OptionError(
            "The canvas would have {width} x {height} pixels, more than the"
            " {most} megapixels that fit; extend it less.",
            width=canvas.width,
            height=canvas.height,
            most=MOST_PIXELS // 1_000_000,
        )


def laid_on(photo: Pixels, canvas: Bounds) -> Pixels:
    """A photo on a larger, smaller or moved canvas; what it does not cover is a grey chequerboard.

    Args:
        photo: (H, W, 3) RGB, uint8 or uint16.
        canvas: in photo pixels.

    Returns:
        (canvas.height, canvas.width, 3) in the photo's dtype. The squares depend on the photo's size and the
        place alone, so that canvases that overlap show the same there.
    """
    whole = Bounds(0, 0, photo.shape[1], photo.shape[0])
    seen = canvas.intersected(whole)
    picture = chequerboard(canvas, whole.extent, photo.dtype)
    picture[seen.shifted(-canvas.left, -canvas.top).slices] = photo[seen.slices]
    return picture


def chequerboard(canvas: Bounds, photo: Extent, dtype: np.dtype[np.uint8] | np.dtype[np.uint16]) -> Pixels:
    """What stands for nothing: grey squares, (canvas.height, canvas.width, 3).

    Args:
        canvas: in photo pixels.
        photo: size of the photo, on which that of the squares depends.
        dtype: uint8 or uint16.
    """
    side = max(4, round(max(photo.width, photo.height) * _SQUARE_SHARE))
    greys = [round(share * np.iinfo(dtype).max) for share in _GREYS]
    rows = np.arange(canvas.top, canvas.bottom) // side % 2
    columns = np.arange(canvas.left, canvas.right) // side % 2
    picture = np.empty((canvas.height, canvas.width, 3), dtype)
    for parity in (0, 1):
        line = np.where(columns == parity, greys[0], greys[1]).astype(dtype)
        # All three samples at once: broadcasting them is ten times slower.
        picture[rows == parity] = line[:, None].repeat(3, axis=1)
    return picture
