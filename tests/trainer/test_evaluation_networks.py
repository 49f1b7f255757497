from pathlib import Path

import pytest
import torch

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.registry import build_network
from portrait_studio.networks.released import save_network
from trainer.config import DataConfig, Recipe, RunConfig
from trainer.evaluation.networks import SwappedStore, WithoutRefinement, open_network, without_parsing
from trainer.run_state import RunState, save_state

TINY = {"width": 8, "pose_width": 8, "dilations": [1]}
PAPER_G = {"width": 4, "parsing_input": "none"}


def save_run(folder: Path, task: str, architecture: str, network: dict[str, object]) -> torch.nn.Module:
    recipe = Recipe(
        "tiny", task, architecture, DataConfig({"x": 1.0}), dict(network), run=RunConfig(steps=20)
    )
    module = build_network(architecture, network)
    save_state(RunState(recipe, 12, {"network": {}}, {"network": {}}, module.state_dict(), {}), folder)
    return module


def test_before_the_refinement_the_answer_is_the_coarse_map() -> None:
    torch.manual_seed(0)
    network = build_network("parsing", TINY).eval()
    picture, hole = torch.rand(1, 3, 64, 64), torch.zeros(1, 1, 64, 64)
    with torch.no_grad():
        full, coarse = network(picture, hole), WithoutRefinement(network)(picture, hole)
    assert torch.equal(coarse.refined, full.logits)
    assert not torch.equal(coarse.refined, full.refined)
    assert torch.equal(coarse.heatmaps, full.heatmaps)


def test_a_network_comes_from_a_folder_a_file_or_a_run(tmp_path: Path) -> None:
    path = tmp_path / "models" / "parsing.safetensors"
    path.parent.mkdir()
    sha256 = save_network(path, "parsing", build_network("parsing", TINY), {})
    assert open_network("parsing", path.parent).sha256 == sha256
    assert open_network("parsing", path).sha256 == sha256
    module = save_run(tmp_path, "completion", "paper-completion", PAPER_G)
    opened = open_network("completion", tmp_path)
    assert torch.equal(next(opened.module.parameters()), next(module.parameters()))
    assert not opened.module.training
    assert without_parsing(tmp_path).architecture == "paper-completion"
    with pytest.raises(OptionError, match="no parsing network"):
        open_network("parsing", tmp_path)
    with pytest.raises(WeightsError, match="missing"):
        open_network("parsing", tmp_path / "none")


def test_a_run_that_does_not_fit_its_recipe_is_refused(tmp_path: Path) -> None:
    recipe = Recipe("tiny", "parsing", "parsing", DataConfig({"x": 1.0}), dict(TINY))
    save_state(RunState(recipe, 1, {}, {}, {"strange": torch.zeros(1)}, {}), tmp_path)
    with pytest.raises(OptionError, match="do not fit"):
        open_network("parsing", tmp_path)


@pytest.mark.parametrize("config", [{"width": 4}, {"width": 4, "parsing_input": "one-hot"}])
def test_a_network_that_reads_the_map_is_no_ablation(tmp_path: Path, config: dict[str, object]) -> None:
    save_run(tmp_path, "completion", "paper-completion", config)
    with pytest.raises(OptionError, match="use_parsing"):
        without_parsing(tmp_path)


def test_a_swapped_store_replaces_leaves_out_and_passes_on(tmp_path: Path) -> None:
    save_network(tmp_path / "face.safetensors", "face", build_network("face", {"width": 4, "blocks": 1}), {})
    store = ReleasedNetworks(tmp_path)
    other = store.load("face")
    assert SwappedStore(store, {}).load("face") is other
    assert SwappedStore(store, {"parsing": other}).load("parsing") is other
    with pytest.raises(WeightsError, match="left out"):
        SwappedStore(store, {"face": None}).load("face")
