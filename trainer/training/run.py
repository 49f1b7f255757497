"""One run in memory: task, optimisers, averaged weights and counters, and its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import DataSetError, OptionError
from trainer.data.batch import Batch
from trainer.data.batches import BatchSource, Share
from trainer.distributed.processes import processes
from trainer.distributed.synced_norm import sync_batch_norms
from trainer.recipes.config import OptimiserConfig, Recipe
from trainer.tasks.base import NETWORK, Task
from trainer.tasks.frozen import Frozen
from trainer.training.run_state import Ema, RunState, load_state, save_state


class PhaseLoss(nn.Module):
    """The loss of one phase as a module, so that DistributedDataParallel can follow its backward pass."""

    def __init__(self, task: Task[Any], phase: str) -> None:
        super().__init__()
        self.trained = task.modules()[phase]
        self.scalars: dict[str, float] = {}
        self._task, self._phase = task, phase

    def forward(self, batch: Batch, prediction: object, step: int) -> Tensor:
        """Loss of what the task predicted of a batch; the figures to log are left in `scalars`."""
        result = self._task.loss(self._phase, batch, prediction, step)
        self.scalars = result.scalars
        return result.loss


@dataclass
class Run:
    """One run in memory.

    Attributes:
        recipe: what it does.
        task: the stage.
        source: of batches.
        compute: device and precision.
        folder: of its files.
        record: what the weights' card tells.
        frozen: released networks that the task uses and does not train; the run keeps a copy of them.
        validation: of batches of photos that validate; None = the run does not look at any.
        step: steps done.
        optimisers: by phase.
        losses: by phase; with several processes their gradients are averaged.
        ema: averaged weights.
    """

    recipe: Recipe
    task: Task[Any]
    source: BatchSource
    compute: Compute
    folder: Path
    record: dict[str, Any]
    frozen: Frozen = field(default_factory=Frozen)
    validation: BatchSource | None = None
    step: int = 0
    optimisers: dict[str, torch.optim.Optimizer] = field(init=False)
    losses: dict[str, PhaseLoss | DistributedDataParallel] = field(init=False)
    ema: Ema = field(init=False)

    def __post_init__(self) -> None:
        """Move the modules to the device and build what trains them.

        Raises:
            OptionError: the batch cannot be shared equally.
        """
        self.parts()
        for module in self.task.modules().values():
            module.to(self.compute.device).to(memory_format=torch.channels_last)
            if processes().count > 1:
                sync_batch_norms(module)
        self.optimisers = {
            phase: make_optimiser(self.task.parameter_groups(phase), self._optimiser(phase))
            for phase in self.task.phases
        }
        self.ema = Ema(self.task.network, self.recipe.run.ema)
        self.losses = {phase: _followed(PhaseLoss(self.task, phase)) for phase in self.task.phases}

    def parts(self) -> int:
        """Into how many parts a step's batch is split, over processes and time.

        Raises:
            OptionError: it cannot be split equally.
        """
        data = self.recipe.data
        parts = data.accumulate * processes().count
        if data.batch % parts:
            raise OptionError(
                f"A batch of {data.batch} cannot be split into {parts} equal parts (processes times "
                "`accumulate`); change --batch."
            )
        return parts

    def share(self) -> Share:
        """What this process sees of all steps."""
        return Share(self.source, self.recipe.data.accumulate, processes().rank, self.parts())

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
        """Write the state file; only the first process does.

        Raises:
            DataSetError: the folder cannot be written.
        """
        if not processes().leads:
            return
        modules = {phase: module.state_dict() for phase, module in self.task.modules().items()}
        optimisers = {phase: optimiser.state_dict() for phase, optimiser in self.optimisers.items()}
        ema = self.ema.network.state_dict()
        with writing(self.folder):
            save_state(RunState(self.recipe, self.step, modules, optimisers, ema, self.record), self.folder)

    def _optimiser(self, phase: str) -> OptimiserConfig:
        """The recipe's for the network; discriminators have one of their own, without weight decay."""
        config, name = self.recipe.optimiser, self.recipe.adversarial.optimiser
        return config if phase == NETWORK else replace(config, name=name, weight_decay=0.0)


def make_optimiser(groups: list[dict[str, Any]], config: OptimiserConfig) -> torch.optim.Optimizer:
    """Optimiser of one phase; see `config.OptimiserConfig`."""
    if config.name == "sgd":
        return torch.optim.SGD(groups, config.rate, momentum=0.9, weight_decay=config.weight_decay)
    if config.name == "adam":
        return torch.optim.Adam(groups, config.rate, betas=(0.5, 0.999))
    if config.name == "adadelta":
        return torch.optim.Adadelta(groups, config.rate, rho=0.9, weight_decay=config.weight_decay)
    return torch.optim.AdamW(groups, config.rate, betas=(0.9, 0.99), weight_decay=config.weight_decay)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Say in one sentence that a run's folder takes no files.

    Raises:
        DataSetError: it does not.
    """
    try:
        yield
    except OSError as error:
        raise DataSetError(
            f"The run cannot be written to {folder} ({error.strerror}); make room or name another folder."
        ) from error


def _followed(loss: PhaseLoss) -> PhaseLoss | DistributedDataParallel:
    """Buffers need no broadcast: synced normalisation computes the same ones everywhere."""
    if processes().count == 1:
        return loss
    return DistributedDataParallel(loss, broadcast_buffers=False)
