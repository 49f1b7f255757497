"""From fills to figures: scores of one fill, and their means over all cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError, WeightsError
from trainer.evaluation.methods import Fill, MeasuredMethod
from trainer.metrics.features import VggDistance
from trainer.metrics.lpips_dists import Perceived, PerceivedDistance
from trainer.metrics.parsing import ParsingConfusion
from trainer.metrics.pixels import l1_in_hole, psnr, psnr_in_hole, ssim
from trainer.metrics.pose import KeypointScore
from trainer.protocols.case import Case

MOST_DECIBELS = 100.0
"""What an exact fill counts as in the mean, where its true value is infinite."""


@dataclass(frozen=True)
class Score:
    """Figures of one fill, or their means.

    Attributes:
        l1_in_hole: mean absolute difference in the hole, 0 to 255.
        psnr: of the whole image, decibels.
        psnr_in_hole: of the hole, decibels.
        ssim: of the whole image.
        vgg: feature distance in the hole; None when not measured.
        seconds: wall-clock time per photo.
        lpips: how different the crop around the hole looks to people, less is better; None when not measured.
        dists: the same, forgiving textures that lie elsewhere; None when not measured.
    """

    l1_in_hole: float
    psnr: float
    psnr_in_hole: float
    ssim: float
    vgg: float | None
    seconds: float
    lpips: float | None = None
    dists: float | None = None


@dataclass(frozen=True, eq=False)
class CaseResult:
    """One case with what every method made of it.

    Attributes:
        case: the case.
        fills: by title of the method.
        scores: by title of the method.
        missing: why a method could not run, by its title.
    """

    case: Case
    fills: dict[str, Fill]
    scores: dict[str, Score]
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CaseFigures:
    """What is kept of a case whose pictures are not; it can be sent from one process to another.

    Attributes:
        scores: by title of the method.
        missing: why a method could not run, by its title.
        devices: what each fill ran on, by title of the method.
        weights: SHA-256 of each weights file by network name, by title of the method.
        labels: (H, W) uint8, the first predicted parsing map; None without one.
        keypoints: (16, 2) float32 x, y in pixels, of the same fill; None without.
    """

    scores: dict[str, Score]
    missing: dict[str, str]
    devices: dict[str, str]
    weights: dict[str, Mapping[str, str]]
    labels: NDArray[np.uint8] | None = None
    keypoints: NDArray[np.float32] | None = None


def figures_of(result: CaseResult, predicting: Collection[str] = ()) -> CaseFigures:
    """The figures of a case without its pictures.

    Args:
        result: the case.
        predicting: titles of the methods that predict a parsing map; all share one parser.
    """
    fills = result.fills
    predicted = (fill for title, fill in fills.items() if title in predicting and fill.labels is not None)
    first = next(predicted, None)
    return CaseFigures(
        result.scores,
        result.missing,
        {title: fill.device for title, fill in fills.items()},
        {title: fill.weights for title, fill in fills.items()},
        None if first is None else first.labels,
        None if first is None else first.keypoints,
    )


def score(
    case: Case,
    fills: Mapping[str, Fill],
    distance: VggDistance | None,
    perceived: PerceivedDistance | None = None,
) -> dict[str, Score]:
    """Figures of each fill of a case, by the same titles."""
    truth, mask = case.image, case.mask
    pictures = [fill.pixels for fill in fills.values()]
    seen: list[float | None] = [None] * len(fills)
    if distance is not None and fills:
        seen = [*distance(truth, pictures, mask)]
    looks: list[Perceived | None] = [None] * len(fills)
    if perceived is not None and fills:
        looks = [*perceived(truth, pictures, mask)]
    return {
        title: Score(
            l1_in_hole(truth, fill.pixels, mask),
            min(MOST_DECIBELS, psnr(truth, fill.pixels)),
            min(MOST_DECIBELS, psnr_in_hole(truth, fill.pixels, mask)),
            ssim(truth, fill.pixels),
            vgg,
            fill.seconds,
            None if look is None else look.lpips,
            None if look is None else look.dists,
        )
        for (title, fill), vgg, look in zip(fills.items(), seen, looks, strict=True)
    }


def far(one: Score) -> float:
    """How far a fill is from the truth: its LPIPS; L1 in the hole where that is not measured."""
    return one.l1_in_hole if one.lpips is None else one.lpips


def mean_score(scores: Sequence[Score]) -> Score:
    """Mean of each figure over one or more cases."""
    means: dict[str, Any] = {}
    for figure in fields(Score):
        values = [getattr(one, figure.name) for one in scores]
        means[figure.name] = None if None in values else float(np.mean(values))
    return Score(**means)


class Scorer:
    """Fills case after case with every method, and scores the fills."""

    def __init__(
        self,
        methods: Sequence[MeasuredMethod],
        distance: VggDistance | None = None,
        perceived: PerceivedDistance | None = None,
    ) -> None:
        """Take the methods.

        Args:
            methods: what to measure.
            distance: of the features of VGG; None = not measured.
            perceived: LPIPS and DISTS; None = not measured.
        """
        self._methods = tuple(methods)
        self._distance, self._perceived = distance, perceived

    def __call__(self, case: Case, skipped: Collection[str] = ()) -> CaseResult:
        """Fill the case with every method that can run.

        Args:
            case: the case.
            skipped: titles of methods that are known not to run.
        """
        fills, missing = dict[str, Fill](), dict[str, str]()
        for method in self._methods:
            if method.title in skipped or (method.uses_truth and case.labels is None):
                continue
            try:
                fills[method.title] = method.fill(case)
            except (WeightsError, OptionError) as error:
                # A method that cannot run here says why in the table; the others are measured all the same.
                missing[method.title] = str(error)
        return CaseResult(case, fills, score(case, fills, self._distance, self._perceived), missing)


class Tally:
    """Keeps the figures of case after case."""

    def __init__(self, titles: Sequence[str] = ()) -> None:
        """Begin without cases.

        Args:
            titles: of the methods that are known beforehand, in their order.
        """
        self.missing: dict[str, str] = {}
        """Why a method could not run, by its title."""
        self.scores: dict[str, list[Score]] = {title: [] for title in titles}
        self.cases: list[tuple[str, str]] = []
        """Name and kind of hole of each case so far."""
        self.whole, self.hole, self.keypoints = ParsingConfusion(), ParsingConfusion(), KeypointScore()
        self.device = ""
        self.weights: dict[str, str] = {}
        self.used: dict[str, list[str]] = {}
        """Names of the networks that a method used in any case, by its title."""

    def add(self, case: Case, figures: CaseFigures) -> None:
        """Count a case; what a method did after it could not run once does not count."""
        self.missing = figures.missing | self.missing
        for title in figures.scores:
            if title in self.missing:
                continue
            self.scores.setdefault(title, []).append(figures.scores[title])
            weights, names = figures.weights[title], self.used.setdefault(title, [])
            names += [name for name in weights if name not in names]
            self.device = figures.devices[title] or self.device
            self.weights |= weights
        self._count_structure(case, figures)
        self.cases.append((case.name, case.kind))

    def _count_structure(self, case: Case, figures: CaseFigures) -> None:
        """Compare the predicted parsing map and pose with the truth."""
        if figures.labels is None:
            return
        if case.labels is not None:
            self.whole.add(case.labels, figures.labels)
            self.hole.add(case.labels, figures.labels, case.mask)
        if case.keypoints is not None and figures.keypoints is not None:
            self.keypoints.add(case.keypoints, figures.keypoints)

    def means(self) -> dict[str, Score]:
        """Mean figures by title of the method, for those that ran on at least one case."""
        return {title: mean_score(scores) for title, scores in self.scores.items() if scores}

    def means_by_kind(self) -> dict[str, dict[str, Score]]:
        """The same by kind of hole, of the methods that filled every case."""
        full = {title: rows for title, rows in self.scores.items() if len(rows) == len(self.cases)}
        kinds = list(dict.fromkeys(kind for _, kind in self.cases))
        rows = {kind: [i for i, (_, other) in enumerate(self.cases) if other == kind] for kind in kinds}
        return {
            kind: {title: mean_score([scores[i] for i in places]) for title, scores in full.items()}
            for kind, places in rows.items()
        }
