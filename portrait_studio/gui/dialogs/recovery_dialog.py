"""What the window offers after a crash: the unsaved work that was kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.gui.dialogs.message_boxes import confirm, fit
from portrait_studio.gui.widgets.layouts import filled, hint_label, role_label, sentence_label, spaced
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message
from portrait_studio.session.autosave import Autosave
from portrait_studio.session.recovery import Recoverable

_MOST_NAMED: Final = 5
_WIDEST_PX: Final = 760
_MOST_ROWS: Final = 5


class RecoveryDialog(QDialog):
    """A list of unsaved work; accepted to recover the chosen one, rejected to be asked again next time."""

    def __init__(
        self,
        found: Sequence[Recoverable],
        parent: QWidget | None = None,
        unreadable: Sequence[Path] = (),
    ) -> None:
        """Make it.

        Args:
            found: what was found, the latest first.
            parent: above which window.
            unreadable: files of work that cannot be read.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Recover unsaved work"))
        self._found = list(found)
        title = role_label(tr("The program ended unexpectedly"), "title", self)
        text = hint_label(tr("These edits were kept. Recover one to go on where you were."), self)
        self.list = self._list_of(found)
        buttons = QDialogButtonBox(self)
        self.recover_button = QPushButton(tr("Recover"), self, default=True)
        self.recover_button.setProperty("prominent", True)
        self.delete_button = QPushButton(tr("Delete…"), self, autoDefault=False)
        self.delete_button.setToolTip(tr("Delete the chosen work for good"))
        later = QPushButton(tr("Not now"), self, autoDefault=False)
        later.setToolTip(tr("Ask again at the next start"))
        buttons.addButton(self.recover_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.delete_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(later, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.delete_button.clicked.connect(self._delete)
        column = spaced(QVBoxLayout(self), 12, (18, 18, 18, 14))
        filled(column, title, text, self.list, *self._unreadable_label(unreadable), buttons)
        fit(self, 500, 0)
        self.list.setFocus()

    def _list_of(self, found: Sequence[Recoverable]) -> QListWidget:
        works = QListWidget(self)
        works.setAccessibleName(tr("Unsaved work"))
        for one in found:
            QListWidgetItem(_lines(one), works).setToolTip(_lines(one))
        works.setCurrentRow(0)
        works.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        works.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        works.setMinimumWidth(min(_WIDEST_PX, works.sizeHintForColumn(0) + 24))
        rows = min(_MOST_ROWS, max(2, len(found)))
        works.setFixedHeight(12 + rows * max(1, works.sizeHintForRow(0)))
        works.itemDoubleClicked.connect(self.accept)
        return works

    def _unreadable_label(self, unreadable: Sequence[Path]) -> list[QWidget]:
        if not unreadable:
            return []
        return [sentence_label(tr(unreadable_sentence(unreadable)), self)]

    @property
    def chosen(self) -> Recoverable | None:
        """What the list stands on."""
        row = self.list.currentRow()
        return self._found[row] if 0 <= row < len(self._found) else None

    @property
    def left(self) -> list[Recoverable]:
        """What was not deleted."""
        return list(self._found)

    def _delete(self) -> None:
        chosen = self.chosen
        if chosen is None or not confirm(
            self,
            tr("Delete the unsaved edits of “{name}”?", name=chosen.origin.name),
            tr("They cannot be brought back. The photo itself is not touched."),
            tr("Delete"),
        ):
            return
        chosen.file.clear()
        self._found.remove(chosen)
        self.list.takeItem(self.list.currentRow())
        if not self._found:
            self.reject()


def _lines(one: Recoverable) -> str:
    """When it was kept stands in a line of its own, so that no long name pushes it out of sight."""
    when = QDateTime.fromSecsSinceEpoch(int(one.saved_at))
    time = QLocale().toString(when, QLocale.FormatType.ShortFormat)
    place = one.origin.project or one.origin.photo
    folder = f"\n{place.parent}" if place is not None else ""
    return f"{one.origin.name}\n{tr('Kept {time}', time=time)}{folder}"


def unreadable_sentence(paths: Sequence[Path]) -> Message:
    """Names work that cannot be read.

    Args:
        paths: its files, at least one.
    """
    names = ", ".join(path.name for path in paths[:_MOST_NAMED])
    return Message(
        "Cannot be read, and stays in {folder}: {names}",
        folder=paths[0].parent,
        names=names if len(paths) <= _MOST_NAMED else f"{names} …",
    )


def offer_recovery(autosave: Autosave, parent: QWidget) -> bool:
    """Ask about work that crashes left behind, if there is any; whether some is being opened now."""
    found = autosave.find()
    if not found.recoverable:
        if found.unreadable:
            autosave.failed.emit(unreadable_sentence(found.unreadable))
        return False
    dialog = RecoveryDialog(found.recoverable, parent, found.unreadable)
    is_accepted = dialog.exec() == QDialog.DialogCode.Accepted
    chosen = dialog.chosen if is_accepted else None
    for one in dialog.left:
        if one is not chosen:
            one.file.release()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.close()
    if chosen is None:
        return False
    autosave.recover(chosen)
    return True
