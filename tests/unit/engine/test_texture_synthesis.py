"""The texture stage as its callers see it."""

import pytest
import torch
from torch import Tensor

from portrait_studio.engine.texture import synthesise
from portrait_studio.errors import Cancelled


def ignore(_: float) -> None:
    return None


def picture(height: int = 64, width: int = 64, seed: int = 1) -> Tensor:
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(seed))


def square_hole(height: int = 64, width: int = 64, side: int = 20) -> Tensor:
    hole = torch.zeros(height, width, dtype=torch.bool)
    top, left = (height - side) // 2, (width - side) // 2
    hole[top : top + side, left : left + side] = True
    return hole


def test_known_pixels_stay_bit_for_bit() -> None:
    image, hole = picture(), square_hole()
    result = synthesise(image, hole, torch.zeros(64, 64).long(), None, torch.Generator(), ignore)
    assert torch.equal(result[:, ~hole], image[:, ~hole])
    assert result.dtype == torch.float32
    assert result.shape == image.shape


def test_cancel_stops_within_the_loop() -> None:
    calls: list[float] = []

    def stop(fraction: float) -> None:
        calls.append(fraction)
        if len(calls) == 12:
            raise Cancelled

    with pytest.raises(Cancelled):
        synthesise(picture(), square_hole(), torch.zeros(64, 64).long(), None, torch.Generator(), stop)
    assert len(calls) == 12
