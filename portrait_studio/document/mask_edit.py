"""One change of the mask, or of the structure that the user wants, in the making."""

from __future__ import annotations

from collections.abc import Sequence

from portrait_studio.document.delta_store import DeltaStore
from portrait_studio.document.deltas import Delta, PlaneName, TileRecorder
from portrait_studio.imaging import mask_shapes, masks
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask


class MaskEdit:
    """One change of a plane in the making, e.g. a stroke from press to release; one step to undo.

    The plane is the mask or the structure that the user wants; what is said of the mask holds for both.
    """

    def __init__(
        self,
        plane: PlaneName,
        mask: Mask,
        store: DeltaStore,
        protected: Mask | None = None,
        origin: tuple[int, int] = (0, 0),
    ) -> None:
        """Made by `Document.edit_mask`; nothing is ever painted where `protected` is not zero.

        The mask's top left lies at `origin` (x, y) of the photo.
        """
        self._mask = mask
        self._store = store
        self._protected = protected
        self._extent = masks.extent_of(mask)
        self._recorder = TileRecorder(plane, mask, origin)

    def stroke(
        self,
        points: Sequence[tuple[float, float]],
        radius_px: float,
        value: int = masks.HOLE,
        hardness: float = 1.0,
    ) -> Bounds:
        """Draw a line with round ends; returns what may have changed.

        A hardness below 1 (see `mask_shapes.draw_soft_stroke`) is for the values 0 and 255 only.
        """
        self._recorder.touch(masks.stroke_bounds(self._extent, points, radius_px))
        if hardness >= 1.0:
            return self._spared(masks.draw_stroke(self._mask, points, radius_px, value))
        erases = value == masks.KNOWN
        return self._spared(
            mask_shapes.draw_soft_stroke(self._mask, points, radius_px, hardness, erases=erases)
        )

    def surround(
        self, points: Sequence[tuple[float, float]], radius_px: float, value: int = masks.HOLE
    ) -> Bounds:
        """Set what a stroke goes around; returns what may have changed."""
        bounds = masks.stroke_bounds(self._extent, points, radius_px)
        self._recorder.touch(bounds)
        inside = mask_shapes.surrounded_by_stroke(points, radius_px, bounds)
        self._mask[bounds.slices][inside] = value
        return self._spared(bounds)

    def rectangle(self, rectangle: Bounds, value: int = masks.HOLE) -> Bounds:
        """Set a rectangle; returns what may have changed."""
        self._recorder.touch(rectangle)
        return self._spared(masks.draw_rectangle(self._mask, rectangle, value))

    def polygon(self, points: Sequence[tuple[float, float]], value: int = masks.HOLE) -> Bounds:
        """Fill a closed outline; returns what may have changed."""
        self._recorder.touch(masks.stroke_bounds(self._extent, points, 1.0))
        return self._spared(masks.draw_polygon(self._mask, points, value))

    def stamp(self, bounds: Bounds, shape: Mask, value: int = masks.HOLE) -> Bounds:
        """Set the pixels of `bounds` where (h, w) uint8 is not zero; returns what may have changed."""
        self._recorder.touch(bounds)
        self._mask[bounds.slices][shape != 0] = value
        return self._spared(bounds)

    def replace(self, mask: Mask) -> Bounds:
        """Take over another mask, (H, W) uint8 of the same size; returns what may have changed.

        Raises:
            MaskError: it has another size.
        """
        masks.check_extent(masks.extent_of(mask), self._extent)
        around = masks.mask_bounds(self._mask).united(masks.mask_bounds(mask))
        self._recorder.touch(around)
        self._mask[around.slices] = mask[around.slices]
        return self._spared(around)

    def clear(self) -> Bounds:
        """Remove every hole; returns what changed."""
        self._recorder.touch(masks.mask_bounds(self._mask))
        return masks.clear(self._mask)

    def invert(self) -> Bounds:
        """Swap hole and known region; returns the whole extent."""
        self._recorder.touch(Bounds.of(self._extent))
        return self._spared(masks.invert(self._mask))

    def abort(self) -> Bounds:
        """Take everything back that this edit did; returns what may have changed."""
        around = Bounds(0, 0, 0, 0)
        for tile, values in self._recorder.before.items():
            self._mask[tile.slices] = values
            around = around.united(tile)
        return around

    def finish(self) -> Delta | None:
        """The step to undo; None when the mask is as it was."""
        return self._recorder.finish(self._store)

    def _spared(self, bounds: Bounds) -> Bounds:
        """Take away what was painted over protected pixels."""
        if self._protected is not None:
            self._mask[bounds.slices][self._protected[bounds.slices] != 0] = masks.KNOWN
        return bounds
