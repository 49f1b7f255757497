"""The bar above the photo: the options of the tool in hand, the method, and the button that fills."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QWidget

from portrait_studio.engine.intent import Intent
from portrait_studio.engine.request import Method
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.tools import TOOLS, OptionsPage
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.panels.tool_options import BrushOptions, PickOptions, ShapeOptions, captioned
from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.widgets.buttons import ActionButton
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.gui.widgets.layouts import filled, role_label, spaced
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message
from portrait_studio.session.tools import Tools

_METHODS: Final = (
    (
        Method.DEFAULT,
        Message("Best"),
        Message("The network says what belongs there, the photo's own patches say how it looks"),
    ),
    (
        Method.NETWORK,
        Message("Network only"),
        Message("Softer; useful where the photo shows nothing similar"),
    ),
    (Method.PATCHES, Message("Patches only"), Message("Only copies from the photo, guided by its structure")),
    (
        Method.GENERAL,
        Message("General network"),
        Message("Knows nothing of people, for any photo; softer, and so far worse than the best method"),
    ),
)
_INTENTS: Final = (
    (Intent.AUTOMATIC, Message("Automatic")),
    (Intent.BODY, Message("To body")),
    (Intent.BACKGROUND, Message("To background")),
    (Intent.SURFACE, Message("Same surface")),
)


def _method_list(parent: QWidget) -> QComboBox:
    choices = ((tr(name), method) for method, name, _ in _METHODS)
    methods = choice_box(parent, tr("Method"), choices, tr("How the hole is filled"))
    for place, (_, _, tip) in enumerate(_METHODS):
        methods.setItemData(place, tr(tip), Qt.ItemDataRole.ToolTipRole)
    methods.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return methods


def _intent_list(parent: QWidget) -> QComboBox:
    tip = tr(
        "Recover the body behind, only the background, or the same surface without letters, stains"
        " or scratches; automatic guesses"
    )
    choices = ((tr(name), intent) for intent, name in _INTENTS)
    intents = choice_box(parent, tr("What the fill is meant to do"), choices, tip)
    intents.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return intents


class OptionsBar(QWidget):
    """What belongs to the tool in hand, and how the hole is filled."""

    typing_ended = Signal()
    """A number was typed; the keyboard belongs to the photo again."""
    intent_chosen = Signal(object)
    """Intent"""

    def __init__(self, tools: Tools, actions: Actions, parent: QWidget) -> None:
        """Show how things are.

        Args:
            tools: what is set here.
            actions: the window's, on the buttons and of the switch.
            parent: the window.
        """
        super().__init__(parent)
        self._tools, tighten = tools, actions[Command.TIGHTEN_STROKES]
        self.brush = BrushOptions(tools, tighten, self)
        self.pick = PickOptions(tools, self)
        self.shape = ShapeOptions(tighten, self)
        self._extend = role_label(tr("Drag an edge outwards, then Enter"), "hint", self)
        self._pages = QStackedWidget(self)
        for page in (self.brush, self.pick, self.shape, self._extend):
            self._pages.addWidget(page)
        self._method, self._intent = _method_list(self), _intent_list(self)
        self._intent.currentIndexChanged.connect(self._on_intent)
        self.fill_button = ActionButton(actions[Command.FILL], self, prominent=True)
        self.again_button = ActionButton(actions[Command.AGAIN], self, has_text=False)
        row = spaced(QHBoxLayout(self), 8, (4, 0, 0, 0))
        intent = captioned(tr("Behind the mask"), self._intent, self)
        filled(row, (self._pages, 1), intent, captioned(tr("Method"), self._method, self))
        for button in (self.again_button, self.fill_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.brush.typing_ended.connect(self.typing_ended)
        tools.changed.connect(self._on_tools)
        self._on_tools()

    @property
    def method(self) -> Method:
        """The chosen method."""
        return Method(self._method.currentData())

    def keep_state(self, state: PersistentState) -> None:
        """Keep what is chosen between starts, but for sizes, which suit the photo."""
        state.keep_choice("method", self._method)
        state.keep_choice("intent", self._intent)
        self.brush.keep_state(state)
        self.pick.keep_state(state)

    def _on_intent(self) -> None:
        self.intent_chosen.emit(self._intent.currentData())

    def _on_tools(self) -> None:
        pages: dict[OptionsPage, QWidget] = {
            OptionsPage.PICK: self.pick,
            OptionsPage.BRUSH: self.brush,
            OptionsPage.SHAPE: self.shape,
            OptionsPage.EXTEND: self._extend,
        }
        self._pages.setCurrentWidget(pages[TOOLS[self._tools.tool].options])
