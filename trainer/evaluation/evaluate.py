"""Every method on the same cases, in one table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.errors import OptionError
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from portrait_studio.networks.released import LoadedNetwork
from portrait_studio.worker_pool.workers import OpenedAnew
from trainer.data.packs import PackedSet
from trainer.evaluation.cost import cost_of, cost_of_each
from trainer.evaluation.distribution import CaseFeatures, FeatureTally, features_of
from trainer.evaluation.methods import OURS, Bench, fill_by_parser, make_methods
from trainer.evaluation.networks import open_network, without_parsing
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.parsers import (
    ParserAnswer,
    ParserRun,
    ParserTally,
    other_parsers,
    parser_rows,
    title_of,
)
from trainer.evaluation.plans import PLANS, TABLE_ONE
from trainer.evaluation.report import Measured, Report, summed_up
from trainer.evaluation.scoring import CaseFigures, Scorer, Tally, figures_of
from trainer.evaluation.sheets import Gallery, GalleryRow
from trainer.metrics.appearance import FeatureNetwork, feature_network
from trainer.metrics.features import VggDistance
from trainer.metrics.lpips_dists import perceived_distance
from trainer.protocols.case import Case
from trainer.protocols.folder import folder_cases
from trainer.protocols.natural import source_files


@dataclass(frozen=True, eq=False)
class MeasuredCase:
    """What is kept of a case that was filled by every method.

    Attributes:
        figures: of the fills.
        parsers: answer of each parser; None for those that were not asked.
        features: what the network for the Frechet distance sees; None without one.
        row: of the sheets; None without them.
    """

    figures: CaseFigures
    parsers: list[ParserAnswer | None]
    features: CaseFeatures | None
    row: GalleryRow | None


Asked = tuple[Case, frozenset[str]]
"""A case, and the titles of methods and parsers that are known not to run."""


class FillMeasure(OpenedAnew):
    """Fills a case by every method, and measures the fills."""

    def __init__(
        self, options: EvaluateOptions, networks: NetworkStore, make_engine: Callable[[NetworkStore], Engine]
    ) -> None:
        """Take the methods; what only measures is opened at the first case.

        Args:
            options: what to measure.
            networks: the networks that are measured.
            make_engine: the engine over given networks.

        Raises:
            OptionError: a method is unknown.
            WeightsError, DataSetError: a network that was given cannot be read.
        """
        self._options = options
        plan = PLANS.get(options.protocol or "")
        bench = _bench_of(options, networks, make_engine)
        names = options.methods or (TABLE_ONE if plan is None else plan.methods)
        true_maps = options.true_maps and (plan is None or plan.true_maps)
        self._methods = make_methods(names, bench, true_maps=true_maps)
        given = [(name, open_network("parsing", path)) for name, path in options.parsers]
        if options.fills_by_parser:
            others = other_parsers(networks, given)
            self._methods += [fill_by_parser(bench, name, network) for name, network in others]
        self._parsers = _parsers(given, names, bench)
        self.predicting = [method.title for method in self._methods if not method.uses_truth]
        """Titles of the methods that are not given the true map."""
        self.gallery = Gallery(self.predicting, ranked_by=names[-1])

    @property
    def titles(self) -> list[str]:
        """Of all methods."""
        return [method.title for method in self._methods]

    @property
    def parsers(self) -> list[str]:
        """Names of the parsers of Table II."""
        return [parser.name for parser in self._parsers]

    @cached_property
    def _scorer(self) -> Scorer:
        vgg = self._options.vgg
        if vgg is None:
            return Scorer(self._methods)
        return Scorer(self._methods, VggDistance(vgg), perceived_distance(vgg))

    @cached_property
    def _features(self) -> FeatureNetwork | None:
        return feature_network(self._options.inception, self._options.vgg)

    def __call__(self, asked: Asked) -> MeasuredCase:
        """Measure a case."""
        case, missing = asked
        result = self._scorer(case, missing)
        return MeasuredCase(
            figures_of(result, self.predicting),
            [None if title_of(each.name) in missing else each(case) for each in self._parsers],
            None if self._features is None else features_of(self._features, result),
            None if self._options.sheets is None else self.gallery.row_of(result),
        )


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
    cases, name, data = cases_of(options)
    measure = FillMeasure(options, networks, make_engine)
    tally, parsers = Tally(measure.titles), [ParserTally(name) for name in measure.parsers]
    features, gallery = FeatureTally(), measure.gallery

    def asked() -> Iterator[Asked]:
        for case in cases:
            yield case, frozenset(tally.missing) | {one.title for one in parsers if one.missing}

    for number, ((case, _), found) in enumerate(options.measured(measure, asked()), 1):
        tally.add(case, found.figures)
        for parser, answer in zip(parsers, found.parsers, strict=True):
            parser.add(case, answer)
        if found.features is not None:
            features.add(found.features)
        if found.row is not None:
            gallery.add(found.row)
        sys.stderr.write(f"case {number}: {case.name}\n")
    if options.sheets is not None:
        gallery.write(options.sheets)
    cost = cost_of(options.weights, networks)
    costs = {}
    if options.side_by_side and options.weights is not None:
        costs = cost_of_each(tally.used, options.weights, networks)
    return summed_up(Measured(tally, parsers, features.result(), cost, costs), name, data), tally


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
) -> list[ParserRun]:
    """The rows of Table II; none where only methods without networks are measured."""
    if not given and not any(name in OURS for name in methods):
        return []
    return [ParserRun(variant, bench) for variant in parser_rows(given)]
