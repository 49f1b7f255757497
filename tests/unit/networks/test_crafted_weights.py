"""Weights files and lists of them that are crafted: refused in a sentence, before anything is built."""

from __future__ import annotations

import dataclasses
import json
import os
import struct
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.building import build_network, outline_network, tensor_shapes
from portrait_studio.networks.catalog import WeightsInfo, import_weights, list_weights, read_card
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.released import load_file, load_network, save_network
from portrait_studio.networks.weights_file import read_header
from tests.unit.networks.test_released_weights import random_face


@pytest.fixture
def models(tmp_path: Path) -> Path:
    save_network(tmp_path / "face.safetensors", "face", random_face(), {"sets": ["a"]})
    return tmp_path


def crafted(models: Path, **config: Any) -> Path:
    """A file of one tensor that says it holds another network."""
    path = models / "crafted.safetensors"
    header = {
        "architecture": "face",
        "conventions": read_header(models / "face.safetensors").metadata["conventions"],
    }
    header["config"] = json.dumps({"width": 2, "blocks": 1} | config)
    save_file({"leave.bias": torch.zeros(3)}, path, header)
    return path


@pytest.mark.parametrize(
    "config",
    [
        {"blocks": 2147483648},
        {"blocks": 10**30},
        {"blocks": 60, "width": 2048},
        {"blocks": float("inf")},
        {"blocks": -1},
        {"blocks": [1]},
        {"blocks": "1"},
        {"blocks": True},
        {"width": 0},
        {"width": 10**9},
        {"parsing_input": "x" * 1000},
        {"parsing_input": 5},
        {"parsing_input": [["one-hot"]]},
    ],
)
def test_a_config_beyond_all_use_is_refused_at_once(models: Path, config: dict[str, Any]) -> None:
    began = time.process_time()
    with pytest.raises(WeightsError, match="does not fit this version of the program"):
        load_file("face", crafted(models, **config))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_number_of_every_config_is_bounded(architecture: str) -> None:
    config = ARCHITECTURES[architecture].config()
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        wrong: list[Any] = [None, 2**31, -1, float("nan"), float("inf"), [2**31], [1] * 1000, "x" * 1000, {}]
        for each in wrong:
            if not (isinstance(value, float) and each == 1):
                with pytest.raises(OptionError):
                    build_network(architecture, {field.name: each})


@pytest.mark.parametrize("architecture", [name for name in ARCHITECTURES if name != "patch-discriminator"])
def test_names_and_shapes_are_known_without_building(architecture: str) -> None:
    state = build_network(architecture, {}).state_dict()
    shapes = {name: tuple(value.shape) for name, value in state.items()}
    assert tensor_shapes(outline_network(architecture, {})) == shapes


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "sparse"])
def test_weights_that_are_no_file_are_refused_at_once(models: Path, kind: str) -> None:
    path = models / "strange.safetensors"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case "sparse":
            with path.open("wb") as file:
                file.truncate(1 << 40)
    with pytest.raises(WeightsError, match="missing or cannot be read"):
        load_file("face", path)
    with pytest.raises(WeightsError, match="missing or no weights file"):
        import_weights(path, models, models / "own")
    content = json.loads((models / MANIFEST).read_text())
    content["networks"]["face"]["file"] = path.name
    (models / MANIFEST).write_text(json.dumps(content))
    with pytest.raises(WeightsError, match="missing or cannot be read"):
        load_network("face", models)
    (info,) = list_weights(models)
    assert not info.is_intact


@pytest.mark.parametrize(
    "head", [b"[" * 100_000, b"{}", b"5", b'{"__metadata__": 5}', b'{"a": 5}', b'{"a": {}}']
)
def test_a_header_that_is_none_is_refused(models: Path, head: bytes) -> None:
    path = models / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(head)) + head)
    with pytest.raises(WeightsError):
        load_file("face", path)
    with pytest.raises(WeightsError):
        import_weights(path, models, models / "own")


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "1e999", '{"networks": {"face": {"file": 5, "sha256": 1e999}}}']
)
def test_a_list_of_weights_that_is_none_is_refused(models: Path, text: str) -> None:
    (models / MANIFEST).write_text(text)
    with pytest.raises(WeightsError, match="list of weights"):
        list_weights(models)
    with pytest.raises(WeightsError, match="list of weights"):
        read_manifest(models)
    (models / MANIFEST).unlink()
    os.mkfifo(models / MANIFEST)
    with pytest.raises(WeightsError, match="list of weights"):
        read_manifest(models)


@pytest.mark.parametrize(
    "record",
    [
        {"sets": 5, "metrics": 5},
        {"sets": [1, {}], "metrics": [5]},
        {"metrics": {"a": 1}},
        {"metrics": [{"parsing": [], "scores": []}]},
        {"metrics": [{"parsing": {"mean_iou": "x"}, "scores": {"default": {"psnr": []}}}]},
        {"metrics": [{"scores": {"default": {"psnr": float("inf")}}, "cases": [], "data": {}}]},
    ],
)
def test_figures_of_any_kind_are_told_or_not(tmp_path: Path, record: dict[str, Any]) -> None:
    for task in ("parsing", "face"):
        info = WeightsInfo(task, tmp_path / "a.safetensors", "", True, "face", record)
        assert info.data
        assert info.metrics


def test_a_card_is_text_of_a_bounded_length(models: Path) -> None:
    (info,) = list_weights(models)
    info.card.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="decode"):
        read_card(info)
    info.card.write_text("# a card")
    assert read_card(info) == "# a card"
