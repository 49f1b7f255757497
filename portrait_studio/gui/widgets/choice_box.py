"""Lists of which one entry is chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox, QWidget


def choice_box(parent: QWidget, name: str, choices: Iterable[tuple[str, object]], tip: str = "") -> QComboBox:
    """A list whose first entry is chosen.

    Args:
        parent: owns it.
        name: what is chosen, for screen readers.
        choices: text for the user and data of each entry.
        tip: for the user; empty = none.
    """
    box = QComboBox(parent)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    for text, data in choices:
        box.addItem(text, data)
    return box
