"""Does loading keep up with the network? Images per second of each alone and of both, within one run.

Run as a script from a checkout, on generated photos or on packs of your own:

    python -m tests.benchmarks.bench_loading [--recipe NAME] [--data PACKS] [--device auto] [--workers N ...]

For each number of loading processes (0 = a thread) it prints the images per second that loading alone makes,
how many times as many as the network alone needs, and which share of a training step is spent outside the
network: waiting for the batch and bringing it to the device. Exits with code 1 if the best share is above the
floor.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch

from portrait_studio.hardware import Hardware
from tests.helpers.tiny_packs import figure, write_samples
from trainer.data.batch import Batch
from trainer.data.loading import default_workers, loaded
from trainer.data.resizing import scale_points
from trainer.data.sample import Sample
from trainer.recipes.config import Recipe
from trainer.recipes.files import load_recipe
from trainer.training.loop import train_step
from trainer.training.precision import choose_training_compute
from trainer.training.run import Run
from trainer.training.setup import start_run

FLOOR, AIM = 0.15, 0.05
PHOTOS = 60
SIZE = (267, 400)


@dataclass(frozen=True)
class Timing:
    """Images and seconds of some steps, and the seconds of them that were spent outside the network."""

    images: int
    seconds: float
    outside: float = 0.0

    @property
    def rate(self) -> float:
        """Images per second."""
        return self.images / self.seconds


def generated_packs(folder: Path, names: list[str]) -> Path:
    """Packs of generated figures as large as photos are packed."""
    for name in names:
        figures = [enlarged(figure(f"{name}/{i}", i, bag=i % 3 == 0)) for i in range(PHOTOS)]
        write_samples(folder, name, figures)
    return folder


def enlarged(sample: Sample) -> Sample:
    """The sample at the size of packed photos, with the grain of a photo."""
    image = cv2.resize(sample.image, SIZE, interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(0).integers(-9, 10, (*image.shape[:2], 1))
    image = np.clip(image + grain, 0, 255).astype(np.uint8)
    labels = cv2.resize(sample.labels, SIZE, interpolation=cv2.INTER_NEAREST)
    size = (sample.image.shape[1], sample.image.shape[0])
    return Sample(sample.key, image, labels, scale_points(sample.keypoints, size, SIZE))


def finish(device: torch.device) -> None:
    """Wait until a GPU has done what it was told."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def time_network(run: Run, steps: int) -> Timing:
    """Steps on one batch that is on the device already."""
    device = run.compute.device
    batch = run.share()(0).on(device)
    train_step(run, [batch])
    finish(device)
    started = time.perf_counter()
    for _ in range(steps):
        train_step(run, [batch])
    finish(device)
    return Timing(steps * len(batch.keys), time.perf_counter() - started)


def time_loading(run: Run, workers: int, steps: int) -> Timing:
    """Loading without a network, from the first batch on, which waits for the processes to start."""
    with closing(loaded(run.share(), 0, steps + 1, torch.device("cpu"), workers)) as batches:
        next(batches)
        started = time.perf_counter()
        images = sum(len(batch.keys) for batch in batches)
        return Timing(images, time.perf_counter() - started)


def time_both(run: Run, workers: int, steps: int) -> Timing:
    """Training as the loop does it."""
    device = run.compute.device
    with closing(loaded(run.share(), 0, steps + 1, device, workers)) as batches:
        train_step(run, [next(batches)])
        finish(device)
        return _timed_steps(run, batches)


def _timed_steps(run: Run, batches: Iterator[Batch]) -> Timing:
    images, outside, begun = 0, 0.0, time.perf_counter()
    waited = begun
    while (batch := next(batches, None)) is not None:
        finish(run.compute.device)
        outside += time.perf_counter() - waited
        train_step(run, [batch])
        finish(run.compute.device)
        images += len(batch.keys)
        waited = time.perf_counter()
    return Timing(images, waited - begun, outside)


def main() -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recipe", default="compact-parsing", help="one without frozen networks")
    parser.add_argument("--data", type=Path, help="packs with the recipe's sets; generated ones by default")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--workers", type=int, nargs="+", help="numbers of loading processes to try")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, help="samples per step, instead of the recipe's")
    options = parser.parse_args()
    recipe = load_recipe(options.recipe)
    if options.batch:
        recipe = replace(recipe, data=replace(recipe.data, batch=options.batch))
    with tempfile.TemporaryDirectory() as folder:
        packs = options.data or generated_packs(Path(folder) / "packs", list(recipe.data.sets))
        return measure(packs, recipe, Path(folder), options)


def measure(packs: Path, recipe: Recipe, folder: Path, options: argparse.Namespace) -> int:
    """Measure and print; returns the exit code."""
    compute = choose_training_compute(Hardware(options.device, options.precision))
    run = start_run(recipe, packs, folder, compute)
    network = time_network(run, options.steps)
    sys.stdout.write(f"{recipe.name} on {compute.description}: network alone {network.rate:.1f} images/s\n")
    shares = []
    for workers in options.workers or sorted({0, default_workers(compute.device)}):
        loading, both = time_loading(run, workers, options.steps), time_both(run, workers, options.steps)
        shares.append(both.outside / both.seconds)
        sys.stdout.write(
            f"{workers} workers: loading alone {loading.rate:.1f} images/s"
            f" = {loading.rate / network.rate:.1f} x the network;"
            f" together {both.rate:.1f} images/s = {both.rate / network.rate:.2f} x the network alone;"
            f" {100 * shares[-1]:.1f} % of a step outside the network\n"
        )
    best = min(shares)
    verdict = "within the aim" if best <= AIM else "within the floor" if best <= FLOOR else "too much"
    sys.stdout.write(f"best share {100 * best:.1f} %: {verdict} (floor {FLOOR:.0%}, aim {AIM:.0%})\n")
    return 0 if best <= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
