"""Asks for a file to write, and again where one would be lost that the user did not name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from portrait_studio.gui.dialogs.export_dialog import folder_for
from portrait_studio.gui.dialogs.message_boxes import ask_overwrite
from portrait_studio.session.session import Session


def ask_target(
    parent: QWidget, title: str, proposed: Path, kinds: str, suffix: str, source: Path | None
) -> Path | None:
    """Let the user choose a file to write.

    Args:
        parent: window that asks.
        title: of the dialog.
        proposed: the file that it proposes.
        kinds: of files, as Qt filters them.
        suffix: for a name without any.
        source: the photo that is open, if it has a file.

    Returns:
        The file; None when the user thinks better of it.
    """
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(proposed), kinds)
    if not chosen:
        return None
    named = Path(chosen)
    path = named if named.suffix else named.with_name(named.name + suffix)
    if not path.exists():
        return path
    is_source = source is not None and source.exists() and path.samefile(source)
    # The dialog has asked about a file that was there by the very name that was chosen.
    if path == named and not is_source:
        return path
    return path if ask_overwrite(parent, path, is_source=is_source) else None


def write_beside(
    parent: QWidget, session: Session, ending: str, title: str, kinds: str, write: Callable[[Path], None]
) -> None:
    """Let the user choose a file that belongs to the open photo, if there is one, and write it.

    Args:
        parent: window that asks.
        session: whose photo it is; a file beside that is proposed.
        ending: what follows the name of the photo's file, such as "-mask.png".
        title: of the dialog.
        kinds: of files, as Qt filters them.
        write: not called when the user thinks better of it.
    """
    if session.document is None:
        return
    photo = session.document.photo
    stem = photo.path.stem if photo.path is not None else "photo"
    proposed = folder_for(photo) / f"{stem}{ending}"
    path = ask_target(parent, title, proposed, kinds, Path(ending).suffix, photo.path)
    if path is not None:
        write(path)
