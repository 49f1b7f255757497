"""Command `edit`: the window as the external editor of another program."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from portrait_studio.cli.options import add_command


class OpenWindow(Protocol):
    """Shows the window."""

    def __call__(self, photo: Path | None, *, saves_back: bool = False) -> int:
        """Show it until it is closed.

        Args:
            photo: opened at once; None = none.
            saves_back: whether saving writes the result into that photo itself.

        Returns:
            The exit code.
        """


def add_edit(commands: Any, open_window: OpenWindow) -> None:
    """Add the command `edit`."""
    summary = "open the window for another program: saving writes the result into the file itself"
    parser = add_command(commands, "edit", partial(_edit, open_window), summary)
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="what the other program handed over")


def _edit(open_window: OpenWindow, options: argparse.Namespace) -> int:
    from portrait_studio.cli.photo_to_open import photo_to_open
    from portrait_studio.imaging.formats import format_of
    from portrait_studio.output_files import check_output_files

    photo = photo_to_open([str(options.photo)], ())
    assert photo is not None
    format_of(photo)
    check_output_files([photo], [])
    return open_window(photo, saves_back=True)
