"""Nothing that can no longer be brought back stays in memory while the photo is open."""

from __future__ import annotations

import gc
import weakref

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.gui.command_table import Command
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand


class Watch:
    """Weak references to all that the present fill holds."""

    def __init__(self) -> None:
        self._seen: dict[str, list[weakref.ref[object]]] = {}

    def look(self, session: Session) -> None:
        step, candidates = session.history.state, session.filling.choice.candidates
        assert step is not None
        assert candidates is not None
        found: list[tuple[str, object]] = [("step", step), ("delta", step.delta), ("candidates", candidates)]
        found += [("candidate", each) for each in candidates.all]
        found += [("pixels", region.pixels) for each in candidates.all for region in each.result.regions]
        found += [("structure", each.result.structure) for each in candidates.all]
        for kind, each in found:
            self._seen.setdefault(kind, []).append(weakref.ref(each))

    def alive(self) -> dict[str, int]:
        gc.collect()
        count = {kind: len({id(ref()) for ref in refs} - {id(None)}) for kind, refs in self._seen.items()}
        return {kind: number for kind, number in count.items() if number}


def run(qtbot: QtBot, session: Session, window: MainWindow, command: Command) -> None:
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        window.actions_[command].trigger()


def test_discarded_fills_leave_the_memory(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    watch = Watch()
    for _ in range(8):
        hand.stroke((60, 80), (140, 120))
        for command in (Command.FILL, Command.AGAIN, Command.AGAIN):
            run(qtbot, opened, window, command)
            watch.look(opened)
        for _ in range(2):
            hand.key(Qt.Key.Key_Z, CTRL)
    hand.stroke((60, 200), (140, 200))
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    assert watch.alive() == {}


def test_tries_that_were_replaced_leave_only_what_can_still_be_chosen(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    watch = Watch()
    hand.stroke((60, 80), (140, 120))
    run(qtbot, opened, window, Command.FILL)
    watch.look(opened)
    for _ in range(4):
        run(qtbot, opened, window, Command.AGAIN)
        watch.look(opened)
    opened.filling.choice.choose(1)
    watch.look(opened)
    assert watch.alive() == {
        "step": 1, "delta": 1, "candidates": 1, "candidate": 5, "pixels": 5, "structure": 5
    }  # fmt: skip


def test_fills_that_can_be_redone_stay(qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand) -> None:
    watch = Watch()
    hand.stroke((60, 80), (140, 120))
    run(qtbot, opened, window, Command.FILL)
    watch.look(opened)
    opened.undo()
    assert watch.alive()["candidate"] == 1
    opened.redo()
    assert opened.parsing_maps.of_photo is not None


def test_another_photo_leaves_nothing_of_the_one_before(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    watch = Watch()
    hand.stroke((60, 80), (140, 120))
    for command in (Command.FILL, Command.AGAIN):
        run(qtbot, opened, window, command)
        watch.look(opened)
    document = weakref.ref(opened.document)
    assert opened.document is not None
    opened.files.open_pixels(opened.document.image[:100].copy())
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    assert watch.alive() == {}
    assert document() is None
