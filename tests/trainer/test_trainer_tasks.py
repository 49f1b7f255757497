from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from portrait_studio.networks.building import build_network
from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COLOURS, LABEL_COUNT, PARTIAL_LABELS
from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork
from tests.helpers.tiny_packs import figure
from trainer.data.batch import Batch
from trainer.data.samplers import collate
from trainer.losses.adversarial import hole_l1
from trainer.recipes.config import (
    AdversarialConfig,
    DataConfig,
    LossConfig,
    OptimiserConfig,
    Recipe,
    RunConfig,
)
from trainer.tasks.adversary import Adversary
from trainer.tasks.base import stack_rows, to_pictures
from trainer.tasks.completion import CompletionTask
from trainer.tasks.face import FaceTask
from trainer.tasks.parsing import ParsingTask, colour_labels, draw_poses
from trainer.tasks.structure import StructureSource, known_structure

TRUTH = StructureSource(None, 1.0)


def batch(side: int = 64, count: int = 2) -> Batch:
    """Figures in the middle of a square, each with a rectangular hole."""
    samples = [figure(f"a/{i}", i, size=(96, 96)) for i in range(count)]
    top = (96 - side) // 2
    cut = slice(top, top + side)
    samples = [replace(s, image=s.image[cut, cut], labels=s.labels[cut, cut]) for s in samples]
    mask = np.zeros((side, side), np.uint8)
    mask[side // 4 : side // 2, side // 3 : side * 2 // 3] = 255
    return collate([(sample, mask) for sample in samples]).on(torch.device("cpu"))


def recipe(task: str, **loss: float) -> Recipe:
    return Recipe("own", task, task, DataConfig({"a": 1.0}, 64), loss=LossConfig(**loss))  # type: ignore[arg-type]


def small_parser() -> ParsingNetwork:
    torch.manual_seed(0)
    return ParsingNetwork(ParsingConfig(width=12, pose_width=8, dilations=(1,)))


def painter() -> nn.Module:
    torch.manual_seed(0)
    return build_network("compact-completion", {"widths": [4, 8, 12], "dilations": [1], "attention": 4})


def judge(name: str, layers: int, plan: Recipe) -> Adversary:
    torch.manual_seed(layers)
    settings = {"layers": layers, "width": 2, "spectral": True}
    return Adversary(name, build_network("dcgan-discriminator", settings), plan)


def patch_judge(plan: Recipe) -> Adversary:
    torch.manual_seed(1)
    return Adversary("local", build_network("patch-discriminator", {"widths": [4, 6]}), plan)


def gradients(module: nn.Module) -> float:
    return sum(float(p.grad.abs().sum()) for p in module.parameters() if p.grad is not None)


def test_known_structure_spreads_sets_over_their_members() -> None:
    labels = torch.tensor([[[4, 20, IGNORE_LABEL]]])
    table = known_structure(labels)
    assert table.shape == (1, LABEL_COUNT, 1, 3)
    torch.testing.assert_close(table.sum(1), torch.ones(1, 1, 3))
    assert table[0, 4, 0, 0] == 1
    assert table[0, list(PARTIAL_LABELS[20]), 0, 1].tolist() == [0.5, 0.5]
    torch.testing.assert_close(table[0, :, 0, 2], torch.full((LABEL_COUNT,), 1 / LABEL_COUNT))


def test_structure_is_the_truth_without_a_parser_or_a_share() -> None:
    seen = batch()
    truth = known_structure(seen.labels)
    assert torch.equal(StructureSource(None, 1.0)(seen, 0), truth)
    assert torch.equal(StructureSource(small_parser(), 0.0)(seen, 0), truth)


def test_structure_is_the_parsers_for_its_share() -> None:
    parser, seen = small_parser(), batch()
    predicted = StructureSource(parser, 1.0)(seen, 0)
    assert not parser.training
    torch.testing.assert_close(predicted, parser(seen.masked, seen.mask).refined.softmax(1))
    assert not predicted.requires_grad
    source, truth = StructureSource(parser, 0.5), known_structure(seen.labels)
    choices = [torch.equal(source(seen, step), truth) for step in range(12)]
    assert 2 <= sum(choices) <= 10
    assert [torch.equal(source(seen, step), truth) for step in range(12)] == choices


def test_parsing_task_groups_every_trained_parameter_once() -> None:
    network = small_parser()
    plan = replace(recipe("parsing"), optimiser=OptimiserConfig(encoder_factor=0.25))
    task = ParsingTask(plan, network, torch.full((LABEL_COUNT,), 1 / LABEL_COUNT))
    encoder, head = task.parameter_groups("network")
    assert (encoder["factor"], head["factor"]) == (0.25, 1.0)
    ids = [id(p) for group in (encoder, head) for p in group["params"]]
    assert sorted(ids) == sorted(id(p) for p in network.parameters())
    assert {id(p) for p in encoder["params"]} == {id(p) for p in network.encoder.parameters()}


def test_parsing_task_may_leave_costly_kernels_alone() -> None:
    network = small_parser()
    plan = replace(recipe("parsing"), run=RunConfig(freeze_costly=True))
    task = ParsingTask(plan, network, torch.full((LABEL_COUNT,), 1 / LABEL_COUNT))
    trained = {id(p) for group in task.parameter_groups("network") for p in group["params"]}
    frozen = {id(p) for p in network.parameters()} - trained
    assert frozen == {id(p) for p in network.encoder.costly_kernels()}
    seen = batch()
    task.loss("network", seen, task.predict(seen, 0), 0).loss.backward()
    assert all(p.grad is None for p in network.encoder.costly_kernels())


def test_parsing_task_adds_eq_2_on_both_maps_and_the_heatmaps() -> None:
    task = ParsingTask(recipe("parsing", heatmap=3.0), small_parser(), torch.full((LABEL_COUNT,), 1 / 18))
    seen = batch()
    result = task.loss("network", seen, task.predict(seen, 0), 0)
    scalars = result.scalars
    total = scalars["parsing"] + scalars["refined"] + 3 * scalars["heatmaps"]
    assert result.loss.item() == pytest.approx(total, rel=1e-5)


def test_parsing_task_adds_the_lovasz_loss_where_it_has_a_weight() -> None:
    task = ParsingTask(recipe("parsing", lovasz=2.0), small_parser(), torch.full((LABEL_COUNT,), 1 / 18))
    seen = batch()
    result = task.loss("network", seen, task.predict(seen, 0), 0)
    parts = result.scalars
    assert 0 < parts["lovasz"] <= 1
    expected = parts["parsing"] + parts["refined"] + parts["heatmaps"] + 2 * parts["lovasz"]
    assert result.loss.item() == pytest.approx(expected, rel=1e-5)


def completion_task(**loss: float) -> CompletionTask:
    plan = recipe("completion", **loss)
    judges = {"global": judge("global", 5, plan), "local": judge("local", 4, plan)}
    return CompletionTask(plan, painter(), TRUTH, None, judges if loss.get("adversarial") else {})


def test_completion_keeps_known_pixels() -> None:
    task, seen = completion_task(pixel=1.0), batch()
    made = task.predict(seen, 0)
    composite = made.pair.output.detach()
    assert torch.equal(composite * (1 - seen.mask), seen.masked)
    expected = hole_l1(
        task.network(seen.masked, known_structure(seen.labels), seen.mask), seen.image, seen.mask
    )
    torch.testing.assert_close(task.loss("network", seen, made, 0).loss, expected)


def test_discriminators_and_generator_take_turns() -> None:
    task, seen = completion_task(pixel=1.0, adversarial=0.5), batch()
    assert task.phases == ("global", "local", "network")
    assert list(task.modules()) == ["global", "local", "network"]
    made = task.predict(seen, 0)
    for phase in ("global", "local"):
        task.loss(phase, seen, made, 0).loss.backward()
        assert gradients(task.modules()[phase]) > 0
    assert gradients(task.network) == 0
    result = task.loss("network", seen, made, 0)
    result.loss.backward()
    assert gradients(task.network) > 0
    assert set(result.scalars) == {"pixel", "g_global", "g_local"}
    assert result.loss.item() == pytest.approx(sum(result.scalars.values()), rel=1e-5)


def hinge_task(**adversarial: Any) -> tuple[CompletionTask, Adversary]:
    plan = replace(
        recipe("completion", pixel=1.0, adversarial=0.5),
        adversarial=AdversarialConfig("patch-discriminator", "hinge", **adversarial),
    )
    judge = patch_judge(plan)
    return CompletionTask(plan, painter(), TRUTH, None, {"local": judge}), judge


def test_the_whole_output_is_judged_where_the_recipe_says_so() -> None:
    task, seen = completion_task(pixel=1.0, whole_output=True), batch()
    made = task.predict(seen, 0)
    expected = task.network(seen.masked, known_structure(seen.labels), seen.mask)
    torch.testing.assert_close(made.pair.output, expected)
    # The sheet shows what is delivered: the known pixels stay.
    sheet = task.sheet(seen)[:64, 128:192]
    known = seen.mask[0, 0].numpy() == 0
    assert np.array_equal(sheet[known], to_pictures(seen.image)[0][known])


@pytest.mark.parametrize(("whole", "side"), [(True, 64), (False, 32)])
def test_the_perceptual_loss_sees_the_hole_or_the_window(whole: bool, side: int) -> None:
    seen, sizes = batch(), []

    class Spy(nn.Module):
        def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
            sizes.append((output.shape[-1], target.shape[-1]))
            return (output - target).abs().mean()

    plan = recipe("completion", perceptual=1.0, whole_window=whole)
    task = CompletionTask(plan, painter(), TRUTH, Spy(), {})  # type: ignore[arg-type]
    made = task.predict(seen, 0)
    task.loss("network", seen, made, 0)
    assert sizes == [(side, side)]


def test_a_discriminators_weights_cost_nothing_in_the_networks_turn() -> None:
    task, judge = hinge_task(hole_only=True, feature_matching=2.0)
    seen = batch()
    made = task.predict(seen, 0)
    task.loss("network", seen, made, 0).loss.backward()
    assert gradients(task.network) > 0
    assert gradients(judge.module) == 0
    assert all(p.requires_grad for p in judge.module.parameters())


def test_feature_matching_and_ramp_weigh_the_networks_loss() -> None:
    seen = batch()
    scalars = []
    for step in (0, 3):
        task, judge = hinge_task(feature_matching=2.0, ramp=4)
        judge.module.eval()
        made = task.predict(seen, step)
        scalars.append(task.loss("network", seen, made, step).scalars)
    assert set(scalars[0]) == {"pixel", "g_local", "match_local"}
    assert scalars[0]["match_local"] > 0
    for name, factor in (("pixel", 1), ("g_local", 4), ("match_local", 4)):
        assert scalars[1][name] == pytest.approx(factor * scalars[0][name], rel=1e-5)


def test_discriminators_wait_for_their_first_step() -> None:
    task, _ = hinge_task(start=5, feature_matching=1.0)
    seen = batch()
    assert task.active_phases(4) == ("network",)
    assert task.active_phases(5) == ("local", "network")
    made = task.predict(seen, 4)
    assert set(task.loss("network", seen, made, 4).scalars) == {"pixel"}


def test_the_gradient_penalty_is_due_every_so_often() -> None:
    task, judge = hinge_task(gradient_penalty=3.0, penalty_every=4)
    seen = batch()
    made = task.predict(seen, 0)
    assert "penalty_local" not in task.loss("local", seen, made, 3).scalars
    judge.module.eval()
    due, plain = task.loss("local", seen, made, 4), task.loss("local", seen, made, 3)
    difference = (due.loss - plain.loss).item()
    assert difference == pytest.approx(3 * 4 * due.scalars["penalty_local"], rel=1e-4)
    due.loss.backward()
    assert gradients(judge.module) > 0


def test_discriminators_have_a_rate_of_their_own() -> None:
    plan = replace(
        recipe("completion", adversarial=1.0),
        optimiser=OptimiserConfig(rate=1e-4),
        adversarial=AdversarialConfig(rate=4e-4),
    )
    (group,) = patch_judge(plan).parameter_groups()
    assert group["factor"] == pytest.approx(4)
    assert patch_judge(replace(plan, adversarial=AdversarialConfig())).parameter_groups()[0]["factor"] == 1


def test_face_refines_the_hole_of_the_middle_window() -> None:
    torch.manual_seed(0)
    network = build_network("face", {"width": 2, "blocks": 1})
    nn.init.normal_(network.leave.weight)  # type: ignore[arg-type, union-attr]
    completion = painter()
    plan = recipe("face", pixel=1.0, adversarial=1.0)
    task = FaceTask(plan, network, completion, TRUTH, None, judge("face", 5, plan))
    seen = batch(96)
    made = task.predict(seen, 0)
    middle = (..., slice(16, 80), slice(16, 80))
    assert torch.equal(made.pair.truth, seen.image[middle])
    outside = 1 - seen.mask[middle]
    assert torch.equal(made.pair.output * outside, seen.image[middle] * outside)
    assert not torch.equal(made.pair.output, made.before)
    assert not completion.training
    assert not any(p.requires_grad for p in completion.parameters())
    assert task.phases == ("discriminator", "network")
    for phase in task.phases:
        task.loss(phase, seen, made, 0).loss.backward()
        assert gradients(task.modules()[phase]) > 0


def test_sheets_have_a_row_for_each_sample() -> None:
    seen = batch()
    network = small_parser().eval()
    parsing = ParsingTask(recipe("parsing"), network, torch.full((LABEL_COUNT,), 1 / 18))
    assert parsing.sheet(seen).shape == (2 * 64, 5 * 64, 3)
    assert completion_task(pixel=1.0).sheet(seen).shape == (2 * 64, 4 * 64, 3)
    face = FaceTask(
        recipe("face", pixel=1.0), build_network("face", {"width": 2}), painter(), TRUTH, None, None
    )
    assert face.sheet(seen).shape == (2 * 128, 4 * 128, 3)


def test_pictures_span_the_range() -> None:
    image = torch.tensor([-1.0, 0.0, 1.0, 7.0]).view(1, 1, 1, 4).expand(1, 3, 1, 4)
    assert to_pictures(image)[0, 0, :, 0].tolist() == [0, 128, 255, 255]


def test_rows_are_samples_and_columns_are_kinds() -> None:
    a = np.arange(2, dtype=np.uint8)[:, None, None, None] * np.ones((2, 3, 4, 3), np.uint8)
    sheet = stack_rows([a, a + 10])
    assert sheet.shape == (6, 8, 3)
    assert sheet[[0, 0, 5, 5], [0, 7, 0, 7], 0].tolist() == [0, 10, 1, 11]


def test_label_maps_take_their_colours() -> None:
    pictures = colour_labels(torch.tensor([[[4, 18, IGNORE_LABEL]]]))
    assert pictures.tolist() == [[[list(LABEL_COLOURS[4]), [128] * 3, [255] * 3]]]


def test_poses_are_drawn_between_certain_joints_only() -> None:
    pictures = np.full((1, 64, 64, 3), 100, np.uint8)
    heatmaps = torch.zeros(1, 16, 16, 16)
    assert (draw_poses(pictures, heatmaps) == 50).all()
    heatmaps[0, 8, 10, 4] = heatmaps[0, 9, 2, 4] = 1.0
    drawn = draw_poses(pictures, heatmaps)[0]
    assert drawn[24, 16].tolist() == [255, 220, 60]
    assert (drawn[:, 40:] == 50).all()
    assert (pictures == 100).all()
