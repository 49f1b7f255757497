"""A face completion network that finds coloured dots: where they are is what it says of the landmarks."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.networks.face_completion import FACE_PARTS, LANDMARKS, FaceCompletionOutput

RIGHT_EYE, LEFT_EYE, MOUTH = (255, 0, 0), (0, 255, 0), (0, 0, 255)
"""Colours of the dots; everything else must be grey."""

_DOTS = (((0, 1), 0, (41, 54)), ((2, 3), 1, (87, 54)), ((4, 5, 6, 7), 2, (64, 90)))
"""Landmarks that stand for a dot, its colour's channel, and where it lies in an aligned window."""

Photo = NDArray[np.uint8]


def dotted_face(size: tuple[int, int], places: list[tuple[float, float]], radius: int = 6) -> Photo:
    """A grey photo (h, w, 3) of `size` (width, height) with a dot at right eye, left eye and mouth."""
    photo: Photo = np.full((size[1], size[0], 3), 128, np.uint8)
    for (x, y), colour in zip(places, (RIGHT_EYE, LEFT_EYE, MOUTH), strict=True):
        # Pixel centres lie at + 0.5.
        cv2.circle(photo, (round(x - 0.5), round(y - 0.5)), radius, colour, -1)
    return photo


class TinyFaceCompletion(nn.Module):
    """Paints everything in one colour, and all of it one part of the face.

    Where a dot is hidden it takes the place that the dot would have in an aligned window.
    """

    def __init__(
        self, colour: tuple[float, float, float] = (1.0, -1.0, -1.0), sure: bool = True, part: str = "skin"
    ) -> None:
        super().__init__()
        self.colour, self.sure, self.part = colour, sure, part
        self.looks: list[int] = []
        self.look = nn.Identity()

    def forward(self, image: Tensor, mask: Tensor) -> FaceCompletionOutput:
        assert image.shape[1:] == (3, 128, 128)
        assert bool((image[mask.expand_as(image) > 0] == 0).all())
        image = self.look(image)
        self.looks.append(len(image))
        landmarks = torch.full((len(image), len(LANDMARKS), 2), 64.0)
        for number, picture in enumerate(image):
            for places, channel, expected in (
                ((0, 1), 0, (41, 54)),
                ((2, 3), 1, (87, 54)),
                ((4, 5, 6, 7), 2, (64, 90)),
            ):
                others = [other for other in range(3) if other != channel]
                weight = (picture[channel] - picture[others].amax(0)).clamp_min(0)
                weight = weight * (weight > 0.2)
                landmarks[number, list(places)] = _middle(weight, expected)
        scales = torch.full((len(image), len(LANDMARKS)), 1.0 if self.sure else 30.0)
        painted = torch.tensor(self.colour).view(1, 3, 1, 1).expand(len(image), 3, 128, 128)
        parts = torch.zeros(len(image), len(FACE_PARTS), 64, 64)
        parts[:, FACE_PARTS.index(self.part)] = 20
        return FaceCompletionOutput(painted, parts, landmarks, scales)


def _middle(weight: Tensor, expected: tuple[int, int]) -> Tensor:
    total = weight.sum()
    if total < 1:
        return torch.tensor(expected, dtype=torch.float32)
    line = torch.arange(128) + 0.5
    return torch.stack([(weight.sum(0) * line).sum(), (weight.sum(1) * line).sum()]) / total
