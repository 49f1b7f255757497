"""The middle of the window: the invitation or the photo, and what floats over it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.panels.banner import Banner
from portrait_studio.gui.panels.candidate_strip import CandidateStrip
from portrait_studio.gui.panels.empty_state import EmptyState
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session

_MARGIN_PX: Final = 12
_WIDEST_BANNER_PX: Final = 720


class CentralWidget(QStackedWidget):
    """Shows the photo when one is open; a banner lies over it, so that the photo never moves for it."""

    def __init__(
        self,
        session: Session,
        empty: EmptyState,
        canvas: Canvas,
        banner: Banner,
        strip: CandidateStrip,
        parent: QWidget,
    ) -> None:
        """Put the parts over each other.

        Args:
            session: whether a photo is open.
            empty: what is shown without a photo.
            canvas: what is shown with one.
            banner: what lies over both, above.
            strip: what lies over both, below.
            parent: the window.
        """
        super().__init__(parent)
        self._session = session
        self._empty, self._canvas, self._banner, self._strip = empty, canvas, banner, strip
        self.addWidget(empty)
        self.addWidget(canvas)
        banner.setParent(self)
        banner.resized.connect(self._place_banner)
        strip.setParent(self)
        strip.hide()
        strip.resized.connect(self._place_strip)
        self.drop_sign = QLabel(tr("Let go to open it"), self)
        self.drop_sign.setObjectName("drop")
        self.drop_sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # What is dragged is for the window.
        self.drop_sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.drop_sign.hide()
        session.opened.connect(self._on_opened)
        self._on_opened()

    def _on_opened(self) -> None:
        """Show the photo or the invitation, and give it the keyboard."""
        is_open = self._session.document is not None
        self.setCurrentWidget(self._canvas if is_open else self._empty)
        (self._canvas if is_open else self._empty.open_button).setFocus()

    def show_drop(self, can_drop: bool) -> None:
        """Show that what is dragged over the window can be let go here, or stop showing it."""
        self.drop_sign.setGeometry(self.rect())
        self.drop_sign.setVisible(can_drop)
        self.drop_sign.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the banner in the middle of the upper edge and the strip in that of the lower."""
        super().resizeEvent(event)
        self._place_banner()
        self._place_strip()
        self.drop_sign.setGeometry(self.rect())

    def _place_banner(self) -> None:
        width = min(_WIDEST_BANNER_PX, self.width() - 2 * _MARGIN_PX)
        height = self._banner.heightForWidth(width)
        self._banner.setGeometry((self.width() - width) // 2, _MARGIN_PX, width, height)
        self._banner.raise_()

    def _place_strip(self) -> None:
        size, least = self._strip.sizeHint(), self._strip.minimumSizeHint().width()
        width = min(size.width(), self.width() - 2 * _MARGIN_PX)
        top = self.height() - size.height() - _MARGIN_PX
        self._strip.setGeometry((self.width() - width) // 2, top, width, size.height())
        self._strip.raise_()
        # Buttons that are squeezed could not be read.
        self.setMinimumWidth(0 if self._strip.isHidden() else least + 2 * _MARGIN_PX)
        # One chooses among what is filled: it must not lie under the choice.
        covered = 0 if self._strip.isHidden() else self.height() - top + _MARGIN_PX
        self._canvas.viewport.keep_clear(covered)
