"""The command `portrait-trainer prepare SET SRC DEST`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.data.converters.registry import CONVERTERS
from trainer.data.prepare import prepare

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def add_prepare_command(subparsers: Subparsers) -> None:
    """Add `prepare` to the trainer's commands; the parsed arguments carry `run(args) -> exit code`."""
    parser = subparsers.add_parser(
        "prepare",
        help="convert a data set to the 18 labels and pack it at training size",
        description="Convert a data set from its own layout and write it as packs into DEST/SET. Sets: "
        + ", ".join(sorted(CONVERTERS)),
    )
    parser.add_argument("set_name", metavar="SET", help="name of the data set")
    parser.add_argument(
        "source", metavar="SRC", type=Path, help="folder that holds the set in its own layout"
    )
    parser.add_argument("destination", metavar="DEST", type=Path, help="folder of packs, one folder per set")
    parser.set_defaults(handler=run_prepare)


def run_prepare(args: argparse.Namespace) -> int:
    """Prepare one set and print its report; 0 when done. Errors leave as `PortraitStudioError`."""
    report = prepare(args.set_name, args.source, args.destination, _show_progress)
    sys.stdout.write(report.text() + "\n")
    return 0


def _show_progress(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} photos")
        sys.stderr.flush()
