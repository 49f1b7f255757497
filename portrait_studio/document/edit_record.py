"""Edit records: a JSON file that says how to repeat an edit bit for bit, offline, from the same photo.

It holds no pixels of the photo: only its checksum, and for each fill mask, painted labels, options, seed and
the checksums of the weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from portrait_studio import __version__
from portrait_studio.document.deltas import Plane, PlaneName
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.document.history import Snapshot
from portrait_studio.document.packed_plane import PackedPlane, pack_plane, unpack_plane
from portrait_studio.errors import OptionError, ProjectError
from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.canvas_extension import check_canvas, laid_on
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo, Pixels
from portrait_studio.messages import Message

FORMAT: Final = "portrait-studio edit record"
VERSION: Final = 3


@dataclass(frozen=True, eq=False)
class RecordedFill:
    """One fill of an edit.

    Attributes:
        how: options, seed, painted labels and weights.
        canvas: what was shown, in photo pixels.
        mask: (H, W) uint8 over the canvas, what was to be filled; new parts of the canvas always are.
    """

    how: FillRecord
    canvas: Bounds
    mask: Mask


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
    """

    photo_name: str
    extent: Extent
    canvas: Bounds
    photo_sha256: str
    result_sha256: str
    program: str
    fills: tuple[RecordedFill, ...]

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


def pixels_sha256(pixels: Pixels) -> str:
    """SHA-256 over the size and all samples of (H, W, 3) uint8 or uint16, little-endian, row by row."""
    digest = hashlib.sha256(repr((*pixels.shape, pixels.dtype.itemsize)).encode())
    for row in pixels:
        digest.update(row.astype(row.dtype.newbyteorder("<"), copy=False).tobytes())
    return digest.hexdigest()


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
            fills.append(RecordedFill(change.fill, change.canvas, mask))
    if not fills:
        raise ProjectError("There is nothing to record: nothing has been filled yet.")
    name = photo.path.name if photo.path is not None else "a pasted picture"
    before = pixels_sha256(photo.pixels)
    return EditRecord(name, extent, canvas, before, result, __version__, tuple(reversed(fills)))


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
        ExportError: the file cannot be written.
    """
    whole = Bounds.of(record.extent)
    is_plain = all(canvas == whole for canvas in (record.canvas, *(fill.canvas for fill in record.fills)))
    content = {
        "format": FORMAT,
        "version": VERSION,
        "program": record.program,
        "photo": {
            "name": record.photo_name,
            "width": record.extent.width,
            "height": record.extent.height,
            "sha256": record.photo_sha256,
        },
        "result": {"sha256": record.result_sha256} | ({} if is_plain else {"canvas": _box(record.canvas)}),
        "fills": [
            _entry(fill) | ({} if is_plain else {"canvas": _box(fill.canvas)}) for fill in record.fills
        ],
    }
    with opening(path) as file:
        file.write(json.dumps(content, indent=1).encode())


def _box(bounds: Bounds) -> tuple[int, int, int, int]:
    return bounds.left, bounds.top, bounds.right, bounds.bottom


def _canvas(entry: dict[str, Any], photo: Extent) -> Bounds:
    """Raises OptionError, ValueError or TypeError where it can be none."""
    canvas = Bounds(*(int(v) for v in entry["canvas"])) if "canvas" in entry else Bounds.of(photo)
    check_canvas(canvas.united(Bounds.of(photo)))
    return canvas


def read_record(path: Path) -> EditRecord:
    """Read an edit record.

    Raises:
        ProjectError: it is missing, damaged, no edit record, or of a newer version.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError("another format")
        if int(content["version"]) > VERSION:
            raise ProjectError(
                "{path} was written by a newer version of the program ({other});"
                " update this one ({version}) to use it.",
                path=path,
                other=content["program"],
                version=__version__,
            )
        photo = content["photo"]
        extent = Extent(int(photo["width"]), int(photo["height"]))
        fills = tuple(_fill(entry, extent) for entry in content["fills"])
        return EditRecord(
            str(photo["name"]),
            extent,
            _canvas(content["result"], extent),
            str(photo["sha256"]),
            str(content["result"]["sha256"]),
            str(content["program"]),
            fills,
        )
    except FileNotFoundError as error:
        raise ProjectError("There is no file {path}; check the name and the folder.", path=path) from error
    except (OptionError, OSError, ValueError, KeyError, TypeError, AttributeError, cv2.error) as error:
        raise ProjectError("{path} is damaged or no edit record; export it again.", path=path) from error


def _entry(fill: RecordedFill) -> dict[str, Any]:
    mask = pack_plane(fill.mask)
    return {**asdict(fill.how), "mask": None if mask is None else asdict(mask)}


def _fill(entry: dict[str, Any], extent: Extent) -> RecordedFill:
    how = FillRecord.from_json({key: entry[key] for key in entry if key not in ("mask", "canvas")})
    canvas = _canvas(entry, extent)
    for way in how.ways:
        unpack_plane(way.structure, canvas.extent)
    mask = unpack_plane(PackedPlane.from_json(entry["mask"]), canvas.extent)
    return RecordedFill(how, canvas, mask)


def missing_weights(record: EditRecord, present: Sequence[tuple[str, str]]) -> list[str]:
    """Names of the networks whose weights are other than recorded. Args: names and SHA-256 of those here."""
    wanted = {item for fill in record.fills for item in fill.how.weights.items()}
    return sorted({name for name, _ in wanted - set(present)})
