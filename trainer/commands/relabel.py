"""`portrait-trainer relabel`: exact label maps for all photos, by a released parsing network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from portrait_studio.engine.devices import threads_of_cpu
from portrait_studio.errors import DataSetError
from portrait_studio.stopping import stopping_cleanly
from portrait_studio.worker_pool.sharing import sharing_of
from trainer.commands.shared_options import add_shared_hardware_options, hardware_of, path_for
from trainer.data.pack_format import packed_sets
from trainer.data.relabel import Relabelling, relabel
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
    add_shared_hardware_options(parser, "photos")
    parser.set_defaults(handler=run_relabel)


def run_relabel(options: argparse.Namespace) -> int:
    """Relabel and say how many photos were written; returns the exit code.

    Raises:
        DataSetError: there is no packed set.
    """
    sets = options.sets or list(packed_sets(options.packs))
    if not sets:
        raise DataSetError(f"There are no packs in {options.packs}; make them with portrait-trainer prepare.")
    sharing = sharing_of(options)
    hardware = sharing.hardware(hardware_of(options))
    compute = choose_training_compute(hardware)
    with stopping_cleanly(), threads_of_cpu(hardware.threads):
        weights = path_for(sharing, options.weights)
        work = Relabelling(weights, compute, options.certainty, hardware.threads)
        counts = relabel(options.packs, options.destination, sets, work, sharing, hardware)
    sys.stdout.write("".join(f"{name}: {count} photos\n" for name, count in counts.items()))
    return 0
