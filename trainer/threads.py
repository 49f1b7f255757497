"""How many threads of the processor a command may take beside others."""

from __future__ import annotations

import argparse


def add_threads_option(parser: argparse.ArgumentParser) -> None:
    """Declare `--threads`: an int from 0, by default 0, which leaves torch its own choice.

    Two processes that each compute with a thread for every core slow each other down far more than by half.
    """
    parser.add_argument(
        "--threads",
        type=_threads,
        default=0,
        metavar="N",
        help="torch threads; give fewer than there are cores where something else computes",
    )


def _threads(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return count
