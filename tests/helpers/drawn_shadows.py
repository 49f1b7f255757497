"""Pictures with somebody and a shadow, whose true place is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT, WIDTH = 360, 300

Light = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        thing: (H, W) uint8, 255 = somebody.
        shadow: (H, W) float32, how much of the shadow's darkness lies on each pixel, somebody included.
    """

    image: NDArray[np.uint8]
    thing: NDArray[np.uint8]
    shadow: Light

    @property
    def cast(self) -> NDArray[np.bool_]:
        """(H, W) bool, where at least half of the darkness lies beside the thing."""
        return np.asarray((self.shadow > 0.5) & (self.thing == 0))


def somebody() -> NDArray[np.uint8]:
    """(H, W) uint8: a head, a body and two legs, standing."""
    thing = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(thing, (110, 70), 18, 255, -1)
    cv2.rectangle(thing, (85, 88), (135, 190), 255, -1)
    cv2.rectangle(thing, (88, 190), (106, 300), 255, -1)
    cv2.rectangle(thing, (114, 190), (132, 300), 255, -1)
    return thing


def ground(kind: str = "even") -> Light:
    """(H, W, 3) linear light of a lit surface: "even", "gradient" or "texture"."""
    surface = np.full((HEIGHT, WIDTH, 3), (0.5, 0.47, 0.42), np.float32)
    if kind == "gradient":
        surface *= np.linspace(0.6, 1.4, WIDTH, dtype=np.float32)[None, :, None]
    if kind == "texture":
        noise = np.random.default_rng(3).normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32)
        fine, coarse = cv2.GaussianBlur(noise, (0, 0), 0.8), cv2.GaussianBlur(noise, (0, 0), 2.0)
        surface *= np.exp(0.12 * fine / fine.std() + 0.06 * coarse / coarse.std())[..., None]
    return surface


def lying(softness_px: float = 0.0) -> Light:
    """(H, W) float32, 0..1: the shadow of the thing on the ground, to the right, hard or soft."""
    shape = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(shape, [np.array([(88, 290), (134, 304), (255, 268), (262, 240), (225, 238)], np.int32)], 1)
    return _softened(shape, softness_px)


def on_wall(softness_px: float = 0.0) -> Light:
    """(H, W) float32, 0..1: the shadow of the thing on a wall close behind it, to the right."""
    return _softened(np.roll(somebody() // 255, (6, 34), (0, 1)), softness_px)


def drawn(
    surface: Light,
    darkness: Light,
    left: tuple[float, float, float] = (0.25, 0.3, 0.4),
    thing: NDArray[np.uint8] | None = None,
) -> Drawn:
    """Paint somebody before a surface on which a shadow lies.

    Args:
        surface: (H, W, 3) linear light.
        darkness: (H, W) float32, 0..1.
        left: how much of red, green and blue light is left where the shadow is full.
        thing: (H, W) uint8, who casts it; None = `somebody`.
    """
    mask = somebody() if thing is None else thing
    light = surface * (1 - darkness[..., None] * (1 - np.array(left, np.float32)))
    light[mask != 0] = (0.3, 0.08, 0.1)
    light += np.random.default_rng(5).normal(0, 0.004, light.shape).astype(np.float32)
    light = np.clip(light, 0, 1)
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return Drawn(np.rint(255 * encoded).astype(np.uint8), mask, darkness)


def _softened(shape: NDArray[np.uint8], softness_px: float) -> Light:
    hard = shape.astype(np.float32)
    if softness_px == 0:
        return hard
    return np.asarray(cv2.GaussianBlur(hard, (0, 0), softness_px / 2), np.float32)
