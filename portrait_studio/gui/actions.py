"""An action for every command and tool, from which menus, bars and the key sheet are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence

from portrait_studio.gui.canvas.tools import TOOLS
from portrait_studio.gui.command_table import Command, Spec
from portrait_studio.gui.theme import Theme
from portrait_studio.language.translation import tr
from portrait_studio.session.tools import Tool

_SPECS: Final = [(command, command.value) for command in Command]
_BEFORE_TOOLS: Final = list(Command).index(Command.REDO) + 1
TABLE: Final[dict[Command | Tool, Spec]] = dict([*_SPECS[:_BEFORE_TOOLS], *TOOLS.items(), *_SPECS])
"""Every command, and each tool, which a command takes in hand."""


class Actions(QObject):
    """A QAction for every command, with icons that follow the theme."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        """Make it.

        Args:
            theme: the theme whose icons are used.
            parent: the window that owns the actions.
        """
        super().__init__(parent)
        self._theme = theme
        self._keys: dict[Command | Tool, tuple[str, ...]] = {}
        self._actions = {command: self._made(spec, command, parent) for command, spec in TABLE.items()}
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def keys(self, command: Command | Tool) -> tuple[str, ...]:
        """The command's keys."""
        return self._keys.get(command, TABLE[command].keys)

    def keys_text(self, command: Command | Tool) -> str:
        """The command's keys as the user reads them."""
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(QKeySequence(keys).toString(native) for keys in self.keys(command))

    def rebind(self, keys: Mapping[str, tuple[str, ...]]) -> None:
        """Give commands other keys than the usual ones; names that no command has are left out."""
        self._keys = {command: keys[command.name] for command in TABLE if command.name in keys}
        for command, action in self._actions.items():
            action.setShortcuts([QKeySequence(text) for text in self.keys(command)])
            self._describe(command, action)

    def on_triggered(self, handlers: Mapping[Command | Tool, Callable[[], object]]) -> None:
        """Call a function when a command is given, without what `triggered` says, which some would take."""
        for command, handler in handlers.items():
            self._actions[command].triggered.connect(lambda _=False, call=handler: call())

    def _describe(self, command: Command | Tool, action: QAction) -> None:
        keys, tip = self.keys_text(command), tr(TABLE[command].tip)
        action.setToolTip(f"{tip} ({keys})" if keys else tip)

    def __getitem__(self, command: Command | Tool) -> QAction:
        return self._actions[command]

    def _made(self, spec: Spec, command: Command | Tool, parent: QObject) -> QAction:
        action = QAction(tr(spec.text), parent)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(spec.repeats)
        action.setCheckable(spec.is_switch)
        self._describe(command, action)
        action.setStatusTip(tr(spec.tip))
        return action

    def _on_theme_changed(self) -> None:
        for command, action in self._actions.items():
            action.setIcon(self._theme.icon(TABLE[command].icon))
