"""What to do when a device cannot: a smaller work crop, then the CPU, and a notice that says so."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import torch

from portrait_studio.engine.devices import Compute, is_out_of_memory
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.errors import DeviceError
from portrait_studio.messages import Message

T = TypeVar("T")
_SMALLER = 0.5


class Fallback:
    """Runs steps of a job, each at the best setting that has not run out of memory so far."""

    def __init__(self, compute: Compute, cpu: Compute, policy: CropPolicy) -> None:
        """Begin with the chosen device.

        Args:
            compute: the chosen device.
            cpu: what to run on when that has too little memory.
            policy: the usual crop sizes.
        """
        small = policy.reduced(_SMALLER)
        self._settings = [(compute, policy), (compute, small)]
        if compute.device.type != "cpu":
            self._settings += [(cpu, policy), (cpu, small)]
        self._settings.append((replace(cpu, dtype=torch.float32), policy.reduced(_SMALLER**2)))
        self._current = 0
        self._notices: list[str] = []

    @property
    def compute(self) -> Compute:
        """Where the next step will run."""
        return self._settings[self._current][0]

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about it."""
        return tuple(dict.fromkeys(self._notices))

    def run(self, step: Callable[[Compute, CropPolicy], T]) -> T:
        """Run a step, again with less memory each time that memory runs out.

        Raises:
            DeviceError: memory ran out even at the smallest setting.
        """
        while True:
            try:
                return step(*self._settings[self._current])
            except NotImplementedError:
                # Apple GPUs lack some operations; the CPU has them all.
                if self.compute.device.type == "cpu":
                    raise
                self._notices.append(
                    Message("The graphics device lacks an operation; the job went on on the CPU.")
                )
                self._current = next(i for i, (c, _) in enumerate(self._settings) if c.device.type == "cpu")
                continue
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if self._current == len(self._settings) - 1:
                    raise DeviceError(
                        "There is not enough memory to fill this hole;"
                        " close other programs or paint a smaller mask."
                    ) from error
            # Outside the handler, so that the traceback no longer holds the tensors.
            self._settle_for_less()

    def _settle_for_less(self) -> None:
        before = self.compute.device.type
        self._current += 1
        after = self.compute.device.type
        if before == after:
            self._notices.append(
                Message("Memory ran out; a smaller work crop was used, so detail may be coarser.")
            )
        else:
            self._notices.append(
                Message("The graphics device ran out of memory; the job went on, more slowly, on the CPU.")
            )
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
