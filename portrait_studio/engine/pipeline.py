"""The engine: parse, complete, texture, refine the face, blend, for every hole of a photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import cv2
import numpy as np

from portrait_studio.engine.answer_memory import AnswerMemory
from portrait_studio.engine.blend import BlendOptions
from portrait_studio.engine.damage import DamageFound
from portrait_studio.engine.detect import detect, detect_faint
from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.engine.devices import ComputeChoice, PrecisionMemory, Threads, threads_of_cpu
from portrait_studio.engine.extend import extend
from portrait_studio.engine.extension_plan import widest_side
from portrait_studio.engine.fill_job import FillJob
from portrait_studio.engine.fill_run import EngineParts, FillRun, Synthesise
from portrait_studio.engine.find_damage import find_damage
from portrait_studio.engine.find_requests import (
    DetectFaintRequest,
    DetectRequest,
    FindDamageRequest,
    FindInBoxesRequest,
    FindThingRequest,
    PeopleMaskRequest,
    ShadowRequest,
    TightenRequest,
)
from portrait_studio.engine.latent.searched_face import SEARCHES_KEPT
from portrait_studio.engine.network_store import NetworkStore, ReleasedNetworks
from portrait_studio.engine.outlines import prepare_outlines
from portrait_studio.engine.parse_memory import ParseMemory
from portrait_studio.engine.passers_by import mask_of_everybody
from portrait_studio.engine.poisson import MultigridSolver, PoissonSolver
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.references.borrowing import notices_of_loans
from portrait_studio.engine.request import (
    Answer,
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    ParseRequest,
    Readiness,
    Request,
    SketchRequest,
    Structure,
    WarmUpRequest,
)
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.segment import find_in_boxes, find_thing, tighten
from portrait_studio.engine.shadow_masks import mask_of_shadows
from portrait_studio.engine.spared_skin import without_skin
from portrait_studio.engine.texture import prepare_texture
from portrait_studio.engine.texture import synthesise as synthesise_texture
from portrait_studio.engine.things import ThingFound
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.canvas_extension import photo_in
from portrait_studio.imaging.masks import check_extent, check_mask, extent_of

T = TypeVar("T")

_FILLING: Final = ("parsing", "completion", "face")
_FINDING: Final = "segmentation"
_DETECTING: Final = "detection"
_DAMAGE: Final = "damage"
_PHOTOS_KEPT: Final = 4
_FIGURES_KEPT: Final = 16
"""Photos whose people are kept in mind, and people of them, of a byte a pixel of their boxes."""


class Pipeline:
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
        self._threads = Threads.now()
        self._parts = EngineParts(
            ReleasedNetworks(models) if isinstance(models, Path) else models,
            ComputeChoice(memory or PrecisionMemory()),
            policy or CropPolicy(),
            synthesise,
            solver or MultigridSolver(),
            blending or BlendOptions(),
            ParseMemory(),
            AnswerMemory(_PHOTOS_KEPT),
            AnswerMemory(_FIGURES_KEPT),
            AnswerMemory(SEARCHES_KEPT),
        )

    def prefer(self, hardware: Hardware) -> None:
        """Choose what later requests run on where they leave it open; see `interface.Engine`."""
        self._parts.computing.preferred = hardware
        self._threads.but(hardware.threads).take()

    def run(self, request: Request[Answer], progress: Progress | None = None) -> Answer:
        """Do what is asked; see `interface.Engine`."""
        answers: dict[type[Request[Any]], Callable[[Any, Progress], Any]] = {
            WarmUpRequest: self._warm_up,
            CompletionRequest: self._complete,
            ParseRequest: self._parse,
            SketchRequest: self._sketch,
            DetectRequest: self._detect,
            DetectFaintRequest: self._detect_faint,
            TightenRequest: self._tighten,
            FindThingRequest: self._find_thing,
            FindInBoxesRequest: self._find_in_boxes,
            FindDamageRequest: self._find_damage,
            PeopleMaskRequest: partial(mask_of_everybody, self),
            ShadowRequest: partial(mask_of_shadows, self),
        }
        with threads_of_cpu(request.hardware.threads):
            return cast(Answer, answers[type(request)](request, progress or Progress()))

    def _warm_up(self, request: WarmUpRequest, progress: Progress) -> Readiness:
        for task in _FILLING:
            progress.check()
            self._parts.networks.load(task)
        progress.check()
        finds_things = True
        try:
            self._parts.networks.load(_FINDING)
        except WeightsError:
            finds_things = False
        progress.check()
        prepare_outlines()
        compute = self._parts.fallback(request.hardware).compute
        if compute.device.type == "cpu":
            prepare_texture(progress.check)
        has = self._parts.networks.has
        return Readiness(compute.description, finds_things, has(_DETECTING), has(_DAMAGE))

    def _parse(self, request: ParseRequest, progress: Progress) -> Structure:
        image, mask = request.image, request.mask
        hidden = np.zeros(image.shape[:2], np.uint8) if mask is None else mask
        check_extent(extent_of(hidden), extent_of(image))
        options = CompletionOptions(looks_inside=request.looks_inside and bool(hidden.any()))
        whole = CompletionRequest(image, hidden, options, joints=request.joints, hardware=request.hardware)
        return FillJob(FillRun.begin(whole, self._parts, progress)).look_and_parse().structure()

    def _sketch(self, request: SketchRequest, progress: Progress) -> Structure:
        image = request.image
        mask = np.full(image.shape[:2], 255, np.uint8)
        mask[photo_in(extent_of(image), request.extension).slices] = 0
        check_mask(mask, extent_of(image))
        whole = CompletionRequest(image, mask, hardware=request.hardware)
        run = FillRun.begin(whole, self._parts, progress).for_side(widest_side(request.extension))
        return FillJob(run).sketch().structure()

    def _detect(self, request: DetectRequest, progress: Progress) -> Detected:
        return self._ask(_DETECTING, request, progress, lambda network: detect(network, request.image))

    def _detect_faint(self, request: DetectFaintRequest, progress: Progress) -> tuple[Detection, ...]:
        return self._ask(_DETECTING, request, progress, lambda network: detect_faint(network, request.image))

    def _find_damage(self, request: FindDamageRequest, progress: Progress) -> DamageFound:
        network = NetworkRunner(
            self._parts.networks.load(_DAMAGE).module,
            self._parts.fallback(request.hardware).compute,
            progress.report_share,
        )
        return find_damage(network, request.image)

    def _tighten(self, request: TightenRequest, progress: Progress) -> tuple[ThingFound, ...]:
        image, loose = request.image, request.loose
        check_extent(extent_of(loose), extent_of(image))
        found = self._ask(_FINDING, request, progress, lambda network: tuple(tighten(network, image, loose)))
        if not any(thing.stands_out for thing in found):
            return found
        return without_skin(found, self._parse(ParseRequest(image, hardware=request.hardware), progress))

    def _find_in_boxes(self, request: FindInBoxesRequest, progress: Progress) -> tuple[ThingFound, ...]:
        image, boxes = request.image, request.boxes
        return self._ask(
            _FINDING, request, progress, lambda network: tuple(find_in_boxes(network, image, boxes))
        )

    def _find_thing(self, request: FindThingRequest, progress: Progress) -> ThingFound:
        image, loose, clicks = request.image, request.loose, request.clicks
        photo = extent_of(image)
        if loose is not None:
            check_extent(extent_of(loose), photo)
        is_marked = loose is not None and cv2.countNonZero(loose) > 0
        if not is_marked and not any(
            0 <= x < photo.width and 0 <= y < photo.height for x, y in clicks.inside
        ):
            raise OptionError("The click lies outside the photo; choose a place inside it.")
        found = self._ask(
            _FINDING, request, progress, lambda network: find_thing(network, image, loose, clicks)
        )
        if not (is_marked and found.stands_out):
            return found
        seen = self._parse(ParseRequest(image, hardware=request.hardware), progress)
        return without_skin((found,), seen)[0]

    def _complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        request.check()
        run = FillRun.begin(request, self._parts, progress)
        result = extend(run) if request.extension.extends else FillJob(run).complete()
        return replace(result, notices=(*result.notices, *notices_of_loans(request, result)))

    def _ask(
        self,
        task: str,
        request: Request[Any],
        progress: Progress,
        step: Callable[[NetworkRunner], T],
    ) -> T:
        """What one network says of a picture.

        It is no stage of a fill: it may be cancelled, and is over before a bar would move.
        """
        module = self._parts.networks.load(task).module
        return self._parts.fallback(request.hardware).run(
            lambda compute, policy: step(NetworkRunner(module, compute, lambda _: progress.check()))
        )
