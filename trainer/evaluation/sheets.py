"""Contact sheets: one row per case, worst first, for eyes rather than figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.atomic import make_folder, replacing
from portrait_studio.networks.conventions import LABEL_COLOURS, LABEL_COUNT
from portrait_studio.targets import FilesIn
from trainer.evaluation.scoring import CaseResult

Image = NDArray[np.uint8]

ROWS = 8
_HEIGHT = 256
_LEAST_SIDE = 128
_MARGIN = 4
_CAPTION = 20
_HOLE = (255, 0, 255)


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
            ranked_by: method whose L1 in the hole ranks the cases.
        """
        self._titles, self._ranked_by = tuple(titles), ranked_by
        self._rows: list[tuple[float, str, list[tuple[str, Image]]]] = []

    def add(self, result: CaseResult) -> None:
        """Take one case."""
        case, near = result.case, _surroundings(result.case.mask)
        cells = [("input", _with_hole(case.image, case.mask)), *self._on_the_way(result, near)]
        fills = ((title, result.fills[title]) for title in self._titles if title in result.fills)
        cells += [
            (title if fill.labels is None else f"{title}, blended", fill.pixels[near])
            for title, fill in fills
        ]
        cells.append(("truth", case.image[near]))
        scores = result.scores
        ranked = self._ranked_by if self._ranked_by in scores else next(iter(scores), None)
        worst = scores[ranked].l1_in_hole if ranked is not None else 0.0
        caption = f"{case.name} {case.kind} {worst:.1f}"
        self._rows.append((worst, caption, [(title, _thumbnail(picture)) for title, picture in cells]))

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, Image]]]]:
        """Caption, and title and picture of each cell, of every case; the worst first."""
        return [(caption, cells) for _, caption, cells in sorted(self._rows, key=lambda row: -row[0])]

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
        make_folder(folder)
        ordered = self.rows
        paths = []
        for number, first in enumerate(range(0, len(ordered), ROWS)):
            path = folder / f"sheet-{number:02d}.png"
            sheet = _stacked([_row(caption, cells) for caption, cells in ordered[first : first + ROWS]])
            with replacing(path) as file:
                file.write(cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))[1].tobytes())
            paths.append(path)
        return paths


def sheets_in(folder: Path) -> FilesIn:
    """What a gallery may write there."""
    return FilesIn(folder, re.compile(r"sheet-\d+\.png"))


def coloured(labels: NDArray[np.uint8]) -> Image:
    """Labels (H, W) uint8 in their colours: (H, W, 3) uint8; partial and unknown codes in grey."""
    table = np.full((256, 3), 128, np.uint8)
    table[:LABEL_COUNT] = LABEL_COLOURS
    return np.asarray(table[labels], np.uint8)


def _surroundings(mask: NDArray[np.uint8]) -> tuple[slice, slice]:
    """A window around the hole, twice as long as its longer side, or more where the hole is small."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    side = max(_LEAST_SIDE, 2 * int(max(np.ptp(rows), np.ptp(columns))))
    window = []
    for line, limit in ((rows, mask.shape[0]), (columns, mask.shape[1])):
        start = int(np.clip((int(line[0]) + int(line[-1]) - side) // 2, 0, max(0, limit - side)))
        window.append(slice(start, start + side))
    return window[0], window[1]


def _with_hole(image: Image, mask: NDArray[np.uint8]) -> Image:
    shown = image.copy()
    shown[mask > 0] = _HOLE
    return shown


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
    """Pictures side by side with their titles above."""
    width = sum(cell.shape[1] for _, cell in cells) + _MARGIN * (len(cells) + 1)
    row: Image = np.full((_HEIGHT + _CAPTION + _MARGIN, width, 3), 255, np.uint8)
    left = _MARGIN
    for position, (title, cell) in enumerate(cells):
        row[_CAPTION : _CAPTION + _HEIGHT, left : left + cell.shape[1]] = cell
        text = caption if position == 0 else title
        cv2.putText(
            row, text, (left, _CAPTION - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA
        )
        left += cell.shape[1] + _MARGIN
    return row


def _stacked(rows: Sequence[Image]) -> Image:
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
    return np.concatenate(padded)
