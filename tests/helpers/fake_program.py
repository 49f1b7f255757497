"""The window with the fake engine: `python -m tests.helpers.fake_program PHOTO`."""

from __future__ import annotations

import sys
from pathlib import Path

from portrait_studio.app import run
from tests.helpers.fake_engine import FakeEngine

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), lambda: FakeEngine(delay_s=0.25)))
