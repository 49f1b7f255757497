"""A 24-megapixel photo extended by a third: filled, exported, read back, its own pixels bit-identical.

Run as a script from a checkout, with the shipped weights or those in ``PORTRAIT_STUDIO_MODELS``:

    python -m tests.benchmarks.bench_extension [--bottom 33%] [--method default]

It prints seconds and peak memory, also relative to the decoded photo, and exits with code 1 if a single pixel
of the photo changed or memory exceeded ten times the decoded photo.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from portrait_studio.editing.edit import Edit
from portrait_studio.editing.fills import FillWishes
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import CompletionOptions, Method
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.canvas_extension import parse_length
from portrait_studio.imaging.geometry import Margins
from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import models_dir
from tests.benchmarks.bench_large_photo import SIZE, peak_mib

_MOST_TIMES = 10.0


def main() -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bottom", default="33%", help="how far down")
    parser.add_argument("--method", choices=[method.value for method in Method], default="default")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> int:
    """Extend, export and compare in that folder; returns the exit code."""
    source, target = folder / "photo.png", folder / "extended.png"
    # In a process of its own, so that its memory does not count.
    command = [sys.executable, "-m", "tests.benchmarks.bench_large_photo", "--generate", str(source)]
    subprocess.run(command, check=True)
    started_mib = peak_mib()
    photo = read_photo(source)
    decoded_mib = photo.pixels.nbytes / 2**20
    how = CompletionOptions(method=Method(options.method))
    engine = Pipeline(models_dir())
    engine.prefer(Hardware(options.device))
    started = time.perf_counter()
    edit = Edit(photo, margins=Margins(bottom=parse_length(options.bottom, SIZE.height)))
    result = edit.fill(engine, FillWishes(how), Progress())
    filling_s, filling_mib = time.perf_counter() - started, peak_mib()
    started = time.perf_counter()
    edit.document.export(target)
    exporting_s, after_mib = time.perf_counter() - started, peak_mib()
    written = read_photo(target).pixels[: SIZE.height]
    differing = int(np.count_nonzero((written != photo.pixels).any(axis=2)))
    times = (after_mib - started_mib) / decoded_mib
    stages = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in result.seconds.items())
    extent = edit.document.extent
    sys.stdout.write(
        f"photo {SIZE.width} x {SIZE.height}, {decoded_mib:.0f} MiB decoded,"
        f" extended to {extent.width} x {extent.height}, method {options.method}, on {result.device}\n"
        f"filled in {filling_s:.1f} s ({stages}), exported in {exporting_s:.1f} s\n"
        f"peak memory: {started_mib:.0f} MiB with all modules loaded, {filling_mib:.0f} MiB after filling,"
        f" {after_mib:.0f} MiB after exporting ({times:.1f} x the decoded photo above the start)\n"
        f"{differing} pixels of the photo changed\n"
    )
    return 0 if differing == 0 and times <= _MOST_TIMES else 1


if __name__ == "__main__":
    sys.exit(main())
