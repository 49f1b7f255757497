"""Things to be cut out: parts of photos in their own place, parts pasted from others, and drawn shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import (
    IGNORE_LABEL,
    LABEL_COUNT,
    LABELS,
    OPEN_LABELS,
    PARTIAL_LABELS,
    THINGS,
)
from trainer.data.augment import jitter_colours
from trainer.data.sample import Sample

PERSON: Final = -1
"""Stands for the whole person, with all they wear, where a label is asked for."""

_SMALLEST: Final = 60
"""Pixels of a part that is worth cutting out."""

_ACCESSORY_WEIGHT: Final = 4.0
_PERSON_WEIGHT: Final = 2.0


@dataclass(frozen=True, eq=False)
class Thing:
    """A thing in a picture.

    Attributes:
        image: (h, w, 3) uint8 RGB, everything visible.
        truth: (h, w) uint8: 1 the thing, 0 not, 255 not known.
        name: what it is, for tables: a label, "person", "pasted" or "drawn".
    """

    image: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    name: str


def labels_to_cut(labels: NDArray[np.uint8]) -> list[int]:
    """Which labels of a map (h, w), and whether the `PERSON`, are known well enough to be cut out."""
    counts = np.bincount(labels.ravel(), minlength=256)
    found = [label for label in range(1, LABEL_COUNT) if counts[label] >= _SMALLEST]
    undecided = sum(int(counts[code]) for code in OPEN_LABELS)
    person = labels.size - int(counts[0]) - undecided
    if undecided < 0.05 * labels.size and person > 0.01 * labels.size:
        found.append(PERSON)
    return found


def parts_of(labels: NDArray[np.uint8], label: int) -> list[NDArray[np.bool_]]:
    """Parts (h, w) bool of a label, or of the `PERSON`: connected ones, but accessories as a whole."""
    if label == PERSON:
        return _components(cv2.LUT(labels, _person_table()) > 0)
    mask = labels == label
    return [mask] if LABELS[label] in THINGS else _components(mask)


def own_thing(sample: Sample, rng: np.random.Generator) -> Thing | None:
    """A part of a photo in its own place; None where nothing is labelled exactly.

    Accessories are drawn four times as often as garments and limbs. Pixels that may belong to the part
    without the label map saying so are not known.
    """
    label, part = _any_part(sample, rng)
    return None if part is None else Thing(sample.image, truth_of(sample.labels, label, part), name_of(label))


def truth_of(labels: NDArray[np.uint8], label: int, part: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(h, w) uint8 for a part of a label map: 1 the part, 0 not, 255 where the map leaves it open."""
    truth = part.astype(np.uint8)
    if label == PERSON:
        doubtful = np.isin(labels, OPEN_LABELS)
    else:
        codes = [code for code, members in PARTIAL_LABELS.items() if label in members]
        # Another part of the same label may be the same thing: a bag behind its strap, the other shoe.
        doubtful = np.isin(labels, [*codes, IGNORE_LABEL]) | ((labels == label) & ~part)
    truth[doubtful & ~part] = IGNORE_LABEL
    return truth


def pasted_thing(sample: Sample, donor: Sample, rng: np.random.Generator) -> Thing | None:
    """A part of the donor laid over a photo: turned, mirrored, scaled, in another light, with a soft edge.

    Returns None where the donor has no part to give.
    """
    _, part = _any_part(donor, rng)
    if part is None:
        return None
    ys, xs = np.nonzero(part)
    cut = slice(ys.min(), ys.max() + 1), slice(xs.min(), xs.max() + 1)
    colours = jitter_colours(donor.image[cut], rng, 1.0)
    matrix = _placement(part[cut].shape, sample.labels, rng)
    size = sample.labels.shape[::-1]
    alpha = cv2.warpAffine(part[cut].astype(np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    alpha = cv2.GaussianBlur(alpha, (0, 0), float(rng.uniform(0.4, 1.1)))
    laid = cv2.warpAffine(colours, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _composed(sample.image, laid, alpha, "pasted")


def drawn_thing(sample: Sample, texture: Sample, rng: np.random.Generator) -> Thing | None:
    """A shape, stroke or text over a photo, in one colour or a foreign texture, perhaps half transparent.

    Returns None where too little of it lies in the photo.
    """
    height, width = sample.labels.shape
    drawn = _DRAWINGS[int(rng.integers(len(_DRAWINGS)))](height, width, rng)
    alpha = cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), float(rng.uniform(0.3, 0.9)))
    if rng.random() < 0.4:
        laid = cv2.resize(texture.image, (width, height), interpolation=cv2.INTER_AREA)
    else:
        colour = rng.integers(0, 256, 3)
        laid = np.full((height, width, 3), colour, np.uint8)
    strength = float(rng.uniform(0.5, 0.9)) if rng.random() < 0.25 else 1.0
    return _composed(sample.image, laid, alpha, "drawn", strength)


def name_of(label: int) -> str:
    """What a part is called in tables."""
    return "person" if label == PERSON else LABELS[label]


def _any_part(sample: Sample, rng: np.random.Generator) -> tuple[int, NDArray[np.bool_] | None]:
    labels = labels_to_cut(sample.labels)
    if not labels:
        return 0, None
    weights = np.array([_weight(label) for label in labels])
    label = labels[int(rng.choice(len(labels), p=weights / weights.sum()))]
    parts = parts_of(sample.labels, label)
    return label, parts[int(rng.integers(len(parts)))] if parts else None


def _person_table() -> NDArray[np.uint8]:
    table = np.ones(256, np.uint8)
    table[[0, *OPEN_LABELS]] = 0
    return table


def _composed(
    image: NDArray[np.uint8],
    laid: NDArray[np.uint8],
    alpha: NDArray[np.float32],
    name: str,
    strength: float = 1,
) -> Thing | None:
    truth = (alpha > 0.5).astype(np.uint8)
    if truth.sum() < _SMALLEST:
        return None
    share = (alpha * np.float32(strength))[..., None]
    mixed = image * (1 - share) + laid * share
    return Thing(np.rint(mixed).clip(0, 255).astype(np.uint8), truth, name)


def _placement(
    shape: tuple[int, ...], labels: NDArray[np.uint8], rng: np.random.Generator
) -> NDArray[np.float64]:
    """From pixels of a cut-out (h, w) to those of the photo, so that its middle lies on or near the body."""
    height, width = labels.shape
    scale = float(np.exp(rng.uniform(np.log(0.6), np.log(1.5))))
    scale *= min(1.0, 0.7 * min(height, width) / (scale * max(shape)))
    angle = np.deg2rad(rng.normal(0, 25))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    turn = scale * np.array(
        [[mirror * np.cos(angle), -np.sin(angle)], [mirror * np.sin(angle), np.cos(angle)]]
    )
    x, y = rng.uniform(0.1, 0.9, 2) * (width, height)
    body = np.argwhere((labels != 0) & (labels != IGNORE_LABEL)) if rng.random() < 0.7 else np.empty((0, 2))
    if len(body):
        y, x = body[int(rng.integers(len(body)))]
    middle = np.array([shape[1] / 2, shape[0] / 2])
    return np.column_stack([turn, np.array([x, y]) - turn @ middle])


def _shape(height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    drawn = np.zeros((height, width), np.uint8)
    reach = min(height, width) * rng.uniform(0.06, 0.3)
    middle = rng.uniform(0.15, 0.85, 2) * (width, height)
    count = int(rng.integers(3, 9))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    radii = reach * rng.uniform(0.5, 1.2, count)
    points = middle + np.stack([np.cos(angles) * radii, np.sin(angles) * radii], axis=1)
    if rng.random() < 0.4:
        axes = tuple(float(v) for v in np.maximum(4, reach * rng.uniform(0.6, 2, 2)))
        cv2.ellipse(drawn, (tuple(map(float, middle)), axes, float(rng.uniform(0, 180))), 255, -1)
    else:
        cv2.fillPoly(drawn, [np.rint(points).astype(np.int32)[:, None]], 255)
    return drawn


def _stroke(height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    drawn = np.zeros((height, width), np.uint8)
    reach = min(height, width) * rng.uniform(0.1, 0.5)
    start = rng.uniform(0.15, 0.85, 2) * (width, height)
    turns = np.cumsum(rng.normal(0, 0.5, 8)) + rng.uniform(0, 2 * np.pi)
    path = start + np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach / 8, axis=0)
    thickness = int(rng.integers(3, max(4, min(height, width) // 20)))
    cv2.polylines(drawn, [np.rint(path).astype(np.int32)[:, None]], False, 255, thickness)
    return drawn


def _text(height: int, width: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    drawn = np.zeros((height, width), np.uint8)
    letters = "".join(chr(int(c)) for c in rng.integers(ord("A"), ord("Z") + 1, int(rng.integers(1, 6))))
    scale = min(height, width) / 256 * rng.uniform(0.8, 2.6)
    place = (int(rng.uniform(0.05, 0.6) * width), int(rng.uniform(0.2, 0.9) * height))
    font = int(
        rng.choice([cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX])
    )
    cv2.putText(drawn, letters, place, font, scale, 255, int(rng.integers(2, 7)))
    return drawn


_DRAWINGS: Final = (_shape, _shape, _stroke, _text)


def _weight(label: int) -> float:
    if label == PERSON:
        return _PERSON_WEIGHT
    return _ACCESSORY_WEIGHT if LABELS[label] in THINGS else 1.0


def _components(mask: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= _SMALLEST]
    return [numbered == index for index in large]
