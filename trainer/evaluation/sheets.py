"""Contact sheets: one row per case, worst first, for eyes rather than figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import LABEL_COLOURS, LABEL_COUNT
from portrait_studio.output_files import FilesIn
from trainer.evaluation.pages import captioned_row, stacked, with_hole, write_pages
from trainer.evaluation.scoring import CaseResult, Score

Image = NDArray[np.uint8]

ROWS = 8
_HEIGHT = 256
_LEAST_SIDE = 128


@dataclass(frozen=True, eq=False)
class GalleryRow:
    """One case on a sheet.

    Attributes:
        badness: by what it is ranked; more is worse.
        caption: says so.
        cells: title and small picture (256, w, 3) uint8 RGB of each cell.
    """

    badness: float
    caption: str
    cells: list[tuple[str, Image]]


class Gallery:
    """Keeps small pictures of every case and writes them as numbered sheets.

    The first picture of a row is the whole photo with its hole; the others are what lies around the hole: the
    parsing map, what the completion network painted, the refined face, what each method made of it in the
    end, and the truth. Parsing map, completion and face are those of the method that ranks the cases.
    """

    def __init__(self, titles: Sequence[str], ranked_by: str) -> None:
        """Begin without cases.

        Args:
            titles: of the methods to show, in this order.
            ranked_by: method whose LPIPS ranks the cases, or L1 in the hole where that was not measured.
        """
        self._titles, self._ranked_by = tuple(titles), ranked_by
        self._rows: list[GalleryRow] = []

    def add(self, row: GalleryRow) -> None:
        """Take one case."""
        self._rows.append(row)

    def row_of(self, result: CaseResult) -> GalleryRow:
        """How one case is shown."""
        case, near = result.case, surroundings_of(result.case.mask)
        cells = [("input", with_hole(case.image, case.mask))]
        cells += [("reference", picture) for picture in case.references]
        cells += self._on_the_way(result, near)
        fills = ((title, result.fills[title]) for title in self._titles if title in result.fills)
        cells += [
            (title if fill.labels is None else f"{title}, blended", fill.pixels[near])
            for title, fill in fills
        ]
        cells.append(("truth", case.image[near]))
        scores = result.scores
        ranked = self._ranked_by if self._ranked_by in scores else next(iter(scores), None)
        badness, told = (0.0, "") if ranked is None else _badness(scores[ranked])
        caption = f"{case.name} {case.kind} {told}"
        return GalleryRow(badness, caption, [(title, _thumbnail(picture)) for title, picture in cells])

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, Image]]]]:
        """Caption, and title and picture of each cell, of every case; the worst first."""
        return [(row.caption, row.cells) for row in sorted(self._rows, key=lambda row: -row.badness)]

    def _on_the_way(self, result: CaseResult, near: tuple[slice, slice]) -> list[tuple[str, Image]]:
        """Parsing map, completion and face, as far as there are any; an empty picture keeps the columns."""
        fills = [fill for fill in result.fills.values() if fill.labels is not None]
        chosen = result.fills.get(self._ranked_by)
        fill = chosen if chosen is not None and chosen.labels is not None else next(iter(fills), None)
        if fill is None or fill.labels is None:
            return []
        cells = [("parsing", _with_outline(coloured(fill.labels)[near], result.case.mask[near]))]
        if "completion" in fill.stages:
            cells.append(("completion", fill.stages["completion"][near]))
        cells.append(("face", fill.stages.get("face", np.full((64, 64, 3), 255, np.uint8))))
        return cells

    def write(self, folder: Path) -> list[Path]:
        """Write sheets of eight rows, `sheet-00.png` the worst.

        Raises:
            ExportError: the folder cannot be written.
        """
        ordered = self.rows
        parts = (ordered[first : first + ROWS] for first in range(0, len(ordered), ROWS))
        return write_pages((stacked([_row(*row) for row in part]) for part in parts), folder)


def _badness(score: Score) -> tuple[float, str]:
    """By what a case is ranked, and the same in words."""
    if score.lpips is not None:
        return score.lpips, f"LPIPS {score.lpips:.3f}"
    return score.l1_in_hole, f"L1 {score.l1_in_hole:.1f}"


def sheets_in(folder: Path) -> FilesIn:
    """What a gallery may write there."""
    return FilesIn(folder, re.compile(r"sheet-\d+\.png"))


def coloured(labels: NDArray[np.uint8]) -> Image:
    """Labels (H, W) uint8 in their colours: (H, W, 3) uint8; partial and unknown codes in grey."""
    table = np.full((256, 3), 128, np.uint8)
    table[:LABEL_COUNT] = LABEL_COLOURS
    return np.asarray(table[labels], np.uint8)


def surroundings_of(mask: NDArray[np.uint8]) -> tuple[slice, slice]:
    """A window around the hole, twice as long as its longer side, or more where the hole is small."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    side = max(_LEAST_SIDE, 2 * int(max(np.ptp(rows), np.ptp(columns))))
    window = []
    for line, limit in ((rows, mask.shape[0]), (columns, mask.shape[1])):
        start = int(np.clip((int(line[0]) + int(line[-1]) - side) // 2, 0, max(0, limit - side)))
        window.append(slice(start, start + side))
    return window[0], window[1]


def _with_outline(image: Image, mask: NDArray[np.uint8]) -> Image:
    thickness = max(1, max(mask.shape) // 200)
    contours, _ = cv2.findContours((mask > 0).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    shown: Image = cv2.drawContours(image.copy(), contours, -1, (255, 255, 255), thickness)
    return shown


def _thumbnail(image: Image) -> Image:
    width = max(1, round(image.shape[1] * _HEIGHT / image.shape[0]))
    kind = cv2.INTER_LINEAR if image.shape[0] < _HEIGHT else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, (width, _HEIGHT), interpolation=kind), np.uint8)


def _row(caption: str, cells: Sequence[tuple[str, Image]]) -> Image:
    """The pictures of a case; its caption stands in the place of the first one's title."""
    (_, first), *others = cells
    return captioned_row([(caption, first), *others])
