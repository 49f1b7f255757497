"""What is new: the changelog that comes with the program."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from portrait_studio.gui.dialogs.message_boxes import fit
from portrait_studio.gui.widgets.layouts import filled, spaced
from portrait_studio.language.translation import tr
from portrait_studio.locations import resources_dir


class NewsDialog(QDialog):
    """The changelog, newest version first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Show it in the language of the user."""
        super().__init__(parent)
        self.setWindowTitle(tr("What is new"))
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(tr("What is new"))
        # Each language has a file of its own.
        changelog = resources_dir() / tr("CHANGELOG.md")
        self.text.setMarkdown(changelog.read_text("utf-8"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        filled(spaced(QVBoxLayout(self), 12, (18, 18, 18, 14)), self.text, buttons)
        fit(self, 640, 560)
