"""`portrait-trainer import-darknet`: release the detection network that Darknet's authors trained."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.release.import_darknet import import_darknet


def add_import_darknet_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `import-darknet` to the commands of the trainer."""
    parser = commands.add_parser("import-darknet", help="release the detection network of Darknet's authors")
    parser.add_argument("source", type=Path, metavar="WEIGHTS", help="Darknet's yolov3-tiny.weights")
    parser.add_argument("models", type=Path, metavar="MODELS", help="folder of released weights")
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    written = import_darknet(arguments.source, arguments.models)
    sys.stdout.write(f"{written.weights} {written.sha256}\n{written.card}\n")
    return 0
