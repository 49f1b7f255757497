"""Which commands the user may give now."""

from __future__ import annotations

from typing import Final

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.commands.file_commands import sample_path
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool

_FOR_PHOTOS: Final = (
    Command.COPY,
    Tool.EXTEND,
    Command.STRUCTURE,
    Command.SKELETON,
    Command.DIVIDER,
    Command.SIDE_BY_SIDE,
    Command.INVENTED,
    Command.ZOOM_IN,
    Command.ZOOM_OUT,
    Command.FIT,
    Command.FULL_SIZE,
)
"""Possible while a photo is open."""
_FOR_EDITS: Final = (
    Command.SAVE,
    Command.SAVE_AS,
    Command.EXPORT,
    Command.EXPORT_LAYERS,
    Command.SELECT_ALL,
    Command.IMPORT_MASK,
    Command.INVERT,
    Command.RECOVER_FEET,
    Command.RECOVER_FOREHEAD,
    Command.ADD_REFERENCE,
    Command.READ_STRUCTURE,
    Command.EXPORT_INVENTED,
)
"""Possible while it may be changed."""
_FOR_MASKS: Final = (
    Command.CLEAR,
    Command.GROW,
    Command.SHRINK,
    Command.FEATHER,
    Command.FILL_HOLES,
    Command.SHADOW,
    Command.EXPORT_MASK,
)
"""Possible while, besides, something is masked."""


def enabled_commands(session: Session) -> dict[Command | Tool, bool]:
    """For each command that is not always possible, whether it is."""
    document = session.document
    is_open = document is not None
    editable = session.can_edit
    has_folder = document is not None and document.photo.path is not None
    has_labels = document is not None and document.has_wanted_labels
    masked = editable and session.has_mask
    return {
        **dict.fromkeys(_FOR_PHOTOS, is_open),
        **dict.fromkeys(_FOR_EDITS, editable),
        **dict.fromkeys(_FOR_MASKS, masked),
        Command.NEXT_PHOTO: has_folder,
        Command.PREVIOUS_PHOTO: has_folder,
        Command.EXPORT_RECORD: editable and session.history.last_fill is not None,
        Command.UNDO: session.can_undo,
        Command.REDO: session.can_redo,
        Command.TIGHTEN: masked and session.segmentation.is_available,
        Command.MARK_OTHERS: editable and session.segmentation.finds_people,
        Command.FIND_DAMAGE: editable and session.segmentation.finds_damage,
        Command.NEXT_PERSON: session.can_mark and bool(session.person_dots.dots),
        Command.TIGHTEN_STROKES: session.segmentation.is_available,
        Command.FILL: editable or session.can_fill,
        Command.AGAIN: session.filling.can_try_again,
        Command.OTHER_WAYS: session.filling.can_try_again,
        Command.FOUND_FACES: session.filling.can_try_again,
        Command.FILL_ANEW: session.filling.can_fill_anew,
        Command.CLEAR_LABELS: editable and has_labels,
        Command.CLEAR_SOURCES: editable and document is not None and document.has_sources,
        Command.RESET_JOINTS: editable and session.joint_editing.has_moved,
        Command.SAMPLE: sample_path().exists(),
    }
