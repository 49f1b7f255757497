"""The engine: parse, complete, texture, refine the face, blend, for every hole of a photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.blend import BlendOptions
from portrait_studio.engine.detect import detect
from portrait_studio.engine.detection import Detected
from portrait_studio.engine.devices import Compute, PrecisionMemory, choose_compute, threads_of_cpu
from portrait_studio.engine.extend import SideNetworks, extend
from portrait_studio.engine.extension_plan import photo_in, widest_side
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.fill_hole import Synthesise, Tools
from portrait_studio.engine.job import Job
from portrait_studio.engine.network_store import NetworkStore, ReleasedNetworks
from portrait_studio.engine.parse_memory import ParseMemory
from portrait_studio.engine.poisson import MultigridSolver, PoissonSolver
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import (
    MOST_THREADS,
    CompletionRequest,
    CompletionResult,
    Joints,
    Pixels,
    Structure,
)
from portrait_studio.engine.segment import find_in_boxes, find_thing, tighten
from portrait_studio.engine.texture import synthesise as synthesise_texture
from portrait_studio.engine.things import Clicks, ThingFound
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.errors import MaskError, OptionError
from portrait_studio.imaging.geometry import Bounds, Margins
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
            self._networks,
            synthesise,
            solver or MultigridSolver(),
            blending or BlendOptions(),
            ParseMemory(),
        )

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8] | None = None,
        device: str = "auto",
        progress: Progress | None = None,
        joints: Joints | None = None,
    ) -> Structure:
        """Parsing map and pose over the whole photo, hole included.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16.
            mask: (H, W) uint8, nonzero = hole; None = nothing is hidden.
            device: "auto", "cpu", "cuda" or "mps".
            progress: hears of it, and may cancel.
            joints: those that the user put somewhere; None = all are predicted.

        Raises:
            MaskError: the mask is of another size.
            WeightsError: the parsing network is missing or damaged.
            DeviceError: the device is missing or out of memory.
            Cancelled: the user asked for it.
        """
        hidden = np.zeros(image.shape[:2], np.uint8) if mask is None else mask
        check_extent(extent_of(hidden), extent_of(image))
        request = CompletionRequest(image, hidden, joints=joints or {})
        job = Job(request, self._tools, self._fallback(device), progress or Progress())
        return job.parse_photo(end=1.0).structure()

    def sketch(
        self,
        image: Pixels,
        extension: Margins,
        device: str = "auto",
        progress: Progress | None = None,
    ) -> Structure:
        """A first guess at what an extension would show, as fast as it can be had: one look at one size.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16, the extended picture, best scaled down already.
            extension: how much of it at each side no camera has seen; none negative.
            device: "auto", "cpu", "cuda" or "mps".
            progress: may cancel.

        Raises:
            MaskError: nothing of the photo would be left.
            WeightsError: the parsing network is missing or damaged.
            DeviceError: the device is missing or out of memory.
            Cancelled: the user asked for it.
        """
        mask = np.full(image.shape[:2], 255, np.uint8)
        mask[photo_in(extent_of(image), extension).slices] = 0
        check_mask(mask, extent_of(image))
        tools = replace(self._tools, networks=SideNetworks(self._networks, widest_side(extension)))
        job = Job(CompletionRequest(image, mask), tools, self._fallback(device), progress or Progress())
        return job.glance().structure()

    @property
    def detects(self) -> bool:
        """Whether there is a network that detects people and things; a release may do without."""
        return self._networks.has("detection")

    def detect(self, image: Pixels, device: str = "auto", progress: Progress | None = None) -> Detected:
        """All people and things of a photo, as boxes; see `detect.detect`.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16.
            device: "auto", "cpu", "cuda" or "mps".
            progress: may cancel.

        Raises:
            WeightsError: the detection network is missing or damaged; see `detects`.
            DeviceError: the device is missing or out of memory.
            Cancelled: the user asked for it.
        """
        module, report = self._networks.load("detection").module, _heard_by(progress)
        return self._fallback(device).run(lambda compute, policy: detect(module, image, compute, report))

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str = "auto", progress: Progress | None = None
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask, one for each of its places; see `things.tightened_mask`.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16.
            loose: (H, W) uint8, nonzero = loosely marked.
            device: "auto", "cpu", "cuda" or "mps".
            progress: may cancel.

        Raises:
            MaskError: the mask is of another size.
            WeightsError: the segmentation network is missing or damaged.
            DeviceError: the device is missing or out of memory.
            Cancelled: the user asked for it.
        """
        check_extent(extent_of(loose), extent_of(image))
        module, report = self._networks.load("segmentation").module, _heard_by(progress)

        def step(compute: Compute, policy: CropPolicy) -> tuple[ThingFound, ...]:
            return tuple(tighten(module, image, loose, compute, report))

        return self._fallback(device).run(step)

    def find_in_boxes(
        self, image: Pixels, boxes: Sequence[Bounds], device: str = "auto", progress: Progress | None = None
    ) -> tuple[ThingFound, ...]:
        """What stands in each box of photo pixels, such as a detector gives; see `tighten` for the rest."""
        module, report = self._networks.load("segmentation").module, _heard_by(progress)

        def step(compute: Compute, policy: CropPolicy) -> tuple[ThingFound, ...]:
            return tuple(find_in_boxes(module, image, boxes, compute, report))

        return self._fallback(device).run(step)

    def find_thing(
        self,
        image: Pixels,
        clicks: Clicks,
        device: str = "auto",
        progress: Progress | None = None,
        loose: NDArray[np.uint8] | None = None,
    ) -> ThingFound:
        """The one thing under clicks, or in a loose mask, perhaps corrected by clicks; see `tighten`.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16.
            clicks: none are needed where there is a loose mask.
            device: "auto", "cpu", "cuda" or "mps".
            progress: may cancel.
            loose: (H, W) uint8, nonzero = loosely marked.

        Raises:
            OptionError: nothing is marked loosely, and no click lies inside the photo.
        """
        photo = extent_of(image)
        if loose is not None:
            check_extent(extent_of(loose), photo)
        is_marked = loose is not None and cv2.countNonZero(loose) > 0
        if not is_marked and not any(
            0 <= x < photo.width and 0 <= y < photo.height for x, y in clicks.inside
        ):
            raise OptionError("The click lies outside the photo; choose a place inside it.")
        module, report = self._networks.load("segmentation").module, _heard_by(progress)

        def step(compute: Compute, policy: CropPolicy) -> ThingFound:
            return find_thing(module, image, loose, clicks, compute, report)

        return self._fallback(device).run(step)

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
        with threads_of_cpu(request.options.threads):
            return self._completed(request, progress or Progress())

    def _completed(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        fallback = self._fallback(request.options.device, request.options.precision)

        def complete(part: CompletionRequest, networks: NetworkStore) -> CompletionResult:
            tools = replace(self._tools, networks=networks)
            return Job(part, tools, fallback, progress).complete(self._policy)

        if request.extension.extends:
            return extend(request, self._networks, complete, progress)
        return complete(request, self._networks)

    def _fallback(self, device: str, precision: str = "auto") -> Fallback:
        compute, cpu = (choose_compute(name, self._memory, precision) for name in (device, "cpu"))
        return Fallback(compute, cpu, self._policy)


def _heard_by(progress: Progress | None) -> Callable[[float], None]:
    """Finding things is no stage of a fill: it may be cancelled, and is over before a bar would move."""
    return lambda _: None if progress is None else progress.check()


def check_request(request: CompletionRequest) -> None:
    """Refuse what cannot be filled.

    Raises:
        MaskError: the mask is of another size, empty, over the whole photo, or not over all of an extension.
        OptionError: an option is out of range.
    """
    check_mask(request.mask, extent_of(request.image))
    _check_extension(request)
    if request.structure is not None and request.structure.shape != request.mask.shape:
        raise MaskError("The parsing map is not of the photo's size; make it from this photo.")
    if not 0 <= request.options.seed < 2**63:
        raise OptionError("The seed must be a whole number from 0 to 9223372036854775807.")
    if request.options.grow_px < 0:
        raise OptionError("The blend band cannot be narrower than 0 pixels; choose 0 or more.")
    if not 0 <= request.options.threads <= MOST_THREADS:
        raise OptionError(
            "A fill takes 1 to {most} threads, or 0 for as many as there are, not {threads}.",
            most=MOST_THREADS,
            threads=request.options.threads,
        )


def _check_extension(request: CompletionRequest) -> None:
    photo, whole = photo_in(extent_of(request.image), request.extension), Bounds.of(extent_of(request.image))
    if photo.is_empty or photo.intersected(whole) != photo:
        raise MaskError("Nothing of the photo would be left; extend the canvas less.")
    masked = cv2.countNonZero(request.mask) - cv2.countNonZero(request.mask[photo.slices])
    if masked != whole.extent.area - photo.extent.area:
        raise MaskError("The new part of the canvas is not masked; mask all of it.")
