"""Zoom and position of the photo in a widget of changing size."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal

from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.imaging.geometry import Bounds, Extent


class Viewport(QObject):
    """Keeps a fitted photo fitted and any other in sight."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a photo."""
        super().__init__(parent)
        self._view = ViewTransform()
        self._extent: Extent | None = None
        self._size = QSizeF(1, 1)
        self._covered = 0.0
        self._is_fitted = True
        self._wanted: Bounds | None = None

    @property
    def view(self) -> ViewTransform:
        """Where the photo lies in the widget."""
        return self._view

    @property
    def extent(self) -> Extent | None:
        """Size of the photo."""
        return self._extent

    @property
    def middle(self) -> QPointF:
        """Of the widget."""
        return QPointF(self._size.width() / 2, self._size.height() / 2)

    def nearest(self, spot: QPointF) -> QPointF:
        """The position inside the widget that is nearest to one that may lie outside."""
        across = min(self._size.width() - 1, max(0.0, spot.x()))
        return QPointF(across, min(self._size.height() - 1, max(0.0, spot.y())))

    def show_extent(self, extent: Extent | None) -> None:
        """Fit another photo (None: there is none)."""
        self._extent = extent
        self.fit()

    def resize(self, size: QSizeF) -> None:
        """The widget has another size."""
        self._size = size
        if self._is_fitted:
            self.fit()
        elif self._extent is not None:
            self._set(self._view.kept_in_sight(self._extent, size))

    def fit(self) -> None:
        """Show the whole photo."""
        if self._extent is not None:
            self._is_fitted = True
            wanted = self._wanted or Bounds.of(self._extent)
            view = ViewTransform.fitting(wanted.extent, self._free_size)
            self._set(view.panned(-round(wanted.left * view.scale), -round(wanted.top * view.scale)))

    @property
    def is_fitted(self) -> bool:
        """Whether the whole photo is shown, whatever the size of the widget."""
        return self._is_fitted

    def go_back_to(self, view: ViewTransform, *, is_fitted: bool) -> None:
        """Show a part of another canvas as it was shown on the one before.

        Args:
            view: where the photo shall lie.
            is_fitted: whether the whole photo was to be seen: then it stays so where it would not fit.
        """
        if self._extent is None:
            return
        area = view.rect_of(Bounds.of(self._extent))
        if is_fitted and not QRectF(QPointF(0, 0), self._free_size).contains(area):
            return
        self._is_fitted = view.is_nearly(ViewTransform.fitting(self._extent, self._free_size))
        self._set(view.kept_in_sight(self._extent, self._size))

    def keep_clear(self, below: float) -> None:
        """A photo that is wholly in sight stays so, above what covers the lowest rows of the widget.

        Args:
            below: how many rows are covered from now on, in widget pixels.
        """
        if below == self._covered or self._extent is None:
            self._covered = below
            return
        area = self._view.rect_of(Bounds.of(self._extent))
        was_in_sight = QRectF(QPointF(0, 0), self._free_size).contains(area)
        self._covered = below
        hidden = area.bottom() - self._free_size.height()
        if self._is_fitted or (was_in_sight and hidden > area.top()):
            self.fit()
        elif was_in_sight and hidden > 0:
            self._set(self._view.panned(0, -hidden))

    @property
    def _free_size(self) -> QSizeF:
        """Of the widget, without what is covered below."""
        return QSizeF(self._size.width(), max(1.0, self._size.height() - self._covered))

    def keep_in_sight(self, wanted: Bounds | None) -> None:
        """Fit this part of the plane that the photo lies on, from now on; None = the photo."""
        if wanted != self._wanted:
            self._wanted = wanted
            if self._is_fitted:
                self.fit()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge, keeping the photo pixel at a widget position (default: the middle) where it is."""
        if self._extent is None:
            return
        self._is_fitted = False
        least = min(1.0, ViewTransform.fitting(self._extent, self._size).scale) / 4
        view = self._view.zoomed(self.middle if at is None else at, factor, least)
        self._set(view.kept_in_sight(self._extent, self._size))

    def zoom_to(self, scale: float) -> None:
        """Show a photo pixel as so many widget pixels, around the middle, on whole widget pixels."""
        self.zoom_by(scale / self._view.scale)
        self._set(self._view.snapped())

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the photo by widget pixels."""
        if self._extent is not None:
            self._is_fitted = False
            self._set(self._view.panned(dx, dy).kept_in_sight(self._extent, self._size))

    def _set(self, view: ViewTransform) -> None:
        self._view = view
        self.changed.emit()
