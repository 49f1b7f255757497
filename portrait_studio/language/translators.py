"""Which languages there are, which one the system asks for, and speaking one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from portrait_studio.language.translation import CONTEXT
from portrait_studio.locations import resources_dir

SYSTEM: Final = "system"
ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "zh_CN": "简体中文"}
"""Name of each language in itself."""
Texts = Mapping[tuple[str, str], str]
"""Translations by context and source text."""


def of_system(wanted: Sequence[str] | None = None) -> str:
    """The language that the user of this machine likes best among those that there are.

    Args:
        wanted: names of languages as in BCP 47, the best first; None asks the system.
    """
    spoken = {_tongue(name): name for name in LANGUAGES}
    names = QLocale.system().uiLanguages() if wanted is None else wanted
    return next((spoken[_tongue(name)] for name in names if _tongue(name) in spoken), ENGLISH)


def _tongue(name: str) -> tuple[QLocale.Language, QLocale.Script]:
    """What readers of a locale have in common, whatever their country."""
    locale = QLocale(name)
    return locale.language(), locale.script()


class Language:
    """What the application speaks; a window that is made afterwards speaks it."""

    def __init__(self, application: QCoreApplication) -> None:
        """Make it.

        Args:
            application: the application; it speaks English.
        """
        self._application = application
        self._translators: list[QTranslator] = []
        self.name = ENGLISH

    def speak(self, name: str) -> None:
        """Speak one of `LANGUAGES`, or that of the system."""
        self.be_silent()
        self.name = of_system() if name == SYSTEM else name
        if self.name != ENGLISH:
            # The program's own is asked first, being installed last: it also says what Qt's lacks.
            self._translators = [
                _of_qt(self.name, self._application),
                Catalogue(read_catalogue(_own_file(self.name)), self._application),
            ]
            for translator in self._translators:
                self._application.installTranslator(translator)

    def be_silent(self) -> None:
        """Speak English again."""
        for translator in self._translators:
            self._application.removeTranslator(translator)
            translator.deleteLater()
        self._translators, self.name = [], ENGLISH


def said_in(name: str, source: str) -> str:
    """A text without values in one of `LANGUAGES`, or that of the system, whatever is spoken now."""
    language = of_system() if name == SYSTEM else name
    return read_catalogue(_own_file(language)).get((CONTEXT, source), source)


def _own_file(name: str) -> Path:
    """The program's own catalogue; there is none of English."""
    return resources_dir() / "languages" / f"{name}.ts"


def _of_qt(name: str, parent: QCoreApplication) -> QTranslator:
    """Qt's own words: standard buttons, file dialogs, names of keys."""
    translator = QTranslator(parent)
    translator.load(f"qtbase_{name}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator


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
