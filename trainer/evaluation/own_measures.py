"""Protocols that measure something else than fills by every method, each in a table of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Final

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.errors import OptionError
from portrait_studio.networks.collaborative import COLLABORATIVE
from portrait_studio.networks.dcgan import FACE_GENERATOR
from trainer.data.split import SPLITS
from trainer.evaluation.candidates import CANDIDATES, measure_candidates
from trainer.evaluation.cost import cost_of
from trainer.evaluation.covered_faces import CoveredFacesTally
from trainer.evaluation.damage import DAMAGE, measure_damage
from trainer.evaluation.latent_faces import latent_methods
from trainer.evaluation.networks import open_network
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.passers_by import PassersByRemoval
from trainer.evaluation.people import PEOPLE, measure_people
from trainer.evaluation.report import Measured, Report, summed_up
from trainer.evaluation.scoring import Tally
from trainer.evaluation.sheets import Gallery
from trainer.evaluation.targets import damage_targets, people_targets, thing_targets
from trainer.evaluation.things import THINGS, ThingFills, measure_things
from trainer.metrics.features import VggDistance
from trainer.metrics.lpips_dists import perceived_distance
from trainer.protocols.covered_faces import COVERED_FACES, covered_face_cases
from trainer.protocols.damage import damage_cases
from trainer.protocols.latent_faces import LATENT_FACES, latent_face_cases
from trainer.protocols.natural import source_files
from trainer.protocols.people import people_cases
from trainer.protocols.things import pasted_cases, real_cases


def evaluate_things(options: EvaluateOptions, networks: NetworkStore) -> tuple[Report, Tally]:
    """Measure how exactly things are found in loose masks, and the fills where what is behind is known.

    Args:
        options: what to measure; the fills need `vgg`.
        networks: the networks that are measured.

    Raises:
        OptionError: there are no packs to measure on.
        DataSetError: packs are missing or damaged.
        WeightsError: a network or the feature network cannot be read.
    """
    sets = options.sets or ("clothing-co-parsing",)
    photos = options.packs(sets)
    source = None if options.source is None else source_files(options.source)
    network = networks.load("segmentation")
    compute = options.compute()
    engine, vgg, filling = Pipeline(networks), options.vgg, None
    if vgg is not None:
        filling = ThingFills(engine, VggDistance(vgg), perceived_distance(vgg))
    cases = chain(*(make(photos, options.limit, source) for make in (real_cases, pasted_cases)))
    things = measure_things(options.in_time(cases), engine, options.hardware, filling)
    if options.sheets is not None:
        things.write(options.sheets)
    tally = things.as_tally({network.name: network.sha256})
    cost = cost_of(options.weights, networks)
    report = summed_up(Measured(tally, cost=cost), THINGS, ", ".join(sets))
    rows = things.rows()
    targets = [*thing_targets(rows), *report.targets]
    device = compute.description
    return replace(report, cases=things.cases, device=device, things=rows, targets=targets), tally


def evaluate_people(
    options: EvaluateOptions,
    networks: NetworkStore,
    make_engine: Callable[[NetworkStore], Engine] = Pipeline,
) -> tuple[Report, Tally]:
    """Measure how many of the people counted by eye are found; for sheets, take all but the main ones away.

    Args:
        options: what to measure; `data` holds the sets' own folders, not packs.
        networks: the networks that are measured.
        make_engine: the engine over given networks, which marks and fills for the sheets.

    Raises:
        OptionError: there is no folder of sets.
        DataSetError: no photo of the list is there, or one has another size.
        WeightsError: a network cannot be read.
        ExportError: the sheets cannot be written.
    """
    if options.data is None:
        raise OptionError("The protocol people needs photos: give the folder of the sets with --data.")
    network = networks.load("detection")
    compute = options.compute()
    cases = people_cases(options.data, options.sets, options.limit)
    removal = None if options.sheets is None else PassersByRemoval(make_engine(networks), options.hardware)
    rows = measure_people(options.in_time(cases), network.module, compute, removal).rows()
    tally = Tally([], None)
    tally.weights = {network.name: network.sha256}
    passers_by = None
    if removal is not None and options.sheets is not None:
        removal.write(options.sheets)
        tally.weights |= removal.weights
        passers_by = removal.figures()
    cost = cost_of(options.weights, networks)
    report = summed_up(Measured(tally, cost=cost), PEOPLE, ", ".join(row.group for row in rows[1:]))
    return replace(
        report,
        cases=rows[0].photos,
        device=compute.description,
        people=rows,
        passers_by=passers_by,
        targets=people_targets(rows, passers_by),
    ), tally


def evaluate_damage(options: EvaluateOptions, networks: NetworkStore) -> tuple[Report, Tally]:
    """Measure how much drawn damage is found, and how much of sound photos is taken for damage.

    Args:
        options: what to measure; `limit` counts photos.
        networks: the networks that are measured.

    Raises:
        OptionError: there are no packs to measure on.
        DataSetError: packs are missing or damaged.
        WeightsError: the network cannot be read.
    """
    sets = options.sets or ("clothing-co-parsing", "portraits", "backgrounds")
    photos = options.packs(sets)
    network = networks.load(DAMAGE)
    compute = options.compute()
    cases = damage_cases(photos, options.limit)
    measured = measure_damage(options.in_time(cases), network.module, compute)
    tally = Tally([], None)
    tally.weights = {network.name: network.sha256}
    cost = cost_of(options.weights, networks)
    report = summed_up(Measured(tally, cost=cost), DAMAGE, ", ".join(sets))
    rows = measured.rows()
    targets, device = damage_targets(rows), compute.description
    return replace(report, cases=measured.cases, device=device, damage=rows, targets=targets), tally


def evaluate_candidates(
    options: EvaluateOptions,
    networks: NetworkStore,
    make_engine: Callable[[NetworkStore], Engine] = Pipeline,
) -> tuple[Report, Tally]:
    """Measure which kind of candidate is nearest to the truth, and whether measures without it know.

    Args:
        options: what to measure; LPIPS decides where there is `vgg`, else L1.
        networks: the networks that are measured.
        make_engine: the engine over given networks.

    Raises:
        OptionError: there are no packs to measure on.
        DataSetError: packs are missing or damaged.
        WeightsError: a network or the feature network cannot be read.
    """
    sets = options.sets or ("clothing-co-parsing",)
    source = None if options.source is None else source_files(options.source)
    cases = pasted_cases(options.packs(sets), options.limit, source)
    perceived = None if options.vgg is None else perceived_distance(options.vgg)
    found = measure_candidates(options.in_time(cases), make_engine(networks), perceived, options.hardware)
    tally = found.as_tally()
    report = summed_up(Measured(tally), CANDIDATES, ", ".join(sets))
    return replace(report, candidates=found.rows()), tally


def evaluate_latent_faces(options: EvaluateOptions, networks: NetworkStore) -> tuple[Report, Tally]:
    """Measure faces by search on aligned faces, beside Telea and the mean face; names each case on stderr.

    Args:
        options: what to measure; `limit` counts faces, each of which comes with every kind of hole.
        networks: the networks that are measured.

    Raises:
        OptionError: there are no packs to measure on.
        DataSetError: packs are missing or damaged.
        WeightsError: the face generator cannot be read.
    """
    sets = options.sets or ("portraits", "celebahq", "utkface")
    training, photos = (options.packs(sets, split) for split in SPLITS)
    tally = Tally(latent_methods(networks.load(FACE_GENERATOR), training), None)
    for number, case in enumerate(options.in_time(latent_face_cases(photos, options.limit)), 1):
        tally.add(case)
        sys.stderr.write(f"case {number}: {case.name}\n")
    cost = cost_of(options.weights, networks)
    return summed_up(Measured(tally, cost=cost), LATENT_FACES, ", ".join(sets)), tally


def evaluate_covered_faces(options: EvaluateOptions, networks: NetworkStore) -> tuple[Report, Tally]:
    """Measure collaborative networks on faces with the holes of their paper; names each case on stderr.

    Args:
        options: what to measure; `limit` counts faces, each of which comes with every kind of hole.
        networks: where the network comes from if none is given.

    Raises:
        OptionError: there are no packs, or the networks have windows of different sizes.
        DataSetError: packs are missing or damaged.
        WeightsError: a network or the feature network cannot be read.
    """
    sets = options.sets or ("portraits", "celebahq", "utkface")
    photos = options.packs(sets)
    given = {name: open_network(COLLABORATIVE, path) for name, path in options.collaborative}
    faces = CoveredFacesTally(
        given or {"released": networks.load(COLLABORATIVE)},
        options.compute(),
        None if options.vgg is None else perceived_distance(options.vgg),
    )
    gallery = Gallery(faces.titles, ranked_by=faces.titles[-1])
    cases = options.in_time(covered_face_cases(photos, faces.side, options.limit))
    for number, face in enumerate(cases, 1):
        result = faces.add(face)
        if options.sheets is not None:
            gallery.add(result)
        sys.stderr.write(f"case {number}: {face.case.name}\n")
    if options.sheets is not None:
        gallery.write(options.sheets)
    report = summed_up(Measured(faces.tally), COVERED_FACES, ", ".join(sets))
    return replace(report, faces=faces.rows(), comparisons=faces.comparisons()), faces.tally


OWN_MEASURES: Final = {
    COVERED_FACES: evaluate_covered_faces,
    THINGS: evaluate_things,
    PEOPLE: evaluate_people,
    DAMAGE: evaluate_damage,
    CANDIDATES: evaluate_candidates,
    LATENT_FACES: evaluate_latent_faces,
}
"""Protocols that measure something else than fills."""
