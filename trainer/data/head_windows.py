"""Aligned windows of heads with a hole, most of them above the brows, for the head completion network."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import Transform, composed, fit_similarity, warped
from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.head_completion import HEAD_ANCHORS, HEAD_SIDE, head_labels
from trainer.data.augment import varied
from trainer.data.face_windows import MeshSampler, anchors_of_mesh, strayed
from trainer.data.holes import Mask
from trainer.data.sample import PointArray, Sample, unknown_keypoints
from trainer.data.samplers import HoleSampler
from trainer.data.warping import warped_labels

_SIZE: Final = Extent(HEAD_SIDE, HEAD_SIDE)

_KINDS: Final = {"above": 0.66, "beside": 0.1, "corner": 0.1, "blob": 0.14}
"""How often each kind of hole is drawn."""
_ABOVE: Final = (0.04, 0.56)
"""Where a hole above ends, as shares of the side: from beyond the hair to just above the brows."""
_BESIDE: Final = (0.08, 0.4)
_TILT: Final = 0.12
"""Standard deviation of how far edges of photos are turned against upright heads, in rows a column."""


class HeadWindowSampler(MeshSampler, HoleSampler):
    """Windows of the photos whose landmarks are known; `labels` is 255 where nothing is known."""

    def sample(self, photo: int, rng: np.random.Generator) -> tuple[Sample, Mask]:
        """A window, and what is hidden of the head in it."""
        matrix = composed(strayed(rng, self.recipe.face, HEAD_SIDE), head_matrix(self.mesh(photo)))
        window = varied(head_in(self.photos[photo], matrix), rng, self.recipe.augment)
        # Beyond the photo nothing is known, as in an extension.
        hole = head_hole(rng) | np.where(window.labels == IGNORE_LABEL, 255, 0).astype(np.uint8)
        return window, hole


def head_matrix(mesh: PointArray) -> Transform:
    """From pixels of a photo to those of the window, by the landmarks (468, 2) of its face."""
    return fit_similarity(anchors_of_mesh(mesh), np.array(HEAD_ANCHORS) * HEAD_SIDE)


def head_in(sample: Sample, matrix: Transform) -> Sample:
    """The window (96, 96) that a transform leads to from a photo's pixels, with labels of `HEAD_LABELS`."""
    image = warped(sample.image, matrix, _SIZE)
    return Sample(
        sample.key, image, head_labels(warped_labels(sample.labels, matrix, _SIZE)), unknown_keypoints()
    )


def head_hole(rng: np.random.Generator) -> Mask:
    """A hole (96, 96) uint8, 255 = hidden: what a frame cuts off, mostly above, or what hides the hair."""
    kind = str(rng.choice(list(_KINDS), p=list(_KINDS.values())))
    rows, columns = (np.mgrid[0:HEAD_SIDE, 0:HEAD_SIDE] + 0.5) / HEAD_SIDE
    tilt = float(rng.normal(0, _TILT)) if rng.random() < 0.5 else 0.0
    above = rows + tilt * (columns - 0.5) < rng.uniform(*_ABOVE)
    across = columns if rng.random() < 0.5 else 1 - columns
    beside = across + tilt * (rows - 0.5) < rng.uniform(*_BESIDE)
    hidden = {"above": above, "beside": beside, "corner": above | beside}
    return _blob(rng) if kind == "blob" else np.where(hidden[kind], 255, 0).astype(np.uint8)


def _blob(rng: np.random.Generator) -> Mask:
    """An ellipse anywhere on the upper head, such as a hat or a hand leaves."""
    mask = np.zeros((HEAD_SIDE, HEAD_SIDE), np.uint8)
    middle = rng.uniform((0.25, 0.12), (0.75, 0.6)) * HEAD_SIDE
    axes = np.exp(rng.uniform(np.log(0.08), np.log(0.34), 2)) * HEAD_SIDE
    centre, radii = (round(float(middle[0])), round(float(middle[1]))), tuple(round(float(a)) for a in axes)
    cv2.ellipse(mask, centre, (radii[0], radii[1]), float(rng.uniform(0, 180)), 0, 360, 255, -1)
    return mask
