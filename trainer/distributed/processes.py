"""Several processes that train one network, as `torchrun` starts them, or one alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed

from portrait_studio.errors import DeviceError


@dataclass(frozen=True)
class Processes:
    """Which of how many processes this is.

    Attributes:
        rank: from 0; only the first one writes files and talks.
        count: of all processes on all machines.
    """

    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0


def processes() -> Processes:
    """The processes of this run; one alone outside `joined`."""
    if distributed.is_available() and distributed.is_initialized():
        return Processes(distributed.get_rank(), distributed.get_world_size())
    return Processes()


@contextmanager
def joined(device: str) -> Iterator[Processes]:
    """Join the other processes that `torchrun` started; does nothing without it.

    Args:
        device: kind of device: "cuda" speaks NCCL and takes the local GPU, everything else Gloo.

    Raises:
        DeviceError: this build of torch cannot, or the others do not answer.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Processes()
        return
    try:
        if device == "cuda":
            torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
        distributed.init_process_group("nccl" if device == "cuda" else "gloo")
    except (RuntimeError, ValueError) as error:
        raise DeviceError(
            f"The processes of this run did not come together ({str(error).splitlines()[0]}); start them "
            "with torchrun, and all of them on the same kind of device."
        ) from error
    try:
        yield processes()
    finally:
        distributed.destroy_process_group()


def shared_mean(value: Tensor) -> Tensor:
    """Mean of a tensor over all processes, without gradient; the same tensor where there is but one."""
    count = processes().count
    if count == 1:
        return value.detach()
    total = value.detach().clone()
    distributed.all_reduce(total)
    return total / count


def shared_mean_with_gradient(value: Tensor) -> Tensor:
    """The same, and gradients flow back to what every process put in."""
    if processes().count == 1:
        return value
    mean: Tensor = _SharedMean.apply(value)
    return mean


def shared_means(values: dict[str, float], device: torch.device) -> dict[str, float]:
    """Mean of each figure over all processes, which must all have the same ones."""
    if processes().count == 1:
        return values
    means = shared_mean(torch.tensor(list(values.values()), dtype=torch.float64).to(device, torch.float32))
    return dict(zip(values, means.tolist(), strict=True))


def any_of(flag: bool, device: torch.device) -> bool:
    """Whether the flag is up in any process."""
    return flag if processes().count == 1 else bool(shared_mean(torch.tensor(float(flag), device=device)) > 0)


class _SharedMean(torch.autograd.Function):
    """The mean goes to every process, so every process's gradient comes back to every one."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        return shared_mean(value)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return shared_mean(gradients[0].contiguous())
