"""Tight aligned windows of whole faces, for the generator whose latent space is searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, composed, fit_similarity, warped
from portrait_studio.networks.dcgan import ANCHORS, FACE_GENERATOR_SIDE
from trainer.data.augment import flip, jitter_colours
from trainer.data.batch import RawBatch
from trainer.data.face_windows import anchors_of_mesh, strayed
from trainer.data.holes import Mask
from trainer.data.pack_format import MESH_SUFFIX, PackedPhoto
from trainer.data.sample import PointArray, Sample, unknown_keypoints, unknown_labels
from trainer.data.samplers import Draw, Sampler, collate

_SIDE: Final = FACE_GENERATOR_SIDE


class TightFaceSampler(Sampler):
    """Faces of the photos whose landmarks are known, nothing of them hidden."""

    def takes(self, photo: PackedPhoto) -> bool:
        """Whether it has a mesh of landmarks."""
        return MESH_SUFFIX in photo.members

    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A face for each draw."""
        return collate([self._window(draw.photo(), draw.rng) for draw in draws])

    def _window(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        mesh, colours = self.photos.mesh(photo), self.recipe.augment
        assert mesh is not None, "photos without a mesh are never drawn"
        matrix = composed(strayed(rng, self.recipe.face, _SIDE), tightly_aligned(mesh))
        window = face_in(self.photos[photo], matrix)
        if rng.random() < colours.flip:
            window = flip(window)
        image = jitter_colours(window.image, rng, colours.colour)
        window = Sample(window.key, image, window.labels, window.keypoints)
        return window, np.zeros((_SIDE, _SIDE), np.uint8)


def tightly_aligned(mesh: PointArray) -> Transform:
    """From pixels of a photo to those of the window, by the landmarks (468, 2) of its face."""
    return fit_similarity(anchors_of_mesh(mesh), np.array(ANCHORS) * _SIDE)


def face_in(sample: Sample, matrix: Transform) -> Sample:
    """The window (64, 64) that a transform leads to from a photo's pixels, of which no label is known."""
    image = warped(sample.image, matrix, Extent(_SIDE, _SIDE))
    return Sample(sample.key, image, unknown_labels(image), unknown_keypoints())
