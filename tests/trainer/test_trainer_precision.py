import pytest
import torch

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import DeviceError
from trainer import precision
from trainer.precision import choose_compute


@pytest.mark.parametrize(
    ("in_hardware", "float32_s", "bfloat16_s", "chosen"),
    [
        (True, 1.0, 12.0, torch.float32),
        (True, 1.0, 1.6, torch.float32),
        (True, 1.0, 1.2, torch.bfloat16),
        (True, 1.0, 0.14, torch.bfloat16),
        (False, 1.0, 0.14, torch.float32),
    ],
)
def test_cpu_uses_bfloat16_only_in_hardware_and_never_where_it_clearly_loses(
    monkeypatch: pytest.MonkeyPatch,
    in_hardware: bool,
    float32_s: float,
    bfloat16_s: float,
    chosen: torch.dtype,
) -> None:
    seconds = {torch.float32: float32_s, torch.bfloat16: bfloat16_s}
    monkeypatch.setattr(precision, "_seconds", seconds.__getitem__)
    monkeypatch.setattr(precision, "cpu_has_bfloat16", lambda: in_hardware)
    compute = choose_compute("cpu", "auto")
    assert compute.dtype == chosen
    assert compute.description == f"CPU ({str(chosen).removeprefix('torch.')})"


def test_a_measurement_is_a_positive_time() -> None:
    assert 0 < precision._seconds(torch.float32) < 60


def test_a_named_precision_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: torch.dtype) -> float:
        raise AssertionError("measured")

    monkeypatch.setattr(precision, "_seconds", fail)
    assert choose_compute("cpu", "float32").dtype == torch.float32
    assert choose_compute("cpu", "bfloat16").dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("generation", "chosen"), [(7, torch.float32), (8, torch.bfloat16), (9, torch.bfloat16)]
)
def test_gpus_use_bfloat16_where_they_have_it(
    monkeypatch: pytest.MonkeyPatch, generation: int, chosen: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (generation, 0))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda *_: "Made-up GPU")
    compute = choose_compute("auto", "auto")
    assert (compute.device.type, compute.dtype) == ("cuda", chosen)
    assert compute.description.startswith("Made-up GPU (")


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_missing_devices_are_named(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match=f"no usable {device} device; choose --device cpu or auto"):
        choose_compute(device, "float32")


def test_auto_is_the_cpu_without_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_compute("auto", "float32").device.type == "cpu"


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_autocast_follows_the_precision(kind: torch.dtype) -> None:
    compute = Compute(torch.device("cpu"), kind)
    with compute.autocast():
        assert torch.nn.Linear(2, 2)(torch.ones(1, 2)).dtype == kind
