"""One real window under Xvfb: open, paint, fill, compare, undo, redo, export, quit, by mouse and keyboard."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from portrait_studio.gui.canvas.layers import MASK_OPACITY, MASK_TINT
from portrait_studio.imaging.reading import read_photo
from tests.helpers.fake_engine import FILL_COLOUR
from tests.helpers.real_window import (
    ROOT,
    Picture,
    Place,
    RealWindow,
    missing_programs,
    photo_on_screen,
    x_display,
)

pytestmark = pytest.mark.window

PHOTO_COLOUR = (60, 110, 170)
WIDTH, HEIGHT = 600, 450
ARTEFACTS = ROOT / "artefacts" / "window"


@dataclass
class Scene:
    """The running program, its photo and where it lies on the screen."""

    window: RealWindow
    photo: Path
    place: Place

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.place.at(x, y)

    def look(self, name: str) -> Picture:
        return self.window.shot(ARTEFACTS / f"{name}.png")

    def colour(self, seen: Picture, x: float, y: float) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        across, down = self.at(x, y)
        return np.asarray(seen[round(down), round(across)], dtype=np.int64)

    def shows(self, name: str, x: float, y: float, expected: object, tolerance: int = 8) -> bool:
        seen = self.colour(self.look(name), x, y)
        return int(np.abs(seen - np.asarray(expected)).max()) <= tolerance


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    missing = missing_programs()
    if missing:
        text = f"not installed: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(text)
        pytest.skip(text)
    noise = np.random.default_rng(7).integers(-3, 4, (HEIGHT, WIDTH, 3))
    path = tmp_path / "photo.png"
    picture = (np.array(PHOTO_COLOUR) + noise).astype(np.uint8)
    assert cv2.imwrite(str(path), picture[:, :, ::-1])
    with x_display() as display:
        command = [sys.executable, "-m", "tests.helpers.fake_program", str(path)]
        window = RealWindow(display, command, tmp_path / "log.txt")
        try:
            window.wait_until_shown()
            yield found_on_screen(Scene(window, path, Place(0, 0, 1)))
        finally:
            window.end()


def found_on_screen(scene: Scene) -> Scene:
    """Look where the photo is."""
    scene.window.move(2, 2)

    def visible() -> bool:
        seen = scene.look("1-opened")
        found = photo_on_screen(seen, WIDTH)
        if found is None:
            return False
        scene.place = found
        corners = [scene.colour(seen, x, y) for x in (5, WIDTH - 5) for y in (5, HEIGHT - 5)]
        return all(int(np.abs(corner - PHOTO_COLOUR).max()) <= 5 for corner in corners)

    scene.window.wait(visible, 20, "the photo was not shown")
    return scene


def test_the_main_job_by_hand(scene: Scene, tmp_path: Path) -> None:
    window = scene.window
    tinted = np.multiply(PHOTO_COLOUR, 1 - MASK_OPACITY) + np.multiply(MASK_TINT, MASK_OPACITY)

    window.drag([scene.at(x, 200) for x in range(200, 401, 20)])
    window.move(2, 2)
    assert scene.shows("2-painted", 300, 200, tinted)
    assert scene.shows("2-painted", 300, 300, PHOTO_COLOUR)

    window.key("Return")
    window.wait(lambda: scene.shows("3-filling", 300, 200, tinted), 1, "the fill ended at once")
    window.wait(lambda: scene.shows("4-filled", 300, 200, FILL_COLOUR), 20, "nothing was filled")
    assert scene.shows("4-filled", 300, 300, PHOTO_COLOUR)

    window.key_down("backslash")
    assert scene.shows("5-compared", 300, 200, PHOTO_COLOUR)
    window.key_up("backslash")
    assert scene.shows("5-let-go", 300, 200, FILL_COLOUR)

    window.key("ctrl+z")
    assert scene.shows("6-undone", 300, 200, tinted)
    window.key("ctrl+shift+z")
    assert scene.shows("7-redone", 300, 200, FILL_COLOUR)

    window.key("s")
    window.wait(lambda: not scene.shows("8-structure", 300, 300, PHOTO_COLOUR), 5, "no structure was shown")
    window.key("s")

    target = tmp_path / "result.png"
    window.key("ctrl+e")
    window.wait(lambda: not scene.shows("9-export", 300, 225, PHOTO_COLOUR), 5, "no dialog was shown")
    window.key("ctrl+a")
    window.type(str(target))
    window.key("Return")
    window.wait(target.exists, 10, "nothing was exported")
    result, source = read_photo(target).pixels, read_photo(scene.photo).pixels
    changed = (result != source).any(axis=2)
    assert (result[changed] == FILL_COLOUR).all()
    rows, columns = np.nonzero(changed)
    assert abs(int(columns.min()) - 185) <= 4
    assert abs(int(columns.max()) - 414) <= 4
    assert abs(int(rows.min()) - 185) <= 4
    assert abs(int(rows.max()) - 214) <= 4

    scene.look("10-exported")
    window.wait_until_shown()
    window.key("ctrl+q")
    assert window.process.wait(timeout=15) == 0


def test_the_main_job_without_a_mouse(scene: Scene, tmp_path: Path) -> None:
    window = scene.window
    tinted = np.multiply(PHOTO_COLOUR, 1 - MASK_OPACITY) + np.multiply(MASK_TINT, MASK_OPACITY)
    window.key("p")
    window.key_down("space")
    window.key(*["Right"] * 6)
    window.key_up("space")
    middle = (WIDTH / 2, HEIGHT / 2)
    window.key(*["ctrl+Up"] * 2)
    assert scene.shows("keys-painted", *middle, tinted)
    window.key("Return")
    window.wait(lambda: scene.shows("keys-filled", *middle, FILL_COLOUR), 20, "nothing was filled")
    target = tmp_path / "result.png"
    window.key("ctrl+e")
    window.wait(lambda: not scene.shows("keys-export", *middle, FILL_COLOUR), 5, "no dialog was shown")
    window.key("ctrl+a")
    window.type(str(target))
    window.key("Return")
    window.wait(target.exists, 10, "nothing was exported")
    assert (read_photo(target).pixels[HEIGHT // 2, WIDTH // 2] == FILL_COLOUR).all()


def test_escape_stops_a_fill(scene: Scene) -> None:
    window = scene.window
    window.drag([scene.at(x, 200) for x in range(200, 401, 40)])
    window.key("Return")
    window.key("Escape")
    window.move(2, 2)
    tinted = np.multiply(PHOTO_COLOUR, 1 - MASK_OPACITY) + np.multiply(MASK_TINT, MASK_OPACITY)
    assert scene.shows("cancelled", 300, 200, tinted)
    window.drag([scene.at(x, 350) for x in range(200, 401, 40)], button=3)
    window.drag([scene.at(x, 300) for x in range(200, 401, 40)])
    window.move(2, 2)
    assert scene.shows("painted-after-cancel", 300, 300, tinted)
    window.key("question")
    window.wait(lambda: not scene.shows("keys", 300, 225, PHOTO_COLOUR), 5, "the key sheet was not shown")


def test_the_next_stroke_is_painted_while_a_fill_runs(scene: Scene) -> None:
    window = scene.window
    tinted = np.multiply(PHOTO_COLOUR, 1 - MASK_OPACITY) + np.multiply(MASK_TINT, MASK_OPACITY)
    window.drag([scene.at(x, 120) for x in range(200, 401, 40)])
    window.key("Return")
    window.drag([scene.at(x, 320) for x in range(200, 401, 40)])
    window.key("Return")
    window.move(2, 2)
    window.wait(lambda: scene.shows("first-filled", 300, 120, FILL_COLOUR), 20, "nothing was filled")
    window.wait(lambda: scene.shows("next-filled", 300, 320, FILL_COLOUR), 20, "the next fill did not come")
    window.key("ctrl+z")
    assert scene.shows("next-undone", 300, 320, tinted)
    assert scene.shows("next-undone", 300, 120, FILL_COLOUR)


def test_a_file_dragged_from_another_program_opens(scene: Scene, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    colour = (200, 60, 90)
    assert cv2.imwrite(str(other), np.full((HEIGHT, WIDTH, 3), colour[::-1], np.uint8))
    left, top = 1150, 700
    command = [sys.executable, "-m", "tests.helpers.drag_source", str(other), str(left), str(top)]
    window = scene.window
    with window.beside(command) as process:
        window.wait(lambda: window.has_window("drag_source"), 20, "the drag source was not shown")
        start, end = (left + 50, top + 30), scene.at(300, 225)
        steps = [start, *((start[0] - step, start[1]) for step in (10, 30, 60))]
        window.drag([*steps, *((end[0] + step, end[1]) for step in range(40, -1, -4))], pause_s=0.1)
        window.wait(lambda: process.poll() is not None, 20, "the drag did not end")
    window.move(2, 2)
    window.wait(lambda: scene.shows("dropped", 300, 225, colour), 20, "the dropped file was not opened")


def test_a_second_start_is_a_second_window(scene: Scene, tmp_path: Path) -> None:
    """What "Open with" for several photos comes to: one process each, and neither takes the other's photo."""
    other = tmp_path / "other.png"
    assert cv2.imwrite(str(other), np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    window = scene.window
    with window.beside([sys.executable, "-m", "tests.helpers.fake_program", str(other)]) as second:
        window.wait(
            lambda: window.has_window("other.png.* - Portrait Studio"), 30, "no second window appeared"
        )
        assert window.has_window("photo.png.* - Portrait Studio")
        assert second.poll() is None
    assert window.has_window("photo.png.* - Portrait Studio")
    assert window.process.poll() is None
