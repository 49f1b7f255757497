from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrize import is_parametrized

from portrait_studio.networks.blocks import FourierBlock, GatedResidualBlock, GlobalAttention, ResidualBlock
from portrait_studio.networks.building import build_network
from portrait_studio.networks.completion import (
    CompactCompletion,
    CompactCompletionConfig,
    PaperCompletion,
    PaperCompletionConfig,
    encode_parsing,
    parsing_channels,
)
from portrait_studio.networks.conventions import KEYPOINT_COUNT, LABEL_COUNT
from portrait_studio.networks.discriminator import (
    Discriminator,
    DiscriminatorConfig,
    PatchDiscriminator,
    PatchDiscriminatorConfig,
)
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.face import FaceConfig, FaceNetwork
from portrait_studio.networks.hints import label_hint
from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork
from portrait_studio.networks.resnet import ResNet101

SIZES = [(64, 64), (32, 96), (96, 64)]

Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def inputs(height: int, width: int, count: int = 1, seed: int = 0) -> Inputs:
    """Masked image, parsing probabilities and a mask with a rectangular hole."""
    rng = torch.Generator().manual_seed(seed)
    image = torch.rand(count, 3, height, width, generator=rng) * 2 - 1
    parsing = (4 * torch.randn(count, LABEL_COUNT, height, width, generator=rng)).softmax(1)
    mask = torch.zeros(count, 1, height, width)
    mask[..., height // 4 : height // 2, width // 4 : width * 3 // 4] = 1
    return image * (1 - mask), parsing, mask


@pytest.fixture(scope="module")
def parser() -> ParsingNetwork:
    torch.manual_seed(0)
    return ParsingNetwork(ParsingConfig(width=12, pose_width=8, dilations=(1, 2))).eval()


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_parser_answers_at_input_size(parser: ParsingNetwork, height: int, width: int) -> None:
    image, _, mask = inputs(height, width, count=2)
    with torch.no_grad():
        out = parser(image, mask)
    assert out.logits.shape == out.refined.shape == (2, LABEL_COUNT, height, width)
    assert out.heatmaps.shape == (2, KEYPOINT_COUNT, height // 4, width // 4)
    assert out.heatmaps.min() >= 0
    assert out.heatmaps.max() <= 1


def test_parser_gives_smaller_logits_on_request(parser: ParsingNetwork) -> None:
    image, _, mask = inputs(32, 64)
    with torch.no_grad():
        out = parser(image, mask, logits_stride=2)
    assert out.logits.shape == out.refined.shape == (1, LABEL_COUNT, 16, 32)
    assert out.heatmaps.shape == (1, KEYPOINT_COUNT, 8, 16)


def test_parser_knows_nothing_of_the_mask_at_first() -> None:
    torch.manual_seed(1)
    network = ParsingNetwork(ParsingConfig(width=12, pose_width=8, dilations=(1,))).eval()
    image, _, mask = inputs(64, 64)
    with torch.no_grad():
        with_hole = network(image, mask).refined
        without = network(image, torch.zeros_like(mask)).refined
        assert torch.equal(with_hole, without)
        network.encoder._conv_stem.weight[:, 3] = 0.1
        assert not torch.equal(network(image, mask).refined, without)


def test_heatmaps_are_almost_empty_at_first(parser: ParsingNetwork) -> None:
    image, _, mask = inputs(64, 64)
    with torch.no_grad():
        assert parser(image, mask).heatmaps.mean() < 0.1


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("kind", ["index", "one-hot", "none"])
def test_paper_completion_fills_the_whole_picture(kind: str, height: int, width: int) -> None:
    network = PaperCompletion(PaperCompletionConfig(width=4, parsing_input=kind)).eval()
    with torch.no_grad():
        out = network(*inputs(height, width))
    assert out.shape == (1, 3, height, width)
    assert out.abs().max() <= 1


@pytest.mark.parametrize(("height", "width"), [*SIZES, (40, 72)])
@pytest.mark.parametrize("use_parsing", [True, False])
@pytest.mark.parametrize("attention", [0, 4])
def test_compact_completion_fills_the_whole_picture(
    attention: int, use_parsing: bool, height: int, width: int
) -> None:
    config = CompactCompletionConfig((4, 8, 12), (1, 2), attention, use_parsing)
    network = CompactCompletion(config).eval()
    nn.init.normal_(network.leave.weight)
    with torch.no_grad():
        out = network(*inputs(height, width))
    assert out.shape == (1, 3, height, width)
    assert out.abs().max() <= 1


def test_compact_completion_starts_from_its_base_picture() -> None:
    torch.manual_seed(0)
    network = CompactCompletion(CompactCompletionConfig((4, 8, 12), (1, 2), 4)).eval()
    image, parsing, mask = inputs(64, 96)
    base, features = network._prepare(image, parsing, mask)
    with torch.no_grad():
        out = network(image, parsing, mask)
    assert torch.equal(out, base.clamp(-1, 1))
    assert features.shape == (1, 16 + 6 + LABEL_COUNT, 32, 48)


def test_base_picture_continues_the_labels_of_the_hole() -> None:
    network = CompactCompletion(CompactCompletionConfig((4, 8, 12), (1,), 0)).eval()
    image, parsing, mask = (
        torch.zeros(1, 3, 64, 64),
        torch.zeros(1, LABEL_COUNT, 64, 64),
        torch.zeros(1, 1, 64, 64),
    )
    parsing[:, 0, :, :32], parsing[:, 4, :, 32:] = 1, 1
    image[..., :32], image[..., 32:] = -0.5, 0.75
    mask[..., 16:48, 8:56] = 1
    with torch.no_grad():
        out = network(image * (1 - mask), parsing, mask)
    torch.testing.assert_close(out[..., 20:44, 10:28], torch.full((1, 3, 24, 18), -0.5), atol=0.01, rtol=0)
    torch.testing.assert_close(out[..., 20:44, 36:54], torch.full((1, 3, 24, 18), 0.75), atol=0.01, rtol=0)


def test_compact_completion_reads_nothing_inside_the_hole() -> None:
    torch.manual_seed(0)
    network = CompactCompletion(CompactCompletionConfig((4, 8, 12), (1,), 4)).eval()
    nn.init.normal_(network.leave.weight)
    image, parsing, mask = inputs(32, 32)
    with torch.no_grad():
        torch.testing.assert_close(network(image + 0.7 * mask, parsing, mask), network(image, parsing, mask))


def test_compact_completion_without_parsing_ignores_it() -> None:
    network = CompactCompletion(CompactCompletionConfig((4, 8, 12), (1,), 0, use_parsing=False)).eval()
    image, parsing, mask = inputs(32, 32)
    with torch.no_grad():
        assert torch.equal(network(image, parsing, mask), network(image, parsing.flip(1), mask))


@pytest.mark.parametrize("kind", ["index", "one-hot"])
def test_face_starts_as_the_identity(kind: str) -> None:
    torch.manual_seed(0)
    network = FaceNetwork(FaceConfig(4, 1, kind)).eval()
    completion, parsing, mask = inputs(64, 64)
    with torch.no_grad():
        residual = network(completion, parsing, mask)
        assert torch.equal(residual, torch.zeros(1, 3, 64, 64))
        nn.init.normal_(network.leave.weight)
        residual = network(completion, parsing, mask)
    assert residual.shape == (1, 3, 64, 64)
    assert residual.abs().max() <= 2
    assert residual.abs().max() > 0


@pytest.mark.parametrize(("layers", "side"), [(7, 256), (6, 128), (5, 64)])
@pytest.mark.parametrize("spectral", [True, False])
def test_discriminator_ends_in_one_logit(layers: int, side: int, spectral: bool) -> None:
    network = Discriminator(DiscriminatorConfig(layers, 2, spectral)).eval()
    image, parsing, mask = inputs(side, side, count=2)
    with torch.no_grad():
        judgement = network(image, parsing, mask)
    assert judgement.logits.shape == (2, 1, 1, 1)
    sides = [feature.shape[-1] for feature in judgement.features]
    assert sides == [side // 2**k for k in range(1, layers)]
    convolutions = [layer for layer in network.body if isinstance(layer, nn.Conv2d)]
    assert len(convolutions) == layers
    assert [layer.stride for layer in convolutions] == [(2, 2)] * (layers - 1) + [(1, 1)]
    assert all(is_parametrized(layer) == spectral for layer in convolutions)


def test_patch_discriminator_judges_each_place_by_itself() -> None:
    torch.manual_seed(0)
    network = PatchDiscriminator(PatchDiscriminatorConfig((4, 6, 8))).eval()
    image, parsing, mask = inputs(96, 64, count=2)
    changed = image.clone()
    changed[..., :8, :8] += 0.5
    with torch.no_grad():
        before, after = network(image, parsing, mask), network(changed, parsing, mask)
    assert before.logits.shape == (2, 1, 12, 8)
    assert [tuple(f.shape[1:]) for f in before.features] == [
        (4, 48, 32),
        (6, 24, 16),
        (8, 12, 8),
        (8, 12, 8),
    ]
    moved = (before.logits != after.logits)[0, 0]
    # A logit sees patches of 54 pixels: four cells of 8 pixels beyond the change at most.
    assert moved[0, 0]
    assert not moved[4:].any()
    assert not moved[:, 4:].any()
    assert all(is_parametrized(layer) for layer in network.body if isinstance(layer, nn.Conv2d))


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("kind", ["one-hot", "index", "none"])
def test_patch_discriminator_reads_what_its_config_says(kind: str, reads: bool) -> None:
    torch.manual_seed(0)
    network = PatchDiscriminator(PatchDiscriminatorConfig((4, 6), kind, reads)).eval()
    image, parsing, mask = inputs(64, 64)
    with torch.no_grad():
        plain = network(image, parsing, mask).logits
        assert torch.equal(network(image, parsing.flip(1), mask).logits, plain) == (kind == "none")
        assert torch.equal(network(image, parsing, 1 - mask).logits, plain) == (not reads)


def test_discriminator_reads_the_structure_and_the_mask_where_asked() -> None:
    torch.manual_seed(0)
    image, parsing, mask = inputs(64, 64)
    for reads in (False, True):
        network = Discriminator(DiscriminatorConfig(5, 4, mask_input=reads)).eval()
        with torch.no_grad():
            plain = network(image, parsing, mask).logits
            assert not torch.equal(plain, network(image, parsing.flip(1), mask).logits)
            assert torch.equal(plain, network(image, parsing, 1 - mask).logits) == (not reads)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_encoder_features_match_their_description(height: int, width: int) -> None:
    encoder = EfficientNetLite2().eval()
    image, _, mask = inputs(height, width)
    with torch.no_grad():
        features = encoder(image, mask)
    shapes = zip(encoder.channels, encoder.strides, strict=True)
    assert [tuple(f.shape) for f in features] == [(1, c, height // s, width // s) for c, s in shapes]


@pytest.mark.parametrize(("name", "plain"), [("paper-completion", {"width": 4}), ("compact-completion", {})])
@pytest.mark.parametrize("change", [{"gated": True}, {"fourier": 2}, {"gated": True, "fourier": 1}])
def test_options_of_the_completion_networks_add_layers_only(
    name: str, plain: dict[str, Any], change: dict[str, Any]
) -> None:
    image, parsing, mask = inputs(64, 96)
    small = plain or {"widths": [4, 8, 12], "dilations": [1, 2], "attention": 4}
    torch.manual_seed(0)
    network = build_network(name, {**small, **change})
    assert len(network.state_dict()) >= len(build_network(name, small).state_dict())
    out = network(image, parsing, mask)
    assert out.shape == (1, 3, 64, 96)
    (out - 0.3).square().sum().backward()
    leaving = [p for p in network.parameters() if p.grad is not None and bool(p.grad.abs().sum() > 0)]
    assert leaving
    with torch.autocast("cpu", torch.bfloat16):
        assert bool(network(image, parsing, mask).isfinite().all())


def test_fourier_block_starts_as_the_identity_and_sees_everything() -> None:
    torch.manual_seed(0)
    block = FourierBlock(8)
    x = torch.randn(1, 8, 10, 7)
    assert torch.equal(block(x), x)
    nn.init.normal_(block.project.weight)
    other = x.clone()
    other[..., 0, 0] += 5
    assert bool(((block(x) - block(other)).abs().amax(1) > 0).all())


def test_gates_can_close_a_block() -> None:
    block = GatedResidualBlock(4, norm="none")
    x = torch.randn(1, 4, 6, 6)
    assert not torch.equal(block(x), x)
    with torch.no_grad():
        block.second.bias[4:] = -1e9
    assert torch.equal(block(x), x)


def test_resnet_keeps_stride_16_and_dilates() -> None:
    with torch.device("meta"):
        encoder = ResNet101().eval()
        features = encoder(torch.zeros(1, 3, 64, 96), torch.zeros(1, 1, 64, 96))
    shapes = zip(encoder.channels, encoder.strides, strict=True)
    assert [tuple(f.shape) for f in features] == [(1, c, 64 // s, 96 // s) for c, s in shapes]
    assert encoder.layers[3][1].conv2.dilation == (2, 2)


def test_resnet_mask_channel_starts_at_zero() -> None:
    stem = ResNet101().conv1.weight
    assert stem.shape == (64, 4, 7, 7)
    assert torch.equal(stem[:, 3], torch.zeros(64, 7, 7))
    assert stem[:, :3].abs().min(1).values.max() > 0


def test_encodings_of_the_parsing_map() -> None:
    labels = torch.tensor([[[0, 17], [4, 11]]])
    parsing = nn.functional.one_hot(labels, LABEL_COUNT).permute(0, 3, 1, 2).float()
    assert torch.equal(encode_parsing(parsing, "one-hot"), parsing)
    assert torch.equal(encode_parsing(parsing, "index"), labels[:, None] / 17)
    assert encode_parsing(parsing, "none").shape == (1, 0, 2, 2)
    for kind in ("one-hot", "index", "none"):
        assert encode_parsing(parsing, kind).shape[1] == parsing_channels(kind)


def test_attention_starts_as_the_identity() -> None:
    torch.manual_seed(0)
    block = GlobalAttention(6, 4)
    x = torch.randn(2, 6, 5, 7)
    assert torch.equal(block(x), x)
    nn.init.ones_(block.scale)
    assert block(x).shape == x.shape
    assert not torch.equal(block(x), x)


def test_attention_looks_everywhere() -> None:
    torch.manual_seed(0)
    block = GlobalAttention(6, 4)
    nn.init.ones_(block.scale)
    x = torch.randn(1, 6, 8, 8, requires_grad=True)
    block(x)[0, :, 0, 0].sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum(1).min() > 0


def test_residual_block_without_normalisation_starts_near_the_identity() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 16, 12, 12)
    change = ResidualBlock(16, 2, "none")(x) - x
    assert 0 < change.std() < 0.3 * x.std()


def test_hint_is_what_the_network_starts_from_at_half_size() -> None:
    network = CompactCompletion(CompactCompletionConfig((4, 8, 12), (1,), 0)).eval()
    image, parsing, mask = inputs(64, 64)
    _, features = network._prepare(image, parsing, mask)
    half = nn.functional.avg_pool2d
    known = half(1 - mask, 2)
    small = half(image, 2) / known.clamp_min(1e-6)
    hint = label_hint(small, half(parsing, 2), (known < 1).float(), 2)
    torch.testing.assert_close(features[:, 19:22], hint)
