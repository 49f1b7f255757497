"""The real program in a real X window, driven by real mouse and key events and seen through screenshots."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.gui.theme import LIGHT
from portrait_studio.locations import DATA_VARIABLE

Picture = NDArray[np.uint8]
"""(H, W, 3) RGB screenshot."""

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("Xvfb", "xdotool")
_SHOOT = (
    "import sys; from PySide6.QtGui import QGuiApplication; a = QGuiApplication([]);"
    "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
)


def missing_programs() -> list[str]:
    """Programs that a real window needs and this machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@contextlib.contextmanager
def x_display(width: int = 1280, height: int = 820) -> Iterator[str]:
    """A virtual X server of its own; yields its display name."""
    reading, writing = os.pipe()
    screen = f"{width}x{height}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp"],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@dataclass(frozen=True)
class Place:
    """Where a photo lies on the screen: left, top, and screen pixels per photo pixel."""

    left: float
    top: float
    scale: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Screen position of a photo position."""
        return self.left + x * self.scale, self.top + y * self.scale


def photo_on_screen(seen: Picture, photo_width: int) -> Place | None:
    """Find the photo in a screenshot: what the light theme's canvas colour surrounds, or None."""
    surround = np.array([int(LIGHT.canvas[start : start + 2], 16) for start in (1, 3, 5)])
    around = (seen == surround).all(axis=2)
    # The same colour occurs in small controls elsewhere; the canvas is the largest patch of it.
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(around.astype(np.uint8), connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    rows = np.flatnonzero((numbered == largest).any(axis=1))
    columns = np.flatnonzero((numbered == largest).any(axis=0))
    inside = ~around[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    photo_rows = np.flatnonzero(inside.mean(axis=1) > 0.2)
    photo_columns = np.flatnonzero(inside.mean(axis=0) > 0.2)
    if photo_rows.size < 50 or photo_columns.size < 50:
        return None
    scale = (photo_columns[-1] + 1 - photo_columns[0]) / photo_width
    return Place(float(columns[0] + photo_columns[0]), float(rows[0] + photo_rows[0]), float(scale))


class RealWindow:
    """One running program; screen positions are those of the whole virtual screen."""

    def __init__(self, display: str, command: Sequence[str], log: Path) -> None:
        """Args: the X display; the command line; where the program's output goes."""
        self._environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
            DATA_VARIABLE: str(log.parent / "user-data"),
        }
        self._log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, env=self._environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
            )

    def wait_until_shown(self, timeout_s: float = 30.0) -> None:
        """Wait for the window and give it the keyboard; there is no window manager to do it."""
        search = ("search", "--onlyvisible", "--name", "Portrait Studio")
        self.wait(lambda: bool(self._xdotool(*search, check=False)), timeout_s, "no window appeared")
        self._xdotool("windowfocus", "--sync", self._xdotool(*search).split()[-1])

    @contextlib.contextmanager
    def beside(self, command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
        """Another program on the same screen."""
        process = subprocess.Popen(command, env=self._environment, cwd=ROOT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=20)

    def has_window(self, name: str) -> bool:
        """Whether a visible window is called so."""
        return bool(self._xdotool("search", "--onlyvisible", "--name", name, check=False))

    def shot(self, target: Path) -> Picture:
        """Take a screenshot into a PNG file and return it."""
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-c", _SHOOT, str(target)], env=self._environment, check=True, timeout=60
        )
        seen = cv2.imread(str(target))
        assert seen is not None
        return np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB), dtype=np.uint8)

    def move(self, x: float, y: float) -> None:
        """Move the pointer."""
        self._xdotool("mousemove", str(round(x)), str(round(y)))
        time.sleep(0.02)

    def drag(self, points: Sequence[tuple[float, float]], button: int = 1, pause_s: float = 0.0) -> None:
        """Press at the first point, move through the others, release at the last."""
        self.press(points[0], button)
        for point in points:
            self.move(*point)
            time.sleep(pause_s)
        self.release(button)

    def press(self, point: tuple[float, float], button: int = 1) -> None:
        """Press a button at a point and hold it."""
        self.move(*point)
        self._xdotool("mousedown", str(button))

    def release(self, button: int = 1) -> None:
        """Let a button go."""
        self._xdotool("mouseup", str(button))

    def key(self, *keys: str) -> None:
        """Press and release keys, named as xdotool names them."""
        for key in keys:
            self._xdotool("key", key)
            time.sleep(0.1)

    def key_down(self, key: str) -> None:
        """Press a key and hold it."""
        self._xdotool("keydown", key)
        time.sleep(0.2)

    def key_up(self, key: str) -> None:
        """Let a key go."""
        self._xdotool("keyup", key)
        time.sleep(0.2)

    def type(self, text: str) -> None:
        """Type a text."""
        self._xdotool("type", "--delay", "5", text)

    def wait(self, happened: Callable[[], bool], timeout_s: float, complaint: str) -> None:
        """Look until something has happened."""
        until = time.monotonic() + timeout_s
        while not happened():
            if self.process.poll() is not None:
                raise AssertionError(f"the program ended: {self._log.read_text()}")
            if time.monotonic() > until:
                raise AssertionError(f"{complaint}: {self._log.read_text()}")
            time.sleep(0.1)

    def end(self) -> None:
        """End the program if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=20)

    def _xdotool(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            check=check,
            timeout=20,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()
