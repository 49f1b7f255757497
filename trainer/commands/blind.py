"""`portrait-trainer blind` and `blind-score`: fills judged by eyes that do not know whose they are."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from portrait_studio.engine.devices import threads_of_cpu
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import OptionError
from portrait_studio.locations import models_dir
from portrait_studio.output_files import check_output_files
from trainer.commands.shared_options import add_hardware_options, hardware_of
from trainer.evaluation.blind import Contest, blind_files_in, write_blind_sheets
from trainer.evaluation.blind_answers import ANSWERS_FILE, preference_table, read_answers, read_choices
from trainer.evaluation.methods import DEFAULT, METHOD_NAMES, G
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.plans import PLANS

USUAL_PAIRS: Final = 40

_METHODS: Final = tuple(name for name in METHOD_NAMES if name != G)


def add_blind_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `blind` and `blind-score` to the commands of the trainer."""
    parser = commands.add_parser(
        "blind", help="pairs of two methods' fills in random order, to be judged by eye"
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="gets the sheets, and the answers in a file"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--cases", type=Path, metavar="DIR", help="folder of NAME.png with NAME_mask.png")
    what.add_argument("--data", type=Path, metavar="DEST", help="folder of packs")
    parser.add_argument("--protocol", choices=tuple(PLANS), help="how holes are made from the packs")
    parser.add_argument(
        "--set", dest="sets", action="append", metavar="NAME", help="packed set (default: the protocol's)"
    )
    parser.add_argument("--source", type=Path, metavar="DIR", help="the set's own folder: original sizes")
    parser.add_argument(
        "--pairs", type=_positive, default=USUAL_PAIRS, metavar="N", help=f"at most N pairs ({USUAL_PAIRS})"
    )
    parser.add_argument("--method", choices=_METHODS, default=DEFAULT, help=f"ours ({DEFAULT})")
    parser.add_argument("--rival", choices=_METHODS, default="patchmatch", help="the other (patchmatch)")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="of the order of sides, to make the same sheets again"
    )
    parser.add_argument("--weights", type=Path, metavar="DIR", help="folder of released weights")
    add_hardware_options(parser)
    parser.set_defaults(handler=_sheets)

    scoring = commands.add_parser(
        "blind-score", help="whose fills were chosen on blind sheets, with an interval"
    )
    scoring.add_argument("folder", type=Path, metavar="FOLDER", help="where `blind` wrote")
    scoring.add_argument("choices", type=Path, metavar="CHOICES", help="text: 1 left, 2 right, 3 equal ...")
    scoring.set_defaults(handler=_score)


def _sheets(arguments: argparse.Namespace) -> int:
    if arguments.method == arguments.rival:
        raise OptionError(f"{arguments.rival} cannot stand against itself; choose another --rival.")
    models = arguments.weights or models_dir()
    options = EvaluateOptions(
        cases=arguments.cases,
        data=arguments.data,
        protocol=arguments.protocol,
        sets=None if arguments.sets is None else tuple(arguments.sets),
        source=arguments.source,
        limit=arguments.pairs,
        hardware=hardware_of(arguments),
    )
    read = [
        path
        for folder in (models, arguments.cases)
        if folder and folder.is_dir()
        for path in folder.iterdir()
    ]
    check_output_files([], read, [blind_files_in(arguments.folder)])
    contest = Contest(arguments.method, arguments.rival, arguments.seed)
    with threads_of_cpu(options.hardware.threads):
        sheets = write_blind_sheets(options, contest, ReleasedNetworks(models), arguments.folder)
    for path in sheets:
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(
        f"Write '1 left, 2 right, 3 equal ...' into a file, then run 'portrait-trainer blind-score "
        f"{arguments.folder} FILE'. {ANSWERS_FILE} says whose is which: do not look.\n"
    )
    return 0


def _score(arguments: argparse.Namespace) -> int:
    answers = read_answers(arguments.folder)
    choices = read_choices(arguments.choices, answers)
    if not choices:
        raise OptionError(
            f"{arguments.choices} holds no choice; write '1 left, 2 right, 3 equal ...' into it."
        )
    sys.stdout.write(preference_table(answers, choices).text() + "\n")
    return 0


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value
