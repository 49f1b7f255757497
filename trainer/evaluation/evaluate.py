"""Every method on the same cases, in one table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.errors import OptionError
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from portrait_studio.networks.released import LoadedNetwork
from trainer.data.packs import PackedSet
from trainer.evaluation.cost import cost_of, cost_of_each
from trainer.evaluation.distribution import FeatureTally
from trainer.evaluation.methods import OURS, Bench, MeasuredMethod, fill_by_parser, make_methods
from trainer.evaluation.networks import open_network, without_parsing
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.parsers import ParserTally, other_parsers, parser_rows
from trainer.evaluation.plans import PLANS, TABLE_ONE
from trainer.evaluation.report import Measured, Report, summed_up
from trainer.evaluation.scoring import Tally
from trainer.evaluation.sheets import Gallery
from trainer.metrics.appearance import feature_network
from trainer.metrics.features import VggDistance
from trainer.metrics.lpips_dists import perceived_distance
from trainer.protocols.case import Case
from trainer.protocols.folder import folder_cases
from trainer.protocols.natural import source_files


def evaluate(
    options: EvaluateOptions,
    networks: NetworkStore,
    make_engine: Callable[[NetworkStore], Engine] = Pipeline,
) -> tuple[Report, Tally]:
    """Measure all methods on all cases; names each case on stderr.

    Args:
        options: what to measure.
        networks: the networks that are measured.
        make_engine: the engine over given networks.

    Raises:
        OptionError: the options do not say what to measure, or a method is unknown.
        DataSetError: cases or packs are missing or damaged.
        WeightsError: the feature network cannot be read.
    """
    plan = PLANS.get(options.protocol or "")
    cases, name, data = cases_of(options)
    bench = _bench_of(options, networks, make_engine)
    names = options.methods or (TABLE_ONE if plan is None else plan.methods)
    methods = make_methods(names, bench, true_maps=options.true_maps and (plan is None or plan.true_maps))
    given = [(name, open_network("parsing", path)) for name, path in options.parsers]
    if options.fills_by_parser:
        others = other_parsers(networks, given)
        methods += [fill_by_parser(bench, name, network) for name, network in others]
    tally = _tally_of(methods, options.vgg)
    parsers = _parsers(given, names, bench)
    features = feature_network(options.inception, options.vgg)
    seen = None if features is None else FeatureTally(features)
    gallery = Gallery([m.title for m in methods if not m.uses_truth], ranked_by=names[-1])
    for number, case in enumerate(options.in_time(cases), 1):
        result = tally.add(case)
        for parser in parsers:
            parser.add(case)
        if seen is not None:
            seen.add(result)
        if options.sheets is not None:
            gallery.add(result)
        sys.stderr.write(f"case {number}: {case.name}\n")
    if options.sheets is not None:
        gallery.write(options.sheets)
    cost = cost_of(options.weights, networks)
    costs = {}
    if options.side_by_side and options.weights is not None:
        costs = cost_of_each(tally.used, options.weights, networks)
    measured = Measured(tally, parsers, None if seen is None else seen.result(), cost, costs)
    return summed_up(measured, name, data), tally


def _bench_of(
    options: EvaluateOptions, networks: NetworkStore, make_engine: Callable[[NetworkStore], Engine]
) -> Bench:
    return Bench(
        networks,
        make_engine,
        options.hardware,
        None if options.without_parsing is None else without_parsing(options.without_parsing),
        keep_stages=options.sheets is not None,
        general=None if options.general is None else open_network(GENERAL_COMPLETION, options.general),
    )


def _tally_of(methods: Sequence[MeasuredMethod], vgg: Path | None) -> Tally:
    if vgg is None:
        return Tally(methods, None)
    return Tally(methods, VggDistance(vgg), perceived_distance(vgg))


def cases_of(options: EvaluateOptions) -> tuple[Iterator[Case], str, str]:
    """The cases, the protocol's name, and what they were made from.

    Raises:
        OptionError: the options do not say which cases.
        DataSetError: cases or packs are missing or damaged.
    """
    if options.cases is not None:
        if options.protocol is not None or options.source is not None:
            raise OptionError("--cases brings its own masks; leave out --protocol, --extend and --source.")
        return folder_cases(options.cases, options.limit), "cases", options.cases.name
    if options.data is None or options.protocol is None:
        raise OptionError(f"Say how to make the cases: --protocol {', '.join(PLANS)}.")
    plan = PLANS[options.protocol]
    if options.source is not None and not plan.own_size:
        raise OptionError(
            f"--source makes no sense here: `{options.protocol}` scales every photo to 256 x 256."
        )
    sets = options.sets or plan.sets
    photos = PackedSet(options.data, "val", sets)
    source = None if options.source is None else source_files(options.source)
    return plan.cases(photos, options.limit, source), options.protocol, ", ".join(sets)


def _parsers(
    given: Sequence[tuple[str, LoadedNetwork]], methods: Sequence[str], bench: Bench
) -> list[ParserTally]:
    """The rows of Table II; none where only methods without networks are measured."""
    if not given and not any(name in OURS for name in methods):
        return []
    return [ParserTally(variant, bench) for variant in parser_rows(given)]
