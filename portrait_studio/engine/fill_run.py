"""What every stage of a fill is given: the request, the parts of the engine, where it runs, who hears."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import torch
from torch import Tensor

from portrait_studio.engine.answer_memory import AnswerMemory
from portrait_studio.engine.blend import BlendOptions
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.latent.searched_face import FaceMemory
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.parse_memory import ParseMemory
from portrait_studio.engine.poisson import PoissonSolver
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.engine.run_network import NetworkRunner, Report
from portrait_studio.engine.things import ThingFound
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.networks.released import LoadedNetwork


class Synthesise(Protocol):
    """The texture stage; see `engine.texture.synthesise`."""

    def __call__(
        self,
        image: Tensor,
        hole: Tensor,
        labels: Tensor,
        start: Tensor | None,
        generator: torch.Generator,
        progress: Report,
        *,
        excluded: Tensor | None = None,
        careful: bool = False,
        keeps_grain: bool = False,
        follows_ground: bool = False,
    ) -> Tensor:
        """(3, H, W) float32 in [0, 1]; known pixels are those of `image`."""
        ...


@dataclass(frozen=True)
class EngineParts:
    """What filling needs besides the photo; the same for all requests.

    Attributes:
        networks: hands out the networks.
        synthesise: the texture stage.
        solver: solves the blend.
        blending: how the seam is hidden.
        parsed: what the parser said lately.
        people: who was lately found, and where, in photos.
        figures: what of the photo somebody covered.
        searched: which faces were found lately.
    """

    networks: NetworkStore
    synthesise: Synthesise
    solver: PoissonSolver
    blending: BlendOptions
    parsed: ParseMemory
    people: AnswerMemory[tuple[Detection, ...]]
    figures: AnswerMemory[ThingFound]
    searched: FaceMemory


@dataclass(frozen=True, eq=False)
class FillRun:
    """One request as it runs on one device.

    Attributes:
        request: photo, mask and options.
        parts: of the engine.
        compute: device and precision.
        policy: crop sizes.
        progress: hears of every stage, and may cancel.
        weights: SHA-256 of the weights that were used, by name of the network; stages add to it.
        notices: sentences for the user; stages add to them.
        face: number of the face that is wanted, where faces are searched for.
        grows_on_below: whether this is a step of an extension after which rows will be added below.
    """

    request: CompletionRequest
    parts: EngineParts
    compute: Compute
    policy: CropPolicy
    progress: Progress
    weights: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    face: int = 0
    grows_on_below: bool = False

    def with_part(self, request: CompletionRequest, networks: NetworkStore) -> FillRun:
        """A run for a part of the request, with its own networks and notes."""
        parts = replace(self.parts, networks=networks)
        return replace(self, request=request, parts=parts, weights={}, notices=[])

    def reporter(self, stage: Stage) -> Report:
        """What hears of a stage."""
        return lambda fraction: self.progress.report(stage, fraction)

    def runner(self, network: LoadedNetwork, stage: Stage) -> NetworkRunner:
        """What runs a network as part of a stage."""
        return NetworkRunner(network.module, self.compute, self.reporter(stage))

    def note_weights(self, network: LoadedNetwork) -> None:
        """A network was used."""
        self.weights[network.name] = network.sha256
