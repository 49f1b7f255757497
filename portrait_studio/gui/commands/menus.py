"""Which command stands in which menu, and in which order."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QMainWindow, QMenu

from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.tools import TOOLS
from portrait_studio.gui.command_table import Command
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message
from portrait_studio.session.tools import Tool

MENUS: Final[dict[Message, tuple[Command | Tool | None, ...]]] = {
    Message("&File"): (
        Command.OPEN,
        Command.RECENT,
        Command.PREVIOUS_PHOTO,
        Command.NEXT_PHOTO,
        Command.SAMPLE,
        Command.PASTE,
        None,
        Command.SAVE,
        Command.SAVE_AS,
        Command.EXPORT,
        Command.EXPORT_LAYERS,
        Command.EXPORT_RECORD,
        Command.COPY,
        None,
        Command.QUIT,
    ),
    Message("&Edit"): (
        Command.UNDO,
        Command.REDO,
        Command.HISTORY,
        None,
        Command.FILL,
        Command.AGAIN,
        Command.OTHER_WAYS,
        Command.FOUND_FACES,
        Command.FILL_ANEW,
        Command.ADD_REFERENCE,
        Command.CLEAR_LABELS,
        Command.CLEAR_SOURCES,
        Command.RESET_JOINTS,
        Command.CANCEL,
        Command.CANCEL_ALL,
        None,
        Command.PREFERENCES,
    ),
    Message("&Mask"): (
        *(tool for tool in TOOLS if tool is not Tool.EXTEND),
        Command.SWAP,
        Command.KEY_POINTER,
        None,
        Command.SMALLER,
        Command.LARGER,
        None,
        Command.SELECT_ALL,
        Command.CLEAR,
        Command.INVERT,
        None,
        Command.GROW,
        Command.SHRINK,
        Command.FEATHER,
        Command.FILL_HOLES,
        Command.TIGHTEN,
        Command.SHADOW,
        Command.MARK_OTHERS,
        Command.NEXT_PERSON,
        Command.FIND_DAMAGE,
        None,
        Command.IMPORT_MASK,
        Command.EXPORT_MASK,
        None,
        Command.TIGHTEN_STROKES,
        Command.FILL_AT_ONCE,
        Command.LOOPS,
        Command.PRESSURE,
    ),
    Message("&Canvas"): (Tool.EXTEND, None, Command.RECOVER_FEET, Command.RECOVER_FOREHEAD),
    Message("&View"): (
        Command.ZOOM_IN,
        Command.ZOOM_OUT,
        Command.FIT,
        Command.FULL_SIZE,
        None,
        Command.DIVIDER,
        Command.SIDE_BY_SIDE,
        Command.INVENTED,
        Command.EXPORT_INVENTED,
        None,
        Command.STRUCTURE,
        Command.SKELETON,
        Command.READ_STRUCTURE,
        None,
        Command.PANELS,
        Command.FOLDER,
    ),
    Message("&Help"): (Command.KEYS, Command.WEIGHTS, Command.NEWS, Command.ABOUT),
}
"""None is a separator."""


def fill_menu_bar(window: QMainWindow, actions: Actions) -> None:
    """Put all menus into the window's menu bar."""
    for title, commands in MENUS.items():
        menu = QMenu(tr(title), window)
        for command in commands:
            menu.addSeparator() if command is None else menu.addAction(actions[command])
        window.menuBar().addMenu(menu)
