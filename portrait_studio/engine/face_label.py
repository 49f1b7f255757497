"""Where a face is by the parser: the largest of those that the hole touches."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.parsed_window import ParsedWindow
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
    window = parsed.window
    scale_x = window.bounds.width / window.size.width
    scale_y = window.bounds.height / window.size.height
    x, y = (float(value) for value in centres[index])
    return LabelledFace(
        window.bounds.left + (x + 0.5) * scale_x,
        window.bounds.top + (y + 0.5) * scale_y,
        float(stats[index][cv2.CC_STAT_WIDTH] * scale_x),
        float(stats[index][cv2.CC_STAT_HEIGHT] * scale_y),
    )
