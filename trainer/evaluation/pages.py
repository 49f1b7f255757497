"""Pictures with captions, in rows, on numbered pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.atomic import make_folder, replacing

Image = NDArray[np.uint8]

MARGIN_PX: Final = 4
CAPTION_PX: Final = 20

_HOLE: Final = (255, 0, 255)


def with_hole(image: Image, mask: NDArray[np.uint8]) -> Image:
    """A copy of the picture with its hole in one colour.

    Args:
        image: (H, W, 3) uint8 RGB.
        mask: (H, W) uint8, nonzero = hole.
    """
    shown = image.copy()
    shown[mask > 0] = _HOLE
    return shown


def captioned_row(cells: Sequence[tuple[str, Image]]) -> Image:
    """Pictures side by side, each with its caption above.

    Args:
        cells: caption and (h, w, 3) uint8 RGB of each; heights may differ.

    Returns:
        (H, W, 3) uint8 RGB on white.
    """
    height = max(cell.shape[0] for _, cell in cells)
    width = sum(cell.shape[1] for _, cell in cells) + MARGIN_PX * (len(cells) + 1)
    row: Image = np.full((height + CAPTION_PX + MARGIN_PX, width, 3), 255, np.uint8)
    left = MARGIN_PX
    for caption, cell in cells:
        row[CAPTION_PX : CAPTION_PX + cell.shape[0], left : left + cell.shape[1]] = cell
        place = left, CAPTION_PX - 6
        cv2.putText(row, caption, place, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
        left += cell.shape[1] + MARGIN_PX
    return row


def stacked(rows: Sequence[Image]) -> Image:
    """Rows below each other on one page, the narrower ones with white to their right."""
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
    return np.concatenate(padded)


def pages_of(rows: Sequence[Image], tallest_px: int) -> Iterator[Image]:
    """The rows on as few pages as their order allows; a row that is taller than a page has one to itself.

    Args:
        rows: (h, w, 3) uint8 RGB each.
        tallest_px: height that a page of several rows does not exceed.
    """
    page: list[Image] = []
    for row in rows:
        if page and sum(one.shape[0] for one in page) + row.shape[0] > tallest_px:
            yield stacked(page)
            page = []
        page.append(row)
    if page:
        yield stacked(page)


def write_pages(pages: Iterable[Image], folder: Path, name: str = "sheet") -> list[Path]:
    """Write pages as NAME-00.png and so on into a folder, which is made.

    Raises:
        ExportError: the folder cannot be written.
    """
    make_folder(folder)
    paths = []
    for number, page in enumerate(pages):
        paths.append(folder / f"{name}-{number:02d}.png")
        with replacing(paths[-1]) as file:
            file.write(cv2.imencode(".png", cv2.cvtColor(page, cv2.COLOR_RGB2BGR))[1].tobytes())
    return paths
