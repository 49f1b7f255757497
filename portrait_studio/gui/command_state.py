"""Which commands the user may give now."""

from __future__ import annotations

from portrait_studio.gui.actions import Command
from portrait_studio.gui.file_commands import sample_path
from portrait_studio.session.session import Session


def enabled_commands(session: Session) -> dict[Command, bool]:
    """For each command that is not always possible, whether it is."""
    is_open = session.document is not None
    editable = session.can_edit
    has_folder = session.document is not None and session.document.photo.path is not None
    masked = editable and session.has_mask
    return {
        Command.NEXT_PHOTO: has_folder,
        Command.PREVIOUS_PHOTO: has_folder,
        Command.SAVE: editable,
        Command.SAVE_AS: editable,
        Command.EXPORT: editable,
        Command.EXPORT_RECORD: editable and session.has_fill,
        Command.COPY: is_open,
        Command.UNDO: session.can_undo,
        Command.REDO: session.can_redo,
        Command.SELECT_ALL: editable,
        Command.CLEAR: masked,
        Command.GROW: masked,
        Command.SHRINK: masked,
        Command.FEATHER: masked,
        Command.FILL_HOLES: masked,
        Command.EXPORT_MASK: masked,
        Command.IMPORT_MASK: editable,
        Command.INVERT: editable,
        Command.EXTEND: is_open,
        Command.RECOVER_FEET: editable,
        Command.RECOVER_FOREHEAD: editable,
        Command.FILL: editable,
        Command.AGAIN: session.can_fill_again,
        Command.READ_STRUCTURE: editable,
        Command.STRUCTURE: is_open,
        Command.SKELETON: is_open,
        Command.DIVIDER: is_open,
        Command.SIDE_BY_SIDE: is_open,
        Command.INVENTED: is_open,
        Command.EXPORT_INVENTED: editable,
        Command.OTHER_WAYS: session.can_fill_again,
        Command.FILL_ANEW: session.filling.can_fill_anew,
        Command.CLEAR_LABELS: editable and session.has_wanted_structure,
        Command.RESET_JOINTS: editable and session.posing.has_moved,
        Command.SAMPLE: sample_path().exists(),
        Command.ZOOM_IN: is_open,
        Command.ZOOM_OUT: is_open,
        Command.FIT: is_open,
        Command.FULL_SIZE: is_open,
    }
