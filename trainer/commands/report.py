"""`portrait-trainer report`: a run as one page to look at."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from portrait_studio.imaging.atomic import replacing
from trainer.commands.shared_options import add_metrics_option
from trainer.evaluation.report import read_json
from trainer.evaluation.run_page import run_page


def add_report_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `report` to the commands of the trainer."""
    parser = commands.add_parser(
        "report", help="curves, sheets and confusion of labels of a run on one page to look at"
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a run, which may still go on")
    parser.add_argument("-o", "--output", type=Path, metavar="HTML", help="file to write (RUN/report.html)")
    add_metrics_option(parser, ", whose confusion of labels is shown")
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    written = run_page(arguments.run, [read_json(path) for path in arguments.metrics])
    target: Path = arguments.output or arguments.run / "report.html"
    with replacing(target) as file:
        file.write(written.encode("utf-8"))
    sys.stdout.write(f"{target}\n")
    return 0
