"""The photo being edited: its original, its canvas, its current pixels, its mask, and what was filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.compositing import FILL_PLANES, Before, FilledCrop, check_fill, composite_fill
from portrait_studio.document.delta_store import DeltaStore
from portrait_studio.document.deltas import CanvasChange, Delta, Piece, Plane, PlaneName, TileRecorder
from portrait_studio.document.export_report import ExportReport
from portrait_studio.document.joint_plane import put_joint, read_joints
from portrait_studio.document.label_plane import read_labels
from portrait_studio.document.mask_edit import MaskEdit
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.document.opacity import hides_fill, opacity_on
from portrait_studio.document.output_photo import count_changed, output_photo
from portrait_studio.document.planes import Planes, blank_on, is_blank_on, newly_shown
from portrait_studio.document.reference_photos import ReferencePhoto
from portrait_studio.errors import ExportError
from portrait_studio.imaging import masks, xmp
from portrait_studio.imaging.atomic import Opening, replacing
from portrait_studio.imaging.canvas_extension import check_canvas, laid_on
from portrait_studio.imaging.content_credentials import holds_credentials
from portrait_studio.imaging.export_check import ExportCheck
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.imaging.photo import Photo, Pixels, visible_colours
from portrait_studio.imaging.source_marks import SourceMarks
from portrait_studio.imaging.writing import ExportOptions, write_photo
from portrait_studio.messages import Message

_LEAST_UNDO_BYTES: Final = 64 << 20


class Document:
    """One photo being edited.

    The current pixels share the original's memory until the first fill, so look `image` up after each change
    instead of keeping it. All arrays are those of the canvas; `canvas` says where it lies on the photo.
    """

    def __init__(self, photo: Photo, undo_budget_bytes: int | None = None) -> None:
        """Open a photo.

        Args:
            photo: as it was read.
            undo_budget_bytes: how much memory undo steps may take before they go to disk; None = as much as
                the photo.
        """
        self.photo = photo
        self.references: tuple[ReferencePhoto, ...] = ()
        """Other photos that fills may borrow from; no step of the history."""
        self._planes = Planes(photo.pixels)
        usual = max(_LEAST_UNDO_BYTES, photo.pixels.nbytes)
        self._store = DeltaStore(usual if undo_budget_bytes is None else undo_budget_bytes)

    @property
    def extent(self) -> Extent:
        """Size of the canvas in pixels."""
        return self.canvas.extent

    @property
    def canvas(self) -> Bounds:
        """The canvas in photo pixels; without an extension it is the photo's own rectangle."""
        return self._planes.canvas

    @property
    def image(self) -> Pixels:
        """Current pixels, (H, W, 3) RGB, uint8 or uint16; change them only through `apply_fills`."""
        return self._planes.shown(PlaneName.IMAGE)

    @property
    def original(self) -> Pixels:
        """(H, W, 3) the photo as it was read, on the canvas; its own memory where the canvas is its own."""
        if self.canvas == self._planes.photo_bounds:
            return self.photo.pixels
        return laid_on(self.photo.pixels, self.canvas)

    @property
    def blank(self) -> Mask | None:
        """(H, W) uint8, 255 where the canvas shows neither photo nor fill; None when that is nowhere."""
        return blank_on(self.canvas, self._planes.photo_bounds, self.filled)

    @property
    def has_blank(self) -> bool:
        """Whether the canvas shows neither photo nor fill anywhere; quicker than `blank`."""
        return is_blank_on(self.canvas, self._planes.photo_bounds, self.filled)

    @property
    def mask(self) -> Mask:
        """(H, W) uint8, nonzero = to be filled, below 255 so that the photo shines through.

        It is the same array until the canvas changes; change it only through `edit_mask`.
        """
        return self._planes.shown_mask(PlaneName.MASK)

    @property
    def label_plane(self) -> Mask:
        """(H, W) uint8, the labels that the user painted as `label_plane` keeps them; see `mask`."""
        return self._planes.shown_mask(PlaneName.LABELS)

    @property
    def wanted_labels(self) -> NDArray[np.uint8] | None:
        """(H, W) uint8 labels that the user painted, 255 = predict here; None where he painted none."""
        if not self.has_wanted_labels:
            return None
        return read_labels(self.label_plane)

    @property
    def has_wanted_labels(self) -> bool:
        """Whether the user painted any label."""
        return not self._planes.is_empty(PlaneName.LABELS)

    @property
    def source_plane(self) -> Mask:
        """(H, W) uint8, the marks of what may be copied, as `imaging.source_marks` says; see `mask`."""
        return self._planes.shown_mask(PlaneName.SOURCES)

    @property
    def has_sources(self) -> bool:
        """Whether anything is marked there."""
        return not self._planes.is_empty(PlaneName.SOURCES)

    @property
    def sources(self) -> SourceMarks | None:
        """The same, a copy; None where nothing is marked."""
        return self.source_plane.copy() if self.has_sources else None

    @property
    def joints(self) -> dict[int, tuple[float, float]]:
        """Joints that the user put somewhere: position (x, y) in pixels of the canvas, by their number."""
        is_empty = self._planes.is_empty(PlaneName.JOINTS)
        return {} if is_empty else read_joints(self._planes.shown_mask(PlaneName.JOINTS))

    @property
    def filled(self) -> Mask:
        """(H, W) uint8, nonzero where a fill was applied; not to be written to."""
        return self._planes.shown_mask(PlaneName.FILLED)

    @property
    def protected(self) -> Mask:
        """(H, W) uint8, nonzero where the mask must not reach; not to be written to."""
        return self._planes.shown_mask(PlaneName.PROTECTED)

    @property
    def has_mask(self) -> bool:
        """Whether anything is painted."""
        return not self._planes.is_empty(PlaneName.MASK)

    @property
    def edited_photo(self) -> Photo:
        """The photo with its current pixels and all its metadata; may share memory with the document."""
        return output_photo(self.photo, self.image, self.opacity, self.canvas)

    @property
    def opacity(self) -> Plane | None:
        """(H, W) uint8 or uint16 as the photo: how opaque the canvas is; None where all of it is."""
        return opacity_on(self.canvas, self.photo.alpha, self.filled)

    @property
    def original_opacity(self) -> Plane | None:
        """(H, W) the same of the photo as it was read."""
        return opacity_on(self.canvas, self.photo.alpha, np.zeros_like(self.filled))

    @property
    def visible_image(self) -> Pixels:
        """(H, W, 3) current pixels for the engine to see, without colours that opacity 0 hides."""
        return visible_colours(self.image, self.opacity)

    def plane(self, name: PlaneName) -> Plane:
        """An array by its name; not to be written to."""
        return self._planes.shown(name)

    def region(self, name: PlaneName, bounds: Bounds) -> Plane:
        """A part of an array, in photo pixels, to be changed in place; used by deltas."""
        return self._planes.region(name, bounds)

    def show(self, canvas: Bounds) -> None:
        """Show another canvas; used by deltas. See `change_canvas`."""
        self._planes.show(canvas)

    def change_canvas(self, canvas: Bounds) -> Delta | None:
        """Extend or crop the canvas, as one step to undo; new pixels are masked, pixels left out are kept.

        Args:
            canvas: in photo pixels.

        Returns:
            The step; None when it is the canvas already.

        Raises:
            OptionError: nothing would be left, or too many pixels.
        """
        check_canvas(canvas)
        change = CanvasChange(self.canvas, canvas)
        if change.before == canvas:
            return None
        self.show(canvas)
        before: list[tuple[Piece, Plane]] = []
        blank = self.blank
        if blank is None:
            return Delta(before, self._store, change)
        for strip in newly_shown(change.before, canvas):
            crop = self.region(PlaneName.MASK, strip)
            before.append((Piece(PlaneName.MASK, strip), crop.copy()))
            crop[blank[strip.shifted(-canvas.left, -canvas.top).slices] != 0] = masks.HOLE
        return Delta(before, self._store, change)

    def edit_mask(self) -> MaskEdit:
        """Begin a change of the mask."""
        protected = None if self._planes.is_empty(PlaneName.PROTECTED) else self.protected
        mask = self._planes.mask_to_change(PlaneName.MASK)
        return MaskEdit(PlaneName.MASK, mask, self._store, protected, self._origin)

    def replace_mask(self, mask: Mask) -> Delta | None:
        """Take over another mask, (H, W) uint8, as one step; None when it is the mask already.

        Raises:
            MaskError: it has another size than the canvas.
        """
        edit = self.edit_mask()
        edit.replace(mask)
        return edit.finish()

    def edit_labels(self) -> MaskEdit:
        """Begin a change of the labels that the user wants; its values are those of `label_plane`."""
        labels = self._planes.mask_to_change(PlaneName.LABELS)
        return MaskEdit(PlaneName.LABELS, labels, self._store, origin=self._origin)

    def edit_sources(self) -> MaskEdit:
        """Begin a change of the marks of what may be copied."""
        marks = self._planes.mask_to_change(PlaneName.SOURCES)
        return MaskEdit(PlaneName.SOURCES, marks, self._store, origin=self._origin)

    def protect(self, protected: Mask) -> Delta | None:
        """Let the mask never reach where (H, W) uint8 is not zero, and take it away there, as one step.

        Returns:
            The step; None when nothing changed.
        """
        around = masks.mask_bounds(self.protected).united(masks.mask_bounds(protected))
        names = (PlaneName.PROTECTED, PlaneName.MASK)
        guarded, mask = (self._planes.mask_to_change(name) for name in names)
        recorders = [
            TileRecorder(name, plane, self._origin)
            for name, plane in zip(names, (guarded, mask), strict=True)
        ]
        for recorder in recorders:
            recorder.touch(around)
        guarded[around.slices] = protected[around.slices]
        mask[around.slices][protected[around.slices] != 0] = masks.KNOWN
        pieces = [piece for recorder in recorders for piece in recorder.pieces]
        return Delta(pieces, self._store) if pieces else None

    def put_joint(self, joint: int, x: float, y: float) -> Delta | None:
        """Put a joint somewhere, in pixels of the canvas, as one step; None when it is there already."""
        plane = self._planes.mask_to_change(PlaneName.JOINTS)
        recorder = TileRecorder(PlaneName.JOINTS, plane, self._origin)
        put_joint(plane, recorder, joint, x, y)
        return recorder.finish(self._store)

    def edit_joints(self) -> MaskEdit:
        """Begin a change of all joints that the user put somewhere; see `joint_plane`."""
        joints = self._planes.mask_to_change(PlaneName.JOINTS)
        return MaskEdit(PlaneName.JOINTS, joints, self._store, origin=self._origin)

    def masked_image(self) -> MaskedImage:
        """Photo and mask as they are; good until the photo changes, so for a job that forbids it."""
        return MaskedImage.of(self.visible_image, masks.copied(self.mask), self.blank)

    def masked_image_before(self, deltas: Sequence[Delta]) -> MaskedImage:
        """Photo and mask as they were before the latest steps, all of them applied, the last one first."""
        planes = {name: self.plane(name).copy() for name in FILL_PLANES}
        self._take_back(planes, deltas)
        mask, filled = (cast(Mask, planes[name]) for name in (PlaneName.MASK, PlaneName.FILLED))
        blank = blank_on(self.canvas, Bounds.of(self.photo.extent), filled)
        opacity = opacity_on(self.canvas, self.photo.alpha, filled)
        return MaskedImage.of(visible_colours(planes[PlaneName.IMAGE], opacity), mask, blank)

    def mask_before(self, deltas: Sequence[Delta]) -> Mask:
        """(H, W) uint8, the mask as it was before the latest steps, all applied, the last one first."""
        mask = masks.copied(self.mask)
        self._take_back({PlaneName.MASK: mask}, deltas)
        return mask

    def _take_back(self, planes: Mapping[PlaneName, Plane], deltas: Sequence[Delta]) -> None:
        """Put what was there before the latest steps into copies of planes."""
        for delta in deltas:
            for piece, values in reversed(delta.before(self.image.dtype)):
                if piece.plane in planes:
                    place = piece.bounds.shifted(-self.canvas.left, -self.canvas.top)
                    planes[piece.plane][place.slices] = values

    def apply_fills(self, fills: Sequence[FilledCrop], over: MaskedImage | None = None) -> Delta:
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
            check_fill(fill, self.image)
        blank = self.blank
        before = [composite_fill(self, fill, self.canvas, blank, over) for fill in fills]
        return Delta(chain.from_iterable(before), self._store)

    def reserve(self, reach: Bounds) -> None:
        """Make room for all that the canvas will ever cover, in photo pixels, once instead of step by step.

        Raises:
            OptionError: nothing would be left, or too many pixels.
        """
        check_canvas(reach)
        self._planes.reserve(reach)

    def apply_saved(self, write: Callable[[], Before], canvas: Bounds | None = None) -> Delta:
        """Do a step again that was saved.

        Args:
            write: changes the arrays and says what was there before; see `saved_steps.StepApplier`.
            canvas: the canvas after the step, if it changed that, in photo pixels.

        Returns:
            The step.
        """
        change = None if canvas is None else CanvasChange(self.canvas, canvas)
        if canvas is not None:
            self.show(canvas)
        return Delta(write(), self._store, change)

    @property
    def _origin(self) -> tuple[int, int]:
        return self.canvas.left, self.canvas.top

    def changed_outside(self) -> int:
        """Count the pixels that differ from the original although no fill was applied to them."""
        if self._planes.shares_photo:
            return 0
        return count_changed(self.photo.pixels, self.image, self.canvas, self.filled)

    def export(
        self,
        path: Path,
        options: ExportOptions | None = None,
        opening: Opening = replacing,
        ingredients: Sequence[tuple[str, str]] = (),
    ) -> ExportReport:
        """Write the current pixels with the photo's metadata; see `write_photo`.

        Args:
            path: file to create or replace.
            options: how to write.
            opening: how the file takes its place.
            ingredients: other photos of which the picture shows something, and what; its XMP packet says so.

        Raises:
            ExportError: a part of the canvas is blank, or the file cannot be written; whatever was at `path`
                before is untouched.
        """
        if self.has_blank:
            raise ExportError("The new part of the canvas is not filled yet; fill it first, or undo it.")
        export_check = ExportCheck(self.filled)
        filled = cv2.countNonZero(self.filled)
        written = write_photo(
            _made_with(self.edited_photo, ingredients),
            path,
            options,
            opening,
            export_check.check,
            made=_told(filled, ingredients),
        )
        if options is None or options.credentials is None:
            written = replace(written, notices=(*written.notices, *_lost(self.photo)))
        if hides_fill(self.opacity, self.filled):
            hidden = Message(
                "Part of the fill lies where the photo is transparent, and cannot be seen there."
            )
            written = replace(written, notices=(*written.notices, hidden))
        return ExportReport(written, filled, self.changed_outside(), export_check.difference)

    def close(self) -> None:
        """Remove undo data from the disk; steps of this document cannot be undone any more."""
        self._store.close()


def _told(filled: int, ingredients: Sequence[tuple[str, str]]) -> list[str]:
    """What fills made of the picture, in sentences."""
    said = [f"Filled {filled} pixels that the user marked, by what networks predict and the photo shows."]
    said += [f"Took over a part of {name} ({part})." for name, part in ingredients]
    return said if filled else []


def _lost(photo: Photo) -> tuple[Message, ...]:
    """That the source's signed statements do not come along."""
    if not holds_credentials(photo.file):
        return ()
    return (
        Message(
            "The photo's Content Credentials do not fit other pixels and were left out; sign the result to"
            " keep them as its source."
        ),
    )


def _made_with(photo: Photo, ingredients: Sequence[tuple[str, str]]) -> Photo:
    """A photo whose metadata name what it was made with."""
    if not ingredients:
        return photo
    packet = xmp.with_ingredients(photo.metadata.xmp, ingredients)
    return replace(photo, metadata=replace(photo.metadata, xmp=packet))
