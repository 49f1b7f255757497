"""Protocols with a reference: another photo, made of the same one, knows what the hole hides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent, Margins
from portrait_studio.imaging.similarity import warped
from portrait_studio.networks.conventions import FACE, KEYPOINTS
from trainer.data.holes import Mask, body_rectangle, person_of
from trainer.data.packs import PackedSet
from trainer.data.sample import LabelArray, Sample
from trainer.protocols.case import Case, case_of, first_cases, generator_of, measurable
from trainer.protocols.hidden_shoe import SHOES
from trainer.protocols.natural import Sources, at_source_size

Image = NDArray[np.uint8]

_LEAST_SHOES: Final = 0.001
"""Of the photo."""
_MOST_ROWS: Final = 0.22
"""Of the photo, that are cut off: shoes and ankles, and one step for the networks."""
_ABOVE: Final = 0.012
"""How far above the shoes the photo is cut, in its heights."""
_FRAME_PX: Final = 3

_SCALES: Final = (0.7, 1.4)
_MOST_SHIFT: Final = 0.07
"""Of the photo's sides that may be missing from a reference, each; below nothing is."""
_GAIN, _GAMMA, _TINT, _SLOPE = 0.2, 0.18, 0.05, 0.1
_NOISE: Final = 1.5
_BENT: Final = 0.2
"""By how much lower legs lean to a side in another pose, most, in their lengths."""
_SHANKS: Final = (0.93, 1.07)
_GROUND_BLUR: Final = 0.05
"""Of the photo's long side: what is behind a person elsewhere shows nobody else."""
_KNEES: Final = tuple(KEYPOINTS.index(name) for name in ("left-knee", "right-knee"))

_NO_FEET: Final = "No photo of the split shows both shoes above its lower edge."

_LEAST_FACE_PX: Final = 24
_FACE_HOLE: Final = 0.6
_BODY_EDGES: Final = (0.15, 0.35)


def feet_with_reference(
    photos: PackedSet, limit: int | None = None, source: Sources = None
) -> Iterator[Case]:
    """Photos whose rows from above the shoes on are cut off, to be recovered as an extension of the canvas.

    The reference of each is the same photo whole: mirrored, scaled by 0.7 to 1.4, in another light, shifted.

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo shows both shoes, or the file of one is missing.
    """
    for case, sample, _ in first_cases(_without_feet(photos, source), limit, _NO_FEET):
        yield _with_reference(case, generator_of("reference", sample.key))


def feet_with_other_pose(
    photos: PackedSet, limit: int | None = None, source: Sources = None
) -> Iterator[Case]:
    """The same holes; the reference shows the person at another place, and the legs in another pose.

    She is cut out by her labels and stands before another photo, which is blurred; her lower legs lean to a
    side and are longer or shorter; mirrored or not, scaled, in another light and shifted as above.

    Args:
        photos: packed photos, of which those with full labels and both knees are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo shows both shoes, or the file of one is missing.
    """
    found = _without_feet(photos, source, needs_knees=True)
    for case, sample, other in first_cases(found, limit, _NO_FEET):
        rng = generator_of("reference-pose", sample.key)
        picture = made_reference(_elsewhere(sample, photos[other].image, rng), rng)
        if rng.random() < 0.5:
            picture = np.ascontiguousarray(picture[:, ::-1])
        yield replace(case, references=(picture,))


def _without_feet(
    photos: PackedSet, source: Sources, *, needs_knees: bool = False
) -> Iterator[tuple[Case, Sample, int]]:
    """Photos whose rows from above the shoes on are hidden, and the position of another photo each."""
    order = measurable(photos, None)
    for place, index in enumerate(order):
        sample = at_source_size(photos[index], source)
        rows = _rows_of_feet(sample.labels)
        if rows is None or (needs_knees and not (sample.keypoints[list(_KNEES), 2] > 0).all()):
            continue
        mask = np.zeros(sample.labels.shape, np.uint8)
        mask[-rows:] = 255
        case = replace(case_of(sample, mask, "feet"), extension=Margins(bottom=rows))
        yield case, sample, order[(place + 1) % len(order)]


def _elsewhere(sample: Sample, other: Image, rng: np.random.Generator) -> Image:
    """The person of a photo before another one, (h, w, 3), with legs in another pose."""
    height, width = sample.labels.shape
    knee = float(sample.keypoints[list(_KNEES), 1].mean())
    lean, stretch = float(rng.uniform(-_BENT, _BENT)), float(rng.uniform(*_SHANKS))
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    below = np.maximum(rows - np.float32(knee), 0.0)
    places = (
        columns - np.float32(lean) * below,
        np.minimum(rows, np.float32(knee)) + below / np.float32(stretch),
    )
    person = (sample.labels > 0).astype(np.float32)
    share = cv2.GaussianBlur(cv2.remap(person, *places, cv2.INTER_LINEAR), (0, 0), 0.7)[..., None]
    moved = cv2.remap(sample.image, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ground = cv2.resize(other, (width, height), interpolation=cv2.INTER_AREA)
    ground = cv2.GaussianBlur(ground, (0, 0), _GROUND_BLUR * max(height, width))
    return np.asarray(np.rint(ground + (moved.astype(np.float32) - ground) * share), np.uint8)


def holes_with_reference(
    photos: PackedSet, limit: int | None = None, source: Sources = None
) -> Iterator[Case]:
    """Photos with a rectangle over the body or a square over the face, in turn, and references as above.

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo has full labels, or the file of one is missing.
    """
    for place, index in enumerate(measurable(photos, limit)):
        sample = at_source_size(photos[index], source)
        rng = generator_of("reference-holes", sample.key)
        face = _face_hole(sample) if place % 2 else None
        width = sample.labels.shape[1]
        low, high = (max(1, round(share * width)) for share in _BODY_EDGES)
        mask = body_rectangle(person_of(sample.labels), rng, (low, high)) if face is None else face
        yield _with_reference(case_of(sample, mask, "body" if face is None else "face"), rng)


def made_reference(image: Image, rng: np.random.Generator) -> Image:
    """The same photo mirrored, scaled, in another light, and with a little missing at three of its sides.

    Args:
        image: (H, W, 3) uint8 RGB.
        rng: source of chance.

    Returns:
        (h, w, 3) uint8 RGB.
    """
    height, width = image.shape[:2]
    scale = float(np.exp(rng.uniform(*np.log(_SCALES))))
    left, right, top = (float(share) for share in rng.uniform(0, _MOST_SHIFT, 3))
    size = Extent(round(scale * width * (1 - left - right)), round(scale * height * (1 - top)))
    mirrored = np.array([[-scale, 0.0, scale * width * (1 - left)], [0.0, scale, -scale * height * top]])
    picture = warped(image, mirrored, size).astype(np.float64) / 255
    gamma = float(np.exp(rng.normal(0, _GAMMA)))
    gain = np.exp(rng.uniform(-_GAIN, _GAIN)) * np.exp(rng.normal(0, _TINT, 3))
    slopes = rng.uniform(-_SLOPE, _SLOPE, 2)
    across, down = np.linspace(-1, 1, size.width)[None, :], np.linspace(-1, 1, size.height)[:, None]
    lit = picture**gamma * gain * (1 + slopes[0] * across + slopes[1] * down)[..., None]
    noisy = lit * 255 + rng.normal(0, _NOISE, lit.shape)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)


def _with_reference(case: Case, rng: np.random.Generator) -> Case:
    return replace(case, references=(made_reference(case.image, rng),))


def _rows_of_feet(labels: LabelArray) -> int | None:
    """So many rows to cut off that both shoes go; None where they are not both whole in the photo."""
    shoes = [labels == shoe for shoe in SHOES]
    if min(int(np.count_nonzero(shoe)) for shoe in shoes) < _LEAST_SHOES * labels.size / 2:
        return None
    rows = np.flatnonzero((shoes[0] | shoes[1]).any(1))
    height = labels.shape[0]
    if rows[-1] >= height - _FRAME_PX:
        return None
    # A few stray pixels of a label do not make a shoe.
    amount = np.cumsum((shoes[0] | shoes[1]).sum(1))
    top = int(np.searchsorted(amount, 0.02 * amount[-1]))
    hidden = height - top + round(_ABOVE * height)
    return hidden if hidden <= _MOST_ROWS * height else None


def _face_hole(sample: Sample) -> Mask | None:
    """A square over most of the face; None where it is tiny."""
    rows, columns = np.nonzero(sample.labels == FACE)
    if rows.size == 0:
        return None
    side = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
    if side < _LEAST_FACE_PX:
        return None
    half = round(_FACE_HOLE * side / 2)
    y, x = round(float(rows.mean())), round(float(columns.mean()))
    mask = np.zeros(sample.labels.shape, np.uint8)
    mask[max(0, y - half) : y + half, max(0, x - half) : x + half] = 255
    return mask
