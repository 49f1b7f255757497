import pytest
import torch
from torch import Tensor, nn

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.completion import is_guided
from portrait_studio.networks.glcic import Glcic, GlcicConfig, TwoTowerConfig, TwoTowerDiscriminator
from portrait_studio.networks.hole_fill import HOLE_FILLS, HoleFill
from portrait_studio.networks.released import count_macs, count_parameters

TABLE_2 = [
    # kernel, dilation, stride (negative = deconvolution), outputs
    *[(5, 1, 1, 64), (3, 1, 2, 128), (3, 1, 1, 128), (3, 1, 2, 256), (3, 1, 1, 256), (3, 1, 1, 256)],
    *[(3, 2, 1, 256), (3, 4, 1, 256), (3, 8, 1, 256), (3, 16, 1, 256), (3, 1, 1, 256), (3, 1, 1, 256)],
    *[(4, 1, -2, 128), (3, 1, 1, 128), (4, 1, -2, 64), (3, 1, 1, 32), (3, 1, 1, 3)],
]


def small() -> Glcic:
    """A network whose normalisations have seen something, so that its layers say something."""
    torch.manual_seed(0)
    network = Glcic(GlcicConfig(4, (1, 2))).train()
    for _ in range(20):
        network(*picture())
    return network.eval().requires_grad_(False)


def picture(height: int = 32, width: int = 48) -> tuple[Tensor, Tensor, Tensor]:
    """Image, no parsing map, a mask of two holes."""
    mask = torch.zeros(2, 1, height, width)
    mask[:, :, 4:12, 4:16] = 1
    mask[:, :, 20:28, 30:40] = 1
    return torch.rand(2, 3, height, width) * 2 - 1, torch.zeros(2, 0, height, width), mask


def test_completion_network_is_that_of_table_2() -> None:
    with torch.device("meta"):
        network = Glcic(GlcicConfig())
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)]
    found = [
        (
            layer.kernel_size[0],
            layer.dilation[0],
            layer.stride[0] * (-1 if isinstance(layer, nn.ConvTranspose2d) else 1),
            layer.out_channels,
        )
        for layer in layers
    ]
    assert found == TABLE_2
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert len(norms) == len(layers) - 1
    assert count_parameters(network) == pytest.approx(6.07e6, rel=0.01)


def test_cost_is_that_of_the_paper_and_grows_with_the_picture() -> None:
    with torch.device("meta"):
        network, inputs = Glcic(GlcicConfig()), [torch.zeros(1, c, 256, 256) for c in (3, 0, 1)]
        large = [torch.zeros(1, c, 512, 512) for c in (3, 0, 1)]
        cost = count_macs(network, *inputs)
        assert count_macs(network, *large) == 4 * cost
    assert cost == pytest.approx(32.6e9, rel=0.01)


@pytest.mark.parametrize("size", [(32, 48), (64, 32), (36, 52)])
def test_it_paints_the_whole_picture_in_range(size: tuple[int, int]) -> None:
    image, parsing, mask = picture(*size)
    painted = small()(image, parsing, mask)
    assert painted.shape == image.shape
    assert painted.abs().max() <= 1


def test_it_sees_nothing_of_what_is_hidden_nor_of_a_parsing_map() -> None:
    image, _, mask = picture()
    network = small()
    other = torch.where(mask > 0, torch.rand_like(image), image)
    painted = network(image, torch.zeros(2, 18, 32, 48), mask)
    assert torch.equal(painted, network(other, torch.rand(2, 18, 32, 48), mask))
    assert not torch.equal(painted, network(image, torch.zeros(2, 0, 32, 48), mask * 0))
    assert not is_guided(network.config)


def test_support_of_the_papers_network_is_307_pixels() -> None:
    """The gradient of one output pixel: nonzero in a square of 307, found by positive weights."""
    network = Glcic(GlcicConfig(2))
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.constant_(layer.weight, 1 / layer.weight[0].numel())
    network.eval()
    image = torch.rand(1, 3, 400, 400, requires_grad=True)
    seen = torch.zeros(400, 400)
    # A pixel of each phase of the two deconvolutions, whose supports differ.
    for place in range(198, 202):
        logits = network.up(network.middle(network.down(torch.cat([image, image[:, :1] * 0], 1))))
        (gradient,) = torch.autograd.grad(logits[0, :, place, place].sum(), image)
        seen = torch.maximum(seen, (gradient[0].abs().sum(0) > 0).float())
        assert int((gradient[0].abs().sum(0) > 0).any(0).sum()) <= 307
    assert int(seen.any(0).sum()) >= 300


@pytest.mark.parametrize("kind", HOLE_FILLS)
def test_each_fill_overwrites_holes_alone(kind: str) -> None:
    image, _, mask = picture()
    fill = HoleFill(kind).eval()
    if kind == "mean":
        fill.colour.copy_(torch.tensor([0.1, -0.2, 0.3]))
    filled = fill(image, mask)
    assert torch.equal(filled * (1 - mask), image * (1 - mask))
    inside = filled[:, :, 4:12, 4:16]
    expected = {"zero": [0.0] * 3, "white": [1.0] * 3, "mean": [0.1, -0.2, 0.3]}
    if kind in expected:
        colour = torch.tensor(expected[kind])[None, :, None, None]
        torch.testing.assert_close(inside, colour.expand_as(inside))
    else:
        assert inside.std() > 0.4
        assert inside.abs().max() <= 1
    assert torch.equal(filled, fill(image, mask))
    assert ("colour" in fill.state_dict()) == (kind == "mean")


def test_noise_is_new_in_each_step_of_a_training() -> None:
    image, _, mask = picture()
    fill = HoleFill("noise").train()
    assert not torch.equal(fill(image, mask), fill(image, mask))


def test_there_is_no_other_fill() -> None:
    with pytest.raises(OptionError, match="no hole fill 'black'; choose one of: zero, mean, white, noise"):
        build_network("glcic", {"fill": "black"})


def test_discriminator_is_that_of_table_3() -> None:
    with torch.device("meta"):
        network = TwoTowerDiscriminator(TwoTowerConfig())
    for tower, outputs in (
        (network.whole, [64, 128, 256, 512, 512, 512]),
        (network.local, [64, 128, 256, 512, 512]),
    ):
        layers = [layer for layer in tower.modules() if isinstance(layer, nn.Conv2d)]
        assert [layer.out_channels for layer in layers] == outputs
        assert {(layer.kernel_size, layer.stride) for layer in layers} == {((5, 5), (2, 2))}
        (dense,) = [layer for layer in tower.modules() if isinstance(layer, nn.Linear)]
        assert (dense.in_features, dense.out_features) == (512 * 4 * 4, 1024)
    assert (network.verdict.in_features, network.verdict.out_features) == (2048, 1)


def tiny_judge() -> TwoTowerDiscriminator:
    torch.manual_seed(0)
    return TwoTowerDiscriminator(TwoTowerConfig(32, 16, 3, 2, 2, 4)).eval()


def test_one_verdict_over_picture_and_window() -> None:
    image, _, mask = picture(32, 32)
    judged = tiny_judge()(image, image[:, :0], mask)
    assert judged.logits.shape == (2, 1, 1, 1)
    assert judged.features == ()


def test_the_local_tower_looks_where_the_mask_says() -> None:
    judge = tiny_judge()
    image = torch.rand(1, 3, 32, 32)
    seen: list[Tensor] = []
    judge.local.register_forward_pre_hook(lambda _, read: seen.append(read[0]))
    for left, top in ((2, 4), (20, 16)):
        mask = torch.zeros(1, 1, 32, 32)
        mask[:, :, top : top + 8, left : left + 8] = 1
        judge(image, image[:, :0], mask)
    assert torch.equal(seen[0], image[:, :, 0:16, 0:16])
    assert torch.equal(seen[1], image[:, :, 12:28, 16:32])
