"""The one training loop: phases, mixed precision, schedule, averaged weights, logs, sheets, checkpoints."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType
from typing import Any

import cv2
import torch
from torch import nn

from portrait_studio.errors import DataSetError, OptionError
from trainer.config import OptimiserConfig, Recipe
from trainer.data.batches import Batch, BatchSource, prefetched
from trainer.journal import Journal
from trainer.precision import Compute
from trainer.run_state import Ema, RunState, load_state, save_state
from trainer.tasks.base import Task


def rate_factor(step: int, steps: int, config: OptimiserConfig) -> float:
    """Factor on the learning rate at a step (from 0) of `steps`: warm-up times schedule, in [0, 1]."""
    warm = min(1.0, (step + 1) / config.warmup) if config.warmup else 1.0
    done = min(1.0, step / max(1, steps))
    if config.schedule == "cosine":
        return warm * 0.5 * (1 + math.cos(math.pi * done))
    if config.schedule == "polynomial":
        return warm * math.pow(1 - done, 0.9)
    return warm


def make_optimiser(groups: list[dict[str, Any]], config: OptimiserConfig) -> torch.optim.Optimizer:
    """Optimiser of one phase; see `config.OptimiserConfig`."""
    if config.name == "sgd":
        return torch.optim.SGD(groups, config.rate, momentum=0.9, weight_decay=config.weight_decay)
    if config.name == "adam":
        return torch.optim.Adam(groups, config.rate, betas=(0.5, 0.999))
    return torch.optim.AdamW(groups, config.rate, betas=(0.9, 0.99), weight_decay=config.weight_decay)


@dataclass
class Run:
    """One run in memory: task, optimisers, averaged weights and counters."""

    recipe: Recipe
    task: Task
    source: BatchSource
    compute: Compute
    folder: Path
    record: dict[str, Any]
    step: int = 0
    optimisers: dict[str, torch.optim.Optimizer] = field(init=False)
    ema: Ema = field(init=False)

    def __post_init__(self) -> None:
        """Move the modules to the device and build what trains them."""
        for module in self.task.modules().values():
            module.to(self.compute.device).to(memory_format=torch.channels_last)
        self.optimisers = {
            phase: make_optimiser(self.task.parameter_groups(phase), self._optimiser(phase))
            for phase in self.task.phases
        }
        self.ema = Ema(self.task.network, self.recipe.run.ema)

    def _optimiser(self, phase: str) -> OptimiserConfig:
        """The recipe's for the network; discriminators always move by Adam."""
        config = self.recipe.optimiser
        return config if phase == "network" else replace(config, name="adam", weight_decay=0.0)

    def resume(self) -> None:
        """Go on where the state file in the folder ends.

        Raises:
            DataSetError: there is no state, or it is damaged.
            OptionError: it was written by another version of the program, or at another size, on which the
                depth of discriminators depends.
        """
        state = load_state(self.folder)
        try:
            for phase, module in self.task.modules().items():
                module.load_state_dict(state.modules[phase])
            for phase, optimiser in self.optimisers.items():
                optimiser.load_state_dict(state.optimisers[phase])
            self.ema.network.load_state_dict(state.ema)
        except (KeyError, ValueError, RuntimeError):
            raise OptionError(
                f"The run state in {self.folder} does not fit this recipe; resume it at the size that it "
                "began with, or start anew."
            ) from None
        self.step, self.record = state.step, state.record

    def save(self) -> None:
        """Write the state file.

        Raises:
            DataSetError: the folder cannot be written.
        """
        modules = {phase: module.state_dict() for phase, module in self.task.modules().items()}
        optimisers = {phase: optimiser.state_dict() for phase, optimiser in self.optimisers.items()}
        ema = self.ema.network.state_dict()
        with _writing(self.folder):
            save_state(RunState(self.recipe, self.step, modules, optimisers, ema, self.record), self.folder)


def train(run: Run, stop_after: int | None = None) -> None:
    """Train until the recipe's last step, SIGTERM, or `stop_after` steps.

    Raises:
        DataSetError: the loss was not a number (the batch is saved beside the state for inspection), or the
            folder cannot be written.
    """
    last = run.recipe.run.steps if stop_after is None else min(run.recipe.run.steps, run.step + stop_after)
    with _writing(run.folder):
        run.folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(run.folder, run.recipe, run.step, last)
    started = time.monotonic()
    with closing(journal), closing(prefetched(run.source, run.step, last)) as batches:
        _fit(run, batches, journal)
    run.record["seconds"] = run.record.get("seconds", 0.0) + time.monotonic() - started
    run.record["last"] = journal.means()
    run.save()


def _fit(run: Run, batches: Iterator[Batch], journal: Journal) -> None:
    """Take the steps of all batches, or those until the process is asked to stop."""
    saved = time.monotonic()
    with _stop_signals() as stopped:
        for batch in batches:
            scalars = train_step(run, batch.to(run.compute.device))
            run.step += 1
            journal.log(run.step, scalars, len(batch.keys))
            if run.step % run.recipe.run.sheet_steps == 0:
                _write_sheet(run)
            if time.monotonic() - saved > 60 * run.recipe.run.checkpoint_minutes:
                run.save()
                saved = time.monotonic()
            if stopped:
                break


def train_step(run: Run, batch: Batch) -> dict[str, float]:
    """One step of every phase; returns the figures to log."""
    torch.manual_seed(run.recipe.run.seed * 1_000_003 + run.step)
    factor = rate_factor(run.step, run.recipe.run.steps, run.recipe.optimiser)
    for module in run.task.modules().values():
        module.train()
    scalars: dict[str, float] = {"rate": run.recipe.optimiser.rate * factor}
    with run.compute.autocast():
        run.task.begin_step(batch, run.step)
    for phase in run.task.active_phases(run.step):
        optimiser = run.optimisers[phase]
        for group in optimiser.param_groups:
            group["lr"] = run.recipe.optimiser.rate * factor * group.get("factor", 1.0)
        with run.compute.autocast():
            result = run.task.loss(phase, batch, run.step)
        if not math.isfinite(result.loss.item()):
            torch.save(batch.__dict__, run.folder / "failed_batch.pt")
            raise DataSetError(
                f"The loss of step {run.step} is not a number; the batch is saved in "
                f"{run.folder / 'failed_batch.pt'}. Resume with a lower --rate."
            )
        optimiser.zero_grad(set_to_none=True)
        result.loss.backward()  # type: ignore[no-untyped-call]
        if run.recipe.optimiser.clip:
            nn.utils.clip_grad_norm_(run.task.modules()[phase].parameters(), run.recipe.optimiser.clip)
        optimiser.step()
        scalars |= result.scalars
    run.ema.update(run.task.network, run.step)
    return scalars


def _write_sheet(run: Run) -> None:
    """Pictures of a fixed batch, drawn with the averaged weights."""
    batch = run.source.batch(10**9).to(run.compute.device)
    network = run.task.network
    run.task.network = run.ema.network.eval()
    with run.compute.autocast():
        picture = run.task.sheet(batch)
    run.task.network = network
    folder = run.folder / "sheets"
    folder.mkdir(exist_ok=True)
    cv2.imwrite(str(folder / f"{run.step:07d}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in one sentence that a run's folder takes no files."""
    try:
        yield
    except OSError as error:
        raise DataSetError(
            f"The run cannot be written to {folder} ({error.strerror}); make room or name another folder."
        ) from error


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """A list that fills when the process is asked to stop: the step in hand ends and the state is saved."""
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
