"""Frechet distance of each method's fills from the true photos, with the network that saw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.scoring import CaseResult
from trainer.metrics.appearance import FeatureNetwork
from trainer.metrics.frechet import frechet_distance


@dataclass(frozen=True)
class Distribution:
    """Frechet distances; compare them only where `network` and the cases are the same.

    Attributes:
        network: which network and file.
        dimensions: length of its feature vectors.
        cases: pictures on each side.
        values: distance by title of the method.
    """

    network: str
    dimensions: int
    cases: int
    values: dict[str, float]

    @property
    def note(self) -> str:
        """What a reader must know before comparing."""
        text = f"FID by {self.network}; not comparable with figures of another network or file."
        if self.cases <= self.dimensions:
            text += (
                f" {self.cases} cases are fewer than its {self.dimensions} features: the figures are too "
                "large and noisy, and only their order within this table says something."
            )
        return text


@dataclass(frozen=True, eq=False)
class CaseFeatures:
    """What a network sees of one case.

    Attributes:
        network: which network and file.
        truth: (D,) feature vector of the true photo.
        fills: (D,) that of each fill, by title of the method.
    """

    network: str
    truth: NDArray[np.float64]
    fills: dict[str, NDArray[np.float64]]


def features_of(network: FeatureNetwork, result: CaseResult) -> CaseFeatures:
    """Look at the truth and every fill of one case."""
    fills = {title: network(fill.pixels) for title, fill in result.fills.items()}
    return CaseFeatures(network.name, network(result.case.image), fills)


class FeatureTally:
    """Keeps the feature vectors of all pictures; it begins without any."""

    def __init__(self) -> None:
        self._cases: list[CaseFeatures] = []

    def add(self, features: CaseFeatures) -> None:
        """Take one case."""
        self._cases.append(features)

    def result(self) -> Distribution | None:
        """Distances of the methods that filled every case; None with fewer than two cases."""
        if len(self._cases) < 2:
            return None
        truth = np.stack([one.truth for one in self._cases])
        common = [title for title in self._cases[0].fills if all(title in one.fills for one in self._cases)]
        values = {
            title: frechet_distance(truth, np.stack([one.fills[title] for one in self._cases]))
            for title in common
        }
        return Distribution(self._cases[0].network, truth.shape[1], len(self._cases), values)
