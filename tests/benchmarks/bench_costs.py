"""What a fill costs by the size of photo and hole, beside Telea and PatchMatch, and a command as a whole.

Run as a script from a checkout, on a quiet machine:

    python -m tests.benchmarks.bench_costs [--threads N] [--rounds N] [--markdown FILE.md] [--plot FILE.svg]

It prints a row for each size as it goes. Ratios are of seconds of one run, by turns, so that they hold on
other machines; seconds do not. `--markdown` also writes the table with the name of the machine, `--plot`
draws it.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Extent
from portrait_studio.locations import models_dir
from tests.benchmarks.bench_large_photo import SIZE, generated_photo, hole_mask

Image = NDArray[np.uint8]
_TELEA_RADIUS: Final = 5
_LARGE: Final = Extent(4000, 3000)
_LEFT, _WIDTH, _ROW = 230, 480, 34
"""Of the plot, in units of its own."""
_COLOURS: Final = {"default": "#2a6fdb", "networks": "#8a8f98", "pypatchmatch": "#e07a1f"}


@dataclass(frozen=True)
class Work:
    """A photo and its hole: a square of `hole_px`."""

    name: str
    size: Extent
    hole_px: int

    def picture(self, number: int) -> tuple[Image, Image]:
        """Photo (H, W, 3), one of many, and mask (H, W)."""
        return generated_photo(self.size, number), hole_mask(self.size, self.hole_px)


WORKS: Final = (
    Work("256 px, hole of 96", Extent(256, 256), 96),
    Work("512 px, hole of 192", Extent(512, 512), 192),
    Work("1024 px, hole of 384", Extent(1024, 1024), 384),
    Work("2 megapixels, hole of 600", Extent(1732, 1155), 600),
    Work("24 megapixels, hole of 600", SIZE, 600),
    Work("12 megapixels, a quarter of it", _LARGE, 1732),
)


@dataclass(frozen=True)
class Row:
    """Seconds on the clock: medians over the rounds; None = not measured.

    Attributes:
        work: what was filled.
        default: by the default method.
        texture: what of that the texture stage took.
        network: by the networks alone.
        telea: by OpenCV's Telea, in all of the photo as users call it.
        patchmatch: by pypatchmatch, likewise.
    """

    work: Work
    default: float
    texture: float
    network: float
    telea: float
    patchmatch: float | None


def seconds_of(call: Callable[[], object]) -> float:
    """Of the clock."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def fill_seconds(
    pipeline: Pipeline, work: Work, method: Method, threads: int, number: int
) -> tuple[float, float]:
    """Of the whole fill and of its texture stage; of a photo's second fill much is remembered."""
    image, mask = work.picture(number)
    request = CompletionRequest(
        image, mask, CompletionOptions(method), hardware=Hardware("cpu", threads=threads)
    )
    start = time.perf_counter()
    result = pipeline.run(request)
    return time.perf_counter() - start, result.seconds.get(Stage.TEXTURE.label, 0.0)


def patchmatch_seconds(work: Work) -> float | None:
    """Of pypatchmatch; None where it is not installed."""
    try:
        from patchmatch import patch_match
    except ImportError:
        return None
    image, mask = work.picture(0)
    return seconds_of(lambda: patch_match.inpaint(image, mask, patch_size=5))


def row_of(work: Work, threads: int, rounds: int) -> Row:
    """Measure everything by turns."""
    default, network, others = [], [], []
    pipeline = Pipeline(models_dir())
    fill_seconds(pipeline, WORKS[0], Method.DEFAULT, threads, 0)
    image, mask = work.picture(0)
    telea = []
    for number in range(1, 2 * rounds, 2):
        default.append(fill_seconds(pipeline, work, Method.DEFAULT, threads, number))
        network.append(fill_seconds(pipeline, work, Method.NETWORK, threads, number + 1)[0])
        telea.append(seconds_of(lambda: cv2.inpaint(image, mask, _TELEA_RADIUS, cv2.INPAINT_TELEA)))
        others.append(patchmatch_seconds(work) if work.size.area < SIZE.area // 4 else None)
    known = [one for one in others if one is not None]
    whole, texture = (median(part) for part in zip(*default, strict=True))
    return Row(work, whole, texture, median(network), median(telea), median(known) if known else None)


def command_seconds(rounds: int) -> float:
    """Of `portrait-studio demo` from start to file, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "portrait_studio", "demo", "-o", str(Path(folder) / "demo.png")]

        def run() -> None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

        run()
        return median(seconds_of(run) for _ in range(rounds))


def table_of(rows: list[Row], command: float, threads: int) -> list[str]:
    """The table in Markdown."""
    lines = [
        f"{machine()}, {threads or 'all'} threads; seconds on the clock, median.",
        "",
        "| photo and hole | default | of it texture | networks | Telea | pypatchmatch | default / that |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        other = row.patchmatch
        ends = ("", "") if other is None else (f"{other:.2f}", f"{row.default / other:.2f}")
        cells = (f"{value:.2f}" for value in (row.default, row.texture, row.network, row.telea))
        lines.append("| " + " | ".join((row.work.name, *cells, *ends)) + " |")
    seconds = {row.work: row.default for row in rows}
    if WORKS[3] in seconds and WORKS[4] in seconds:
        times = seconds[WORKS[4]] / seconds[WORKS[3]]
        lines += ["", f"24 megapixels take {times:.2f} times as long as 2 with the same hole."]
    lines += ["", f"`portrait-studio demo`, from start to file: {command:.2f} s."]
    return lines


def machine() -> str:
    """Name of the processor and number of its cores, as far as the system gives them."""
    said = Path("/proc/cpuinfo")
    lines = said.read_text("utf-8").splitlines() if said.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0]}, {len(names)} cores" if names else platform.processor() or platform.machine()


def plot_of(rows: list[Row]) -> str:
    """Seconds of each row on a logarithmic axis, as SVG."""
    values = [(row.default, row.network, row.patchmatch) for row in rows]
    known = [value for three in values for value in three if value is not None]
    low, high = np.floor(np.log10(min(known))), np.ceil(np.log10(max(known)))

    def across(value: float) -> float:
        return float(_LEFT + (np.log10(value) - low) / (high - low) * _WIDTH)

    bottom = (len(rows) + 1) * _ROW
    marks = []
    for power in range(int(low), int(high) + 1):
        x = across(10.0**power)
        marks.append(f'<path d="M{x:.0f} {_ROW}V{bottom}" stroke="#ccc"/>')
        marks.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{10.0**power:g} s</text>')
    for number, (row, three) in enumerate(zip(rows, values, strict=True)):
        y = (number + 1.5) * _ROW
        marks.append(f'<text x="{_LEFT - 16}" y="{y + 4}" text-anchor="end">{row.work.name}</text>')
        for value, colour in zip(three, _COLOURS.values(), strict=True):
            if value is not None:
                marks.append(f'<circle cx="{across(value):.0f}" cy="{y}" r="5" fill="{colour}"/>')
    for number, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + 150 * number
        marks.append(
            f'<circle cx="{x}" cy="16" r="5" fill="{colour}"/><text x="{x + 12}" y="20">{name}</text>'
        )
    view = f'viewBox="0 0 {_LEFT + _WIDTH + 40} {bottom + 30}" font-family="sans-serif" font-size="13"'
    ground = '<rect width="100%" height="100%" fill="white"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{ground}{"".join(marks)}</svg>\n'


def main() -> int:
    """Measure and say; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--threads", type=int, default=0, help="of the processor, 0 = as many as there are")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--works", type=int, nargs="+", default=range(len(WORKS)), help="rows, by number")
    parser.add_argument("--markdown", type=Path, help="also write the table there")
    parser.add_argument("--plot", type=Path, help="also draw it there (SVG)")
    options = parser.parse_args()
    rows: list[Row] = []
    for number in options.works:
        rows.append(row_of(WORKS[number], options.threads, options.rounds))
        row = rows[-1]
        sys.stdout.write(f"{row.work.name:<34} default {row.default:6.2f} s, texture {row.texture:6.2f} s\n")
        sys.stdout.flush()
    lines = table_of(rows, command_seconds(options.rounds), options.threads)
    sys.stdout.write("\n".join(lines) + "\n")
    if options.markdown is not None:
        options.markdown.write_text("\n".join(lines) + "\n", "utf-8")
    if options.plot is not None:
        options.plot.write_text(plot_of(rows), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
