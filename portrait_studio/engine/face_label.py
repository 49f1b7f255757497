"""Where faces are by the parser."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.work_crop import Window
from portrait_studio.networks.conventions import FACE


@dataclass(frozen=True)
class LabelledFace:
    """A connected part with the label "face", in photo pixels.

    Attributes:
        x: middle of its centre of mass.
        y: the same.
        width: of the smallest rectangle around it.
        height: the same.
    """

    x: float
    y: float
    width: float
    height: float

    @property
    def side(self) -> float:
        """Its long side."""
        return max(self.width, self.height)


def faces_of(parsed: ParsedWindow, hidden: NDArray[np.bool_]) -> list[tuple[LabelledFace, float]]:
    """What is seen of every connected part with the label "face", and which share of the part is hidden.

    Args:
        parsed: what the parser says.
        hidden: (h, w) bool at the size of the window.
    """
    face = (parsed.labels == FACE).astype(np.uint8)
    count, regions = cv2.connectedComponents(face, connectivity=8)
    areas = np.bincount(regions.ravel(), minlength=count)
    found = []
    for index in range(1, count):
        seen = ((regions == index) & ~hidden).astype(np.uint8)
        if seen.any():
            _, _, stats, centres = cv2.connectedComponentsWithStats(seen, connectivity=8)
            largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
            share = 1 - np.count_nonzero(seen) / areas[index]
            found.append((_placed(parsed.window, stats[largest], centres[largest]), float(share)))
    return found


def lost_face(parsed: ParsedWindow, hole: NDArray[np.bool_]) -> LabelledFace | None:
    """Of the faces that the hole touches, the one that has lost most of itself; None where there is none.

    Args:
        parsed: structure of the appearance window.
        hole: (h, w) bool at the size of the window, True = hole.
    """
    face = (parsed.labels == FACE).astype(np.uint8)
    count, regions, stats, centres = cv2.connectedComponentsWithStats(face, connectivity=8)
    touched = np.unique(regions[hole & (face > 0)])
    if count < 2 or touched.size == 0:
        return None
    lost = [int(np.count_nonzero(hole & (regions == index))) for index in touched]
    index = int(touched[int(np.argmax(lost))])
    return _placed(parsed.window, stats[index], centres[index])


def _placed(window: Window, stats: NDArray[np.integer], centre: NDArray[np.floating]) -> LabelledFace:
    """A part in photo pixels, from what OpenCV says of it in those of the window."""
    scale_x = window.bounds.width / window.size.width
    scale_y = window.bounds.height / window.size.height
    return LabelledFace(
        window.bounds.left + (float(centre[0]) + 0.5) * scale_x,
        window.bounds.top + (float(centre[1]) + 0.5) * scale_y,
        float(stats[cv2.CC_STAT_WIDTH] * scale_x),
        float(stats[cv2.CC_STAT_HEIGHT] * scale_y),
    )
