"""What `portrait-trainer` does to released weights: average, export, import-darknet and card."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from trainer.commands.shared_options import add_metrics_option
from trainer.release.average import average
from trainer.release.export import export_run
from trainer.release.figures import write_figures
from trainer.release.files import Exported
from trainer.release.import_darknet import import_darknet


def add_release_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add all of them to the commands of the trainer."""
    parser = commands.add_parser("export", help="release the weights of a run, with a model card")
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of the run")
    _add_models(parser)
    add_metrics_option(parser, " for the card")
    parser.set_defaults(handler=lambda given: _say(export_run(given.run, given.models, given.metrics)))

    parser = commands.add_parser("import-darknet", help="release the detection network of Darknet's authors")
    parser.add_argument("source", type=Path, metavar="WEIGHTS", help="Darknet's yolov3-tiny.weights")
    _add_models(parser)
    parser.set_defaults(handler=lambda given: _say(import_darknet(given.source, given.models)))

    parser = commands.add_parser("card", help="write new figures into a released network's file and card")
    _add_name(parser)
    _add_models(parser)
    add_metrics_option(parser, "", required=True)
    parser.set_defaults(handler=lambda given: _say(write_figures(given.name, given.models, given.metrics)))

    parser = commands.add_parser("average", help="mean of two trainings of one network, to go on from")
    _add_name(parser)
    parser.add_argument("earlier", type=Path, metavar="EARLIER", help="models folder")
    parser.add_argument("later", type=Path, metavar="LATER", help="models folder trained on from it")
    parser.add_argument("destination", type=Path, metavar="DEST", help="models folder to write to")
    parser.add_argument("--share", type=float, default=0.5, help="of the later weights; 0.5 by default")
    parser.set_defaults(handler=_average)


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("models", type=Path, metavar="MODELS", help="folder of released weights")


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="parsing, completion, completion-down ...")


def _say(written: Exported) -> int:
    sys.stdout.write(f"{written.weights} {written.sha256}\n{written.card}\n")
    return 0


def _average(given: argparse.Namespace) -> int:
    digest = average(given.name, given.earlier, given.later, given.destination, given.share)
    sys.stdout.write(f"{given.destination / given.name}.safetensors {digest}\n")
    return 0
