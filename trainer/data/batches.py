"""From packed photos to batches: which photos; the same for the same (seed, step)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import LABEL_COUNT
from trainer.data.batch import Batch, RawBatch
from trainer.data.packs import PackedSet
from trainer.data.samplers import Draw, MakeSampler, windows
from trainer.recipes.config import Recipe

CACHE_BYTES = 2 * 2**30
"""Decoded photos that a run keeps in memory, in all its loading processes together."""

_MEASURED = 256
"""Photos that the mean colour is measured on: enough for it to stand to a grey level or two."""


class BatchSource:
    """Draws batches by (seed, step) alone, so that a resumed run sees what it would have seen."""

    def __init__(
        self, packs: Path, recipe: Recipe, split: str = "train", make_sampler: MakeSampler = windows
    ) -> None:
        """Read the packs of a recipe's sets.

        Args:
            packs: folder of packed sets.
            recipe: names the sets, and says how often each photo comes.
            split: "train" or "val".
            make_sampler: of what makes samples of the photos.

        Raises:
            DataSetError: a set is missing or has no photo in the split.
        """
        self.recipe = recipe
        names = list(recipe.data.sets)
        self.photos = PackedSet(packs, "train" if split == "train" else "val", names, cache_bytes=CACHE_BYTES)
        self._sampler = make_sampler(recipe, self.photos)
        self._drawn_below = _cumulative(self._photo_chances(names))

    def label_frequencies(self) -> NDArray[np.float64]:
        """(18,) share of each label in the pixels of exactly labelled photos."""
        exact = self.photos.label_shares[self._exactly_labelled()][:, :LABEL_COUNT]
        if len(exact) == 0:
            return np.full(LABEL_COUNT, 1 / LABEL_COUNT)
        return np.asarray(exact.mean(0), np.float64)

    def mean_colour(self) -> NDArray[np.float64]:
        """(3,) mean of red, green and blue in [-1, 1] over some of the photos, drawn as in training."""
        photos = [self._draw(0, index).photo() for index in range(_MEASURED)]
        means = [self.photos[photo].image.reshape(-1, 3).mean(0) for photo in photos]
        return np.asarray(np.mean(means, axis=0) / 127.5 - 1, np.float64)

    def __len__(self) -> int:
        """Number of different photos that may be drawn."""
        return int(np.count_nonzero(np.diff(self._drawn_below, prepend=0.0)))

    def batch(self, step: int, part: int = 0, parts: int = 1) -> Batch:
        """The batch of a step, or one of the equal parts of it that processes share among themselves."""
        return self.raw_batch(step, part, parts).on(torch.device("cpu"))

    def raw_batch(self, step: int, part: int = 0, parts: int = 1) -> RawBatch:
        """The same as bytes."""
        count = self.recipe.data.batch // parts
        mine = range(part * count, (part + 1) * count)
        return self._sampler.batch([self._draw(step, index) for index in mine])

    def _draw(self, step: int, index: int) -> Draw:
        return Draw(np.random.default_rng([self.recipe.run.seed, step, index]), self._drawn_below)

    def _exactly_labelled(self) -> NDArray[np.bool_]:
        shares = self.photos.label_shares
        return np.asarray((shares[:, LABEL_COUNT:].sum(1) == 0) & (shares[:, 1:LABEL_COUNT].sum(1) > 0))

    def _photo_chances(self, names: list[str]) -> NDArray[np.float64]:
        owner = np.array([names.index(photo.key.partition("/")[0]) for photo in self.photos.photos])
        factors = self._repeat_factors()
        factors = np.where(self._exactly_labelled(), self.recipe.data.exact_weight * factors, factors)
        if self.recipe.data.exact_only:
            factors = factors * self._exactly_labelled()
        factors = factors * np.array([self._sampler.takes(photo) for photo in self.photos.photos])
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
