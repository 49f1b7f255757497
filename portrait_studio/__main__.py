"""Start of the program: the command line, or the window."""

from __future__ import annotations

import sys
import warnings
from multiprocessing import freeze_support
from pathlib import Path

from portrait_studio import cli
from portrait_studio.cli.console import PROGRAM
from portrait_studio.terminal import attended


def main() -> int:
    """Run the program; returns its exit code."""
    # In a bundle, processes that batch begins are started as the program itself.
    freeze_support()
    if not sys.warnoptions:
        # They are for developers, and would stand between the sentences that are for users.
        warnings.simplefilter("ignore")
    return attended(PROGRAM, lambda: cli.run(sys.argv[1:], _open_window))


def _open_window(photo: Path | None, *, saves_back: bool = False) -> int:
    # Qt is imported only when a window is wanted: the commands run without a display.
    from portrait_studio import app

    return app.run(photo, saves_back=saves_back)


if __name__ == "__main__":
    sys.exit(main())
