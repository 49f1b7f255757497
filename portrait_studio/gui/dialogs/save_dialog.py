"""Asks for a file to write, and again where one would be lost that the user did not name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from portrait_studio.gui.dialogs.export_dialog import folder_for
from portrait_studio.gui.dialogs.message_boxes import ask_overwrite
from portrait_studio.imaging.photo import Photo


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


def ask_beside(parent: QWidget, photo: Photo, ending: str, title: str, kinds: str) -> Path | None:
    """Let the user choose a file that belongs to a photo; one beside it is proposed.

    Args:
        parent: window that asks.
        photo: the photo that is open.
        ending: what follows the name of the photo's file, such as "-mask.png".
        title: of the dialog.
        kinds: of files, as Qt filters them.

    Returns:
        The file; None when the user thinks better of it.
    """
    stem = photo.path.stem if photo.path is not None else "photo"
    proposed = folder_for(photo) / f"{stem}{ending}"
    return ask_target(parent, title, proposed, kinds, Path(ending).suffix, photo.path)
