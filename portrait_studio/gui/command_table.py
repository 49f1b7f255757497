"""What the commands of the window are called, their icons, keys and tips; tools are in `canvas.tools`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from portrait_studio.messages import Message


class Command(Enum):
    """What a user can ask for."""

    OPEN = auto()
    RECENT = auto()
    NEXT_PHOTO = auto()
    PREVIOUS_PHOTO = auto()
    SAMPLE = auto()
    PASTE = auto()
    SAVE = auto()
    SAVE_AS = auto()
    EXPORT = auto()
    EXPORT_LAYERS = auto()
    EXPORT_RECORD = auto()
    HISTORY = auto()
    COPY = auto()
    QUIT = auto()
    UNDO = auto()
    REDO = auto()
    RECOVER_FEET = auto()
    RECOVER_FOREHEAD = auto()
    SWAP = auto()
    KEY_POINTER = auto()
    SMALLER = auto()
    LARGER = auto()
    SELECT_ALL = auto()
    CLEAR = auto()
    INVERT = auto()
    GROW = auto()
    SHRINK = auto()
    FEATHER = auto()
    FILL_HOLES = auto()
    TIGHTEN = auto()
    SHADOW = auto()
    MARK_OTHERS = auto()
    FIND_DAMAGE = auto()
    NEXT_PERSON = auto()
    IMPORT_MASK = auto()
    EXPORT_MASK = auto()
    FILL_AT_ONCE = auto()
    TIGHTEN_STROKES = auto()
    LOOPS = auto()
    PRESSURE = auto()
    FILL = auto()
    AGAIN = auto()
    OTHER_WAYS = auto()
    FOUND_FACES = auto()
    CANCEL = auto()
    CANCEL_ALL = auto()
    STRUCTURE = auto()
    READ_STRUCTURE = auto()
    SKELETON = auto()
    DIVIDER = auto()
    SIDE_BY_SIDE = auto()
    INVENTED = auto()
    EXPORT_INVENTED = auto()
    FILL_ANEW = auto()
    ADD_REFERENCE = auto()
    CLEAR_LABELS = auto()
    CLEAR_SOURCES = auto()
    RESET_JOINTS = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    FIT = auto()
    FULL_SIZE = auto()
    PANELS = auto()
    FOLDER = auto()
    PREFERENCES = auto()
    WEIGHTS = auto()
    KEYS = auto()
    NEWS = auto()
    ABOUT = auto()


@dataclass(frozen=True)
class Spec:
    """One command: its text in menus, its icon, its keys, a longer tip, whether it is a switch; English."""

    text: str
    icon: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    is_switch: bool = False
    repeats: bool = False


FILE_COMMANDS: Final[dict[Command, Spec]] = {
    Command.OPEN: Spec("Open…", "ph.folder-open", ("Ctrl+O",), "Open a photo"),
    Command.RECENT: Spec("Open recent", "ph.clock-counter-clockwise", (), "What was open lately"),
    Command.NEXT_PHOTO: Spec(
        "Next photo of the folder", "ph.arrow-right", ("PgDown",), "Open the next photo of the folder"
    ),
    Command.PREVIOUS_PHOTO: Spec(
        "Previous photo of the folder", "ph.arrow-left", ("PgUp",), "Open the photo before in the folder"
    ),
    Command.SAMPLE: Spec("Try the sample photo", "ph.image", (), "Open the photo that comes with it"),
    Command.PASTE: Spec("Paste as photo", "ph.clipboard", ("Ctrl+V",), "Open the picture in the clipboard"),
    Command.SAVE: Spec(
        "Save project", "ph.floppy-disk", ("Ctrl+S",), "Save photo, mask and every step to go on later"
    ),
    Command.SAVE_AS: Spec(
        "Save project as…", "ph.floppy-disk-back", ("Ctrl+Shift+S",), "Save the project to another file"
    ),
    Command.EXPORT: Spec("Export…", "ph.export", ("Ctrl+E",), "Write the result to a file"),
    Command.EXPORT_LAYERS: Spec(
        "Export layers…",
        "ph.stack",
        (),
        "Write original and fill as layers, which GIMP and Krita open (OpenRaster)",
    ),
    Command.EXPORT_RECORD: Spec(
        "Export edit record…",
        "ph.notebook",
        (),
        "Write how to repeat this edit bit for bit; it holds no pixels",
    ),
    Command.HISTORY: Spec(
        "Show history", "ph.list-numbers", ("Ctrl+H",), "List all steps, to go back to any"
    ),
    Command.COPY: Spec("Copy result", "ph.copy", ("Ctrl+C",), "Copy the result to the clipboard"),
    Command.QUIT: Spec("Quit", "ph.sign-out", ("Ctrl+Q",), "Close the window"),
    Command.UNDO: Spec("Undo", "ph.arrow-u-up-left", ("Ctrl+Z",), "Take back the last step"),
    Command.REDO: Spec("Redo", "ph.arrow-u-up-right", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do the step again"),
}
"""Of files and the Edit menu."""

EDITING_COMMANDS: Final[dict[Command, Spec]] = {
    Command.ADD_REFERENCE: Spec(
        "Add reference photo…",
        "ph.image-square",
        ("Ctrl+Shift+O",),
        "Other photos of the same person or place, which fills may borrow from",
    ),
    Command.RECOVER_FEET: Spec(
        "Recover feet", "ph.arrow-line-down", ("Ctrl+Alt+Down",), "Extend the canvas down by 33 %"
    ),
    Command.RECOVER_FOREHEAD: Spec(
        "Recover forehead", "ph.arrow-line-up", ("Ctrl+Alt+Up",), "Extend the canvas up by 14 %"
    ),
    Command.SWAP: Spec("Swap with eraser", "ph.swap", ("X",), "Swap the tool in hand with the eraser"),
    Command.KEY_POINTER: Spec(
        "Point with the keys",
        "ph.arrows-out-cardinal",
        ("P",),
        "Arrow keys move the pointer, Space is its button, Delete the one that takes away",
        True,
    ),
    Command.SMALLER: Spec("Smaller brush", "ph.minus-circle", ("[",), "Shrink the brush", repeats=True),
    Command.LARGER: Spec("Larger brush", "ph.plus-circle", ("]",), "Enlarge the brush", repeats=True),
    Command.SELECT_ALL: Spec("Mark everything", "ph.selection-all", ("Ctrl+A",), "Mask the whole photo"),
    Command.CLEAR: Spec("Clear mask", "ph.selection-slash", ("Ctrl+D",), "Take the whole mask away"),
    Command.INVERT: Spec(
        "Invert mask", "ph.selection-inverse", ("Ctrl+Shift+I",), "Mark what is not marked, and the reverse"
    ),
    Command.GROW: Spec("Grow", "ph.arrows-out-simple", ("}",), "Move the edge of the mask outwards"),
    Command.SHRINK: Spec("Shrink", "ph.arrows-in-simple", ("{",), "Move the edge of the mask inwards"),
    Command.FEATHER: Spec("Feather", "ph.drop-half", ("Shift+F6",), "Make the edge of the mask soft"),
    Command.FILL_HOLES: Spec("Fill holes", "ph.circle-half", ("H",), "Mark what the mask surrounds"),
    Command.TIGHTEN: Spec(
        "Tighten mask",
        "ph.corners-in",
        ("T",),
        "Shrink what is marked loosely to the thing in it and its rim",
    ),
    Command.SHADOW: Spec(
        "Take its shadow too",
        "ph.cloud-sun",
        ("U",),
        "Mark the shadow on the ground or wall that belongs to what is marked",
    ),
    Command.MARK_OTHERS: Spec(
        "Mark other people",
        "ph.users-three",
        ("Shift+P",),
        "Mark everybody but the person whom the photo is of",
    ),
    Command.FIND_DAMAGE: Spec(
        "Find damage",
        "ph.bandaids",
        ("D",),
        "Mark scratches, folds, stains, dates and scribbles of a scanned photo; How tight marks less or more",
    ),
    Command.NEXT_PERSON: Spec(
        "Point at the next person",
        "ph.user-focus",
        ("N",),
        "Go to the next person's dot with the keys: Space marks or keeps, Delete keeps",
        repeats=True,
    ),
    Command.IMPORT_MASK: Spec(
        "Import mask…", "ph.download-simple", (), "Take the mask from a picture, soft edges included"
    ),
    Command.EXPORT_MASK: Spec("Export mask…", "ph.upload-simple", (), "Write the mask to a PNG file"),
    Command.FILL_AT_ONCE: Spec(
        "Fill after each stroke", "ph.lightning", (), "Fill as soon as something is marked", True
    ),
    Command.TIGHTEN_STROKES: Spec(
        "Tighten what is drawn",
        "ph.corners-in",
        ("Shift+T",),
        "Each stroke, rectangle or lasso shrinks to the thing in it; Undo brings it back as drawn",
        True,
    ),
    Command.LOOPS: Spec(
        "Loops take what they surround",
        "ph.circle-dashed",
        (),
        "A stroke around a thing marks all of it",
        True,
    ),
    Command.PRESSURE: Spec(
        "Pen pressure sets the width", "ph.pencil-line", (), "A pen that presses less paints thinner", True
    ),
    Command.FILL: Spec(
        "Fill", "ph.magic-wand", ("Return", "Enter"), "Remove what is masked and recover what lies behind"
    ),
    Command.AGAIN: Spec(
        "Another try", "ph.arrows-clockwise", ("Ctrl+Return",), "Fill the last hole again, differently"
    ),
    Command.OTHER_WAYS: Spec(
        "More ways",
        "ph.stack",
        ("Ctrl+Alt+Return",),
        "Three fills of other kinds to choose from; what is shown stays",
    ),
    Command.FOUND_FACES: Spec(
        "Faces by search",
        "ph.smiley",
        (),
        "Search a small network for faces that fit, best first; slow, blurred and worse than the best method",
    ),
    Command.CANCEL: Spec("Cancel", "ph.x", ("Esc",), "Stop the stroke or the job under way"),
    Command.CANCEL_ALL: Spec(
        "Cancel all", "ph.x-circle", ("Shift+Esc",), "Stop the job under way and those that wait"
    ),
    Command.STRUCTURE: Spec(
        "Show structure", "ph.person", ("S",), "Lay the predicted parsing map over the photo", True
    ),
    Command.READ_STRUCTURE: Spec(
        "Read structure behind the mask",
        "ph.crosshair",
        ("Ctrl+R",),
        "Predict the parsing map, hole included",
    ),
    Command.DIVIDER: Spec(
        "Compare with a divider",
        "ph.square-half",
        ("V",),
        "Original on the left of a line, result on the right",
        True,
    ),
    Command.SIDE_BY_SIDE: Spec(
        "Compare side by side", "ph.columns", ("Shift+V",), "Original and result next to each other", True
    ),
    Command.INVENTED: Spec(
        "Show invented pixels", "ph.circles-three-plus", ("I",), "Tint what no camera has seen", True
    ),
    Command.EXPORT_INVENTED: Spec(
        "Export map of invented pixels…", "ph.upload-simple", (), "Write that map to a PNG file"
    ),
    Command.SKELETON: Spec(
        "Show skeleton", "ph.person-simple", ("Shift+S",), "Draw the joints over the photo; drag them", True
    ),
    Command.FILL_ANEW: Spec(
        "Fill again from this structure",
        "ph.paint-bucket",
        ("Ctrl+Shift+Return",),
        "Fill by the labels and joints that you want",
    ),
    Command.CLEAR_SOURCES: Spec(
        "Clear marks of what may be copied",
        "ph.eraser",
        (),
        "Take away what is marked to be copied from, or not to be",
    ),
    Command.CLEAR_LABELS: Spec("Clear painted labels", "ph.trash", (), "Forget the labels that you painted"),
    Command.RESET_JOINTS: Spec("Reset joints", "ph.person-simple", (), "Let all joints be predicted again"),
    Command.ZOOM_IN: Spec(
        "Zoom in", "ph.magnifying-glass-plus", ("Ctrl++", "Ctrl+="), "Zoom in", repeats=True
    ),
    Command.ZOOM_OUT: Spec("Zoom out", "ph.magnifying-glass-minus", ("Ctrl+-",), "Zoom out", repeats=True),
    Command.FIT: Spec("Fit photo", "ph.arrows-in", ("Ctrl+0",), "Show the whole photo"),
    Command.FULL_SIZE: Spec(
        "100 %", "ph.number-square-one", ("Ctrl+1",), "Show photo pixels as screen pixels"
    ),
    Command.PANELS: Spec(
        "Show panels", "ph.layout", ("F12",), "Show or hide the panels beside the photo", True
    ),
    Command.FOLDER: Spec(
        "Show folder",
        "ph.film-strip",
        ("F11",),
        "Small pictures of the photos beside this one",
        True,
    ),
    Command.PREFERENCES: Spec(
        "Preferences…", "ph.gear", ("Ctrl+,",), "Theme, autosave, device, precision, threads and keys"
    ),
    Command.WEIGHTS: Spec(
        "Weights…", "ph.database", (), "Networks in use: data, terms, figures, checksum; import others"
    ),
    Command.KEYS: Spec("Keys", "ph.keyboard", ("F1", "?"), "List all keys and gestures"),
    Command.NEWS: Spec("What is new", "ph.newspaper", (), "What each version brought"),
    Command.ABOUT: Spec("About", "ph.info", (), "Version, licences, weights, and a report for a mistake"),
}

GESTURES: Final[tuple[tuple[Message, Message], ...]] = (
    (Message("Drag"), Message("Paint with the tool in hand")),
    (Message("Right-drag, Alt+drag"), Message("Take away from the mask")),
    (Message("Stroke around a thing"), Message("Mark all of it, if Loops take what they surround is on")),
    (Message("Click with Pick things"), Message("Mark a thing or a person; Shift adds, Alt takes away")),
    (
        Message("Click a dot with Pick things"),
        Message("Mark the person, or keep whom the mask takes; Delete keeps the one under the pointer"),
    ),
    (
        Message("Drag with Pick things"),
        Message("Find the thing that fills the rectangle; clicks near what was found add to it or take away"),
    ),
    (Message("Drag an edge with Extend"), Message("Extend the canvas; Enter fills what is new, Esc leaves")),
    (Message("Shift+click"), Message("Straight stroke from the end of the last one")),
    (Message("Drag a joint of the skeleton"), Message("Put it elsewhere; arrow keys nudge it, Shift by 10")),
    (Message("Alt+wheel"), Message("Brush size")),
    (Message("Ctrl+wheel, pinch"), Message("Zoom at the pointer")),
    (Message("Space+drag, middle-drag"), Message("Move the photo, even mid-stroke")),
    (Message("Wheel, arrow keys"), Message("Scroll")),
    (Message("\\ (hold)"), Message("Compare with the original")),
    (
        Message("Arrow keys, Space, Delete"),
        Message(
            "With Point with the keys, move the pointer and press; Shift: in small steps, Ctrl: in large ones"
        ),
    ),
    (
        Message("Left, right"),
        Message("With candidates, the one before, the next; up and down go through holes, Enter keeps"),
    ),
    (Message("Drop a file"), Message("Open it")),
)
