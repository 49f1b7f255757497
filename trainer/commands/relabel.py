"""`portrait-trainer relabel`: exact label maps for all photos, by a released parsing network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from portrait_studio.engine.devices import threads_of_cpu
from portrait_studio.errors import DataSetError
from trainer.commands.shared_options import add_hardware_options, hardware_of
from trainer.data.pack_format import packed_sets
from trainer.data.relabel import relabel
from trainer.training.precision import choose_training_compute


def add_relabel_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "relabel", help="give photos with partial labels exact ones, predicted by the parser"
    )
    parser.add_argument("packs", type=Path, help="folder of packed sets")
    parser.add_argument("destination", type=Path, help="folder for the relabelled packs")
    parser.add_argument("--weights", type=Path, required=True, help="models folder with the parsing network")
    parser.add_argument("--sets", nargs="+", help="which sets; all by default")
    parser.add_argument(
        "--certainty",
        type=float,
        default=0.0,
        help="leave pixels as they are where the parser's winning label has less than this share of the "
        "probability of all labels that are allowed there (for training a parser: 0.55); default 0: decide "
        "everywhere, as completion training needs",
    )
    add_hardware_options(parser)
    parser.set_defaults(handler=run_relabel)


def run_relabel(options: argparse.Namespace) -> int:
    """Relabel and say how many photos were written; returns the exit code.

    Raises:
        DataSetError: there is no packed set.
    """
    sets = options.sets or list(packed_sets(options.packs))
    if not sets:
        raise DataSetError(f"There are no packs in {options.packs}; make them with portrait-trainer prepare.")
    hardware = hardware_of(options)
    compute = choose_training_compute(hardware)
    with threads_of_cpu(hardware.threads):
        counts = relabel(
            options.packs, options.destination, sets, options.weights, compute, options.certainty
        )
    sys.stdout.write("".join(f"{name}: {count} photos\n" for name, count in counts.items()))
    return 0
