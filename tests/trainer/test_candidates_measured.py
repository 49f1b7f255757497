"""Candidates against the truth: kinds, who chooses which, and measures that know no truth."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from portrait_studio.hardware import Hardware
from tests.helpers.fake_engine import FakeEngine
from trainer.evaluation.candidates import (
    FIRST,
    NEAREST,
    NEWEST,
    RANDOM,
    CandidateFigures,
    CandidateTally,
    measured_candidates,
)
from trainer.evaluation.compare import compare_all
from trainer.evaluation.rendering import as_text
from trainer.evaluation.report import Measured, Report, summed_up
from trainer.evaluation.scoring import Score
from trainer.metrics.no_reference import MEASURES, Look
from trainer.protocols.things import PASTED, ThingCase


def case_with(colour: tuple[int, int, int]) -> ThingCase:
    """A plain photo of a colour, with a black thing in it."""
    behind = np.full((96, 80, 3), colour, np.uint8)
    truth = np.zeros((96, 80), np.uint8)
    truth[30:60, 20:50] = 1
    image = np.where(truth[..., None] == 1, np.uint8(0), behind)
    skin = np.zeros(truth.shape, np.bool_)
    return ThingCase("plain", image, truth, truth * np.uint8(255), PASTED, "box", skin, behind)


def scores(**l1: float) -> dict[str, Score]:
    return {kind: Score(value, 0.0, 0.0, 0.0, None, 0.0) for kind, value in l1.items()}


def test_every_case_has_kinds_that_differ_and_one_drawn_structure() -> None:
    engine = FakeEngine()
    case, tally = case_with((200, 180, 160)), CandidateTally()
    tally.add(case.name, measured_candidates(case, engine, None, Hardware("cpu")))
    options = [request.options for request in engine.requests]
    assert [each.seed for each in options] == [*[0] * (len(options) - 1), 1]
    assert len(tally.by_kind[0]) == len(options) >= 5
    report = replace(summed_up(Measured(tally.as_tally()), "candidates", "drawn"), candidates=tally.rows())
    assert isinstance(report, Report)
    text = as_text(report)
    assert "patches from the left" in text
    assert "another structure" in text


def test_what_is_shown_is_judged_by_who_chose_it() -> None:
    tally = CandidateTally()
    measured = {"blind": {"a": 3.0, "b": 2.0, "c": 1.0}, "wise": {"a": 2.0, "b": 1.0, "c": 3.0}}
    for _ in range(3):
        tally.add("x", CandidateFigures(scores(a=5.0, b=1.0, c=9.0), measured))
    shown = {chooser: [one.l1_in_hole for one in rows] for chooser, rows in tally.shown.items()}
    assert shown[FIRST] == [5.0] * 3
    assert shown[NEWEST] == shown["blind"] == [9.0] * 3
    assert shown[NEAREST] == shown["wise"] == [1.0] * 3
    assert shown[RANDOM] == [5.0] * 3
    pairs = {(one.base, one.other): one for one in compare_all(tally.shown, 3) if one.figure == "l1_in_hole"}
    assert pairs[(NEWEST, FIRST)].gain == 4.0


@pytest.mark.parametrize("name", [name for name in MEASURES if name not in ("consensus", "network")])
def test_what_does_not_fit_its_surroundings_measures_worse(name: str) -> None:
    rng = np.random.default_rng(0)
    photo = cv2.GaussianBlur(rng.random((90, 90, 3)).astype(np.float32), (0, 0), 1.0)
    hole = np.zeros((90, 90), np.bool_)
    hole[30:60, 30:60] = True
    labels = np.zeros(hole.shape, np.uint8)
    wrong = np.where(hole[..., None], np.float32(0.95), photo)
    good, bad = (
        MEASURES[name](Look(np.asarray(fill, np.float32), hole, labels, photo, photo))
        for fill in (photo, wrong)
    )
    assert good < bad


def test_the_median_and_the_network_are_what_fills_are_held_against() -> None:
    picture, other = (np.full((40, 40, 3), value, np.float32) for value in (0.2, 0.6))
    hole, labels = np.ones((40, 40), np.bool_), np.zeros((40, 40), np.uint8)
    look = Look(picture, hole, labels, median=picture, network=other)
    assert MEASURES["consensus"](look) == pytest.approx(0.0)
    assert MEASURES["network"](look) == pytest.approx(0.4, abs=1e-3)
