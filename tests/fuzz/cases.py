"""The cases of the fuzz: the same number is the same file."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tests.fuzz.mutations import MUTATIONS
from tests.fuzz.samples import samples

SHARES: Final = {
    "project": 6,
    "record": 5,
    "autosave": 2,
    "settings": 3,
    "recent": 2,
    "weights": 3,
    "manifest": 2,
    "mask": 3,
    "photo": 5,
}
"""How often each kind comes."""


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes:
        number: of the case.
        kind: what it shall be read as.
        data: its bytes.
    """

    number: int
    kind: str
    data: bytes

    def write(self, folder: Path) -> Path:
        """Write it into a folder."""
        path = folder / f"case-{self.number}"
        path.write_bytes(self.data)
        return path


class Cases:
    """Makes cases by their number."""

    def __init__(self, seed: int) -> None:
        """Args: start of the random numbers."""
        self._seed = seed

    @cached_property
    def _samples(self) -> dict[str, list[bytes]]:
        return samples()

    def case(self, number: int) -> Case:
        """The case of that number."""
        rng = random.Random(f"{self._seed} {number}")
        (kind,) = rng.choices(list(SHARES), list(SHARES.values()))
        data = rng.choice(self._samples[kind])
        return Case(number, kind, MUTATIONS[kind](rng, data))
