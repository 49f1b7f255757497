"""Table II: parsers side by side on the same hidden photos."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.extension_plan import widest_side
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore, SideNetworks
from portrait_studio.engine.request import ParseRequest
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.conventions import LABELS
from portrait_studio.networks.released import LoadedNetwork
from trainer.evaluation.methods import Bench, at_photo_size, keypoints_of
from trainer.evaluation.networks import SwappedStore, WithoutRefinement
from trainer.metrics.parsing import FigureOverlap, ParsingConfusion, PixelAccuracy
from trainer.metrics.pose import KeypointScore
from trainer.protocols.case import Case

RELEASED = "released"
COARSE = "without refinement"

_SHOES = (LABELS.index("left-shoe"), LABELS.index("right-shoe"))
_LEAST_SHOE = 0.001
"""Share of the hole that counts as a shoe: 16 of the 64 x 256 pixels of an extension."""


@dataclass(frozen=True)
class ParserFigures:
    """How well one parser does; None where the cases cannot tell.

    Attributes:
        sha256: of its weights.
        mean_iou: mean IoU of the labels on whole photos, if nearly all pixels are labelled exactly.
        mean_iou_in_hole: the same inside the holes.
        figure_iou: IoU of the silhouette on whole photos.
        figure_iou_in_hole: the same inside the holes.
        pckh: share of the joints found within half a head.
        pckh_in_hole: the same for joints that the hole hides.
        pckh_outside: the same for all others.
        both_shoes: share of the photos with both shoes hidden in which both are predicted.
        shoe_cases: number of such photos.
        per_label: IoU on whole photos and inside holes by label.
        accuracy: share of the pixels labelled rightly on whole photos: all that photos labelled in part tell.
            Sets of labels make it easy there, so it compares parsers on the same photos alone.
        accuracy_in_hole: the same inside the holes.
        confusion: pixels of whole photos by [true, predicted] label; empty without exact labels.
    """

    sha256: str
    mean_iou: float | None
    mean_iou_in_hole: float | None
    figure_iou: float | None
    figure_iou_in_hole: float | None
    pckh: float | None
    pckh_in_hole: float | None
    pckh_outside: float | None
    both_shoes: float | None
    shoe_cases: int
    per_label: dict[str, list[float | None]]
    accuracy: float | None = None
    accuracy_in_hole: float | None = None
    confusion: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ParserVariant:
    """A row of the table.

    Attributes:
        name: shown in the table.
        network: stands in for the released parser; None = the released one.
        refined: False shows the map before the refinement by pose.
    """

    name: str
    network: LoadedNetwork | None = None
    refined: bool = True


@dataclass(frozen=True, eq=False)
class ParserAnswer:
    """What a parser made of one case.

    Attributes:
        sha256: of its weights; empty where it could not run.
        missing: why it could not run; empty where it could.
        labels: (H, W) uint8 parsing map; None where nobody asks.
        keypoints: (16, 2) float32 x, y in pixels; None where nobody asks.
    """

    sha256: str = ""
    missing: str = ""
    labels: NDArray[np.uint8] | None = None
    keypoints: NDArray[np.float32] | None = None


class ParserRun:
    """Runs one parser on case after case."""

    def __init__(self, variant: ParserVariant, bench: Bench) -> None:
        """Open nothing yet.

        Args:
            variant: the parser.
            bench: what it runs in.
        """
        self.name = variant.name
        self._variant, self._bench = variant, bench
        self._engine: Engine | None = None
        self._sha256 = ""

    def __call__(self, case: Case) -> ParserAnswer | None:
        """Parse one case; None where there is no truth to compare with."""
        if case.labels is None and case.keypoints is None:
            return None
        try:
            engine, hardware = self._opened(widest_side(case.extension)), self._bench.hardware
            structure = engine.run(ParseRequest(case.image, case.mask, hardware=hardware))
        except (WeightsError, OptionError) as error:
            return ParserAnswer(missing=str(error))
        return ParserAnswer(
            self._sha256,
            labels=None if case.labels is None else at_photo_size(structure),
            keypoints=None if case.keypoints is None else keypoints_of(structure),
        )

    def _opened(self, side: str | None) -> Engine:
        """The engine with this parser in it, or with the one for extensions to that side."""
        if self._engine is None:
            network = self._variant.network or SideNetworks(self._bench.networks, side).load("parsing")
            self._sha256 = network.sha256
            if not self._variant.refined:
                network = replace(network, module=WithoutRefinement(network.module))
            self._engine = self._bench.make_engine(SwappedStore(self._bench.networks, {"parsing": network}))
        return self._engine


class ParserTally:
    """Counts what one parser answers to case after case."""

    def __init__(self, name: str) -> None:
        """Begin without cases.

        Args:
            name: of the parser.
        """
        self.name = name
        self.missing = ""
        """Why the parser could not run; empty when it could."""
        self._sha256 = ""
        self._labels = ParsingConfusion(), ParsingConfusion()
        self._accuracy = PixelAccuracy(), PixelAccuracy()
        self._figure = FigureOverlap(), FigureOverlap()
        self._joints = KeypointScore(), KeypointScore(), KeypointScore()
        self._shoes: list[bool] = []

    @property
    def title(self) -> str:
        """Names it among what is missing."""
        return title_of(self.name)

    def add(self, case: Case, answer: ParserAnswer | None) -> None:
        """Count one case; None = it was not parsed."""
        if self.missing or answer is None:
            return
        self.missing = answer.missing
        self._sha256 = self._sha256 or answer.sha256
        if case.labels is not None and answer.labels is not None:
            self._count_labels(case.labels, answer.labels, case.mask)
        if case.keypoints is not None and answer.keypoints is not None:
            self._count_joints(case.keypoints, answer.keypoints, case.mask)

    def figures(self) -> ParserFigures | None:
        """What was counted; None when the parser could not run or there was nothing to count."""
        if self.missing or not self._sha256:
            return None
        whole, hole = self._labels
        accuracy, accuracy_in_hole = (_known(counter.share) for counter in self._accuracy)
        figure, figure_in_hole = (_known(overlap.iou) for overlap in self._figure)
        joints, joints_in_hole, joints_outside = (_known(score.mean) for score in self._joints)
        return ParserFigures(
            sha256=self._sha256,
            mean_iou=_known(whole.mean_iou) if whole.labelled_in_full else None,
            mean_iou_in_hole=_known(hole.mean_iou) if hole.labelled_in_full else None,
            accuracy=accuracy,
            accuracy_in_hole=accuracy_in_hole,
            figure_iou=figure,
            figure_iou_in_hole=figure_in_hole,
            pckh=joints,
            pckh_in_hole=joints_in_hole,
            pckh_outside=joints_outside,
            both_shoes=float(np.mean(self._shoes)) if self._shoes else None,
            shoe_cases=len(self._shoes),
            per_label=per_label_figures(whole, hole) if whole.labelled_in_full else {},
            confusion=whole.counts.tolist() if whole.labelled_in_full else [],
        )

    def _count_labels(
        self, truth: NDArray[np.uint8], found: NDArray[np.uint8], mask: NDArray[np.uint8]
    ) -> None:
        for counters in (self._labels, self._accuracy, self._figure):
            counters[0].add(truth, found)
            counters[1].add(truth, found, mask)
        least = max(1.0, _LEAST_SHOE * np.count_nonzero(mask))
        if _shows_both_shoes(truth[mask > 0], least):
            self._shoes.append(_shows_both_shoes(found[mask > 0], least))

    def _count_joints(
        self, truth: NDArray[np.float32], found: NDArray[np.float32], mask: NDArray[np.uint8]
    ) -> None:
        inside = hidden_joints(truth, mask)
        for score, chosen in zip(self._joints, (None, inside, ~inside), strict=True):
            score.add(truth, found, chosen)


def title_of(parser: str) -> str:
    """Names a parser among methods."""
    return f"parser {parser}"


def parser_rows(given: Sequence[tuple[str, LoadedNetwork]]) -> list[ParserVariant]:
    """The released parser with and without its refinement, then those that were given by name."""
    own = [ParserVariant(COARSE, refined=False), ParserVariant(RELEASED)]
    return own + [ParserVariant(name, network) for name, network in given]


def other_parsers(
    networks: NetworkStore, given: Sequence[tuple[str, LoadedNetwork]]
) -> list[tuple[str, LoadedNetwork]]:
    """Parsers that fills may be guided by instead of the released one, by name (figure 5 of Wu et al.).

    Args:
        networks: of the release, whose parser also answers without its refinement.
        given: further ones by name.

    Raises:
        WeightsError: there is no released parser.
    """
    released = networks.load("parsing")
    coarse = replace(released, module=WithoutRefinement(released.module))
    return [(COARSE, coarse), *given]


def hidden_joints(keypoints: NDArray[np.float32], mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which joints lie under the hole.

    Args:
        keypoints: (16, 3) float32 x, y, confidence; x and y in pixels.
        mask: (H, W) uint8, nonzero = hole.

    Returns:
        (16,) bool; False for joints beyond the photo.
    """
    height, width = mask.shape
    x, y = np.floor(keypoints[:, 0]), np.floor(keypoints[:, 1])
    within = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    hidden = np.zeros(len(keypoints), np.bool_)
    hidden[within] = mask[y[within].astype(int), x[within].astype(int)] > 0
    return hidden


def per_label_figures(whole: ParsingConfusion, hole: ParsingConfusion) -> dict[str, list[Any]]:
    """IoU on the whole photos and in the holes by label, for those that occur."""
    everywhere, inside = whole.per_label, hole.per_label
    return {label: [everywhere[label], inside.get(label)] for label in LABELS if label in everywhere}


def _shows_both_shoes(labels: NDArray[np.uint8], least: float) -> bool:
    return all(np.count_nonzero(labels == shoe) >= least for shoe in _SHOES)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
