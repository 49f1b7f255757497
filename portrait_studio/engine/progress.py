"""Stages, progress and cancelling: every loop of the engine reports; a report raises to cancel the job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum

from portrait_studio.errors import Cancelled
from portrait_studio.messages import Message


class Stage(Enum):
    """Stages of one job, in the order in which they run: all that is said about them elsewhere follows.

    Attributes:
        label: what the user reads.
        share: of a fill's time on a CPU, as expected with the compact networks; only the evenness of the
            progress bar depends on it.
        pictures: what it can show, by their names in files, with their captions.
    """

    PARSE = (
        Message("parse"),
        0.15,
        {"parsing": Message("Parsing map"), "heatmaps": Message("Heatmaps of the joints")},
    )
    COMPLETE = (Message("complete"), 0.15, {"completion": Message("Completion")})
    TEXTURE = (Message("texture"), 0.5, {"texture": Message("Texture")})
    REFINE_FACE = (
        Message("refine face"),
        0.05,
        {
            "face-before": Message("Face before"),
            "face-parts": Message("Parts of the face"),
            "face-after": Message("Face after"),
        },
    )
    BLEND = (
        Message("blend"),
        0.15,
        {"composite": Message("Composite"), "blended": Message("Blended")},
    )

    def __init__(self, label: Message, share: float, pictures: dict[str, Message]) -> None:
        """See the table above."""
        self.label, self.share, self.pictures = label, share, pictures


class CancelToken:
    """Set from any thread; looked at by the engine at each report."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at its next report."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether someone has asked the job to stop."""
        return self._event.is_set()


Listener = Callable[[Stage | None, float], None]
"""Called with the running stage, None in a job without any, and the finished share of the job in [0, 1]."""


class Progress:
    """Turns reports of single stages into the finished share of the job, and carries the cancel token."""

    def __init__(
        self,
        token: CancelToken | None = None,
        listener: Listener | None = None,
        shares: dict[Stage, float] | None = None,
    ) -> None:
        """Nothing is done yet.

        Args:
            token: cancels the job; None = nobody does.
            listener: hears of every report.
            shares: expected relative duration of each stage; None = those of a fill.
        """
        self._token = token or CancelToken()
        self._listener = listener
        weights = shares or {stage: stage.share for stage in Stage}
        total = sum(weights.values()) or 1.0
        self._shares = {stage: weights.get(stage, 0.0) / total for stage in Stage}
        self._part, self._parts = 0, 1
        self._step, self._steps = 0, 1
        self._furthest = 0.0
        self._seconds: dict[Stage, float] = {}
        self._last = time.perf_counter()

    def begin_step(self, step: int, steps: int) -> None:
        """The job fills `steps` pictures one after the other, each with its holes; number `step` (from 0)."""
        self._step, self._steps = step, max(1, steps)
        self.begin_part(0, 1)

    def begin_part(self, part: int, parts: int) -> None:
        """The job treats `parts` holes one after the other and starts number `part` (from 0)."""
        self._part, self._parts = part, max(1, parts)

    def report(self, stage: Stage, fraction: float) -> None:
        """Say that `fraction` (in [0, 1]) of a stage is done.

        Raises:
            Cancelled: the user asked for it.
        """
        self.check()
        now = time.perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now - self._last
        self._last = now
        if self._listener is not None:
            before = sum(self._shares[s] for s in list(Stage)[: list(Stage).index(stage)])
            within = before + self._shares[stage] * min(1.0, max(0.0, fraction))
            of_step = (self._part + within) / self._parts
            # A part that is begun again, or in another way, does not turn the bar back.
            self._furthest = max(self._furthest, (self._step + of_step) / self._steps)
            self._listener(stage, self._furthest)

    def report_share(self, share: float) -> None:
        """Say that a share, in [0, 1], of a job without stages is done.

        Raises:
            Cancelled: the user asked for it.
        """
        self.check()
        if self._listener is not None:
            self._furthest = max(self._furthest, share)
            self._listener(None, self._furthest)

    def check(self) -> None:
        """Raise `Cancelled` if the job was cancelled, without reporting progress."""
        if self._token.is_cancelled:
            raise Cancelled

    @property
    def seconds(self) -> dict[Stage, float]:
        """Wall-clock seconds spent in each stage so far."""
        return dict(self._seconds)
