"""How many threads of the processor a command may take beside others."""

from __future__ import annotations

import argparse


def add_threads_option(parser: argparse.ArgumentParser) -> None:
    """Declare `--threads`: an int from 0, by default 0, which leaves torch and OpenCV their own choice.

    Two processes that each compute with a thread for every core slow each other down far more than by half.
    """
    parser.add_argument(
        "--threads",
        type=_count,
        default=0,
        metavar="N",
        help="threads of torch and OpenCV; give fewer than there are cores where something else computes",
    )


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 0")
    return int(text)
