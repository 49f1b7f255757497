"""The recipes of Wu et al., end to end on tiny data: widths, sizes and steps are overridden, nothing else."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.errors import WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.hole_fill import HoleFill
from portrait_studio.networks.paper_parsing import PaperParsing
from tests.helpers.tiny_packs import SET, figure, write_figures, write_tiny_vgg
from trainer.recipes.config import Recipe
from trainer.recipes.files import load_recipe, recipe_names
from trainer.release.export import export_run
from trainer.tasks.frozen import Frozen
from trainer.tasks.kind import Pretrained
from trainer.training.loop import train, train_step
from trainer.training.precision import choose_training_compute
from trainer.training.run import Run
from trainer.training.setup import start_run

NETWORKS: dict[str, dict[str, Any]] = {
    "paper-parsing": {"blocks": [1, 1, 1, 1], "width": 8, "pose_width": 8, "dilations": [1, 2]},
    "paper-completion": {"width": 2},
    "paper-face": {"width": 2},
}
STAGES = ("paper-parsing", "paper-completion", "paper-face")
COMPLETIONS = ("paper-completion", "paper-completion-plain", "paper-completion-true-maps")


def small(name: str, side: int = 64) -> Recipe:
    """A recipe with few channels, steps and pixels; all else as it comes."""
    recipe = load_recipe(name)
    network = NETWORKS["paper-completion" if name in COMPLETIONS else name]
    discriminator = {"width": 2} if recipe.discriminator else {}
    return replace(
        recipe,
        network={**recipe.network, **network},
        discriminator=discriminator,
        data=replace(recipe.data, sets={SET: 1.0}, size=side, batch=min(2, recipe.data.batch)),
        run=replace(recipe.run, epochs=0.0, steps=2, sheet_steps=2, log_steps=1, threads=1),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("paper")
    write_figures(path / "packs", 4)
    write_tiny_vgg(path / "vgg.safetensors")
    return path


def begun(recipe: Recipe, folder: Path, models: Path | None) -> Run:
    compute = choose_training_compute(Hardware("cpu", "float32"))
    run = folder / f"run-{recipe.name}"
    return start_run(
        recipe,
        folder / "packs",
        run,
        compute,
        Pretrained(models, folder / "vgg.safetensors", Frozen(models)),
    )


@pytest.fixture(scope="module")
def models(folder: Path) -> Path:
    """All three stages, trained one after the other, each on those before it, and exported."""
    models = folder / "models"
    for name in STAGES:
        run = begun(small(name), folder, models if (models / "manifest.json").is_file() else None)
        train(run)
        assert run.step == 2
        export_run(run.folder, models)
        if name == "paper-parsing":
            shutil.copytree(models, folder / "parser")
    return models


def test_every_recipe_of_the_paper_is_tested_here() -> None:
    ours = {name for name in recipe_names() if name.startswith("paper-")}
    families = ("paper-glcic", "paper-latent", "paper-attentive", "paper-collaborative")
    others = {name for name in ours if name.startswith(families)}
    assert ours - others == {*STAGES, *COMPLETIONS}


def test_three_stages_train_one_after_the_other_and_fill_a_photo(models: Path) -> None:
    networks = ReleasedNetworks(models)
    parser = networks.load("parsing").module
    assert isinstance(parser, PaperParsing)
    sample = figure("a/1", 7)
    mask = (sample.labels == 11).astype("uint8") * 255
    options = CompletionOptions(Method.NETWORK)
    result = Pipeline(networks).run(CompletionRequest(sample.image, mask, options))
    assert {"parsing", "completion"} <= set(result.weights)
    assert result.structure.heatmaps.shape[0] == 16


@pytest.mark.parametrize("name", COMPLETIONS[1:])
def test_ablations_train_on_the_parser_of_the_paper(name: str, models: Path, folder: Path) -> None:
    run = begun(small(name), folder, folder / "parser")
    figures = train_step(run, [run.source.batch(0)])
    assert {"perceptual", "g_global", "g_local", "d_global", "d_local"} <= set(figures)


def test_maps_are_the_parsers_own_and_none_stands_in_for_them(models: Path, folder: Path) -> None:
    run = begun(small("paper-completion"), folder, models)
    batch = run.source.batch(3)
    predicted = run.task.predict(batch, 0).pair.condition
    parser = ReleasedNetworks(models).load("parsing").module
    with torch.no_grad():
        wanted = torch.softmax(parser(batch.masked, batch.mask).refined, 1)
    torch.testing.assert_close(predicted, wanted, atol=1e-4, rtol=0)
    with pytest.raises(WeightsError, match="takes all parsing maps from a trained parser: name its weights"):
        begun(small("paper-completion"), folder, None)


@pytest.mark.parametrize("name", ["paper-parsing", "paper-completion"])
def test_the_hole_holds_the_mean_colour_of_the_photos(name: str, models: Path, folder: Path) -> None:
    run = begun(small(name), folder, models if name == "paper-completion" else None)
    fill = run.task.network.fill
    assert isinstance(fill, HoleFill)
    photos = run.source.photos
    colours = np.stack([photos[index].image.reshape(-1, 3).mean(0) for index in range(4)])
    means = torch.from_numpy(colours / 127.5 - 1)
    assert bool((fill.colour >= means.amin(0) - 1e-4).all() and (fill.colour <= means.amax(0) + 1e-4).all())
    assert bool((fill.colour != 0).all())


@pytest.mark.parametrize("name", ["paper-completion", "paper-face", "paper-parsing"])
def test_augmentation_is_that_of_the_paper(name: str) -> None:
    augment = load_recipe(name).augment
    assert (augment.squash, augment.flip, augment.colour, augment.turn, augment.grey) == (1.0, 0.5, 0.0, 0, 0)
