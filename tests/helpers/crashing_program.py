"""Edits for ever, autosaving often, until it is killed: `python -m tests.helpers.crashing_program PHOTO`.

After each edit one line says the checksum of photo and mask.
"""

from __future__ import annotations

import sys
import zlib
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from portrait_studio.app import Program
from portrait_studio.document.document import Document
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.imaging.geometry import Bounds
from tests.helpers.fake_engine import FakeEngine

INTERVAL_S = 0.05


def checksum(document: Document) -> int:
    """Of everything that the user sees."""
    return zlib.crc32(document.mask, zlib.crc32(np.ascontiguousarray(document.image)))


def main() -> int:
    """Run until killed."""
    application = QApplication(sys.argv[:1])
    program = Program(application, FakeEngine)
    session = program.session
    program.autosave.set_interval(INTERVAL_S)
    source = np.random.default_rng(0)

    def edit() -> None:
        document = session.document
        if document is None or not session.can_edit:
            return
        left, top = (int(value) for value in source.integers(0, 150, 2))
        kind = int(source.integers(0, 5))
        if kind == 0 and session.has_mask:
            session.fill(CompletionOptions())
            return
        if kind == 1:
            session.undo()
        else:
            session.painting.mark_rectangle(Bounds(left, top, left + 40, top + 30), erase=kind == 2)

    def tell() -> None:
        if session.document is not None:
            sys.stdout.write(f"{checksum(session.document)}\n")
            sys.stdout.flush()

    session.history.changed.connect(tell)
    timer = QTimer(interval=4)
    timer.timeout.connect(edit)
    session.opened.connect(timer.start)
    program.begin(Path(sys.argv[1]))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
