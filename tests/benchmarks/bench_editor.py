"""How fast the editor is on a 24-megapixel photo: opening, painting, memory with ten fills, first window.

Run as `python -m tests.benchmarks.bench_editor` in the repository root; it needs no weights. Each line says
what was measured and what is aimed at. Other work on the machine makes all of it slower; of opening, whose
aim is a ratio, the median of several rounds is said, each against the decodings before and after it, and the
same of the processor's time, which other work changes less.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from PIL import Image
from PySide6.QtCore import QEventLoop, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from portrait_studio.app import Program
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, CompletionResult
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.locations import DATA_VARIABLE
from tests.helpers.fake_engine import FakeEngine

SIZE: Final = Extent(6000, 4000)
_MOVES: Final = 300
_FILLS: Final = 10
_OPENINGS: Final = 5


class Forgetful(FakeEngine):
    """Keeps no request, unlike the one that tests ask for them: the program keeps none either."""

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill, and forget."""
        result = super().complete(request, progress)
        self.requests.clear()
        return result


def say(what: str, figure: str, aim: str) -> None:
    """One line."""
    sys.stdout.write(f"{what}: {figure} (aim: {aim})\n")


_PREPARE: Final = """
import sys
from PIL import Image
from tests.benchmarks.bench_large_photo import SIZE, generated_photo
Image.fromarray(generated_photo(SIZE)).save(sys.argv[1], quality=92)
"""


def prepare(path: Path) -> None:
    """Write the photo, in another process, so that its memory does not count here."""
    subprocess.run([sys.executable, "-c", _PREPARE, str(path)], check=True)


def peak_mib() -> float:
    """Largest resident memory of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1024 if sys.platform != "darwin" else 1024 * 1024)


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of the processor."""

    clock: float
    processor: float

    @classmethod
    def by(cls, work: Callable[[], None]) -> Spent:
        """What something takes, all threads together."""
        clock, processor = time.perf_counter(), time.process_time()
        work()
        return cls(time.perf_counter() - clock, time.process_time() - processor)


def decode(path: Path) -> None:
    """What Pillow alone would do."""
    with Image.open(path) as image:
        np.asarray(image.convert("RGB"))


def open_photo(program: Program, path: Path) -> None:
    """Ask for the photo and wait until it is on the screen, as the program does: without spinning.

    A loop that asks again and again takes Python's lock from the thread that decodes, hundreds of times.
    """
    loop = QEventLoop()
    program.session.opened.connect(loop.quit)
    program.session.files.open(path)
    loop.exec()
    program.session.opened.disconnect(loop.quit)
    program.window.canvas.repaint()


def opening_ratios(program: Program, path: Path) -> list[Spent]:
    """Each opening against the mean of the decodings before and after it."""
    decoding = [Spent.by(lambda: decode(path))]
    opening = []
    for _ in range(_OPENINGS):
        opening.append(Spent.by(lambda: open_photo(program, path)))
        # What goes on in the background afterwards belongs to neither.
        QTest.qWait(500)
        decoding.append(Spent.by(lambda: decode(path)))
    return [
        Spent(
            2 * opened.clock / (before.clock + after.clock),
            2 * opened.processor / (before.processor + after.processor),
        )
        for opened, before, after in zip(opening, decoding, decoding[1:], strict=False)
    ]


def paint_milliseconds(program: Program) -> list[float]:
    """From each mouse event of a long stroke until the canvas is painted again."""
    canvas, spent = program.window.canvas, []
    middle, reach = canvas.rect().center(), min(canvas.width(), canvas.height()) // 3
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(canvas, button, keys, middle)
    for angle in np.linspace(0, 4 * np.pi, _MOVES):
        away = reach * (0.3 + 0.7 * angle / (4 * np.pi))
        spot = middle + QPoint(round(away * np.cos(angle)), round(away * np.sin(angle)))
        start = time.perf_counter()
        QTest.mouseMove(canvas, spot)
        QApplication.processEvents()
        spent.append((time.perf_counter() - start) * 1000)
    QTest.mouseRelease(canvas, button, keys, middle)
    return spent


def fill_ten_times(program: Program) -> None:
    """Ten fills that can be undone, each of a twentieth of the photo's height and width."""
    session = program.session
    side = SIZE.height // 20
    for number in range(_FILLS):
        left = side * (2 * number + 1)
        session.painting.clear_mask()
        session.painting.mark_rectangle(Bounds(left, left % 3000, left + side, left % 3000 + side), False)
        session.fill(CompletionOptions())
        while session.current_job is not None:
            QApplication.processEvents()


def main() -> int:
    """Measure and say."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DATA_VARIABLE] = folder
        path = Path(folder) / "large.jpg"
        prepare(path)
        application = QApplication(sys.argv[:1])
        program = Program(application, Forgetful)
        program.window.resize(1400, 900)
        program.window.show()
        QApplication.processEvents()
        imported = "after it" if "torch" not in sys.modules else "before it"
        say("torch is imported, against the first window", imported, "after it")
        open_photo(program, path)
        share = float(np.percentile(paint_milliseconds(program), 95))
        say("painting, event to repaint, 95th percentile", f"{share:.1f} ms", "16")
        fill_ten_times(program)
        decoded = SIZE.area * 3 / 2**20
        say("memory with ten fills, against the decoded photo", f"{peak_mib() / decoded:.1f} times", "8")
        # Last, since several photos one after the other need more memory than one.
        ratios = opening_ratios(program, path)
        clock = median(ratio.clock for ratio in ratios)
        say(f"opening, median of {_OPENINGS}, against decoding with Pillow", f"{clock:.2f} times", "1.5")
        processor = median(ratio.processor for ratio in ratios)
        say("the same, of the processor's time", f"{processor:.2f} times", "1.5")
        program.window.hide()
        program.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
