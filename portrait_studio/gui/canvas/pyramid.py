"""Photo and mask at halved sizes, so that a 50-megapixel photo is painted as fast as a small one."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from portrait_studio.gui.display_transform import ConvertedLevel, DisplayTransform
from portrait_studio.imaging.canvas_extension import chequerboard
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.photo import Plane

SMALLEST_SIDE = 256
"""Levels stop when the longer side is not above this."""

_ROWS_AT_A_TIME = 64


def _eight_bit(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=255.0 / 65535.0), dtype=np.uint8)


def _halved(pixels: NDArray[np.uint8], interpolation: int) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
    return np.asarray(cv2.resize(pixels, size, interpolation=interpolation), dtype=np.uint8)


def _laid_out(
    pixels: NDArray[np.uint8], alpha: Plane | None, bounds: Bounds, extent: Extent
) -> NDArray[np.uint8]:
    """Part of a picture of some extent, (h, w, 3) uint8, on a chequerboard where it is not opaque."""
    if alpha is None:
        return pixels
    laid = np.empty_like(pixels)
    for top in range(0, bounds.height, _ROWS_AT_A_TIME):
        rows = slice(top, min(bounds.height, top + _ROWS_AT_A_TIME))
        part = Bounds(bounds.left, bounds.top + rows.start, bounds.right, bounds.top + rows.stop)
        ground = chequerboard(part, extent, pixels.dtype).astype(np.uint16)
        share = _eight_bit(alpha[rows])[:, :, None].astype(np.uint16)
        laid[rows] = (pixels[rows] * share + ground * (255 - share) + 127) // 255
    return laid


class Pyramid:
    """One array and its halvings, each viewed by a QImage that shares its memory.

    The lowest level is the array itself when it is opaque (H, W, 3) uint8 RGB or an (H, W) uint8 index map,
    and an 8-bit copy when it is uint16 or partly transparent: then it lies on a chequerboard. Call `refresh`
    after pixels of the array changed.
    """

    def __init__(
        self,
        pixels: NDArray[np.uint8] | NDArray[np.uint16],
        colours: list[int] | None = None,
        *,
        alpha: Plane | None = None,
        transform: DisplayTransform | None = None,
        has_names: bool = False,
    ) -> None:
        """View an array.

        Args:
            pixels: (H, W, 3) RGB uint8 or uint16, or (H, W) uint8 with the ARGB `colours` of its 256 values.
            colours: see `pixels`.
            alpha: (H, W) opacity of RGB; None = opaque.
            transform: how RGB becomes the screen's; None = it is shown as it is.
            has_names: whether values are names, such as labels, of which there is no mean.
        """
        self._interpolation = cv2.INTER_NEAREST if has_names else cv2.INTER_AREA
        self._source = pixels
        self._colours = colours
        extent = Extent(pixels.shape[1], pixels.shape[0])
        self._levels = [_laid_out(_eight_bit(pixels), alpha, Bounds.of(extent), extent)]
        while max(self._levels[-1].shape[:2]) > SMALLEST_SIDE:
            self._levels.append(_halved(self._levels[-1], self._interpolation))
        self._transform = transform
        self._images = [self._viewed(level) for level in self._levels]
        self._converted = (
            [] if transform is None else [ConvertedLevel(level, transform) for level in self._levels]
        )

    @property
    def extent(self) -> Extent:
        """Size of the lowest level."""
        height, width = self._levels[0].shape[:2]
        return Extent(width, height)

    def set_colours(self, colours: list[int]) -> None:
        """Replace the ARGB colours of an index map."""
        self._colours = colours
        for image in self._images:
            image.setColorTable(colours)

    def refresh(
        self, pixels: NDArray[np.uint8] | NDArray[np.uint16], bounds: Bounds, alpha: Plane | None = None
    ) -> None:
        """Bring all levels up to date.

        Args:
            pixels: the array, or another of its shape and dtype that took its place.
            bounds: where pixels changed.
            alpha: as it is now; None = opaque.
        """
        if pixels is not self._source:
            shares = self._levels[0] is self._source
            self._source = pixels
            if shares:
                self._levels[0] = _eight_bit(pixels)
                self._images[0] = self._viewed(self._levels[0])
                if self._transform is not None:
                    self._converted[0] = ConvertedLevel(self._levels[0], self._transform)
        area = bounds.intersected(Bounds.of(self.extent))
        if area.is_empty:
            return
        if self._levels[0] is not self._source:
            opacity = None if alpha is None else alpha[area.slices]
            changed = _eight_bit(self._source[area.slices])
            self._levels[0][area.slices] = _laid_out(changed, opacity, area, self.extent)
        self._refresh_halvings(area)

    def _refresh_halvings(self, area: Bounds) -> None:
        for place, finer in enumerate(self._levels):
            if self._converted:
                self._converted[place].forget(area)
            if place + 1 == len(self._levels):
                return
            height, width = finer.shape[:2]
            half = Bounds(area.left // 2, area.top // 2, (area.right + 1) // 2, (area.bottom + 1) // 2)
            block = Bounds(
                half.left * 2, half.top * 2, min(width, half.right * 2), min(height, half.bottom * 2)
            )
            self._levels[place + 1][half.slices] = _halved(finer[block.slices], self._interpolation)
            area = half

    def draw(self, painter: QPainter, target: QRectF, source: QRectF, scale: float) -> None:
        """Paint the photo pixels of `source` into `target`; `scale` is device pixels per photo pixel."""
        wanted = math.floor(math.log2(1 / scale) + 1e-6) if scale < 1 else 0
        level = min(len(self._images) - 1, max(0, wanted))
        part = 0.5**level
        place = QRectF(source.x() * part, source.y() * part, source.width() * part, source.height() * part)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 3 and scale != 1)
        painter.drawImage(target, self._image(level, place), place)

    def _image(self, level: int, place: QRectF) -> QImage:
        if not self._converted:
            return self._images[level]
        # Smoothing reads the pixels beside them, too.
        around = place.toAlignedRect().adjusted(-2, -2, 2, 2)
        return self._converted[level].image(
            Bounds(around.left(), around.top(), around.right() + 1, around.bottom() + 1)
        )

    def _viewed(self, level: NDArray[np.uint8]) -> QImage:
        height, width = level.shape[:2]
        paletted = level.ndim == 2
        kind = QImage.Format.Format_Indexed8 if paletted else QImage.Format.Format_RGB888
        image = QImage(level.data, width, height, level.strides[0], kind)
        if self._colours is not None:
            image.setColorTable(self._colours)
        return image
