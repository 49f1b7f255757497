"""A 24-megapixel photo with a 600x600 hole: filled, exported, read back, bit-identical outside.

Run as a script from a checkout, with the shipped weights or those in ``PORTRAIT_STUDIO_MODELS``:

    python -m tests.benchmarks.bench_large_photo [--hole 600] [--method default]

It prints seconds and peak memory, also relative to reading the photo, and exits with code 1 if a single pixel
outside the mask's blend band changed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.document import Document
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import read_photo
from portrait_studio.imaging.writing import write_photo
from portrait_studio.locations import models_dir

SIZE = Extent(6000, 4000)


def generated_photo(size: Extent, seed: int = 0) -> NDArray[np.uint8]:
    """A wall with plaster, and a figure in front of it: (H, W, 3) uint8; another wall for each seed."""
    rng = np.random.default_rng(seed)
    coarse = rng.normal(150, 25, (size.height // 64, size.width // 64, 3)).astype(np.float32)
    photo = cv2.resize(coarse, (size.width, size.height), interpolation=cv2.INTER_CUBIC)
    centre, unit = (size.width // 2, size.height // 2), size.height // 16
    cv2.ellipse(photo, (centre[0], centre[1] + 4 * unit), (3 * unit, 5 * unit), 0, 0, 360, (40, 60, 140), -1)
    cv2.circle(photo, (centre[0], centre[1] - 3 * unit), 2 * unit, (205, 160, 135), -1)
    grain = rng.integers(-9, 10, (size.height, size.width, 1), dtype=np.int8)
    photo += grain
    return np.asarray(np.clip(photo, 0, 255), dtype=np.uint8)


def peak_mib() -> float:
    """Largest resident memory of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / (1024 if sys.platform != "darwin" else 1024 * 1024)


def hole_mask(size: Extent, side_px: int) -> NDArray[np.uint8]:
    """A square hole where the figure meets the wall."""
    left, top = size.width // 2 + size.height // 16, size.height // 2
    mask = np.zeros((size.height, size.width), np.uint8)
    mask[Bounds(left, top, left + side_px, top + side_px).slices] = 255
    return mask


def main() -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hole", type=int, default=600, help="side of the hole in pixels")
    parser.add_argument("--method", choices=[method.value for method in Method], default="default")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--generate", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.generate is not None:
        write_photo(Photo(generated_photo(SIZE)), options.generate)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> int:
    """Fill, export and compare in that folder; returns the exit code."""
    source, target = folder / "photo.png", folder / "filled.png"
    # In a process of its own, so that its memory does not count.
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_large_photo", "--generate", source], check=True
    )
    started, started_mib = time.perf_counter(), peak_mib()
    photo = read_photo(source)
    reading_s, before_mib, decoded_mib = (
        time.perf_counter() - started,
        peak_mib(),
        photo.pixels.nbytes / 2**20,
    )
    mask = hole_mask(SIZE, options.hole)
    how = CompletionOptions(method=Method(options.method))
    started = time.perf_counter()
    result = Pipeline(models_dir()).run(
        CompletionRequest(photo.pixels, mask, how, hardware=Hardware(options.device))
    )
    filling_s, filling_mib = time.perf_counter() - started, peak_mib()
    started = time.perf_counter()
    document = Document(photo)
    document.apply_fills(result.regions)
    document.export(target)
    exporting_s, after_mib = time.perf_counter() - started, peak_mib()
    outside = cv2.dilate(mask, np.ones((2 * how.grow_px + 1,) * 2, np.uint8)) == 0
    differing = int(np.count_nonzero((read_photo(target).pixels != photo.pixels).any(axis=2) & outside))
    stages = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in result.seconds.items())
    sys.stdout.write(
        f"photo {SIZE.width} x {SIZE.height}, {decoded_mib:.0f} MiB decoded, read in {reading_s:.2f} s\n"
        f"hole {options.hole} x {options.hole}, method {options.method}, on {result.device}\n"
        f"filled in {filling_s:.1f} s = {filling_s / reading_s:.1f} x reading ({stages})\n"
        f"exported in {exporting_s:.1f} s = {exporting_s / reading_s:.1f} x reading\n"
        f"peak memory: {started_mib:.0f} MiB with all modules loaded, {before_mib:.0f} MiB after reading,"
        f" {filling_mib:.0f} MiB after filling, {after_mib:.0f} MiB after exporting"
        f" ({(after_mib - started_mib) / decoded_mib:.1f} x the decoded photo above the start)\n"
        f"{differing} pixels changed outside the mask and its {how.grow_px}-pixel band\n"
    )
    return 0 if differing == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
