"""Faces as they stand in their photos, not aligned, with five landmarks and parts (Liao et al. 2018, 4.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, composed, transformed, warped
from portrait_studio.networks.collaborative import MIRROR_POINTS
from trainer.data.augment import jitter_colours
from trainer.data.face_parts import face_parts
from trainer.data.face_windows import AlignedFaceSampler, FaceWindow, mirrored, strayed
from trainer.data.holes import sample_hole
from trainer.data.sample import PointArray, Sample, unknown_keypoints
from trainer.data.warping import warped_labels

_POINTS: Final = ((33, 133), (362, 263), (1,), (61,), (291,))
"""Points of the mesh whose mean each of `FIVE_POINTS` is."""

_REACH: Final = 1.7
"""Side of the window in widths of the face."""

_TALL: Final = 1.3
"""Height of a face in its widths, for faces from the side, which are narrow."""


class LooseFaceSampler(AlignedFaceSampler):
    """Windows about the faces whose landmarks are known, with holes that know nothing of them."""

    def _window(self, photo: int, rng: np.random.Generator) -> FaceWindow:
        mesh, recipe = self.mesh(photo), self.recipe
        sample, side = self.photos[photo], recipe.data.size
        base = framed(mesh, sample.labels.shape, side)
        matrix = composed(strayed(rng, recipe.face, side), base)
        points = transformed(matrix, five_points(mesh))
        if points.min() < 0 or points.max() >= side:
            # Eyes, nose and mouth are always inside (4.1).
            matrix = base
        hole = sample_hole(np.zeros((side, side), np.bool_), [], rng, recipe.holes)
        window = loose_window(sample, mesh, matrix, side, hole)
        image = jitter_colours(window.sample.image, rng, recipe.augment.colour)
        window = replace(window, sample=replace(window.sample, image=image))
        return mirrored(window, MIRROR_POINTS) if rng.random() < recipe.augment.flip else window


def five_points(mesh: PointArray) -> PointArray:
    """The `FIVE_POINTS` (5, 2) of a mesh (468, 2), in its pixels."""
    return np.stack([mesh[list(points)].mean(0) for points in _POINTS])


def framed(mesh: PointArray, shape: tuple[int, ...], side: int) -> Transform:
    """From pixels of a photo to those of a window about its face, upright, not beyond the photo's edge.

    Args:
        mesh: (468, 2) in pixels of the photo.
        shape: (H, W) of the photo.
        side: of the window in its own pixels.
    """
    low, high = mesh.min(0), mesh.max(0)
    width = max(float(high[0] - low[0]), float(high[1] - low[1]) / _TALL)
    reach = min(_REACH * width, *map(float, shape[:2]))
    most = np.array([shape[1], shape[0]]) - reach
    corner = np.clip((low + high) / 2 - reach / 2, 0, most)
    scale = side / reach
    return np.column_stack([np.eye(2) * scale, -corner * scale])


def loose_window(
    sample: Sample, mesh: PointArray, matrix: Transform, side: int, mask: np.ndarray
) -> FaceWindow:
    """The window (side, side) that a transform leads to.

    Args:
        sample: photo of one face.
        mesh: (468, 2) in its pixels.
        matrix: from its pixels to those of the window.
        side: of the window in pixels.
        mask: (side, side) uint8, 255 = hole.
    """
    size = Extent(side, side)
    points = transformed(matrix, mesh).astype(np.float32)
    labels = warped_labels(sample.labels, matrix, size)
    image = warped(sample.image, matrix, size)
    return FaceWindow(
        Sample(sample.key, image, labels, unknown_keypoints()),
        mask,
        face_parts(points, labels),
        five_points(points).astype(np.float32),
    )
