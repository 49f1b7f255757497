"""How large a person is in one photo, measured by that of another: from joints that both show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.networks.conventions import KEYPOINTS

_SURE: Final = 0.2
"""Peak of a heatmap from which on a joint is believed."""
_BONES: Final = (
    ("head-top", "upper-neck"),
    ("upper-neck", "pelvis"),
    ("right-shoulder", "right-hip"),
    ("left-shoulder", "left-hip"),
    ("right-hip", "right-knee"),
    ("left-hip", "left-knee"),
    ("right-knee", "right-ankle"),
    ("left-knee", "left-ankle"),
)
"""Those that hardly look shorter when the body turns: a standing person's upright ones."""
_LEAST_BONES: Final = 3
_MOST_SCALE: Final = 6.0

Joints = Mapping[str, NDArray[np.float64]]
"""Places (2,) x, y of joints by their names, in pixels of a picture."""


def body_scale(reference: ParsedWindow, photo: ParsedWindow) -> float | None:
    """Pixels of the photo for each pixel of the reference, where both show the same person.

    Args:
        reference: what the parser says about the whole of the other photo.
        photo: the same of the photo, holes included.

    Returns:
        The median over the bones that both show; None where these are too few.
    """
    return scale_between(believed_joints(reference), believed_joints(photo))


def scale_between(theirs: Joints, ours: Joints) -> float | None:
    """Our pixels for each of theirs, by the bones whose ends both know; None where these are too few."""
    found = []
    for first, second in _BONES:
        if {first, second} <= theirs.keys() & ours.keys():
            there = float(np.hypot(*(theirs[first] - theirs[second])))
            here = float(np.hypot(*(ours[first] - ours[second])))
            if there > 0 and here > 0:
                found.append(here / there)
    if len(found) < _LEAST_BONES:
        return None
    scale = float(np.median(found))
    return scale if 1 / _MOST_SCALE <= scale <= _MOST_SCALE else None


def believed_joints(parsed: ParsedWindow, sure: float = _SURE) -> Joints:
    """Places of the joints that are believed.

    Args:
        parsed: what the parser says about a whole picture.
        sure: height of the peak from which on one is.
    """
    bounds, (height, width) = parsed.window.bounds, parsed.heatmaps.shape[:2]
    places = {}
    for number, name in enumerate(KEYPOINTS):
        heatmap = parsed.heatmaps[..., number]
        if heatmap.max() >= sure:
            y, x = np.unravel_index(int(heatmap.argmax()), heatmap.shape)
            places[name] = np.array([x / width * bounds.width, y / height * bounds.height])
    return places
