"""`portrait-trainer evaluate`: every method on the same cases, in one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portrait_studio.engine.pipeline import Engine
from portrait_studio.errors import OptionError
from portrait_studio.imaging.atomic import replacing
from portrait_studio.locations import models_dir
from trainer.data.packs import PackedSet
from trainer.evaluation.methods import METHOD_NAMES, Completer, make_methods
from trainer.evaluation.report import Report, write_json
from trainer.evaluation.scoring import Tally
from trainer.evaluation.sheets import Gallery
from trainer.metrics.features import VggDistance
from trainer.protocols import Case, folder_cases, natural_cases, paper_cases, source_files

PROTOCOLS = ("paper", "natural")
DEFAULT_SET = "clothing-co-parsing"


@dataclass(frozen=True)
class EvaluateOptions:
    """What to measure.

    Attributes:
        cases: folder of photos with masks; None = a protocol.
        data: folder of packs for a protocol.
        protocol: "paper" or "natural".
        sets: names of the packed sets.
        source: the set's own folder, to measure `natural` at the photos' original size.
        limit: at most so many cases.
        methods: names of the methods.
        true_maps: whether our methods run once more with the true parsing map.
        device: "auto", "cpu", "cuda" or "mps".
        vgg: weights for the feature distance.
        sheets: folder for contact sheets.
    """

    cases: Path | None = None
    data: Path | None = None
    protocol: str | None = None
    sets: tuple[str, ...] = (DEFAULT_SET,)
    source: Path | None = None
    limit: int | None = None
    methods: tuple[str, ...] = METHOD_NAMES
    true_maps: bool = True
    device: str = "auto"
    vgg: Path | None = None
    sheets: Path | None = None


def evaluate(options: EvaluateOptions, engine: Completer) -> tuple[Report, Tally]:
    """Measure all methods on all cases; names each case on stderr.

    Raises:
        OptionError: the options do not say what to measure, or a method is unknown.
        DataSetError: cases or packs are missing or damaged.
        WeightsError: the feature network cannot be read.
    """
    cases, name, data = _cases(options)
    methods = make_methods(options.methods, engine, options.device, true_maps=options.true_maps)
    tally = Tally(methods, None if options.vgg is None else VggDistance(options.vgg))
    gallery = Gallery([m.title for m in methods if not m.uses_truth], ranked_by=options.methods[-1])
    for number, case in enumerate(cases, 1):
        result = tally.add(case)
        if options.sheets is not None:
            gallery.add(result)
        sys.stderr.write(f"case {number}: {case.name}\n")
    if options.sheets is not None:
        gallery.write(options.sheets)
    return Report.of(tally, name, data), tally


def add_evaluate_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `evaluate` to the commands of the trainer."""
    parser = commands.add_parser("evaluate", help="measure all methods on hidden parts of photos")
    parser.add_argument(
        "--weights", type=Path, default=None, metavar="DIR", help="folder of released weights"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--cases", type=Path, metavar="DIR", help="folder of NAME.png with NAME_mask.png")
    what.add_argument("--data", type=Path, metavar="DEST", help="folder of packs; needs --protocol")
    parser.add_argument("--protocol", choices=PROTOCOLS, help="how holes are made from the packs")
    parser.add_argument("--set", dest="sets", action="append", metavar="NAME", help=f"default: {DEFAULT_SET}")
    parser.add_argument("--source", type=Path, metavar="DIR", help="the set's own folder: original sizes")
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most N cases")
    parser.add_argument("--methods", nargs="+", choices=METHOD_NAMES, default=METHOD_NAMES, metavar="METHOD")
    parser.add_argument("--no-true-maps", action="store_true", help="leave out the upper bound")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps")
    parser.add_argument("--vgg", type=Path, metavar="FILE", help="VGG-16 weights for the feature distance")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="write the tables")
    parser.add_argument("--sheets", type=Path, metavar="DIR", help="write contact sheets, worst first")
    parser.set_defaults(handler=_run)


def _run(arguments: argparse.Namespace) -> int:
    options = EvaluateOptions(
        arguments.cases,
        arguments.data,
        arguments.protocol,
        tuple(arguments.sets or (DEFAULT_SET,)),
        arguments.source,
        arguments.limit,
        tuple(name for name in METHOD_NAMES if name in arguments.methods),
        not arguments.no_true_maps,
        arguments.device,
        arguments.vgg,
        arguments.sheets,
    )
    report, tally = evaluate(options, Engine(arguments.weights or models_dir()))
    sys.stdout.write(report.text())
    if arguments.json is not None:
        write_json(report, tally, arguments.json)
    if arguments.markdown is not None:
        with replacing(arguments.markdown) as file:
            file.write(report.markdown().encode())
    return 0


def _cases(options: EvaluateOptions) -> tuple[Iterator[Case], str, str]:
    """The cases, the protocol's name, and what they were made from."""
    if options.cases is not None:
        if options.protocol is not None or options.source is not None:
            raise OptionError("--cases brings its own masks; leave out --protocol and --source.")
        return folder_cases(options.cases, options.limit), "cases", options.cases.name
    if options.data is None or options.protocol is None:
        raise OptionError("Say how to make the cases: --protocol paper or --protocol natural.")
    photos = PackedSet(options.data, "val", options.sets)
    if options.protocol == "paper":
        if options.source is not None:
            raise OptionError("--source is for --protocol natural; `paper` scales every photo to 256 x 256.")
        return paper_cases(photos, options.limit), "paper", ", ".join(options.sets)
    source = None if options.source is None else source_files(options.source)
    return natural_cases(photos, options.limit, source), "natural", ", ".join(options.sets)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value
