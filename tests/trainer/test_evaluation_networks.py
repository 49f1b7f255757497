from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.engine.network_store import NetworkStore, ReleasedNetworks, SideNetworks
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Margins
from portrait_studio.networks.building import build_network
from portrait_studio.networks.manifest import network_names
from portrait_studio.networks.released import save_network
from trainer.evaluation.methods import Bench
from trainer.evaluation.networks import SwappedStore, WithoutRefinement, open_network, without_parsing
from trainer.evaluation.parsers import ParserRun, ParserTally, ParserVariant
from trainer.protocols.case import Case
from trainer.recipes.config import DataConfig, Recipe, RunConfig
from trainer.training.run_state import RunState, save_state

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


def test_without_parsing_stands_in_for_the_networks_of_every_side(tmp_path: Path) -> None:
    for name in network_names("completion"):
        network = build_network("paper-completion", PAPER_G)
        save_network(tmp_path / f"{name}.safetensors", "paper-completion", network, {}, name=name)
    plain = without_parsing(tmp_path)
    stores: list[NetworkStore] = []

    def engine_over(store: NetworkStore) -> Pipeline:
        stores.append(store)
        return Pipeline(store)

    Bench(ReleasedNetworks(tmp_path), engine_over, without_parsing=plain).engine("g")
    for side in ("bottom", "top", None):
        assert SideNetworks(stores[0], side).load("completion") is plain


def test_a_parser_for_one_side_is_measured_where_that_side_is_extended(tmp_path: Path) -> None:
    ids = {
        name: save_network(
            tmp_path / f"{name}.safetensors", "parsing", build_network("parsing", TINY), {}, name=name
        )
        for name in ("parsing", "parsing-down")
    }
    bench = Bench(ReleasedNetworks(tmp_path), Pipeline, Hardware("cpu"))
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    labels = np.ones((64, 64), np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[48:] = 255
    for extension, name in ((Margins(bottom=16), "parsing-down"), (Margins(), "parsing")):
        tally, case = ParserTally("released"), Case("one", picture, mask, labels, extension=extension)
        tally.add(case, ParserRun(ParserVariant("released"), bench)(case))
        figures = tally.figures()
        assert figures is not None
        assert figures.sha256 == ids[name]
