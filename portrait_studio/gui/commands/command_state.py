"""Which commands the user may give now."""

from __future__ import annotations

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.commands.file_commands import sample_path
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool


def enabled_commands(session: Session) -> dict[Command | Tool, bool]:
    """For each command that is not always possible, whether it is."""
    document = session.document
    is_open = document is not None
    editable = session.can_edit
    has_folder = document is not None and document.photo.path is not None
    has_labels = document is not None and document.has_wanted_labels
    masked = editable and session.has_mask
    return {
        Command.NEXT_PHOTO: has_folder,
        Command.PREVIOUS_PHOTO: has_folder,
        Command.SAVE: editable,
        Command.SAVE_AS: editable,
        Command.EXPORT: editable,
        Command.EXPORT_LAYERS: editable,
        Command.EXPORT_RECORD: editable and session.history.last_fill is not None,
        Command.COPY: is_open,
        Command.UNDO: session.can_undo,
        Command.REDO: session.can_redo,
        Command.SELECT_ALL: editable,
        Command.CLEAR: masked,
        Command.GROW: masked,
        Command.SHRINK: masked,
        Command.FEATHER: masked,
        Command.FILL_HOLES: masked,
        Command.TIGHTEN: masked and session.segmentation.is_available,
        Command.SHADOW: masked,
        Command.MARK_OTHERS: editable and session.segmentation.finds_people,
        Command.FIND_DAMAGE: editable and session.segmentation.finds_damage,
        Command.NEXT_PERSON: session.can_mark and bool(session.person_dots.dots),
        Command.TIGHTEN_STROKES: session.segmentation.is_available,
        Command.EXPORT_MASK: masked,
        Command.IMPORT_MASK: editable,
        Command.INVERT: editable,
        Tool.EXTEND: is_open,
        Command.RECOVER_FEET: editable,
        Command.RECOVER_FOREHEAD: editable,
        Command.ADD_REFERENCE: editable,
        Command.FILL: editable or session.can_fill,
        Command.AGAIN: session.filling.can_try_again,
        Command.READ_STRUCTURE: editable,
        Command.STRUCTURE: is_open,
        Command.SKELETON: is_open,
        Command.DIVIDER: is_open,
        Command.SIDE_BY_SIDE: is_open,
        Command.INVENTED: is_open,
        Command.EXPORT_INVENTED: editable,
        Command.OTHER_WAYS: session.filling.can_try_again,
        Command.FOUND_FACES: session.filling.can_try_again,
        Command.FILL_ANEW: session.filling.can_fill_anew,
        Command.CLEAR_LABELS: editable and has_labels,
        Command.CLEAR_SOURCES: editable and document is not None and document.has_sources,
        Command.RESET_JOINTS: editable and session.joint_editing.has_moved,
        Command.SAMPLE: sample_path().exists(),
        Command.ZOOM_IN: is_open,
        Command.ZOOM_OUT: is_open,
        Command.FIT: is_open,
        Command.FULL_SIZE: is_open,
    }
