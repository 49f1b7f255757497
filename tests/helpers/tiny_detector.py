"""A detection network that sees plain colours: red is a person, green a dog, blue a cat."""

from __future__ import annotations

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.networks.coco import CLASSES
from portrait_studio.networks.detection import Boxes

COLOURS = {"person": 0, "dog": 1, "cat": 2}


class TinyDetector(nn.Module):
    """Tells a box around each patch of plain colour, the surer the purer it is; grey is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Identity()
        self.seen: list[tuple[int, int]] = []

    def forward(self, image: Tensor) -> Boxes:
        height, width = image.shape[2:]
        assert (height % 32, width % 32, image.shape[:2]) == (0, 0, (1, 3))
        self.seen.append((width, height))
        picture = self.look(image)[0].numpy()
        found = [(kind, *one) for kind, channel in COLOURS.items() for one in _patches(picture, channel)]
        corners = np.array([box for _, box, _ in found], np.float32).reshape(1, -1, 4)
        scores = np.zeros((1, len(found), len(CLASSES)), np.float32)
        for number, (kind, _, score) in enumerate(found):
            scores[0, number, CLASSES.index(kind)] = score
        return Boxes(torch.from_numpy(corners), torch.from_numpy(scores))


def _patches(picture: NDArray[np.float32], channel: int) -> list[tuple[list[int], float]]:
    others = np.delete(picture, channel, axis=0).max(axis=0)
    plain = ((picture[channel] > 0.3) & (others < -0.3)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(plain, connectivity=8)
    boxes = [stats[number] for number in range(1, count)]
    return [([x, y, x + w, y + h], 0.9) for x, y, w, h, _ in boxes]
