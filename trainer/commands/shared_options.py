"""Options that several commands declare alike."""

from __future__ import annotations

import argparse
from pathlib import Path

from portrait_studio.hardware import DEVICES, PRECISIONS, Hardware
from portrait_studio.worker_pool.sharing import Sharing, add_sharing


def add_hardware_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--device`, `--precision` and `--threads`; `hardware_of` makes one value of them.

    Two processes that each compute with a thread for every core slow each other down far more than by half,
    hence the last one: an int from 0, by default 0, which leaves torch and OpenCV their own choice.
    """
    add_device_options(parser)
    parser.add_argument(
        "--threads",
        type=_count,
        default=0,
        metavar="N",
        help="threads of torch and OpenCV; give fewer than there are cores where something else computes",
    )


def add_device_options(parser: argparse.ArgumentParser) -> None:
    """Declare `--device` and `--precision` alone."""
    parser.add_argument("--device", default="auto", choices=DEVICES)
    parser.add_argument("--precision", default="auto", choices=PRECISIONS)


def hardware_of(options: argparse.Namespace) -> Hardware:
    """What these options ask for; the threads are those that are given, if any.

    Raises:
        OptionError: no process can have so many threads.
    """
    return Hardware(options.device, options.precision, options.threads or 0)


def add_shared_hardware_options(parser: argparse.ArgumentParser, unit: str) -> None:
    """Declare the same with `--jobs` and `--cluster`; see `hardware_of` and `sharing_of`.

    Args:
        parser: of the command.
        unit: what is shared out, in the plural.
    """
    add_hardware_options(parser)
    add_sharing(parser, unit, "the weights")


def path_for(sharing: Sharing, path: Path) -> Path:
    """A path as the processes know it that do the work: those of a cluster run in other folders."""
    return path if sharing.cluster is None else path.absolute()


def add_metrics_option(parser: argparse.ArgumentParser, purpose: str, required: bool = False) -> None:
    """Declare `--metrics`: a list of files, by default none.

    Args:
        parser: of the command.
        purpose: what the command does with them, to be read after "reports of evaluate --json".
        required: whether there must be some.
    """
    parser.add_argument(
        "--metrics",
        type=Path,
        nargs="+",
        default=[],
        required=required,
        metavar="JSON",
        help=f"reports of evaluate --json{purpose}",
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 0")
    return int(text)
