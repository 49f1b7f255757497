"""Joints that the user put somewhere, kept in a plane: a pixel of value joint + 1 for each.

So they are undone, saved, and carried along by another canvas like everything else that he painted.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.document.deltas import TileRecorder
from portrait_studio.imaging.geometry import Bounds


def read_joints(plane: NDArray[np.uint8]) -> dict[int, tuple[float, float]]:
    """Positions (x, y) of joints by their number, in pixels.

    Args:
        plane: (H, W) uint8, 0 = nothing, else a joint + 1.
    """
    found = cv2.findNonZero(plane)
    if found is None:
        return {}
    places = [(int(x), int(y)) for x, y in found.reshape(-1, 2)]
    return {int(plane[y, x]) - 1: (x + 0.5, y + 0.5) for x, y in places}


def put_joint(plane: NDArray[np.uint8], recorder: TileRecorder, joint: int, x: float, y: float) -> None:
    """Put a joint somewhere, in place; at the nearest free pixel inside if there is another one.

    Args:
        plane: (H, W) uint8, 0 = nothing, else a joint + 1.
        recorder: hears of each pixel before it changes.
        joint: its number.
        x: where, in pixels.
        y: the same.
    """
    height, width = plane.shape
    before = read_joints(plane)
    if joint in before:
        _write(plane, recorder, *before.pop(joint), 0)
    taken = {(int(left), int(top)) for left, top in before.values()}
    column, row = min(width - 1, max(0, int(x))), min(height - 1, max(0, int(y)))
    # Of more pixels than there are other joints one is free.
    reach = range(-len(taken), len(taken) + 1)
    nearby = [(column + across, row + down) for across in reach for down in reach]
    free = [
        place for place in nearby if place not in taken and 0 <= place[0] < width and 0 <= place[1] < height
    ]
    nearest = min(free, key=lambda place: (place[0] - column) ** 2 + (place[1] - row) ** 2)
    _write(plane, recorder, *nearest, joint + 1)


def _write(plane: NDArray[np.uint8], recorder: TileRecorder, x: float, y: float, value: int) -> None:
    column, row = int(x), int(y)
    recorder.touch(Bounds(column, row, column + 1, row + 1))
    plane[row, column] = value
