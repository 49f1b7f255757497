"""Frechet distance of two sets of features (Heusel et al. 2017, "GANs trained by a two time-scale ...")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import svdvals

from portrait_studio.errors import OptionError

Features = NDArray[np.float64]


def frechet_distance(one: Features, other: Features) -> float:
    """Squared Frechet distance of the Gaussians fitted to two samples, at least 0.

    Args:
        one: (n, D) float64, a feature vector per row, n at least 2.
        other: (m, D) float64, m at least 2.

    Raises:
        OptionError: a sample has fewer than two rows, or they differ in D.
    """
    if min(len(one), len(other)) < 2 or one.shape[1] != other.shape[1]:
        raise OptionError("The Frechet distance needs at least two feature vectors of one kind on each side.")
    return frechet_of_gaussians(*_fitted(one), *_fitted(other))


def frechet_of_gaussians(mean_a: Features, root_a: Features, mean_b: Features, root_b: Features) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (AB)^(1/2)) for the covariances A = root_a^T root_a and B alike.

    The trace of (AB)^(1/2) is the sum of the singular values of root_a root_b^T. So no matrix root is taken
    and no covariance need be regular, which with fewer cases than features none is.

    Args:
        mean_a: (D,) float64.
        root_a: (r, D) float64, any r.
        mean_b: (D,) float64.
        root_b: (s, D) float64, any s.
    """
    spread = float(np.square(root_a).sum() + np.square(root_b).sum())
    shared = float(svdvals(root_a @ root_b.T).sum())
    return max(0.0, float(np.square(mean_a - mean_b).sum()) + spread - 2 * shared)


def _fitted(sample: Features) -> tuple[Features, Features]:
    """Mean, and a root of the unbiased covariance with no more rows than columns."""
    mean = sample.mean(axis=0)
    root = (sample - mean) / np.sqrt(len(sample) - 1)
    if len(root) > root.shape[1]:
        root = np.linalg.qr(root, mode="r")
    return mean, root
