"""The photo being edited: its original, its current pixels, its mask, and what was filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.delta_store import DEFAULT_BUDGET_BYTES, DeltaStore
from portrait_studio.document.deltas import (
    Delta,
    Piece,
    Plane,
    PlaneName,
    TileRecorder,
)
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.imaging import mask_shapes, masks
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo, Pixels
from portrait_studio.imaging.writing import ExportOptions, WrittenPhoto, write_photo

_ROWS_AT_A_TIME: Final = 256
_FILL_PLANES: Final = (PlaneName.IMAGE, PlaneName.MASK, PlaneName.FILLED)


class Fill(Protocol):
    """The crop that changed for one hole; the engine's `FilledRegion` is one."""

    @property
    def bounds(self) -> Bounds:
        """Where the crop lies in the photo."""

    @property
    def pixels(self) -> Pixels:
        """(h, w, 3) RGB in the photo's dtype."""

    @property
    def changed(self) -> NDArray[np.uint8]:
        """(h, w) uint8, nonzero where the crop is to replace the photo."""


@dataclass(frozen=True, eq=False)
class Look:
    """Photo and mask as they were at one moment.

    Attributes:
        image: (H, W, 3) RGB in the photo's dtype; not to be written to.
        mask: (H, W) uint8, 0..255.
    """

    image: Pixels
    mask: Mask


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote, and the proof that it left the rest alone.

    Attributes:
        written: the file, its format and what the format could not hold.
        filled_pixels: pixels that fills were allowed to change.
        changed_outside: pixels beyond these that differ from the original here; 0 unless the program
            is wrong. What a lossy format does to the whole picture is not counted.
    """

    written: WrittenPhoto
    filled_pixels: int
    changed_outside: int

    @property
    def sentence(self) -> str:
        """For the user to read."""
        return f"{self.written.path.name}: pixels changed outside the filled area: {self.changed_outside}."


class Document:
    """One photo being edited.

    The current pixels share the original's memory until the first fill, so look `image` up after each change
    instead of keeping it.
    """

    def __init__(self, photo: Photo, undo_budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        """Args: the photo as it was read, and how much memory undo steps may take before they go to disk."""
        self.photo = photo
        self._image = photo.pixels
        self._mask = masks.empty_mask(photo.extent)
        self._filled = masks.empty_mask(photo.extent)
        self._wanted = masks.empty_mask(photo.extent)
        self._protected = masks.empty_mask(photo.extent)
        self._store = DeltaStore(undo_budget_bytes)

    @property
    def extent(self) -> Extent:
        """Size in pixels."""
        return self.photo.extent

    @property
    def image(self) -> Pixels:
        """Current pixels, (H, W, 3) RGB, uint8 or uint16; change them only through `apply_fills`."""
        return self._image

    @property
    def mask(self) -> Mask:
        """(H, W) uint8, nonzero = to be filled, below 255 so that the photo shines through.

        It is always the same array; change it only through `edit_mask`.
        """
        return self._mask

    @property
    def painted_labels(self) -> Mask:
        """(H, W) uint8, 0 where the user painted no label, else the label + 1; always the same array."""
        return self._wanted

    @property
    def wanted_structure(self) -> NDArray[np.uint8] | None:
        """(H, W) uint8 labels that the user painted, 255 = predict here; None where he painted none."""
        if cv2.countNonZero(self._wanted) == 0:
            return None
        return self._wanted - np.uint8(1)  # 0, nothing painted, becomes 255

    @property
    def filled(self) -> Mask:
        """(H, W) uint8, nonzero where a fill was applied; not to be written to."""
        return self._filled

    @property
    def protected(self) -> Mask:
        """(H, W) uint8, nonzero where the mask must not reach; not to be written to."""
        return self._protected

    @property
    def has_mask(self) -> bool:
        """Whether anything is painted."""
        return cv2.countNonZero(self._mask) > 0

    @property
    def edited_photo(self) -> Photo:
        """The photo with its current pixels and all its metadata; shares memory with the document."""
        return self.photo.with_pixels(self._image)

    def plane(self, name: PlaneName) -> Plane:
        """An array by its name; not to be written to."""
        masks_by_name = {
            PlaneName.MASK: self._mask,
            PlaneName.FILLED: self._filled,
            PlaneName.STRUCTURE: self._wanted,
            PlaneName.PROTECTED: self._protected,
        }
        return masks_by_name.get(name, self._image)

    def writeable(self, name: PlaneName) -> Plane:
        """An array to be changed in place; used by deltas."""
        if name is PlaneName.IMAGE and self._image is self.photo.pixels:
            self._image = self.photo.pixels.copy()
        return self.plane(name)

    def edit_mask(self) -> MaskEdit:
        """Begin a change of the mask."""
        protected = self._protected if cv2.countNonZero(self._protected) else None
        return MaskEdit(PlaneName.MASK, self._mask, self._store, protected)

    def edit_structure(self) -> MaskEdit:
        """Begin a change of the wanted structure; its values are a label + 1, or 0 = predict."""
        return MaskEdit(PlaneName.STRUCTURE, self._wanted, self._store)

    def protect(self, protected: Mask) -> Delta | None:
        """Let the mask never reach where (H, W) uint8 is not zero, and take it away there, as one step.

        Returns:
            The step; None when nothing changed.
        """
        around = masks.mask_bounds(self._protected).united(masks.mask_bounds(protected))
        planes = ((PlaneName.PROTECTED, self._protected), (PlaneName.MASK, self._mask))
        recorders = [TileRecorder(name, plane) for name, plane in planes]
        for recorder in recorders:
            recorder.touch(around)
        self._protected[around.slices] = protected[around.slices]
        self._mask[around.slices][protected[around.slices] != 0] = masks.KNOWN
        pieces = [piece for recorder in recorders for piece in recorder.pieces]
        return Delta(pieces, self._store) if pieces else None

    def look(self) -> Look:
        """Photo and mask as they are; good until the photo changes, so for a job that forbids it."""
        return Look(self._image, self._mask.copy())

    def look_before(self, deltas: Sequence[Delta]) -> Look:
        """Photo and mask as they were before the latest steps, all of them applied, the last one first."""
        look = Look(self._image.copy(), self._mask.copy())
        planes: dict[PlaneName, Plane] = {PlaneName.IMAGE: look.image, PlaneName.MASK: look.mask}
        for delta in deltas:
            for piece, values in reversed(delta.before(self._image.dtype)):
                if piece.plane in planes:
                    planes[piece.plane][piece.bounds.slices] = values
        return look

    def apply_fills(self, fills: Sequence[Fill], over: Look | None = None) -> Delta:
        """Put filled crops in place, as one step to undo, and remove the mask where they were applied.

        Pixels outside `changed` stay as they are, bit for bit, even where crops overlap. Where the mask is
        soft, the photo shines through the fill.

        Args:
            fills: crops inside the photo, in the photo's dtype.
            over: what they are laid over where that is not what is there now, as when a fill takes the place
                of another.

        Returns:
            The step; undoing it brings the pixels and the mask back.

        Raises:
            ValueError: a crop has another dtype than the photo, or does not fit it.
        """
        for fill in fills:
            self._check(fill)
        before: list[tuple[Piece, Plane]] = []
        for fill in fills:
            changed = fill.changed != 0
            crops = {name: self.writeable(name)[fill.bounds.slices] for name in _FILL_PLANES}
            before += [(Piece(name, fill.bounds), crop.copy()) for name, crop in crops.items()]
            below = Look(self._image, self._mask) if over is None else over
            share = mask_shapes.fill_share(below.mask[fill.bounds.slices], changed)
            pixels = fill.pixels
            if share is not None:
                pixels = mask_shapes.mixed(below.image[fill.bounds.slices], fill.pixels, share)
            np.copyto(crops[PlaneName.IMAGE], pixels, where=changed[:, :, None])
            crops[PlaneName.FILLED][changed] = masks.HOLE
            crops[PlaneName.MASK][changed] = masks.KNOWN
        return Delta(before, self._store)

    def repeat(self, pieces: Sequence[Piece], differs: NDArray[np.bool_], values: NDArray[np.uint8]) -> Delta:
        """Do a step again that was saved as the bytes that it changed.

        Args:
            pieces: rectangles in the order of the edit.
            differs: (N,) over the bytes of all pieces, one after the other: which of them change.
            values: (M,) uint8, one for each byte that does.

        Returns:
            The step.

        Raises:
            ValueError: sizes do not fit each other or the photo.
        """
        if any(p.bounds.intersected(Bounds.of(self.extent)) != p.bounds for p in pieces):
            raise ValueError("a piece lies outside the photo")
        if len(values) != np.count_nonzero(differs):
            raise ValueError(f"{len(values)} values for {np.count_nonzero(differs)} bytes")
        before: list[tuple[Piece, Plane]] = []
        place = used = 0
        for piece in pieces:
            crop = self.writeable(piece.plane)[piece.bounds.slices]
            before.append((piece, crop.copy()))
            here = differs[place : place + crop.nbytes]
            place, count = place + crop.nbytes, int(np.count_nonzero(here))
            changed = np.ascontiguousarray(crop).reshape(-1).view(np.uint8).copy()
            changed[here] = values[used : used + count]
            used += count
            crop[...] = changed.view(crop.dtype).reshape(crop.shape)
        if place != len(differs):
            raise ValueError(f"{len(differs)} bytes for pieces of {place}")
        return Delta(before, self._store)

    def _check(self, fill: Fill) -> None:
        expected = (fill.bounds.height, fill.bounds.width)
        fits = fill.bounds.intersected(Bounds.of(self.extent)) == fill.bounds
        if not fits or fill.pixels.shape != (*expected, 3) or fill.changed.shape != expected:
            raise ValueError(f"the filled crop at {fill.bounds} does not fit the photo of {self.extent}")
        if fill.pixels.dtype != self._image.dtype:
            raise ValueError(f"the filled crop is {fill.pixels.dtype}, the photo {self._image.dtype}")

    def changed_outside(self) -> int:
        """Count the pixels that differ from the original although no fill was applied to them."""
        original, current = self.photo.pixels, self._image
        if current is original:
            return 0
        count = 0
        for top in range(0, len(current), _ROWS_AT_A_TIME):
            rows = slice(top, top + _ROWS_AT_A_TIME)
            differs = (original[rows] != current[rows]).any(axis=2)
            count += int(np.count_nonzero(differs & (self._filled[rows] == 0)))
        return count

    def export(self, path: Path, options: ExportOptions | None = None) -> ExportReport:
        """Write the current pixels with the photo's metadata; see `write_photo`.

        Raises:
            ExportError: the file cannot be written; whatever was at `path` before is untouched.
        """
        written = write_photo(self.edited_photo, path, options)
        return ExportReport(written, cv2.countNonZero(self._filled), self.changed_outside())

    def close(self) -> None:
        """Remove undo data from the disk; steps of this document cannot be undone any more."""
        self._store.close()
