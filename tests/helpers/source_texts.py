"""The texts of the program that can be translated, read from its source; refreshes the catalogues.

`python -m tests.helpers.source_texts` rewrites every catalogue of resources/languages: what the source says
and the catalogue lacks is put in, unfinished; what the source no longer says goes. Translations stay, and so
do other contexts, which are texts of Qt that its own catalogue lacks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from portrait_studio import errors
from portrait_studio.language.label_names import SIDES, joint_name, label_name
from portrait_studio.language.translation import CONTEXT
from portrait_studio.locations import resources_dir
from portrait_studio.networks.conventions import KEYPOINTS, LABELS

PACKAGE: Final = Path(errors.__file__).parent
ERRORS: Final = frozenset(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.PortraitStudioError)
)
_SPECS: Final = ("Spec", "ToolSpec")
_PLACES: Final = {**dict.fromkeys(("tr", "Message", *ERRORS), (0,)), **dict.fromkeys(_SPECS, (0, 3))}
"""Calls that take texts to be translated, and at which places."""
_SPOKEN: Final = ("gui", "session", "editing", "language", "document", "engine", "imaging")
"""Packages whose errors the window shows; those of the command line and the trainer stay English."""
_SPOKEN_FILES: Final = (
    *("messages.py", "ordinary_file.py"),
    *(
        f"networks/{name}.py"
        for name in ("catalog", "coco", "manifest", "registry", "released", "resnet", "weights_file")
    ),
)


def files() -> list[Path]:
    """The modules that say something in the window."""
    found = [path for name in _SPOKEN for path in sorted((PACKAGE / name).rglob("*.py"))]
    return found + [PACKAGE / name for name in _SPOKEN_FILES]


def called(call: ast.Call) -> str:
    """The name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def texts_of(path: Path) -> Iterator[tuple[str, int]]:
    """Literals that can be translated, and their lines."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call):
            for place in _PLACES.get(called(call), ()):
                argument = call.args[place] if place < len(call.args) else None
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value, argument.lineno
            for word in call.keywords:
                is_tip = called(call) in _SPECS and word.arg == "tip"
                if is_tip and isinstance(word.value, ast.Constant):
                    yield str(word.value.value), word.value.lineno


def source_texts() -> dict[str, list[str]]:
    """All texts, each with the modules that say it."""
    found: dict[str, list[str]] = {}
    for path in files():
        for text, _ in texts_of(path):
            found.setdefault(text, []).append(path.relative_to(PACKAGE.parent).as_posix())
    names = [label_name(n) for n in range(len(LABELS))] + [joint_name(n) for n in range(len(KEYPOINTS))]
    for name in (*names, *SIDES.values()):
        found.setdefault(str(name), []).append("portrait_studio/language/label_names.py")
    return found


def catalogues() -> list[Path]:
    """The files of all translations."""
    return sorted((resources_dir() / "languages").glob("*.ts"))


def entries(path: Path) -> dict[str, str | None]:
    """What a catalogue says of each text; None where the translation is unfinished."""
    found: dict[str, str | None] = {}
    for message in _own_context(path).iter("message"):
        translation = message.find("translation")
        done = translation is not None and translation.get("type") is None
        source = message.findtext("source", "")
        assert source not in found, f"twice in {path.name}: {source}"
        found[source] = (translation.text or "") if done and translation is not None else None
    return found


def _own_context(path: Path) -> ElementTree.Element:
    contexts = ElementTree.parse(path).getroot().iter("context")
    return next(each for each in contexts if each.findtext("name") == CONTEXT)


def of_qt(path: Path) -> list[ElementTree.Element]:
    """The other contexts of a catalogue."""
    contexts = ElementTree.parse(path).getroot().iter("context")
    return [each for each in contexts if each.findtext("name") != CONTEXT]


def write_catalogue(
    path: Path,
    language: str,
    translations: dict[str, str | None],
    others: Iterable[ElementTree.Element] = (),
) -> None:
    """Write the catalogue of all texts of the source, in their order there, then other contexts."""
    root = ElementTree.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = CONTEXT
    for source, modules in source_texts().items():
        message = ElementTree.SubElement(context, "message")
        for module in dict.fromkeys(modules):
            ElementTree.SubElement(message, "location", filename=f"../../{module}")
        ElementTree.SubElement(message, "source").text = source
        said = translations.get(source)
        translation = ElementTree.SubElement(message, "translation")
        translation.text = said or ""
        if not said:
            translation.set("type", "unfinished")
    root.extend(others)
    ElementTree.indent(root, "    ")
    body = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")


if __name__ == "__main__":
    for catalogue in catalogues():
        write_catalogue(catalogue, catalogue.stem, entries(catalogue), of_qt(catalogue))
