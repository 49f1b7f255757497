"""An engine that does what a test tells it to: no torch, no waiting unless asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.damage import DamageFound
from portrait_studio.engine.detection import Detected
from portrait_studio.engine.find_requests import (
    DetectRequest,
    FindDamageRequest,
    FindInBoxesRequest,
    FindThingRequest,
    PeopleMaskRequest,
    ShadowRequest,
    TightenRequest,
)
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import (
    Answer,
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    Joints,
    Method,
    ParseRequest,
    PatchSide,
    Pixels,
    Readiness,
    Request,
    SketchRequest,
    Structure,
    WarmUpRequest,
)
from portrait_studio.engine.things import WINDOW_SIDE, Clicks, ThingFound
from portrait_studio.errors import WeightsError
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.imaging.masks import Mask, extent_of, hole_bounds, mask_bounds
from portrait_studio.networks.conventions import HEATMAP_STRIDE, KEYPOINT_COUNT, KEYPOINTS

FILL_COLOUR = (20, 200, 120)
"""RGB that the fake paints into holes at seed 0; each further seed adds one to the red, and each other way of
filling something else to the green."""

ANKLE = KEYPOINTS.index("left-ankle")
"""The one joint that the fake predicts: low in the middle."""


def way_number(options: CompletionOptions) -> int:
    """What the fake adds to the green of a fill by these options."""
    return 3 * list(Method).index(options.method) + list(PatchSide).index(options.patches_from)


@dataclass
class FakeEngine:
    """A scriptable engine.

    Attributes:
        delay_s: how long each stage takes; cancelling is seen every 5 ms meanwhile.
        fail_at: stage at which `error` is raised.
        error: what is raised.
        warm_up_error: raised when the program starts.
        hold: when set, the job waits (obeying cancel) until the event is set.
        photo_parse_hold: when set, parsing a photo without a mask waits (obeying cancel) for the event.
        photo_parses: how often that began.
        sketches: the extension of every guess that was made.
        sketch_error: raised by every guess.
        photo_parse_error: raised when a photo without a mask is parsed.
        sketch_hold: when set, guessing waits (obeying cancel) for the event.
        notices: sentences of the result.
        requests: every request that came.
        stages: every stage that was begun, over all jobs.
        parsed_joints: the joints of every parsing that knew of a hole.
        threads: identifiers of the threads that called.
        preferred: what the user wants jobs to run on.
        finds_things: whether the network that finds things is there.
        things: (H, W) uint8, where things are: 255 surely, less with that probability; None: nowhere.
        seek_hold: when set, finding things waits (obeying cancel) for the event.
        seek_error: raised by every search for things.
        detected: what is seen in every photo.
        detections: how often that was asked.
        detect_hold: when set, detecting and segmenting in boxes wait (obeying cancel) for the event.
        detect_error: raised whenever people and things are to be detected.
        boxes: every box in which something was segmented.
        shadow: (H, W) uint8, nonzero = the shadow of whatever is masked; None: there is none.
        shadow_requests: every search for one.
        loose: every loose mask that came.
        clicks: all clicks that came, search after search.
        is_stubborn: whether every way of filling looks the same.
    """

    delay_s: float = 0.0
    fail_at: Stage | None = None
    error: Exception | None = None
    warm_up_error: Exception | None = None
    hold: threading.Event | None = None
    photo_parse_hold: threading.Event | None = None
    photo_parses: int = 0
    sketches: list[Margins] = field(default_factory=list)
    sketch_error: Exception | None = None
    photo_parse_error: Exception | None = None
    sketch_hold: threading.Event | None = None
    notices: tuple[str, ...] = ()
    requests: list[CompletionRequest] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)
    parsed_joints: list[Joints] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    preferred: Hardware = ANY_HARDWARE
    finds_things: bool = True
    things: Mask | None = None
    seek_hold: threading.Event | None = None
    seek_error: Exception | None = None
    detected: Detected = field(default_factory=Detected)
    detections: int = 0
    detect_hold: threading.Event | None = None
    detect_error: Exception | None = None
    boxes: list[Bounds] = field(default_factory=list)
    shadow: Mask | None = None
    shadow_requests: list[ShadowRequest] = field(default_factory=list)
    loose: list[Mask] = field(default_factory=list)
    clicks: list[Clicks] = field(default_factory=list)
    is_stubborn: bool = False

    def prefer(self, hardware: Hardware) -> None:
        """Remember it."""
        self.preferred = hardware

    def run(self, request: Request[Answer], progress: Progress | None = None) -> Answer:
        """Do what is asked, by the method of that kind of request."""
        answers: dict[type[Request[Any]], Callable[[Any, Progress], Any]] = {
            WarmUpRequest: self.warm_up,
            CompletionRequest: self.complete,
            ParseRequest: self.parse,
            SketchRequest: self.sketch,
            TightenRequest: self.tighten,
            FindThingRequest: self.find_thing,
            PeopleMaskRequest: self.mask_of_people,
            FindDamageRequest: self.find_damage,
            DetectRequest: self.detect,
            FindInBoxesRequest: self.find_in_boxes,
            ShadowRequest: self.mask_of_shadow,
        }
        return cast(Answer, answers[type(request)](request, progress or Progress()))

    def warm_up(self, request: WarmUpRequest, progress: Progress) -> Readiness:
        """Raise what the test wants."""
        self.threads.add(threading.get_ident())
        if self.warm_up_error is not None:
            raise self.warm_up_error
        return Readiness(f"Fake ({self.preferred.device})", self.finds_things)

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Paint every hole in one colour, by way of all stages."""
        self.threads.add(threading.get_ident())
        self.requests.append(request)
        for stage in Stage:
            self._run(stage, progress)
        regions = tuple(self._region(request, bounds) for bounds in hole_bounds(request.mask, 4))
        structure = self._structure(request.image, request.mask, request.joints)
        seconds = {stage.label: 0.25 for stage in Stage}
        return CompletionResult(regions, structure, seconds, {"parsing": "0" * 64}, "Fake", self.notices)

    def parse(self, request: ParseRequest, progress: Progress) -> Structure:
        """A map with a head over a body in the middle, and a bag where the hole is."""
        image = request.image
        mask = np.zeros(image.shape[:2], np.uint8) if request.mask is None else request.mask
        self.threads.add(threading.get_ident())
        if mask.any():
            self.parsed_joints.append(request.joints)
            self._run(Stage.PARSE, progress)
        else:
            self._parse_photo(progress)
        return self._structure(image, mask, request.joints)

    def sketch(self, request: SketchRequest, progress: Progress) -> Structure:
        """The same map as ever, over the whole canvas."""
        self.threads.add(threading.get_ident())
        self.sketches.append(request.extension)
        while self.sketch_hold is not None and not self.sketch_hold.is_set():
            progress.report(Stage.PARSE, 0.5)
            time.sleep(0.005)
        if self.sketch_error is not None:
            raise self.sketch_error
        return self._structure(request.image, np.zeros(request.image.shape[:2], np.uint8))

    def tighten(self, request: TightenRequest, progress: Progress) -> tuple[ThingFound, ...]:
        """What of `things` lies in each place."""
        self.loose.append(request.loose.copy())
        self._seek(progress)
        return self.found_in(request.loose)

    def found_in(self, loose: Mask) -> tuple[ThingFound, ...]:
        """The same, without a thread."""
        found = []
        for place in hole_bounds(loose):
            inside = np.zeros_like(loose)
            inside[place.slices] = loose[place.slices]
            found.append(self._found(extent_of(loose), place, inside))
        return tuple(found)

    def mask_of_people(self, request: PeopleMaskRequest, progress: Progress) -> Mask:
        """What of `things` there is: nobody looks like the main person."""
        self._seek(progress)
        return np.zeros(request.image.shape[:2], np.uint8) if self.things is None else self.things.copy()

    def find_damage(self, request: FindDamageRequest, progress: Progress) -> DamageFound:
        """What of `things` there is."""
        progress.report_share(0.5)
        self._wait(self.seek_hold, progress)
        if self.seek_error is not None:
            raise self.seek_error
        things = np.zeros(request.image.shape[:2], np.uint8) if self.things is None else self.things
        return DamageFound(things.copy())

    def mask_of_shadow(self, request: ShadowRequest, progress: Progress) -> Mask:
        """See `shadow`."""
        self.shadow_requests.append(request)
        self._wait(self.seek_hold, progress)
        return np.zeros(request.image.shape[:2], np.uint8) if self.shadow is None else self.shadow.copy()

    def detect(self, request: DetectRequest, progress: Progress) -> Detected:
        """See `detected`."""
        self.detections += 1
        self._wait(self.detect_hold, progress)
        if self.detect_error is not None:
            raise self.detect_error
        return self.detected

    def find_in_boxes(self, request: FindInBoxesRequest, progress: Progress) -> tuple[ThingFound, ...]:
        """What of `things` lies in each box."""
        self.boxes.extend(request.boxes)
        self._wait(self.detect_hold, progress)
        self._seek(progress)
        photo = extent_of(request.image)
        found = []
        for box in request.boxes:
            inside, place = np.zeros((photo.height, photo.width), np.uint8), box.intersected(Bounds.of(photo))
            inside[place.slices] = 255
            found.append(self._found(photo, place, inside))
        return tuple(found)

    def find_thing(self, request: FindThingRequest, progress: Progress) -> ThingFound:
        """What of `things` lies in the loose mask or hangs together with a click, and with none outside."""
        image, clicks, loose = request.image, request.clicks, request.loose
        self.clicks.append(clicks)
        if loose is not None:
            self.loose.append(loose.copy())
        self._seek(progress)
        height, width = image.shape[:2]
        things = np.zeros((height, width), np.uint8) if self.things is None else self.things
        _, numbers = cv2.connectedComponents((things != 0).astype(np.uint8), connectivity=8)
        taken, left = (
            {int(numbers[int(y), int(x)]) for x, y in places} for places in (clicks.inside, clicks.outside)
        )
        meant = np.isin(numbers, list(taken - {0})) | (np.zeros_like(things) if loose is None else loose) != 0
        meant = np.where(meant & ~np.isin(numbers, list(left - {0})), np.uint8(255), np.uint8(0))
        marked = Bounds(0, 0, 0, 0) if loose is None else mask_bounds(loose)
        if not meant.any():
            return ThingFound(marked, Bounds(0, 0, width, height), np.zeros((height, width), np.uint8))
        return replace(self._found(Extent(width, height), mask_bounds(meant), meant), marked=marked)

    def _seek(self, progress: Progress) -> None:
        self.threads.add(threading.get_ident())
        self._wait(self.seek_hold, progress)
        if not self.finds_things:
            raise WeightsError("The network that finds things is missing. Reinstall the program.")
        if self.seek_error is not None:
            raise self.seek_error

    @staticmethod
    def _wait(hold: threading.Event | None, progress: Progress) -> None:
        while hold is not None and not hold.is_set():
            progress.check()
            time.sleep(0.005)

    def _found(self, photo: Extent, place: Bounds, inside: Mask) -> ThingFound:
        """The probability around a place, in the window that the real network would look at."""
        longer = max(place.width, place.height)
        around = place.grown(round(longer * (WINDOW_SIDE - 1) / 2)).intersected(Bounds.of(photo))
        things = (
            np.zeros_like(inside) if self.things is None else np.where(inside != 0, self.things, np.uint8(0))
        )
        return ThingFound(place, around, things[around.slices].copy())

    def _parse_photo(self, progress: Progress) -> None:
        """Nothing is hidden: the program looks at the photo in the background."""
        self.photo_parses += 1
        while self.photo_parse_hold is not None and not self.photo_parse_hold.is_set():
            progress.report(Stage.PARSE, 0.5)
            time.sleep(0.005)
        if self.photo_parse_error is not None:
            raise self.photo_parse_error

    def _run(self, stage: Stage, progress: Progress) -> None:
        self.stages.append(stage)
        progress.report(stage, 0.0)
        if stage is self.fail_at and self.error is not None:
            raise self.error
        until = time.monotonic() + self.delay_s
        while time.monotonic() < until or (self.hold is not None and not self.hold.is_set()):
            share = 1 - max(0.0, until - time.monotonic()) / self.delay_s if self.delay_s else 0.5
            progress.report(stage, share)
            time.sleep(0.005)
        progress.report(stage, 1.0)

    def _region(self, request: CompletionRequest, bounds: Bounds) -> FilledRegion:
        hole = request.mask[bounds.slices] != 0
        pixels = request.image[bounds.slices].copy()
        red, green, blue = FILL_COLOUR
        scale = 257 if pixels.dtype == np.uint16 else 1
        green += 0 if self.is_stubborn else way_number(request.options)
        colour = np.array([(red + request.options.seed) % 256, green, blue], np.int64) * scale
        pixels[hole] = colour.astype(pixels.dtype)
        changed = hole.astype(np.uint8) * 255
        crop = self._structure(request.image, request.mask)
        wanted = ("completion", "texture", "composite", "blended") if request.options.keep_stages else ()
        stages = {name: np.full((40, 60, 3), 60, np.uint8) for name in wanted}
        return FilledRegion(bounds, pixels, changed, crop, stages)

    def _structure(self, image: Pixels, mask: NDArray[np.uint8], joints: Joints | None = None) -> Structure:
        height, width = image.shape[:2]
        factor = 256 / max(height, width)
        rows, columns = max(8, round(height * factor)), max(8, round(width * factor))
        labels = np.zeros((rows, columns), np.uint8)
        labels[rows // 8 : rows // 4, columns * 3 // 8 : columns * 5 // 8] = 11
        labels[rows // 4 : rows * 5 // 8, columns // 4 : columns * 3 // 4] = 4
        labels[rows * 5 // 8 :, columns // 3 : columns // 2] = 13
        labels[rows * 5 // 8 :, columns // 2 : columns * 2 // 3] = 12
        hole = mask_bounds(mask)
        if not hole.is_empty:
            top, bottom = hole.top * rows // height, max(1, hole.bottom * rows // height)
            left, right = hole.left * columns // width, max(1, hole.right * columns // width)
            labels[top:bottom, left:right] = 16
        heat = np.zeros((KEYPOINT_COUNT, rows // HEATMAP_STRIDE, columns // HEATMAP_STRIDE), np.float16)
        for joint, (x, y) in {ANKLE: (width / 2, height * 0.9), **(joints or {})}.items():
            row, column = int(y * heat.shape[1] / height), int(x * heat.shape[2] / width)
            heat[joint, row, column] = 1
        return Structure(Bounds(0, 0, width, height), labels, heat)
