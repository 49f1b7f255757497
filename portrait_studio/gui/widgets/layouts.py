"""Layouts with their margins and gaps and what is in them, and labels in a role that the theme knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QLayout, QWidget

T = TypeVar("T", bound=QBoxLayout)


def spaced(layout: T, gap_px: int, margins_px: tuple[int, int, int, int] | None = None) -> T:
    """The layout with a gap between its items.

    Args:
        layout: still empty.
        gap_px: between one and the next.
        margins_px: around all of them, left, top, right, bottom; None = as the style has them.
    """
    layout.setSpacing(gap_px)
    if margins_px is not None:
        layout.setContentsMargins(*margins_px)
    return layout


def filled(layout: T, *items: QWidget | QLayout | tuple[QWidget | QLayout, int] | int | None) -> T:
    """The layout with items behind those that it has.

    Args:
        layout: a row or a column.
        items: widgets and other layouts, perhaps each with its share of the room that is left; gaps in
            pixels; None = the rest of that room.
    """
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        else:
            part, share = item if isinstance(item, tuple) else (item, 0)
            layout.addWidget(part, share) if isinstance(part, QWidget) else layout.addLayout(part, share)
    return layout


def taken_out(widgets: Iterable[QWidget]) -> None:
    """Take widgets out of the window for good."""
    for widget in widgets:
        widget.setParent(None)
        widget.deleteLater()


def role_label(text: str, role: str, parent: QWidget) -> QLabel:
    """A text in a role.

    Args:
        text: for the user.
        role: "title", "heading" or "hint".
        parent: owns it.
    """
    made = QLabel(text, parent)
    made.setProperty("role", role)
    return made


def sentence_label(text: str, parent: QWidget) -> QLabel:
    """A sentence, perhaps with names of files in it, of as many lines as it takes; it can be copied."""
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    plain = Qt.TextFormat.PlainText
    return QLabel(text, parent, wordWrap=True, textFormat=plain, textInteractionFlags=selectable)


def hint_label(text: str, parent: QWidget) -> QLabel:
    """A hint of as many lines as it takes."""
    made = role_label(text, "hint", parent)
    made.setWordWrap(True)
    return made
