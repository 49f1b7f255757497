"""Fits the linear faces of a face completion network to the training windows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import torch
from torch.nn import functional

from portrait_studio.networks.eigenfaces import EIGENFACE_SIDE
from portrait_studio.networks.face_completion import FaceCompletion
from trainer.data.batches import BatchSource
from trainer.data.face_windows import AlignedFaceSampler
from trainer.recipes.config import Recipe
from trainer.recipes.samples import FaceJitter

_JITTER: Final = FaceJitter(scale=0.03, turn=2.0, shift=1.5, loose=0.0)
"""As far as windows stray that are aligned by found landmarks: more would blur the components."""

_FIRST_STEP: Final = 2 * 10**9
"""Of the batches that the windows come from: apart from those of the training and of sheets."""


def fit_eigenfaces(network: FaceCompletion, packs: Path, recipe: Recipe) -> None:
    """Fit them to as many windows as the recipe says.

    Raises:
        DataSetError: the packs are missing.
    """
    windows = recipe.face.windows
    recipe = replace(recipe, face=_JITTER, augment=replace(recipe.augment, colour=0.0))
    source = BatchSource(packs, recipe, make_sampler=AlignedFaceSampler)
    size = (EIGENFACE_SIDE, EIGENFACE_SIDE)
    batches = [
        functional.adaptive_avg_pool2d(source.batch(_FIRST_STEP + step).image, size)
        for step in range(-(-windows // recipe.data.batch))
    ]
    network.eigenfaces.fit(torch.cat(batches)[:windows])
