"""Less memory each time, first on the device, then on the CPU."""

from __future__ import annotations

import pytest
import torch

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.errors import DeviceError

GPU = Compute(torch.device("cuda"))
CPU = Compute(torch.device("cpu"), torch.bfloat16)


def run_until(fallback: Fallback, enough: int) -> list[tuple[str, int]]:
    """Run a step that succeeds at attempt number `enough`; the settings that were tried."""
    tried: list[tuple[str, int]] = []

    def step(compute: Compute, policy: CropPolicy) -> None:
        tried.append((compute.device.type, policy.appearance_most))
        if len(tried) < enough:
            raise MemoryError

    fallback.run(step)
    return tried


def test_smaller_crop_then_cpu() -> None:
    fallback = Fallback(GPU, CPU, CropPolicy())
    assert run_until(fallback, 5) == [("cuda", 256), ("cuda", 128), ("cpu", 256), ("cpu", 128), ("cpu", 64)]
    assert len(fallback.notices) == 2
    assert "smaller work crop" in fallback.notices[0]
    assert "on the CPU" in fallback.notices[1]
    assert fallback.compute.device.type == "cpu"


def test_what_ran_out_is_not_tried_again() -> None:
    fallback = Fallback(CPU, CPU, CropPolicy())
    assert run_until(fallback, 2) == [("cpu", 256), ("cpu", 128)]
    assert run_until(fallback, 1) == [("cpu", 128)]


def test_with_enough_memory_nothing_is_said() -> None:
    fallback = Fallback(GPU, CPU, CropPolicy())
    assert run_until(fallback, 1) == [("cuda", 256)]
    assert fallback.notices == ()


def test_an_operation_that_the_device_lacks_runs_on_the_cpu() -> None:
    fallback = Fallback(Compute(torch.device("mps")), CPU, CropPolicy())

    def step(compute: Compute, _policy: CropPolicy) -> str:
        if compute.device.type == "mps":
            raise NotImplementedError("not currently implemented for the MPS device")
        return compute.device.type

    assert fallback.run(step) == "cpu"
    assert len(fallback.notices) == 1
    with pytest.raises(NotImplementedError):
        Fallback(CPU, CPU, CropPolicy()).run(
            lambda compute, policy: (_ for _ in ()).throw(NotImplementedError)
        )


def test_the_end_is_a_sentence() -> None:
    with pytest.raises(DeviceError, match="not enough memory"):
        run_until(Fallback(GPU, CPU, CropPolicy()), 6)
