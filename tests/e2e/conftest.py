"""Released weights of untrained networks, photos and masks, as files."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
import torch
from PIL import Image

from portrait_studio.locations import MODELS_VARIABLE
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import save_network
from tests.helpers.fake_engine import FakeEngine

SMALL = {
    "parsing": {"width": 16, "pose_width": 8},
    "compact-completion": {"widths": [8, 12, 16], "attention": 8},
    "face": {"width": 8, "blocks": 1},
    "glcic": {"width": 4, "dilations": [1, 2]},
    "segmentation": {"top": 12, "widths": [8, 8, 8], "stem": 8, "mix": 2},
}


@pytest.fixture(scope="session")
def untrained_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with networks of the real architectures, small and untrained."""
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    for architecture, config in SMALL.items():
        network = build_network(architecture, dict(config))
        save_network(folder / f"{architecture}.safetensors", architecture, network, {})
    return folder


@pytest.fixture
def models(untrained_models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, set as the program's models folder."""
    monkeypatch.setenv(MODELS_VARIABLE, str(untrained_models))
    return untrained_models


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo of 120 x 90 pixels."""
    y, x = np.mgrid[0:90, 0:120]
    pixels = np.stack([x * 2, y * 2, 128 + 60 * np.sin(x / 5)], axis=2).astype(np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    """A mask for it with one hole."""
    path = tmp_path / "mask.png"
    pixels = np.zeros((90, 120), np.uint8)
    pixels[30:60, 40:80] = 255
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """What fills in the place of the engine, at once."""
    engine = FakeEngine()
    monkeypatch.setattr("portrait_studio.engine.pipeline.Pipeline", lambda _models: engine)
    return engine
