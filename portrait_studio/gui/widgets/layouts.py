"""Layouts with their margins and gaps, and labels in one of the roles that the theme knows."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

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


def hint_label(text: str, parent: QWidget) -> QLabel:
    """A hint of as many lines as it takes."""
    made = role_label(text, "hint", parent)
    made.setWordWrap(True)
    return made
