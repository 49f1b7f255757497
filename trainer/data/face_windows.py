"""Aligned windows of faces with their landmarks, parts and a hole, for the face completion network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import (
    Transform,
    composed,
    fit_similarity,
    transformed,
    warped,
)
from portrait_studio.networks.face_completion import (
    ANCHORS,
    FACE_COMPLETION_SIDE,
    LANDMARKS,
    MIRROR_LANDMARKS,
    MIRROR_PARTS,
    PARTS_STRIDE,
)
from trainer.data.augment import flip as flip_sample
from trainer.data.augment import jitter_colours
from trainer.data.batch import RawBatch
from trainer.data.face_holes import sample_face_hole
from trainer.data.face_parts import face_parts
from trainer.data.holes import sample_hole
from trainer.data.pack_format import MESH_SUFFIX, PackedPhoto
from trainer.data.sample import PointArray, Sample, unknown_keypoints
from trainer.data.samplers import Draw, Sampler, collate
from trainer.data.warping import warped_labels
from trainer.recipes.samples import FaceJitter

_RIGHT_EYE, _LEFT_EYE, _MOUTH = (33, 133), (263, 362), (13, 14, 61, 291)
_SIDE = FACE_COMPLETION_SIDE
_WINDOW = Extent(_SIDE, _SIDE)


@dataclass(frozen=True, eq=False)
class FaceWindow:
    """A window of a face.

    Attributes:
        sample: image and labels of (S, S); its keypoints are unknown. Aligned windows have 128 pixels.
        mask: (S, S) uint8, 255 = hole.
        parts: uint8 index into `FACE_PARTS`, 255 = unknown: (S, S), of aligned windows (S/2, S/2).
        landmarks: (K, 2) float32 in pixels of the window: 17 of aligned windows, else five.
    """

    sample: Sample
    mask: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    landmarks: PointArray


class MeshSampler(Sampler):
    """Makes samples of the photos whose landmarks are known."""

    def takes(self, photo: PackedPhoto) -> bool:
        """Whether it has a mesh of landmarks."""
        return MESH_SUFFIX in photo.members

    def mesh(self, photo: int) -> PointArray:
        """The landmarks (468, 2) of a photo, in its pixels."""
        mesh = self.photos.mesh(photo)
        assert mesh is not None, "photos without a mesh are never drawn"
        return mesh


class AlignedFaceSampler(MeshSampler):
    """Aligned windows of faces."""

    def batch(self, draws: Sequence[Draw]) -> RawBatch:
        """A window for each draw."""
        made = [self._window(draw.photo(), draw.rng) for draw in draws]
        return replace(
            collate([(window.sample, window.mask) for window in made]),
            parts=torch.from_numpy(np.stack([window.parts for window in made])),
            landmarks=torch.from_numpy(np.stack([window.landmarks for window in made])),
        )

    def _window(self, photo: int, rng: np.random.Generator) -> FaceWindow:
        mesh, colours = self.mesh(photo), self.recipe.augment
        return sample_face_window(
            self.photos[photo], mesh, rng, self.recipe.face, colours.colour, colours.flip
        )


class FaceRectangleSampler(AlignedFaceSampler):
    """The same windows with holes as the recipe's hole mix has them, which know nothing of the face."""

    def _window(self, photo: int, rng: np.random.Generator) -> FaceWindow:
        nobody = np.zeros((_SIDE, _SIDE), np.bool_)
        hole = sample_hole(nobody, [], rng, self.recipe.holes)
        return replace(super()._window(photo, rng), mask=hole)


def anchors_of_mesh(mesh: PointArray) -> PointArray:
    """Centres of right eye, left eye and mouth (3, 2) of a mesh (468, 2), in its pixels."""
    return np.stack([mesh[list(points)].mean(0) for points in (_RIGHT_EYE, _LEFT_EYE, _MOUTH)])


def aligned(mesh: PointArray) -> Transform:
    """From pixels of a photo to those of the aligned window, by the landmarks (468, 2) of its face."""
    return fit_similarity(anchors_of_mesh(mesh), np.array(ANCHORS) * _SIDE)


def sample_face_window(
    sample: Sample, mesh: PointArray, rng: np.random.Generator, jitter: FaceJitter, colour: float, flip: float
) -> FaceWindow:
    """A window that strays from alignment, perhaps mirrored and recoloured, with a hole.

    Args:
        sample: photo of one face.
        mesh: (468, 2) in its pixels.
        rng: source of all chance.
        jitter: how far to stray.
        colour: strength of the colour jitter, see `augment.jitter_colours`.
        flip: how often to mirror.
    """
    matrix = composed(strayed(rng, jitter, _SIDE), aligned(mesh))
    points = transformed(matrix, mesh).astype(np.float32)
    labels = warped_labels(sample.labels, matrix, _WINDOW)
    image = jitter_colours(warped(sample.image, matrix, _WINDOW), rng, colour)
    window = FaceWindow(
        Sample(sample.key, image, labels, unknown_keypoints()),
        sample_face_hole(points, (_SIDE, _SIDE), rng),
        face_parts(points, labels, PARTS_STRIDE),
        points[list(LANDMARKS)],
    )
    return mirrored(window) if rng.random() < flip else window


def mirrored(window: FaceWindow, partners: tuple[int, ...] = MIRROR_LANDMARKS) -> FaceWindow:
    """The window of the mirrored face; left and right are the person's own.

    Args:
        window: a window.
        partners: index of the same landmark in the mirrored window.
    """
    landmarks = window.landmarks[list(partners)]
    landmarks[:, 0] = window.mask.shape[1] - landmarks[:, 0]
    table: NDArray[np.uint8] = np.arange(256, dtype=np.uint8)
    table[: len(MIRROR_PARTS)] = MIRROR_PARTS
    return FaceWindow(
        flip_sample(window.sample),
        np.ascontiguousarray(window.mask[:, ::-1]),
        cv2.LUT(np.ascontiguousarray(window.parts[:, ::-1]), table),
        landmarks,
    )


def strayed(rng: np.random.Generator, jitter: FaceJitter, side: int) -> Transform:
    """A similarity about the middle of a window of `side` pixels; its shift is in these pixels."""
    factor = jitter.loose_factor if rng.random() < jitter.loose else 1.0
    scale = float(np.exp(rng.normal(0, jitter.scale * factor)))
    angle = np.radians(rng.normal(0, jitter.turn * factor))
    shift = rng.normal(0, jitter.shift * factor, 2)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.full(2, side / 2)
    return np.column_stack([turn, middle + shift - turn @ middle])
