"""Photos extended in a real window by dragging an edge, as a new user would, with the shipped weights.

Run as `python -m tests.visual.try_extensions PHOTO ... [--side bottom|top] [--out DIR]` in the repository
root. For each photo it leaves screenshots of the gesture, the live outline, the fill and two more candidates;
look at them. It ends with an error where the window never came to rest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.imaging.canvas_extension import RECOVER_FEET, RECOVER_FOREHEAD, parse_length
from portrait_studio.imaging.reading import read_photo
from tests.helpers.real_window import ROOT, Picture, Place, RealWindow, photo_on_screen, x_display

_LENGTHS: Final = {"bottom": RECOVER_FEET, "top": RECOVER_FOREHEAD}
"""How far the edge is dragged: what the buttons for feet and forehead ask for."""
_STILL_S: Final = 5.0
_LONGEST_S: Final = 300.0


def main() -> int:
    """Try every photo; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    parser.add_argument("--side", choices=tuple(_LENGTHS), default="bottom")
    parser.add_argument("--out", type=Path, default=ROOT / "artefacts" / "extensions")
    options = parser.parse_args()
    for photo in options.photos:
        with x_display(1400, 900) as display, tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "portrait_studio", str(photo.resolve())]
            window = RealWindow(display, command, Path(folder) / "log.txt")
            try:
                window.wait_until_shown(90)
                try_photo(window, photo, options.side, options.out / photo.stem)
            finally:
                window.end()
        sys.stdout.write(f"{photo.stem}: see {options.out}\n")
    return 0


def try_photo(window: RealWindow, photo: Path, side: str, out: Path) -> None:
    """Drag an edge of the photo that the window shows, fill, and ask for two more candidates."""
    shots = Shots(window, out)
    height, width = read_photo(photo).pixels.shape[:2]
    shots.at_rest("0-opened")
    window.key("c")
    place = photo_on_screen(shots.at_rest("1-tool"), width)
    assert place is not None, "the photo is nowhere to be seen"
    start, end = _gesture(place, width, height, side)
    window.press(start)
    for step in np.linspace(0, 1, 12):
        window.move(start[0], start[1] + float(step) * (end[1] - start[1]))
    time.sleep(2.5)
    shots.take("2-outline")
    window.release()
    shots.at_rest("3-let-go")
    window.key("Return")
    shots.at_rest("4-filled")
    for number in (2, 3):
        window.key("ctrl+Return")
        shots.at_rest(f"5-candidate-{number}")


def _gesture(
    place: Place, width: int, height: int, side: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    """From the middle of an edge outwards, in pixels of the screen."""
    length = parse_length(_LENGTHS[side], height)
    edge, goal = (height, height + length) if side == "bottom" else (0, -length)
    return place.at(width / 2, edge), place.at(width / 2, goal)


class Shots:
    """Screenshots of one photo's trial, by name."""

    def __init__(self, window: RealWindow, stem: Path) -> None:
        """Args: the window; where the files go, without the end of their names."""
        self._window, self._stem = window, stem

    def take(self, name: str) -> Picture:
        """One screenshot."""
        return self._window.shot(self._stem.with_name(f"{self._stem.name}-{name}.png"))

    def at_rest(self, name: str) -> Picture:
        """The screenshot after which nothing moved for a while: no job runs."""
        before = self.take(name)
        still_since = started = time.monotonic()
        while time.monotonic() - still_since < _STILL_S:
            assert time.monotonic() - started < _LONGEST_S, (
                f"{self._stem.name}: the window never came to rest"
            )
            time.sleep(0.5)
            seen = self.take(name)
            if not np.array_equal(seen, before):
                still_since, before = time.monotonic(), seen
        return before


if __name__ == "__main__":
    sys.exit(main())
