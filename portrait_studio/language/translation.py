"""Says English source texts in the language of the user."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from portrait_studio.messages import Message

CONTEXT: Final = "Portrait Studio"
"""Of all texts of the program in a catalogue; Qt's own have others."""


def tr(source: str, /, **values: object) -> str:
    """A text in the language of the user; what no catalogue holds stays English.

    Args:
        source: a literal, with fields as in `str.format`; or what a `Message` remembers.
        values: of the fields; those that are messages are said in that language too.
    """
    if isinstance(source, Message):
        return tr(source.template, **{**source.values, **values})
    said = QCoreApplication.translate(CONTEXT, source)
    if not values:
        return said
    return said.format(
        **{name: tr(value) if isinstance(value, Message) else value for name, value in values.items()}
    )
