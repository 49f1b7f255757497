"""One edit of one photo without a window: its canvas, its mask, its fill, and what is written of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from portrait_studio.document.document import Document
from portrait_studio.document.history import Step
from portrait_studio.engine.extension_plan import extension_of
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.imaging.canvas_extension import canvas_of
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import check_extent, check_mask, extent_of

if TYPE_CHECKING:
    from portrait_studio.engine.request import CompletionOptions, CompletionResult
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
        self.document = Document(photo)
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

    def request(self, how: CompletionOptions) -> CompletionRequest:
        """What to ask the engine."""
        look = self.document.look()
        return CompletionRequest(look.image, look.mask, how, extension=extension_of(look.blank))

    def apply(self, result: CompletionResult, how: CompletionOptions) -> None:
        """Put the engine's answer in place."""
        from portrait_studio.session.candidates import Candidate
        from portrait_studio.session.fill_records import record_of

        filled = self.document.apply_fills(result.regions)
        self._steps.append(Step("Fill", filled, record_of(Candidate(result, how))))

    def write_record(self, path: Path) -> None:
        """Write how to repeat the edit; see `edit_record`."""
        from portrait_studio.document.edit_record import record_edit, write_record
        from portrait_studio.document.history import Snapshot

        write_record(record_edit(Snapshot(self.document, self._steps, len(self._steps))), path)
