"""What makes samples of photos: windows with holes, by default; other kinds have files of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.networks.conventions import FACE, KEYPOINT_COUNT
from trainer.data.augment import augment, crop, head_of, varied
from trainer.data.batch import RawBatch
from trainer.data.holes import Mask, body_rectangle, person_of, rectangle_around, sample_hole, shapes_of
from trainer.data.pack_format import PackedPhoto
from trainer.data.packs import PackedSet
from trainer.data.sample import PointArray, Sample
from trainer.recipes.config import Recipe

_SHAPE_PHOTOS = 200

_LEAST_FACE = 0.001
"""Share of a photo's pixels with the label "face" from which on there is a face to refine."""

_FACE_WINDOW = 3.7
"""Side of the window around a face, in distances between the eyes: from hairline to chin, and some more."""


@dataclass(frozen=True, eq=False)
class Draw:
    """The chance of one sample.

    Attributes:
        rng: source of all chance.
        drawn_below: upper ends of the photos' parts of [0, 1], which are their chances.
    """

    rng: np.random.Generator
    drawn_below: NDArray[np.float64]

    def photo(self) -> int:
        """Draw a photo."""
        return int(self.drawn_below.searchsorted(self.rng.random(), side="right"))


class Sampler(ABC):
    """Makes samples of photos, all of one kind.

    Attributes:
        recipe: what they are like.
        photos: what they are made of.
    """

    def __init__(self, recipe: Recipe, photos: PackedSet) -> None:
        self.recipe, self.photos = recipe, photos

    def takes(self, photo: PackedPhoto) -> bool:
        """Whether the photo has what the samples need; every one does unless a kind of samples says no."""
        return True

    @abstractmethod
    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A sample for each draw."""


MakeSampler = Callable[[Recipe, PackedSet], Sampler]


class HoleSampler(Sampler):
    """Makes samples that are a picture with a hole each."""

    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A sample for each draw."""
        return collate([self.sample(draw.photo(), draw.rng) for draw in draws])

    @abstractmethod
    def sample(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        """What becomes of a photo, and the hole in it."""


class WindowSampler(HoleSampler):
    """Windows anywhere in a photo, each with a hole."""

    def __init__(self, recipe: Recipe, photos: PackedSet) -> None:
        """Collect the silhouettes that holes are made of, where the recipe wants such holes.

        Args:
            recipe: what windows and holes are like.
            photos: what they are cut from.
        """
        super().__init__(recipe, photos)
        self._shapes = _shapes(photos, recipe.run.seed) if recipe.holes.silhouette else []

    def sample(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        """A window, and a hole anywhere in it."""
        cut = augment(self.photos[photo], self.recipe.data.size, rng, self.recipe.augment)
        return cut, sample_hole(person_of(cut.labels), self._shapes, rng, self.recipe.holes)


class FaceInPhotoSampler(HoleSampler):
    """Photos as for completion, with a hole in the face that their labels show (III.D)."""

    def takes(self, photo: PackedPhoto) -> bool:
        """Whether it shows enough of a face."""
        return photo.shares.get(str(FACE), 0.0) >= _LEAST_FACE

    def sample(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        """A window, and a hole in the face."""
        cut = augment(self.photos[photo], self.recipe.data.size, rng, self.recipe.augment)
        # Where the window has cut the face off, the hole lies anywhere.
        return cut, body_rectangle(cut.labels == FACE, rng, self.recipe.data.face_hole)


class FaceSampler(HoleSampler):
    """Windows in which the face is a quarter of the side or so, with a hole of half its size (III.D)."""

    def sample(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        """A window about the face, and a hole near its centre."""
        data = self.recipe.data
        size, sample = data.size, self.photos[photo]
        (x, y), side = face_position(sample, self.photos.five(photo))
        side *= float(rng.uniform(0.8, 1.25)) * size / 64
        x, y = (x + float(rng.normal(0, 0.04)) * side, y + float(rng.normal(0, 0.04)) * side)
        cut = crop(sample, (x - side / 2, y - side / 2, side, side), size)
        cut = varied(cut, rng, self.recipe.augment)
        smallest, largest = data.face_hole
        hole = tuple(int(side) for side in rng.integers(smallest, largest, 2, endpoint=True))
        centre = (size // 2 + int(rng.integers(-16, 17)), size // 2 + int(rng.integers(-16, 17)))
        return cut, rectangle_around(centre, (hole[0], hole[1]), (size, size), rng)


def windows(recipe: Recipe, photos: PackedSet) -> Sampler:
    """Windows anywhere, or with a hole in a face where the recipe says so."""
    if recipe.data.face_in_photo:
        return FaceInPhotoSampler(recipe, photos)
    return (FaceSampler if recipe.data.face_window else WindowSampler)(recipe, photos)


def _shapes(photos: PackedSet, seed: int) -> list[NDArray[np.bool_]]:
    """Silhouettes of things and limbs from a fixed choice of photos."""
    chosen = np.random.default_rng(seed).permutation(len(photos))[:_SHAPE_PHOTOS]
    return [shape for index in chosen for shape in shapes_of(photos[int(index)].labels)]


def face_position(sample: Sample, five: PointArray | None = None) -> tuple[tuple[float, float], float]:
    """Centre (x, y) of the face and the side of the 64-pixel window around it, in pixels of the photo.

    Taken from head-top and upper-neck where the pose is known, else from landmarks, else from the label
    "face", else the middle of the picture (sets of aligned faces).

    Args:
        sample: the photo.
        five: (5, 2) eyes, nose and corners of the mouth, in pixels of the photo.
    """
    head = head_of(sample)
    if head is not None:
        return (head.x, head.y), 1.5 * head.length
    if five is not None:
        eyes, mouth = five[:2].mean(0), five[3:].mean(0)
        x, y = (eyes + mouth) / 2
        # Whichever is less foreshortened: between the eyes of a turned face there is little.
        unit = max(float(np.hypot(*(five[0] - five[1]))), float(np.hypot(*(eyes - mouth))))
        return (float(x), float(y)), _FACE_WINDOW * unit
    ys, xs = np.nonzero(sample.labels == FACE)
    height, width = sample.labels.shape
    if len(xs) >= 16:
        return (float(xs.mean()), float(ys.mean())), 1.8 * float(np.sqrt(len(xs)))
    return (width / 2, height / 2), 0.75 * min(width, height)


def collate(windows: Sequence[tuple[Sample, Mask]]) -> RawBatch:
    """Stack windows of one size and their holes (nonzero = hole)."""
    samples = [sample for sample, _ in windows]
    keypoints = np.stack([sample.keypoints for sample in samples]).astype(np.float32)
    assert keypoints.shape[1] == KEYPOINT_COUNT
    return RawBatch(
        torch.from_numpy(np.stack([sample.image for sample in samples])),
        torch.from_numpy((np.stack([mask for _, mask in windows]) > 0).astype(np.uint8)),
        torch.from_numpy(np.stack([sample.labels for sample in samples])),
        torch.from_numpy(keypoints),
        tuple(sample.key for sample in samples),
    )
