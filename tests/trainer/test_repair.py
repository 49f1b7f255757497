"""Completion that finds the hole itself: its losses by hand, its parts, and both stages of its training."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.attentive import (
    REPAIR,
    AttentionConfig,
    AttentionLstm,
    AttentiveCompletion,
    AttentiveCompletionConfig,
)
from portrait_studio.networks.blocks import ConvLstmCell, NonLocalBlock
from portrait_studio.networks.building import build_network
from portrait_studio.networks.glcic import TwoTowerConfig, TwoTowerDiscriminator
from portrait_studio.networks.released import load_network, save_network
from tests.helpers.tiny_faces import write_faces
from tests.trainer.test_loss_gradients import close
from trainer.__main__ import main
from trainer.losses.repair import attention_loss, scales_loss, semantic_loss
from trainer.recipes.files import load_recipe
from trainer.tasks.table import kind_of
from trainer.training.precision import choose_training_compute
from trainer.training.setup import start_run


def test_attention_loss_by_hand() -> None:
    """Three constant maps: errors weigh 3, 9 and 27, over the cube root of the number of pixels."""
    mask = torch.zeros(1, 1, 4, 2)
    mask[..., 0] = 1
    shares = torch.tensor([0.5, 0.25, 0.75])
    looks = torch.logit(shares)[None, :, None, None].expand(1, 3, 4, 2)
    errors = [(0.5**2 + 0.5**2) / 2, (0.25**2 + 0.75**2) / 2, (0.75**2 + 0.25**2) / 2]
    expected = (3 * errors[0] + 9 * errors[1] + 27 * errors[2]) / 8 ** (1 / 3)
    assert attention_loss(looks, mask).item() == pytest.approx(expected, rel=1e-5)


def test_gradient_of_the_attention_loss() -> None:
    mask = (torch.rand(1, 1, 3, 3, generator=torch.Generator().manual_seed(1)) > 0.5).float()
    looks = torch.randn(1, 2, 3, 3, generator=torch.Generator().manual_seed(0))
    assert close(lambda x: attention_loss(x, mask), looks)


def test_scales_loss_by_hand() -> None:
    truth = torch.zeros(1, 3, 4, 4)
    pictures = [torch.full((1, 3, side, side), value) for side, value in ((1, 1.0), (2, 0.5), (4, 0.2))]
    expected = 0.5625 * 1.0 + 0.75 * 0.25 + 0.04
    assert scales_loss(pictures, truth).item() == pytest.approx(expected, rel=1e-5)


def test_smaller_pictures_are_held_against_the_mean_of_what_they_cover() -> None:
    truth = torch.zeros(1, 3, 2, 2)
    truth[..., 0, :] = 1
    assert scales_loss([torch.full((1, 3, 1, 1), 0.5), truth], truth).item() == 0


def test_gradient_of_the_scales_loss() -> None:
    truth = torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(2))
    small = torch.rand(1, 3, 2, 2, generator=torch.Generator().manual_seed(3))
    assert close(lambda x: scales_loss([small, x], truth), torch.rand(1, 3, 4, 4))
    assert close(lambda x: scales_loss([x, truth], truth), small)


def two_parts(picture: Tensor) -> Tensor:
    """A parser by lightness alone."""
    return torch.cat([picture[:, :1], -picture[:, :1]], 1)


def test_semantic_loss_by_hand() -> None:
    truth = torch.full((1, 3, 1, 2), 0.5)
    output = torch.tensor([0.5, -0.5]).expand(1, 3, 1, 2)
    right, wrong = (math.log(1 + math.exp(-2 * x)) for x in (0.5, -0.5))
    assert semantic_loss(two_parts, output, truth).item() == pytest.approx((right + wrong) / 2, rel=1e-5)


def test_gradient_of_the_semantic_loss_flows_to_the_output_alone() -> None:
    truth = torch.rand(1, 3, 2, 2)
    output = torch.randn(1, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    assert close(lambda x: semantic_loss(two_parts, x, truth), output)
    truth.requires_grad_()
    semantic_loss(two_parts, output.requires_grad_(), truth).backward()
    assert truth.grad is None
    assert output.grad is not None


def test_the_non_local_block_is_the_embedded_gaussian() -> None:
    torch.manual_seed(0)
    block = NonLocalBlock(4, 2)
    x = torch.randn(1, 4, 2, 3)
    query = block.query(x).flatten(2)[0].T
    key, value = (part.flatten(2)[0].T for part in block.key_value(x).chunk(2, 1))
    mixed = torch.softmax(query @ key.T, 1) @ value
    expected = x + block.project(mixed.T.reshape(1, 2, 2, 3))
    assert torch.allclose(block(x), expected, atol=1e-5)


def test_pooled_keys_change_no_size_and_need_fewer_pairs() -> None:
    block = NonLocalBlock(4, 2, pool=2)
    assert block(torch.randn(2, 4, 6, 8)).shape == (2, 4, 6, 8)


def test_the_memory_keeps_what_its_gates_let_in() -> None:
    cell = ConvLstmCell(1, 1)
    for value in cell.parameters():
        nn.init.zeros_(value)
    x = torch.ones(1, 1, 2, 2)
    output, memory = cell(x, None)
    assert not memory.any()
    output, memory = cell(x, (output, torch.ones(1, 1, 2, 2)))
    assert torch.allclose(memory, torch.full((1, 1, 2, 2), 0.5)), "half of it is forgotten"
    assert torch.allclose(output, 0.5 * torch.tanh(memory))


def test_each_look_knows_the_one_before() -> None:
    torch.manual_seed(0)
    network = AttentionLstm(AttentionConfig(channels=4, blocks=1, steps=3)).eval()
    looks = network.looks(torch.randn(2, 3, 16, 24))
    assert looks.shape == (2, 3, 16, 24)
    assert not torch.allclose(looks[:, 0], looks[:, 2])
    assert network.multiple == 4


def test_the_generator_paints_at_three_sizes() -> None:
    network = AttentiveCompletion(
        AttentiveCompletionConfig(channels=4, blocks=1, steps=2, width=4, dilations=(1,))
    )
    made = network(torch.randn(2, 3, 32, 32))
    assert [tuple(picture.shape[2:]) for picture in made.pictures] == [(8, 8), (16, 16), (32, 32)]
    assert made.looks.shape == (2, 2, 32, 32)
    assert all(float(picture.detach().abs().max()) <= 1 for picture in made.pictures)


def test_separate_towers_judge_their_own_window_only() -> None:
    torch.manual_seed(0)
    judge = TwoTowerDiscriminator(
        TwoTowerConfig(side=32, local_side=16, layers=3, local_layers=2, width=2, dense=4, separate=True)
    ).eval()
    picture, mask = torch.rand(1, 3, 32, 32), torch.zeros(1, 1, 32, 32)
    mask[..., 2:6, 2:6] = 1
    changed = picture.clone()
    changed[..., 20:, 20:] += 3
    before, after = (judge(x, picture[:, :0], mask).logits for x in (picture, changed))
    assert before.shape == (1, 2, 1, 1)
    assert not torch.allclose(before[:, 0], after[:, 0])
    assert torch.allclose(before[:, 1], after[:, 1]), "the local tower sees only what is around the hole"


def tiny_parser(folder: Path) -> Path:
    """A released face completion network of a few channels."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    settings = {"widths": [4, 8, 8], "blocks": [1, 1, 1], "fine": 4, "mixed": 2, "components": 4}
    network = build_network("face-completion", settings)
    save_network(folder / "face-completion.safetensors", "face-completion", network, {"steps": 0})
    return folder


def test_both_stages_train_and_export_from_the_command_line(tmp_path: Path) -> None:
    data, parser = write_faces(tmp_path / "data", 4), tiny_parser(tmp_path / "parser")
    run, models = tmp_path / "run", tmp_path / "models"
    train = ["train", "tiny-attentive", "--data", str(data), "--run", str(run), "--device", "cpu"]
    assert main([*train, "--precision", "float32", "--init", str(parser)]) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert {"attention", "squared"} <= set(lines[1])
    assert not {"scales", "semantic", "d_joint", "g_joint"} & set(lines[1]), "the first stage"
    assert {"attention", "squared", "scales", "semantic", "d_joint", "g_joint"} <= set(lines[2])
    assert (run / "sheets" / "0000004.png").exists()
    assert main(["export", str(run), str(models)]) == 0
    assert isinstance(load_network(REPAIR, models).module, AttentiveCompletion)


def test_without_a_parser_the_semantic_loss_is_refused(tmp_path: Path) -> None:
    recipe = load_recipe("tiny-attentive")
    data = write_faces(tmp_path / "data", 2)
    compute = choose_training_compute(Hardware("cpu", "float32"))
    with pytest.raises(OptionError, match="--init"):
        start_run(recipe, data, tmp_path / "run", compute)
    silent = replace(recipe, loss=replace(recipe.loss, semantic=0.0))
    run = start_run(silent, data, tmp_path / "run", compute)
    batch = run.source.batch(0)
    assert float(batch.mask.mean()) > 0.02
    shown = run.task.predict(batch, 0)
    known = 1 - batch.mask
    assert torch.equal(shown.pair.output * known, batch.image * known)
    assert functional.mse_loss(shown.pair.output.detach(), batch.image) > 0


def test_the_papers_recipe_is_one() -> None:
    recipe = load_recipe("paper-attentive-faces")
    assert kind_of(recipe).uses_released
    assert recipe.adversarial.start == recipe.run.steps // 2
    assert (recipe.data.size, recipe.data.batch) == (128, 2)
    build_network(recipe.architecture, recipe.network)


def test_the_lstm_is_a_finder_of_damage_too() -> None:
    recipe = load_recipe("attentive-damage")
    assert kind_of(recipe) is kind_of(load_recipe("compact-damage"))
    rival = load_recipe("compact-damage")
    assert (recipe.data, recipe.damage, recipe.loss) == (rival.data, rival.damage, rival.loss)
    network = build_network(recipe.architecture, {**recipe.network, "channels": 4})
    assert network(torch.zeros(1, 3, 32, 32)).shape == (1, 1, 32, 32)
