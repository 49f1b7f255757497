"""What the loop needs to know of a stage, and what stages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from trainer.data.batch import Batch

Prediction = TypeVar("Prediction")
"""What a task's networks make of a batch, before any loss."""

NETWORK = "network"
"""The phase of the released network; discriminators have others."""


@dataclass(frozen=True, eq=False)
class StepLoss:
    """Loss of one phase and the figures to log."""

    loss: Tensor
    scalars: dict[str, float]


class Task(Protocol[Prediction]):
    """One stage of the system: networks, and the loss of each phase of a step.

    Attributes:
        network: the network that is released.
        phases: names of the optimised parts in their order; `NETWORK` is the released one.
    """

    network: nn.Module
    phases: tuple[str, ...]

    def modules(self) -> dict[str, nn.Module]:
        """Trained modules by phase."""

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """Parameters of a phase; a group may carry "factor", a factor on the learning rate."""

    def active_phases(self, step: int) -> tuple[str, ...]:
        """Those of `phases` that take part in a step (from 0)."""

    def predict(self, batch: Batch, step: int) -> Prediction:
        """What the networks make of a batch, once for all phases of a step."""

    def loss(self, phase: str, batch: Batch, prediction: Prediction, step: int) -> StepLoss:
        """Loss of one phase for what was predicted of a batch."""

    def sheet(self, batch: Batch) -> NDArray[np.uint8]:
        """Picture (h, w, 3) of inputs, outputs and truth for a batch."""


class SinglePhaseTask(Generic[Prediction]):
    """A task of one network that nothing judges; how it predicts, what it loses and shows is its own.

    Attributes:
        network: the network that is trained and released.
    """

    phases: tuple[str, ...] = (NETWORK,)

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def modules(self) -> dict[str, nn.Module]:
        """The network alone."""
        return {NETWORK: self.network}

    def parameter_groups(self, phase: str) -> list[dict[str, Any]]:
        """One group."""
        return [{"params": list(self.network.parameters()), "factor": 1.0}]

    def active_phases(self, step: int) -> tuple[str, ...]:
        """The one phase."""
        return self.phases


def weighted_sum(parts: dict[str, Tensor]) -> StepLoss:
    """The sum of losses that carry their weights already, each a figure to log."""
    total = torch.stack(list(parts.values())).sum()
    return StepLoss(total, {name: value.item() for name, value in parts.items()})


def to_pictures(image: Tensor) -> NDArray[np.uint8]:
    """(N, 3, H, W) in [-1, 1] as (N, H, W, 3) uint8."""
    scaled = ((image.detach().float().clamp(-1, 1) + 1) * 127.5).round()
    return np.asarray(scaled.permute(0, 2, 3, 1).to(torch.uint8).cpu().numpy())


def stack_rows(columns: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Columns of N pictures (N, H, W, 3) each, as one sheet: a row for each sample."""
    return np.concatenate([np.concatenate(list(column), axis=0) for column in columns], axis=1)
