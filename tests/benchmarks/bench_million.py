"""What a million photos cost, reckoned from a few: seconds of one core, memory, and where they go.

Run as a script from a checkout:

    python -m tests.benchmarks.bench_million [--photos N] [--markdown FILE.md]

Each photo is read, filled in one hole where a figure meets a wall, and written as JPEG by what `batch` does
to a photo, in a process with one thread, as `batch --jobs` starts one for each core. Seconds are those of the
processor, so that what else runs on the machine hardly counts; which stage takes what share is of the clock.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from portrait_studio.document.document import Document
from portrait_studio.editing.edit import Edit
from portrait_studio.editing.fills import FillWishes
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import Progress
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.mask_file import read_mask
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.locations import models_dir
from tests.benchmarks.bench_large_photo import generated_photo, hole_mask

MILLION: Final = 1_000_000
SIZES: Final = (
    (Extent(1200, 900), 200),
    (Extent(1800, 1200), 300),
    (Extent(4000, 3000), 600),
    (Extent(6000, 4000), 600),
)
"""Of photos, and the side of the hole in each, in pixels."""
_DAY_S: Final = 86_400
_CORES: Final = 64
_HEAD: Final = (
    "| photo | hole | core seconds | of it reading and writing | slowest stages | memory of a process |"
    f" a million photos | on {_CORES} cores | read and written |"
)


@dataclass(frozen=True)
class Cost:
    """What one photo costs.

    Attributes:
        seconds: of the processor.
        file_seconds: of these for reading and writing.
        stages: share of each stage of the fill by the clock, the slowest first.
        peak_mb: largest resident memory.
        file_mb: of the photo and the result.
    """

    seconds: float
    file_seconds: float
    stages: list[tuple[str, float]]
    peak_mb: float
    file_mb: float


def measured(size: Extent, hole_px: int, photos: int, folder: Path) -> Cost:
    """Fill one photo to warm up, then some more."""
    source, mask, target = folder / "photo.jpg", folder / "mask.png", folder / "result.jpg"
    cv2.imwrite(str(source), generated_photo(size)[:, :, ::-1])
    cv2.imwrite(str(mask), hole_mask(size, hole_px))
    engine = Pipeline(models_dir())
    engine.prefer(Hardware("cpu", threads=1))
    total = in_files = 0.0
    stages: dict[str, float] = {}
    for number in range(photos + 1):
        began = time.process_time()
        photo = read_photo(source)
        edit = Edit(photo, read_mask(mask, photo.extent))
        read = time.process_time()
        result = edit.fill(engine, FillWishes(), Progress())
        filled = time.process_time()
        _written(edit.document, target)
        ended = time.process_time()
        if number:
            total += ended - began
            in_files += read - began + ended - filled
            for stage, seconds in result.seconds.items():
                stages[str(stage)] = stages.get(str(stage), 0.0) + seconds
    spent = sum(stages.values())
    shares = sorted(((name, seconds / spent) for name, seconds in stages.items()), key=lambda one: -one[1])
    peak = (
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    )
    in_mb = (source.stat().st_size + target.stat().st_size) / 1e6
    return Cost(total / photos, in_files / photos, shares, peak, in_mb)


def _written(document: Document, target: Path) -> None:
    document.export(target, ExportOptions())
    document.close()


def row(size: Extent, hole_px: int, cost: Cost) -> str:
    """A line of the table."""
    slowest = ", ".join(f"{name} {share:.0%}" for name, share in cost.stages[:2])
    core_days = cost.seconds * MILLION / _DAY_S
    return (
        f"| {size.width * size.height / 1e6:.0f} MP | {hole_px} px | {cost.seconds:.1f} |"
        f" {cost.file_seconds / cost.seconds:.0%} | {slowest} | {cost.peak_mb / 1e3:.1f} GB |"
        f" {core_days:.0f} core days | {core_days / _CORES:.1f} days |"
        f" {cost.file_mb * MILLION / 1e6:.1f} TB |"
    )


def processor() -> str:
    """Its name."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def main() -> None:
    """Measure each size in a process of its own, so that each has its own peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=3, help="of each size, after one to warm up (3)")
    parser.add_argument("--markdown", type=Path, help="also write the table there")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.size is not None:
        with tempfile.TemporaryDirectory() as folder:
            cost = measured(*SIZES[options.size], options.photos, Path(folder))
        sys.stdout.write(row(*SIZES[options.size], cost) + "\n")
        return
    lines = [_HEAD, "|" + "---|" * (_HEAD.count("|") - 1)]
    for number in range(len(SIZES)):
        command = [
            sys.executable,
            "-m",
            __spec__.name,
            "--size",
            str(number),
            "--photos",
            str(options.photos),
        ]
        lines.append(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    lines += ["", f"One thread each of: {processor()}."]
    if options.markdown is not None:
        options.markdown.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
