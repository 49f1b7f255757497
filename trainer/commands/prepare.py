"""The command `portrait-trainer prepare SET SRC DEST`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrait_studio.errors import OptionError
from trainer.data.converters.reading import BODY_SIDE
from trainer.data.converters.registry import DATA_SETS
from trainer.data.prepare import prepare

_LEAST_SIDE = 64

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


class _ListSets(argparse.Action):
    """`--list`: print what is known of all sets and stop, as `--help` does."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        sys.stdout.write("\n\n".join(entry.text() for entry in DATA_SETS.values()) + "\n")
        parser.exit()


def add_prepare_command(subparsers: Subparsers) -> None:
    """Add `prepare` to the trainer's commands; the parsed arguments carry `run(args) -> exit code`."""
    width = max(map(len, DATA_SETS))
    sets = "\n".join(f"  {entry.name:<{width}}  {entry.title}" for entry in DATA_SETS.values())
    parser = subparsers.add_parser(
        "prepare",
        help="convert a data set to the 18 labels and pack it at training size",
        description="Convert a data set from its own layout and write it as packs into DEST/NAME.",
        epilog=f"sets (--list says what to download, what SRC must hold, and each licence):\n{sets}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("set_name", metavar="SET", help="which data set, see below")
    parser.add_argument(
        "source", metavar="SRC", type=Path, help="folder that holds the set in its own layout"
    )
    parser.add_argument("destination", metavar="DEST", type=Path, help="folder of packs, one folder per set")
    parser.add_argument("--name", help="name of the packed set; SET by default")
    parser.add_argument(
        "--poses",
        type=Path,
        metavar="FILE",
        help="poses that another model wrote: JSON with, for each photo id, size [width, height] and "
        "landmarks, 33 x [x, y, visibility] in MediaPipe's order; blazepose.json in SRC by default",
    )
    parser.add_argument(
        "--side",
        type=int,
        default=BODY_SIDE,
        metavar="N",
        help=f"most pixels of a photo's longer side ({BODY_SIDE} by default; small things need more); sets "
        "of faces and of crops of people keep their own",
    )
    parser.add_argument("--list", nargs=0, action=_ListSets, help="describe all sets and exit")
    parser.set_defaults(handler=run_prepare)


def run_prepare(args: argparse.Namespace) -> int:
    """Prepare one set and print its report; 0 when done. Errors leave as `PortraitStudioError`."""
    if args.side < _LEAST_SIDE:
        raise OptionError(f"--side must be at least {_LEAST_SIDE} pixels, not {args.side}.")
    report = prepare(
        args.set_name,
        args.source,
        args.destination,
        _show_progress,
        name=args.name,
        poses=args.poses,
        long_side=args.side,
    )
    sys.stdout.write(report.text() + "\n")
    return 0


def _show_progress(done: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} photos")
        sys.stderr.flush()
