"""Refine the face: a residual on a 64x64 window around it (Wu et al., section III.C)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.face_label import lost_face
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.resample import Floats, WindowPixels, resample
from portrait_studio.engine.run_network import NetworkRunner, to_array, to_tensor
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.networks.face import FACE_WINDOW

LEAST_FACE_PX = 8
"""Long side of a face, in photo pixels, below which there is nothing to refine."""


@dataclass(frozen=True, eq=False)
class RefinedFace:
    """What the face network changed.

    Attributes:
        fill: (H, W, 3) float32 in [0, 1], the fill with the residual added inside the hole.
        before: (64, 64, 3) float32 in [0, 1], what the network saw.
        after: (64, 64, 3) float32 in [0, 1], what it made of it.
    """

    fill: Floats
    before: Floats
    after: Floats


def face_window(parsed: ParsedWindow, hole: NDArray[np.bool_]) -> Bounds | None:
    """Where to refine a face: a square as large as the face around the centre of mass of its label.

    Args:
        parsed: structure of the appearance window.
        hole: (h, w) bool at the size of the window, True = hole.

    Returns:
        Photo pixels, perhaps reaching beyond the photo; None when the hole touches no face, or only a tiny
        one.
    """
    face = lost_face(parsed, hole)
    if face is None or face.side < LEAST_FACE_PX:
        return None
    left, top = round(face.x - face.side / 2), round(face.y - face.side / 2)
    length = round(face.side)
    return Bounds(left, top, left + length, top + length)


def refine_face(
    network: NetworkRunner, fill: WindowPixels, parsed: ParsedWindow, window: Bounds
) -> RefinedFace:
    """Add the face network's residual to a fill.

    Args:
        network: runs the face network of `networks.face`, or alike.
        fill: the fill inside the hole, the photo elsewhere, at full resolution.
        parsed: structure of a window that contains the face.
        window: where to refine, as `face_window` says.
    """
    bounds, hole, size = fill.window.bounds, fill.hole, Extent(FACE_WINDOW, FACE_WINDOW)
    before = np.clip(resample(fill.colours, bounds, window, size), 0.0, 1.0)
    holes = resample(hole.astype(np.float32), bounds, window, size) > 0.05
    parsing = parsed.seen_through(Window(window, size)).probabilities
    output = network(
        to_tensor(before * np.float32(2.0) - np.float32(1.0)),
        to_tensor(parsing),
        to_tensor(holes.astype(np.float32)),
    )
    residual = to_array(output) * np.float32(0.5)
    after = np.where(holes[..., None], np.clip(before + residual, 0.0, 1.0), before)
    # The residual fades out towards the window's border, since the fill beyond it stays as it was.
    faded = residual * _fading(FACE_WINDOW)[..., None]
    inside = window.intersected(bounds)
    refined = fill.colours.copy()
    if not inside.is_empty:
        part = inside.shifted(-bounds.left, -bounds.top).slices
        change = resample(faded, window, inside, inside.extent)
        refined[part] = np.where(
            hole[part][..., None], np.clip(refined[part] + change, 0.0, 1.0), refined[part]
        )
    return RefinedFace(refined, before, after)


def _fading(side: int, border: int = 6) -> NDArray[np.float32]:
    """(side, side) weights, 1 inside, falling to 0 over the outermost `border` pixels."""
    distance = np.minimum(np.arange(side), np.arange(side)[::-1]) + 0.5
    ramp = np.clip(distance / border, 0.0, 1.0).astype(np.float32)
    return np.minimum(ramp[:, None], ramp[None, :])
