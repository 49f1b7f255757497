"""Photos before and after everybody but the main person is taken away, and whether she stays untouched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from portrait_studio.engine.find_requests import PeopleMaskRequest, Who
from portrait_studio.engine.intent import Intent, wanted_with
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, ParseRequest
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from trainer.evaluation.methods import applied
from trainer.evaluation.pages import Image, captioned_row, pages_of, write_pages
from trainer.protocols.people import PeopleCase

UNTOUCHED: Final = 0.005
"""Share of the main person's true map that a mask may cover, and she still counts as untouched."""

_TALLEST_PX: Final = 900
_TALLEST_PAGE_PX: Final = 1900
_PHOTOS_IN_A_ROW: Final = 2


@dataclass(frozen=True)
class PassersByFigures:
    """What can be counted about the removals; whether anything remains visible is for eyes.

    Attributes:
        photos: how many show somebody beside the main person.
        marked: in how many of them somebody was found and marked.
        mapped: of how many the true map of the main person is known.
        covered: mean share of that map inside the mask; None where none is known.
        most_covered: the largest share; None where none is known.
        untouched: share of the mapped photos in which it is at most `UNTOUCHED`; None where none is known.
    """

    photos: int
    marked: int
    mapped: int
    covered: float | None
    most_covered: float | None
    untouched: float | None


@dataclass(frozen=True, eq=False)
class Removal:
    """What came of one photo.

    Attributes:
        marked: whether somebody was found and marked.
        covered: share of the main person's true map inside the mask; None where that is not known.
        weights: SHA-256 of each weights file that the fill used, by network name.
        cells: title and small picture of the photo before and after.
    """

    marked: bool
    covered: float | None
    weights: Mapping[str, str]
    cells: list[tuple[str, Image]]


class PassersByRemoval:
    """Takes passers-by away, photo by photo."""

    def __init__(self, engine: Engine, hardware: Hardware = ANY_HARDWARE) -> None:
        """Take the engine.

        Args:
            engine: finds people and fills.
            hardware: what it runs on.
        """
        self._engine, self._hardware = engine, hardware

    def __call__(self, case: PeopleCase) -> Removal | None:
        """Take a photo; None for one that shows nobody but the main person.

        Raises:
            WeightsError: a network is missing or damaged.
        """
        if not (case.people[1:] or case.hidden):
            return None
        # JPEG and WebP, in which all sets keep their photos, have 8 bits.
        photo = np.asarray(case.image, np.uint8)
        mask = self._engine.run(PeopleMaskRequest(photo, Who.OTHERS, hardware=self._hardware))
        after, weights, told = photo, dict[str, str](), "nobody found"
        if mask.any():
            # As the program does: what is meant is guessed from what the photo shows.
            seen = self._engine.run(ParseRequest(photo, hardware=self._hardware))
            wanted = wanted_with(Intent.AUTOMATIC, mask, None, seen)
            options = CompletionOptions(looks_inside=True)
            request = CompletionRequest(photo, mask, options, wanted, hardware=self._hardware)
            result = self._engine.run(request)
            after, weights, told = applied(photo, result), dict(result.weights), "after"
        covered = None
        if case.figure is not None and case.figure.any():
            covered = float((mask[case.figure] != 0).mean())
            told += f", {100 * covered:.2f} % of main person"
        cells = [(case.name, _thumbnail(photo)), (told, _thumbnail(after))]
        return Removal(bool(mask.any()), covered, weights, cells)


class PassersByTally:
    """Keeps what came of the photos, and small pictures of before and after."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, Image]] = []
        self._marked: list[bool] = []
        self._covered: list[float] = []
        self.weights: dict[str, str] = {}
        """SHA-256 of each weights file that the fills used, by network name."""

    def add(self, removal: Removal) -> None:
        """Count one photo."""
        self.weights |= removal.weights
        self._marked.append(removal.marked)
        if removal.covered is not None:
            self._covered.append(removal.covered)
        self._cells += removal.cells

    def figures(self) -> PassersByFigures | None:
        """The counts; None without photos."""
        if not self._marked:
            return None
        covered = np.array(self._covered)
        known = bool(covered.size)
        return PassersByFigures(
            len(self._marked),
            sum(self._marked),
            len(covered),
            float(covered.mean()) if known else None,
            float(covered.max()) if known else None,
            float((covered <= UNTOUCHED).mean()) if known else None,
        )

    def write(self, folder: Path) -> list[Path]:
        """Write sheets of before and after, `sheet-00.png` first, in the order of the photos.

        Raises:
            ExportError: the folder cannot be written.
        """
        step = 2 * _PHOTOS_IN_A_ROW
        starts = range(0, len(self._cells), step)
        rows = [captioned_row(self._cells[start : start + step]) for start in starts]
        return write_pages(pages_of(rows, _TALLEST_PAGE_PX), folder)


def _thumbnail(image: Image) -> Image:
    """The photo, at most so high that photos of the sets are shown pixel for pixel."""
    scale = _TALLEST_PX / image.shape[0]
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), _TALLEST_PX
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
