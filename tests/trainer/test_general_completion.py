"""General completion (Iizuka et al. 2017): losses, phases, and a run from packs to a measured release."""

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import load_network
from tests.helpers.tiny_packs import write_figures
from trainer.__main__ import main
from trainer.data.holes import sample_hole
from trainer.losses.adversarial import discriminator_loss, generator_loss, hole_squared
from trainer.recipes.config import AdversarialConfig, OptimiserConfig
from trainer.recipes.files import load_recipe
from trainer.recipes.samples import HoleMix
from trainer.release.export import export_run
from trainer.tasks.adversary import Adversary, ImagePair
from trainer.training.loop import train_step
from trainer.training.run import Run, make_optimiser
from trainer.training.run_state import load_state
from trainer.training.setup import start_run

CPU = Compute(torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_figures(tmp_path_factory.mktemp("packs"), 4)


def tiny_run(packs: Path, folder: Path, **adversarial: object) -> Run:
    recipe = load_recipe("tiny-general")
    changed = replace(recipe.adversarial, **adversarial)  # type: ignore[arg-type]
    return start_run(replace(recipe, adversarial=changed), packs, folder, CPU)


def step(run: Run) -> dict[str, float]:
    count = run.recipe.data.accumulate
    figures = train_step(run, [run.source.batch(run.step, part, count) for part in range(count)])
    run.step += 1
    return figures


def state_of(module: nn.Module) -> dict[str, Tensor]:
    return copy.deepcopy(module.state_dict())


def is_same(before: dict[str, Tensor], module: nn.Module) -> bool:
    return all(torch.equal(before[name], value) for name, value in module.state_dict().items())


def test_squared_loss_by_hand() -> None:
    output, target = torch.zeros(1, 3, 2, 2), torch.zeros(1, 3, 2, 2)
    output[0, 0, 0, 0], output[0, 1, 0, 1], output[0, 2, 1, 1] = 1.0, -0.5, 0.9
    mask = torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])
    # Colours in [0, 1] differ by half as much; the last one is known, but counts in the mean over 12.
    assert hole_squared(output, target, mask).item() == pytest.approx((0.5**2 + 0.25**2) / 12)


def test_gradient_of_the_squared_loss() -> None:
    output = torch.randn(2, 3, 3, 3, dtype=torch.double, requires_grad=True)
    target, mask = torch.randn(2, 3, 3, 3, dtype=torch.double), torch.zeros(2, 1, 3, 3)
    mask[..., 1:] = 1
    hole_squared(output, target, mask).backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(output.grad, ((output - target).detach() * mask / (2 * output.numel())))


def test_losses_of_one_verdict_by_hand() -> None:
    real, fake = torch.tensor([[[[1.0]]]]), torch.tensor([[[[-2.0]]]])
    sigmoid: Callable[[float], float] = lambda x: 1 / (1 + math.exp(-x))  # noqa: E731
    expected = -math.log(sigmoid(1.0)) - math.log(1 - sigmoid(-2.0))
    assert discriminator_loss("log", real, fake).item() == pytest.approx(expected)
    assert generator_loss("log", fake).item() == pytest.approx(-math.log(sigmoid(-2.0)))


def test_adadelta_takes_its_first_step_by_hand() -> None:
    weight = nn.Parameter(torch.tensor([2.0]))
    optimiser = make_optimiser([{"params": [weight]}], OptimiserConfig("adadelta", rate=1.0))
    weight.grad = torch.tensor([3.0])
    optimiser.step()
    # Zeiler 2012, algorithm 1, rho = 0.9 and epsilon = 1e-6.
    moved = math.sqrt(1e-6) / math.sqrt(0.1 * 9 + 1e-6) * 3
    assert weight.item() == pytest.approx(2 - moved, abs=1e-6)


def test_phases_follow_algorithm_1() -> None:
    config = AdversarialConfig(start=5, alone=2, ramp=2)
    assert [config.rests(k) for k in (4, 5, 6, 7)] == [False, True, True, False]
    assert [config.strength(k) for k in (4, 6, 7, 8, 20)] == [0, 0, 0.5, 1, 1]


def test_network_rests_with_its_statistics_while_the_discriminator_learns(
    packs: Path, tmp_path: Path
) -> None:
    run = tiny_run(packs, tmp_path, start=1, alone=2)
    network, judge = run.task.modules()["network"], run.task.modules()["joint"]
    before = state_of(judge)
    assert "squared" in step(run)
    assert is_same(before, judge)
    for _ in range(2):
        network_before, judge_before = state_of(network), state_of(judge)
        figures = step(run)
        assert "d_joint" in figures
        assert "squared" not in figures
        assert is_same(network_before, network)
        assert not is_same(judge_before, judge)
    network_before, judge_before = state_of(network), state_of(judge)
    assert {"d_joint", "squared", "g_joint"} <= set(step(run))
    assert not is_same(network_before, network)
    assert not is_same(judge_before, judge)


def test_discriminator_moves_before_the_network_meets_it(packs: Path, tmp_path: Path) -> None:
    """Told apart by the network's adversarial loss, which is that of the discriminator before or after."""
    figures = {}
    for first in (False, True):
        run = tiny_run(packs, tmp_path, start=0, alone=0, first=first, rate=1.0)
        figures[first] = step(run)
    assert figures[True]["d_joint"] == pytest.approx(figures[False]["d_joint"])
    assert figures[True]["squared"] == pytest.approx(figures[False]["squared"])
    assert figures[True]["g_joint"] != pytest.approx(figures[False]["g_joint"], rel=1e-6)


def test_truth_is_judged_with_the_masks_of_others() -> None:
    judged: list[Tensor] = []

    class Judge(nn.Module):
        def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> object:
            judged.append(mask)
            return build_network(
                "two-tower-discriminator",
                {"side": 8, "local_side": 4, "layers": 1, "local_layers": 1, "width": 2, "dense": 2},
            )(image, parsing, mask)

    recipe = load_recipe("tiny-general")
    image = torch.rand(2, 3, 8, 8)
    mask = torch.stack([torch.zeros(1, 8, 8), torch.ones(1, 8, 8)])
    Adversary("joint", Judge(), recipe).own_loss(ImagePair(image, image, image[:, :0], mask), 0)
    assert torch.equal(judged[0], mask.flip(0))
    assert torch.equal(judged[1], mask)


def test_holes_lie_anywhere_and_have_the_recipes_sides() -> None:
    person = np.zeros((256, 256), bool)
    person[:40, :40] = True
    mix = HoleMix(1.0, 0, 0, 0, 0, rectangle_sides=(96, 128), anywhere=True)
    masks = [sample_hole(person, [], np.random.default_rng(seed), mix) > 0 for seed in range(20)]
    for mask in masks:
        height, width = (int(np.count_nonzero(mask.any(axis))) for axis in (1, 0))
        assert 96 <= height <= 128
        assert 96 <= width <= 128
    assert sum(bool((mask & person).any()) for mask in masks) < 15
    with pytest.raises(OptionError, match="`rectangle_sides` must name"):
        HoleMix(rectangle_sides=(20, 10))


def test_mean_colour_of_the_photos_goes_with_the_network(packs: Path, tmp_path: Path) -> None:
    run = tiny_run(packs, tmp_path)
    photos = [run.source.photos[k].image for k in range(4)]
    colour = run.task.network.fill.colour  # type: ignore[union-attr]
    # Four photos, drawn 256 times.
    expected = torch.tensor(np.mean([photo.reshape(-1, 3).mean(0) for photo in photos], axis=0) / 127.5 - 1)
    torch.testing.assert_close(colour.double(), expected, atol=0.06, rtol=0)  # type: ignore[union-attr]
    assert colour.abs().max() > 0  # type: ignore[union-attr, operator]


def test_a_discriminator_that_reads_maps_is_refused(packs: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="discriminator that reads parsing maps"):
        tiny_run(packs, tmp_path, architecture="dcgan-discriminator")


def test_paper_recipes_have_the_papers_figures() -> None:
    scenes, faces, facades, bodies = (
        load_recipe(f"paper-glcic-{name}") for name in ("scenes", "faces", "facades", "bodies")
    )
    for recipe in (scenes, faces, facades, bodies):
        assert recipe.network == {"width": 64}
        assert recipe.loss.adversarial == 0.0004
        assert (recipe.optimiser.name, recipe.adversarial.optimiser) == ("adadelta", "adadelta")
        assert recipe.adversarial.first
    phases = scenes.adversarial
    assert (phases.start, phases.alone, scenes.run.steps) == (90_000, 10_000, 500_000)
    assert (scenes.data.size, scenes.data.batch) == (256, 96)
    assert scenes.holes.rectangle_sides == (96, 128)
    assert (faces.adversarial.start, facades.adversarial.start) == (0, 0)
    assert [round(side * faces.data.size / 256) for side in faces.holes.rectangle_sides] == [48, 96]
    assert faces.discriminator == {"local_side": 96, "layers": 5}
    assert bodies.data.sets == load_recipe("compact-completion-plain").data.sets


def test_from_packs_to_a_release_that_is_measured(packs: Path, tmp_path: Path) -> None:
    command = ["train", "tiny-general", "--data", str(packs), "--device", "cpu", "--precision", "float32"]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main([*command, "--run", str(whole)]) == 0
    assert main([*command, "--run", str(parts), "--stop-after", "2"]) == 0
    assert main([*command, "--run", str(parts), "--resume"]) == 0
    first, second = load_state(whole), load_state(parts)
    for phase, weights in first.modules.items():
        assert all(torch.equal(value, second.modules[phase][name]) for name, value in weights.items())
    exported = export_run(whole, tmp_path / "models")
    released = load_network("general-completion", tmp_path / "models")
    assert released.sha256 == exported.sha256
    assert len(released.folds) == 14
    assert "General completion network: tiny-general" in exported.card.read_text()
