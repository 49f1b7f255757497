"""Keeps how the window was left for the next start: ticks, choices, numbers, its place and size."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QTimer, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QMainWindow, QSlider, QSpinBox, QTabWidget

from portrait_studio.session.stored_values import StoredValues, Value

_WAIT_MS: Final = 400
"""After the last change, so that dragging a slider does not write a file each time."""
_LAYOUT: Final = 1
"""Of bars and docks; another number where what was kept no longer fits."""


class PersistentState(QObject):
    """Sets each control as it was left, and follows it from then on."""

    def __init__(self, stored: StoredValues, parent: QObject) -> None:
        """Make it.

        Args:
            stored: what was kept before.
            parent: the window.
        """
        super().__init__(parent)
        self._stored = stored
        self._changed: dict[str, Callable[[], Value]] = {}
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self.write)

    def keep_switch(self, name: str, switch: QAction | QAbstractButton) -> None:
        """Keep whether something is on."""
        if (is_on := self._stored.switch(name)) is not None:
            switch.setChecked(is_on)
        self._follow(name, switch.toggled, switch.isChecked)

    def keep_number(self, name: str, field: QSpinBox | QSlider) -> None:
        """Keep a number; one that the field does not allow any more becomes the nearest."""
        if (number := self._stored.number(name)) is not None:
            field.setValue(max(field.minimum(), min(field.maximum(), number)))
        self._follow(name, field.valueChanged, field.value)

    def keep_choice(self, name: str, box: QComboBox) -> None:
        """Keep what is chosen from a list; one that the list does not hold any more is left out."""
        chosen = self._stored.text(name)
        place = next((place for place in range(box.count()) if _key(box, place) == chosen), None)
        if place is not None:
            box.setCurrentIndex(place)
        self._follow(name, box.currentIndexChanged, lambda: _key(box, box.currentIndex()))

    def keep_page(self, name: str, pages: QTabWidget) -> None:
        """Keep which page is in front."""
        if (page := self._stored.number(name)) is not None:
            pages.setCurrentIndex(page)
        self._follow(name, pages.currentChanged, pages.currentIndex)

    def restore_window(self, window: QMainWindow) -> None:
        """Give a window the place, size and bars that it had when it was closed."""
        place, bars = self._stored.text("place"), self._stored.text("bars")
        if place is not None:
            window.restoreGeometry(_bytes(place))
        if bars is not None:
            window.restoreState(_bytes(bars), _LAYOUT)

    def leave_window(self, window: QMainWindow) -> None:
        """The window is being closed: keep how it is."""
        self._changed["place"] = lambda: _text(window.saveGeometry())
        self._changed["bars"] = lambda: _text(window.saveState(_LAYOUT))
        self.write()

    def write(self) -> None:
        """Keep what was changed."""
        self._timer.stop()
        changed, self._changed = self._changed, {}
        if changed:
            self._stored.keep({name: value() for name, value in changed.items()})

    def _follow(self, name: str, changed: SignalInstance, value: Callable[[], Value]) -> None:
        def note() -> None:
            self._changed[name] = value
            self._timer.start()

        changed.connect(note)


def _key(box: QComboBox, place: int) -> str:
    """What an entry of a list is called whatever the language: by what it stands for, else by its place."""
    data = box.itemData(place)
    if isinstance(data, Enum):
        return data.name
    return data if isinstance(data, str) else str(place)


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode("ascii", "replace"))
