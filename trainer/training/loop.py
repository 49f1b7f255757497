"""The one training loop: phases, mixed precision, schedule, averaged weights, logs, sheets, checkpoints."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from itertools import islice
from types import FrameType

import cv2
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from portrait_studio.errors import DataSetError
from trainer.data.batch import Batch
from trainer.data.batches import BatchSource
from trainer.data.loading import loaded
from trainer.distributed.processes import any_of, processes, shared_mean, shared_means
from trainer.recipes.config import OptimiserConfig
from trainer.tasks.base import NETWORK
from trainer.training.run import PhaseLoss, Run, writing
from trainer.training.run_log import RunLog


def rate_factor(step: int, steps: int, config: OptimiserConfig) -> float:
    """Factor on the learning rate at a step (from 0) of `steps`: warm-up times schedule, in [0, 1]."""
    warm = min(1.0, (step + 1) / config.warmup) if config.warmup else 1.0
    done = min(1.0, step / max(1, steps))
    if config.schedule == "cosine":
        return warm * 0.5 * (1 + math.cos(math.pi * done))
    if config.schedule == "polynomial":
        return warm * math.pow(1 - done, 0.9)
    return warm


def train(run: Run, stop_after: int | None = None, workers: int = 0) -> None:
    """Train until the recipe's last step, SIGTERM, or `stop_after` steps; so many `workers` load photos.

    Raises:
        DataSetError: the loss was not a number (the batch is saved beside the state for inspection), or the
            folder cannot be written.
    """
    last = run.recipe.run.steps if stop_after is None else min(run.recipe.run.steps, run.step + stop_after)
    with writing(run.folder):
        run.folder.mkdir(parents=True, exist_ok=True)
        if processes().leads:
            run.frozen.keep(run.folder)
        run_log = RunLog(run.folder, run.recipe, last, processes().leads)
    started = time.monotonic()
    accumulate = run.recipe.data.accumulate
    first, end = run.step * accumulate, last * accumulate
    parts = loaded(run.share(), first, end, run.compute.device, workers)
    with closing(run_log), closing(parts):
        _fit(run, parts, run_log)
    run.record["seconds"] = run.record.get("seconds", 0.0) + time.monotonic() - started
    run.record["last"] = run_log.means()
    run.save()


def _fit(run: Run, parts: Iterator[Batch], run_log: RunLog) -> None:
    """Take the steps of all batches, or those until a process is asked to stop."""
    saved = time.monotonic()
    with _stop_signals() as stopped:
        while batches := list(islice(parts, run.recipe.data.accumulate)):
            scalars = train_step(run, batches)
            run.step += 1
            run_log.log(run.step, scalars, run.recipe.data.batch)
            if run.step % run.recipe.run.sheet_steps == 0 and processes().leads:
                _write_sheet(run, run_log)
            if run.validation is not None and run.step % run.recipe.run.validate_steps == 0:
                run_log.validated(run.step, validate(run, run.validation))
            if time.monotonic() - saved > 60 * run.recipe.run.checkpoint_minutes:
                run.save()
                saved = time.monotonic()
            if any_of(bool(stopped), run.compute.device):
                break


def train_step(run: Run, batches: list[Batch]) -> dict[str, float]:
    """One step of all phases on this process's parts of a batch; returns the figures to log.

    Phases of a round see the same weights of each other, and move together at its end. A later round goes on
    from the predictions of the first one.
    """
    factor = rate_factor(run.step, run.recipe.run.steps, run.recipe.optimiser)
    phases = run.task.active_phases(run.step)
    for phase, module in run.task.modules().items():
        # Whatever rests in a step, its normalisation keeps what was gathered before.
        module.train(phase in phases)
    rounds = _rounds(run, phases)
    kept: dict[int, object] | None = {} if len(rounds) > 1 else None
    figures: list[dict[str, float]] = [{} for _ in batches]
    for together in rounds:
        for phase in together:
            run.optimisers[phase].zero_grad(set_to_none=True)
        for turn, batch in enumerate(batches):
            figures[turn] |= _add_gradients(run, batch, turn, together, kept)
        for phase in together:
            _move(run, phase, factor)
    run.ema.update(run.task.network, run.step)
    means = {name: sum(part[name] for part in figures) / len(figures) for name in figures[0]}
    return {"rate": run.recipe.optimiser.rate * factor} | shared_means(means, run.compute.device)


def _rounds(run: Run, phases: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Which phases move together: all, or the discriminators before the network where the recipe says so."""
    if not run.recipe.adversarial.first:
        return [phases]
    rounds = (tuple(name for name in phases if name != NETWORK), (NETWORK,) if NETWORK in phases else ())
    return [together for together in rounds if together]


def _move(run: Run, phase: str, factor: float) -> None:
    """Let the weights of a phase follow their gradients."""
    config = run.recipe.optimiser
    if config.clip:
        nn.utils.clip_grad_norm_(run.task.modules()[phase].parameters(), config.clip)
    for group in run.optimisers[phase].param_groups:
        group["lr"] = config.rate * factor * group.get("factor", 1.0)
    run.optimisers[phase].step()


def _add_gradients(
    run: Run, batch: Batch, turn: int, phases: tuple[str, ...], kept: dict[int, object] | None
) -> dict[str, float]:
    """Add the gradients of one part to those of the parts before; returns its figures.

    Args:
        run: the run.
        batch: the part.
        turn: its number.
        phases: whose gradients.
        kept: predictions by number of the part, from an earlier round and for later ones; None = there are
            no others.
    """
    share = 1 / run.recipe.data.accumulate
    place = processes().rank * run.recipe.data.accumulate + turn
    torch.manual_seed((run.recipe.run.seed * 1_000_003 + run.step) * 1009 + place)
    if kept is not None and turn in kept:
        prediction = kept[turn]
    else:
        with run.compute.autocast(), torch.set_grad_enabled(run.task.network.training):
            prediction = run.task.predict(batch, run.step)
        if kept is not None:
            kept[turn] = prediction
    scalars: dict[str, float] = {}
    for phase in phases:
        loss = run.losses[phase]
        with _together_in_the_last_turn(loss, turn == run.recipe.data.accumulate - 1):
            with run.compute.autocast():
                value = loss(batch, prediction, run.step)
            _check(run, value, batch)
            (share * value).backward()
        inner = loss.module if isinstance(loss, DistributedDataParallel) else loss
        assert isinstance(inner, PhaseLoss)
        scalars |= inner.scalars
    return scalars


def _check(run: Run, loss: torch.Tensor, batch: Batch) -> None:
    """All processes stop where the loss of one is no number; that one keeps its batch."""
    if math.isfinite(shared_mean(loss).item()):
        return
    me = processes()
    path = run.folder / ("failed_batch.pt" if me.count == 1 else f"failed_batch_{me.rank}.pt")
    if not math.isfinite(loss.item()):
        torch.save(batch.__dict__, path)
    raise DataSetError(
        f"The loss of step {run.step} is not a number; the batch is saved in {path}. Resume with a lower "
        "--rate."
    )


def _together_in_the_last_turn(loss: nn.Module, last: bool) -> AbstractContextManager[None]:
    """Gradients cross between processes once per step, when the last part has added its own."""
    if isinstance(loss, DistributedDataParallel) and not last:
        together: AbstractContextManager[None] = loss.no_sync()
        return together
    return nullcontext()


def validate(run: Run, photos: BatchSource) -> dict[str, float]:
    """Figures of the averaged network on the same few batches each time, over all processes.

    Args:
        run: whose network is looked at; nothing of it changes.
        photos: of the validation split.
    """
    me, parts = processes(), processes().count
    sums: dict[str, float] = {}
    with _averaged(run), torch.random.fork_rng(devices=[]), torch.no_grad():
        for number in range(run.recipe.run.validate_batches):
            torch.manual_seed(number)
            batch = photos.batch(number, me.rank, parts).to(run.compute.device)
            with run.compute.autocast():
                prediction = run.task.predict(batch, run.step)
                figures = run.task.loss(NETWORK, batch, prediction, run.step).scalars
            for name, value in figures.items():
                sums[name] = sums.get(name, 0.0) + value / run.recipe.run.validate_batches
    return shared_means(sums, run.compute.device)


@contextmanager
def _averaged(run: Run) -> Iterator[None]:
    """While open, the task works with the averaged network, in use rather than in training."""
    network, modules = run.task.network, run.task.modules().values()
    before = {module: module.training for module in modules}
    run.task.network = run.ema.network.eval()
    for module in modules:
        module.eval()
    try:
        yield
    finally:
        run.task.network = network
        for module, training in before.items():
            module.train(training)


def _write_sheet(run: Run, run_log: RunLog) -> None:
    """Pictures of a fixed batch, drawn with the averaged weights."""
    batch = run.source.batch(10**9, 0, run.parts()).to(run.compute.device)
    with _averaged(run), run.compute.autocast():
        picture = run.task.sheet(batch)
    folder = run.folder / "sheets"
    with writing(run.folder):
        folder.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / f"{run.step:07d}.png"), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    run_log.show(run.step, picture)


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
