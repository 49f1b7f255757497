"""The engine: parse, complete, texture, refine the face, blend, for every hole of a photo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.blend import BlendOptions
from portrait_studio.engine.devices import Compute, PrecisionMemory, choose_compute
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.fill_hole import HoleFiller, Synthesise, Tools
from portrait_studio.engine.network_store import NetworkStore, ReleasedNetworks
from portrait_studio.engine.parse import ParsedWindow, average, parse
from portrait_studio.engine.poisson import MultigridSolver, PoissonSolver
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import (
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    Pixels,
    Structure,
)
from portrait_studio.engine.texture import synthesise as synthesise_texture
from portrait_studio.engine.work_crop import CropPolicy, find_holes, plan_hole, structure_windows
from portrait_studio.errors import MaskError, OptionError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import check_extent, check_mask, extent_of


class Engine:
    """Turns requests into results; keeps its networks between jobs. Not for several threads at once."""

    def __init__(
        self,
        models: Path | NetworkStore,
        *,
        policy: CropPolicy | None = None,
        solver: PoissonSolver | None = None,
        synthesise: Synthesise = synthesise_texture,
        blending: BlendOptions | None = None,
        memory: PrecisionMemory | None = None,
    ) -> None:
        """Opens nothing: weights are read when first needed.

        Args:
            models: folder of released weights, or anything that hands out networks.
            policy: crop sizes.
            solver: of the blend.
            synthesise: the texture stage.
            blending: how the seam is hidden.
            memory: remembers which precision is faster.
        """
        self._networks = ReleasedNetworks(models) if isinstance(models, Path) else models
        self._policy = policy or CropPolicy()
        self._memory = memory or PrecisionMemory()
        self._tools = Tools(
            self._networks, synthesise, solver or MultigridSolver(), blending or BlendOptions()
        )

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8] | None = None,
        device: str = "auto",
        progress: Progress | None = None,
    ) -> Structure:
        """Parsing map and pose over the whole photo, hole included.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16.
            mask: (H, W) uint8, nonzero = hole; None = nothing is hidden.
            device: "auto", "cpu", "cuda" or "mps".
            progress: hears of it, and may cancel.

        Raises:
            MaskError: the mask is of another size.
            WeightsError: the parsing network is missing or damaged.
            DeviceError: the device is missing or out of memory.
            Cancelled: the user asked for it.
        """
        hidden = np.zeros(image.shape[:2], np.uint8) if mask is None else mask
        check_extent(extent_of(hidden), extent_of(image))
        job = _Job(
            CompletionRequest(image, hidden), self._tools, self._fallback(device), progress or Progress()
        )
        return job.parse_photo(end=1.0).structure()

    def complete(self, request: CompletionRequest, progress: Progress | None = None) -> CompletionResult:
        """Fill every hole of a photo.

        Args:
            request: photo, mask and options.
            progress: hears of it, and may cancel.

        Raises:
            MaskError: the mask is of another size, empty, or over the whole photo.
            OptionError: an option is unknown or out of range.
            WeightsError: a network is missing or damaged; a missing face network only costs a notice.
            DeviceError: the device is missing or out of memory.
            Cancelled: the user asked for it.
        """
        check_request(request)
        fallback = self._fallback(request.options.device, request.options.precision)
        return _Job(request, self._tools, fallback, progress or Progress()).complete(self._policy)

    def _fallback(self, device: str, precision: str = "auto") -> Fallback:
        compute, cpu = (choose_compute(name, self._memory, precision) for name in (device, "cpu"))
        return Fallback(compute, cpu, self._policy)


class _Job:
    """One request on its way through the engine."""

    def __init__(
        self, request: CompletionRequest, tools: Tools, fallback: Fallback, progress: Progress
    ) -> None:
        self._request, self._tools, self._fallback, self._progress = request, tools, fallback, progress
        self._photo = extent_of(request.image)
        self._weights: dict[str, str] = {}
        self._notices: list[str] = []

    def complete(self, policy: CropPolicy) -> CompletionResult:
        request = self._request
        holes = find_holes(request.mask, policy, request.options.grow_px, self._progress.check)
        # The other half of the stage is left for a closer look.
        whole = self.parse_photo(end=0.5)
        regions = [self._fill(hole, number, len(holes), whole) for number, hole in enumerate(holes)]
        return CompletionResult(
            tuple(regions),
            self._overruled(whole).structure(),
            {stage.value: seconds for stage, seconds in self._progress.seconds.items()},
            self._weights,
            self._fallback.compute.description,
            (*self._fallback.notices, *dict.fromkeys(self._notices)),
            self._fallback.compute.hardware,
        )

    def parse_photo(self, end: float) -> ParsedWindow:
        """What the parser says about the whole photo; `end` is the share of the stage that this finishes."""

        def step(compute: Compute, policy: CropPolicy) -> ParsedWindow:
            return self._parse(Bounds.of(self._photo), compute, policy, (0.0, end))

        return self._fallback.run(step)

    def _parse(
        self, bounds: Bounds, compute: Compute, policy: CropPolicy, part: tuple[float, float]
    ) -> ParsedWindow:
        """Parse a part of the photo; `part` says where in the stage this begins and ends."""
        begin, end = part
        self._progress.report(Stage.PARSE, begin)
        network = self._tools.networks.load("parsing")
        self._weights["parsing"] = network.sha256
        request = self._request
        return parse(
            network.module,
            request.image,
            request.mask,
            structure_windows(bounds, policy),
            compute,
            lambda fraction: self._progress.report(Stage.PARSE, begin + (end - begin) * fraction),
        )

    def _fill(self, hole: Bounds, number: int, count: int, whole: ParsedWindow) -> FilledRegion:
        self._progress.begin_part(number, count)

        def step(compute: Compute, policy: CropPolicy) -> FilledRegion:
            plan = plan_hole(hole, self._photo, policy)
            parsed = whole.seen_through(plan.appearance)
            if plan.structure is not None:
                closer = self._parse(plan.structure, compute, policy, (0.5, 1.0))
                parsed = average([closer.seen_through(plan.appearance), parsed])
            seed = (self._request.options.seed + 7919 * number) % 2**63
            filler = HoleFiller(self._request, hole, seed, self._tools, compute, policy, self._progress)
            region = filler.fill(self._overruled(parsed))
            self._weights.update(filler.weights)
            self._notices += filler.notices
            return region

        return self._fallback.run(step)

    def _overruled(self, parsed: ParsedWindow) -> ParsedWindow:
        structure = self._request.structure
        return parsed if structure is None else parsed.overruled_by(structure)


def check_request(request: CompletionRequest) -> None:
    """Refuse what cannot be filled.

    Raises:
        MaskError: the mask is of another size, empty, or over the whole photo.
        OptionError: an option is out of range.
    """
    check_mask(request.mask, extent_of(request.image))
    if request.structure is not None and request.structure.shape != request.mask.shape:
        raise MaskError("The parsing map is not of the photo's size; make it from this photo.")
    if not 0 <= request.options.seed < 2**63:
        raise OptionError("The seed must be a whole number from 0 to 9223372036854775807.")
    if request.options.grow_px < 0:
        raise OptionError("The blend band cannot be narrower than 0 pixels; choose 0 or more.")
