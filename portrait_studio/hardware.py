"""What a job is to run on, or ran on, by the names that people and files use; no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portrait_studio.errors import OptionError

DEVICES: Final = ("auto", "cpu", "cuda", "mps")
PRECISIONS: Final = ("auto", "float32", "bfloat16")
MOST_THREADS: Final = 1024
"""Of the CPU, for one job; no machine today has more."""


@dataclass(frozen=True)
class Hardware:
    """Device, precision and threads; others than these cannot be made.

    Attributes:
        device: one of `DEVICES`; "auto" = the fastest that there is, or not known.
        precision: of the networks, one of `PRECISIONS`; "auto" = the faster one on the device, or not known.
        threads: of the CPU, at most `MOST_THREADS`; 0 = as many as torch has, not known, or another device.
            Another number changes last digits.

    Raises:
        OptionError: there is no device or precision of that name, or no such number of threads.
    """

    device: str = "auto"
    precision: str = "auto"
    threads: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.device not in DEVICES:
            raise OptionError(
                "There is no device {name!r}; choose one of: {names}.",
                name=self.device,
                names=", ".join(DEVICES),
            )
        if self.precision not in PRECISIONS:
            raise OptionError(
                "There is no precision {precision!r}; choose one of: {names}.",
                precision=self.precision,
                names=", ".join(PRECISIONS),
            )
        if not 0 <= self.threads <= MOST_THREADS:
            raise OptionError(
                "A fill takes 1 to {most} threads, or 0 for as many as there are, not {threads}.",
                most=MOST_THREADS,
                threads=self.threads,
            )


ANY_HARDWARE: Final = Hardware()
"""Whatever is there, or whatever the user prefers."""
