"""`portrait-trainer average`: the mean of two trainings of one network, to go on from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.release.average import average


def add_average_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `average` to the commands of the trainer."""
    parser = commands.add_parser("average", help="mean of two trainings of one network, to go on from")
    parser.add_argument("name", metavar="NAME", help="parsing, completion, completion-down ...")
    parser.add_argument("earlier", type=Path, metavar="EARLIER", help="models folder")
    parser.add_argument("later", type=Path, metavar="LATER", help="models folder trained on from it")
    parser.add_argument("destination", type=Path, metavar="DEST", help="models folder to write to")
    parser.add_argument("--share", type=float, default=0.5, help="of the later weights; 0.5 by default")
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    digest = average(
        arguments.name, arguments.earlier, arguments.later, arguments.destination, arguments.share
    )
    sys.stdout.write(f"{arguments.destination / arguments.name}.safetensors {digest}\n")
    return 0
