"""The tools, one entry for each: name, icon, key and tip, gesture, cursor and options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Final

from PySide6.QtCore import Qt

from portrait_studio.gui.canvas.gestures import Gesture, Lasso, Pick, Press, Rectangle, Stroke, source_marks
from portrait_studio.gui.command_table import Spec
from portrait_studio.session.tools import Tool


class OptionsPage(Enum):
    """What can be set while a tool is in hand."""

    PICK = auto()
    BRUSH = auto()
    SHAPE = auto()
    EXTEND = auto()


@dataclass(frozen=True, kw_only=True)
class ToolSpec(Spec):
    """One tool.

    Attributes:
        gesture: what a press begins; None: what the frame of the canvas says.
        cursor: shape of the pointer over a photo; None: what the frame says.
        options: the page of the bar above the photo.
    """

    is_switch: bool = True
    gesture: Callable[[Press], Gesture] | None
    cursor: Qt.CursorShape | None = Qt.CursorShape.CrossCursor
    options: OptionsPage = OptionsPage.SHAPE


TOOLS: Final[dict[Tool, ToolSpec]] = {
    Tool.PICK: ToolSpec(
        "Pick things",
        "mdi6.cursor-default-click-outline",
        ("W",),
        "Click a bag, a hat, sunglasses or a person to mark it",
        gesture=Pick,
        cursor=Qt.CursorShape.PointingHandCursor,
        options=OptionsPage.PICK,
    ),
    Tool.BRUSH: ToolSpec(
        "Brush",
        "ph.paint-brush",
        ("B",),
        "Paint over what shall go",
        gesture=Stroke,
        cursor=Qt.CursorShape.BlankCursor,
        options=OptionsPage.BRUSH,
    ),
    Tool.ERASER: ToolSpec(
        "Eraser",
        "ph.eraser",
        ("E",),
        "Take away from the mask",
        gesture=partial(Stroke, erases=True),
        cursor=Qt.CursorShape.BlankCursor,
        options=OptionsPage.BRUSH,
    ),
    Tool.RECTANGLE: ToolSpec("Rectangle", "ph.selection", ("R",), "Mark a rectangle", gesture=Rectangle),
    Tool.LASSO: ToolSpec("Lasso", "mdi6.lasso", ("L",), "Mark what you draw a line around", gesture=Lasso),
    Tool.FORBID: ToolSpec(
        "Do not copy from here",
        "ph.prohibit",
        ("Y",),
        "Mark what fills must not copy; again: by rectangle or lasso. The right button takes marks away",
        gesture=source_marks,
        cursor=Qt.CursorShape.BlankCursor,
        options=OptionsPage.BRUSH,
    ),
    Tool.PREFER: ToolSpec(
        "Copy from here",
        "mdi6.stamper",
        ("Shift+Y",),
        "Mark what fills shall copy; again: by rectangle or lasso. The right button takes marks away",
        gesture=source_marks,
        cursor=Qt.CursorShape.BlankCursor,
        options=OptionsPage.BRUSH,
    ),
    Tool.EXTEND: ToolSpec(
        "Extend canvas",
        "ph.frame-corners",
        ("C",),
        "Drag an edge outwards and fill what is new",
        gesture=None,
        cursor=None,
        options=OptionsPage.EXTEND,
    ),
}
"""In the order of the tool bar and the menu."""
