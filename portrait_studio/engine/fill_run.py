"""What every stage of a fill is given: the request, the parts of the engine, where it runs, who hears."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar, cast

import numpy as np
import torch
from torch import Tensor

from portrait_studio.engine.answer_memory import AnswerMemory
from portrait_studio.engine.blend import BlendOptions
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.devices import Compute, ComputeChoice
from portrait_studio.engine.extension_plan import ExtensionPart
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.latent.searched_face import FaceMemory
from portrait_studio.engine.network_store import NetworkStore, SideNetworks
from portrait_studio.engine.parse_memory import ParseMemory
from portrait_studio.engine.poisson import PoissonSolver
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import CompletionRequest, Method, Pixels
from portrait_studio.engine.run_network import NetworkRunner, Report
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.things import ThingFound
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.hardware import Hardware
from portrait_studio.networks.released import LoadedNetwork

T = TypeVar("T")


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
        options: TextureOptions | None = None,
        excluded: Tensor | None = None,
    ) -> Tensor:
        """(3, H, W) float32 in [0, 1]; known pixels are those of `image`."""
        ...


@dataclass(frozen=True)
class EngineParts:
    """What filling needs besides the photo; the same for all requests.

    Attributes:
        networks: hands out the networks.
        computing: says what requests run on.
        policy: the usual crop sizes.
        synthesise: the texture stage.
        solver: solves the blend.
        blending: how the seam is hidden.
        parsed: what the parser said lately.
        people: who was lately found, and where, in photos.
        figures: what of the photo somebody covered.
        searched: which faces were found lately.
    """

    networks: NetworkStore
    computing: ComputeChoice
    policy: CropPolicy
    synthesise: Synthesise
    solver: PoissonSolver
    blending: BlendOptions
    parsed: ParseMemory
    people: AnswerMemory[tuple[Detection, ...]]
    figures: AnswerMemory[ThingFound]
    searched: FaceMemory

    def fallback(self, hardware: Hardware) -> Fallback:
        """What a request for this hardware runs on, and what when memory runs out."""
        return Fallback(*self.computing.choose(hardware), self.policy)


@dataclass(frozen=True, eq=False)
class FillRun:
    """One request as it runs on one device.

    Attributes:
        request: photo, mask and options.
        parts: of the engine.
        fallback: says what to run on when memory runs out.
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
    fallback: Fallback
    compute: Compute
    policy: CropPolicy
    progress: Progress
    weights: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    face: int = 0
    grows_on_below: bool = False

    @classmethod
    def begin(cls, request: CompletionRequest, parts: EngineParts, progress: Progress) -> FillRun:
        """A request on the first choice of what it may run on."""
        fallback, face = parts.fallback(request.hardware), 0
        if request.options.method is Method.SEARCH:
            # The seed tells faces apart; all else follows the likeliest structure.
            face = request.options.seed
            request = replace(request, options=replace(request.options, seed=0))
        return cls(request, parts, fallback, fallback.compute, parts.policy, progress, face=face)

    def attempt(self, step: Callable[[FillRun], T]) -> T:
        """Do a step of this run, again with less memory each time that memory runs out."""
        return self.fallback.run(lambda compute, policy: step(replace(self, compute=compute, policy=policy)))

    def for_side(self, side: str | None) -> FillRun:
        """The run with the networks for the side of an extension, and notes of its own."""
        parts = replace(self.parts, networks=SideNetworks(self.parts.networks, side))
        return replace(self, parts=parts, weights={}, notices=[])

    def for_part(self, part: ExtensionPart, image: Pixels) -> FillRun:
        """The run for a part of an extension.

        Args:
            part: which one.
            image: the whole extended picture, (H, W, 3), as the parts before it have left it.
        """
        whole, (left, top) = self.request, (part.canvas.left, part.canvas.top)
        wanted, sources = (
            None if plane is None else np.ascontiguousarray(plane[part.canvas.slices])
            for plane in (whole.wanted_labels, whole.sources)
        )
        request = replace(
            whole,
            image=cast(Pixels, np.ascontiguousarray(image[part.canvas.slices])),
            mask=part.mask,
            wanted_labels=wanted,
            sources=sources,
            extension=part.extension,
            joints={joint: (x - left, y - top) for joint, (x, y) in whole.joints.items()},
        )
        return replace(self.for_side(part.side), request=request, grows_on_below=part.grows_on_below)

    def reporter(self, stage: Stage) -> Report:
        """What hears of a stage."""
        return lambda fraction: self.progress.report(stage, fraction)

    def runner(self, network: LoadedNetwork, stage: Stage) -> NetworkRunner:
        """What runs a network as part of a stage."""
        return NetworkRunner(network.module, self.compute, self.reporter(stage))

    def note_weights(self, network: LoadedNetwork) -> None:
        """A network was used."""
        self.weights[network.name] = network.sha256
