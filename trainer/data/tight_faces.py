"""Tight aligned windows of whole faces, for the generator whose latent space is searched."""

from __future__ import annotations

from typing import Final

import numpy as np

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, composed, fit_similarity, warped
from portrait_studio.networks.dcgan import ANCHORS, FACE_GENERATOR_SIDE
from trainer.data.augment import varied
from trainer.data.face_windows import MeshSampler, anchors_of_mesh, strayed
from trainer.data.holes import Mask
from trainer.data.sample import PointArray, Sample, unknown_keypoints, unknown_labels
from trainer.data.samplers import HoleSampler

_SIDE: Final = FACE_GENERATOR_SIDE


class TightFaceSampler(MeshSampler, HoleSampler):
    """Faces of the photos whose landmarks are known, nothing of them hidden."""

    def sample(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        """A face, and that nothing of it is hidden."""
        matrix = composed(strayed(rng, self.recipe.face, _SIDE), tightly_aligned(self.mesh(photo)))
        window = varied(face_in(self.photos[photo], matrix), rng, self.recipe.augment)
        return window, np.zeros((_SIDE, _SIDE), np.uint8)


def tightly_aligned(mesh: PointArray) -> Transform:
    """From pixels of a photo to those of the window, by the landmarks (468, 2) of its face."""
    return fit_similarity(anchors_of_mesh(mesh), np.array(ANCHORS) * _SIDE)


def face_in(sample: Sample, matrix: Transform) -> Sample:
    """The window (64, 64) that a transform leads to from a photo's pixels, of which no label is known."""
    image = warped(sample.image, matrix, Extent(_SIDE, _SIDE))
    return Sample(sample.key, image, unknown_labels(image), unknown_keypoints())
