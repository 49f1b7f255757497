"""Catalogues of translations: Qt's TS files, read as they are, so that nothing has to be compiled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QObject, QTranslator

Texts = Mapping[tuple[str, str], str]
"""Translations by context and source text."""


def read_catalogue(path: Path) -> Texts:
    """Finished translations.

    Args:
        path: a TS file; one that is missing or damaged is an empty catalogue, the window stays English then.
    """
    try:
        contexts = ElementTree.parse(path).getroot().iter("context")
    except (OSError, ElementTree.ParseError):
        return {}
    found = {}
    for context in contexts:
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.get("type") is None and translation.text:
                found[name, message.findtext("source", "")] = translation.text
    return found


class Catalogue(QTranslator):
    """Answers Qt from a dictionary."""

    def __init__(self, texts: Texts, parent: QObject) -> None:
        """Make it.

        Args:
            texts: the translations.
            parent: the application.
        """
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:
        """Qt takes no empty translator."""
        return not self._texts

    def translate(
        self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """The translation of one text, of the program or of Qt; None leaves it to the next translator."""
        return self._texts.get((context, sourceText))
