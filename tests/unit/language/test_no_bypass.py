"""Nothing that the user reads bypasses the catalogues."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from tests.helpers.source_texts import ERRORS, PACKAGE, called, files, source_texts

SPEAKING = {
    "setText", "setToolTip", "setStatusTip", "setAccessibleName", "setAccessibleDescription", "setTitle",
    "setWindowTitle", "setInformativeText", "setPlaceholderText", "setSpecialValueText", "setEmptyLabel",
    "setHorizontalHeaderLabels", "setItemText", "setTabText", "setPlainText", "setSuffix", "setPrefix",
    "addItem", "addItems", "addTab", "addRow", "addAction", "addMenu", "addButton", "showMessage", "showText",
    "drawText", "draw_name", "draw_tag", "say", "QLabel", "QPushButton", "QCheckBox", "QMenu", "QAction",
    "QListWidgetItem", "QTableWidgetItem", "QGroupBox", "QDockWidget", "QToolBar", "emit",
    "getOpenFileName", "ask_files", "getSaveFileName", "getExistingDirectory",
    "role_label", "hint_label",
}  # fmt: skip
"""What shows the texts that it is given."""
SAME_EVERYWHERE = {
    "Portrait Studio", "Portrait Studio[*]", "[*] - Portrait Studio", "Portrait Studio ",
    " px", " px, ", "PNG (*.png)", "OpenRaster (*", "SHA-256 ", "-mask.png", "-invented.png", "-edit.json",
}  # fmt: skip
"""Names, units and endings of files."""
NOT_SHOWN = {
    "Canvas", "History", "Space", "Tab", "Fusion", "Python ", " on ", "Qt", "PySide6", "QtAwesome",
    "LGPL-3.0-only", "Name", "Version", "License", "License ::", "License-Expression", "Classifier",
    "[^A-Za-z0-9_.-]", "title", "heading", "hint",
}  # fmt: skip
"""Keys and names that the program looks up, and the report of versions that is copied for developers."""
_LOOKS_SPOKEN = re.compile(r"[A-Z][a-z]|[a-z] [a-z]")
_SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]*[a-z)][.!?]$")
TRANSLATING = frozenset({"tr", "Message", "Spec", "ToolSpec"})
GUI = sorted((PACKAGE / "gui").rglob("*.py"))


def spoken(node: ast.AST, translating: AbstractSet[str] = TRANSLATING) -> Iterator[ast.Constant]:
    """String constants that no call translates and that are no documentation."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    translated = isinstance(node, ast.Call) and called(node) in translating
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            if not translated:
                yield child
        elif not (translated and isinstance(child, ast.Tuple)):
            # The keys of a command are no text.
            yield from spoken(child, translating)


@pytest.mark.parametrize("path", GUI, ids=[path.stem for path in GUI])
def test_every_text_of_the_window_goes_through_a_catalogue(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    found = [c for c in spoken(tree) if _LOOKS_SPOKEN.search(c.value) and not c.value.startswith("\nQMain")]
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and called(call) in SPEAKING:
            found += [c for each in call.args for c in spoken(ast.Module([each], [])) if c.value.isalpha()]  # type: ignore[list-item]
    wrong = {f"line {c.lineno}: {c.value!r}" for c in found if c.value not in SAME_EVERYWHERE | NOT_SHOWN}
    assert wrong == set()


def test_texts_are_literals_so_that_they_can_be_found() -> None:
    wrong = []
    for path in files():
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            is_said = isinstance(call, ast.Call) and called(call) in {"tr", "Message", *ERRORS} and call.args
            if is_said and isinstance(call, ast.Call) and isinstance(call.args[0], ast.JoinedStr | ast.BinOp):
                wrong.append(f"{path.name}, line {call.lineno}: {ast.unparse(call.args[0])}")
    assert wrong == []


def test_steps_of_the_history_are_named_by_messages() -> None:
    wrong = []
    for path in sorted((PACKAGE / "session").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and called(call) in {
                "Step",
                "finish",
                "change",
                "_change",
                "_replace",
            }:
                wrong += [f"{path.name}, line {call.lineno}" for _ in call.args and spoken_in(call.args[0])]
    assert wrong == []


@pytest.mark.parametrize("path", files(), ids=[path.stem for path in files()])
def test_every_sentence_of_the_layers_below_is_a_message(path: Path) -> None:
    assert sentences(ast.parse(path.read_text("utf-8"))) == []


def sentences(tree: ast.AST) -> list[str]:
    """Whole sentences that no call makes translatable; documentation is none of them."""
    said = spoken(tree, TRANSLATING | ERRORS)
    return [c.value for c in said if _SENTENCE.match(c.value)]


def test_the_check_finds_sentences() -> None:
    code = 'x = 1\n"""It documents."""\ny = photo, "It keeps its profile."\nz = Message("It is fine.")'
    assert sentences(ast.parse(code)) == ["It keeps its profile."]


def spoken_in(node: ast.AST) -> list[ast.Constant]:
    return list(spoken(ast.Module([node], [])))  # type: ignore[list-item]


def test_the_check_finds_what_bypasses() -> None:
    code = 'a.setText("present")\nb = QLabel(f"Saved {name}.")\nc = tr("Fine")\n"""Documentation of it"""'
    assert [c.value for c in spoken(ast.parse(code))] == ["present", "Saved ", "."]
    assert "Undo" in source_texts()
