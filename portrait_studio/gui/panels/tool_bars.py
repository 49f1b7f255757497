"""The bar above the photo and the bar of tools beside it."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.tools import TOOLS
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.theme import Theme
from portrait_studio.language.translation import tr
from portrait_studio.session.tools import Tool, Tools

_BAR_FRAME_PX: Final = 24
"""What the style adds to a bar's own margins."""
_SPACING_PX: Final = 4
"""Between the parts of a bar, as the theme has it."""


class _Bar(QToolBar):
    """A bar that stays where it is and whose buttons have names and a place in the tab order."""

    def __init__(self, name: str, title: str, icon_px: int, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setMovable(False)
        self.setIconSize(QSize(icon_px, icon_px))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)

    def minimumSizeHint(self) -> QSize:
        """A lying bar shows all that it holds: nothing goes out of sight behind an arrow."""
        least = super().minimumSizeHint()
        if self.orientation() is not Qt.Orientation.Horizontal:
            return least
        widgets = [self.widgetForAction(action) for action in self.actions()]
        margins = self.contentsMargins()
        frame = margins.left() + margins.right() + _BAR_FRAME_PX
        spacing = _SPACING_PX * (len(widgets) - 1)
        whole = sum(widget.minimumSizeHint().width() for widget in widgets) + spacing + frame
        return QSize(max(least.width(), whole), least.height())

    def _add(self, actions: Actions, *commands: Command | Tool) -> None:
        for command in commands:
            self.addAction(actions[command])
            button = self.widgetForAction(actions[command])
            button.setAccessibleName(actions[command].text().rstrip("…"))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)


class CompareButton(QToolButton):
    """Shows the original while it is held down."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Make it.

        Args:
            theme: the theme of its icon.
            parent: owns it.
        """
        super().__init__(parent)
        self._theme = theme
        self.setToolTip(tr("Hold to see the original (hold \\)"))
        self.setAccessibleName(tr("Compare with the original"))
        theme.changed.connect(self._colour_icon)
        self._colour_icon()

    def _colour_icon(self) -> None:
        self.setIcon(self._theme.icon("ph.square-half"))


class TopBar(_Bar):
    """Files, undo, compare, and the options of the tool in hand."""

    def __init__(self, actions: Actions, compare: CompareButton, options: QWidget, parent: QWidget) -> None:
        """Make it.

        Args:
            actions: the window's.
            compare: stands between them.
            options: stands behind them.
            parent: owns it.
        """
        super().__init__("top", tr("Options"), 20, parent)
        self._add(actions, Command.OPEN, Command.EXPORT)
        self.addSeparator()
        self._add(actions, Command.UNDO, Command.REDO)
        self.addSeparator()
        compare.setIconSize(self.iconSize())
        self.addWidget(compare)
        self.addSeparator()
        self.addWidget(options)


class ToolBar(_Bar):
    """Tools, of which one is in hand, and what is done to the whole mask."""

    def __init__(self, actions: Actions, tools: Tools, parent: QWidget) -> None:
        """Make the buttons.

        Args:
            actions: the window's.
            tools: of which one is in hand.
            parent: the window.
        """
        super().__init__("tools", tr("Tools"), 22, parent)
        self._actions, self._tools = actions, tools
        group = QActionGroup(self)
        for tool in TOOLS:
            group.addAction(actions[tool])
        actions.on_triggered({tool: partial(tools.take, tool) for tool in TOOLS})
        self._add(actions, *TOOLS)
        self.addSeparator()
        self._add(actions, Command.CLEAR, Command.INVERT, Command.SELECT_ALL)
        self.addSeparator()
        self._add(actions, Command.STRUCTURE, Command.FIT, Command.KEYS)
        tools.changed.connect(self._on_tools_changed)
        self._on_tools_changed()

    def _on_tools_changed(self) -> None:
        self._actions[self._tools.tool].setChecked(True)
