"""Tables 1 to 3 of Liao et al. 2018: faces completed, parts and landmarks found, by several networks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.run_network import to_array, to_tensor
from portrait_studio.errors import OptionError
from portrait_studio.networks.collaborative import (
    COLLABORATIVE,
    LANDMARKS,
    PARTS,
    PICTURE,
    CollaborativeConfig,
    CollaborativeOutput,
)
from portrait_studio.networks.released import LoadedNetwork
from trainer.evaluation.baselines import telea
from trainer.evaluation.compare import SIGNS, PairedComparison, compare
from trainer.evaluation.methods import Fill
from trainer.evaluation.scoring import CaseResult, Score, Tally, mean_score, score
from trainer.metrics.faces import DiceCount, PointErrors
from trainer.metrics.lpips_dists import PerceivedDistance
from trainer.metrics.pose import peaks
from trainer.protocols.covered_faces import BLOCKS, FaceCase

TELEA: Final = "telea"


@dataclass(frozen=True)
class FaceRow:
    """What one network knows of faces of which a rectangle is hidden.

    Attributes:
        network: its name.
        tasks: letters of its outputs.
        cases: how many.
        dice: Dice coefficient by part, over the whole windows; empty without such an output.
        dice_in_hole: the same in the holes.
        points: mean distance by landmark, in pixels of a window of 128; empty without such an output.
        hidden_points: mean distance of the landmarks in the holes; None where there is none.
    """

    network: str
    tasks: str
    cases: int
    dice: dict[str, float]
    dice_in_hole: dict[str, float]
    points: dict[str, float]
    hidden_points: float | None


@dataclass(eq=False)
class _Competitor:
    """A network and what it knew so far."""

    name: str
    network: LoadedNetwork
    whole: DiceCount = field(default_factory=DiceCount)
    hole: DiceCount = field(default_factory=DiceCount)
    points: PointErrors = field(default_factory=PointErrors)
    cases: int = 0

    @property
    def config(self) -> CollaborativeConfig:
        """What shaped it."""
        return cast(CollaborativeConfig, self.network.config)

    def fill(self, face: FaceCase, compute: Compute) -> Fill | None:
        """Complete a face (eq. 5), and count what is said of it; None where no picture is painted."""
        case, start = face.case, time.perf_counter()
        hole = (case.mask > 0).astype(np.float32)
        image = to_tensor((case.image / 127.5 - 1).astype(np.float32)).to(compute.device)
        with torch.inference_mode(), compute.autocast():
            out: CollaborativeOutput = self.network.module(image, to_tensor(hole).to(compute.device))
        made = {letter: values.float().cpu() for letter, values in out.made.items()}
        seconds = time.perf_counter() - start
        if case.kind in BLOCKS:
            self._count(face, {letter: values[0].numpy() for letter, values in made.items()})
        if PICTURE not in made:
            return None
        pixels = np.rint((to_array(made[PICTURE]) + 1) * 127.5).clip(0, 255).astype(np.uint8)
        composite = np.where(case.mask[..., None] > 0, pixels, case.image)
        weights = {f"{COLLABORATIVE} ({self.name})": self.network.sha256}
        return Fill(composite, seconds, weights=weights, device=compute.description)

    def _count(self, face: FaceCase, made: dict[str, NDArray[np.float32]]) -> None:
        self.cases += 1
        if PARTS in made:
            told = made[PARTS].argmax(0).astype(np.uint8)
            self.whole.add(face.parts, told)
            self.hole.add(face.parts, told, face.case.mask > 0)
        if LANDMARKS in made:
            self.points.add(face.points, peaks(made[LANDMARKS]) * face.case.mask.shape[0], face.case.mask)

    def row(self) -> FaceRow:
        """What it knew."""
        return FaceRow(
            self.name,
            self.config.tasks,
            self.cases,
            self.whole.by_part,
            self.hole.by_part,
            self.points.by_point,
            self.points.where_hidden,
        )


class CoveredFacesTally:
    """Runs networks on face after face, and keeps the figures."""

    def __init__(
        self, networks: Mapping[str, LoadedNetwork], compute: Compute, perceived: PerceivedDistance | None
    ) -> None:
        """Begin without cases.

        Args:
            networks: what to measure, by name.
            compute: what they run on.
            perceived: LPIPS and DISTS; None = not measured.

        Raises:
            OptionError: the networks have windows of different sizes.
        """
        self._competitors = [_Competitor(name, network) for name, network in networks.items()]
        self._compute, self._perceived = compute, perceived
        for network in networks.values():
            network.module.to(compute.device)
        layers = {one.config.layers for one in self._competitors}
        if len(layers) != 1:
            raise OptionError(
                "The networks see windows of different sizes, so that they cannot be compared; give those "
                "of one size."
            )
        self.side = int(2 ** layers.pop())
        """Side of the windows that all of them see, in pixels."""
        self.tally = Tally([], None)
        """Figures of the pictures."""
        self.tally.device = compute.description

    @property
    def titles(self) -> list[str]:
        """Of all that complete faces."""
        painting = [one.name for one in self._competitors if PICTURE in one.config.tasks]
        return [TELEA, *painting]

    def add(self, face: FaceCase) -> CaseResult:
        """Complete the face with every network, and count the figures."""
        start = time.perf_counter()
        case = face.case
        fills = {TELEA: Fill(telea(case.image, case.mask), time.perf_counter() - start)}
        for one in self._competitors:
            fill = one.fill(face, self._compute)
            if fill is not None:
                fills[one.name] = fill
                self.tally.weights |= fill.weights
        scores = score(case, fills, None, self._perceived)
        for title, figures in scores.items():
            self.tally.scores.setdefault(title, []).append(figures)
        self.tally.cases.append((case.name, case.kind))
        return CaseResult(case, fills, scores)

    def _by_face(self, title: str) -> list[Score]:
        """Mean figures of each face over its holes."""
        rows: dict[str, list[Score]] = {}
        for (name, kind), figures in zip(self.tally.cases, self.tally.scores[title], strict=True):
            rows.setdefault(name.removesuffix(f" {kind}"), []).append(figures)
        return [mean_score(figures) for figures in rows.values()]

    def rows(self) -> list[FaceRow]:
        """What each network knew of parts and landmarks."""
        return [one.row() for one in self._competitors]

    def comparisons(self) -> list[PairedComparison]:
        """Every network held against the first one, in all figures that were measured, face by face.

        The holes of one face say nothing that is independent: their mean counts once.
        """
        scores = {title: self._by_face(title) for title in self.tally.scores}
        painting = self.titles[1:]
        return [
            compare(painting[0], other, figure, scores[painting[0]], scores[other])
            for other in painting[1:]
            for figure in SIGNS
            if all(getattr(row, figure) is not None for row in scores[other])
        ]
