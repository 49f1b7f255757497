"""How wide the edge of a thing is that is out of focus."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.soft_edges import soft_edge_px
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent

Picture = tuple[NDArray[np.uint8], NDArray[np.bool_]]


def coat(blur: float, scale: int = 1) -> Picture:
    """A dark coat before a wall with courses of stone, and where it is."""
    height, width = 300 * scale, 240 * scale
    rng = np.random.default_rng(0)
    wall = np.full((height, width, 3), 190, np.float32)
    wall[:: 40 * scale] -= 40
    inside = np.zeros((height, width), np.uint8)
    cv2.ellipse(inside, (width // 2, height // 2), (50 * scale, 90 * scale), 0, 0, 360, 1, -1)
    alpha = inside.astype(np.float32)
    if blur:
        alpha = cv2.GaussianBlur(alpha, (0, 0), blur * scale)
    picture = wall * (1 - alpha[..., None]) + 30 * alpha[..., None]
    picture += rng.normal(0, 2, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8), inside != 0


def test_a_sharp_edge_needs_no_wider_rim() -> None:
    assert soft_edge_px(*coat(0)) <= 1


@pytest.mark.parametrize("scale", [1, 4])
def test_what_is_out_of_focus_reaches_as_far_as_it_is_blurred(scale: int) -> None:
    image, inside = coat(5, scale)
    # At 1.4 standard deviations a twelfth of a Gaussian edge is left.
    assert 5 * scale <= soft_edge_px(image, inside) <= 10 * scale


def test_in_16_bits_it_is_the_same() -> None:
    image, inside = coat(4)
    assert soft_edge_px(image.astype(np.uint16) * 257, inside) == soft_edge_px(image, inside)


def test_where_nothing_can_be_said_it_is_nothing() -> None:
    image, inside = coat(4)
    assert soft_edge_px(image, np.zeros_like(inside)) == 0
    assert soft_edge_px(image, np.ones_like(inside)) == 0
    flat = np.full_like(image, 90)
    assert soft_edge_px(flat, inside) == 0


def test_the_rim_of_a_thing_is_as_wide_as_its_edge() -> None:
    sharp = ThingFound(Bounds(0, 0, 4, 4), Bounds(0, 0, 4, 4), np.zeros((4, 4), np.uint8))
    soft = ThingFound(sharp.marked, sharp.bounds, sharp.probability, soft_px=11)
    assert sharp.rim(Extent(400, 600)) == 3
    assert soft.rim(Extent(400, 600)) == 12
    assert sharp.rim(Extent(4000, 6000)) == 15
