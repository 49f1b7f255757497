"""Where the photo lies in the canvas: a value type for zoom and position."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF

from portrait_studio.imaging.geometry import Bounds, Extent

MOST_ZOOM = 32.0
"""Widget pixels per photo pixel beyond which zooming in stops."""


@dataclass(frozen=True)
class ViewTransform:
    """Affine map from photo pixels to widget pixels.

    Attributes:
        scale: widget pixels per photo pixel.
        left: widget x of the photo's left edge.
        top: widget y of the photo's top edge.
    """

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def fitting(cls, extent: Extent, size: QSizeF, margin: float = 16.0) -> ViewTransform:
        """The whole photo, centred, not enlarged beyond eight times."""
        width = max(1.0, size.width() - 2 * margin)
        height = max(1.0, size.height() - 2 * margin)
        scale = min(width / max(1, extent.width), height / max(1, extent.height), 8.0)
        return cls.centred(extent, size, scale)

    @classmethod
    def centred(cls, extent: Extent, size: QSizeF, scale: float) -> ViewTransform:
        """The photo's middle in the widget's middle, at that scale, on whole widget pixels."""
        left = round((size.width() - extent.width * scale) / 2)
        top = round((size.height() - extent.height * scale) / 2)
        return cls(scale, left, top)

    def is_nearly(self, other: ViewTransform) -> bool:
        """Whether nobody could see a difference."""
        apart = max(abs(self.left - other.left), abs(self.top - other.top))
        return apart < 1.5 and math.isclose(self.scale, other.scale, rel_tol=1e-4)

    def to_photo(self, point: QPointF) -> QPointF:
        """Photo coordinates under a widget position."""
        return QPointF((point.x() - self.left) / self.scale, (point.y() - self.top) / self.scale)

    def to_widget(self, x: float, y: float) -> QPointF:
        """Widget position of photo coordinates."""
        return QPointF(self.left + x * self.scale, self.top + y * self.scale)

    def rect_of(self, bounds: Bounds) -> QRectF:
        """Widget rectangle that those photo pixels cover."""
        return QRectF(
            self.left + bounds.left * self.scale,
            self.top + bounds.top * self.scale,
            bounds.width * self.scale,
            bounds.height * self.scale,
        )

    def snapped(self) -> ViewTransform:
        """Moved onto whole widget pixels, so that photo pixels shown one to one stay sharp."""
        return replace(self, left=round(self.left), top=round(self.top))

    def panned(self, dx: float, dy: float) -> ViewTransform:
        """Moved by widget pixels."""
        return replace(self, left=self.left + dx, top=self.top + dy)

    def zoomed(self, at: QPointF, factor: float, least: float) -> ViewTransform:
        """Scaled within [`least`, `MOST_ZOOM`] so that the photo pixel under `at` stays there."""
        scale = min(MOST_ZOOM, max(least, self.scale * factor))
        anchor = self.to_photo(at)
        return ViewTransform(scale, at.x() - anchor.x() * scale, at.y() - anchor.y() * scale)

    def kept_in_sight(self, extent: Extent, size: QSizeF, margin: float = 48.0) -> ViewTransform:
        """Moved back so far that at least `margin` widget pixels of the photo stay inside the widget."""
        width, height = extent.width * self.scale, extent.height * self.scale
        left = min(size.width() - margin, max(margin - width, self.left))
        top = min(size.height() - margin, max(margin - height, self.top))
        return replace(self, left=left, top=top)
