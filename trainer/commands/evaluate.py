"""`portrait-trainer evaluate`: measure all methods on hidden parts of photos."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from portrait_studio.engine.devices import threads_of_cpu
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.imaging.atomic import replacing
from portrait_studio.locations import models_dir
from portrait_studio.output_files import check_output_files
from portrait_studio.stopping import stopping_cleanly
from portrait_studio.worker_pool.sharing import sharing_of
from trainer.commands.shared_options import add_shared_hardware_options, hardware_of, path_for
from trainer.evaluation.evaluate import evaluate
from trainer.evaluation.methods import METHOD_NAMES, SIDE_BY_SIDE
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.own_measures import OWN_MEASURES
from trainer.evaluation.plans import PLANS
from trainer.evaluation.rendering import as_markdown, as_text
from trainer.evaluation.report import write_json
from trainer.evaluation.sheets import sheets_in

ALL: Final = "all"
"""Stands for every method."""

EXTENSIONS: Final = {"down": "extend-down", "up": "extend-up"}
"""Protocol of each side that `--extend` takes."""


def add_evaluate_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate` to the commands of the trainer."""
    parser = commands.add_parser("evaluate", help="measure all methods on hidden parts of photos")
    parser.add_argument(
        "--weights", type=Path, default=None, metavar="DIR", help="folder of released weights"
    )
    _add_cases(parser)
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most N cases")
    parser.add_argument(
        "--minutes", type=float, metavar="N", help="begin no case after N minutes, and sum up those before"
    )
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=(ALL, *METHOD_NAMES),
        metavar="METHOD",
        help=f"{', '.join(METHOD_NAMES)}, or {ALL}: side by side, by kind of hole",
    )
    _add_networks(parser)
    parser.add_argument("--no-true-maps", action="store_true", help="leave out the upper bound")
    add_shared_hardware_options(parser, "cases")
    parser.add_argument("--vgg", type=Path, metavar="FILE", help="VGG-16 weights for LPIPS, DISTS, features")
    parser.add_argument(
        "--inception", type=Path, metavar="FILE", help="Inception-v3 weights for FID (else VGG's features)"
    )
    _add_outputs(parser)
    parser.set_defaults(handler=_run)


def _add_cases(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--cases", type=Path, metavar="DIR", help="folder of NAME.png with NAME_mask.png")
    what.add_argument(
        "--data", type=Path, metavar="DEST", help="folder of packs (people: of the sets themselves)"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--protocol", choices=(*PLANS, *OWN_MEASURES), help="how holes are made from the packs")
    how.add_argument(
        "--extend", choices=tuple(EXTENSIONS), help="cut rows away below or above and recover them"
    )
    parser.add_argument(
        "--set", dest="sets", action="append", metavar="NAME", help="packed set (default: the protocol's)"
    )
    parser.add_argument("--source", type=Path, metavar="DIR", help="the set's own folder: original sizes")


def _add_networks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--without-parsing",
        type=Path,
        metavar="WEIGHTS",
        help="weights (folder or file) or run of a completion network without parsing map, measured as g",
    )
    parser.add_argument(
        "--general",
        type=Path,
        metavar="WEIGHTS",
        help="weights (folder or file) or run of a network for any photo, measured as general",
    )
    parser.add_argument(
        "--collaborative",
        action="append",
        type=_named_path,
        metavar="NAME=WEIGHTS",
        help="a network (folder, file or run) for covered-faces, held against the first; may be repeated",
    )
    parser.add_argument(
        "--parser",
        dest="parsers",
        action="append",
        type=_named_path,
        metavar="NAME=WEIGHTS",
        help="one more parser (folder, file or run) for Table II; may be repeated",
    )
    parser.add_argument(
        "--fills-by-parser",
        action="store_true",
        help="fill by the map of each --parser as well, and by the released one's without its refinement",
    )


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables")
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="write contact sheets, worst first")


def _run(arguments: argparse.Namespace) -> int:
    models = path_for(sharing_of(arguments), arguments.weights or models_dir())
    options = _options(arguments, models)
    _check_outputs(arguments, models)
    with stopping_cleanly(), threads_of_cpu(options.hardware.threads):
        measure = OWN_MEASURES.get(options.protocol or "", evaluate)
        report, tally = measure(options, ReleasedNetworks(models))
    sys.stdout.write(as_text(report))
    if arguments.json is not None:
        write_json(report, tally, arguments.json)
    if arguments.markdown is not None:
        with replacing(arguments.markdown) as file:
            file.write(as_markdown(report).encode())
    return 0


def _options(arguments: argparse.Namespace, models: Path) -> EvaluateOptions:
    sharing = sharing_of(arguments)

    def known(path: Path | None) -> Path | None:
        return None if path is None else path_for(sharing, path)

    def all_known(named: Sequence[tuple[str, Path]] | None) -> tuple[tuple[str, Path], ...]:
        return tuple((name, path_for(sharing, path)) for name, path in named or ())

    return EvaluateOptions(
        cases=arguments.cases,
        data=arguments.data,
        protocol=_protocol(arguments),
        sets=None if arguments.sets is None else tuple(arguments.sets),
        source=arguments.source,
        limit=arguments.limit,
        minutes=arguments.minutes,
        methods=None if arguments.methods is None else _in_table_order(arguments.methods),
        true_maps=not arguments.no_true_maps,
        hardware=sharing.hardware(hardware_of(arguments)),
        vgg=known(arguments.vgg),
        sheets=arguments.sheets,
        without_parsing=known(arguments.without_parsing),
        parsers=all_known(arguments.parsers),
        fills_by_parser=arguments.fills_by_parser,
        inception=known(arguments.inception),
        weights=models,
        general=known(arguments.general),
        collaborative=all_known(arguments.collaborative),
        side_by_side=ALL in (arguments.methods or ()),
        sharing=sharing,
    )


def _check_outputs(arguments: argparse.Namespace, models: Path) -> None:
    """Find out before the work what would spoil its end."""
    read = [path for path in (arguments.vgg, arguments.inception) if path is not None]
    for folder in (models, arguments.cases):
        if folder is not None and folder.is_dir():
            read += folder.iterdir()
    files = [path for path in (arguments.json, arguments.markdown) if path is not None]
    sheets = [] if arguments.sheets is None else [sheets_in(arguments.sheets)]
    check_output_files(files, read, sheets)


def _protocol(arguments: argparse.Namespace) -> str | None:
    """The protocol that is asked for; all methods are held side by side on hidden parts unless one is."""
    asked: str | None = EXTENSIONS.get(arguments.extend, arguments.protocol)
    is_open = asked is None and arguments.data is not None
    return "parts" if is_open and ALL in (arguments.methods or ()) else asked


def _in_table_order(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in METHOD_NAMES if name in names or (ALL in names and name in SIDE_BY_SIDE))


def _named_path(text: str) -> tuple[str, Path]:
    name, sign, path = text.partition("=")
    if not (name and sign and path):
        raise argparse.ArgumentTypeError(f"{text!r} must read NAME=WEIGHTS")
    return name, Path(path)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value
