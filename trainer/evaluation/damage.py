"""How much damage is found, by kind, and how much of a sound photo is taken for damage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from portrait_studio.engine.damage import rim_of
from portrait_studio.engine.devices import PrecisionMemory, choose_compute
from portrait_studio.engine.find_damage import FLAGGED_SHARE, RELEASED_THRESHOLD, find_damage
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.things import USUAL_THRESHOLD
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.masks import extent_of
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.data.damage import KINDS
from trainer.metrics.damage import DamageScore, damage_score
from trainer.protocols.damage import SOUND_PHOTO, DamageCase

DAMAGE: Final = "damage"
"""Name of the protocol."""

_EVEN: Final = 0.5
_STEPS: Final = np.arange(1, 256) / 255


@dataclass(frozen=True)
class DamageRow:
    """Figures of one kind of damage at one threshold.

    Attributes:
        group: kind of damage, or "sound".
        cases: how many photos.
        threshold: answer of the network from which on a pixel counts as damaged.
        recall: share of the damage that is found; None where there is none.
        precision: share of what is found that is damage; None where there is none.
        flagged: share of the sound pixels that the proposed mask takes, with its rim.
    """

    group: str
    cases: int
    threshold: float
    recall: float | None
    precision: float | None
    flagged: float


@dataclass(frozen=True)
class DamageFigures:
    """Scores of one case.

    Attributes:
        score: of the answer itself.
        masked: of the same with the rim that the proposed mask has; None for damaged photos.
    """

    score: DamageScore
    masked: DamageScore | None


@dataclass
class DamageTally:
    """Scores of answers, case by case, by group.

    Attributes:
        scores: of the answers themselves.
        masked: of the same with the rim that the proposed mask has; sound photos only.
    """

    scores: dict[str, list[DamageScore]] = field(default_factory=dict)
    masked: list[DamageScore] = field(default_factory=list)

    def add(self, case: DamageCase, figures: DamageFigures) -> None:
        """Count one case."""
        self.scores.setdefault(case.kind, []).append(figures.score)
        if figures.masked is not None:
            self.masked.append(figures.masked)

    @property
    def cases(self) -> int:
        """Number of photos looked at."""
        return sum(map(len, self.scores.values()))

    def rows(self) -> list[DamageRow]:
        """All groups at the program's threshold, at one half, and where the share put up with is flagged."""
        thresholds = dict.fromkeys((RELEASED_THRESHOLD, _EVEN, self.threshold_for(FLAGGED_SHARE)))
        return [
            self._row(group, threshold)
            for threshold in thresholds
            for group in (SOUND_PHOTO, *KINDS)
            if group in self.scores
        ]

    def threshold_for(self, share: float) -> float:
        """The least threshold at which sound photos are flagged no more than a share, as their mean."""
        fitting = (float(step) for step in _STEPS if self._flagged(float(step)) <= share)
        return round(next(fitting, 1.0), 3)

    def _flagged(self, threshold: float) -> float:
        return float(np.mean([score.flagged(threshold) for score in self.masked])) if self.masked else 0.0

    def _row(self, group: str, threshold: float) -> DamageRow:
        scores = self.scores[group]
        if group == SOUND_PHOTO:
            return DamageRow(group, len(scores), threshold, None, None, self._flagged(threshold))
        recall, precision, flagged = (
            float(np.mean([figure(score, threshold) for score in scores]))
            for figure in (DamageScore.recall, DamageScore.precision, DamageScore.flagged)
        )
        return DamageRow(group, len(scores), threshold, recall, precision, flagged)


class DamageMeasure(OpenedAnew):
    """Looks for damage in a case."""

    def __init__(self, networks: NetworkStore, hardware: Hardware) -> None:
        """Open the network.

        Args:
            networks: hands it out.
            hardware: what it runs on.

        Raises:
            WeightsError: it cannot be read.
            DeviceError: this machine does not have the device.
        """
        self.network = networks.load(DAMAGE)
        self.compute = choose_compute(hardware, PrecisionMemory())

    def __call__(self, case: DamageCase) -> DamageFigures:
        """Measure a case."""
        # Levels are the network's own answers where the threshold is the usual one.
        runner = NetworkRunner(self.network.module, self.compute)
        found = find_damage(runner, case.image, USUAL_THRESHOLD)
        score, masked = damage_score(found.probability, case.truth), None
        if case.kind == SOUND_PHOTO:
            side = 2 * rim_of(extent_of(case.image)) + 1
            rim = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
            masked = damage_score(np.asarray(cv2.dilate(found.probability, rim), np.uint8), case.truth)
        return DamageFigures(score, masked)
