"""Retakes the README's screenshots: the real program and engine on the demo photo, by mouse and keyboard.

Run as `python -m tests.visual.take_screenshots` in the repository root; it needs Xvfb, xdotool and weights.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from portrait_studio.imaging.mask_file import read_mask
from portrait_studio.imaging.masks import Mask, grow, hole_bounds
from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import resources_dir
from tests.helpers.real_window import Place, RealWindow, photo_on_screen, x_display

TARGET = resources_dir() / "screenshots"
_FILL_TIMEOUT_S = 300.0


def paint(window: RealWindow, place: Place, mask: Mask) -> None:
    """Paint over each hole of a mask, line by line, with the brush that the window chose."""
    brush_px = max(mask.shape) // 20
    mask = grow(mask, -(brush_px // 3))
    for hole in hole_bounds(mask):
        for row in range(hole.top, hole.bottom, max(1, brush_px // 2)):
            columns = hole.left + np.flatnonzero(mask[row, hole.left : hole.right])
            if columns.size:
                window.drag([place.at(x, row) for x in np.linspace(columns.min(), columns.max(), 6)])
    window.move(640, 818)


def retake(window: RealWindow, mask: Mask) -> None:
    """Paint, fill and show the structure, keeping a picture of each."""
    window.wait_until_shown()

    def place() -> Place | None:
        return photo_on_screen(window.shot(TARGET / "window.png"), mask.shape[1])

    window.wait(lambda: place() is not None, 60, "the photo was not shown")
    # The window is laid out anew while it starts; only then does the photo stay where it is.
    time.sleep(5)
    found = place()
    assert found is not None
    paint(window, found, mask)
    painted = window.shot(TARGET / "window-painted.png").astype(int)
    hole = hole_bounds(mask)[0]
    across, down = found.at(hole.left + hole.width / 2, hole.top + hole.height / 2)
    middle = (round(down), round(across))
    window.key("Return")

    def filled() -> bool:
        seen = window.shot(TARGET / "window.png").astype(int)
        return bool(np.abs(seen[middle] - painted[middle]).max() > 20)

    window.wait(filled, _FILL_TIMEOUT_S, "nothing was filled")
    window.key("s")
    time.sleep(2)
    window.shot(TARGET / "window-structure.png")


def main() -> int:
    """Start the program on the demo photo and retake the screenshots."""
    demo = resources_dir() / "demo"
    photo = demo / "photo.png"
    mask = read_mask(demo / "mask.png", read_photo(photo).extent)
    with tempfile.TemporaryDirectory() as folder, x_display() as display:
        window = RealWindow(
            display, [sys.executable, "-m", "portrait_studio", str(photo)], Path(folder) / "log"
        )
        try:
            retake(window, mask)
        finally:
            window.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
