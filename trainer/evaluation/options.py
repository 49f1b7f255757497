"""What an evaluation is asked to measure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from portrait_studio.engine.devices import Compute, PrecisionMemory, choose_compute, threads_of_cpu
from portrait_studio.errors import OptionError
from portrait_studio.hardware import ANY_HARDWARE, Hardware
from portrait_studio.worker_pool.sharing import ALONE, Label, Sharing
from trainer.data.packs import PackedSet
from trainer.data.split import Split

_Case = TypeVar("_Case")
_Figures = TypeVar("_Figures")


@dataclass(frozen=True)
class _WithThreads(Generic[_Case, _Figures]):
    """Measures in another process with as many threads as in the command's own."""

    measure: Callable[[_Case], _Figures]
    threads: int

    def __call__(self, case: _Case) -> _Figures:
        with threads_of_cpu(self.threads):
            return self.measure(case)


@dataclass(frozen=True)
class EvaluateOptions:
    """What to measure.

    Attributes:
        cases: folder of photos with masks; None = a protocol.
        data: folder of packs for a protocol.
        protocol: one of `PLANS`.
        sets: names of the packed sets; None = those of the protocol.
        source: the set's own folder, to measure at the photos' original size where they keep their shape.
        limit: at most so many cases.
        minutes: no case is begun after so many of them; None = all cases.
        methods: names of the methods; None = those of the protocol.
        true_maps: whether our methods run once more with the true parsing map.
        hardware: what our methods run on.
        vgg: weights for LPIPS and DISTS, where their packages are installed, and for the feature distance.
        sheets: folder for contact sheets.
        without_parsing: weights or run of a completion network without parsing map, for the method "g".
        parsers: name and weights or run of more parsers for Table II.
        fills_by_parser: whether G+P fills once more by each of these, and by the released parser without its
            refinement (figure 5 of Wu et al.).
        inception: weights of Inception-v3 for the Frechet distance; None = those that torchvision keeps, or
            the features of `vgg`.
        weights: folder of the released weights, whose size is stated.
        general: weights or run for the method "general"; None = the released network.
        collaborative: name and weights or run of each network for the protocol `covered-faces`; none = the
            released one.
        side_by_side: state also what each method costs, and how it fares by kind of hole.
        sharing: where the cases are measured.
    """

    cases: Path | None = None
    data: Path | None = None
    protocol: str | None = None
    sets: tuple[str, ...] | None = None
    source: Path | None = None
    limit: int | None = None
    minutes: float | None = None
    methods: tuple[str, ...] | None = None
    true_maps: bool = True
    hardware: Hardware = ANY_HARDWARE
    vgg: Path | None = None
    sheets: Path | None = None
    without_parsing: Path | None = None
    parsers: tuple[tuple[str, Path], ...] = ()
    fills_by_parser: bool = False
    inception: Path | None = None
    weights: Path | None = None
    general: Path | None = None
    collaborative: tuple[tuple[str, Path], ...] = ()
    side_by_side: bool = False
    sharing: Sharing = ALONE

    def compute(self) -> Compute:
        """Device and precision that follow from the hardware on this machine.

        Raises:
            DeviceError: this machine does not have the device.
        """
        return choose_compute(self.hardware, PrecisionMemory())

    def packs(self, sets: tuple[str, ...], split: Split = "val") -> PackedSet:
        """The packed photos of some sets.

        Args:
            sets: their names.
            split: which photos of them.

        Raises:
            OptionError: nobody said where they are.
            DataSetError: they are missing or damaged.
        """
        if self.data is None:
            raise OptionError(
                f"The protocol {self.protocol} needs packed photos: give their folder with --data."
            )
        return PackedSet(self.data, split, sets)

    def measured(
        self, measure: Callable[[_Case], _Figures], cases: Iterable[_Case]
    ) -> Iterator[tuple[_Case, _Figures]]:
        """Each case with what is measured on it, in the order of the cases, wherever that is done.

        Args:
            measure: measures one case by that alone; see `worker_pool.workers.Work`.
            cases: all of them; none is begun after `minutes`.

        Raises:
            PortraitStudioError: `measure` did, or a case lost all its processes.
        """
        work = measure
        if not self.sharing.is_alone:
            work = _WithThreads(measure, self.hardware.threads)
            if self.sharing.cluster is None:
                self.compute()  # What it measures is remembered, so that all processes decide alike.
        yield from self.sharing.in_turn(work, self.in_time(cases), self.hardware, Label("cases"))

    def in_time(self, cases: Iterable[_Case]) -> Iterator[_Case]:
        """The first case, and those that are asked for before the time is over."""
        started = time.monotonic()
        for case in cases:
            yield case
            if self.minutes is not None and time.monotonic() - started >= 60 * self.minutes:
                return
