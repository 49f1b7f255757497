"""One edit of one photo without a window: its canvas, its mask, its fill, and what is written of it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from portrait_studio.document.document import Document
from portrait_studio.document.edit_record import record_edit, write_record
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fills import FillWishes, fill_step
from portrait_studio.editing.references import ingredients_of
from portrait_studio.editing.several_fills import several_fills
from portrait_studio.imaging.canvas_extension import canvas_of
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import check_extent, check_mask, extent_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrait_studio.engine.interface import Engine
    from portrait_studio.engine.progress import Progress
    from portrait_studio.engine.request import CompletionResult, Structure
    from portrait_studio.imaging.atomic import Opening
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo


def without_undo_files(photo: Photo) -> Document:
    """A document that keeps undo data in memory: nothing on the disk, where a killed command would leave it.

    Args:
        photo: as it was read.
    """
    return Document(photo, undo_budget_bytes=sys.maxsize)


class Edit:
    """A photo on its canvas, masked, then filled once."""

    def __init__(self, photo: Photo, mask: Mask | None = None, margins: Margins | None = None) -> None:
        """Begin.

        Args:
            photo: as it was read.
            mask: (H, W) uint8 of the photo's size, nonzero = to be filled; None = nothing.
            margins: how far the canvas is extended.

        Raises:
            MaskError: there is nothing to fill, nothing to fill it from, or the mask has another size.
            OptionError: the canvas would have too many pixels.
        """
        self.document = without_undo_files(photo)
        self._steps: list[Step] = []
        extended = self.document.change_canvas(canvas_of(photo.extent, margins or Margins()))
        if extended is not None:
            self._steps.append(Step("Extend canvas", extended))
        if mask is not None:
            check_extent(extent_of(mask), photo.extent)
            self._mask(mask)
        check_mask(self.document.masked_image().mask, self.document.extent)

    def _mask(self, mask: Mask) -> None:
        canvas, whole = self.document.canvas, self.document.mask.copy()
        inner = Bounds.of(extent_of(mask)).shifted(-canvas.left, -canvas.top)
        whole[inner.slices] = mask
        painted = self.document.replace_mask(whole)
        if painted is not None:
            self._steps.append(Step("Mask", painted))

    def fill(
        self,
        engine: Engine,
        wishes: FillWishes,
        progress: Progress,
        seen: Structure | None = None,
        warn: Callable[[str], None] = lambda warning: None,
    ) -> CompletionResult:
        """Fill what is masked.

        Args:
            engine: what fills.
            wishes: what the fill shall be like.
            progress: hears of it.
            seen: parsing map of the photo as it is on its canvas, where it is known already.
            warn: hears before the fill what it is bound to do badly, where a parsing map is there.

        Raises:
            WeightsError, DeviceError, OptionError: see `Engine.run`.
        """
        masked = self.document.masked_image()
        candidate = next(several_fills(engine, masked, wishes, lambda: nullcontext(progress), seen, warn))
        self.take(candidate)
        return candidate.result

    def take(self, candidate: Candidate) -> None:
        """Put a fill of what is masked in its place."""
        self._steps.append(fill_step(self.document, Candidates.first(candidate)))

    @property
    def ingredients(self) -> tuple[tuple[str, str], ...]:
        """Names of other photos that the fill borrowed from, and what."""
        return ingredients_of(self._steps)

    def write_record(self, path: Path, opening: Opening) -> None:
        """Write how to repeat the edit; see `edit_record`.

        Args:
            path: file to create or replace.
            opening: how the file takes its place.

        Raises:
            ExportError: it cannot be written.
        """
        write_record(record_edit(Snapshot(self.document, self._steps, len(self._steps))), path, opening)
