"""Table 1 of Qiang et al. 2019 and more: faces by search beside what knows nothing of faces."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.latent.losses import LossWeights
from portrait_studio.engine.latent.search import SearchOptions, search_faces
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.poisson import MultigridSolver, PoissonProblem
from portrait_studio.engine.run_network import to_array, to_tensor
from portrait_studio.networks.dcgan import FACE_GENERATOR, Dcgan
from portrait_studio.networks.released import LoadedNetwork
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.data.pack_format import MESH_SUFFIX
from trainer.data.packs import PackedSet
from trainer.data.tight_faces import face_in, tightly_aligned
from trainer.evaluation.baselines import telea
from trainer.evaluation.methods import Fill, MeasuredMethod
from trainer.evaluation.scoring import CaseFigures, Scorer, figures_of
from trainer.protocols.case import Case, in_order

_FACES: Final = 200
"""Training faces that the mean face is made of."""

VARIANTS: Final[dict[str, LossWeights]] = {
    "search": LossWeights(),
    "search without structure": LossWeights(context=0.997, structure=0.0),
    "search without boundary weights": LossWeights(nearness=0.0),
    "search without judge": LossWeights(judge=0.0),
}
"""Eq. 8, and eq. 8 without one of its parts."""


class LatentFaceMeasure(OpenedAnew):
    """Completes a face by every method, and measures the fills."""

    def __init__(self, networks: NetworkStore, mean: NDArray[np.float64]) -> None:
        """Open the network.

        Args:
            networks: hands out the face generator.
            mean: the mean face, as of `mean_face`.

        Raises:
            WeightsError: the face generator cannot be read.
        """
        self._methods = latent_methods(networks.load(FACE_GENERATOR), mean)
        self._score = Scorer(self._methods)

    @property
    def titles(self) -> list[str]:
        """Of all methods."""
        return [method.title for method in self._methods]

    def __call__(self, case: Case) -> CaseFigures:
        """Measure a face."""
        return figures_of(self._score(case))


def latent_methods(network: LoadedNetwork, mean: NDArray[np.float64]) -> list[MeasuredMethod]:
    """Telea, the mean face, and the best found face by all of eq. 8 and by parts of it, each blended in.

    Args:
        network: the face generator.
        mean: the mean face, as of `mean_face`.
    """
    methods = [
        MeasuredMethod("telea", False, _timed(lambda case: telea(case.image, case.mask))),
        MeasuredMethod("mean face", False, _timed(lambda case: blended(case, mean))),
    ]
    for title, weights in VARIANTS.items():
        methods.append(MeasuredMethod(title, False, _search(network, SearchOptions(weights))))
    return methods


def mean_face(photos: PackedSet) -> NDArray[np.float64]:
    """(64, 64, 3) in [0, 1], the mean of aligned faces."""
    found = [index for index, photo in enumerate(photos.photos) if MESH_SUFFIX in photo.members]
    total, count = np.zeros((64, 64, 3)), 0
    for index in in_order(photos, np.array(found))[:_FACES]:
        mesh = photos.mesh(index)
        assert mesh is not None
        total += face_in(photos[index], tightly_aligned(mesh)).image / 255
        count += 1
    return total / max(1, count)


def blended(case: Case, face: NDArray[np.floating]) -> NDArray[np.uint8]:
    """The case with a face (64, 64, 3) in [0, 1] in its hole: its gradients, the photo around it (3.3)."""
    hidden = case.mask > 0
    values = np.where(hidden[..., None], face, case.image / 255)

    def gradients() -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        return np.diff(face, axis=1), np.diff(face, axis=0)

    solved = MultigridSolver().solve(PoissonProblem(values, hidden, gradients), lambda share: None)
    filled = case.image.copy()
    filled[hidden] = np.rint(np.clip(solved[hidden], 0, 1) * 255).astype(np.uint8)
    return filled


def _timed(fill: Callable[[Case], NDArray[np.uint8]]) -> Callable[[Case], Fill]:
    def timed(case: Case) -> Fill:
        start = time.perf_counter()
        pixels = fill(case)
        return Fill(pixels, time.perf_counter() - start)

    return timed


def _search(network: LoadedNetwork, options: SearchOptions) -> Callable[[Case], Fill]:
    def fill(case: Case) -> NDArray[np.uint8]:
        known = (case.mask == 0).astype(np.float32)
        photo = (case.image / 255).astype(np.float32) * known[..., None]
        found = search_faces(
            cast(Dcgan, network.module),
            to_tensor(photo)[0],
            to_tensor(known)[0],
            torch.Generator().manual_seed(0),
            options,
            lambda share: None,
        )
        return blended(case, to_array(found[0].picture[None]).astype(np.float64))

    timed = _timed(fill)

    def measured(case: Case) -> Fill:
        return replace(timed(case), weights={network.name: network.sha256}, device="CPU (float32)")

    return measured
