"""The command line over a fake engine: `python -m tests.helpers.fake_commands ARGUMENTS`.

In a process of its own torch is not loaded, so it starts in a moment. The variable FAKE_DELAY_S says how long
each stage takes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

from tests.helpers.fake_engine import FakeEngine


def main() -> int:
    """Run the program."""
    pipeline = ModuleType("portrait_studio.engine.pipeline")
    delay_s = float(os.environ.get("FAKE_DELAY_S", "0"))
    pipeline.Pipeline = lambda _models: FakeEngine(delay_s=delay_s)  # type: ignore[attr-defined]
    sys.modules[pipeline.__name__] = pipeline
    from portrait_studio import cli
    from portrait_studio.cli.console import PROGRAM
    from portrait_studio.terminal import attended

    def open_window(photo: Path | None) -> int:
        sys.stdout.write(f"window with {photo}\n")
        return 0

    return attended(PROGRAM, lambda: cli.run(sys.argv[1:], open_window))


if __name__ == "__main__":
    sys.exit(main())
