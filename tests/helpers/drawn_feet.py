"""Two drawn legs in shoes, and what a parser might say when one of the shoes is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent

LEFT_SHOE, RIGHT_SHOE, LEFT_LEG, RIGHT_LEG = 9, 10, 12, 13

COLOURS: Final = {
    0: (150, 150, 145),
    LEFT_SHOE: (40, 60, 190),
    RIGHT_SHOE: (40, 60, 190),
    LEFT_LEG: (215, 165, 130),
    RIGHT_LEG: (215, 165, 130),
}
TOE: Final = (230, 220, 40)
"""Colour of a shoe's tip, which has no label of its own."""

_SHOE: Final = ((-11, -4), (11, -4), (13, 8), (34, 18), (36, 26), (-12, 26))
_TIP: Final = ((24, 14), (34, 18), (36, 26), (24, 26))


@dataclass(frozen=True, eq=False)
class DrawnFeet:
    """A photo of two feet.

    Attributes:
        image: (260, 240, 3) uint8 RGB.
        labels: (260, 240) uint8.
        hole: (260, 240) uint8, 255 over the shoe on the right side of the picture and some ground around.
    """

    image: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    hole: NDArray[np.uint8]

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """(260, 240) bool: the hidden shoe."""
        return np.asarray((self.labels == LEFT_SHOE) & (self.hole > 0))


def drawn_feet(
    left_points: int = -1, right_points: int = 1, mate_at: tuple[int, int] = (70, 190), light: float = 1.0
) -> DrawnFeet:
    """Draw them.

    Args:
        left_points: whether the toes of the foot on the left side point left (-1) or right (1).
        right_points: the same of the foot on the right side, which is to be hidden.
        mate_at: ankle (x, y) of the foot on the left side.
        light: factor of the brightness of the foot on the right side.
    """
    image = np.full((260, 240, 3), COLOURS[0], np.uint8)
    labels = np.zeros((260, 240), np.uint8)
    hidden_at = (165, 190)
    for (x, y), points, shoe, leg, gain in (
        (mate_at, left_points, RIGHT_SHOE, RIGHT_LEG, 1.0),
        (hidden_at, right_points, LEFT_SHOE, LEFT_LEG, light),
    ):
        for shape, label, colour in (
            (((-9, -150), (9, -150), (9, 0), (-9, 0)), leg, COLOURS[leg]),
            (_SHOE, shoe, COLOURS[shoe]),
            (_TIP, shoe, TOE),
        ):
            corners = np.array([[x + points * across, y + down] for across, down in shape], np.int32)
            cv2.fillPoly(image, [corners], tuple(gain * value for value in colour))
            cv2.fillPoly(labels, [corners], label)
    noise = np.random.default_rng(4).integers(-6, 7, image.shape)
    hole = np.zeros(labels.shape, np.uint8)
    cv2.ellipse(hole, (165 + 12 * right_points, 202), (42, 30), 0, 0, 360, 255, cv2.FILLED)
    return DrawnFeet(np.clip(image + noise, 0, 255).astype(np.uint8), labels, hole)


def guessed(feet: DrawnFeet, likely: float = 0.9) -> ParsedWindow:
    """What a parser says: the truth where it sees, in the hole an ellipse about the hidden shoe."""
    labels = feet.labels.copy()
    blob = np.zeros(labels.shape, np.uint8)
    rows, columns = np.nonzero(feet.hidden)
    if rows.size:
        centre = round(float(columns.mean())), round(float(rows.mean()))
        axes = round(1.9 * float(columns.std())), round(1.9 * float(rows.std()))
        cv2.ellipse(blob, centre, axes, 0, 0, 360, 1, cv2.FILLED)
    in_hole = feet.hole > 0
    labels[in_hole] = np.where(blob, LEFT_SHOE, np.where(labels == LEFT_LEG, LEFT_LEG, 0))[in_hole]
    probabilities = np.eye(18, dtype=np.float32)[labels]
    probabilities[in_hole] *= likely
    probabilities[in_hole, 0] += 1 - likely
    height, width = labels.shape
    extent = Extent(width, height)
    heatmaps = np.zeros((-(-height // 4), -(-width // 4), 16), np.float32)
    return ParsedWindow(Window(Bounds.of(extent), extent), probabilities, heatmaps)


class ColourParser(nn.Module):
    """Tells labels by colour where it sees, and says "shoe" in all of the hole."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Identity()

    def forward(self, image: Tensor, mask: Tensor) -> SimpleNamespace:
        count, _, height, width = self.look(image).shape
        entries = [(label, COLOURS[label]) for label in (0, RIGHT_SHOE, RIGHT_LEG)]
        entries.append((RIGHT_SHOE, TOE))
        logits = torch.full((count, 18, height, width), -9.0)
        for label, colour in entries:
            wanted = torch.tensor(colour).view(1, 3, 1, 1) / 127.5 - 1
            near = -20 * (image - wanted).square().sum(1)
            logits[:, label] = torch.maximum(logits[:, label], near)
        hidden = torch.full((18,), -9.0)
        hidden[LEFT_SHOE] = 9.0
        logits = torch.where(mask > 0, hidden.view(1, 18, 1, 1), logits)
        heatmaps = torch.zeros(count, 16, height // 4, width // 4)
        return SimpleNamespace(refined=logits, logits=logits, heatmaps=heatmaps)
