"""What the program is, its version, and the licences of everything that it is made of."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib import metadata

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from portrait_studio import __version__
from portrait_studio.gui.dialogs.message_boxes import fit
from portrait_studio.gui.widgets.tables import plain_table, show_rows
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

_TEXT = Message(
    "Removes things from photographs of people and recovers the body behind them, offline: nothing is"
    " uploaded or downloaded. What is painted is invented; it is no evidence of what was there.\n\n"
    "The program and its translations are under the Apache License 2.0, the demo photo in the public domain;"
    " the terms of the weights stand in the weights dialog and in their model cards. Qt is used under the"
    " LGPL."
)

_OWN_LIST = (
    "numpy",
    "opencv-python",
    "pillow",
    "platformdirs",
    "PySide6",
    "QtAwesome",
    "safetensors",
    "scipy",
    "torch",
    "torchvision",
    "tqdm",
)
"""What the program needs; the package's own list is only there once it is installed."""


class AboutDialog(QDialog):
    """Version and licences; the versions can be copied for a report."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Look up what is installed."""
        super().__init__(parent)
        self.setWindowTitle(tr("About Portrait Studio"))
        title = QLabel(f"Portrait Studio {__version__}", self)
        title.setProperty("role", "title")
        text = QLabel(tr(_TEXT), self)
        text.setWordWrap(True)
        rows = list(_packages())
        self.table = plain_table(
            (tr("Part"), tr("Version"), tr("Licence")), tr("Parts and their licences"), self
        )
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        show_rows(self.table, rows)
        self._versions = "\n".join(
            [f"Portrait Studio {__version__}", f"Python {platform.python_version()} on {platform.platform()}"]
            + [f"{name} {version}" for name, version, _ in rows]
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton(tr("Copy versions"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip(tr("Copy all versions to the clipboard, for a report"))
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 14)
        layout.setSpacing(12)
        for widget in (title, text, self.table, buttons):
            layout.addWidget(widget)
        fit(self, 560, 520)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._versions)


def _packages() -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of Qt and of each package that the program needs."""
    yield "Qt", str(qVersion()), "LGPL-3.0-only"
    for name in _needed():
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        yield found["Name"], found["Version"], _licence(found)


def _needed() -> list[str]:
    try:
        wanted = [text for text in metadata.requires("portrait-studio") or () if "extra ==" not in text]
    except metadata.PackageNotFoundError:
        # Started from a source folder that was never installed.
        return list(_OWN_LIST)
    return sorted({re.split(r"[^A-Za-z0-9_.-]", text, maxsplit=1)[0] for text in wanted}, key=str.lower)


def _licence(found: metadata.PackageMetadata) -> str:
    """SPDX expression, else the classifier, else the first line of the free text."""
    if "License-Expression" in found:
        return str(found["License-Expression"])
    classifiers = [c for c in found.get_all("Classifier") or () if c.startswith("License ::")]
    if classifiers:
        return ", ".join(c.rpartition(" :: ")[2] for c in classifiers)
    texts = found.get_all("License") or [tr("see the package")]
    return str(texts[0]).strip().partition("\n")[0]
