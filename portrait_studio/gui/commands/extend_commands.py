"""What the user does to extend the canvas: drag, type, press a button, fill, leave."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.panels.canvas_panel import CanvasPanel
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool


class ExtendCommands(QObject):
    """Connects frame, panel and actions with the session."""

    begun = Signal()
    """The tool was taken in hand"""

    def __init__(
        self, session: Session, actions: Actions, canvas: Canvas, panel: CanvasPanel, parent: QObject
    ) -> None:
        """Make it.

        Args:
            session: whose canvas it is.
            actions: what is triggered.
            canvas: where it is dragged.
            panel: where it is typed.
            parent: owns it.
        """
        super().__init__(parent)
        self._session, self._canvas, self._panel = session, canvas, panel
        self._tool = session.tools.tool
        extending, frame = session.extending, canvas.pointer.frame
        actions.on_triggered(
            {
                Command.RECOVER_FEET: extending.recover_feet,
                Command.RECOVER_FOREHEAD: extending.recover_forehead,
            }
        )
        panel.margins_chosen.connect(self._on_typed)
        panel.ratio_chosen.connect(self.to_ratio)
        frame.dragged.connect(extending.set_margins)
        frame.released.connect(self._make_room)
        extending.changed.connect(self._show)
        session.parsing_maps.outlined.connect(self._show)
        session.tools.changed.connect(self._on_tools)
        session.opened.connect(self._show)
        canvas.layers.replaced.connect(self._show)

    def to_ratio(self, ratio: Fraction | None) -> None:
        """Extend to a ratio of width to height; None = the photo's own."""
        document = self._session.document
        if document is not None:
            own = Fraction(document.photo.extent.width, document.photo.extent.height)
            self._session.extending.reach_ratio(own if ratio is None else ratio)

    def leave(self) -> bool:
        """Give the margins up, or else the tool; False when it is not in hand."""
        if self._session.tools.tool is not Tool.EXTEND:
            return False
        if self._session.extending.is_pending:
            self._session.extending.forget()
        else:
            self._session.tools.choose(Tool.BRUSH)
        return True

    def _on_typed(self, margins: object) -> None:
        self._session.tools.choose(Tool.EXTEND)
        self._session.extending.set_margins(margins)  # type: ignore[arg-type]
        self._show()

    def _show(self) -> None:
        extending, document = self._session.extending, self._session.document
        self._canvas.pointer.frame.show(extending.margins, self._session.parsing_maps.outline)
        self._panel.show_margins(None if document is None else document.extent, extending.margins)
        if not self._canvas.pointer.frame.is_dragged:
            self._make_room()

    def _make_room(self) -> None:
        frame = self._canvas.pointer.frame
        in_hand = self._session.tools.tool is Tool.EXTEND
        self._canvas.viewport.keep_in_sight(frame.room if in_hand else None)

    def _on_tools(self) -> None:
        tool, before = self._session.tools.tool, self._tool
        self._tool = tool
        if tool is before:
            return
        if Tool.EXTEND in (tool, before):
            self._show()
        if tool is Tool.EXTEND:
            self.begun.emit()
