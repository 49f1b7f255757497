"""Windows of photos with damage drawn over them, for the finder of damage."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import KEYPOINT_COUNT
from trainer.data.augment import jitter_colours
from trainer.data.batch import RawBatch
from trainer.data.damage import DAMAGED, KINDS, Damaged, damaged
from trainer.data.packs import PackedSet
from trainer.data.sample import Sample
from trainer.data.samplers import Draw, Sampler
from trainer.recipes.config import Recipe
from trainer.recipes.samples import DamageMix

_SCALES = (0.7, 1.5)
"""Photo pixels for each pixel of a window."""

_SMALLEST_UNIT, _LARGEST_UNIT = 160.0, 1200.0


class DamagedWindowSampler(Sampler):
    """Windows near full resolution, with damage or without; the truth stands where label maps do.

    `image` shows the damage, `mask` is where it is, and `labels` also say what does not count.
    """

    def __init__(self, recipe: Recipe, photos: PackedSet) -> None:
        """Refuse kinds that nobody can draw.

        Args:
            recipe: what is drawn.
            photos: what it is drawn over.

        Raises:
            OptionError: the recipe names an unknown kind of damage.
        """
        super().__init__(recipe, photos)
        unknown = sorted(set(recipe.damage.kinds) - set(KINDS))
        if unknown:
            known = ", ".join(KINDS)
            raise OptionError(f"damage: there is no kind {unknown[0]!r}; choose among: {known}.")

    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A window for each draw."""
        made = [self._window(self.photos[draw.photo()], draw.rng) for draw in draws]
        truths = torch.from_numpy(np.stack([window.truth for window in made]))
        return RawBatch(
            torch.from_numpy(np.stack([window.image for window in made])),
            (truths == DAMAGED).to(torch.uint8),
            truths,
            torch.zeros(len(made), KEYPOINT_COUNT, 3),
            tuple("+".join(window.kinds) or "sound" for window in made),
        )

    def _window(self, photo: Sample, rng: np.random.Generator) -> Damaged:
        size, config = self.recipe.data.size, self.recipe.augment
        height, width = photo.labels.shape
        scale = float(np.exp(rng.uniform(*np.log(_SCALES))))
        scale = min(scale, min(height, width) / size)
        side = scale * size
        left, top = rng.random() * (width - side), rng.random() * (height - side)
        rows, columns = (
            slice(round(start), max(round(start) + 1, round(start + side))) for start in (top, left)
        )
        kind = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
        image = cv2.resize(photo.image[rows, columns], (size, size), interpolation=kind)
        if rng.random() < config.flip:
            image = np.ascontiguousarray(image[:, ::-1])
        image = jitter_colours(np.asarray(image, np.uint8), rng, config.colour)
        unit = float(np.clip(min(height, width) / scale, _SMALLEST_UNIT, _LARGEST_UNIT))
        return damaged(image, unit, chosen_kinds(self.recipe.damage, rng), rng)


def chosen_kinds(mix: DamageMix, rng: np.random.Generator) -> tuple[str, ...]:
    """Which kinds of damage one window gets; none for a share of them."""
    if rng.random() < mix.sound:
        return ()
    names = list(mix.kinds)
    shares = np.array([mix.kinds[name] for name in names])
    count = int(rng.integers(1, mix.most, endpoint=True))
    return tuple(names[int(index)] for index in rng.choice(len(names), count, p=shares / shares.sum()))
