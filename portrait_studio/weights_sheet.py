"""One photo filled with two sets of weights, side by side: the fills, what differs, the structures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from portrait_studio.engine.request import CompletionResult, Pixels
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.conversion import scaled_down
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.label_colours import enlarge_labels, label_overlay
from portrait_studio.imaging.masks import Mask, extent_of, mask_bounds
from portrait_studio.imaging.photo import Photo
from portrait_studio.networks.conventions import LABEL_COLOURS

Picture = NDArray[np.uint8]
"""(H, W, 3) uint8 RGB."""

_AROUND: Final = 0.5
"""How much of what is around the holes is shown, relative to the longer side of all of them."""

_LEAST_AROUND_PX: Final = 48
_MOST_PX: Final = 1000
"""Longer side of a picture; smaller ones are shown pixel by pixel."""

_LEAST_PX: Final = 200
_GAP_PX, _CAPTION_PX, _LETTER_PX = 10, 26, 15
_DIFFERENCE: Final = 4
_OPACITY: Final = 0.55
_PAPER, _INK, _OUTLINE = (246, 246, 248), (30, 32, 38), (235, 40, 60)


@dataclass(frozen=True, eq=False)
class WeighedFill:
    """What one set of weights made of the photo.

    Attributes:
        name: what the set is called.
        pixels: (H, W, 3) RGB, uint8 or uint16, the whole photo, filled.
        labels: (H, W) uint8, the structure behind it.
    """

    name: str
    pixels: Pixels
    labels: NDArray[np.uint8]


def labels_of(result: CompletionResult, size: Extent) -> NDArray[np.uint8]:
    """The structure of a fill over the whole photo, (H, W) uint8; around each hole as it was seen closely."""
    labels = enlarge_labels(result.structure.labels, size)
    for region in result.regions:
        part = region.structure.bounds
        labels[part.slices] = enlarge_labels(region.structure.labels, part.extent)
    return labels


def weights_sheet(photo: Pixels, mask: Mask, fills: Sequence[WeighedFill]) -> Picture:
    """Draw the sheet.

    Args:
        photo: (H, W, 3) RGB, uint8 or uint16, before any fill.
        mask: (H, W) uint8, nonzero = filled; not empty.
        fills: two.

    Returns:
        Above the photo with the mask's outline, both fills, and how much they differ, four times as strong;
        below the photo alone, both structures over their fills, and where those differ.
    """
    first, second = fills
    place = _shown(mask)
    before = _cut(photo, place)
    apart = np.abs(_cut(first.pixels, place).astype(np.int16) - _cut(second.pixels, place)).max(2)
    strong = np.minimum(apart * _DIFFERENCE, 255).astype(np.uint8)
    others = (first.labels != second.labels)[place.slices].astype(np.uint8) * np.uint8(255)
    rows = (
        (
            ("photo and mask", _outlined(before, mask[place.slices])),
            *((fill.name, _cut(fill.pixels, place)) for fill in fills),
            (f"difference, {_DIFFERENCE} times", _grey(strong)),
        ),
        (
            ("photo", before),
            *((f"structure, {fill.name}", _structure(fill, place)) for fill in fills),
            ("other labels", _grey(others)),
        ),
    )
    sheet = np.vstack([_row(row) for row in rows])
    paper = np.broadcast_to(np.array(_PAPER, np.uint8), (len(sheet), _GAP_PX, 3))
    return np.hstack([sheet, paper])


def differing_share(mask: Mask, fills: Sequence[WeighedFill], levels: int = 2) -> float:
    """Share of what was filled, in [0, 1], that differs by more than so many of 255 levels in any channel."""
    first, second = (in_8_bits(fill.pixels).astype(np.int16) for fill in fills)
    apart = np.abs(first - second).max(2)[mask != 0]
    return float((apart > levels).mean())


def _shown(mask: Mask) -> Bounds:
    holes = mask_bounds(mask)
    more = max(_LEAST_AROUND_PX, round(_AROUND * max(holes.width, holes.height)))
    return holes.grown(more).intersected(Bounds.of(extent_of(mask)))


def _cut(pixels: Pixels, place: Bounds) -> Picture:
    return in_8_bits(pixels[place.slices])


def _grey(plane: NDArray[np.uint8]) -> Picture:
    return np.asarray(cv2.cvtColor(plane, cv2.COLOR_GRAY2RGB), np.uint8)


def _outlined(picture: Picture, mask: Mask) -> Picture:
    contours, _ = cv2.findContours((mask != 0).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    width = max(1, round(max(mask.shape) / 300))
    return np.asarray(cv2.drawContours(picture.copy(), contours, -1, _OUTLINE, width), np.uint8)


def _structure(fill: WeighedFill, place: Bounds) -> Picture:
    return label_overlay(_cut(fill.pixels, place), fill.labels[place.slices], LABEL_COLOURS, _OPACITY)


def _row(pictures: Sequence[tuple[str, Picture]]) -> Picture:
    return np.hstack([_captioned(caption, picture) for caption, picture in pictures])


def _captioned(caption: str, picture: Picture) -> Picture:
    shown = scaled_down(Photo(picture), _MOST_PX).pixels
    height, width = shown.shape[:2]
    sheet = Image.new("RGB", (max(width, _LEAST_PX) + _GAP_PX, height + _CAPTION_PX + _GAP_PX), _PAPER)
    sheet.paste(Image.fromarray(np.ascontiguousarray(shown)), (_GAP_PX, _CAPTION_PX))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_LETTER_PX)
    draw.text((_GAP_PX, 5), _fitting(caption, font, sheet.width - 2 * _GAP_PX), _INK, font)
    return np.asarray(sheet)


def _fitting(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width_px: int) -> str:
    """The text, or so much of its end, where names of folders differ, as there is room for."""
    if font.getlength(text) <= width_px:
        return text
    while text and font.getlength(f"…{text}") > width_px:
        text = text[1:]
    return f"…{text}"
