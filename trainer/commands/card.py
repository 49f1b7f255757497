"""`portrait-trainer card`: new figures for a network that is released already, without its run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.commands.shared_options import add_metrics_option
from trainer.release.figures import write_figures


def add_card_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `card` to the commands of the trainer."""
    parser = commands.add_parser("card", help="write new figures into a released network's file and card")
    parser.add_argument("name", metavar="NAME", help="parsing, completion, completion-down ...")
    parser.add_argument("models", type=Path, metavar="MODELS", help="folder of released weights")
    add_metrics_option(parser, "", required=True)
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    written = write_figures(arguments.name, arguments.models, arguments.metrics)
    sys.stdout.write(f"{written.weights} {written.sha256}\n{written.card}\n")
    return 0
