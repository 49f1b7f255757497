"""The command line over a fake engine: `python -m tests.helpers.fake_commands ARGUMENTS`.

In a process of its own torch is not loaded, so it starts in a moment. The variable FAKE_DELAY_S says how long
each stage takes.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import CompletionRequest, CompletionResult, Pixels, Structure
from tests.helpers.fake_engine import FakeEngine


class CommandEngine:
    """What the commands ask of the engine, answered by a fake."""

    def __init__(self, fake: FakeEngine | None = None) -> None:
        """Args: the fake."""
        self.fake = fake or FakeEngine()

    def complete(self, request: CompletionRequest, progress: Progress | None = None) -> CompletionResult:
        """Paint every hole in one colour."""
        return self.fake.complete(request, progress or Progress())

    def parse(
        self,
        image: Pixels,
        mask: NDArray[np.uint8] | None = None,
        device: str = "auto",
        progress: Progress | None = None,
    ) -> Structure:
        """A person in the middle."""
        hidden = np.zeros(image.shape[:2], np.uint8) if mask is None else mask
        return self.fake.parse(image, hidden, device, progress or Progress())


def main() -> int:
    """Run the program."""
    pipeline = ModuleType("portrait_studio.engine.pipeline")
    delay_s = float(os.environ.get("FAKE_DELAY_S", "0"))
    pipeline.Engine = lambda _models: CommandEngine(FakeEngine(delay_s=delay_s))  # type: ignore[attr-defined]
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
