import pytest
import torch

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.segmentation import (
    PROMPT_CHANNELS,
    DenseMix,
    SegmentationConfig,
    SegmentationNetwork,
)

TINY = SegmentationConfig(12, (8, 8, 8), 8, 2)


@pytest.mark.parametrize("size", [(64, 64), (96, 64)])
def test_logits_have_the_size_of_the_picture(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = SegmentationNetwork(TINY).eval()
    logits = network(torch.zeros(2, 3, *size), torch.zeros(2, PROMPT_CHANNELS, *size))
    assert logits.shape == (2, 1, *size)


def test_the_answer_depends_on_each_channel_of_the_prompt() -> None:
    torch.manual_seed(0)
    network = SegmentationNetwork(TINY).eval()
    image, prompt = torch.randn(1, 3, 64, 64), torch.zeros(1, PROMPT_CHANNELS, 64, 64)
    before = network(image, prompt)
    for channel in range(PROMPT_CHANNELS):
        other = prompt.clone()
        other[:, channel, 16:40, 16:40] = 1
        assert not torch.equal(network(image, other), before)


def test_dense_mix_starts_as_the_identity() -> None:
    torch.manual_seed(0)
    x = torch.randn(1, 5, 7, 9)
    assert torch.equal(DenseMix(5, 3)(x), x)


def test_the_released_shape_is_small_enough_to_ship() -> None:
    network = build_network("segmentation", {})
    assert 2 * sum(value.numel() for value in network.state_dict().values()) < 10e6


def test_other_numbers_of_levels_are_refused() -> None:
    with pytest.raises(OptionError, match="three numbers"):
        build_network("segmentation", {"widths": [8, 8]})
