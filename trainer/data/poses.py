"""Poses of other detectors as the 16 keypoints of LIP.

Sources: MediaPipe's BlazePose (33 points) and OpenPose (18 points in COCO order, or 25). They name sides as
the person has them, as LIP does. None has LIP's four points on the axis of the body; they are derived:

- pelvis: middle of the hips; thorax: middle of the shoulders;
- upper neck: `NECK_SHARE` of the way from the thorax to the mouth (BlazePose) or `NECK_SHARE_TO_NOSE` of
  the way to the nose (OpenPose, which has no mouth), which is about the height of the chin;
- head top: as far beyond the eyes as `HEAD_SHARE` of the distance from the upper neck to the eyes.

A derived point is as certain as the least certain of the points that it came from. Points outside the
photo are guesses of the detector and get confidence 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import KEYPOINT_COUNT, KEYPOINTS
from trainer.data.mappings import BLAZEPOSE_LIMBS, OPENPOSE18_LIMBS, OPENPOSE25_LIMBS
from trainer.data.sample import PointArray

BLAZEPOSE_COUNT: Final = 33
OPENPOSE18_COUNT: Final = 18
OPENPOSE25_COUNT: Final = 25

NECK_SHARE: Final = 0.7
NECK_SHARE_TO_NOSE: Final = 0.55
HEAD_SHARE: Final = 0.95


@dataclass(frozen=True, eq=False)
class DetectedPose:
    """What BlazePose found in one photo.

    Attributes:
        size: width and height in pixels of the photo that the points belong to.
        landmarks: (33, 3) float32: x, y in pixels, visibility in [0, 1].
    """

    size: tuple[int, int]
    landmarks: PointArray


def read_blazepose(path: Path) -> dict[str, DetectedPose]:
    """Poses by photo id from a `blazepose.json`.

    Raises:
        DataSetError: the file is missing or not of that form.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: _detected(entry) for name, entry in entries.items()}
    except OSError as error:
        raise DataSetError(
            f"The poses {path} cannot be read; put the file there, or name another one with --poses."
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise DataSetError(f"The poses {path} are damaged ({error}); copy the data set anew.") from error


def _detected(entry: dict[str, Any]) -> DetectedPose:
    landmarks = np.asarray(entry["landmarks"], np.float32)
    if landmarks.shape != (BLAZEPOSE_COUNT, 3):
        raise ValueError(f"{landmarks.shape} instead of 33 x 3 landmarks")
    width, height = entry["size"]
    return DetectedPose((int(width), int(height)), landmarks)


def _middle(first: PointArray, second: PointArray) -> PointArray:
    return np.array([*((first[:2] + second[:2]) / 2), min(first[2], second[2])], np.float32)


def _between(start: PointArray, end: PointArray, share: float) -> PointArray:
    """Point on the line through two points; `share` 0 is the first, 1 the second, above 1 beyond it."""
    return np.array([*(start[:2] + share * (end[:2] - start[:2])), min(start[2], end[2])], np.float32)


def _with_axis(
    limbs: dict[str, PointArray], mouth: PointArray, eyes: PointArray, neck_share: float
) -> PointArray:
    """All 16 keypoints (16, 3) from the 12 of the limbs, a point on the face's axis, and the eyes' middle."""
    points = dict(limbs)
    points["pelvis"] = _middle(limbs["right-hip"], limbs["left-hip"])
    points["thorax"] = _middle(limbs["right-shoulder"], limbs["left-shoulder"])
    points["upper-neck"] = _between(points["thorax"], mouth, neck_share)
    points["head-top"] = _between(points["upper-neck"], eyes, 1.0 + HEAD_SHARE)
    keypoints = np.stack([points[name] for name in KEYPOINTS]).astype(np.float32)
    keypoints[keypoints[:, 2] <= 0] = 0
    assert keypoints.shape == (KEYPOINT_COUNT, 3)
    return keypoints


def lip_from_blazepose(landmarks: PointArray) -> PointArray:
    """LIP's keypoints (16, 3) from BlazePose's landmarks (33, 3): float32 x, y in pixels, confidence."""
    limbs = {name: landmarks[index] for name, index in BLAZEPOSE_LIMBS.items()}
    return _with_axis(
        limbs, _middle(landmarks[9], landmarks[10]), _middle(landmarks[2], landmarks[5]), NECK_SHARE
    )


def lip_from_openpose(points: PointArray) -> PointArray:
    """LIP's keypoints (16, 3) from OpenPose's 18 or 25 points (n, 3): float32 x, y in pixels, confidence."""
    small = len(points) == OPENPOSE18_COUNT
    table, eyes = (OPENPOSE18_LIMBS, (14, 15)) if small else (OPENPOSE25_LIMBS, (15, 16))
    limbs = {name: points[index] for name, index in table.items()}
    return _with_axis(limbs, points[0], _middle(points[eyes[0]], points[eyes[1]]), NECK_SHARE_TO_NOSE)


def forget_outside(keypoints: PointArray, width: int, height: int) -> PointArray:
    """The keypoints (n, 3) with those outside an image of that size set to zero (confidence 0 = unknown)."""
    inside = (
        (keypoints[:, 0] >= 0)
        & (keypoints[:, 0] < width)
        & (keypoints[:, 1] >= 0)
        & (keypoints[:, 1] < height)
    )
    return np.where(inside[:, None], keypoints, np.float32(0)).astype(np.float32)
