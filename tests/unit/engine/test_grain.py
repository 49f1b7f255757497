"""Fine contrast that the average of patches lacks is given back, as much as the photo has, and no more."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from portrait_studio.engine.texture import TextureOptions, synthesise
from portrait_studio.engine.texture.smooth import blur
from portrait_studio.networks.conventions import LABELS

KEEPS_GRAIN = TextureOptions.usual(keeps_grain=True)

GROUND, PANTS = 0, LABELS.index("pants")


def ignore(_: float) -> None:
    return None


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def asphalt(height: int, width: int, strength: float) -> Tensor:
    """(3, H, W): grey grain of a pixel or two."""
    grain = blur(torch.randn(1, height, width, generator=seeded(3)), 0.7)
    return (0.5 + strength * grain).expand(3, -1, -1).clamp(0, 1).contiguous()


def fine_contrast(picture: Tensor, where: Tensor) -> float:
    grey = picture.mean(0, keepdim=True)
    return float((grey - blur(grey, 2.0))[0][where].std())


def below(height: int, width: int, rows: int) -> Tensor:
    hole = torch.zeros(height, width, dtype=torch.bool)
    hole[-rows:] = True
    return hole


@pytest.mark.parametrize("strength", [0.05, 0.2])
def test_the_ground_below_a_photo_keeps_its_grain(strength: float) -> None:
    image, hole = asphalt(96, 96, strength), below(96, 96, 40)
    labels = torch.zeros(96, 96, dtype=torch.uint8)
    start = torch.full_like(image, 0.5)
    inner = below(96, 96, 32)
    known = fine_contrast(image, ~below(96, 96, 48))
    without, kept = (
        fine_contrast(synthesise(image, hole, labels, start, seeded(), ignore, options), inner)
        for options in (None, KEEPS_GRAIN)
    )
    assert without < 0.8 * known
    assert max(0.6 * known, 1.25 * without) < kept < 1.25 * known


def test_a_flat_wall_beside_it_stays_flat() -> None:
    labels = torch.zeros(96, 96, dtype=torch.uint8)
    labels[:, 48:] = PANTS
    image = asphalt(96, 96, 0.2)
    image[:, :, 48:] = 0.3
    hole = below(96, 96, 40)
    start = torch.where(labels == PANTS, 0.3, 0.5).expand(3, -1, -1).contiguous()
    filled = synthesise(image, hole, labels, start, seeded(), ignore, KEEPS_GRAIN)
    flat = below(96, 96, 32)
    flat[:, :64] = False
    assert fine_contrast(filled, flat) < 0.01


@settings(max_examples=8, deadline=None)
@given(
    height=st.integers(1, 40), width=st.integers(1, 40), share=st.floats(0.0, 1.0), seed=st.integers(0, 99)
)
def test_known_pixels_stay_and_colours_stay_in_range(
    height: int, width: int, share: float, seed: int
) -> None:
    random = seeded(seed)
    image = torch.rand(3, height, width, generator=random)
    hole = torch.rand(height, width, generator=random) < share
    labels = torch.randint(0, 18, (height, width), generator=random)
    result = synthesise(image, hole, labels, None, seeded(), ignore, KEEPS_GRAIN)
    assert torch.equal(result[:, ~hole], image[:, ~hole])
    assert bool(((result >= 0) & (result <= 1)).all())


def test_the_same_with_any_number_of_threads() -> None:
    image, hole = asphalt(120, 110, 0.2), below(120, 110, 30)
    labels = torch.zeros(120, 110, dtype=torch.uint8)
    before, results = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            results.append(synthesise(image, hole, labels, None, seeded(), ignore, KEEPS_GRAIN))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(*results)
