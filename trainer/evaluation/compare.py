"""Whether one method is better than another on the same cases, or whether that cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.evaluation.methods import (
    DEFAULT,
    G_P,
    G_P_F,
    GENERAL,
    NO_REDRAWING,
    NO_REFERENCES,
    PATCHES,
    SEARCH,
    WITHOUT,
    G,
)
from trainer.evaluation.scoring import Score
from trainer.metrics.no_reference import MEASURES

LOOSE_FILL, TIGHTENED_FILL = "default, loose mask", "default, network over 0.4"
LOOSE_SEEN_FILL = "default, loose mask, structure as seen"
TIGHTENED_CARELESS_FILL = "default, network over 0.4, copied from anywhere"
RIVALS = ("telea", "patchmatch", PATCHES)
"""What the program's default is held against, whatever the protocol."""

PAIRS: tuple[tuple[str, str], ...] = (
    (G, G_P),
    (G_P, G_P_F),
    *((name, DEFAULT) for name in (NO_REDRAWING, *WITHOUT)),
    *((name, NO_REFERENCES) for name in ("default-without-feet", "default-without-lines")),
    (NO_REFERENCES, DEFAULT),
    *((rival, DEFAULT) for rival in RIVALS),
    (GENERAL, DEFAULT),
    (LOOSE_FILL, LOOSE_SEEN_FILL),
    (LOOSE_SEEN_FILL, TIGHTENED_FILL),
    (LOOSE_FILL, TIGHTENED_FILL),
    (TIGHTENED_CARELESS_FILL, TIGHTENED_FILL),
    ("mean face", SEARCH),
    *((f"{SEARCH} without {part}", SEARCH) for part in ("structure", "boundary weights", "judge")),
    *((other, "first") for other in ("newest", "random")),
    *(("first", measure) for measure in (*MEASURES, "all measures")),
)
"""Which method is compared with which: the paper's steps, faces redrawn or not and finished or not, shoes
copied or not, patterns and lines continued or not, other photos at hand or not, the default with its rivals
and with the network for any photo, holes as they were painted, with their structure as seen, tightened, and
with patches from anywhere, a face that is searched for with the mean face and with less to search by, and
candidates by who chooses them."""

SIGNS = {"lpips": -1, "dists": -1, "l1_in_hole": -1, "psnr_in_hole": 1, "ssim": 1, "vgg": -1}
"""Figures that are compared, what people see first, and whether more (1) or less (-1) is better."""

BETTER, WORSE, UNDECIDED = "better", "worse", "cannot be said"

_RESAMPLES = 2000
_CERTAINTY = 0.95


@dataclass(frozen=True)
class PairedComparison:
    """One figure of two methods.

    Attributes:
        base: title of the method that is compared with.
        other: title of the method that may be better.
        figure: name of the figure of `Score`.
        cases: cases that both filled.
        changed: how many of them differ at all in this figure.
        wins: how many of them are better.
        gain: mean difference, positive = better.
        low: lower end of its 95 % interval (bootstrap over the cases).
        high: upper end.
    """

    base: str
    other: str
    figure: str
    cases: int
    changed: int
    wins: int
    gain: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Better or worse when the interval excludes zero."""
        if self.low > 0:
            return BETTER
        return WORSE if self.high < 0 else UNDECIDED


def compare_all(scores: Mapping[str, Sequence[Score]], cases: int) -> list[PairedComparison]:
    """All pairs and figures of the methods that filled every case.

    Args:
        scores: of each case by title of the method.
        cases: number of cases.
    """
    full = {title: rows for title, rows in scores.items() if len(rows) == cases}
    return [
        compare(base, other, figure, full[base], full[other])
        for base, other in PAIRS
        if base in full and other in full and cases > 1
        for figure in SIGNS
        if all(getattr(row, figure) is not None for row in (*full[base], *full[other]))
    ]


def compare_by_kind(
    scores: Mapping[str, Sequence[Score]], kinds: Sequence[str]
) -> dict[str, list[PairedComparison]]:
    """The default held against every other method, by kind of hole, in the first figure that was measured.

    Args:
        scores: of each case by title of the method.
        kinds: of each case.
    """
    rivals = [title for title, rows in scores.items() if len(rows) == len(kinds) and title != DEFAULT]
    if not kinds or len(scores.get(DEFAULT, ())) != len(kinds):
        return {}
    own = scores[DEFAULT]
    figure = next(name for name in SIGNS if all(getattr(row, name) is not None for row in own))
    found: dict[str, list[PairedComparison]] = {}
    for kind in dict.fromkeys(kinds):
        places = [place for place, other in enumerate(kinds) if other == kind]
        if len(places) > 1:
            pairs = [([scores[title][i] for i in places], [own[i] for i in places]) for title in rivals]
            found[kind] = [
                compare(title, DEFAULT, figure, *pair) for title, pair in zip(rivals, pairs, strict=True)
            ]
    return found


def compare(
    base: str, other: str, figure: str, old: Sequence[Score], new: Sequence[Score]
) -> PairedComparison:
    """One figure of two methods, case by case.

    Args:
        base: title of the method that is compared with.
        other: title of the method that may be better.
        figure: one of `SIGNS`.
        old: figures of `base` by case.
        new: figures of `other` on the same cases.
    """
    pairs = zip(old, new, strict=True)
    gains = SIGNS[figure] * np.array([getattr(b, figure) - getattr(a, figure) for a, b in pairs])
    # The same resamples every time, so that a report can be made again.
    drawn = np.random.default_rng(0).integers(len(gains), size=(_RESAMPLES, len(gains)))
    tail = (1 - _CERTAINTY) / 2
    low, high = np.quantile(gains[drawn].mean(axis=1), (tail, 1 - tail))
    return PairedComparison(
        base,
        other,
        figure,
        len(gains),
        int(np.count_nonzero(gains)),
        int(np.count_nonzero(gains > 0)),
        float(gains.mean()),
        float(low),
        float(high),
    )
