"""What the window says about the spot under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QToolTip

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.engine.detection import Detection
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.panels.status_bar import StatusBar
from portrait_studio.language.label_names import label_name
from portrait_studio.language.translation import tr
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.session.person_dots import PersonDot
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool


class PointerInfo(QObject):
    """Names position and label in the status bar, and beside the pointer; lights what a click would take."""

    def __init__(self, session: Session, canvas: Canvas, status_bar: StatusBar, parent: QObject) -> None:
        """Make it.

        Args:
            session: what is where.
            canvas: whose pointer it is.
            status_bar: where it is told.
            parent: owns it.
        """
        super().__init__(parent)
        self._session, self._canvas, self._status_bar = session, canvas, status_bar
        self._spot: tuple[float, float] | None = None
        self._person: tuple[PersonDot, MapRegion | None] | None = None
        canvas.hovered.connect(self._on_hovered)
        canvas.left.connect(self._on_left)
        session.tools.changed.connect(self._look_again)
        session.parsing_maps.changed.connect(self._look_again)
        session.detections.changed.connect(self._look_again)
        session.person_dots.changed.connect(self._look_again)

    def _on_hovered(self, x: float, y: float) -> None:
        extent = self._canvas.layers.extent
        if extent is None or not (0 <= x < extent.width and 0 <= y < extent.height):
            self._on_left()
            return
        self._spot = (x, y)
        if self._session.tools.tool is Tool.PICK:
            self._show_part(x, y)
        else:
            self._show_label(x, y)

    def _show_part(self, x: float, y: float) -> None:
        dot = self._canvas.dots.hovered
        if dot is not None:
            self._light(self._region(dot))
            name = _said_of(dot)
        else:
            target = self._session.picking.target_at(x, y) if self._session.can_mark else None
            self._light(target)
            name = "" if target is None else tr(target.name)
        self._status_bar.show_pointer(x, y, name)
        if self._session.parsing_maps.is_awaited:
            self._tip(x, y, tr("Still looking at the photo…"))
        else:
            self._tip(x, y, name)

    def _region(self, dot: PersonDot) -> MapRegion | None:
        """The same as long as the pointer is on the same dot, so that it is outlined once."""
        if self._person is None or self._person[0] is not dot:
            self._person = (dot, self._session.person_dots.region(dot))
        return self._person[1]

    def _light(self, target: MapRegion | Detection | None) -> None:
        self._canvas.layers.frame(target.bounds if isinstance(target, Detection) else None)
        self._canvas.layers.light(None if isinstance(target, Detection) else target)

    def _show_label(self, x: float, y: float) -> None:
        self._light(None)
        label = self._canvas.layers.overlay.shown_label_at(x, y)
        name = tr(label_name(label)) if label is not None and label < LABEL_COUNT else ""
        self._status_bar.show_pointer(x, y, name)
        self._tip(x, y, name if label != 0 else "")

    def _tip(self, x: float, y: float, text: str) -> None:
        if text:
            spot = self._canvas.view.to_widget(x, y).toPoint() + QPoint(14, 14)
            QToolTip.showText(self._canvas.mapToGlobal(spot), text, self._canvas)
        else:
            QToolTip.hideText()

    def _look_again(self) -> None:
        if self._spot is not None:
            self._on_hovered(*self._spot)

    def _on_left(self) -> None:
        self._spot = None
        self._light(None)
        self._status_bar.forget_pointer()
        QToolTip.hideText()


def _said_of(dot: PersonDot) -> str:
    """What a dot stands for, and what a click on it does."""
    if dot.is_taken:
        return tr("Marked. Click or press Delete to keep this person")
    if dot.person.is_main:
        return tr("Kept: the main person. Click to mark them")
    return tr("Kept. Click to mark this person")
