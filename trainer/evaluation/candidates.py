"""Which of several fills of a hole is nearest to the truth, and whether a measure without the truth knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, takewhile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.fill_variants import (
    INTENTS,
    NEED_A_FILL,
    CandidateKind,
    FillVariant,
    other_variants,
)
from portrait_studio.engine.intent import wanted_with
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    ParseRequest,
    Structure,
)
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.masks import grow
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.evaluation.methods import Fill, applied, labels_over_photo
from trainer.evaluation.scoring import Score, Tally, far, mean_score, score
from trainer.metrics.lpips_dists import PerceivedDistance, perceived_distance
from trainer.metrics.no_reference import MEASURES, Look, ranks
from trainer.metrics.segmentation import RIM_PX
from trainer.protocols.case import Case
from trainer.protocols.things import ThingCase

CANDIDATES: Final = "candidates"
"""Name of the protocol."""

FIRST, NEWEST, RANDOM, NEAREST = "first", "newest", "random", "nearest to the truth"
"""What is shown: the fill that is made first, the one made last, any of them, or the best by LPIPS."""
TOGETHER: Final = "all measures"
"""The one with the least sum of its ranks by all measures."""

_FRACTION: Final = np.float32(1 / 255)


@dataclass(frozen=True)
class CandidateRow:
    """Figures of one kind of candidate against the first one on the same holes.

    Attributes:
        kind: what sets it apart.
        cases: on how many holes it shows something else.
        nearest: on how many of them it is the nearest to the truth of all, by LPIPS.
        better: on how many it is nearer than the first one.
        lpips: its mean.
        lpips_of_first: that of the first one on the same holes.
        dists: its mean.
        dists_of_first: that of the first one on the same holes.
    """

    kind: str
    cases: int
    nearest: int
    better: int
    lpips: float
    lpips_of_first: float
    dists: float
    dists_of_first: float


@dataclass(frozen=True, eq=False)
class CandidateFigures:
    """What is kept of one case.

    Attributes:
        scores: of each candidate by its kind, in the order in which they were made.
        measured: for each measure its value for each kind; less is better.
        device: what the fills ran on.
        weights: SHA-256 of each weights file by network name.
    """

    scores: dict[str, Score]
    measured: Mapping[str, Mapping[str, float]]
    device: str = ""
    weights: Mapping[str, str] = field(default_factory=dict)


@dataclass
class CandidateTally:
    """Scores of all candidates, case by case.

    Attributes:
        by_kind: for each case the score of each candidate, in the order in which they were made.
        shown: for each case the score of what is shown, by who chooses it.
        names: of the cases.
        device: what the fills ran on.
        weights: SHA-256 of each weights file by network name.
    """

    by_kind: list[dict[str, Score]] = field(default_factory=list)
    shown: dict[str, list[Score]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    device: str = ""
    weights: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, figures: CandidateFigures) -> None:
        """Count the case of that name."""
        scores, measured = figures.scores, figures.measured
        self.device, self.weights = figures.device, {**self.weights, **figures.weights}
        kinds = list(scores)
        choices = {
            FIRST: kinds[0],
            NEWEST: kinds[-1],
            NEAREST: min(kinds, key=lambda kind: far(scores[kind])),
        }
        places = {measure: ranks([values[kind] for kind in kinds]) for measure, values in measured.items()}
        places[TOGETHER] = np.sum(list(places.values()), axis=0)
        choices |= {measure: kinds[int(np.argmin(values))] for measure, values in places.items()}
        shown = {chooser: scores[kind] for chooser, kind in choices.items()}
        shown[RANDOM] = mean_score(list(scores.values()))
        for chooser, one in shown.items():
            self.shown.setdefault(chooser, []).append(one)
        self.by_kind.append(scores)
        self.names.append(name)

    def as_tally(self) -> Tally:
        """Who shows what, in the form that reports are made of."""
        tally = Tally()
        tally.scores, tally.weights, tally.device = dict(self.shown), self.weights, self.device
        tally.cases = [(name, CANDIDATES) for name in self.names]
        return tally

    def rows(self) -> list[CandidateRow]:
        """The kinds in the order in which they are made."""
        kinds = [kind.value for kind in CandidateKind if any(str(kind.value) in one for one in self.by_kind)]
        rows = [_row(str(kind), [one for one in self.by_kind if kind in one]) for kind in kinds]
        return sorted(rows, key=lambda row: (row.lpips - row.lpips_of_first) * row.cases)


class CandidateMeasure(OpenedAnew):
    """Makes all kinds of candidates for a case."""

    def __init__(
        self,
        networks: NetworkStore,
        make_engine: Callable[[NetworkStore], Engine],
        hardware: Hardware,
        vgg: Path | None,
    ) -> None:
        """Make the engine.

        Args:
            networks: of the engine.
            make_engine: the engine over given networks.
            hardware: what it runs on.
            vgg: weights for LPIPS; None = L1 decides.

        Raises:
            WeightsError: `vgg` cannot be read.
        """
        self._engine, self._hardware = make_engine(networks), hardware
        self._perceived = None if vgg is None else perceived_distance(vgg)

    def __call__(self, case: ThingCase) -> CandidateFigures:
        """Measure a case."""
        return measured_candidates(case, self._engine, self._perceived, self._hardware)


def measured_candidates(
    case: ThingCase, engine: Engine, perceived: PerceivedDistance | None, hardware: Hardware
) -> CandidateFigures:
    """Make all kinds of candidates for a case, and measure them.

    Args:
        case: its background is known; the hole is the exact thing with its rim.
        engine: what fills.
        perceived: how different fills look to people; None = L1 decides.
        hardware: what the engine runs on.
    """
    assert case.behind is not None
    hole = grow(np.where(case.truth == 1, np.uint8(255), np.uint8(0)), RIM_PX)
    seen = engine.run(ParseRequest(case.image, hardware=hardware))
    fills, labels, device, weights = {}, {}, "", dict[str, str]()
    for kind, result, seconds in _candidates(case.image, hole, seen, engine, hardware):
        fills[kind] = Fill(applied(case.image, result), seconds)
        labels[kind] = labels_over_photo(result, hole)
        device, weights = result.device, weights | result.weights
    scores = score(Case(case.name, case.behind, hole), fills, None, perceived)
    return CandidateFigures(scores, _measured(fills, labels, hole != 0), device, weights)


def _candidates(
    image: NDArray[np.uint8], hole: NDArray[np.uint8], seen: Structure, engine: Engine, hardware: Hardware
) -> Iterator[tuple[str, CompletionResult, float]]:
    """The first fill, one of each other kind that shows something else, and one drawn structure."""
    first = FillVariant.of(CompletionOptions())
    made: list[FilledRegion] = []
    wanted = wanted_with(first.intent, hole, None, seen)

    def is_useful(variant: FillVariant) -> bool:
        if variant.kind in (CandidateKind.NO_MATE, CandidateKind.OTHER_SHOES):
            return any(map(NEED_A_FILL[variant.kind], made))
        return variant.kind not in INTENTS or not _same(wanted_with(variant.intent, hole, None, seen), wanted)

    variants = takewhile(
        lambda variant: variant.kind is not CandidateKind.STRUCTURE, other_variants(first, [first], is_useful)
    )
    for variant in chain([first], variants, [first.drawn(1)]):
        asked = wanted_with(variant.intent, hole, None, seen)
        request = CompletionRequest(image, hole, variant.options, asked, hardware=hardware)
        start = time.perf_counter()
        result = engine.run(request)
        made += result.regions
        yield str(variant.kind.value), result, time.perf_counter() - start


def _same(one: NDArray[np.uint8] | None, other: NDArray[np.uint8] | None) -> bool:
    return one is other or (one is not None and other is not None and np.array_equal(one, other))


def _measured(
    fills: Mapping[str, Fill], labels: Mapping[str, NDArray[np.uint8]], hole: NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    """What each measure says of each candidate."""
    pictures = {kind: fill.pixels * _FRACTION for kind, fill in fills.items()}
    median = np.asarray(np.median(np.stack(list(pictures.values())), axis=0), np.float32)
    network = pictures.get(str(CandidateKind.NETWORK.value), median)
    looks = {kind: Look(picture, hole, labels[kind], median, network) for kind, picture in pictures.items()}
    return {name: {kind: measure(look) for kind, look in looks.items()} for name, measure in MEASURES.items()}


def _row(kind: str, cases: list[dict[str, Score]]) -> CandidateRow:
    mine = [one[kind] for one in cases]
    first = [next(iter(one.values())) for one in cases]
    mean, mean_first = mean_score(mine), mean_score(first)
    nearest = sum(far(one[kind]) <= min(map(far, one.values())) for one in cases)
    better = sum(far(a) < far(b) for a, b in zip(mine, first, strict=True))
    return CandidateRow(
        kind,
        len(cases),
        nearest,
        better,
        far(mean),
        far(mean_first),
        mean.dists or 0.0,
        mean_first.dists or 0.0,
    )
