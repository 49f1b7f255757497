"""Extending the canvas in the session: margins, steps, and what follows the new origin."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool
from tests.helpers.fake_engine import FakeEngine


def extend(session: Session, margins: Margins) -> None:
    session.tools.choose(Tool.EXTEND)
    session.extending.set_margins(margins)
    assert session.extending.apply()


def fill(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.filling.filled, timeout=5000):
        session.fill(CompletionOptions())


def test_an_extension_and_its_fill_are_two_steps(opened: Session, qtbot: QtBot, engine: FakeEngine) -> None:
    document = opened.document
    assert document is not None
    before = document.image.copy()
    extend(opened, Margins(bottom=80, left=10))
    assert document.extent == Extent(250, 400)
    assert not opened.extending.is_pending
    fill(qtbot, opened)
    assert engine.requests[-1].extension == Margins(left=10, bottom=80)
    assert np.array_equal(document.image[:320, 10:], before)
    assert document.blank is None
    assert not document.has_mask
    opened.undo()
    assert document.blank is not None
    opened.undo()
    assert document.extent == Extent(240, 320)
    assert np.array_equal(document.image, before)
    assert not opened.can_undo
    opened.redo()
    opened.redo()
    assert document.extent == Extent(250, 400)
    assert np.array_equal(document.image[:320, 10:], before)


def test_buttons_reach_as_far_as_the_networks_do(opened: Session) -> None:
    opened.extending.recover_feet()
    assert opened.extending.margins == Margins(bottom=106)
    assert opened.tools.tool is Tool.EXTEND
    opened.extending.recover_forehead()
    assert opened.extending.margins == Margins(bottom=106, top=45)
    opened.extending.forget()
    opened.extending.reach_ratio(Fraction(1, 1))
    assert opened.extending.margins == Margins(left=40, right=40)
    opened.tools.choose(Tool.BRUSH)
    assert not opened.extending.is_pending


def test_cropping_leaves_something_and_needs_no_fill(opened: Session) -> None:
    opened.extending.set_margins(Margins(left=-5000, right=-5000, top=-40))
    extent = opened.extending.extent
    assert extent is not None
    assert extent.width >= 16
    assert extent.height == 280
    opened.extending.set_margins(Margins(top=-40))
    assert opened.extending.apply()
    assert not opened.has_mask
    document = opened.document
    assert document is not None
    assert document.extent == Extent(240, 280)


def test_a_canvas_that_is_too_large_is_refused_in_one_sentence(
    opened: Session, qtbot: QtBot, program: Program
) -> None:
    opened.extending.set_margins(Margins(bottom=90_000_000))
    with qtbot.waitSignal(opened.failed) as failed:
        assert not opened.extending.apply()
    assert "extend it less" in str(failed.args[0].error)
    document = opened.document
    assert document is not None
    assert document.extent == Extent(240, 320)


def test_bodies_may_go_on_in_the_new_area_though_nothing_was_said(
    opened: Session, qtbot: QtBot, engine: FakeEngine
) -> None:
    extend(opened, Margins(left=60))
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    fill(qtbot, opened)
    assert engine.requests[-1].wanted_labels is None


def test_labels_painted_in_the_new_area_guide_the_next_fill(
    opened: Session, qtbot: QtBot, engine: FakeEngine
) -> None:
    extend(opened, Margins(bottom=64))
    fill(qtbot, opened)
    opened.tools.set_label(9)
    assert opened.tools.tool is not Tool.EXTEND
    opened.painting.mark_rectangle(Bounds(100, 340, 130, 380), erase=False)
    with qtbot.waitSignal(opened.filling.filled, timeout=5000):
        opened.fill_anew(CompletionOptions())
    request = engine.requests[-1]
    assert request.wanted_labels is not None
    assert (request.wanted_labels[340:380, 100:130] == 9).all()
    assert request.extension == Margins(bottom=64)


def test_a_new_area_is_filled_though_its_mask_was_erased(
    opened: Session, qtbot: QtBot, engine: FakeEngine
) -> None:
    extend(opened, Margins(right=30))
    opened.painting.clear_mask()
    assert opened.can_fill
    fill(qtbot, opened)
    assert engine.requests[-1].extension == Margins(right=30)


def test_a_project_opens_to_the_same_canvas_undo_included(
    opened: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    extend(opened, Margins(top=24))
    fill(qtbot, opened)
    extend(opened, Margins(bottom=-20, left=-10))
    document = opened.document
    assert document is not None
    shown = document.image.copy()
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        opened.files.save(tmp_path / "a.psproj")
    with qtbot.waitSignal(opened.opened, timeout=5000):
        opened.files.open(tmp_path / "a.psproj")
    again = opened.document
    assert again is not None
    assert again is not document
    assert np.array_equal(again.image, shown)
    for _ in range(3):
        opened.undo()
    assert again.extent == Extent(240, 320)
    assert np.array_equal(again.image, again.photo.pixels)
