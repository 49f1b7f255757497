"""Collaborative face completion: its losses by hand, its networks, all variants trained on drawn faces."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from portrait_studio.errors import OptionError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.building import build_network
from portrait_studio.networks.collaborative import (
    COLLABORATIVE,
    MIRROR_POINTS,
    TASK_CHANNELS,
    Collaborative,
    CollaborativeConfig,
    CollaborativeOutput,
)
from portrait_studio.networks.discriminator import ConditionalDiscriminator, ConditionalDiscriminatorConfig
from portrait_studio.networks.face_completion import FACE_PARTS
from portrait_studio.networks.released import load_network
from tests.helpers.tiny_faces import drawn_face, write_faces
from tests.trainer.test_loss_gradients import close
from trainer.__main__ import main
from trainer.data.batch import Batch
from trainer.data.face_windows import mirrored
from trainer.data.holes import random_noise, random_pattern
from trainer.data.loose_faces import five_points, framed, loose_window
from trainer.losses.collaborative import (
    ADVERSARIAL_WEIGHTS,
    RECONSTRUCTION_WEIGHTS,
    maps_loss,
    part_maps,
    point_maps,
)
from trainer.recipes.files import load_recipe
from trainer.tasks.collaborative import CollaborativeTask
from trainer.training.loop import train_step
from trainer.training.precision import choose_training_compute
from trainer.training.run import Run
from trainer.training.setup import start_run

VARIANTS = ("i", "id", "is", "isd", "concentrated")
SKIN, HAIR, BACKGROUND = (FACE_PARTS.index(name) for name in ("skin", "hair", "background"))


def test_part_maps_by_hand_know_hair_from_background_only_where_labels_do() -> None:
    target, known = part_maps(torch.tensor([[[SKIN, 255]]]))
    assert target.shape == known.shape == (1, len(FACE_PARTS), 1, 2)
    assert target[0, :, 0, 0].tolist() == [1.0 if part == SKIN else -1.0 for part in range(len(FACE_PARTS))]
    assert target[0, :, 0, 1].tolist() == [-1.0] * len(FACE_PARTS), "what is unknown is no part of the face"
    assert known[0, :, 0, 0].all()
    assert [part for part in range(len(FACE_PARTS)) if not known[0, part, 0, 1]] == [BACKGROUND, HAIR]


def test_point_maps_by_hand() -> None:
    maps = point_maps(torch.tensor([[[4.5, 2.5]]]), 128)
    assert maps[0, 0, 2, 4].item() == 1, "the pixel whose centre it is"
    assert maps[0, 0, 2, 7].item() == pytest.approx(2 * math.exp(-0.5) - 1), "three pixels off: one sigma"
    assert maps[0, 0, 100, 100].item() == -1


def test_maps_loss_by_hand() -> None:
    output, target = torch.tensor([[[[0.5, -1.0]]]]), torch.tensor([[[[1.0, 1.0]]]])
    assert maps_loss(output, target).item() == pytest.approx((0.25 + 4) / 2)
    assert maps_loss(output, target, torch.tensor([[[[1.0, 0.0]]]])).item() == pytest.approx(0.25)
    assert maps_loss(output, target, torch.zeros(1, 1, 1, 2)).item() == 0


def test_gradient_of_the_maps_loss() -> None:
    rng = torch.Generator().manual_seed(0)
    output, target = torch.randn(2, 1, 3, 2, 2, generator=rng).unbind()
    known = (torch.rand(1, 3, 2, 2, generator=rng) > 0.4).float()
    assert close(lambda x: maps_loss(x, target), output)
    assert close(lambda x: maps_loss(x, target, known), output)


def test_weights_are_the_papers() -> None:
    assert [weights["i"] for weights in ADVERSARIAL_WEIGHTS] == [1.0, 0.8, 0.8]
    assert [weights["s"] for weights in ADVERSARIAL_WEIGHTS] == [1.0, 0.2, 0.1]
    assert [weights["d"] for weights in RECONSTRUCTION_WEIGHTS] == [1000.0, 200.0, 200.0]
    assert all(weights["i"] == 100.0 for weights in RECONSTRUCTION_WEIGHTS)


def test_the_generator_has_seven_layers_each_way_and_skips() -> None:
    network = Collaborative(CollaborativeConfig(width=2)).eval()
    assert len(network.down) == 7
    assert len(network.up) + 1 == 7
    mask = torch.zeros(1, 1, 128, 128)
    mask[..., 40:60, 40:60] = 1
    image = torch.rand(1, 3, 128, 128) * 2 - 1
    out = network(image, mask)
    assert {letter: made.shape[1] for letter, made in out.made.items()} == TASK_CHANNELS
    assert all(made.shape[2:] == (128, 128) for made in out.made.values())
    assert torch.equal(out.seen * (1 - mask), image * (1 - mask))
    assert float(out.seen[..., 40:60, 40:60].std()) > 0.4, "noise stands in the hole"
    other = image.clone()
    other[..., 40:60, 40:60] = 0.9
    assert torch.equal(network(other, mask).made["i"], out.made["i"]), "what is hidden is not looked at"


def test_the_published_width_has_the_operations_of_pix2pix() -> None:
    network = Collaborative(CollaborativeConfig())
    assert sum(value.numel() for value in network.parameters()) == pytest.approx(41.9e6, rel=0.01)


@pytest.mark.parametrize("config", [{"tasks": ""}, {"tasks": "ix"}, {"tasks": "ii"}, {"layers": 1}])
def test_settings_that_make_no_generator_are_refused(config: dict[str, object]) -> None:
    with pytest.raises(OptionError, match="cannot be built"):
        build_network("collaborative", config)


def test_the_discriminator_judges_sixteen_patches_with_the_damaged_picture() -> None:
    torch.manual_seed(0)
    judge = ConditionalDiscriminator(ConditionalDiscriminatorConfig(judged=5, condition=3, width=2)).eval()
    maps, seen, mask = torch.rand(1, 5, 128, 128), torch.rand(1, 3, 128, 128), torch.zeros(1, 1, 128, 128)
    logits = judge(maps, seen, mask).logits
    assert logits.shape == (1, 1, 4, 4)
    assert not torch.allclose(judge(maps, -seen, mask).logits, logits)


def test_pattern_and_noise_cover_what_the_paper_says() -> None:
    rng = np.random.default_rng(0)
    pattern, noise = random_pattern((128, 128), rng) > 0, random_noise((128, 128), rng) > 0
    assert pattern.mean() == pytest.approx(0.25, abs=1e-3)
    assert noise.mean() == pytest.approx(0.8, abs=1e-3)
    # Blobs hang together, noise does not.
    changes = [float((mask[:, 1:] != mask[:, :-1]).mean()) for mask in (pattern, noise)]
    assert changes[0] < 0.1 < 0.25 < changes[1]


def test_windows_stand_about_the_face_inside_the_photo() -> None:
    sample, mesh = drawn_face("portraits/1", 1)
    matrix = framed(mesh, sample.labels.shape, 64)
    window = loose_window(sample, mesh, matrix, 64, np.zeros((64, 64), np.uint8))
    assert window.parts.shape == (64, 64)
    assert window.landmarks.shape == (5, 2)
    assert np.abs(window.landmarks.mean(0) - 32).max() < 8
    x, y = np.floor(window.landmarks[0]).astype(int)
    assert window.parts[y, x] == FACE_PARTS.index("right-eye")
    corners = np.linalg.inv(np.vstack([matrix, [0, 0, 1]])) @ np.array([[0, 64], [0, 64], [1, 1]])
    assert corners[:2].min() >= -1e-6
    assert corners[:2].max() <= 160 + 1e-6
    assert five_points(mesh).shape == (5, 2)
    other = mirrored(window, MIRROR_POINTS)
    assert other.landmarks[0, 0] == pytest.approx(64 - window.landmarks[1, 0])
    x, y = np.floor(other.landmarks[1]).astype(int)
    assert other.parts[y, x] == FACE_PARTS.index("left-eye")


def begun(recipe_name: str, tmp_path: Path, size: int = 32) -> Run:
    """A run of a recipe with few channels on drawn faces, at its first step."""
    data = tmp_path / "data"
    if not data.exists():
        write_faces(data, 4)
    recipe = load_recipe(recipe_name)
    small = load_recipe("tiny-collaborative")
    recipe = replace(
        recipe,
        network={**recipe.network, "width": 4, "factor": 2, "layers": 5},
        discriminator=small.discriminator,
        data=replace(small.data, size=size),
        run=replace(recipe.run, steps=2, epochs=0.0, log_steps=1, threads=1),
    )
    return start_run(
        recipe, data, tmp_path / recipe_name, choose_training_compute(Hardware("cpu", "float32"))
    )


@pytest.mark.parametrize("kind", ["paper", "compact"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_takes_a_step(kind: str, variant: str, tmp_path: Path) -> None:
    run = begun(f"{kind}-collaborative-{variant}", tmp_path)
    letters = "isd" if variant == "concentrated" else variant
    names = {"i": "picture", "s": "parts", "d": "landmarks"}
    figures = train_step(run, [run.source.batch(0)])
    for letter, name in names.items():
        assert all((f"{part}_{name}" in figures) is (letter in letters) for part in ("d", "g", "rec"))
    assert list(run.task.phases) == [*(names[letter] for letter in letters), "network"]


def output_like(batch: Batch, value: float) -> CollaborativeOutput:
    """Constant outputs, to which gradients flow."""
    shape = batch.image.shape
    made = {
        letter: torch.full((shape[0], channels, *shape[2:]), value, requires_grad=True)
        for letter, channels in TASK_CHANNELS.items()
    }
    return CollaborativeOutput(batch.masked, made)


@pytest.mark.parametrize("variant", ["isd", "concentrated"])
def test_the_concentrated_scheme_looks_at_nothing_but_the_hole(variant: str, tmp_path: Path) -> None:
    run = begun(f"paper-collaborative-{variant}", tmp_path)
    task, batch = run.task, run.source.batch(0)
    assert isinstance(task, CollaborativeTask)
    out = output_like(batch, 0.25)
    loss = task.loss("network", batch, out, 0)
    where = batch.mask if variant == "concentrated" else torch.ones_like(batch.mask)
    off = ((0.25 - batch.image).abs() * where).sum() / (3 * where.sum())
    assert loss.scalars["rec_picture"] == pytest.approx(100 * off.item(), rel=1e-4)
    loss.loss.backward()
    outside = out.made["i"].grad * (1 - batch.mask)  # type: ignore[operator]
    assert bool(outside.any()) is (variant == "isd")
    # Maps count everywhere in both.
    maps, known = part_maps(batch.parts)  # type: ignore[arg-type]
    wanted = 200 * maps_loss(torch.full_like(maps, 0.25), maps, known).item()
    assert loss.scalars["rec_parts"] == pytest.approx(wanted, rel=1e-4)


def test_discriminators_see_the_damaged_picture_and_nothing_that_is_unknown(tmp_path: Path) -> None:
    run = begun("paper-collaborative-concentrated", tmp_path)
    task, batch = run.task, run.source.batch(0)
    assert isinstance(task, CollaborativeTask)
    seen: dict[str, tuple[Tensor, ...]] = {}
    for name, adversary in task.adversaries.items():
        adversary.module.register_forward_pre_hook(
            lambda _, given, name=name: seen.setdefault(name, given)  # type: ignore[misc]
        )
    out = task.predict(batch, 0)
    for name in task.adversaries:
        task.loss(name, batch, out, 0)
    assert all(torch.equal(given[1], out.seen) for given in seen.values())
    unknown = batch.parts == 255  # type: ignore[operator]
    assert not seen["parts"][0][:, HAIR][unknown].any()
    assert seen["landmarks"][0].amax((2, 3)).min() > 0


def test_a_whole_run_from_packs_to_released_weights(tmp_path: Path) -> None:
    data, run, models = write_faces(tmp_path / "packs"), tmp_path / "run", tmp_path / "models"
    train = ["train", "tiny-collaborative", "--data", str(data), "--run", str(run), "--device", "cpu"]
    assert main([*train, "--precision", "float32"]) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert {"d_picture", "d_parts", "d_landmarks", "rec_picture"} <= set(lines[-1])
    assert (run / "sheets" / "0000004.png").is_file()
    assert main([*train, "--precision", "float32", "--resume", "--steps", "5"]) == 0
    assert main(["export", str(run), str(models)]) == 0
    assert isinstance(load_network(COLLABORATIVE, models).module, Collaborative)
    card = (models / "collaborative.md").read_text("utf-8")
    assert card.startswith("# Collaborative network: tiny-collaborative\n")


def test_recipes_are_the_papers_and_differ_in_what_they_vary() -> None:
    best = load_recipe("paper-collaborative-concentrated")
    assert (best.data.size, best.run.epochs, best.network["layers"]) == (128, 20.0, 7)
    assert [side * best.data.size // 256 for side in best.holes.rectangle_sides] == [64, 64]
    for variant in VARIANTS[:-1]:
        recipe = load_recipe(f"paper-collaborative-{variant}")
        assert recipe.network == {**best.network, "tasks": variant}
        assert recipe == replace(
            best,
            name=recipe.name,
            network=recipe.network,
            loss=replace(best.loss, whole_output=True),
        )
    noise = load_recipe("paper-collaborative-noise")
    assert (noise.holes.noise, noise.holes.rectangle) == (1.0, 0.0)


def test_what_a_recipe_cannot_do_is_said(tmp_path: Path) -> None:
    data, compute = write_faces(tmp_path / "data", 2), choose_training_compute(Hardware("cpu", "float32"))
    recipe = load_recipe("tiny-collaborative")
    odd = replace(recipe, network={**recipe.network, "layers": 6}, data=replace(recipe.data, size=96))
    with pytest.raises(OptionError, match="halves a window 6 times, which 96"):
        start_run(odd, data, tmp_path / "run", compute)
    other = replace(recipe.adversarial, architecture="patch-discriminator")
    with pytest.raises(OptionError, match='architecture "conditional-discriminator"'):
        start_run(replace(recipe, adversarial=other), data, tmp_path / "run", compute)
