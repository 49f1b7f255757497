"""The structure over the photo: shown, painted into, and obeyed by the fill."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from portrait_studio.engine.intent import Intent, bodiless, wanted_with
from portrait_studio.engine.request import Structure
from portrait_studio.gui.canvas.skeleton import SkeletonLayer
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import KEYPOINTS, LABEL_COLOURS, LABELS
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FILL_COLOUR, FakeEngine

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
PANTS, UPPER, BAG = LABELS.index("pants"), LABELS.index("upper-clothes"), LABELS.index("bag")


@pytest.fixture
def seen(qtbot: QtBot, opened: Session) -> Session:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    return opened


def pixel(window: MainWindow, hand: Hand, x: float, y: float) -> tuple[int, int, int]:
    colour = window.canvas.grab().toImage().pixelColor(hand.at(x, y))
    return colour.red(), colour.green(), colour.blue()


def legend(window: MainWindow, name: str) -> QToolButton:
    return next(
        b for b in window.panel.legend.findChildren(QToolButton) if b.accessibleName().startswith(name)
    )


def fill(qtbot: QtBot, hand: Hand, session: Session) -> None:
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)


def test_the_structure_is_there_when_it_is_asked_for(seen: Session, window: MainWindow, hand: Hand) -> None:
    before = pixel(window, hand, 120, 150)
    hand.key(Qt.Key.Key_S)
    assert seen.current_job is None
    assert pixel(window, hand, 120, 150) != before
    QTest.mouseMove(window.canvas, hand.at(119, 149))
    QTest.mouseMove(window.canvas, hand.at(120, 150))
    assert window.status_bar.part == "upper-clothes"
    QTest.mouseMove(window.canvas, hand.at(20, 20))
    window.panel.opacity_slider.setFocus()
    QTest.keyClick(window.panel.opacity_slider, Qt.Key.Key_Home)
    assert pixel(window, hand, 120, 150) == before


def test_a_label_can_be_hidden(seen: Session, window: MainWindow, hand: Hand) -> None:
    before = pixel(window, hand, 120, 150)
    hand.key(Qt.Key.Key_S)
    face = pixel(window, hand, 120, 60)
    QTest.mouseClick(legend(window, "Show upper-clothes"), LEFT)
    assert pixel(window, hand, 120, 150) == before
    assert pixel(window, hand, 120, 60) == face


def test_the_structure_behind_the_mask_is_read_and_goes_with_the_photo_it_was_read_for(
    qtbot: QtBot, seen: Session, window: MainWindow, hand: Hand
) -> None:
    hand.stroke((60, 80), (140, 80))
    with qtbot.waitSignal(seen.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_R, CTRL)
    layer = window.canvas.layers.overlay.structure
    assert layer is not None
    assert layer.label_at(100, 80) == BAG
    fill(qtbot, hand, seen)
    layer = window.canvas.layers.overlay.structure
    assert layer is not None
    assert layer.label_at(100, 80) == BAG
    hand.key(Qt.Key.Key_Z, CTRL)
    layer = window.canvas.layers.overlay.structure
    assert layer is not None
    assert layer.label_at(100, 130) == UPPER


def test_painted_labels_are_shown_undone_and_obeyed(
    qtbot: QtBot, seen: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    document = seen.document
    assert document is not None
    seen.tools.set_diameter(20)
    hand.stroke((60, 80), (140, 80))
    QTest.mouseClick(legend(window, "Paint pants"), LEFT)
    assert window.actions_[Command.STRUCTURE].isChecked()
    hand.stroke((60, 80), (140, 80))
    QTest.mouseMove(window.canvas, hand.at(200, 300))
    window.canvas.setFocus()
    hand.key(Qt.Key.Key_Escape)
    assert seen.tools.label is None
    wanted = document.wanted_labels
    assert wanted is not None
    assert wanted[80, 100] == PANTS
    assert wanted[200, 100] == 255
    fill(qtbot, hand, seen)
    structure = engine.requests[-1].wanted_labels
    assert structure is not None
    assert structure[80, 100] == PANTS
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert document.wanted_labels is None
    assert document.has_mask


def test_a_painted_label_has_its_colour(seen: Session, window: MainWindow, hand: Hand) -> None:
    window.panel.opacity_slider.setValue(100)
    QTest.mouseClick(legend(window, "Paint pants"), LEFT)
    hand.stroke((30, 250), (60, 250))
    QTest.mouseMove(window.canvas, hand.at(200, 300))
    assert np.abs(np.subtract(pixel(window, hand, 45, 250), LABEL_COLOURS[PANTS])).max() <= 2


def test_the_last_hole_is_filled_anew_by_painted_labels_and_both_can_be_undone(
    qtbot: QtBot, seen: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    document = seen.document
    assert document is not None
    hand.stroke((60, 80), (140, 80))
    hole = document.mask.copy()
    fill(qtbot, hand, seen)
    first = document.image.copy()
    anew = window.actions_[Command.FILL_ANEW]
    assert not anew.isEnabled()
    seen.tools.set_label(UPPER)
    hand.stroke((60, 80), (140, 80))
    assert anew.isEnabled()
    with qtbot.waitSignal(seen.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL | SHIFT)
    request = engine.requests[-1]
    assert np.array_equal(request.mask, hole)
    assert np.array_equal(request.image, document.photo.pixels)
    assert request.wanted_labels is not None
    assert request.wanted_labels[80, 100] == UPPER
    assert seen.tools.label is None
    assert not document.has_mask
    assert document.changed_outside() == 0
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.image, first)
    assert document.wanted_labels is not None
    for _ in range(2):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.image, document.photo.pixels)
    for _ in range(3):
        hand.key(Qt.Key.Key_Y, CTRL)
    assert (document.image[80, 100] == FILL_COLOUR).all()


def test_the_background_can_be_asked_for(
    qtbot: QtBot, seen: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    box = next(b for b in window.options.findChildren(QComboBox) if "meant" in b.accessibleName())
    hand.stroke((100, 150), (140, 150))
    fill(qtbot, hand, seen)
    guessed, mask = engine.requests[-1].wanted_labels, engine.requests[-1].mask
    assert guessed is not None
    assert len(np.unique(guessed[mask != 0])) == 1
    assert guessed[mask != 0].min() > 0
    hand.key(Qt.Key.Key_Z, CTRL)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Down)
    window.canvas.setFocus()
    fill(qtbot, hand, seen)
    assert engine.requests[-1].wanted_labels is None
    hand.key(Qt.Key.Key_Z, CTRL)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    window.canvas.setFocus()
    fill(qtbot, hand, seen)
    structure, mask = engine.requests[-1].wanted_labels, engine.requests[-1].mask
    assert structure is not None
    assert (structure[mask != 0] == 0).all()
    assert (structure[mask == 0] == 255).all()


def person() -> Structure:
    labels = np.zeros((100, 80), np.uint8)
    labels[20:90, 30:50] = UPPER
    return Structure(Bounds(0, 0, 160, 200), labels, np.zeros((16, 25, 20), np.float16))


@pytest.mark.parametrize(
    ("left", "top", "right", "bottom", "is_bodiless"),
    [(66, 80, 94, 120, False), (4, 10, 40, 60, True), (50, 30, 110, 190, True), (50, 80, 80, 110, False)],
    ids=["bag before a body", "thing in the background", "a whole person", "half over a body"],
)
def test_the_guess_looks_around_the_hole(
    left: int, top: int, right: int, bottom: int, is_bodiless: bool
) -> None:
    mask = np.zeros((200, 160), np.uint8)
    mask[top:bottom, left:right] = 255
    found = bodiless(mask, person())
    assert found.any() == is_bodiless
    assert not found[mask == 0].any()


def test_each_hole_is_guessed_for_itself_and_painted_labels_win() -> None:
    mask = np.zeros((200, 160), np.uint8)
    mask[80:120, 46:76] = 255
    mask[10:60, 4:40] = 255
    wanted = np.full(mask.shape, 255, np.uint8)
    wanted[10:30, 4:40] = PANTS
    structure = wanted_with(Intent.AUTOMATIC, mask, wanted, person())
    assert structure is not None
    assert (structure[80:120, 46:76] == 255).all()
    assert (structure[30:60, 4:40] == 0).all()
    assert (structure[10:30, 4:40] == PANTS).all()
    assert wanted_with(Intent.BODY, mask, None, person()) is None
    assert wanted_with(Intent.AUTOMATIC, mask, None, None) is None


def test_joints_are_where_heatmaps_peak_and_faint_ones_are_left_out() -> None:
    heat = np.zeros((16, 25, 20), np.float16)
    ankle, knee = KEYPOINTS.index("left-ankle"), KEYPOINTS.index("left-knee")
    heat[ankle, 20, 10] = 0.9
    heat[knee, 10, 10] = 0.05
    layer = SkeletonLayer(Structure(Bounds(100, 50, 260, 250), np.zeros((100, 80), np.uint8), heat))
    assert layer.joints == {ankle: (100 + 10.5 * 8, 50 + 20.5 * 8)}


def test_the_skeleton_is_drawn_over_the_photo(seen: Session, window: MainWindow, hand: Hand) -> None:
    heat = np.zeros((16, 32, 24), np.float16)
    heat[KEYPOINTS.index("left-ankle"), 16, 12] = 1
    structure = seen.parsing_maps.of_photo
    assert structure is not None
    seen.parsing_maps.learn(Structure(structure.bounds, structure.labels, heat))
    x, y = 12.5 * 10, 16.5 * 10
    before = pixel(window, hand, x, y)
    hand.key(Qt.Key.Key_S, SHIFT)
    blue = pixel(window, hand, x, y)
    assert blue != before
    assert blue[2] > 200
    hand.key(Qt.Key.Key_S, SHIFT)
    assert pixel(window, hand, x, y) == before


def anew(qtbot: QtBot, session: Session, hand: Hand, label: int, y: float) -> None:
    """Paint a label and fill by it."""
    session.tools.set_label(label)
    hand.stroke((60, y), (140, y))
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL | SHIFT)


def test_every_further_fill_of_a_hole_is_made_of_what_was_there_before_the_first(
    qtbot: QtBot, seen: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    document = seen.document
    assert document is not None
    seen.tools.set_diameter(20)
    hand.stroke((60, 80), (140, 80))
    seen.painting.feather_mask(6)
    hole = document.mask.copy()
    fill(qtbot, hand, seen)
    first = document.image.copy()
    anew(qtbot, seen, hand, UPPER, 80)
    anew(qtbot, seen, hand, PANTS, 84)
    with qtbot.waitSignal(seen.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL)
    assert len(engine.requests) == 4
    for request in engine.requests:
        assert np.array_equal(request.mask, hole)
        assert np.array_equal(request.image, document.photo.pixels)
    seen.filling.choice.choose(0)
    # The same fill once more, over the same photo: soft edges do not add up.
    assert np.array_equal(document.image, first)
    state = seen.history.state
    assert state is not None
    assert state.fill is not None
    assert state.fill.is_anew
    while seen.can_undo:
        seen.undo()
    assert np.array_equal(document.image, document.photo.pixels)


def test_what_is_left_of_the_shown_structure_comes_again(
    qtbot: QtBot, seen: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((60, 80), (140, 80))
    fill(qtbot, hand, seen)
    with qtbot.waitSignal(seen.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL)
    anew(qtbot, seen, hand, UPPER, 80)
    assert [request.options.seed for request in engine.requests] == [0, 1, 1]
