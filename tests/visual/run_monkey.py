"""Random events on the demo photo for long, with the fake engine; then the same killed again and again.

Run as `python -m tests.visual.run_monkey [--steps N] [--kills N] [--seed N]` in the repository root. It says
what it did, and ends with an error after an exception, where the document and its history part, and where a
killed program left no work.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from portrait_studio.app import Program
from portrait_studio.document.deltas import PlaneName
from portrait_studio.document.document import Document
from portrait_studio.document.project import Project, write_project
from portrait_studio.document.project_reading import read_project
from portrait_studio.locations import DATA_VARIABLE, resources_dir
from portrait_studio.session.recovery import find_autosaves
from tests.helpers.fake_engine import FakeEngine
from tests.helpers.monkey import Monkey, same

_DEMO: Final = resources_dir() / "demo" / "photo.png"
_INTERVAL_S: Final = 0.5
_SLACK_S: Final = 3.0
"""How long after the interval an autosave may be in its file: a job or the machine may be in the way."""


def checksum(document: Document) -> int:
    """Over every array, and where the canvas lies."""
    value = zlib.crc32(repr(document.canvas).encode())
    for name in PlaneName:
        value = zlib.crc32(np.ascontiguousarray(document.plane(name)), value)
    return value


def settled(project: Project) -> Document:
    """The document of a project as it was saved."""
    for step in reversed(project.steps[project.applied :]):
        step.delta.undo(project.document)
    return project.document


def opened(application: QApplication, photo: Path) -> Program:
    """The program with that photo."""
    program = Program(application, FakeEngine)
    program.window.resize(1100, 760)
    program.window.show()
    program.window.open_path(photo)
    while program.session.document is None:
        QTest.qWait(10)
    return program


def live(seed: int) -> None:
    """Until killed: random events, and a line of time and checksum after each step of the history."""
    program = opened(QApplication(sys.argv[:1]), _DEMO)
    program.autosave.set_interval(_INTERVAL_S)
    monkey, session = Monkey(program, seed), program.session

    def tell() -> None:
        if session.document is not None:
            sys.stdout.write(f"{time.monotonic()} {checksum(session.document)}\n")
            sys.stdout.flush()

    tell()
    session.history.changed.connect(lambda: QTimer.singleShot(0, tell))
    while True:
        monkey.step()


def run_long(steps: int, seed: int) -> None:
    """Random events without an end to the program, compared with the replay of its history."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DATA_VARIABLE] = folder
        photos = Path(folder) / "photos"
        photos.mkdir()
        for name in ("first.png", "second.png", "third.png"):
            shutil.copyfile(_DEMO, photos / name)
        program = opened(QApplication(sys.argv[:1]), photos / "second.png")
        monkey, errors = Monkey(program, seed, photos), []
        # Qt hands exceptions of slots to the hook and goes on.
        sys.excepthook = lambda kind, error, trace: errors.append(error)
        for number in range(steps):
            # The last hundred are for a history that can be compared.
            monkey.may_leave = number < steps - 100
            monkey.step()
            if errors:
                raise SystemExit(f"Seed {seed}: after {monkey.last}: {errors[0]!r}")
        monkey.settle()
        document, snapshot = program.session.document, program.session.files.snapshot()
        assert document is not None
        assert snapshot is not None
        path = Path(folder) / "monkey.psproj"
        write_project(snapshot, path, lambda: None)
        project = read_project(path, lambda: None)
        if not same(settled(project), document) or document.changed_outside():
            raise SystemExit(
                f"Seed {seed}: the document differs from the replay of its {len(snapshot)} steps."
            )
        sys.stdout.write(
            f"Seed {seed}: {steps} events, {monkey.written} files named, {len(snapshot)} steps in the last"
            " history, all repeated\n"
        )
        program.window.hide()
        program.close()
        if not program.threads_ended():
            raise SystemExit(f"Seed {seed}: a thread is left.")


def run_killed(seed: int, chance: random.Random) -> float:
    """Kill a program at a random moment; returns how many seconds of work were lost."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, DATA_VARIABLE: folder}
        command = [sys.executable, "-m", "tests.visual.run_monkey", "--live", "--seed", str(seed)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline()]
            time.sleep(_INTERVAL_S + _SLACK_S + chance.random() * 2)
            process.kill()
            killed_at = time.monotonic()
            lines += process.stdout.readlines()
        states = [line.split() for line in lines if line.endswith("\n")]
        found = find_autosaves(Path(folder) / "autosave").recoverable
        if len(found) != 1:
            raise SystemExit(f"Seed {seed}: {len(found)} autosaves were left of {len(states)} states.")
        document = settled(read_project(found[0].file.path, lambda: None))
        recovered, last = str(checksum(document)), killed_at
        for place in reversed(range(len(states))):
            if states[place][1] == recovered:
                return max(0.0, killed_at - last)
            last = float(states[place][0])
        raise SystemExit(f"Seed {seed}: what was recovered was never there.")


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--live", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if options.live:
        live(options.seed)
    run_long(options.steps, options.seed)
    chance = random.Random(options.seed)
    lost = [run_killed(options.seed + number, chance) for number in range(options.kills)]
    if lost:
        sys.stdout.write(
            f"{len(lost)} times killed, recovered each time; at most {max(lost):.1f} s of work lost,"
            f" with an autosave every {_INTERVAL_S} s\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
