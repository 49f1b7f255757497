"""What the engine can be asked about what is in a photo: things, people, shadows, damage; no torch, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.damage import DamageFound
from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.engine.request import Pixels, Request, Structure
from portrait_studio.engine.things import USUAL_THRESHOLD, Clicks, ThingFound
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask


@dataclass(frozen=True, eq=False)
class DetectRequest(Request[Detected]):
    """Find all people and things of a photo, as boxes; a release may do without the network for it.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
    """

    image: Pixels


@dataclass(frozen=True, eq=False)
class DetectFaintRequest(Request[tuple[Detection, ...]]):
    """Find people of whom the detector sees but little; see `detect.detect_faint`.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16, without those who are seen clearly.
    """

    image: Pixels


@dataclass(frozen=True, eq=False)
class TightenRequest(Request[tuple[ThingFound, ...]]):
    """Find the exact things in a loose mask, one for each of its places; see `things.tightened_mask`.

    Face, hair and arms of who holds or wears a thing are none of it, unless they are most of what was found.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
        loose: (H, W) uint8, nonzero = loosely marked.
    """

    image: Pixels
    loose: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class FindThingRequest(Request[ThingFound]):
    """Find the one thing under clicks, or in a loose mask, perhaps corrected by clicks.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
        clicks: one inside the photo at least, unless there is a loose mask.
        loose: (H, W) uint8, nonzero = loosely marked; None = there are only clicks.
    """

    image: Pixels
    clicks: Clicks = field(default_factory=Clicks)
    loose: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class FindInBoxesRequest(Request[tuple[ThingFound, ...]]):
    """Find what stands in each of some boxes, such as a detector gives.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
        boxes: in photo pixels.
    """

    image: Pixels
    boxes: tuple[Bounds, ...]


@dataclass(frozen=True, eq=False)
class ShadowRequest(Request[Mask]):
    """Find the shadows of what is masked, (H, W) uint8 without it; empty where nothing is surely a shadow.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
        thing: (H, W) uint8, nonzero = what casts them.
        seen: what is where in the photo, where that is known already; None = look.
        detected: people and things, likewise.
    """

    image: Pixels
    thing: NDArray[np.uint8]
    seen: Structure | None = None
    detected: Detected | None = None


class Who(Enum):
    """Which people are to go; the value is what the command line calls it."""

    OTHERS = "others"
    ALL = "all"


@dataclass(frozen=True, eq=False)
class PeopleMaskRequest(Request[Mask]):
    """Mask all people of a photo, or all but the main person, (H, W) uint8; empty where nobody is to go.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
        who: which of them.
        threshold: probability from which on a pixel belongs to a person, in (0, 1).
    """

    image: Pixels
    who: Who = Who.OTHERS
    threshold: float = USUAL_THRESHOLD


@dataclass(frozen=True, eq=False)
class FindDamageRequest(Request[DamageFound]):
    """Find what is damaged in a scanned photo; a release may do without the network for it.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16.
    """

    image: Pixels
