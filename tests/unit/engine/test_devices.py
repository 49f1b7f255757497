"""Choice of device and precision."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
import torch

from portrait_studio.engine import devices
from portrait_studio.engine.devices import (
    Compute,
    PrecisionMemory,
    choose_compute,
    is_out_of_memory,
    threads_of_cpu,
)
from portrait_studio.errors import DeviceError, OptionError
from portrait_studio.hardware import Hardware


@pytest.fixture
def no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A CPU with bfloat16; the speed-up is what the list holds, and each measurement takes one."""
    speed_ups: list[float] = []
    monkeypatch.setattr(devices, "cpu_has_bfloat16", lambda: True)
    monkeypatch.setattr(devices, "_measured_speed_up", speed_ups.pop)
    return speed_ups


@pytest.mark.usefixtures("no_accelerator")
@pytest.mark.parametrize(("speed_up", "dtype"), [(5.0, torch.bfloat16), (0.1, torch.float32)])
def test_bfloat16_only_where_it_is_faster(
    memory: PrecisionMemory, measured: list[float], speed_up: float, dtype: torch.dtype
) -> None:
    measured.append(speed_up)
    for name in ("auto", "cpu"):
        assert choose_compute(Hardware(name), memory) == Compute(torch.device("cpu"), dtype)


def test_no_measurement_without_the_hardware(
    memory: PrecisionMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "cpu_has_bfloat16", lambda: False)
    monkeypatch.setattr(devices, "_measured_speed_up", lambda: pytest.fail("measured"))
    assert choose_compute(Hardware("cpu"), memory).dtype is torch.float32


def test_the_measurement_is_remembered_on_disk(tmp_path: Path, measured: list[float]) -> None:
    path = tmp_path / "cache" / "precision.json"
    measured.append(5.0)
    assert PrecisionMemory(path).bfloat16_is_faster()
    assert PrecisionMemory(path).bfloat16_is_faster()
    assert measured == []
    assert list(json.loads(path.read_text()).values()) == [True]


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe", b'{"other machine": true}'])
def test_a_damaged_memory_is_measured_anew(tmp_path: Path, measured: list[float], content: bytes) -> None:
    path = tmp_path / "precision.json"
    path.write_bytes(content)
    measured.append(0.5)
    assert not PrecisionMemory(path).bfloat16_is_faster()
    assert measured == []


def test_an_unwritable_folder_does_no_harm(tmp_path: Path, measured: list[float]) -> None:
    (tmp_path / "file").write_text("in the way")
    memory = PrecisionMemory(tmp_path / "file" / "precision.json")
    measured.append(5.0)
    assert memory.bfloat16_is_faster()
    assert memory.bfloat16_is_faster()


def test_the_real_measurement_is_short_and_positive() -> None:
    assert devices._measured_speed_up() > 0


@pytest.mark.usefixtures("no_accelerator")
@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_missing_device_is_a_sentence(memory: PrecisionMemory, name: str) -> None:
    with pytest.raises(DeviceError, match="This machine has no"):
        choose_compute(Hardware(name), memory)


def test_unknown_hardware_is_a_sentence() -> None:
    with pytest.raises(OptionError, match="auto, cpu, cuda, mps"):
        Hardware("abacus")
    with pytest.raises(OptionError, match="auto, float32, bfloat16"):
        Hardware(precision="float8")
    with pytest.raises(OptionError, match="1 to 1024 threads"):
        Hardware(threads=-1)


def test_an_accelerator_is_preferred(memory: PrecisionMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (8, 0))
    assert choose_compute(Hardware("auto"), memory).device == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_compute(Hardware("auto"), memory) == Compute(torch.device("mps"))
    assert choose_compute(Hardware("mps"), memory).description == "Apple GPU (float32)"


@pytest.mark.parametrize(
    ("generation", "chosen"), [(7, torch.float32), (8, torch.bfloat16), (9, torch.bfloat16)]
)
def test_gpus_use_bfloat16_where_they_have_it(
    memory: PrecisionMemory, monkeypatch: pytest.MonkeyPatch, generation: int, chosen: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (generation, 0))
    assert choose_compute(Hardware("cuda"), memory) == Compute(torch.device("cuda"), chosen)
    # What an edit record asks for goes before what would be faster.
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        assert choose_compute(Hardware("cuda", name), memory).dtype is dtype


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (MemoryError(), True),
        (torch.cuda.OutOfMemoryError("CUDA out of memory"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate"), True),
        (RuntimeError("MPS backend out of memory"), True),
        (RuntimeError("The size of tensor a must match"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_out_of_memory_is_recognised(error: Exception, answer: bool) -> None:
    assert is_out_of_memory(error) is answer


def test_real_allocation_failure_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 55)
    assert is_out_of_memory(caught.value)


def test_threads_hold_for_a_while_and_are_named() -> None:
    before = torch.get_num_threads()
    with threads_of_cpu(before + 1):
        assert Compute(torch.device("cpu")).hardware.threads == before + 1
    assert torch.get_num_threads() == before
    with threads_of_cpu(0):
        assert torch.get_num_threads() == before


def test_threads_hold_for_opencv_too() -> None:
    before = cv2.getNumThreads()
    with threads_of_cpu(1):
        assert cv2.getNumThreads() == 1
    assert cv2.getNumThreads() == before


def test_another_device_has_no_threads() -> None:
    assert Compute(torch.device("cuda")).hardware.threads == 0
