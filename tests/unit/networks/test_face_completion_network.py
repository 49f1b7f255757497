import pytest
import torch
from torch.nn import functional

from portrait_studio.networks.building import build_network
from portrait_studio.networks.face_completion import (
    ANCHORS,
    FACE_COMPLETION_SIDE,
    FACE_PARTS,
    LANDMARKS,
    MIRROR_LANDMARKS,
    MIRROR_PARTS,
    FaceCompletion,
    FaceCompletionConfig,
)
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.released import count_macs
from trainer.recipes.files import load_recipe

SIDE = FACE_COMPLETION_SIDE


def tiny() -> FaceCompletion:
    torch.manual_seed(0)
    return FaceCompletion(FaceCompletionConfig((4, 8, 8), (1, 1, 1), 4, 2, 3))


def windows(count: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.zeros(count, 1, SIDE, SIDE)
    mask[..., 40:80, 30:90] = 1
    return torch.rand(count, 3, SIDE, SIDE) * 2 - 1, mask


def test_three_outputs_of_the_stated_shapes() -> None:
    image, mask = windows()
    out = tiny()(image, mask)
    assert out.picture.shape == (2, 3, SIDE, SIDE)
    assert out.picture.abs().max() <= 1
    assert out.parts.shape == (2, len(FACE_PARTS), SIDE // 2, SIDE // 2)
    assert out.landmarks.shape == (2, len(LANDMARKS), 2)
    assert out.scales.shape == (2, len(LANDMARKS))
    assert out.scales.min() > 0


def test_before_training_the_hole_holds_the_linear_face() -> None:
    image, mask = windows()
    network = tiny()
    network.eigenfaces.fit(torch.rand(6, 3, SIDE // 2, SIDE // 2))
    picture = network(image, mask).picture
    assert torch.equal(picture * (1 - mask), image * (1 - mask))
    likely = functional.interpolate(
        network.eigenfaces(image, mask), scale_factor=2, mode="bilinear", align_corners=False
    )
    assert torch.allclose(picture * mask, likely * mask, atol=1e-6)


def test_what_lies_under_the_hole_is_not_seen() -> None:
    image, mask = windows()
    network = tiny()
    for value in network.parameters():
        torch.nn.init.normal_(value, std=0.1)
    painted = image.masked_fill(mask > 0, 0.7)
    assert torch.equal(network(image, mask).picture, network(painted, mask).picture)
    assert not torch.equal(network(image, mask).picture, network(image + 0.1, mask).picture)


def test_before_training_the_landmarks_are_a_mean_face() -> None:
    image, mask = windows(1)
    out = tiny()(image, mask)
    places = out.landmarks[0] / SIDE
    for corners, anchor in (((0, 1), ANCHORS[0]), ((2, 3), ANCHORS[1]), ((4, 5), ANCHORS[2])):
        assert places[list(corners)].mean(0).tolist() == pytest.approx(anchor, abs=0.02)


def test_mirroring_twice_changes_nothing() -> None:
    assert [MIRROR_PARTS[MIRROR_PARTS[index]] for index in range(len(FACE_PARTS))] == list(
        range(len(FACE_PARTS))
    )
    twice = [MIRROR_LANDMARKS[MIRROR_LANDMARKS[index]] for index in range(len(LANDMARKS))]
    assert twice == list(range(len(LANDMARKS)))
    for index, name in enumerate(FACE_PARTS):
        other = {"right": "left", "left": "right"}
        side, _, rest = name.partition("-")
        assert FACE_PARTS[MIRROR_PARTS[index]] == (f"{other[side]}-{rest}" if side in other else name)


def test_the_shipped_network_fits_in_ten_megabytes_and_two_gmacs() -> None:
    recipe = load_recipe("compact-face-completion")
    network = build_network(recipe.architecture, recipe.network)
    assert 2 * sum(value.numel() for value in network.state_dict().values()) < 10e6
    assert count_macs(network, *windows(1)) < 2e9
    assert ARCHITECTURES[recipe.architecture].task == recipe.task
