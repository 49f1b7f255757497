from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from portrait_studio.app import Program
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.errors import DeviceError, WeightsError
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FILL_COLOUR, FakeEngine


def dialogs() -> list[ErrorDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, ErrorDialog) and w.isVisible()]


def fill(qtbot: QtBot, hand: Hand, session: Session) -> None:
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)


def test_enter_fills_and_the_rest_stays_bit_for_bit(qtbot: QtBot, opened: Session, hand: Hand) -> None:
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    hole = document.mask != 0
    fill(qtbot, hand, opened)
    assert not document.mask.any()
    assert (document.image[hole] == FILL_COLOUR).all()
    assert np.array_equal(document.image[~hole], document.photo.pixels[~hole])
    assert document.changed_outside() == 0


def test_undoing_a_fill_brings_the_mask_back(qtbot: QtBot, opened: Session, hand: Hand) -> None:
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    painted = document.mask.copy()
    fill(qtbot, hand, opened)
    filled = document.image.copy()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.mask, painted)
    assert np.array_equal(document.image, document.photo.pixels)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not document.mask.any()
    hand.key(Qt.Key.Key_Y, CTRL)
    hand.key(Qt.Key.Key_Y, CTRL)
    assert np.array_equal(document.image, filled)
    assert not document.mask.any()


def test_stages_are_named_while_they_run(
    qtbot: QtBot, opened: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.delay_s = 0.05
    seen: list[str] = []
    opened.job_progressed.connect(lambda stage, share: seen.append(window.job_bar.text))
    hand.stroke((60, 80), (140, 120))
    fill(qtbot, hand, opened)
    for stage in Stage:
        assert any(stage.label in text for text in seen)
    assert not window.job_bar.isVisible()


def test_progress_never_goes_back(qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine) -> None:
    engine.delay_s = 0.05
    shares: list[float] = []
    opened.job_progressed.connect(lambda stage, share: shares.append(share))
    hand.stroke((60, 80), (140, 120))
    fill(qtbot, hand, opened)
    assert shares == sorted(shares)
    assert shares[-1] > 0.8


def test_escape_cancels_within_half_a_second(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    painted = document.mask.copy()
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    began = time.monotonic()
    with qtbot.waitSignal(opened.job_ended, timeout=500):
        hand.key(Qt.Key.Key_Escape)
    assert time.monotonic() - began < 0.5
    assert opened.can_edit
    assert np.array_equal(document.mask, painted)
    assert np.array_equal(document.image, document.photo.pixels)
    engine.hold.set()
    fill(qtbot, hand, opened)
    assert not document.mask.any()


def test_cancel_button_cancels(
    qtbot: QtBot, opened: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 80), (140, 120))
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.job_bar.isVisible() and bool(engine.stages))
    with qtbot.waitSignal(opened.job_ended, timeout=500):
        qtbot.mouseClick(window.job_bar.cancel_button, Qt.MouseButton.LeftButton)
    assert opened.current_job is None


def test_window_stays_alive_and_locked_while_filling(
    qtbot: QtBot, opened: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    painted = document.mask.copy()
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    hand.stroke((60, 200), (140, 220))
    hand.key(Qt.Key.Key_D, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.mask, painted)
    before = window.canvas.zoom
    window.canvas.viewport.zoom_by(2)
    assert window.canvas.zoom == pytest.approx(before * 2)
    engine.hold.set()
    qtbot.waitUntil(lambda: opened.current_job is None)
    assert not document.mask.any()


def test_result_of_a_cancelled_job_is_dropped(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    release = threading.Event()
    entered = threading.Event()
    answer = engine.complete

    def stubborn(request: object, progress: object) -> object:
        """Answers although it was cancelled, as an engine within its last stage would."""
        entered.set()
        release.wait(5)
        engine.complete = answer  # type: ignore[method-assign]
        return FakeEngine().complete(request, type(progress)())  # type: ignore[arg-type, call-arg]

    engine.complete = stubborn  # type: ignore[assignment, method-assign]
    hand.key(Qt.Key.Key_Return)
    assert entered.wait(5)
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_D, CTRL)
    release.set()
    hand.stroke((30, 250), (60, 250))
    fill(qtbot, hand, opened)
    assert (document.image[250, 45] == FILL_COLOUR).all()
    assert np.array_equal(document.image[70:130], document.photo.pixels[70:130])


def test_opening_another_photo_drops_the_running_fill(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine, photo_path: object
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 80), (140, 120))
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(engine.stages))
    picture = np.zeros((50, 60, 3), np.uint8)
    opened.files.open_pixels(picture)
    engine.hold.set()
    qtbot.wait(100)
    document = opened.document
    assert document is not None
    assert document.extent.width == 60
    assert not document.image.any()


def test_foreseen_errors_are_a_sentence_and_the_mask_stays(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.fail_at = Stage.COMPLETE
    engine.error = DeviceError("The device ran out of memory; choose the CPU.")
    hand.stroke((60, 80), (140, 120))
    fill(qtbot, hand, opened)
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    assert dialogs()[0].sentence == "The device ran out of memory; choose the CPU."
    dialogs()[0].copy_button.click()
    assert QApplication.clipboard().text() == "The device ran out of memory; choose the CPU."
    assert opened.has_mask
    dialogs()[0].accept()
    engine.fail_at = None
    fill(qtbot, hand, opened)
    assert not opened.has_mask


def test_unexpected_errors_come_with_a_log_and_the_program_goes_on(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.fail_at = Stage.BLEND
    engine.error = ZeroDivisionError("somewhere deep")
    hand.stroke((60, 80), (140, 120))
    fill(qtbot, hand, opened)
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    dialogs()[0].copy_button.click()
    assert "ZeroDivisionError: somewhere deep" in QApplication.clipboard().text()
    dialogs()[0].accept()
    assert opened.can_fill


def test_missing_weights_are_told_in_a_banner_and_the_editor_works(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    engine.warm_up_error = WeightsError("The weights are missing. Reinstall the program.")
    program.session.prepare()
    program.session.files.open_pixels(np.full((60, 80, 3), 90, np.uint8))
    qtbot.waitUntil(window.banner.isVisible)
    assert "The weights are missing. Reinstall the program." in window.banner.text
    assert not dialogs()
    hand.stroke((20, 20), (40, 40))
    assert opened.has_mask


def test_masking_everything_cannot_be_filled(qtbot: QtBot, opened: Session, hand: Hand) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(dialogs()) == 1)
    assert "whole photo" in dialogs()[0].sentence
    assert opened.current_job is None


def test_enter_without_a_mask_only_says_what_to_do(
    opened: Session, hand: Hand, window: MainWindow, engine: FakeEngine
) -> None:
    hand.key(Qt.Key.Key_Return)
    assert "Paint over something first" in window.statusBar().currentMessage()
    assert not engine.requests


def test_another_try_uses_the_next_seed_and_is_one_step(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    hole = document.mask != 0
    fill(qtbot, hand, opened)
    with qtbot.waitSignal(opened.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return, CTRL)
    assert [request.options.seed for request in engine.requests] == [0, 1]
    assert (document.image[hole][:, 0] == FILL_COLOUR[0] + 1).all()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert np.array_equal(document.mask != 0, hole)
    assert np.array_equal(document.image, document.photo.pixels)


def test_a_cancelled_try_keeps_the_last_fill(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((60, 80), (140, 120))
    document = opened.document
    assert document is not None
    fill(qtbot, hand, opened)
    before = document.image.copy()
    engine.hold = threading.Event()
    hand.key(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(engine.requests) == 2)
    with qtbot.waitSignal(opened.job_ended, timeout=500):
        hand.key(Qt.Key.Key_Escape)
    assert np.array_equal(document.image, before)
    assert not opened.has_mask


def test_the_engine_never_runs_in_the_gui_thread(
    qtbot: QtBot, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    hand.stroke((60, 80), (140, 120))
    fill(qtbot, hand, opened)
    with qtbot.waitSignal(opened.parsing_maps.shown_changed, timeout=5000):
        hand.key(Qt.Key.Key_R, CTRL)
    assert threading.get_ident() not in engine.threads
    assert len(engine.threads) == 1


def test_closing_during_a_job_ends_the_thread(
    qtbot: QtBot, program: Program, opened: Session, hand: Hand, engine: FakeEngine
) -> None:
    engine.hold = threading.Event()
    hand.stroke((60, 80), (140, 120))
    opened.fill(CompletionOptions())
    qtbot.waitUntil(lambda: bool(engine.stages))
    began = time.monotonic()
    program.close()
    assert time.monotonic() - began < 1.0
    assert program.threads_ended()
