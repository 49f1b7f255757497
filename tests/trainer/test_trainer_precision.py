from pathlib import Path

import pytest
import torch

from portrait_studio.engine import devices
from portrait_studio.engine.devices import Compute, PrecisionMemory
from portrait_studio.errors import DeviceError
from portrait_studio.hardware import Hardware
from trainer.training.precision import choose_training_compute


@pytest.fixture
def memory(tmp_path: Path) -> PrecisionMemory:
    return PrecisionMemory(tmp_path / "precision.json")


@pytest.mark.parametrize(
    ("in_hardware", "speed_up"), [(True, 0.1), (True, 1.1), (True, 1.3), (True, 7.0), (False, 7.0)]
)
def test_training_and_program_choose_alike(
    memory: PrecisionMemory, monkeypatch: pytest.MonkeyPatch, in_hardware: bool, speed_up: float
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(devices, "cpu_has_bfloat16", lambda: in_hardware)
    monkeypatch.setattr(devices, "_measured_speed_up", lambda: speed_up)
    chosen = choose_training_compute(Hardware("auto", "auto"), memory)
    assert chosen == devices.choose_compute(Hardware(), memory)
    assert chosen.dtype == (torch.bfloat16 if in_hardware and speed_up > 1.2 else torch.float32)


@pytest.mark.parametrize("generation", [7, 8, 9])
def test_they_choose_alike_on_a_gpu(
    memory: PrecisionMemory, monkeypatch: pytest.MonkeyPatch, generation: int
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (generation, 0))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda *_: "Made-up GPU")
    compute = choose_training_compute(Hardware("auto", "auto"), memory)
    assert compute == devices.choose_compute(Hardware(), memory)
    assert compute.description.startswith("Made-up GPU (")


def test_a_named_precision_is_not_measured(memory: PrecisionMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_measured_speed_up", lambda: pytest.fail("measured"))
    assert choose_training_compute(Hardware("cpu", "float32"), memory).dtype == torch.float32
    assert choose_training_compute(Hardware("cpu", "bfloat16"), memory).dtype == torch.bfloat16


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_missing_devices_are_named(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match="choose the device auto or cpu"):
        choose_training_compute(Hardware(device, "float32"))


def test_auto_is_the_cpu_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    # Nor an Apple GPU, on which no training was tried.
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_training_compute(Hardware("auto", "float32")).device.type == "cpu"


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_autocast_follows_the_precision(kind: torch.dtype) -> None:
    compute = Compute(torch.device("cpu"), kind)
    with compute.autocast():
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype == kind
