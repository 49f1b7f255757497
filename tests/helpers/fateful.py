"""Work in other processes that meets with an accident at a chosen task, and writes down what it does."""

from __future__ import annotations

import os
import signal
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from portrait_studio.engine.devices import Compute, PrecisionMemory
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.work_crop import CropPolicy
from trainer.data.relabel import Labels, Photo, Relabelling

POLICY = CropPolicy(appearance_least=64, appearance_most=64, structure_long=64)


@dataclass(frozen=True)
class Fate:
    """What happens when a task is met for the first time.

    Attributes:
        log: file of the tasks that were met, a line each.
        task: the one with the accident; empty = none.
        signal: SIGKILL goes to the process of the task, another one to the command while the task lasts.
        command: its process.
    """

    log: Path
    task: str = ""
    signal: signal.Signals = signal.SIGKILL
    command: int = field(default_factory=os.getpid)

    def met(self) -> Counter[str]:
        """How often each task was met so far."""
        return Counter(self.log.read_text().split("\n")[:-1] if self.log.exists() else [])

    def meet(self, task: str) -> None:
        """Write a task down, and let happen what is to happen."""
        with self.log.open("a") as file:
            file.write(f"{task}\n")
        if task != self.task or self.met()[task] > 1:
            return
        os.kill(os.getpid() if self.signal == signal.SIGKILL else self.command, self.signal)
        time.sleep(600)


def mark_of(image: np.ndarray) -> str:
    """What stands in the log for a photo that an engine was given."""
    return f"{zlib.crc32(image.tobytes()):08x}"


class FatefulEngine:
    """The engine at a small size; a photo is met at every request."""

    def __init__(self, fate: Fate, networks: NetworkStore) -> None:
        self._fate = fate
        memory = PrecisionMemory(fate.log.with_name("precision.json"))
        self._engine = Pipeline(networks, policy=POLICY, memory=memory)

    def run(self, request: Any) -> Any:
        self._fate.meet(mark_of(request.image))
        return self._engine.run(request)


class FatefulRelabelling(Relabelling):
    """Meets photos by their keys."""

    def __init__(self, fate: Fate, models: Path, compute: Compute) -> None:
        super().__init__(models, compute, 0.0, 1)
        self._fate = fate

    def __call__(self, photo: Photo) -> Labels:
        self._fate.meet(photo[0].key)
        return super().__call__(photo)
