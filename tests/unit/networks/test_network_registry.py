import copy
import dataclasses

import pytest
import torch
from torch import Tensor, nn

from portrait_studio.errors import OptionError
from portrait_studio.networks.blocks import norm_layer
from portrait_studio.networks.building import build_network
from portrait_studio.networks.completion import PaperCompletion, PaperCompletionConfig
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork
from portrait_studio.networks.registry import ARCHITECTURES
from portrait_studio.networks.released import count_macs, count_parameters

BILLION = 1_000_000_000


def published_names() -> set[str]:
    """Parameter and buffer names of the published EfficientNet-Lite2 checkpoint, without its classifier.

    The package efficientnet-lite-pytorch numbers all blocks through and gives the first one, which does not
    expand, no `_expand_conv` and `_bn0`.
    """
    norm = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    names = {"_conv_stem.weight", *(f"_bn0.{part}" for part in norm)}
    for block in range(20):
        convolutions = ["_depthwise_conv", "_project_conv"] + (["_expand_conv"] if block else [])
        norms = ["_bn1", "_bn2"] + (["_bn0"] if block else [])
        names |= {f"_blocks.{block}.{conv}.weight" for conv in convolutions}
        names |= {f"_blocks.{block}.{layer}.{part}" for layer in norms for part in norm}
    return names


def test_lite2_has_the_names_of_the_published_checkpoint() -> None:
    assert set(EfficientNetLite2().state_dict()) == published_names()


def test_lite2_takes_a_published_checkpoint_and_ignores_its_classifier() -> None:
    torch.manual_seed(0)
    encoder = EfficientNetLite2()
    published = {
        name: torch.rand_like(value, dtype=torch.float32) for name, value in encoder.state_dict().items()
    }
    published["_conv_stem.weight"] = published["_conv_stem.weight"][:, :3]
    published["_fc.weight"] = torch.rand(1000, 1280)
    published["_blocks.20._expand_conv.weight"] = torch.rand(1248, 208, 1, 1)
    encoder.load_imagenet(published)
    own = encoder.state_dict()
    assert torch.equal(own["_conv_stem.weight"][:, :3], published["_conv_stem.weight"])
    assert torch.equal(own["_conv_stem.weight"][:, 3], torch.zeros(32, 3, 3))
    name = "_blocks.19._project_conv.weight"
    assert torch.equal(own[name], published[name])


@pytest.mark.parametrize("lost", ["_conv_stem.weight", "_blocks.3._bn1.bias"])
def test_lite2_refuses_other_checkpoints(lost: str) -> None:
    encoder = EfficientNetLite2()
    state = encoder.state_dict()
    state["_conv_stem.weight"] = state["_conv_stem.weight"][:, :3]
    del state[lost]
    with pytest.raises(RuntimeError):
        encoder.load_imagenet(state)


def test_costly_kernels_are_depthwise_and_few() -> None:
    encoder = EfficientNetLite2()
    kernels = encoder.costly_kernels()
    assert len(kernels) == 2 + 4 + 4
    assert all(kernel.shape[1:] == (1, 5, 5) for kernel in kernels)
    assert sum(kernel.numel() for kernel in kernels) < 0.06 * count_parameters(encoder)


@pytest.mark.parametrize("stages", [0, 2, 5])
def test_frozen_stages_keep_weights_and_statistics(stages: int) -> None:
    torch.manual_seed(0)
    encoder = EfficientNetLite2()
    encoder.freeze(stages)
    twin = copy.deepcopy(encoder)
    twin.train()
    before = {name: value.clone() for name, value in twin.state_dict().items()}
    sum(f.square().mean() for f in twin(torch.randn(2, 3, 64, 64), torch.ones(2, 1, 64, 64))).backward()
    with torch.no_grad():
        for parameter in twin.parameters():
            if parameter.grad is not None:
                parameter -= 0.1 * (parameter.grad.sign() + 0.5)
    same = {name for name, value in twin.state_dict().items() if torch.equal(value, before[name])}
    blocks = [0, 1, 4, 7, 11, 15][stages]
    frozen = [f"_blocks.{block}." for block in range(blocks)] + ["_conv_stem.", "_bn0."] * bool(stages)
    expected = {name for name in before if name.startswith(tuple(frozen))}
    assert same == expected


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_builds_from_its_own_config(architecture: str) -> None:
    entry = ARCHITECTURES[architecture]
    values = dataclasses.asdict(entry.config())
    as_in_a_file = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    with torch.device("meta"):
        network = build_network(architecture, as_in_a_file)
    assert isinstance(network, entry.network)
    assert network.config == entry.config()


def test_unknown_architecture_names_the_known_ones() -> None:
    with pytest.raises(OptionError, match="no network architecture 'resnet'; choose one of: parsing, paper-"):
        build_network("resnet", {})


def test_unknown_setting_names_the_known_ones() -> None:
    with pytest.raises(
        OptionError, match="'face' has no setting 'depth'; it has: blocks, dilations, parsing_input, width"
    ):
        build_network("face", {"depth": 3})


@pytest.mark.parametrize(
    ("architecture", "config"),
    [
        ("face", {"width": "wide"}),
        ("face", {"width": -1}),
        ("compact-completion", {"widths": [4, 8]}),
        ("compact-completion", {"dilations": 3}),
        ("compact-completion", {"dropout": 1.5}),
        ("dcgan-discriminator", {"layers": None}),
    ],
)
def test_values_that_do_not_fit_are_an_option_error(architecture: str, config: dict[str, object]) -> None:
    with pytest.raises(OptionError, match=f"'{architecture}' cannot be built from the settings"):
        build_network(architecture, config)


def test_unknown_encoder_and_parsing_input() -> None:
    with pytest.raises(
        OptionError, match="no encoder named 'vgg'; choose one of: efficientnet_lite2, resnet101"
    ):
        build_network("parsing", {"encoder": "vgg"})
    with pytest.raises(OptionError, match="no parsing input 'rgb'; choose one of: index, one-hot, none"):
        build_network("paper-completion", {"parsing_input": "rgb"})


def test_unknown_normalisation() -> None:
    with pytest.raises(OptionError, match="no normalisation 'group'; choose one of: batch, none"):
        norm_layer("group", 4)


@pytest.mark.parametrize(
    ("layer", "macs"),
    [
        (nn.Conv2d(3, 8, 3, padding=1), 2 * 10 * 12 * 8 * 3 * 9),
        (nn.Conv2d(4, 8, 5, stride=2, padding=2), 2 * 5 * 6 * 8 * 4 * 25),
        (nn.Conv2d(6, 6, 3, padding=1, groups=6), 2 * 10 * 12 * 6 * 9),
        (nn.ConvTranspose2d(5, 7, 3, 2, 1, 1), 2 * 10 * 12 * 5 * 7 * 9),
        (nn.ConvTranspose2d(5, 7, 3, 1, 1), 2 * 10 * 12 * 5 * 7 * 9),
    ],
)
def test_macs_of_one_layer_counted_by_hand(layer: nn.Conv2d, macs: int) -> None:
    assert count_macs(layer, torch.zeros(2, layer.in_channels, 10, 12)) == macs


def test_macs_add_up_and_leave_no_hooks() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 5, 3))
    macs = 8 * 8 * 3 * 4 + 6 * 6 * 4 * 5 * 9
    assert count_macs(network, torch.zeros(1, 3, 8, 8)) == macs
    assert count_macs(network, torch.zeros(1, 3, 8, 8)) == macs
    assert not any(layer._forward_hooks for layer in network)


def completion_inputs(side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Image, parsing map and mask of a square, all zero, on the current device."""
    return (
        torch.zeros(1, 3, side, side),
        torch.zeros(1, LABEL_COUNT, side, side),
        torch.zeros(1, 1, side, side),
    )


def test_papers_completion_network_costs_what_the_paper_costs() -> None:
    with torch.device("meta"):
        inputs = completion_inputs(256)
        macs = count_macs(PaperCompletion(PaperCompletionConfig()), *inputs)
        one_hot = count_macs(PaperCompletion(PaperCompletionConfig(parsing_input="one-hot")), *inputs)
        narrow = count_macs(PaperCompletion(PaperCompletionConfig(width=32)), *inputs)
    assert 54.5 * BILLION < macs < one_hot < 59 * BILLION
    assert one_hot - macs == 256 * 256 * 64 * 17 * 49
    assert narrow < 15 * BILLION


def test_papers_completion_network_has_its_layer_list() -> None:
    network = PaperCompletion(PaperCompletionConfig(width=2))
    plain = [layer for layer in network.modules() if type(layer) is nn.Conv2d]
    up = [layer for layer in network.modules() if isinstance(layer, nn.ConvTranspose2d)]
    # One 7x7, two stride-2, 4 + 4 residual blocks of two, four dilated, the last 7x7.
    assert len(plain) == 1 + 2 + 8 + 4 + 8 + 1
    assert [layer.stride for layer in up] == [(2, 2), (2, 2)]
    assert [layer.kernel_size[0] for layer in plain] == [7, *[3] * 22, 7]
    assert [layer.stride[0] for layer in plain] == [1, 2, 2, *[1] * 21]
    assert [layer.dilation[0] for layer in plain if layer.dilation[0] > 1] == [2, 4, 8, 16]
    # Normalisation after every convolution but the last.
    norms = [layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)]
    assert len(norms) == len(plain) + len(up) - 1
    assert plain[0].in_channels == 3 + 1 + 1


def test_papers_parsing_network_has_resnet_pyramid_pose_and_one_refinement() -> None:
    with torch.device("meta"):
        network = ParsingNetwork(ParsingConfig("resnet101", 256, 128, (6, 12, 18)))
    stages = [len(stage) for stage in network.encoder.layers]
    assert stages == [3, 4, 23, 3]
    rates = [branch[0].dilation[0] for branch in network.pyramid.branches]
    assert rates == [6, 12, 18]
    assert network.pose[-1].out_channels == 16
    assert network.refine[-1].out_channels == network.parsing[-1].out_channels == LABEL_COUNT


def test_parameters_are_counted_without_buffers() -> None:
    assert count_parameters(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))) == 4 * 27 + 4 + 4 + 4
