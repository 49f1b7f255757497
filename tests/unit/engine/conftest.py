"""Engines with tiny networks, and photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.hardware import Hardware
from tests.helpers.tiny_networks import TinyNetworks


@pytest.fixture
def memory(tmp_path: Path) -> PrecisionMemory:
    """Remembers in a folder of its own."""
    return PrecisionMemory(tmp_path / "precision.json")


@pytest.fixture
def make_engine(memory: PrecisionMemory) -> Callable[..., Pipeline]:
    """Engines with tiny networks, on the CPU."""

    def make(with_face: bool = False, missing: tuple[str, ...] = (), **options: object) -> Pipeline:
        engine = Pipeline(TinyNetworks(with_face, missing), memory=memory, **options)  # type: ignore[arg-type]
        engine.prefer(Hardware("cpu"))
        return engine

    return make


@pytest.fixture
def make_photo() -> Callable[..., NDArray[np.uint8] | NDArray[np.uint16]]:
    """Photos with gradients, stripes and noise."""

    def make(
        width: int = 96, height: int = 80, dtype: type = np.uint8
    ) -> NDArray[np.uint8] | NDArray[np.uint16]:
        rng = np.random.default_rng(width * 1000 + height)
        y, x = np.mgrid[0:height, 0:width]
        ramp = np.stack([x / width, y / height, (x + y) / (width + height)], axis=2)
        stripes = 0.1 * np.sin(x / 3.0)[..., None]
        values = np.clip(0.2 + 0.6 * ramp + stripes + rng.normal(0, 0.02, ramp.shape), 0, 1)
        photo: NDArray[np.uint8] | NDArray[np.uint16] = (values * np.iinfo(dtype).max).astype(dtype)
        return photo

    return make
