"""A row of pictures that scrolls sideways where it has too little room, instead of squeezing them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from portrait_studio.gui.widgets.layouts import spaced

_SPACING_PX = 6
_FEWEST = 2
"""Pictures that are always seen whole."""


class ThumbnailRow(QScrollArea):
    """As wide as its pictures, if there is room."""

    def __init__(self, parent: QWidget) -> None:
        """Begin empty."""
        super().__init__(parent)
        self.setObjectName("thumbs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self._inner = QWidget(self)
        self._inner.setObjectName("thumbs-inner")
        self._row = spaced(QHBoxLayout(self._inner), _SPACING_PX, (0, 0, 0, 0))
        self.setWidget(self._inner)
        self._shown: QWidget | None = None
        # The layout gives new pictures their places later, step by step.
        self.horizontalScrollBar().rangeChanged.connect(self._bring_into_sight)

    def add(self, thumb: QWidget) -> None:
        """Put a picture behind the others."""
        # A layout would make it smaller than its picture rather than let the row scroll.
        thumb.setMinimumSize(thumb.sizeHint())
        self._row.addWidget(thumb)
        self.updateGeometry()

    def show_thumb(self, thumb: QWidget) -> None:
        """Keep a picture in sight from now on."""
        self._shown = thumb
        self._bring_into_sight()

    def _bring_into_sight(self) -> None:
        if self._shown is not None and self._inner.isAncestorOf(self._shown):
            self.ensureWidgetVisible(self._shown, 0, 0)

    def sizeHint(self) -> QSize:
        """All pictures side by side."""
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The fewest pictures."""
        whole, count = self.sizeHint(), max(1, self._row.count())
        return QSize(min(whole.width(), whole.width() * _FEWEST // count), whole.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Any wheel scrolls sideways."""
        turned = event.angleDelta().x() or event.angleDelta().y()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - turned // 2)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Tell the layout outside when the pictures change."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().event(event)
