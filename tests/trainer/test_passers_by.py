"""Passers-by taken away for sheets: what is counted, what is written, and who is left out."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image

from portrait_studio.engine.find_requests import PeopleMaskRequest
from portrait_studio.engine.interface import Engine
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import (
    Answer,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    ParseRequest,
    Request,
    Structure,
)
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from trainer.evaluation.passers_by import PassersByRemoval, PassersByTally
from trainer.evaluation.people import PeopleTally, Verdict
from trainer.evaluation.targets import MISSED, people_targets
from trainer.protocols.people import PeopleCase

HER, OTHER = Bounds(100, 50, 200, 350), Bounds(300, 100, 340, 200)


class MarkingEngine:
    """Marks given boxes, and fills them with white."""

    def __init__(self, *marked: Bounds) -> None:
        self._marked = marked

    def run(self, request: Request[Answer], progress: Progress | None = None) -> Answer:
        return cast(Answer, self._answer(request))

    def _answer(self, request: object) -> object:
        if isinstance(request, PeopleMaskRequest):
            mask = np.zeros(request.image.shape[:2], np.uint8)
            for box in self._marked:
                mask[box.slices] = 255
            return mask
        if isinstance(request, ParseRequest):
            photo = Bounds(0, 0, request.image.shape[1], request.image.shape[0])
            return Structure(photo, np.zeros((40, 50), np.uint8), np.zeros((16, 10, 13), np.float16))
        assert isinstance(request, CompletionRequest)
        assert request.wanted_labels is not None, "it is the background that is asked for"
        whole = Bounds(0, 0, request.image.shape[1], request.image.shape[0])
        structure = Structure(whole, np.zeros((4, 5), np.uint8), np.zeros((16, 1, 1), np.float16))
        pixels = np.where(request.mask[..., None] > 0, np.uint8(255), request.image)
        region = FilledRegion(whole, pixels, request.mask, structure)
        return CompletionResult((region,), structure, {}, {"completion": "1234"}, "CPU")


def case(*people: Bounds, figure: Bounds | None = HER) -> PeopleCase:
    true = None
    if figure is not None:
        true = np.zeros((400, 500), np.bool_)
        true[figure.slices] = True
    return PeopleCase("set/photo", np.full((400, 500, 3), 40, np.uint8), people, figure=true)


def taken_away(cases: list[PeopleCase], *marked: Bounds) -> PassersByTally:
    """What came of photos in which these are marked."""
    remove, tally = PassersByRemoval(cast(Engine, MarkingEngine(*marked)), Hardware("cpu")), PassersByTally()
    for removal in filter(None, map(remove, cases)):
        tally.add(removal)
    return tally


def test_what_the_mask_covers_of_the_main_person_is_counted() -> None:
    cases = [case(HER, OTHER), case(HER, OTHER, figure=None)]
    touching = taken_away(cases, Bounds(150, 50, 200, 350))
    figures = touching.figures()
    assert figures is not None
    assert (figures.photos, figures.marked, figures.mapped) == (2, 2, 1)
    assert figures.covered == figures.most_covered == pytest.approx(0.5)
    assert figures.untouched == 0
    assert touching.weights == {"completion": "1234"}
    rows = PeopleTally([Verdict("a", (True,) * 20, (), 40, 1, True, 1.0)]).rows()
    assert people_targets(rows, figures)[2].verdict == MISSED


def test_photos_of_one_person_are_left_out(tmp_path: Path) -> None:
    alone = taken_away([case(HER)], OTHER)
    assert alone.figures() is None
    assert alone.write(tmp_path) == []


def test_sheets_show_before_and_after(tmp_path: Path) -> None:
    taken = taken_away([case(HER, OTHER)] * 3, OTHER)
    (path,) = taken.write(tmp_path)
    page = np.asarray(Image.open(path).convert("RGB"))
    assert page.shape[1] >= 4 * 500
    row = page[150 : 150 + 20]
    assert (row == 255).all(-1).any(), "the fill of the one who was taken away"
    assert (row == 40).all(-1).any()


def test_nobody_found_leaves_the_photo_as_it_is() -> None:
    none = taken_away([case(HER, OTHER)])
    figures = none.figures()
    assert figures is not None
    assert (figures.marked, figures.untouched) == (0, 1)
    assert none.weights == {}
