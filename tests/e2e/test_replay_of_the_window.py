"""What the window records is what `replay` repeats, whatever the user did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from portrait_studio.document.edit_record import read_record
from portrait_studio.engine.intent import Intent
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, CompletionResult, Method
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.mask_file import write_mask
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.networks.conventions import KEYPOINTS, LABELS
from portrait_studio.session.session import Session
from portrait_studio.worker.background import Background
from portrait_studio.worker.lazy_engine import LazyEngine
from tests.e2e.test_cli import pixels_of, run

NETWORK = CompletionOptions(Method.NETWORK, looks_inside=True)


@pytest.fixture
def session(qtbot: QtBot, models: Path, photo: Path) -> Iterator[Session]:
    """The photo is open; device and precision are what the user prefers, which no request names."""
    threads = Background("engine"), Background("files")
    engine = LazyEngine(lambda: Pipeline(models))
    engine.prefer(Hardware("cpu", "float32", 1))
    session = Session(engine, *threads)
    with qtbot.waitSignal(session.opened, timeout=5000):
        session.files.open(photo)
    yield session
    for thread in threads:
        thread.close()
    session.deleteLater()


def wait(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.current_job is None, timeout=20_000)


def rectangle(session: Session, *box: int) -> None:
    session.painting.mark_rectangle(Bounds(*box), erase=False)


def replayed(qtbot: QtBot, session: Session, photo: Path, told: pytest.CaptureFixture[str]) -> str:
    """Export record and result, and repeat the record; what the repetition says."""
    record, result, again = (photo.with_name(name) for name in ("edit.json", "result.png", "again.png"))
    with qtbot.waitSignal(session.files.recorded, timeout=5000):
        session.files.export_record(record)
    with qtbot.waitSignal(session.files.exported, timeout=5000):
        session.files.export(result, ExportOptions())
    told.readouterr()
    assert run("replay", record, photo, "-o", again) == 0
    assert np.array_equal(pixels_of(again), pixels_of(result))
    assert not np.array_equal(pixels_of(again), pixels_of(photo))
    return told.readouterr().out


@pytest.mark.parametrize("intent", [Intent.AUTOMATIC, Intent.BACKGROUND])
def test_the_command_line_asks_the_engine_for_the_same(
    qtbot: QtBot,
    session: Session,
    photo: Path,
    intent: Intent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[CompletionRequest] = []
    complete = Pipeline._complete

    def noted(engine: Pipeline, request: CompletionRequest, progress: Progress) -> CompletionResult:
        asked.append(request)
        return complete(engine, request, progress)

    monkeypatch.setattr(Pipeline, "_complete", noted)
    rectangle(session, 10, 10, 30, 30)
    assert session.document is not None
    mask = photo.with_name("painted.png")
    write_mask(session.document.mask, mask)
    session.filling.set_intent(intent)
    session.fill(NETWORK)
    wait(qtbot, session)
    arguments = ("--intent", intent.value, "--method", "network", "--device", "cpu")
    assert run("remove", photo, "--mask", mask, "-o", photo.with_name("out.png"), *arguments) == 0
    by_window, by_command = asked
    assert np.array_equal(by_window.image, by_command.image)
    assert np.array_equal(by_window.mask, by_command.mask)
    assert (by_window.wanted_labels is None) == (intent is not Intent.BACKGROUND)
    assert np.array_equal(by_window.wanted_labels, by_command.wanted_labels)  # type: ignore[arg-type]
    assert by_window.extension == by_command.extension
    assert by_window.joints == by_command.joints == {}
    # Only the window shows pictures of the stages.
    assert by_window.options == replace(by_command.options, keep_stages=True)


def test_painted_structure_and_a_soft_mask(
    qtbot: QtBot, session: Session, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rectangle(session, 30, 30, 60, 60)
    session.painting.feather_mask(6)
    session.fill(NETWORK)
    wait(qtbot, session)
    for label in ("pants", "dress"):
        session.tools.set_label(LABELS.index(label))
        rectangle(session, 30, 40, 50, 60)
        session.fill_anew(NETWORK)
        wait(qtbot, session)
    assert "bit for bit" in replayed(qtbot, session, photo, capsys)
    fills = read_record(photo.with_name("edit.json")).fills
    assert [fill.how.is_anew for fill in fills] == [False, True, True]
    assert {(fill.how.device, fill.how.precision) for fill in fills} == {("cpu", "float32")}


def test_intent_and_a_choice_for_each_hole(
    qtbot: QtBot, session: Session, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rectangle(session, 10, 10, 30, 30)
    rectangle(session, 80, 50, 105, 75)
    session.filling.set_intent(Intent.BACKGROUND)
    session.fill(NETWORK)
    wait(qtbot, session)
    session.filling.set_intent(Intent.BODY)
    session.fill_again(Method.NETWORK)
    wait(qtbot, session)
    session.filling.choice.choose(0, hole=1)
    assert "bit for bit" in replayed(qtbot, session, photo, capsys)
    (fill,) = read_record(photo.with_name("edit.json")).fills
    variants = [(variant.method, variant.wanted_labels is None) for variant in fill.how.variants]
    assert variants == [("network", True), ("network", False)]
    assert "completion" in fill.how.weights


def test_a_dragged_joint(
    qtbot: QtBot, session: Session, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rectangle(session, 30, 30, 60, 60)
    session.fill(NETWORK)
    wait(qtbot, session)
    assert session.document is not None
    before = session.document.image.copy()
    session.joint_editing.move(KEYPOINTS.index("left-ankle"), 40.5, 50.5)
    session.joint_editing.move(KEYPOINTS.index("right-ankle"), 70.5, 20.5)
    session.fill_anew(NETWORK)
    wait(qtbot, session)
    assert not np.array_equal(session.document.image, before)
    assert "bit for bit" in replayed(qtbot, session, photo, capsys)
    first, second = read_record(photo.with_name("edit.json")).fills
    assert first.how.joints == ()
    assert dict((joint, (x, y)) for joint, x, y in second.how.joints) == session.document.joints
