"""Tables 1 to 3 of Liao et al. 2018: faces completed, parts and landmarks found, by several networks."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.network_store import NetworkStore
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
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.evaluation.baselines import telea
from trainer.evaluation.compare import SIGNS, PairedComparison, compare
from trainer.evaluation.methods import Fill
from trainer.evaluation.networks import open_network
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.scoring import (
    CaseFigures,
    CaseResult,
    Score,
    Tally,
    figures_of,
    mean_score,
    score,
)
from trainer.evaluation.sheets import Gallery, GalleryRow
from trainer.metrics.faces import DiceCount, PointErrors
from trainer.metrics.lpips_dists import perceived_distance
from trainer.metrics.pose import peaks
from trainer.protocols.case import Case
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


@dataclass(frozen=True, eq=False)
class ToldFace:
    """What a network says of a face, in the same window as the case.

    Attributes:
        parts: (S, S) uint8 index into `FACE_PARTS`; None without such an output.
        points: (5, 2) float32 x, y in pixels; None without such an output.
    """

    parts: NDArray[np.uint8] | None
    points: NDArray[np.float32] | None


@dataclass(frozen=True, eq=False)
class CoveredFace:
    """What is kept of one case.

    Attributes:
        figures: of the pictures.
        told: what each network says of the face; empty where its hole is no rectangle.
        row: of the sheets; None without them.
    """

    figures: CaseFigures
    told: list[ToldFace]
    row: GalleryRow | None


class CoveredFaceMeasure(OpenedAnew):
    """Completes a face by every network, and measures what they say."""

    def __init__(self, options: EvaluateOptions, networks: NetworkStore) -> None:
        """Open the networks.

        Args:
            options: what to measure.
            networks: where the network comes from if none is given.

        Raises:
            OptionError: the networks have windows of different sizes.
            DataSetError: the state of a run is damaged.
            WeightsError: a network or the feature network cannot be read.
        """
        given = {name: open_network(COLLABORATIVE, path) for name, path in options.collaborative}
        self._networks = given or {"released": networks.load(COLLABORATIVE)}
        self.compute = options.compute()
        self._perceived = None if options.vgg is None else perceived_distance(options.vgg)
        self._with_sheets = options.sheets is not None
        for network in self._networks.values():
            network.module.to(self.compute.device)
        layers = {config.layers for config in self._configs.values()}
        if len(layers) != 1:
            raise OptionError(
                "The networks see windows of different sizes, so that they cannot be compared; give those "
                "of one size."
            )
        self.side = int(2 ** layers.pop())
        """Side of the windows that all of them see, in pixels."""
        self.gallery = Gallery(self.titles, ranked_by=self.titles[-1])

    @property
    def _configs(self) -> dict[str, CollaborativeConfig]:
        return {name: cast(CollaborativeConfig, one.config) for name, one in self._networks.items()}

    @property
    def tasks(self) -> dict[str, str]:
        """Letters of the outputs of each network, by its name."""
        return {name: config.tasks for name, config in self._configs.items()}

    @property
    def titles(self) -> list[str]:
        """Of all that complete faces."""
        return [TELEA, *(name for name, tasks in self.tasks.items() if PICTURE in tasks)]

    def __call__(self, face: FaceCase) -> CoveredFace:
        """Measure a face."""
        start = time.perf_counter()
        case = face.case
        fills = {TELEA: Fill(telea(case.image, case.mask), time.perf_counter() - start)}
        told = []
        for name, network in self._networks.items():
            made, seconds = self._run(network, case)
            if PICTURE in made:
                weights = {f"{COLLABORATIVE} ({name})": network.sha256}
                pixels = _completed(case, made[PICTURE])
                fills[name] = Fill(pixels, seconds, weights=weights, device=self.compute.description)
            if case.kind in BLOCKS:
                told.append(_told({letter: values[0].numpy() for letter, values in made.items()}, case))
        result = CaseResult(case, fills, score(case, fills, None, self._perceived))
        row = self.gallery.row_of(result) if self._with_sheets else None
        return CoveredFace(figures_of(result), told, row)

    def _run(self, network: LoadedNetwork, case: Case) -> tuple[dict[str, Tensor], float]:
        """The outputs by letter, and the seconds that they took."""
        start = time.perf_counter()
        hole = (case.mask > 0).astype(np.float32)
        image = to_tensor((case.image / 127.5 - 1).astype(np.float32)).to(self.compute.device)
        with torch.inference_mode(), self.compute.autocast():
            out: CollaborativeOutput = network.module(image, to_tensor(hole).to(self.compute.device))
        made = {letter: values.float().cpu() for letter, values in out.made.items()}
        return made, time.perf_counter() - start


def _completed(case: Case, picture: Tensor) -> NDArray[np.uint8]:
    """The case with a network's picture in its hole (eq. 5)."""
    pixels = np.rint((to_array(picture) + 1) * 127.5).clip(0, 255).astype(np.uint8)
    return np.where(case.mask[..., None] > 0, pixels, case.image)


def _told(made: Mapping[str, NDArray[np.float32]], case: Case) -> ToldFace:
    return ToldFace(
        made[PARTS].argmax(0).astype(np.uint8) if PARTS in made else None,
        peaks(made[LANDMARKS]) * case.mask.shape[0] if LANDMARKS in made else None,
    )


@dataclass(eq=False)
class _Knowledge:
    """What a network knew so far."""

    name: str
    tasks: str
    whole: DiceCount = field(default_factory=DiceCount)
    hole: DiceCount = field(default_factory=DiceCount)
    points: PointErrors = field(default_factory=PointErrors)
    cases: int = 0

    def add(self, face: FaceCase, told: ToldFace) -> None:
        self.cases += 1
        if told.parts is not None:
            self.whole.add(face.parts, told.parts)
            self.hole.add(face.parts, told.parts, face.case.mask > 0)
        if told.points is not None:
            self.points.add(face.points, told.points, face.case.mask)

    def row(self) -> FaceRow:
        return FaceRow(
            self.name,
            self.tasks,
            self.cases,
            self.whole.by_part,
            self.hole.by_part,
            self.points.by_point,
            self.points.where_hidden,
        )


class CoveredFacesTally:
    """Keeps the figures of face after face."""

    def __init__(self, tasks: Mapping[str, str], device: str) -> None:
        """Begin without cases.

        Args:
            tasks: letters of the outputs of each network, by its name.
            device: what they run on.
        """
        self._networks = [_Knowledge(name, letters) for name, letters in tasks.items()]
        self.tally = Tally()
        """Figures of the pictures."""
        self.tally.device = device

    def add(self, face: FaceCase, found: CoveredFace) -> None:
        """Count one case."""
        self.tally.add(face.case, found.figures)
        for network, told in zip(self._networks, found.told, strict=False):
            network.add(face, told)

    def _by_face(self, title: str) -> list[Score]:
        """Mean figures of each face over its holes."""
        rows: dict[str, list[Score]] = {}
        for (name, kind), figures in zip(self.tally.cases, self.tally.scores[title], strict=True):
            rows.setdefault(name.removesuffix(f" {kind}"), []).append(figures)
        return [mean_score(figures) for figures in rows.values()]

    def rows(self) -> list[FaceRow]:
        """What each network knew of parts and landmarks."""
        return [one.row() for one in self._networks]

    def comparisons(self) -> list[PairedComparison]:
        """Every network held against the first one, in all figures that were measured, face by face.

        The holes of one face say nothing that is independent: their mean counts once.
        """
        scores = {title: self._by_face(title) for title in self.tally.scores}
        painting = [one.name for one in self._networks if PICTURE in one.tasks]
        return [
            compare(painting[0], other, figure, scores[painting[0]], scores[other])
            for other in painting[1:]
            for figure in SIGNS
            if all(getattr(row, figure) is not None for row in scores[other])
        ]
