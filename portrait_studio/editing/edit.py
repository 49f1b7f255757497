"""One edit of one photo without a window: its canvas, its mask, its fill, and what is written of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from portrait_studio.document.document import Document
from portrait_studio.document.edit_record import record_edit, write_record
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.document.packed_plane import pack_plane
from portrait_studio.editing.candidates import Candidate
from portrait_studio.editing.fill_records import record_of
from portrait_studio.engine.extension_plan import extension_of
from portrait_studio.engine.intent import Intent, wanted_with
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.imaging.canvas_extension import canvas_of
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import check_extent, check_mask, extent_of

if TYPE_CHECKING:
    from portrait_studio.document.look import Look
    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.progress import Progress
    from portrait_studio.engine.request import CompletionOptions, CompletionResult, Structure
    from portrait_studio.imaging.atomic import Opening
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo


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
        # Nobody undoes anything here, so nothing goes to the disk, where a killed command would leave it.
        self.document = Document(photo, undo_budget_bytes=sys.maxsize)
        self._steps: list[Step] = []
        extended = self.document.change_canvas(canvas_of(photo.extent, margins or Margins()))
        if extended is not None:
            self._steps.append(Step("Extend canvas", extended))
        if mask is not None:
            check_extent(extent_of(mask), photo.extent)
            self._mask(mask)
        check_mask(self.document.look().mask, self.document.extent)

    def _mask(self, mask: Mask) -> None:
        canvas, whole = self.document.canvas, self.document.mask.copy()
        inner = Bounds.of(extent_of(mask)).shifted(-canvas.left, -canvas.top)
        whole[inner.slices] = mask
        edit = self.document.edit_mask()
        edit.replace(whole)
        painted = edit.finish()
        if painted is not None:
            self._steps.append(Step("Mask", painted))

    def fill(
        self,
        engine: Engine,
        how: CompletionOptions,
        intent: Intent,
        progress: Progress,
        seen: Structure | None = None,
    ) -> CompletionResult:
        """Fill what is masked.

        Args:
            engine: what fills.
            how: how it does.
            intent: what it is meant to do; automatic = what the window would guess.
            progress: hears of it.
            seen: parsing map of the photo as it is on its canvas, where it is known already.

        Raises:
            WeightsError, DeviceError, OptionError: see `Engine.complete`.
        """
        look = self.document.look()
        if seen is None and _is_guessed(intent, look):
            seen = engine.parse(look.image, look.blank, how.device)
        structure = wanted_with(intent, look.mask, None, seen, look.blank)
        extension = extension_of(look.blank)
        result = engine.complete(
            CompletionRequest(look.image, look.mask, how, structure, extension), progress
        )
        packed = None if structure is None else pack_plane(structure + np.uint8(1))
        filled = self.document.apply_fills(result.regions)
        self._steps.append(Step("Fill", filled, record_of(Candidate(result, how, packed))))
        return result

    def write_record(self, path: Path, opening: Opening) -> None:
        """Write how to repeat the edit; see `edit_record`. Args: the file; how it takes its place."""
        write_record(record_edit(Snapshot(self.document, self._steps, len(self._steps))), path, opening)


def _is_guessed(intent: Intent, look: Look) -> bool:
    """Whether it matters what the photo shows: bodies always go on where the canvas is new."""
    is_masked = look.mask != 0 if look.blank is None else (look.mask != 0) & (look.blank == 0)
    return intent in (Intent.AUTOMATIC, Intent.SURFACE) and bool(is_masked.any())
