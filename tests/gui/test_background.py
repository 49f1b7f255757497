"""The thread that does tasks in order."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from portrait_studio.engine.progress import CancelToken, Progress
from portrait_studio.worker.background import Background


@pytest.fixture
def thread() -> Iterator[Background]:
    thread = Background("trial")
    yield thread
    thread.close()


def fail(progress: Progress) -> None:
    raise ZeroDivisionError


def test_nothing_is_kept_of_tasks_that_have_ended_whichever_way(qtbot: QtBot, thread: Background) -> None:
    ended: list[int] = []
    thread.succeeded.connect(lambda number, _result: ended.append(number))
    thread.failed.connect(lambda number, _error, _log: ended.append(number))
    thread.cancelled.connect(ended.append)
    tokens = [CancelToken() for _ in range(30)]
    kept = [weakref.ref(token) for token in tokens]
    for number, token in enumerate(tokens):
        if number % 3 == 0:
            token.cancel()
        thread.submit(number, token, fail if number % 3 == 1 else lambda progress: None)
    del tokens, token
    qtbot.waitUntil(lambda: len(ended) == 30)
    assert ended == list(range(30))
    gc.collect()
    assert [reference for reference in kept if reference() is not None] == []


def test_closing_cancels_what_runs_and_what_waits(qtbot: QtBot, thread: Background) -> None:
    started, tokens = threading.Event(), [CancelToken() for _ in range(3)]

    def wait(progress: Progress) -> None:
        started.set()
        while True:
            progress.check()

    thread.submit(0, CancelToken(), lambda progress: None)
    for number, token in enumerate(tokens, start=1):
        thread.submit(number, token, wait)
    assert started.wait(5)
    thread.close()
    assert not thread.is_running
    assert all(token.is_cancelled for token in tokens)
