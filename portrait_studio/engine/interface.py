"""What window, commands and trainer know of the engine: it runs requests. No torch, no Qt."""

from __future__ import annotations

from typing import Protocol

from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import Answer, Request
from portrait_studio.hardware import Hardware


class Engine(Protocol):
    """Answers requests; see `engine.request` for what can be asked."""

    def run(self, request: Request[Answer], progress: Progress | None = None) -> Answer:
        """Do what is asked.

        Args:
            request: what, on which picture, by which hardware.
            progress: hears of the stages, and may cancel; None = nobody listens.

        Raises:
            MaskError: a mask is of another size, empty, or leaves nothing of the photo.
            OptionError: an option is unknown or out of range.
            WeightsError: a network that is needed is missing or damaged.
            DeviceError: the device is missing or out of memory.
            Cancelled: `progress` was told to cancel.
        """
        ...

    def prefer(self, hardware: Hardware) -> None:
        """Choose what later requests run on where they leave it open, "auto" or 0.

        Args:
            hardware: its precision counts on the CPU only; its threads are taken for the whole process.
        """
