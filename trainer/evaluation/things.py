"""How exactly things are found in loose masks, and what that does to the fill."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.find_requests import TightenRequest
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest
from portrait_studio.engine.things import USUAL_THRESHOLD, tightened_mask
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.imaging.masks import grow
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.evaluation.compare import LOOSE_FILL, LOOSE_SEEN_FILL, TIGHTENED_CARELESS_FILL, TIGHTENED_FILL
from trainer.evaluation.methods import Fill, applied
from trainer.evaluation.pages import Image, captioned_row, pages_of, with_hole, write_pages
from trainer.evaluation.scoring import Score, Tally, far, score
from trainer.evaluation.sheets import surroundings_of
from trainer.metrics.features import VggDistance
from trainer.metrics.lpips_dists import PerceivedDistance, perceived_distance
from trainer.metrics.segmentation import RIM_PX, MaskScore, mask_score, mean_mask_score
from trainer.protocols.case import Case
from trainer.protocols.things import PASTED, REAL, ThingCase

THINGS: Final = "things"
"""Name of the protocol."""

THRESHOLDS: Final = (0.15, 0.3, 0.4, 0.5)
LOOSE, GRABCUT, EXACT = "loose mask", "GrabCut", "exact thing"
HOLE_OF_PROGRAM: Final = f"network over {USUAL_THRESHOLD:g} and rim"
"""What the program fills."""

_GRABCUT_ROUNDS: Final = 5
_UGLIEST: Final = 10
"""Cases on the sheet."""

_TALLEST_PAGE_PX: Final = 6000

Masks = Mapping[str, NDArray[np.uint8]]


@dataclass(frozen=True)
class ThingRow:
    """Figures of one method on one group of cases.

    Attributes:
        group: "real", "pasted", or a kind of thing or of loose mask.
        method: which masks.
        cases: how many.
        figures: their means.
    """

    group: str
    method: str
    cases: int
    figures: MaskScore


def thing_row(group: str, method: str, cases: int, figures: Mapping[str, float]) -> ThingRow:
    """A row from plain JSON values."""
    return ThingRow(group, method, cases, MaskScore(**figures))


@dataclass(frozen=True, eq=False)
class ThingFigures:
    """What is kept of one case.

    Attributes:
        masks: score of each method's mask.
        fills: score by title of the fill; empty where nothing was filled.
        cells: of its row on a sheet; empty as well.
    """

    masks: dict[str, MaskScore]
    fills: dict[str, Score] = field(default_factory=dict)
    cells: list[tuple[str, Image]] = field(default_factory=list)

    @property
    def told(self) -> str:
        """How far the fills are from the truth, for a line about the case."""
        return "".join(f"; {title} {far(one):.4f}" for title, one in self.fills.items())


@dataclass
class ThingTally:
    """Scores of masks and fills, case by case.

    Attributes:
        masks: by method, for each case the case and its score.
        fills: by title of the fill, for each pasted case.
        pictures: of each pasted case, how far the fill of its loose mask is from the truth, and the cells of
            its row on a sheet.
    """

    masks: dict[str, list[tuple[ThingCase, MaskScore]]] = field(default_factory=dict)
    fills: dict[str, list[Score]] = field(default_factory=dict)
    pictures: list[tuple[float, list[tuple[str, Image]]]] = field(default_factory=list)

    def add(self, case: ThingCase, figures: ThingFigures) -> None:
        """Count one case."""
        for method, one in figures.masks.items():
            self.masks.setdefault(method, []).append((case, one))
        for title, score_of_fill in figures.fills.items():
            self.fills.setdefault(title, []).append(score_of_fill)
        if figures.cells:
            self.pictures.append((far(figures.fills[LOOSE_FILL]), figures.cells))

    @property
    def cases(self) -> int:
        """Number of things measured."""
        return len(self.masks.get(LOOSE, []))

    def as_tally(self, weights: dict[str, str]) -> Tally:
        """The fills in the form that reports are made of; `weights` are checksums of what was measured."""
        tally = Tally()
        tally.scores, tally.weights = dict(self.fills), weights
        tally.cases = [
            (case.name, case.marked) for case, _ in self.masks.get(LOOSE, []) if case.behind is not None
        ]
        return tally

    def write(self, folder: Path) -> list[Path]:
        """Write sheets of the ugliest fills of loose masks, before and after, the worst one first.

        Raises:
            ExportError: the folder cannot be written.
        """
        worst = sorted(self.pictures, key=lambda each: -each[0])[:_UGLIEST]
        return write_pages(pages_of([captioned_row(row) for _, row in worst], _TALLEST_PAGE_PX), folder)

    def rows(self) -> list[ThingRow]:
        """All methods on real and pasted things, then the tightened masks by kind of thing and of mask."""
        rows = []
        for group in (REAL, PASTED):
            for method, scored in self.masks.items():
                mine = [s for case, s in scored if (case.thing == PASTED) == (group == PASTED)]
                rows += _row(group, method, mine)
        usual = self.masks.get(_over(USUAL_THRESHOLD), [])
        for kind in dict.fromkeys(case.thing for case, _ in usual if case.thing != PASTED):
            rows += _row(
                f"thing: {kind}", _over(USUAL_THRESHOLD), [s for case, s in usual if case.thing == kind]
            )
        for kind in sorted({case.marked for case, _ in usual}):
            rows += _row(
                f"marked by: {kind}", _over(USUAL_THRESHOLD), [s for case, s in usual if case.marked == kind]
            )
        return rows


@dataclass(frozen=True, eq=False)
class ThingFills:
    """Fills cases whose background is known, through different masks.

    Attributes:
        engine: fills.
        distance: feature distance of the fills; None = not measured.
        perceived: how different they look to people; None = not measured.
    """

    engine: Engine
    distance: VggDistance | None = None
    perceived: PerceivedDistance | None = None

    def fills(self, case: ThingCase, masks: Masks, hardware: Hardware) -> dict[str, Fill]:
        """What becomes of the picture that shows the thing, by which mask is filled and how."""
        exact = np.where(case.truth == 1, np.uint8(255), np.uint8(0))
        tight = masks[HOLE_OF_PROGRAM]
        seen, guessed = CompletionOptions(looks_inside=True), CompletionOptions()
        holes = {
            LOOSE_FILL: (case.loose, guessed),
            LOOSE_SEEN_FILL: (case.loose, seen),
            _default(GRABCUT): (grow(masks[GRABCUT], RIM_PX), seen),
            TIGHTENED_CARELESS_FILL: (tight, replace(seen, careful_sources=False)),
            TIGHTENED_FILL: (tight, seen),
            _default(EXACT): (grow(exact, RIM_PX), seen),
        }
        return {
            title: _filled(case, hole, options, self.engine, hardware)
            for title, (hole, options) in holes.items()
        }

    def scores(self, case: ThingCase, fills: Mapping[str, Fill]) -> dict[str, Score]:
        """Figures inside the loose mask, by title of the fill."""
        assert case.behind is not None
        return score(Case(case.name, case.behind, case.loose), fills, self.distance, self.perceived)


class ThingMeasure(OpenedAnew):
    """Finds a thing in its loose mask, and fills it away where what is behind is known."""

    def __init__(self, networks: NetworkStore, hardware: Hardware, vgg: Path | None) -> None:
        """Make the engine.

        Args:
            networks: of the engine.
            hardware: what it runs on.
            vgg: weights for the figures of the fills; None = nothing is filled.

        Raises:
            WeightsError: `vgg` cannot be read.
        """
        self._engine, self._hardware = Pipeline(networks), hardware
        self._filling = None
        if vgg is not None:
            self._filling = ThingFills(self._engine, VggDistance(vgg), perceived_distance(vgg))

    def __call__(self, case: ThingCase) -> ThingFigures:
        """Measure a case."""
        return measured_thing(case, self._engine, self._hardware, self._filling)


def measured_thing(
    case: ThingCase,
    engine: Engine,
    hardware: Hardware = ANY_HARDWARE,
    filling: ThingFills | None = None,
) -> ThingFigures:
    """Masks of a case, and its fills if its background is known.

    Args:
        case: the case.
        engine: finds things.
        hardware: what it runs on.
        filling: fills pasted cases; None = masks only.
    """
    masks = masks_of(case, engine, hardware)
    scores = {method: mask_score(mask, case.truth, case.loose, case.skin) for method, mask in masks.items()}
    if filling is None or case.behind is None:
        return ThingFigures(scores)
    fills = filling.fills(case, masks, hardware)
    fill_scores = filling.scores(case, fills)
    return ThingFigures(scores, fill_scores, _cells(case, fills, fill_scores))


def _cells(
    case: ThingCase, fills: Mapping[str, Fill], scores: Mapping[str, Score]
) -> list[tuple[str, Image]]:
    """Before and after of a pasted case, pixel for pixel around what was marked."""
    assert case.behind is not None
    near = surroundings_of(case.loose)
    told = {title: f"{title.removeprefix('default, ')} {far(scores[title]):.3f}" for title in fills}
    return [
        (case.name, case.image[near]),
        (case.marked, with_hole(case.image, case.loose)[near]),
        *(
            (told[title], fills[title].pixels[near])
            for title in (LOOSE_FILL, LOOSE_SEEN_FILL, TIGHTENED_FILL)
        ),
        ("truth", case.behind[near]),
    ]


def masks_of(case: ThingCase, engine: Engine, hardware: Hardware) -> Masks:
    """What each method makes of a loose mask, by its name; each (H, W) uint8, 255 = in the mask."""
    found = engine.run(TightenRequest(case.image, case.loose, hardware=hardware))
    masks = {LOOSE: case.loose, GRABCUT: grabcut(case.image, case.loose)}
    masks |= {_over(share): tightened_mask(case.loose, found, share, 0) for share in THRESHOLDS}
    return masks | {HOLE_OF_PROGRAM: tightened_mask(case.loose, found)}


def grabcut(image: NDArray[np.uint8], loose: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """OpenCV's GrabCut (Rother et al. 2004) with everything outside the loose mask as background.

    Args:
        image: (H, W, 3) uint8 RGB.
        loose: (H, W) uint8, nonzero = loosely marked.
    """
    labels = np.where(loose != 0, np.uint8(cv2.GC_PR_FGD), np.uint8(cv2.GC_BGD))
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    cv2.grabCut(bgr, labels, None, *models, _GRABCUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.where((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD), np.uint8(255), np.uint8(0))


def _over(share: float) -> str:
    return f"network over {share:g}"


def _default(method: str) -> str:
    return f"default, {method}"


def _row(group: str, method: str, scores: Sequence[MaskScore]) -> list[ThingRow]:
    return [ThingRow(group, method, len(scores), mean_mask_score(scores))] if scores else []


def _filled(
    case: ThingCase, hole: NDArray[np.uint8], options: CompletionOptions, engine: Engine, hardware: Hardware
) -> Fill:
    start = time.perf_counter()
    # A method that finds nothing leaves the mask as it was painted, as the program does.
    request = CompletionRequest(case.image, hole if hole.any() else case.loose, options, hardware=hardware)
    pixels = applied(case.image, engine.run(request))
    return Fill(pixels, time.perf_counter() - start)
