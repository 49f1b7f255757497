"""What an export wrote, and the proof that it left the rest alone."""

from __future__ import annotations

from dataclasses import dataclass

from portrait_studio.imaging.export_check import Difference
from portrait_studio.imaging.writing import WrittenPhoto
from portrait_studio.messages import Message


@dataclass(frozen=True)
class ExportReport:
    """What an export wrote, and the proof that it left the rest alone.

    Attributes:
        written: the file, its format and what the format could not hold.
        filled_pixels: pixels that fills were allowed to change.
        changed_outside: pixels beyond these that differ from the original here; 0 unless the program
            is wrong. What a lossy format does to the whole picture is not counted.
        loss: what reading the file again showed that the format did to pixels beyond these; None where it
            was not read again, for lack of memory.
    """

    written: WrittenPhoto
    filled_pixels: int
    changed_outside: int
    loss: Difference | None = None

    @property
    def verdict(self) -> Message:
        """What is true of the file, for the user to read."""
        name, loss = self.written.path.name, self.format_loss
        if self.changed_outside or loss is None:
            return Message(
                "Saved {name}; verified: {count} pixels changed outside the mask.",
                name=name,
                count=self.changed_outside,
            )
        return Message("Saved {name}; {what}", name=name, what=loss)

    @property
    def format_loss(self) -> Message | None:
        """What writing did to all pixels, or that this is not known; None where it kept every one."""
        if self.written.is_converted:
            return Message("every pixel has a new value by the conversion that was chosen.")
        if self.loss is None:
            return Message("it was not read again to verify it, for lack of memory.")
        if self.written.is_lossless:
            return None
        return Message(
            "{format} encoded every pixel anew, which changed {percent:.1f} % of those outside the mask by up"
            " to {levels} of 255 levels.",
            format=self.written.format.value.title,
            percent=100 * self.loss.share,
            levels=self.loss.most_levels,
        )
