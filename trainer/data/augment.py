"""Random windows of a photo for training, and the plain squash of the whole photo for validation.

Boxes are (left, top, width, height) in pixels of the photo, may be fractional and may reach beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, transformed, warped
from portrait_studio.networks.conventions import (
    KEYPOINTS,
    MIRROR_KEYPOINTS,
    MIRROR_LABELS,
    OPEN_LABELS,
)
from trainer.data.sample import Sample
from trainer.data.warping import warped_labels
from trainer.recipes.samples import AugmentConfig

Box = tuple[float, float, float, float]

_CLOSE = (1.4, 6.0)
"""Sides of close windows, in heads."""

_LEAST_CLOSE_PX = 64.0
_LEAST_HEAD_PX = 4.0
_SURE = 0.3


@dataclass(frozen=True)
class Head:
    """A head in a photo, in pixels: its middle, and its length from the upper neck to the top."""

    x: float
    y: float
    length: float


def augment(sample: Sample, size: int, rng: np.random.Generator, config: AugmentConfig) -> Sample:
    """A random window of the photo, scaled to a square and perhaps mirrored, with slightly other colours.

    Args:
        sample: photo (h, w, 3) uint8 RGB, labels (h, w) uint8 codes, keypoints (16, 3) x, y, confidence.
        size: side of the square in pixels.
        rng: source of all chance.
        config: how far to stray.

    Returns:
        Sample of (size, size). Beyond the photo's edge the image is mirrored and nothing is known of the
        labels (255); keypoints outside the square have confidence 0.
    """
    head = head_of(sample) if config.close and rng.random() < config.close else None
    if head is None and rng.random() < config.squash:
        cut = crop(sample, _whole(sample, rng), size)
    else:
        box = _window(sample, rng, config) if head is None else _close_window(sample, head, rng, config)
        cut = crop(sample, box, size, float(rng.uniform(-config.turn, config.turn)) if config.turn else 0.0)
    if rng.random() < config.flip:
        cut = flip(cut)
    image = cut.image
    if config.colour:
        image = jitter_colours(image, rng, config.colour)
    if config.grey and rng.random() < config.grey:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    return Sample(cut.key, image, cut.labels, cut.keypoints)


def whole_squash(sample: Sample, size: int) -> Sample:
    """The whole photo squashed to (size, size), as the papers measure."""
    height, width = sample.labels.shape
    return crop(sample, (0.0, 0.0, float(width), float(height)), size)


def crop(sample: Sample, box: Box, size: int, turn: float = 0.0) -> Sample:
    """The part of a photo inside `box`, scaled to (size, size); `augment` says what lies beyond the photo.

    Args:
        sample: the photo.
        box: the part.
        size: side of the square in pixels.
        turn: angle in degrees by which the box is turned clockwise about its middle, so that what it shows
            turns the other way.
    """
    matrix, extent = _to_square(box, size, turn), Extent(size, size)
    keypoints = sample.keypoints.copy()
    keypoints[:, :2] = transformed(matrix, sample.keypoints[:, :2])
    outside = ((keypoints[:, :2] < 0) | (keypoints[:, :2] >= size)).any(axis=1)
    keypoints[outside, 2] = 0
    labels = warped_labels(sample.labels, matrix, extent)
    return Sample(sample.key, warped(sample.image, matrix, extent), labels, keypoints)


def flip(sample: Sample) -> Sample:
    """The photo mirrored; left and right are the person's own, so labels and keypoints change their names."""
    width = sample.labels.shape[1]
    keypoints = sample.keypoints[list(MIRROR_KEYPOINTS)]
    keypoints[:, 0] = width - keypoints[:, 0]
    return Sample(
        sample.key,
        np.ascontiguousarray(sample.image[:, ::-1]),
        cv2.LUT(np.ascontiguousarray(sample.labels[:, ::-1]), _mirror_table()),
        keypoints,
    )


def varied(sample: Sample, rng: np.random.Generator, config: AugmentConfig) -> Sample:
    """The sample perhaps mirrored, with other colours."""
    if rng.random() < config.flip:
        sample = flip(sample)
    return replace(sample, image=jitter_colours(sample.image, rng, config.colour))


def jitter_colours(image: NDArray[np.uint8], rng: np.random.Generator, strength: float) -> NDArray[np.uint8]:
    """Other brightness, contrast, saturation and white balance.

    Args:
        image: (H, W, 3) uint8 RGB.
        rng: source of all chance.
        strength: 1 changes each by up to 20 % (white balance 6 %).
    """
    brightness, contrast, saturation = rng.uniform(-0.2, 0.2, 3) * strength
    balance = 1 + rng.uniform(-0.06, 0.06, 3) * strength
    grey = np.tile(np.array([0.299, 0.587, 0.114]), (3, 1))
    mix = (1 + saturation) * np.eye(3) - saturation * grey
    colour = (1 + contrast) * (1 + brightness) * balance[:, None] * mix
    # Contrast turns about middle grey.
    matrix = np.column_stack([colour, np.full(3, -contrast * 127.5)])
    changed: NDArray[np.uint8] = cv2.transform(image, matrix)
    return changed


def head_of(sample: Sample) -> Head | None:
    """Where the head is by the pose; None where that is not known, or the head only a few pixels long."""
    top, neck = (sample.keypoints[KEYPOINTS.index(name)] for name in ("head-top", "upper-neck"))
    if min(top[2], neck[2]) <= _SURE:
        return None
    length = float(np.hypot(*(top[:2] - neck[:2])))
    if length <= _LEAST_HEAD_PX:
        return None
    x, y = (top[:2] + neck[:2]) / 2
    return Head(float(x), float(y), length)


def _close_window(sample: Sample, head: Head, rng: np.random.Generator, config: AugmentConfig) -> Box:
    """From the face alone to head and chest; the frame may cut the head."""
    height, width = sample.labels.shape
    side = max(_LEAST_CLOSE_PX, head.length * float(np.exp(rng.uniform(*np.log(_CLOSE)))))
    ratio = float(np.exp(rng.uniform(-config.stretch, config.stretch)))
    box_width, box_height = side / np.sqrt(ratio), side * np.sqrt(ratio)
    left = head.x - box_width * rng.uniform(0.3, 0.7)
    top = head.y - box_height * rng.uniform(0.15, 0.55)
    return (
        float(np.clip(left, *sorted((0.0, width - box_width)))),
        float(np.clip(top, *sorted((0.0, height - box_height)))),
        box_width,
        box_height,
    )


def _whole(sample: Sample, rng: np.random.Generator) -> Box:
    """The whole photo or nearly so: at most a tenth is lost per axis."""
    height, width = sample.labels.shape
    share_x, share_y = 1 - 0.1 * rng.random(2) ** 2
    left, top = rng.random() * (1 - share_x) * width, rng.random() * (1 - share_y) * height
    return float(left), float(top), float(share_x * width), float(share_y * height)


def _window(sample: Sample, rng: np.random.Generator, config: AugmentConfig) -> Box:
    height, width = sample.labels.shape
    low, high = config.smallest * min(width, height), config.largest * max(width, height)
    side = float(np.exp(rng.uniform(np.log(low), np.log(max(low, high)))))
    # Some lean towards the photo's own shape, so that every aspect up to the whole photo's squash occurs.
    lean = rng.random() if rng.random() < config.lean else 0.0
    ratio = float(np.exp(rng.uniform(-config.stretch, config.stretch) + lean * np.log(height / width)))
    box_width = float(np.clip(side / np.sqrt(ratio), low, high))
    box_height = float(np.clip(side * np.sqrt(ratio), low, high))
    anchor_x, anchor_y = _anchor(sample, rng, config)
    return (
        _place(anchor_x, box_width, width, rng),
        _place(anchor_y, box_height, height, rng),
        box_width,
        box_height,
    )


def _anchor(sample: Sample, rng: np.random.Generator, config: AugmentConfig) -> tuple[float, float]:
    """A point that the window must contain: on the body, or anywhere."""
    height, width = sample.labels.shape
    x, y = int(rng.integers(width)), int(rng.integers(height))
    if rng.random() >= config.on_body:
        return float(x), float(y)
    for _ in range(12):
        if sample.labels[y, x] not in (0, *OPEN_LABELS):
            break
        x, y = int(rng.integers(width)), int(rng.integers(height))
    return float(x), float(y)


def _place(anchor: float, length: float, limit: int, rng: np.random.Generator) -> float:
    """Start of a stretch of `length` that holds the anchor and leaves the photo no more than it must."""
    start = anchor - length * rng.uniform(0.2, 0.8)
    low, high = sorted((0.0, limit - length))
    return float(np.clip(start, low, high))


def _to_square(box: Box, size: int, turn: float) -> Transform:
    """From pixels of the photo to those of the square, whose middle shows the box's."""
    left, top, width, height = box
    angle = np.deg2rad(turn)
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    scaled = np.array([[size / width], [size / height]]) * back
    return np.column_stack([scaled, size / 2 - scaled @ (left + width / 2, top + height / 2)])


def _mirror_table() -> NDArray[np.uint8]:
    table: NDArray[np.uint8] = np.arange(256, dtype=np.uint8)
    table[: len(MIRROR_LABELS)] = MIRROR_LABELS
    return table
