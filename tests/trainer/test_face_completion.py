import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import DataSetError, OptionError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.blocks import coordinates_like
from portrait_studio.networks.discriminator import PatchDiscriminator
from portrait_studio.networks.face_completion import FACE_PARTS
from portrait_studio.networks.windows import random_hole_windows
from tests.helpers.tiny_faces import write_faces
from tests.helpers.tiny_packs import write_tiny_vgg
from trainer.__main__ import main
from trainer.evaluation.cost import cost_of
from trainer.losses.face import feature_weights, landmark_loss, parts_loss, picture_loss
from trainer.losses.perceptual import PerceptualLoss, RelativeFeatureDistance, load_perceptual
from trainer.recipes.files import load_recipe
from trainer.tasks.kind import Pretrained
from trainer.training.precision import choose_training_compute
from trainer.training.run_state import load_state
from trainer.training.setup import start_run


def test_picture_loss_by_hand() -> None:
    target = torch.zeros(1, 3, 2, 2)
    output = torch.full((1, 3, 2, 2), 0.5)
    output[..., 0, 0] = 1.0
    mask = torch.zeros(1, 1, 2, 2)
    mask[..., 0, 0] = 1
    assert picture_loss(output, target, mask, 0.0).item() == pytest.approx(1.0)
    assert picture_loss(output, target, mask, 0.1).item() == pytest.approx(1.05)


def test_eyes_brows_and_lips_weigh_more() -> None:
    parts = torch.full((1, 2, 2), FACE_PARTS.index("skin"))
    parts[0, 0, 0], parts[0, 0, 1] = FACE_PARTS.index("left-eye"), 255
    weights = feature_weights(parts, 4, 4.0)
    assert weights[0, 0].tolist() == [[5, 5, 1, 1], [5, 5, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]]
    output, target, everything = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.ones(1, 1, 4, 4)
    output[..., :2, :2] = 1.0
    # Four pixels of weight 5 are off by one, twelve of weight 1 are right.
    assert picture_loss(output, target, everything, 0.0, weights).item() == pytest.approx(20 / 32)


def test_parts_loss_by_hand_leaves_out_the_unknown() -> None:
    logits = torch.zeros(1, 4, 1, 2)
    logits[0, 0, 0, 0] = math.log(3)
    parts = torch.tensor([[[0, 255]]])
    assert parts_loss(logits, parts).item() == pytest.approx(math.log(6 / 3))
    nothing = torch.full((1, 1, 2), 255)
    assert parts_loss(logits, nothing).item() == 0


def test_landmark_loss_by_hand_is_least_at_the_mean_error() -> None:
    truth = torch.zeros(1, 1, 2)
    points = torch.tensor([[[3.0, 1.0]]])
    assert landmark_loss(points, torch.full((1, 1), 4.0), truth).item() == pytest.approx(
        2 / 4 + math.log(4 / 64)
    )
    losses = [landmark_loss(points, torch.full((1, 1), scale), truth).item() for scale in (1.5, 2.0, 2.5)]
    assert losses[1] == min(losses)


def test_gradients_of_the_losses() -> None:
    rng = torch.Generator().manual_seed(0)
    output = torch.rand(1, 3, 3, 3, generator=rng, dtype=torch.float64).requires_grad_()
    target = output.detach() + 0.3
    mask = torch.zeros(1, 1, 3, 3, dtype=torch.float64)
    mask[..., 1, :] = 1
    # The loss itself computes in float32, so the differences are coarse.
    assert torch.autograd.gradcheck(lambda x: picture_loss(x, target, mask, 0.1), output, eps=1e-2, atol=1e-3)
    points = torch.rand(1, 2, 2, generator=rng, dtype=torch.float64).requires_grad_()
    scales = (torch.rand(1, 2, generator=rng, dtype=torch.float64) + 1).requires_grad_()
    truth = points.detach() + 2
    assert torch.autograd.gradcheck(lambda p, s: landmark_loss(p, s, truth), (points, scales))


def test_the_relative_feature_distance_by_hand(tmp_path: Path) -> None:
    vgg = write_tiny_vgg(tmp_path / "vgg.safetensors")
    distance = load_perceptual(vgg, RelativeFeatureDistance)
    assert len(distance.convolutions) == 6
    assert len(load_perceptual(vgg).convolutions) == 12
    one, other = torch.rand(2, 1, 3, 16, 16) * 2 - 1
    pairs = zip(PerceptualLoss.features(distance, one), distance.features(other), strict=True)
    wanted = sum(((a - b).abs().mean() / b.abs().mean()).item() for a, b in pairs)
    assert distance(one, other).item() == pytest.approx(wanted, rel=1e-5)
    assert distance(other, other).item() == 0


def test_windows_lie_around_a_pixel_of_the_hole() -> None:
    mask = torch.zeros(2, 1, 128, 128)
    mask[0, 0, 3, 120] = 1
    torch.manual_seed(0)
    assert random_hole_windows(mask, 64) == [(64, 0), (32, 32)]
    mask[1, 0, 60, 20] = mask[1, 0, 61, 100] = 1
    drawn = {random_hole_windows(mask, 32)[1] for _ in range(20)}
    assert drawn == {(4, 44), (84, 45)}


def test_a_whole_run_from_packs_to_released_weights(tmp_path: Path) -> None:
    data, run, models = write_faces(tmp_path / "packs"), tmp_path / "run", tmp_path / "models"
    train = ["train", "tiny-face-completion", "--data", str(data), "--run", str(run), "--device", "cpu"]
    assert main(train) == 0
    state = load_state(run)
    assert state.record["start"] == "linear faces of 8 windows"
    assert state.ema["eigenfaces.components"].any()
    assert (run / "sheets" / "0000004.png").is_file()
    assert main(["export", str(run), str(models)]) == 0
    networks = ReleasedNetworks(models)
    assert networks.has("face-completion")
    assert networks.load("face-completion").name == "face-completion"
    card = (models / "face-completion.md").read_text("utf-8")
    assert card.startswith("# Face completion network: tiny-face-completion\n")
    assert "at 128 x 128" in card
    cost = cost_of(models, networks)
    assert cost is not None
    assert cost.networks == ["face-completion"]


def test_the_perceptual_part_needs_its_file_and_sees_a_share_of_the_batch(tmp_path: Path) -> None:
    data = write_faces(tmp_path / "packs")
    recipe = load_recipe("tiny-face-completion")
    recipe = replace(recipe, loss=replace(recipe.loss, perceptual=0.35, perceptual_share=0.5))
    compute = choose_training_compute(Hardware("cpu", "float32"))
    with pytest.raises(DataSetError, match="--vgg FILE"):
        start_run(recipe, data, tmp_path / "run", compute)
    vgg = write_tiny_vgg(tmp_path / "vgg.safetensors")
    run = start_run(recipe, data, tmp_path / "run", compute, Pretrained(vgg=vgg))
    seen: list[int] = []
    run.task._perceptual.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))  # type: ignore[attr-defined]
    batch = run.source.batch(0)
    loss = run.task.loss("network", batch, run.task.predict(batch, 0), 0)
    assert seen == [1]
    assert {"pixel", "parts", "landmarks", "perceptual", "landmarks_px"} == set(loss.scalars)
    loss.loss.backward()


def test_a_discriminator_judges_the_composite_and_knows_where_it_looks(tmp_path: Path) -> None:
    recipe = load_recipe("tiny-face-completion")
    shape = {"widths": [4, 8], "parsing_input": "none", "mask_input": False, "coordinates": True}
    judged = replace(
        recipe,
        discriminator=shape,
        loss=replace(recipe.loss, adversarial=0.1),
        adversarial=replace(recipe.adversarial, architecture="patch-discriminator", kind="hinge"),
    )
    data, compute = write_faces(tmp_path / "packs"), choose_training_compute(Hardware("cpu", "float32"))
    run = start_run(judged, data, tmp_path / "run", compute)
    assert run.task.phases == ("face", "network")
    batch = run.source.batch(0)
    prediction = run.task.predict(batch, 0)
    own = run.task.loss("face", batch, prediction, 0)
    own.loss.backward()
    discriminator = run.task.modules()["face"]
    assert isinstance(discriminator, PatchDiscriminator)
    assert discriminator.body[0].in_channels == 3 + 2
    assert all(p.grad is not None for p in discriminator.parameters())
    assert all(p.grad is None for p in run.task.network.parameters())
    fooled = run.task.loss("network", batch, prediction, 0)
    assert "g_face" in fooled.scalars
    fooled.loss.backward()
    with pytest.raises(OptionError, match="have no parsing map"):
        start_run(replace(judged, discriminator={}), data, tmp_path / "other", compute)


def test_coordinates_run_from_corner_to_corner() -> None:
    drawn = coordinates_like(torch.zeros(2, 1, 3, 5))
    assert drawn.shape == (2, 2, 3, 5)
    assert drawn[1, 0, 2].tolist() == [-1, -0.5, 0, 0.5, 1]
    assert drawn[0, 1, :, 4].tolist() == [-1, 0, 1]


def test_windows_of_another_size_are_refused(tmp_path: Path) -> None:
    recipe = load_recipe("tiny-face-completion")
    recipe = replace(recipe, data=replace(recipe.data, size=96))
    with pytest.raises(OptionError, match="needs a size of 128, not 96"):
        start_run(
            recipe,
            write_faces(tmp_path),
            tmp_path / "run",
            choose_training_compute(Hardware("cpu", "float32")),
        )


def test_a_longer_run_lowers_every_part(tmp_path: Path) -> None:
    data = write_faces(tmp_path / "packs", 2)
    recipe = load_recipe("tiny-face-completion")
    recipe = replace(recipe, optimiser=replace(recipe.optimiser, rate=1e-2))
    run = start_run(recipe, data, tmp_path / "run", choose_training_compute(Hardware("cpu", "float32")))
    batch = run.source.batch(0)
    before = run.task.loss("network", batch, run.task.predict(batch, 0), 0).scalars
    for _ in range(30):
        run.optimisers["network"].zero_grad()
        run.task.loss("network", batch, run.task.predict(batch, 0), 0).loss.backward()
        run.optimisers["network"].step()
    after = run.task.loss("network", batch, run.task.predict(batch, 0), 0).scalars
    assert all(after[name] < before[name] for name in ("pixel", "parts", "landmarks"))
    components = run.task.network.state_dict()["eigenfaces.components"]
    assert torch.equal(components, run.ema.network.state_dict()["eigenfaces.components"])
