"""Edit records: a JSON file that says how to repeat an edit bit for bit, offline, from the same photo.

It holds no pixels of the photo: only its checksum, and for each fill mask, painted labels, options, seed and
the checksums of the weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from portrait_studio import __version__
from portrait_studio.document.checksum import pixels_sha256
from portrait_studio.document.deltas import Plane, PlaneName
from portrait_studio.document.fill_record import FILL_RECORD, FillRecord
from portrait_studio.document.history import Snapshot
from portrait_studio.document.packed_plane import PACKED_PLANE, PackedPlane, pack_plane, unpack_plane
from portrait_studio.document.saved_file import read_bounds, reading, shown_version, write_bounds
from portrait_studio.errors import ExportError, ProjectError
from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.canvas_extension import MOST_PIXELS, check_canvas, laid_on
from portrait_studio.imaging.decoding import MOST_PAGES
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo
from portrait_studio.json_text import as_int, as_list, as_object, as_text, parse_object
from portrait_studio.messages import Message
from portrait_studio.ordinary_file import read_file

FORMAT: Final = "portrait-studio edit record"
VERSION: Final = 7
MOST_BYTES: Final = 128 << 20

_MOST_LETTERS: Final = 1000
_MOST_FILLS: Final = 10_000


@dataclass(frozen=True, eq=False)
class RecordedFill:
    """One fill of an edit.

    Attributes:
        how: options, seed, painted labels and weights.
        canvas: what was shown, in photo pixels.
        packed_mask: what was to be filled, over the canvas; new parts of the canvas always are.
    """

    how: FillRecord
    canvas: Bounds
    packed_mask: PackedPlane | None

    @property
    def mask(self) -> Mask:
        """(H, W) uint8 over the canvas, what was to be filled; unpacked anew each time.

        Raises:
            ProjectError: the picture in the record proves to be damaged.
        """
        return unpack_plane(self.packed_mask, self.canvas.extent)


@dataclass(frozen=True, eq=False)
class EditRecord:
    """How to repeat an edit.

    Attributes:
        photo_name: for the user to read.
        extent: size of the photo.
        canvas: of the result, in photo pixels.
        photo_sha256: of its pixels; see `pixels_sha256`.
        result_sha256: of the pixels of the result.
        program: version that made the edit.
        fills: in the order in which they were made.
        page: number of the photo in a file of several pictures; None = the file held one.
    """

    photo_name: str
    extent: Extent
    canvas: Bounds
    photo_sha256: str
    result_sha256: str
    program: str
    fills: tuple[RecordedFill, ...]
    page: int | None = None

    def check_photo(self, photo: Photo) -> None:
        """Make sure that it is about this photo.

        Raises:
            ProjectError: it is about another one.
        """
        if photo.extent != self.extent or pixels_sha256(photo.pixels) != self.photo_sha256:
            given = photo.path.name if photo.path is not None else Message("This picture")
            raise ProjectError(
                "{given} is not the photo that the edit was made of ({name},"
                " {width} x {height} pixels); give that one.",
                given=given,
                name=self.photo_name,
                width=self.extent.width,
                height=self.extent.height,
            )


def record_edit(snapshot: Snapshot) -> EditRecord:
    """Collect the applied fills of a history.

    Args:
        snapshot: of the document; used up by this.

    Raises:
        ProjectError: nothing was filled.
        OSError: the document was closed meanwhile.
    """
    photo, extent = snapshot.photo, snapshot.photo.extent
    canvas = snapshot.canvas
    result = pixels_sha256(_with(laid_on(photo.pixels, canvas), canvas, snapshot.touched(PlaneName.IMAGE)))
    fills = []
    for number, change in snapshot.changes():
        if change.fill is not None and number < snapshot.applied:
            empty = np.zeros((change.canvas.height, change.canvas.width), np.uint8)
            mask = _with(empty, change.canvas, snapshot.touched(PlaneName.MASK))
            fills.append(RecordedFill(change.fill, change.canvas, pack_plane(mask)))
    if not fills:
        raise ProjectError("There is nothing to record: nothing has been filled yet.")
    name = photo.path.name if photo.path is not None else "a pasted picture"
    before = pixels_sha256(photo.pixels)
    return EditRecord(name, extent, canvas, before, result, __version__, tuple(reversed(fills)), photo.page)


def _with(plane: Plane, canvas: Bounds, part: tuple[Bounds, Plane] | None) -> Any:
    """The plane of a canvas with the part of it replaced that has a place, in photo pixels, and values."""
    if part is not None:
        place, values = part
        common = place.intersected(canvas)
        inner = common.shifted(-canvas.left, -canvas.top)
        plane[inner.slices] = values[common.shifted(-place.left, -place.top).slices]
    return plane


def write_record(record: EditRecord, path: Path, opening: Opening = replacing) -> None:
    """Write an edit record.

    Args:
        record: what to write.
        path: file to create or replace.
        opening: how the file takes its place.

    Raises:
        ExportError: the file cannot be written, or the edit is too long for one.
    """
    whole = Bounds.of(record.extent)
    is_plain = all(canvas == whole for canvas in (record.canvas, *(fill.canvas for fill in record.fills)))

    def shown(canvas: Bounds) -> dict[str, Any]:
        return {} if is_plain else {"canvas": write_bounds(canvas)}

    content = {
        "format": FORMAT,
        "version": VERSION,
        "program": record.program,
        "photo": {
            "name": record.photo_name,
            "width": record.extent.width,
            "height": record.extent.height,
            "sha256": record.photo_sha256,
        }
        | ({} if record.page is None else {"page": record.page}),
        "result": {"sha256": record.result_sha256} | shown(record.canvas),
        "fills": [_entry(fill) | shown(fill.canvas) for fill in record.fills],
    }
    data = json.dumps(content, indent=1).encode()
    if len(record.fills) > _MOST_FILLS or len(data) > MOST_BYTES:
        raise ExportError(
            "The edit has become too long for a record; save the project, which holds all of it."
        )
    with opening(path) as file:
        file.write(data)


def _canvas(entry: dict[str, Any], photo: Extent) -> Bounds:
    """Raises OptionError, ValueError or TypeError where it can be none."""
    if "canvas" not in entry:
        return Bounds.of(photo)
    canvas = read_bounds(entry["canvas"])
    check_canvas(canvas)
    check_canvas(canvas.united(Bounds.of(photo)))
    return canvas


def read_record(path: Path) -> EditRecord:
    """Read an edit record.

    Raises:
        ProjectError: it is missing, damaged, no edit record, or of a newer version.
    """
    with reading(path, Message("{path} is damaged or no edit record; export it again.", path=path)):
        return _record(parse_object(read_file(path, MOST_BYTES)), path)


def _record(content: dict[str, Any], path: Path) -> EditRecord:
    if content["format"] != FORMAT:
        raise ValueError("another format")
    program = as_text(content["program"], _MOST_LETTERS)
    if as_int(content["version"], 0, 1 << 32) > VERSION:
        raise ProjectError(
            "{path} was written by a newer version of the program ({other});"
            " update this one ({version}) to use it.",
            path=path,
            other=shown_version(program),
            version=__version__,
        )
    photo, result = as_object(content["photo"]), as_object(content["result"])
    extent = Extent(*(as_int(photo[side], 1, MOST_PIXELS) for side in ("width", "height")))
    check_canvas(Bounds.of(extent))
    fills = tuple(_fill(as_object(entry), extent) for entry in as_list(content["fills"], _MOST_FILLS))
    return EditRecord(
        as_text(photo["name"], _MOST_LETTERS),
        extent,
        _canvas(result, extent),
        as_text(photo["sha256"], _MOST_LETTERS),
        as_text(result["sha256"], _MOST_LETTERS),
        program,
        fills,
        as_int(photo["page"], 1, MOST_PAGES) if "page" in photo else None,
    )


def _entry(fill: RecordedFill) -> dict[str, Any]:
    return {**FILL_RECORD.write(fill.how), "mask": PACKED_PLANE.write(fill.packed_mask)}


def _fill(entry: dict[str, Any], extent: Extent) -> RecordedFill:
    how = FillRecord.from_json({key: entry[key] for key in entry if key not in ("mask", "canvas")})
    fill = RecordedFill(how, _canvas(entry, extent), PACKED_PLANE.read(entry["mask"]))
    for plane in (
        fill.packed_mask,
        *(plane for variant in how.variants for plane in (variant.wanted_labels, variant.sources)),
    ):
        if plane is not None:
            plane.check_inside(fill.canvas.extent)
    return fill


def missing_weights(record: EditRecord, present: Sequence[tuple[str, str]]) -> list[str]:
    """Names of the networks whose weights are other than recorded.

    Args:
        record: of an edit.
        present: name and SHA-256 of each weights file that is here.
    """
    wanted = {item for fill in record.fills for item in fill.how.weights.items()}
    return sorted({name for name, _ in wanted - set(present)})
