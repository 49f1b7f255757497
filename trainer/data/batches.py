"""From packed photos to batches: which photo, window and hole; the same for the same (seed, step)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import FACE, KEYPOINT_COUNT, LABEL_COUNT
from portrait_studio.networks.face_completion import FACE_COMPLETION
from trainer.data.augment import augment, crop, flip, head_of, jitter_colours
from trainer.data.batch import Batch, RawBatch
from trainer.data.face_windows import FaceWindow, sample_face_window
from trainer.data.holes import person_of, rectangle_around, sample_hole, shapes_of
from trainer.data.pack_format import MESH_SUFFIX
from trainer.data.packs import PackedSet
from trainer.data.prompts import PromptedWindow, draw_thing, prompted_window
from trainer.data.sample import PointArray, Sample
from trainer.recipes.config import Recipe

CACHE_BYTES = 2 * 2**30
"""Decoded photos that a run keeps in memory, in all its loading processes together."""

_SHAPE_PHOTOS = 200
_MOST_THINGS = 200

_FACE_WINDOW = 3.7
"""Side of the window around a face, in distances between the eyes: from hairline to chin, and some more."""


class BatchSource:
    """Draws batches by (seed, step) alone, so that a resumed run sees what it would have seen."""

    def __init__(self, packs: Path, recipe: Recipe, split: str = "train") -> None:
        """Read the packs of a recipe's sets.

        Raises:
            DataSetError: a set is missing or has no photo in the split.
        """
        self.recipe = recipe
        names = list(recipe.data.sets)
        self.photos = PackedSet(packs, "train" if split == "train" else "val", names, cache_bytes=CACHE_BYTES)
        self._drawn_below = _cumulative(self._photo_chances(names))
        self._shapes = self._collect_shapes()

    def label_frequencies(self) -> NDArray[np.float64]:
        """(18,) share of each label in the pixels of exactly labelled photos."""
        exact = self.photos.label_shares[self._exactly_labelled()][:, :LABEL_COUNT]
        if len(exact) == 0:
            return np.full(LABEL_COUNT, 1 / LABEL_COUNT)
        return np.asarray(exact.mean(0), np.float64)

    def __len__(self) -> int:
        """Number of different photos that may be drawn."""
        return int(np.count_nonzero(np.diff(self._drawn_below, prepend=0.0)))

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """The batch of a step, or one of the equal parts of it that processes share among themselves."""
        return self.raw_batch(step, part, parts).on(torch.device("cpu"))

    def raw_batch(self, step: int, part: int = 0, parts: int = 1) -> RawBatch:
        """The same as bytes."""
        if self.recipe.task == "segmentation":
            return self._prompted(step, part, parts)
        count = self.recipe.data.batch // parts
        drawn = [self._drawn(step, index) for index in range(part * count, (part + 1) * count)]
        if self.recipe.task == FACE_COMPLETION:
            return collate_faces([self._aligned_face(photo, rng) for photo, rng in drawn])
        draw = self._face if self.recipe.data.face_window else self._window
        cuts = [draw(photo, rng) for photo, rng in drawn]
        return collate([cut for cut, _ in cuts], [mask for _, mask in cuts])

    def _drawn(self, step: int, index: int) -> tuple[int, np.random.Generator]:
        """The photo of a sample, and the source of all further chance in it."""
        rng = np.random.default_rng([self.recipe.run.seed, step, index])
        return int(self._drawn_below.searchsorted(rng.random(), side="right")), rng

    def _aligned_face(self, photo: int, rng: np.random.Generator) -> FaceWindow:
        mesh = self.photos.mesh(photo)
        assert mesh is not None, "photos without a mesh are never drawn"
        augment = self.recipe.augment
        return sample_face_window(
            self.photos[photo], mesh, rng, self.recipe.face, augment.colour, augment.flip
        )

    def _prompted(self, step: int, part: int, parts: int) -> RawBatch:
        """Windows around things, with what a user says of them."""
        count = self.recipe.data.batch // parts
        windows = [self._prompt(step, index) for index in range(part * count, (part + 1) * count)]
        return collate_prompts(windows)

    def _prompt(self, step: int, index: int) -> PromptedWindow:
        rng = np.random.default_rng([self.recipe.run.seed, step, index])
        for _ in range(_MOST_THINGS):
            first, second = (
                self.photos[int(self._drawn_below.searchsorted(rng.random(), side="right"))] for _ in range(2)
            )
            thing = draw_thing(first, second, rng, self.recipe.prompts)
            size = self.recipe.data.size
            window = None if thing is None else prompted_window(thing, size, rng, self.recipe.prompts)
            if window is not None:
                return window
        raise DataSetError("The sets have hardly any labelled part to cut out; add a set with label maps.")

    def _window(self, photo: int, rng: np.random.Generator) -> tuple[Sample, NDArray[np.uint8]]:
        cut = augment(self.photos[photo], self.recipe.data.size, rng, self.recipe.augment)
        return cut, sample_hole(person_of(cut.labels), self._shapes, rng, self.recipe.holes)

    def _face(self, photo: int, rng: np.random.Generator) -> tuple[Sample, NDArray[np.uint8]]:
        """A window in which the face is a quarter of the side or so, with a hole of half its size (III.D)."""
        size = self.recipe.data.size
        sample = self.photos[photo]
        (x, y), side = face_position(sample, self.photos.five(photo))
        side *= float(rng.uniform(0.8, 1.25)) * size / 64
        x, y = (x + float(rng.normal(0, 0.04)) * side, y + float(rng.normal(0, 0.04)) * side)
        cut = crop(sample, (x - side / 2, y - side / 2, side, side), size)
        if rng.random() < self.recipe.augment.flip:
            cut = flip(cut)
        image = jitter_colours(cut.image, rng, self.recipe.augment.colour)
        cut = Sample(cut.key, image, cut.labels, cut.keypoints)
        smallest, largest = self.recipe.data.face_hole
        hole = tuple(int(side) for side in rng.integers(smallest, largest, 2, endpoint=True))
        centre = (size // 2 + int(rng.integers(-16, 17)), size // 2 + int(rng.integers(-16, 17)))
        return cut, rectangle_around(centre, (hole[0], hole[1]), (size, size), rng)

    def _exactly_labelled(self) -> NDArray[np.bool_]:
        shares = self.photos.label_shares
        return np.asarray((shares[:, LABEL_COUNT:].sum(1) == 0) & (shares[:, 1:LABEL_COUNT].sum(1) > 0))

    def _photo_chances(self, names: list[str]) -> NDArray[np.float64]:
        owner = np.array([names.index(photo.key.partition("/")[0]) for photo in self.photos.photos])
        factors = self._repeat_factors()
        factors = np.where(self._exactly_labelled(), self.recipe.data.exact_weight * factors, factors)
        if self.recipe.data.exact_only:
            factors = factors * self._exactly_labelled()
        if self.recipe.task == FACE_COMPLETION:
            factors = factors * np.array([MESH_SUFFIX in photo.members for photo in self.photos.photos])
        chances = np.zeros(len(self.photos))
        for index, name in enumerate(names):
            mine = owner == index
            if factors[mine].sum() == 0:
                raise DataSetError(f"The set {name} has no photo for this training; prepare or relabel it.")
            chances[mine] = self.recipe.data.sets[name] * factors[mine] / factors[mine].sum()
        return np.asarray(chances / chances.sum(), np.float64)

    def _repeat_factors(self) -> NDArray[np.float64]:
        threshold = self.recipe.data.rare_label_threshold
        present = self.photos.label_shares[:, :LABEL_COUNT] > 0
        exact = self._exactly_labelled()
        if threshold <= 0 or not exact.any():
            return np.ones(len(self.photos))
        often = np.maximum(present[exact].mean(0), 1e-3)
        factor = np.maximum(1.0, np.sqrt(threshold / often))
        return np.asarray(np.where(exact, (present * factor).max(1), 1.0), np.float64)

    def _collect_shapes(self) -> list[NDArray[np.bool_]]:
        """Silhouettes of things and limbs from a fixed choice of photos."""
        faces = self.recipe.data.face_window or self.recipe.task == FACE_COMPLETION
        if self.recipe.holes.silhouette == 0 or faces:
            return []
        rng = np.random.default_rng(self.recipe.run.seed)
        chosen = rng.permutation(len(self.photos))[:_SHAPE_PHOTOS]
        return [shape for index in chosen for shape in shapes_of(self.photos[int(index)].labels)]


def _cumulative(chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper ends of the photos' parts of [0, 1]: draws as `Generator.choice` does, but sums only once."""
    sums = chances.cumsum()
    return np.asarray(sums / sums[-1], np.float64)


@dataclass(frozen=True)
class Share:
    """One process's parts of all steps, by their number from the first step on; travels to loading processes.

    Attributes:
        source: of all batches.
        accumulate: parts of a step that the process takes.
        rank: number of the process.
        parts: into how many parts a step's batch is split, over processes and time.
    """

    source: BatchSource
    accumulate: int = 1
    rank: int = 0
    parts: int = 1

    def __call__(self, index: int) -> RawBatch:
        """The share's `index`-th part."""
        step, turn = divmod(index, self.accumulate)
        return self.source.raw_batch(step, self.rank * self.accumulate + turn, self.parts)


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


def collate_prompts(windows: list[PromptedWindow]) -> RawBatch:
    """Stack windows of one size; their masks are the loose ones."""
    prompts = torch.from_numpy(np.stack([window.prompt for window in windows]))
    return RawBatch(
        torch.from_numpy(np.stack([window.image for window in windows])),
        prompts[:, 0].contiguous(),
        torch.from_numpy(np.stack([window.truth for window in windows])),
        torch.zeros(len(windows), KEYPOINT_COUNT, 3),
        tuple(f"{window.name}/{window.kind}" for window in windows),
        prompts,
    )


def collate(samples: list[Sample], masks: list[NDArray[np.uint8]]) -> RawBatch:
    """Stack samples of one size and their masks."""
    keypoints = np.stack([s.keypoints for s in samples]).astype(np.float32)
    assert keypoints.shape[1] == KEYPOINT_COUNT
    return RawBatch(
        torch.from_numpy(np.stack([s.image for s in samples])),
        torch.from_numpy((np.stack(masks) > 0).astype(np.uint8)),
        torch.from_numpy(np.stack([s.labels for s in samples])),
        torch.from_numpy(keypoints),
        tuple(s.key for s in samples),
    )


def collate_faces(windows: list[FaceWindow]) -> RawBatch:
    """Stack aligned windows."""
    raw = collate([window.sample for window in windows], [window.mask for window in windows])
    return replace(
        raw,
        parts=torch.from_numpy(np.stack([window.parts for window in windows])),
        landmarks=torch.from_numpy(np.stack([window.landmarks for window in windows])),
    )
