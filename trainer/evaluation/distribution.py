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


class FeatureTally:
    """Keeps the feature vectors of all pictures."""

    def __init__(self, network: FeatureNetwork) -> None:
        """Begin without pictures.

        Args:
            network: what sees them.
        """
        self._network = network
        self._truth: list[NDArray[np.float64]] = []
        self._fills: dict[str, list[NDArray[np.float64]]] = {}

    def add(self, result: CaseResult) -> None:
        """Take the truth and every fill of one case."""
        self._truth.append(self._network(result.case.image))
        for title, fill in result.fills.items():
            self._fills.setdefault(title, []).append(self._network(fill.pixels))

    def result(self) -> Distribution | None:
        """Distances of the methods that filled every case; None with fewer than two cases."""
        count = len(self._truth)
        if count < 2:
            return None
        truth = np.stack(self._truth)
        values = {
            title: frechet_distance(truth, np.stack(fills))
            for title, fills in self._fills.items()
            if len(fills) == count
        }
        return Distribution(self._network.name, self._network.dimensions, count, values)
