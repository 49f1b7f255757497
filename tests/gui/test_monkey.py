"""Nothing that random hands do breaks the program or parts the document from its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from portrait_studio.app import Program
from portrait_studio.document.project import write_project
from portrait_studio.document.project_reading import read_project
from portrait_studio.session.session import Session
from tests.gui.conftest import write_photo
from tests.helpers.fake_engine import FakeEngine
from tests.helpers.monkey import Monkey, same


@pytest.mark.parametrize(("seed", "delay_s"), [(4, 0.0), (5, 0.0), (7, 0.02)])
def test_random_events_leave_a_document_that_its_history_repeats(
    program: Program, opened: Session, engine: FakeEngine, tmp_path: Path, seed: int, delay_s: float
) -> None:
    # Where a stage takes a while, the monkey goes on painting while fills run.
    engine.delay_s = delay_s
    for name in ("another", "third"):
        write_photo(tmp_path / f"{name}.png", 200, 150)
    photos: list[object] = []
    opened.opened.connect(lambda: photos.append(opened.document))
    monkey = Monkey(program, seed, tmp_path)
    for number in range(1000):
        if number >= 270 and photos and monkey.written and len(opened.history.steps) > 3:
            break
        # Some history must be left to be repeated at the end.
        monkey.may_leave = number < 130 or not photos
        monkey.step()
    monkey.settle()
    assert photos
    assert monkey.written
    document, snapshot = opened.document, opened.files.snapshot()
    assert document is not None
    assert snapshot is not None
    write_project(snapshot, tmp_path / "monkey.psproj", lambda: None)
    project = read_project(tmp_path / "monkey.psproj", lambda: None)
    assert len(project.steps) > 3
    for step in reversed(project.steps[project.applied :]):
        step.delta.undo(project.document)
    assert same(project.document, document)
    assert document.changed_outside() == 0
    project.document.close()
