"""How many people a detection network finds, and how often it is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from portrait_studio.engine.detect import detect
from portrait_studio.engine.detection import Detection, main_person
from portrait_studio.engine.devices import PrecisionMemory, choose_compute
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.merge_boxes import overlap
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.evaluation.passers_by import PassersByRemoval, Removal
from trainer.protocols.people import LEAST_PX, PeopleCase

PEOPLE: Final = "people"
"""Name of the protocol."""

ALL: Final = "all"

_FOUND: Final = 0.4
"""Intersection over union from which on a box is that of a person: the true boxes are drawn by eye."""

_UNCLEAR: Final = 0.5
"""Share of a box in an unclear place from which on it is not judged."""


@dataclass(frozen=True)
class PeopleRow:
    """Figures of a group of photos.

    Attributes:
        group: a set, or "all".
        photos: how many.
        people: how many are to be found.
        found: share of them that has a box.
        hidden: how many of whom less than half shows.
        hidden_found: share of those that has a box; None where there is none.
        boxes: how many were told and judged.
        false: share of them that is nobody's, or the second one of somebody.
        main: share of the photos whose main person is told.
        seconds: of the processor, a photo.
    """

    group: str
    photos: int
    people: int
    found: float
    hidden: int
    hidden_found: float | None
    boxes: int
    false: float
    main: float
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """What was told about one photo.

    Attributes:
        set_name: set of the photo.
        people: for each person to be found, whether she has a box.
        hidden: the same for those of whom less than half shows.
        boxes: how many were judged.
        false: how many of them are nobody's, or the second one of somebody.
        main: whether the main person is told.
        seconds: of the processor.
    """

    set_name: str
    people: tuple[bool, ...]
    hidden: tuple[bool, ...]
    boxes: int
    false: int
    main: bool
    seconds: float


@dataclass
class PeopleTally:
    """Verdicts on photos, one after the other."""

    verdicts: list[Verdict] = field(default_factory=list)

    def rows(self) -> list[PeopleRow]:
        """All photos, then set by set."""
        sets = list(dict.fromkeys(one.set_name for one in self.verdicts))
        groups = {ALL: self.verdicts} | {
            name: [one for one in self.verdicts if one.set_name == name] for name in sets
        }
        return [_row(name, verdicts) for name, verdicts in groups.items() if verdicts]


class PeopleMeasure(OpenedAnew):
    """Looks for people in a photo, and takes the passers-by out of it where that is asked for."""

    def __init__(
        self,
        networks: NetworkStore,
        hardware: Hardware,
        make_engine: Callable[[NetworkStore], Engine] | None,
    ) -> None:
        """Open the network.

        Args:
            networks: hands it out.
            hardware: what it runs on.
            make_engine: the engine that takes passers-by away; None = they stay.

        Raises:
            WeightsError: the network cannot be read.
            DeviceError: this machine does not have the device.
        """
        self.network = networks.load("detection")
        self.compute = choose_compute(hardware, PrecisionMemory())
        self._remove = None if make_engine is None else PassersByRemoval(make_engine(networks), hardware)

    def __call__(self, case: PeopleCase) -> tuple[Verdict, Removal | None]:
        """Measure a photo."""
        start = time.process_time()
        people = detect(NetworkRunner(self.network.module, self.compute), case.image).people
        verdict = judge(case, people, time.process_time() - start)
        return verdict, None if self._remove is None else self._remove(case)


def judge(case: PeopleCase, people: Sequence[Detection], seconds: float) -> Verdict:
    """Hold the people that were found against those that were counted.

    Boxes take people in the order of their scores, each the one that it agrees with best of those who are
    still without.
    """
    wanted = [*case.people, *case.hidden]
    agreement = overlap(_corners([one.bounds for one in people]), _corners(wanted))
    taken: dict[int, int] = {}
    false = unjudged = 0
    for number in np.argsort([-one.score for one in people], kind="stable"):
        free = [each for each in range(len(wanted)) if each not in taken]
        best = max(free, key=lambda each: agreement[number, each], default=None)
        if best is not None and agreement[number, best] >= _FOUND:
            taken[best] = int(number)
        elif _is_unclear(people[number].bounds, case.unclear):
            unjudged += 1
        else:
            false += 1
    told = main_person(people, extent_of(case.image))
    tall = [number for number, one in enumerate(case.people) if one.height >= LEAST_PX]
    return Verdict(
        case.name.partition("/")[0],
        tuple(number in taken for number in tall),
        tuple(number in taken for number in range(len(case.people), len(wanted))),
        len(people) - unjudged,
        false,
        told is not None and 0 in taken and people[taken[0]] is told,
        seconds,
    )


def _corners(boxes: Sequence[Bounds]) -> Floats:
    return np.array([(b.left, b.top, b.right, b.bottom) for b in boxes], np.float32).reshape(-1, 4)


def _is_unclear(box: Bounds, places: Sequence[Bounds]) -> bool:
    return any(box.intersected(place).extent.area >= _UNCLEAR * box.extent.area for place in places)


def _row(group: str, verdicts: Sequence[Verdict]) -> PeopleRow:
    people = [found for one in verdicts for found in one.people]
    hidden = [found for one in verdicts for found in one.hidden]
    boxes = sum(one.boxes for one in verdicts)
    return PeopleRow(
        group,
        len(verdicts),
        len(people),
        float(np.mean(people)) if people else 0.0,
        len(hidden),
        float(np.mean(hidden)) if hidden else None,
        boxes,
        sum(one.false for one in verdicts) / max(1, boxes),
        float(np.mean([one.main for one in verdicts])),
        float(np.mean([one.seconds for one in verdicts])),
    )
