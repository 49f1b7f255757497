"""The general network in a fill: what it sees, and what is left of what it paints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.complete_general import LARGEST_HOLE_PX, WORSE
from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, CompletionResult, Method
from portrait_studio.errors import WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from tests.helpers.tiny_networks import TinyNetworks

GENERAL = CompletionOptions(Method.GENERAL)


class Green(nn.Module):
    """Paints green, and remembers the masks that it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Identity()
        self.masks: list[Tensor] = []

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        assert parsing.shape[1] == 0
        self.masks.append(mask.clone())
        painted: Tensor = self.look(torch.full_like(image, -1.0))
        painted[:, 1] = 1.0
        return painted


def filled(
    memory: PrecisionMemory, side: int, hole: int, with_face: bool = False
) -> tuple[CompletionResult, Green]:
    networks, green = TinyNetworks(with_face), Green()
    networks.modules[GENERAL_COMPLETION] = green.eval()
    engine = Pipeline(networks, memory=memory)
    engine.prefer(Hardware("cpu"))
    image = np.random.default_rng(0).integers(100, 156, (side, side, 3)).astype(np.uint8)
    mask = np.zeros((side, side), np.uint8)
    start = (side - hole) // 2
    mask[start : start + hole, start : start + hole] = 255
    return engine.run(CompletionRequest(image, mask, GENERAL)), green


@pytest.mark.parametrize(("side", "hole"), [(128, 20), (200, 120), (700, 400)])
def test_it_sees_no_hole_larger_than_it_has_learnt(memory: PrecisionMemory, side: int, hole: int) -> None:
    result, green = filled(memory, side, hole)
    for mask in green.masks:
        seen = (mask[0, 0] > 0).any(0).sum()
        assert 1 <= seen <= LARGEST_HOLE_PX + 2
    assert len(green.masks) == 2
    assert set(result.weights) == {"parsing", GENERAL_COMPLETION}


def test_its_own_picture_fills_the_hole_and_the_user_is_told(memory: PrecisionMemory) -> None:
    result, _ = filled(memory, 160, 80, with_face=True)
    (region,) = result.regions
    middle = region.pixels[30:50, 30:50].astype(int)
    # The seam is hidden by the light of the photo; what is painted stays greener than it.
    assert (middle[..., 1] - middle[..., 0]).mean() >= 0
    assert result.notices == (WORSE,)
    assert "face" not in result.weights
    assert not {"texture", "refine face"} & set(result.seconds)


def test_without_its_weights_it_says_so() -> None:
    image, mask = np.full((90, 90, 3), 120, np.uint8), np.zeros((90, 90), np.uint8)
    mask[20:70, 20:70] = 255
    with pytest.raises(WeightsError, match="There are no weights for general-completion"):
        Pipeline(TinyNetworks(missing=(GENERAL_COMPLETION,))).run(CompletionRequest(image, mask, GENERAL))


def test_the_other_methods_do_not_load_it(make_engine: Callable[..., Pipeline]) -> None:
    image, mask = np.full((90, 90, 3), 120, np.uint8), np.zeros((90, 90), np.uint8)
    mask[20:70, 20:70] = 255
    engine = make_engine()
    for method in (Method.DEFAULT, Method.NETWORK, Method.PATCHES):
        result = engine.run(CompletionRequest(image, mask, CompletionOptions(method)))
        assert GENERAL_COMPLETION not in result.weights
