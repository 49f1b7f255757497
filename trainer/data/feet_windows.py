"""Windows with both feet of a person, always the same ones: what the feet network is to know by heart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, transformed, warped
from portrait_studio.networks.conventions import KEYPOINTS, LABEL_COUNT, LABELS
from portrait_studio.networks.feet import ANKLES, FEET_LABELS, FEET_SIDE, SHIN_PX
from trainer.data.batch import RawBatch
from trainer.data.pack_format import PackedPhoto
from trainer.data.packs import PackedSet
from trainer.data.sample import PointArray, Sample
from trainer.data.samplers import Draw, Sampler, collate
from trainer.data.warping import warped_labels
from trainer.recipes.config import Recipe

_SIZE: Final = Extent(FEET_SIDE, FEET_SIDE)
_SHOES: Final = tuple(LABELS.index(name) for name in ("left-shoe", "right-shoe"))
_GARMENT: Final = LABELS.index("pants")
_HEM: Final = tuple(LABELS.index(name) for name in ("skirt", "pants", "dress", "upper-clothes"))
_KNEES: Final = tuple(KEYPOINTS.index(name) for name in ("left-knee", "right-knee"))
_ANKLES: Final = tuple(KEYPOINTS.index(name) for name in ("left-ankle", "right-ankle"))

_SURE: Final = 0.4
_LEAST_SHIN_PX: Final = 80.0
"""In the photo: smaller feet show too little."""
_LEAST_SHOE_PX: Final = 350
_MOST_UNLIKE: Final = 2.2
"""Ratio of the areas of two shoes, beyond which one of them is not seen whole."""
_MOST_APART: Final = 0.75
"""Distance of the ankles, in shins, at most."""
_LEAST_APART: Final = 0.15
"""The same, at least: feet that hide one another cannot be used one by one."""
_LEAST_SOLID: Final = 0.75
"""Share of a shoe's convex hull that it fills: heels leave some of it open, wrong labels more."""
_SIDES_PX: Final = 7
_WEAKEST: Final = 0.2
"""Quantile of the contrast along the outline by which photos are compared."""
_NEAR_ANKLE: Final = 0.55
"""How far the middle of a shoe lies from its ankle at most, in shins."""
_AROUND_PX: Final = 5
"""How far beyond feet and legs their colours go on, so that no edge brings along what stood behind."""


class FeetSampler(Sampler):
    """The windows of `chosen_feet`, as they are.

    `image` shows feet and legs, their colours continued beyond them, and `mask` is where that counts.
    """

    def __init__(self, recipe: Recipe, photos: PackedSet) -> None:
        """Look for feet that can be learnt.

        Raises:
            DataSetError: there are too few.
        """
        super().__init__(recipe, photos)
        windows = chosen_feet(photos, int(recipe.network["pairs"]))
        self._windows = {key: (window, _counted(window.labels)) for key, window in windows.items()}

    def takes(self, photo: PackedPhoto) -> bool:
        """Whether its feet were chosen."""
        return photo.key in self._windows

    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A window for each draw."""
        keys = [self.photos.photos[draw.photo()].key for draw in draws]
        return collate([self._windows[key] for key in keys])


def chosen_feet(photos: PackedSet, pairs: int) -> dict[str, Sample]:
    """Windows of 160 x 160 pixels of the feet to learn, by the key of their photo, in the order of the keys.

    Both feet are whole, exactly labelled, stand as the joints say and do not hide one another. Of them those
    are taken whose outlines are clearest.

    Raises:
        DataSetError: there are fewer than `pairs`.
    """
    found: dict[str, tuple[float, Sample]] = {}
    for index, photo in enumerate(photos.photos):
        window = feet_window(photos[index]) if _may_show_feet(photo) else None
        if window is not None:
            found[photo.key] = window
    if len(found) < pairs:
        raise DataSetError(
            f"Only {len(found)} photos show both feet well enough, and the recipe wants {pairs}; prepare "
            "more of them, or with a larger --side, or set fewer `pairs` in the recipe's section `network`."
        )
    clearest = sorted(found, key=lambda key: -found[key][0])[:pairs]
    return {key: found[key][1] for key in sorted(clearest)}


def feet_window(sample: Sample) -> tuple[float, Sample] | None:
    """How clear the outlines of both feet of a photo are, and the window; None where they do not show."""
    points = sample.keypoints
    if points[[*_KNEES, *_ANKLES], 2].min() < _SURE:
        return None
    knees, ankles = points[list(_KNEES), :2], points[list(_ANKLES), :2]
    shin = float(np.hypot(*(knees - ankles).T).mean())
    apart = float(np.hypot(*(ankles[0] - ankles[1]))) / max(shin, 1.0)
    if shin < _LEAST_SHIN_PX or not _LEAST_APART <= apart <= _MOST_APART:
        return None
    matrix = feet_matrix(knees, ankles)
    inside = warped_labels(np.ones_like(sample.labels), matrix, _SIZE, 0) > 0
    labels = _few_labels(warped_labels(sample.labels, matrix, _SIZE, 0))
    moved = points.copy()
    moved[:, :2] = transformed(matrix, points[:, :2])
    shoes = [labels == shoe for shoe in _SHOES]
    if not all(_is_whole(shoe, inside, moved[ankle]) for shoe, ankle in zip(shoes, _ANKLES, strict=True)):
        return None
    areas = [np.count_nonzero(shoe) for shoe in shoes]
    if max(areas) > _MOST_UNLIKE * min(areas):
        return None
    picture = warped(sample.image, matrix, _SIZE)
    window = Sample(sample.key, _continued(picture, labels), labels, moved)
    return _clearness(picture, labels), window


def feet_matrix(knees: PointArray, ankles: PointArray) -> Transform:
    """From pixels of a photo to those of the window, by knees and ankles (2, 2) each."""
    scale = SHIN_PX / float(np.hypot(*(knees - ankles).T).mean())
    middle = ankles.mean(0)
    offset = np.array(ANKLES) - scale * middle
    return np.array([[scale, 0.0, offset[0]], [0.0, scale, offset[1]]])


def _may_show_feet(photo: PackedPhoto) -> bool:
    """Whether its labels are exact and name both shoes."""
    is_exact = not any(int(code) >= LABEL_COUNT for code, share in photo.shares.items() if share > 0)
    return is_exact and all(photo.shares.get(str(shoe), 0.0) > 0 for shoe in _SHOES)


def _few_labels(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    table = np.zeros(256, np.uint8)
    table[list(FEET_LABELS)] = FEET_LABELS
    table[list(_HEM)] = _GARMENT
    return np.asarray(cv2.LUT(labels, table), np.uint8)


def _is_whole(shoe: NDArray[np.bool_], inside: NDArray[np.bool_], ankle: PointArray) -> bool:
    """Whether a shoe is large enough, ends within window and photo, and is at its ankle."""
    if np.count_nonzero(shoe) < _LEAST_SHOE_PX:
        return False
    room = cv2.erode(inside.astype(np.uint8), np.ones((7, 7), np.uint8), borderValue=0) > 0
    rows, columns = np.nonzero(shoe)
    away = np.hypot(columns.mean() - ankle[0], rows.mean() - ankle[1])
    hull = cv2.contourArea(cv2.convexHull(np.argwhere(shoe)[:, ::-1].astype(np.int32)))
    is_solid = np.count_nonzero(shoe) >= _LEAST_SOLID * hull
    is_near = away < _NEAR_ANKLE * SHIN_PX and rows.max() > ankle[1]
    return bool(room[shoe].all() and is_near and is_solid)


def _counted(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(S, S) uint8, 255 where the colours count: on the person and a little beyond."""
    side = 2 * _AROUND_PX + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.dilate((labels > 0).astype(np.uint8) * 255, kernel), np.uint8)


def _continued(image: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with the colours of the nearest pixel of the person, a pixel inside its edge, beyond it."""
    inner = cv2.erode((labels > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    if not inner.any():
        return image
    _, nearest = cv2.distanceTransformWithLabels(1 - inner, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    colours[nearest[inner > 0]] = image[inner > 0]
    return np.where((labels > 0)[..., None] & (inner > 0)[..., None], image, colours[nearest])


def _clearness(image: NDArray[np.uint8], labels: NDArray[np.uint8]) -> float:
    """How much the colours on both sides of the shoes' outline differ, where they differ least (CIELAB)."""
    colours = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    shoes, ground = (part.astype(np.float32) for part in (np.isin(labels, _SHOES), labels == 0))
    means = [
        cv2.boxFilter(colours * part[..., None], -1, (_SIDES_PX, _SIDES_PX))
        / np.maximum(cv2.boxFilter(part, -1, (_SIDES_PX, _SIDES_PX)), 1e-3)[..., None]
        for part in (shoes, ground)
    ]
    edge = (cv2.dilate(ground, np.ones((3, 3), np.uint8)) > 0) & (shoes > 0)
    if not edge.any():
        return 0.0
    return float(np.quantile(np.linalg.norm(means[0] - means[1], axis=2)[edge], _WEAKEST))
