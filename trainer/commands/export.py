"""`portrait-trainer export`: from the state of a run to a released weights file with its card."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.commands.shared_options import add_metrics_option
from trainer.release.export import export_run


def add_export_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `export` to the commands of the trainer."""
    parser = commands.add_parser("export", help="release the weights of a run, with a model card")
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of the run")
    parser.add_argument("models", type=Path, metavar="MODELS", help="folder of released weights")
    add_metrics_option(parser, " for the card")
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    exported = export_run(arguments.run, arguments.models, arguments.metrics)
    sys.stdout.write(f"{exported.weights} {exported.sha256}\n{exported.card}\n")
    return 0
