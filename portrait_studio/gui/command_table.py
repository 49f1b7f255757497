"""What the commands of the window are called, their icons, keys and tips; tools are in `canvas.tools`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from typing import Final

from portrait_studio.messages import Message


@dataclass(frozen=True)
class Spec:
    """One command: its text in menus, its icon, its keys, a longer tip, whether it is a switch; English."""

    text: str
    icon: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    is_switch: bool = False
    repeats: bool = False


@unique
class Command(Enum):
    """What a user can ask for, and how it is offered; those of files and the Edit menu come first."""

    OPEN = Spec("Open…", "ph.folder-open", ("Ctrl+O",), "Open a photo")
    RECENT = Spec("Open recent", "ph.clock-counter-clockwise", (), "What was open lately")
    NEXT_PHOTO = Spec(
        "Next photo of the folder", "ph.arrow-right", ("PgDown",), "Open the next photo of the folder"
    )
    PREVIOUS_PHOTO = Spec(
        "Previous photo of the folder", "ph.arrow-left", ("PgUp",), "Open the photo before in the folder"
    )
    SAMPLE = Spec("Try the sample photo", "ph.image", (), "Open the photo that comes with it")
    PASTE = Spec("Paste as photo", "ph.clipboard", ("Ctrl+V",), "Open the picture in the clipboard")
    SAVE = Spec(
        "Save project", "ph.floppy-disk", ("Ctrl+S",), "Save photo, mask and every step to go on later"
    )
    SAVE_AS = Spec(
        "Save project as…", "ph.floppy-disk-back", ("Ctrl+Shift+S",), "Save the project to another file"
    )
    EXPORT = Spec("Export…", "ph.export", ("Ctrl+E",), "Write the result to a file")
    EXPORT_LAYERS = Spec(
        "Export layers…",
        "ph.stack",
        (),
        "Write original and fill as layers, which GIMP and Krita open (OpenRaster)",
    )
    EXPORT_RECORD = Spec(
        "Export edit record…",
        "ph.notebook",
        (),
        "Write how to repeat this edit bit for bit; it holds no pixels",
    )
    HISTORY = Spec("Show history", "ph.list-numbers", ("Ctrl+H",), "List all steps, to go back to any")
    COPY = Spec("Copy result", "ph.copy", ("Ctrl+C",), "Copy the result to the clipboard")
    QUIT = Spec("Quit", "ph.sign-out", ("Ctrl+Q",), "Close the window")
    UNDO = Spec("Undo", "ph.arrow-u-up-left", ("Ctrl+Z",), "Take back the last step")
    REDO = Spec("Redo", "ph.arrow-u-up-right", ("Ctrl+Shift+Z", "Ctrl+Y"), "Do the step again")
    ADD_REFERENCE = Spec(
        "Add reference photo…",
        "ph.image-square",
        ("Ctrl+Shift+O",),
        "Other photos of the same person or place, which fills may borrow from",
    )
    RECOVER_FEET = Spec(
        "Recover feet", "ph.arrow-line-down", ("Ctrl+Alt+Down",), "Extend the canvas down by 33 %"
    )
    RECOVER_FOREHEAD = Spec(
        "Recover forehead", "ph.arrow-line-up", ("Ctrl+Alt+Up",), "Extend the canvas up by 14 %"
    )
    SWAP = Spec("Swap with eraser", "ph.swap", ("X",), "Swap the tool in hand with the eraser")
    KEY_POINTER = Spec(
        "Point with the keys",
        "ph.arrows-out-cardinal",
        ("P",),
        "Arrow keys move the pointer, Space is its button, Delete the one that takes away",
        True,
    )
    SMALLER = Spec("Smaller brush", "ph.minus-circle", ("[",), "Shrink the brush", repeats=True)
    LARGER = Spec("Larger brush", "ph.plus-circle", ("]",), "Enlarge the brush", repeats=True)
    SELECT_ALL = Spec("Mark everything", "ph.selection-all", ("Ctrl+A",), "Mask the whole photo")
    CLEAR = Spec("Clear mask", "ph.selection-slash", ("Ctrl+D",), "Take the whole mask away")
    INVERT = Spec(
        "Invert mask", "ph.selection-inverse", ("Ctrl+Shift+I",), "Mark what is not marked, and the reverse"
    )
    GROW = Spec("Grow", "ph.arrows-out-simple", ("}",), "Move the edge of the mask outwards")
    SHRINK = Spec("Shrink", "ph.arrows-in-simple", ("{",), "Move the edge of the mask inwards")
    FEATHER = Spec("Feather", "ph.drop-half", ("Shift+F6",), "Make the edge of the mask soft")
    FILL_HOLES = Spec("Fill holes", "ph.circle-half", ("H",), "Mark what the mask surrounds")
    TIGHTEN = Spec(
        "Tighten mask",
        "ph.corners-in",
        ("T",),
        "Shrink what is marked loosely to the thing in it and its rim",
    )
    SHADOW = Spec(
        "Take its shadow too",
        "ph.cloud-sun",
        ("U",),
        "Mark the shadow on the ground or wall that belongs to what is marked",
    )
    MARK_OTHERS = Spec(
        "Mark other people",
        "ph.users-three",
        ("Shift+P",),
        "Mark everybody but the person whom the photo is of",
    )
    FIND_DAMAGE = Spec(
        "Find damage",
        "ph.bandaids",
        ("D",),
        "Mark scratches, folds, stains, dates and scribbles of a scanned photo; How tight marks less or more",
    )
    NEXT_PERSON = Spec(
        "Point at the next person",
        "ph.user-focus",
        ("N",),
        "Go to the next person's dot with the keys: Space marks or keeps, Delete keeps",
        repeats=True,
    )
    IMPORT_MASK = Spec(
        "Import mask…", "ph.download-simple", (), "Take the mask from a picture, soft edges included"
    )
    EXPORT_MASK = Spec("Export mask…", "ph.upload-simple", (), "Write the mask to a PNG file")
    FILL_AT_ONCE = Spec(
        "Fill after each stroke", "ph.lightning", (), "Fill as soon as something is marked", True
    )
    TIGHTEN_STROKES = Spec(
        "Tighten what is drawn",
        "ph.corners-in",
        ("Shift+T",),
        "Each stroke, rectangle or lasso shrinks to the thing in it; Undo brings it back as drawn",
        True,
    )
    LOOPS = Spec(
        "Loops take what they surround",
        "ph.circle-dashed",
        (),
        "A stroke around a thing marks all of it",
        True,
    )
    PRESSURE = Spec(
        "Pen pressure sets the width", "ph.pencil-line", (), "A pen that presses less paints thinner", True
    )
    FILL = Spec(
        "Fill", "ph.magic-wand", ("Return", "Enter"), "Remove what is masked and recover what lies behind"
    )
    AGAIN = Spec(
        "Another try", "ph.arrows-clockwise", ("Ctrl+Return",), "Fill the last hole again, differently"
    )
    OTHER_WAYS = Spec(
        "More ways",
        "ph.stack",
        ("Ctrl+Alt+Return",),
        "Three fills of other kinds to choose from; what is shown stays",
    )
    FOUND_FACES = Spec(
        "Faces by search",
        "ph.smiley",
        (),
        "Search a small network for faces that fit, best first; slow, blurred and worse than the best method",
    )
    CANCEL = Spec("Cancel", "ph.x", ("Esc",), "Stop the stroke or the job under way")
    CANCEL_ALL = Spec(
        "Cancel all", "ph.x-circle", ("Shift+Esc",), "Stop the job under way and those that wait"
    )
    STRUCTURE = Spec(
        "Show structure", "ph.person", ("S",), "Lay the predicted parsing map over the photo", True
    )
    READ_STRUCTURE = Spec(
        "Read structure behind the mask",
        "ph.crosshair",
        ("Ctrl+R",),
        "Predict the parsing map, hole included",
    )
    DIVIDER = Spec(
        "Compare with a divider",
        "ph.square-half",
        ("V",),
        "Original on the left of a line, result on the right",
        True,
    )
    SIDE_BY_SIDE = Spec(
        "Compare side by side", "ph.columns", ("Shift+V",), "Original and result next to each other", True
    )
    INVENTED = Spec(
        "Show invented pixels", "ph.circles-three-plus", ("I",), "Tint what no camera has seen", True
    )
    EXPORT_INVENTED = Spec(
        "Export map of invented pixels…", "ph.upload-simple", (), "Write that map to a PNG file"
    )
    SKELETON = Spec(
        "Show skeleton", "ph.person-simple", ("Shift+S",), "Draw the joints over the photo; drag them", True
    )
    FILL_ANEW = Spec(
        "Fill again from this structure",
        "ph.paint-bucket",
        ("Ctrl+Shift+Return",),
        "Fill by the labels and joints that you want",
    )
    CLEAR_SOURCES = Spec(
        "Clear marks of what may be copied",
        "ph.eraser",
        (),
        "Take away what is marked to be copied from, or not to be",
    )
    CLEAR_LABELS = Spec("Clear painted labels", "ph.trash", (), "Forget the labels that you painted")
    RESET_JOINTS = Spec("Reset joints", "ph.person-simple", (), "Let all joints be predicted again")
    ZOOM_IN = Spec("Zoom in", "ph.magnifying-glass-plus", ("Ctrl++", "Ctrl+="), "Zoom in", repeats=True)
    ZOOM_OUT = Spec("Zoom out", "ph.magnifying-glass-minus", ("Ctrl+-",), "Zoom out", repeats=True)
    FIT = Spec("Fit photo", "ph.arrows-in", ("Ctrl+0",), "Show the whole photo")
    FULL_SIZE = Spec("100 %", "ph.number-square-one", ("Ctrl+1",), "Show photo pixels as screen pixels")
    PANELS = Spec("Show panels", "ph.layout", ("F12",), "Show or hide the panels beside the photo", True)
    FOLDER = Spec(
        "Show folder",
        "ph.film-strip",
        ("F11",),
        "Small pictures of the photos beside this one",
        True,
    )
    PREFERENCES = Spec(
        "Preferences…", "ph.gear", ("Ctrl+,",), "Theme, autosave, device, precision, threads and keys"
    )
    WEIGHTS = Spec(
        "Weights…", "ph.database", (), "Networks in use: data, terms, figures, checksum; import others"
    )
    KEYS = Spec("Keys", "ph.keyboard", ("F1", "?"), "List all keys and gestures")
    NEWS = Spec("What is new", "ph.newspaper", (), "What each version brought")
    ABOUT = Spec("About", "ph.info", (), "Version, licences, weights, and a report for a mistake")


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
