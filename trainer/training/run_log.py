"""What a run tells while it goes: log lines with time left, all figures as JSON lines, and TensorBoard."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from trainer.recipes.config import Recipe


def _tensorboard(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"))


class RunLog:
    """Averages figures over a stretch of steps; writes to stderr, log.jsonl, and TensorBoard if installed."""

    def __init__(self, folder: Path, recipe: Recipe, last: int, writes: bool = True) -> None:
        """Open the files.

        Args:
            folder: of the run.
            recipe: says how often a line is due.
            last: step of this call.
            writes: False for a log that stays silent.
        """
        self._every, self._last = recipe.run.log_steps, last
        self._file = (folder / "log.jsonl").open("a", encoding="utf-8") if writes else None
        self._board = _tensorboard(folder) if writes else None
        self._sums: dict[str, tuple[float, int]] = {}
        self._means: dict[str, float] = {}
        self._count = self._images = 0
        self._since = time.monotonic()

    def log(self, step: int, scalars: dict[str, float], images: int) -> None:
        """Take the figures of a finished step; `images` = samples in it."""
        for name, value in scalars.items():
            # Not every step has every figure: penalties are rare, and discriminators may start late.
            total, count = self._sums.get(name, (0.0, 0))
            self._sums[name] = total + value, count + 1
        self._count += 1
        self._images += images
        if self._count == self._every or step == self._last:
            self._write(step)

    def show(self, step: int, picture: NDArray[np.uint8]) -> None:
        """Show a sheet (h, w, 3) RGB in TensorBoard."""
        if self._board is not None:
            self._board.add_image("sheet", picture, step, dataformats="HWC")

    def validated(self, step: int, scalars: dict[str, float]) -> None:
        """Write figures on photos that validate, beside those of training."""
        if self._file is None:
            return
        named = {f"val_{name}": value for name, value in scalars.items()}
        self._file.write(json.dumps({"step": step, **named}) + "\n")
        self._file.flush()
        if self._board is not None:
            for name, value in scalars.items():
                self._board.add_scalar(f"validation/{name}", value, step)
        text = "  ".join(f"{name} {value:.4g}" for name, value in named.items())
        sys.stderr.write(f"step {step}  {text}\n")
        sys.stderr.flush()

    def means(self) -> dict[str, float]:
        """Mean figures of the last stretch."""
        return dict(self._means)

    def close(self) -> None:
        """Close the files."""
        if self._file is not None:
            self._file.close()
        if self._board is not None:
            self._board.close()

    def _write(self, step: int) -> None:
        seconds = time.monotonic() - self._since
        self._means = {name: total / count for name, (total, count) in self._sums.items()}
        if self._file is not None:
            self._tell(self._file, step, seconds)
        self._sums, self._count, self._images, self._since = {}, 0, 0, time.monotonic()

    def _tell(self, file: TextIO, step: int, seconds: float) -> None:
        speed = self._images / max(seconds, 1e-9)
        left = (self._last - step) * seconds / self._count / 60
        file.write(json.dumps({"step": step, "images_per_s": round(speed, 2), **self._means}) + "\n")
        file.flush()
        if self._board is not None:
            for name, value in self._means.items():
                self._board.add_scalar(name, value, step)
        text = "  ".join(f"{name} {value:.4g}" for name, value in self._means.items())
        sys.stderr.write(f"step {step}/{self._last}  {speed:.1f} images/s  {left:.0f} min left  {text}\n")
        sys.stderr.flush()
