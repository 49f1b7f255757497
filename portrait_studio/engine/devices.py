"""Which device and which precision the networks run at, in the program and in training.

bfloat16 pays on a CPU only where it stands in hardware: with AMX or AVX-512 bf16 it is several times faster
than float32, with AVX2 alone it is emulated and many times slower. So it is taken only if the CPU names the
capability *and* a measurement of a few milliseconds agrees; the answer is remembered. NVIDIA's GPUs have it
from Ampere on; Apple's compute in float32.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import platformdirs
import torch
from torch import nn

from portrait_studio.errors import DeviceError, FileError
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.json_text import parse_object
from portrait_studio.ordinary_file import read_file

_WORTHWHILE = 1.2
_MOST_BYTES = 1 << 20
"""Speed-up below which bfloat16 is not worth its rounding."""


@dataclass(frozen=True)
class Compute:
    """Where and how networks run.

    Attributes:
        device: torch device.
        dtype: precision of convolutions (`torch.bfloat16` under autocast) or `torch.float32`.
    """

    device: torch.device
    dtype: torch.dtype = torch.float32

    @property
    def hardware(self) -> Hardware:
        """The same by the names that are asked for, with the threads that torch has now."""
        threads = torch.get_num_threads() if self.device.type == "cpu" else 0
        return Hardware(self.device.type, str(self.dtype).removeprefix("torch."), threads)

    @property
    def description(self) -> str:
        """For the user to read, e.g. "CPU (bfloat16)"."""
        name = {"cpu": "CPU", "cuda": "CUDA", "mps": "Apple GPU"}.get(self.device.type, self.device.type)
        if self.device.type == "cuda":
            name = torch.cuda.get_device_name(self.device)
        return f"{name} ({str(self.dtype).removeprefix('torch.')})"

    def autocast(self) -> torch.autocast:
        """Context in which networks run."""
        lowered = self.dtype != torch.float32
        return torch.autocast(
            self.device.type, dtype=self.dtype if lowered else torch.bfloat16, enabled=lowered
        )


class PrecisionMemory:
    """Remembers per CPU and torch version whether bfloat16 pays; an unwritable folder does no harm."""

    def __init__(self, path: Path | None = None) -> None:
        """Read nothing yet.

        Args:
            path: the JSON file; None = one in the user's cache folder.
        """
        self._path = path or Path(platformdirs.user_cache_dir("portrait-studio")) / "precision.json"
        self._known: dict[str, bool] | None = None

    def bfloat16_is_faster(self) -> bool:
        """Whether this CPU computes clearly faster in bfloat16; measured at most once per machine."""
        if not cpu_has_bfloat16():
            return False
        known = self._read()
        key = f"{_cpu_name()} | torch {torch.__version__}"
        if key not in known:
            known[key] = _measured_speed_up() > _WORTHWHILE
            self._write(known)
        return known[key]

    def _read(self) -> dict[str, bool]:
        if self._known is None:
            try:
                content = parse_object(read_file(self._path, _MOST_BYTES))
                self._known = {key: value is True for key, value in content.items()}
            except (FileError, ValueError):
                self._known = {}
        return self._known

    def _write(self, known: dict[str, bool]) -> None:
        partial = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(known, indent=2), "utf-8")
            partial.replace(self._path)
        except OSError:
            return


def choose_compute(hardware: Hardware, memory: PrecisionMemory, on_cpu: str = "auto") -> Compute:
    """Device and precision for a job.

    Args:
        hardware: what was asked for; the device "auto" is the fastest that this machine has.
        memory: remembers what was measured.
        on_cpu: precision on the CPU where `hardware` leaves it open; "auto" = the faster one.

    Raises:
        DeviceError: this machine does not have the device.
    """
    name, precision = hardware.device, hardware.precision
    has_cuda, has_mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "cuda" and not has_cuda:
        raise DeviceError(
            "This machine has no CUDA device that PyTorch can use; choose the device auto or cpu."
        )
    if name == "mps" and not has_mps:
        raise DeviceError(
            "This machine has no Apple GPU that PyTorch can use; choose the device auto or cpu."
        )
    if name == "auto":
        name = "cuda" if has_cuda else "mps" if has_mps else "cpu"
    if precision == "auto" and name == "cpu":
        precision = on_cpu
    halves = precision == "bfloat16" or (precision == "auto" and _bfloat16_pays(name, memory))
    return Compute(torch.device(name), torch.bfloat16 if halves else torch.float32)


class ComputeChoice:
    """Chooses what requests run on."""

    def __init__(self, memory: PrecisionMemory) -> None:
        """Prefer nothing yet.

        Args:
            memory: remembers which precision is faster.
        """
        self._memory = memory
        self.preferred = ANY_HARDWARE
        """What is taken where a request leaves it open."""

    def choose(self, hardware: Hardware) -> tuple[Compute, Compute]:
        """What to run on, and the CPU for when that has too little memory; see `choose_compute`."""
        first = self.preferred.device if hardware.device == "auto" else hardware.device
        compute, cpu = (
            choose_compute(replace(hardware, device=name), self._memory, self.preferred.precision)
            for name in (first, "cpu")
        )
        return compute, cpu


def _bfloat16_pays(device: str, memory: PrecisionMemory) -> bool:
    if device == "cuda":
        # Before Ampere it is emulated.
        return torch.cuda.get_device_capability()[0] >= 8
    return device == "cpu" and memory.bfloat16_is_faster()


@dataclass(frozen=True)
class Threads:
    """How many threads of the CPU the libraries that compute take.

    Attributes:
        torch: at least 1.
        opencv: at least 1.
    """

    torch: int
    opencv: int

    @classmethod
    def now(cls) -> Threads:
        """Those that are taken at present."""
        return cls(torch.get_num_threads(), cv2.getNumThreads())

    def but(self, count: int) -> Threads:
        """So many of both; 0 = these."""
        return Threads(count, count) if count else self

    def take(self) -> None:
        """Compute with these from now on, in the whole process."""
        torch.set_num_threads(self.torch)
        cv2.setNumThreads(self.opencv)


@contextmanager
def threads_of_cpu(count: int) -> Iterator[None]:
    """Let torch and OpenCV compute with so many threads meanwhile; 0 = with those that they have.

    Sums and interpolations of torch differ in their last digits where work is shared out otherwise.
    """
    before = Threads.now()
    before.but(count).take()
    try:
        yield
    finally:
        before.take()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception of torch, numpy or OpenCV says that memory ran out."""
    if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError):
        return True
    text = str(error).lower()
    hints = (
        "out of memory",
        "can't allocate memory",
        "not enough memory",
        "insufficient memory",
        "failed to allocate",
    )
    return type(error).__name__ in ("RuntimeError", "error") and any(hint in text for hint in hints)


def cpu_has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 in hardware (AMX, AVX-512 bf16, or Arm's BF16 extension)."""
    for name in ("_is_amx_tile_supported", "_is_avx512_bf16_supported"):
        # Private, so a torch version without them must not break the choice.
        supported = getattr(torch.cpu, name, None)
        if supported is not None and supported():
            return True
    flags = _cpu_info("flags") or _cpu_info("Features")
    return not {"amx_bf16", "avx512_bf16", "bf16"}.isdisjoint(flags.split())


def _cpu_name() -> str:
    return _cpu_info("model name") or platform.processor() or platform.machine()


def _cpu_info(key: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next(
        (line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == key), ""
    )


@torch.inference_mode()
def _measured_speed_up() -> float:
    """Seconds of a convolution in float32 divided by those in bfloat16; takes a few milliseconds."""
    layer = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    picture = torch.zeros(1, 64, 96, 96).to(memory_format=torch.channels_last)
    seconds = []
    for dtype in (torch.float32, torch.bfloat16):
        module, values = layer.to(dtype), picture.to(dtype)
        module(values)
        runs = []
        for _ in range(5):
            start = time.perf_counter()
            module(values)
            runs.append(time.perf_counter() - start)
        seconds.append(min(runs))
    return seconds[0] / max(seconds[1], 1e-9)
