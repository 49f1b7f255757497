"""What the engine is asked and what it answers: plain values, no torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds, Margins

Pixels = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W, 3) RGB, uint8 or uint16."""

Joints = Mapping[int, tuple[float, float]]
"""Position (x, y) in image pixels of keypoints, by their number."""


class Method(Enum):
    """How the hole is filled."""

    DEFAULT = "default"
    NETWORK = "network"
    PATCHES = "patches"


MOST_THREADS: Final = 256
"""Of the CPU, for one fill."""


@dataclass(frozen=True)
class CompletionOptions:
    """How to fill.

    Attributes:
        method: network says what and the photo's patches say how it looks (default), or only one of the two.
        seed: start of every random number of the job; the same seed gives the same pixels on the same device
            kind with as many threads. 0 follows the likeliest structure, any other one draws from what the
            parser doubts.
        device: "auto", "cpu", "cuda" or "mps".
        keep_stages: whether the result carries the picture of every stage.
        grow_px: width of the blend band outside the painted mask, in pixels; nothing beyond it changes.
        precision: of the networks: "auto", "float32" or "bfloat16".
        threads: of the CPU, 0 = as many as torch has: another number changes last digits.
        hole_by_hole: fill as versions did that gave each hole a window of its own and specks no short way.
    """

    method: Method = Method.DEFAULT
    seed: int = 0
    device: str = "auto"
    keep_stages: bool = False
    grow_px: int = 2
    precision: str = "auto"
    threads: int = 0
    hole_by_hole: bool = False


@dataclass(frozen=True, eq=False)
class CompletionRequest:
    """One job: fill every hole of one photo.

    Attributes:
        image: (H, W, 3) RGB, uint8 or uint16; never written to.
        mask: (H, W) uint8, nonzero = to be filled.
        options: how to fill.
        structure: (H, W) uint8 labels that overrule the predicted parsing map, 255 = predict here; None =
            predict all.
        extension: how many rows and columns of the image at each side no camera has seen, all of them masked;
            none negative. Pixels of the photo beside them stay as they are, bit for bit.
        joints: those that the user put somewhere; the others are predicted.
    """

    image: Pixels
    mask: NDArray[np.uint8]
    options: CompletionOptions = field(default_factory=CompletionOptions)
    structure: NDArray[np.uint8] | None = None
    extension: Margins = field(default_factory=Margins)
    joints: Joints = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Structure:
    """What was recovered of the person, over the part of the photo that `bounds` names.

    Attributes:
        bounds: the part of the photo, in photo pixels.
        labels: (h, w) uint8 parsing map at the resolution that the network saw, hole included.
        heatmaps: (16, h / 4, w / 4) float16 in [0, 1], one peak per keypoint.
    """

    bounds: Bounds
    labels: NDArray[np.uint8]
    heatmaps: NDArray[np.float16]


@dataclass(frozen=True, eq=False)
class FilledRegion:
    """The crop that changed for one hole.

    Attributes:
        bounds: where the crop lies in the photo.
        pixels: (h, w, 3), same dtype as the photo; bit-identical to it where `changed` is zero.
        changed: (h, w) uint8, nonzero where the fill or its blend band may differ from the photo.
        structure: what the fill was guided by.
        stages: picture of each stage by name ("completion", "texture", "face-before", "face-after",
            "composite",
            "blended"), (h, w, 3) uint8; empty unless asked for.
    """

    bounds: Bounds
    pixels: Pixels
    changed: NDArray[np.uint8]
    structure: Structure
    stages: dict[str, NDArray[np.uint8]] = field(default_factory=dict)


@dataclass(frozen=True)
class Hardware:
    """What a job ran on, as it is asked for.

    Attributes:
        device: "cpu", "cuda" or "mps"; "auto" = not known.
        precision: "float32" or "bfloat16"; "auto" = not known.
        threads: of the CPU; 0 = not known, or another device.
    """

    device: str = "auto"
    precision: str = "auto"
    threads: int = 0


@dataclass(frozen=True, eq=False)
class CompletionResult:
    """Answer to a `CompletionRequest`.

    Attributes:
        regions: one per connected hole (holes that lie close together share one), not overlapping in
            `changed`.
        structure: parsing map and heatmaps over the whole photo, hole included.
        seconds: wall-clock seconds by stage name.
        weights: SHA-256 of each weights file that was used, by network name.
        device: what it ran on, for the user to read, e.g. "CPU (bfloat16)".
        notices: sentences for the user, e.g. that memory ran out and a smaller work crop was used.
        hardware: what it ran on, to ask for it again.
    """

    regions: tuple[FilledRegion, ...]
    structure: Structure
    seconds: dict[str, float]
    weights: dict[str, str]
    device: str
    notices: tuple[str, ...] = ()
    hardware: Hardware = field(default_factory=Hardware)
