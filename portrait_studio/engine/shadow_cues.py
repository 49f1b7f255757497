"""What decides whether a darker region beside a thing is its shadow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from portrait_studio.engine.shadow_edge import Flags, ShadowEdge, Surroundings

_MOST_GREEN: Final = 0.15
_LEAST_TINT: Final = -0.13
"""Light that is missing has no more nor less green than red and blue, and is rather warmer than what is left.
Both are relative to the step."""

_MOTTLE_SHARE: Final = 0.25
_MOTTLE: Final = 0.08
"""One side of the edge at least is even, compared to the step."""

_SPREAD: Final = 0.1
"""What the texture adds to the spread of steps."""

_WEAK: Final = 0.3
_STRONG: Final = 0.8
"""Steps of a soft shadow, which ends near the thing, and of one that sunlight casts."""


@dataclass(frozen=True)
class Cues:
    """What a region and its edge must be like; lengths are relative to the thing's longer side.

    Attributes:
        least_step: see `ShadowEdge.least_step`; weaker ones are the ground's own.
        most_step: see `ShadowEdge.step`; darker is no shadow but a dark thing.
        most_spread: see `ShadowEdge.spread`, relative to the step.
        most_tint: red step less the blue one, relative to the step: the sky that lights shadows is blue.
        least_closed: see `ShadowEdge.closed`.
        most_mottle: see `ShadowEdge.mottle`.
        reach: how far from the thing a region may reach where the step is weak, and where it is strong.
        most_area: relative to the thing's.
        least_joined: along how much of the thing it lies.
    """

    least_step: float
    most_step: float
    most_spread: float
    most_tint: float
    least_closed: float
    most_mottle: float
    reach: tuple[float, float]
    most_area: float
    least_joined: float


GROUND: Final = Cues(
    least_step=0.26,
    most_step=3.0,
    most_spread=0.5,
    most_tint=0.9,
    least_closed=0.6,
    most_mottle=0.95,
    reach=(0.12, 1.0),
    most_area=1.0,
    least_joined=0.03,
)
"""Where it stands a thing nearly always has a shadow."""

WALL: Final = Cues(
    least_step=0.26,
    most_step=1.8,
    most_spread=0.5,
    most_tint=0.5,
    least_closed=0.6,
    most_mottle=0.35,
    reach=(0.3, 0.6),
    most_area=0.6,
    least_joined=0.5,
)
"""Beside it, much else is dark."""


def is_shadow(around: Surroundings, region: Flags, edge: ShadowEdge, seed: Flags, cues: Cues) -> bool:
    """Whether all cues say so.

    Args:
        around: the surroundings.
        region: (h, w) bool, darker than what lies beyond its edge.
        edge: that edge.
        seed: (h, w) bool, where the region must begin.
        cues: what counts.
    """
    # What runs through the whole picture behind the thing is a road, or another wall.
    runs_through = bool(region[:, 0].any() and region[:, -1].any())
    return (
        not runs_through
        and _is_step_of_light(edge, cues)
        and edge.closed >= cues.least_closed
        and max(edge.mottle) <= cues.most_mottle
        and min(edge.mottle) <= _MOTTLE_SHARE * edge.step + _MOTTLE
        and int(np.count_nonzero(region & seed)) >= cues.least_joined * around.longer_side
        and _farthest(around, region) <= _reach(edge, cues)
    )


def _is_step_of_light(edge: ShadowEdge, cues: Cues) -> bool:
    red, green, blue = edge.colour
    tint = (red - blue) / max(edge.step, 0.1)
    return (
        cues.least_step <= edge.least_step
        and edge.step <= cues.most_step
        and edge.spread <= cues.most_spread * edge.step + _SPREAD
        and abs(green - (red + blue) / 2) <= _MOST_GREEN * edge.step + 0.05
        and _LEAST_TINT <= tint <= cues.most_tint
    )


def _reach(edge: ShadowEdge, cues: Cues) -> float:
    strength = (edge.least_step - _WEAK) / (_STRONG - _WEAK)
    near, far = cues.reach
    return near + min(1.0, max(0.0, strength)) * (far - near)


def _farthest(around: Surroundings, region: Flags) -> float:
    """How far from the thing nearly all of a region lies, relative to the thing's longer side."""
    away = cv2.distanceTransform((~around.thing).view(np.uint8), cv2.DIST_L2, 3)
    return float(np.quantile(away[region], 0.97)) / around.longer_side
