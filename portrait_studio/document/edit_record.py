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
from portrait_studio.errors import ProjectError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo, Pixels

FORMAT: Final = "portrait-studio edit record"
VERSION: Final = 2


@dataclass(frozen=True, eq=False)
class RecordedFill:
    """One fill of an edit.

    Attributes:
        how: options, seed, painted labels and weights.
        mask: (H, W) uint8, what was to be filled.
    """

    how: FillRecord
    mask: Mask


@dataclass(frozen=True, eq=False)
class EditRecord:
    """How to repeat an edit.

    Attributes:
        photo_name: for the user to read.
        extent: size of the photo.
        photo_sha256: of its pixels; see `pixels_sha256`.
        result_sha256: of the pixels of the result.
        program: version that made the edit.
        fills: in the order in which they were made.
    """

    photo_name: str
    extent: Extent
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
            given = photo.path.name if photo.path is not None else "This picture"
            raise ProjectError(
                f"{given} is not the photo that the edit was made of ({self.photo_name},"
                f" {self.extent.width} x {self.extent.height} pixels); give that one."
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
    result = pixels_sha256(_with(photo.pixels, snapshot.touched(PlaneName.IMAGE)))
    empty = np.zeros((extent.height, extent.width), np.uint8)
    fills = []
    for number, change in snapshot.changes():
        if change.fill is not None and number < snapshot.applied:
            mask = _with(empty, snapshot.touched(PlaneName.MASK))
            fills.append(RecordedFill(change.fill, mask))
    if not fills:
        raise ProjectError("There is nothing to record: nothing has been filled yet.")
    name = photo.path.name if photo.path is not None else "a pasted picture"
    return EditRecord(name, extent, pixels_sha256(photo.pixels), result, __version__, tuple(reversed(fills)))


def _with(plane: Plane, part: tuple[Bounds, Plane] | None) -> Any:
    """A copy with a part replaced."""
    whole = plane.copy()
    if part is not None:
        bounds, values = part
        whole[bounds.slices] = values
    return whole


def write_record(record: EditRecord, path: Path) -> None:
    """Write an edit record.

    Raises:
        ExportError: the file cannot be written.
    """
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
        "result": {"sha256": record.result_sha256},
        "fills": [_entry(fill) for fill in record.fills],
    }
    with replacing(path) as file:
        file.write(json.dumps(content, indent=1).encode())


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
                f"{path} was written by a newer version of the program ({content['program']});"
                f" update this one ({__version__}) to use it."
            )
        photo = content["photo"]
        extent = Extent(int(photo["width"]), int(photo["height"]))
        fills = tuple(_fill(entry, extent) for entry in content["fills"])
        return EditRecord(
            str(photo["name"]),
            extent,
            str(photo["sha256"]),
            str(content["result"]["sha256"]),
            str(content["program"]),
            fills,
        )
    except FileNotFoundError as error:
        raise ProjectError(f"There is no file {path}; check the name and the folder.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, cv2.error) as error:
        raise ProjectError(f"{path} is damaged or no edit record; export it again.") from error


def _entry(fill: RecordedFill) -> dict[str, Any]:
    mask = pack_plane(fill.mask)
    return {**asdict(fill.how), "mask": None if mask is None else asdict(mask)}


def _fill(entry: dict[str, Any], extent: Extent) -> RecordedFill:
    how = FillRecord.from_json({key: value for key, value in entry.items() if key != "mask"})
    for way in how.ways:
        unpack_plane(way.structure, extent)
    return RecordedFill(how, unpack_plane(PackedPlane.from_json(entry["mask"]), extent))


def missing_weights(record: EditRecord, present: Sequence[tuple[str, str]]) -> list[str]:
    """Names of the networks whose weights are other than recorded. Args: names and SHA-256 of those here."""
    wanted = {item for fill in record.fills for item in fill.how.weights.items()}
    return sorted({name for name, _ in wanted - set(present)})
