"""Other photos that fills may borrow from: a list with small pictures, to add to and take from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, cast

import cv2
from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from portrait_studio.document.reference_photos import ReferencePhoto
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.gui.qimage_conversion import qimage_of
from portrait_studio.gui.widgets.buttons import ActionButton
from portrait_studio.gui.widgets.layouts import filled, hint_label, role_label, spaced
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.photo import Pixels
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session

_THUMB_PX: Final = 56
_NAME_PX: Final = 170


def files_in(data: QMimeData) -> list[Path]:
    """The files that are dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class ReferencesPanel(QWidget):
    """One row for each photo; files may be dropped on it."""

    dropped = Signal(object)
    """List of paths of files"""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            session: whose document keeps the photos.
            actions: the window's.
            parent: owns it.
        """
        super().__init__(parent)
        self._session = session
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setAccessibleName(tr("Other photos to borrow from"))
        title = role_label(tr("Other photos"), "heading", self)
        self._hint = hint_label(
            tr("Fills take over what another photo of the same person or place shows: shoes, eyes, ground."),
            self,
        )
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(10)
        self._rows.setColumnStretch(1, 1)
        self._removers: list[QToolButton] = []
        column = spaced(QVBoxLayout(self), 10, (14, 12, 12, 12))
        filled(column, title, self._hint, self._rows, ActionButton(actions[Command.ADD_REFERENCE], self))
        session.references.changed.connect(self._list)
        session.opened.connect(self._list)
        session.state_changed.connect(self._allow)

    @property
    def removers(self) -> tuple[QToolButton, ...]:
        """The button of each photo that takes it from the list."""
        return tuple(self._removers)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if files_in(event.mimeData()) and self._session.can_edit:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        event.acceptProposedAction()
        self.dropped.emit(files_in(event.mimeData()))

    def _list(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._removers.clear()
        for row, photo in enumerate(self._session.references.photos):
            for column, widget in enumerate(self._widgets_of(row, photo)):
                self._rows.addWidget(widget, row, column)
        self._allow()

    def _widgets_of(self, row: int, photo: ReferencePhoto) -> Sequence[QWidget]:
        picture, name, remover = QLabel(self), QLabel(self), QToolButton(self)
        elide = Qt.TextElideMode.ElideMiddle
        name.setText(name.fontMetrics().elidedText(photo.name, elide, _NAME_PX))
        picture.setPixmap(_thumbnail(photo, self.devicePixelRatioF()))
        picture.setFixedSize(QSize(_THUMB_PX, _THUMB_PX))
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        # A long name must not make the panel wide.
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setToolTip(photo.name)
        remover.setText("\N{MULTIPLICATION SIGN}")
        tip = tr("Take {name} from the list", name=photo.name)
        remover.setToolTip(tip)
        remover.setAccessibleName(tip)
        remover.clicked.connect(partial(self._session.references.remove, row))
        self._removers.append(remover)
        return picture, name, remover

    def _allow(self) -> None:
        for remover in self._removers:
            remover.setEnabled(self._session.can_edit)


def _thumbnail(reference: ReferencePhoto, ratio: float) -> QPixmap:
    photo = reference.photo
    pixels = photo.visible_pixels
    side = round(_THUMB_PX * ratio)
    scale = side / max(pixels.shape[:2])
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = in_8_bits(cast(Pixels, cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)))
    picture = QPixmap.fromImage(qimage_of(small, DisplayTransform.of(photo.metadata.icc)))
    picture.setDevicePixelRatio(ratio)
    return picture
