"""What the View menu shows of the document: comparison with the original, invented pixels, structure."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.canvas.comparison import CompareMode
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.save_dialog import write_beside
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool

_ZOOM_STEP: Final = 1.25


class ViewCommands(QObject):
    """Connects switches of the view with the layers of the canvas."""

    def __init__(self, session: Session, actions: Actions, canvas: Canvas, window: QWidget) -> None:
        """Connect.

        Args:
            session: whose document it is.
            actions: what is triggered and switched.
            canvas: what shows the document.
            window: the parent of dialogs.
        """
        super().__init__(window)
        self._session, self._actions, self._canvas, self._window = session, actions, canvas, window
        self._layers, viewport = canvas.layers, canvas.viewport
        self._is_held = False
        for command in (Command.DIVIDER, Command.SIDE_BY_SIDE):
            actions[command].toggled.connect(self._on_comparison)
        actions[Command.STRUCTURE].toggled.connect(self._on_structure)
        actions[Command.SKELETON].toggled.connect(self._on_skeleton)
        actions[Command.INVENTED].toggled.connect(self._show_invented)
        actions[Command.KEY_POINTER].toggled.connect(self._on_key_pointer)
        actions.on_triggered(
            {
                Command.EXPORT_INVENTED: self._ask_export,
                Command.NEXT_PERSON: self._point_at_next_person,
                Command.ZOOM_IN: lambda: viewport.zoom_by(_ZOOM_STEP),
                Command.ZOOM_OUT: lambda: viewport.zoom_by(1 / _ZOOM_STEP),
                Command.FIT: viewport.fit,
                Command.FULL_SIZE: lambda: canvas.zoom_to(1.0),
            }
        )
        session.opened.connect(self._begin)
        session.editing.image_changed.connect(self._on_image_changed)
        session.editing.canvas_changed.connect(self._begin)

    def _point_at_next_person(self) -> None:
        self._session.tools.choose(Tool.PICK)
        self._actions[Command.KEY_POINTER].setChecked(True)
        self._canvas.setFocus()
        self._canvas.point_at_next_dot()

    def hold_original(self, held: bool) -> None:
        """Show the original as long as a key or a button is held."""
        self._is_held = held
        self._compare()

    def _begin(self) -> None:
        """Another photo is shown, or another canvas."""
        self._compare()
        self._show_invented()

    def _need_structure(self) -> None:
        """Read the structure unless it is there, or comes by itself."""
        session = self._session
        if session.parsing_maps.shown is None and not session.parsing_maps.is_awaited:
            session.parse_hole()

    def _on_comparison(self, on: bool) -> None:
        divider, side = self._actions[Command.DIVIDER], self._actions[Command.SIDE_BY_SIDE]
        if on:
            other = side if self.sender() is divider else divider
            other.setChecked(False)
        self._compare()

    def _compare(self) -> None:
        document = self._session.document
        if document is None:
            return
        if self._is_held:
            comparison = CompareMode.ORIGINAL
        elif self._actions[Command.DIVIDER].isChecked():
            comparison = CompareMode.DIVIDER
        elif self._actions[Command.SIDE_BY_SIDE].isChecked():
            comparison = CompareMode.SIDE_BY_SIDE
        else:
            comparison = CompareMode.NONE
        if comparison is CompareMode.NONE:
            self._layers.compare(comparison)
        else:
            self._layers.compare(comparison, document.original, document.original_opacity)

    def _on_structure(self, shown: bool) -> None:
        self._layers.overlay.set_shown(shown)
        if shown:
            self._need_structure()

    def _on_skeleton(self, shown: bool) -> None:
        self._layers.overlay.set_skeleton_shown(shown)
        if shown:
            self._need_structure()

    def _on_key_pointer(self, on: bool) -> None:
        self._canvas.keys.set_on(on)
        self._canvas.setFocus()

    def _show_invented(self) -> None:
        document = self._session.document
        is_on = self._actions[Command.INVENTED].isChecked()
        self._layers.show_invented(document.filled if is_on and document is not None else None)

    def _on_image_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self._layers.refresh_invented(document.filled, bounds)

    def _ask_export(self) -> None:
        title, write = tr("Export the map of invented pixels"), self._session.files.export_invented
        write_beside(self._window, self._session, "-invented.png", title, "PNG (*.png)", write)
