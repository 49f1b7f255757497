"""The engine, built where it is first used: in the engine thread, since importing torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.progress import Progress
from portrait_studio.engine.readiness import Readiness
from portrait_studio.engine.request import CompletionRequest, CompletionResult, Joints, Pixels, Structure
from portrait_studio.engine.things import Clicks, ThingFound
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Margins
from portrait_studio.imaging.masks import Mask

_TASKS: Final = ("parsing", "completion", "face")
_THINGS: Final = "segmentation"


@dataclass(frozen=True)
class Computing:
    """What the user prefers that fills run on.

    Attributes:
        device: takes the place of "auto" in a request.
        precision: "auto", "float32" or "bfloat16", on the CPU.
        threads: of the CPU; 0 = as many as there are.
    """

    device: str = "auto"
    precision: str = "auto"
    threads: int = 0


class EngineLike(Protocol):
    """What the window asks of an engine."""

    def configure(self, computing: Computing) -> None:
        """Compute like this from now on; called in the engine's thread."""

    def warm_up(self, device: str, progress: Progress) -> Readiness:
        """Read what the first job will need, and say what it will run on and what can be asked for.

        Raises:
            WeightsError: weights are missing or damaged.
            DeviceError: this machine lacks the device.
        """

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill the holes of a photo."""

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8],
        device: str,
        progress: Progress,
        joints: Joints | None = None,
    ) -> Structure:
        """Predict the parsing map of a photo."""

    def sketch(self, image: Pixels, extension: Margins, device: str, progress: Progress) -> Structure:
        """A first guess at what an extension would show."""

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str, progress: Progress
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask, one for each of its places."""

    def mask_of_others(self, image: Pixels, device: str, progress: Progress) -> Mask:
        """All people of a photo but the main person, (H, W) uint8."""

    def find_thing(
        self,
        image: Pixels,
        clicks: Clicks,
        device: str,
        progress: Progress,
        loose: NDArray[np.uint8] | None = None,
    ) -> ThingFound:
        """The one thing under clicks, or in a loose mask."""


class LazyEngine:
    """An engine that is made by `build` at the first request."""

    def __init__(self, build: Callable[[], EngineLike]) -> None:
        """Args: makes the engine; called in the thread that asks first, and again if it failed."""
        self._build = build
        self._engine: EngineLike | None = None
        # Two numbers, since another thread may ask for another engine while this one is still being made.
        self._asked_for, self._made_for = 0, -1
        self._wanted = Computing()
        self._used: Computing | None = None

    def forget(self) -> None:
        """Make the engine anew at the next job, with the weights then in use; for any thread."""
        self._asked_for += 1

    def prefer(self, computing: Computing) -> bool:
        """Compute like this from the next job on, for any thread; False when that is as before."""
        is_news, self._wanted = computing != self._wanted, computing
        return is_news

    def warm_up(self, progress: Progress) -> Readiness:
        """Make the engine ahead of the first job; see the engine."""
        progress.check()
        return self._made().warm_up(self._device("auto"), progress)

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill the holes of a photo; see the engine."""
        engine = self._made()
        options = replace(request.options, device=self._device(request.options.device))
        return engine.complete(replace(request, options=options), progress)

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8],
        device: str,
        progress: Progress,
        joints: Joints | None = None,
    ) -> Structure:
        """Predict the parsing map of a photo; see the engine."""
        return self._made().parse(image, mask, self._device(device), progress, joints)

    def sketch(self, image: Pixels, extension: Margins, device: str, progress: Progress) -> Structure:
        """A first guess at what an extension would show; see the engine."""
        return self._made().sketch(image, extension, self._device(device), progress)

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str, progress: Progress
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask; see the engine."""
        return self._made().tighten(image, loose, self._device(device), progress)

    def mask_of_others(self, image: Pixels, device: str, progress: Progress) -> Mask:
        """All people of a photo but the main person; see the engine."""
        return self._made().mask_of_others(image, self._device(device), progress)

    def find_thing(
        self,
        image: Pixels,
        clicks: Clicks,
        device: str,
        progress: Progress,
        loose: NDArray[np.uint8] | None = None,
    ) -> ThingFound:
        """The one thing under clicks, or in a loose mask; see the engine."""
        return self._made().find_thing(image, clicks, self._device(device), progress, loose)

    def _device(self, asked: str) -> str:
        return self._wanted.device if asked == "auto" else asked

    def _made(self) -> EngineLike:
        asked_for = self._asked_for
        if self._engine is None or self._made_for != asked_for:
            # Let go of the one before first: both together may not fit.
            self._engine = None
            self._engine, self._used, self._made_for = self._build(), None, asked_for
        if self._used != self._wanted:
            self._used = self._wanted
            self._engine.configure(self._used)
        return self._engine


class ReleasedEngine:
    """The real engine over a folder of released weights; making one imports torch."""

    def __init__(self, models: Path) -> None:
        """Args: the models folder; nothing is read yet."""
        from portrait_studio.engine.devices import ChosenPrecision, Threads
        from portrait_studio.engine.network_store import ReleasedNetworks
        from portrait_studio.engine.pipeline import Engine

        self._threads = Threads.now()
        self._precision = ChosenPrecision()
        self._networks = ReleasedNetworks(models)
        self._engine = Engine(self._networks, memory=self._precision)

    def configure(self, computing: Computing) -> None:
        """Compute like this from now on; see `Computing`."""
        self._threads.but(computing.threads).take()
        self._precision.choose(computing.precision)

    def warm_up(self, device: str, progress: Progress) -> Readiness:
        """Read and verify all released networks; a fill does without the one that finds things.

        Raises:
            WeightsError: another one is missing or damaged.
            DeviceError: this machine lacks the device.
            Cancelled: another job wants the thread.
        """
        from portrait_studio.engine.devices import choose_compute

        for task in _TASKS:
            progress.check()
            self._networks.load(task)
        finds_things = True
        progress.check()
        try:
            self._networks.load(_THINGS)
        except WeightsError:
            finds_things = False
        description = choose_compute(device, self._precision).description
        return Readiness(description, finds_things, self._engine.detects)

    def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
        """Fill the holes of a photo; see `Engine.complete`."""
        return self._engine.complete(request, progress)

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8],
        device: str,
        progress: Progress,
        joints: Joints | None = None,
    ) -> Structure:
        """Predict the parsing map of a photo; see `Engine.parse`."""
        return self._engine.parse(image, mask, device, progress, joints)

    def sketch(self, image: Pixels, extension: Margins, device: str, progress: Progress) -> Structure:
        """A first guess at what an extension would show; see `Engine.sketch`."""
        return self._engine.sketch(image, extension, device, progress)

    def tighten(
        self, image: Pixels, loose: NDArray[np.uint8], device: str, progress: Progress
    ) -> tuple[ThingFound, ...]:
        """The exact things in a loose mask; see `Engine.tighten`."""
        return self._engine.tighten(image, loose, device, progress)

    def mask_of_others(self, image: Pixels, device: str, progress: Progress) -> Mask:
        """All people of a photo but the main person; see `marking.mask_of_everybody`."""
        from portrait_studio.engine.marking import Who, mask_of_everybody

        return mask_of_everybody(self._engine, image, Who.OTHERS, device=device, progress=progress)

    def find_thing(
        self,
        image: Pixels,
        clicks: Clicks,
        device: str,
        progress: Progress,
        loose: NDArray[np.uint8] | None = None,
    ) -> ThingFound:
        """The one thing under clicks, or in a loose mask; see `Engine.find_thing`."""
        return self._engine.find_thing(image, clicks, device, progress, loose)
