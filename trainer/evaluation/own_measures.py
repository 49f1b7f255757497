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
from trainer.data.split import SPLITS
from trainer.evaluation.candidates import CANDIDATES, CandidateMeasure, CandidateTally
from trainer.evaluation.cost import cost_of
from trainer.evaluation.covered_faces import CoveredFaceMeasure, CoveredFacesTally
from trainer.evaluation.damage import DAMAGE, DamageMeasure, DamageTally
from trainer.evaluation.latent_faces import LatentFaceMeasure, mean_face
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.passers_by import PassersByTally
from trainer.evaluation.people import PEOPLE, PeopleMeasure, PeopleTally
from trainer.evaluation.report import Measured, Report, summed_up
from trainer.evaluation.scoring import Tally
from trainer.evaluation.targets import damage_targets, people_targets, thing_targets
from trainer.evaluation.things import THINGS, ThingMeasure, ThingTally
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
    cases = chain(*(make(photos, options.limit, source) for make in (real_cases, pasted_cases)))
    measure, things = ThingMeasure(networks, options.hardware, options.vgg), ThingTally()
    for number, (case, figures) in enumerate(options.measured(measure, cases), 1):
        things.add(case, figures)
        sys.stderr.write(f"case {number}: {case.name}{figures.told}\n")
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
    cases = people_cases(options.data, options.sets, options.limit)
    measure = PeopleMeasure(networks, options.hardware, None if options.sheets is None else make_engine)
    people, removals = PeopleTally(), PassersByTally()
    for number, (case, (verdict, removal)) in enumerate(options.measured(measure, cases), 1):
        people.verdicts.append(verdict)
        if removal is not None:
            removals.add(removal)
        sys.stderr.write(f"photo {number}: {case.name}\n")
    rows, tally, passers_by = people.rows(), Tally(), None
    tally.weights = {measure.network.name: measure.network.sha256}
    if options.sheets is not None:
        removals.write(options.sheets)
        tally.weights |= removals.weights
        passers_by = removals.figures()
    cost = cost_of(options.weights, networks)
    report = summed_up(Measured(tally, cost=cost), PEOPLE, ", ".join(row.group for row in rows[1:]))
    return replace(
        report,
        cases=rows[0].photos,
        device=measure.compute.description,
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
    measure, measured = DamageMeasure(networks, options.hardware), DamageTally()
    cases = damage_cases(photos, options.limit)
    for number, (case, figures) in enumerate(options.measured(measure, cases), 1):
        measured.add(case, figures)
        sys.stderr.write(f"case {number}: {case.name}\n")
    tally = Tally()
    tally.weights = {measure.network.name: measure.network.sha256}
    cost = cost_of(options.weights, networks)
    report = summed_up(Measured(tally, cost=cost), DAMAGE, ", ".join(sets))
    rows = measured.rows()
    targets, device = damage_targets(rows), measure.compute.description
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
    measure = CandidateMeasure(networks, make_engine, options.hardware, options.vgg)
    found = CandidateTally()
    for number, (case, figures) in enumerate(options.measured(measure, cases), 1):
        found.add(case.name, figures)
        sys.stderr.write(f"case {number}: {case.name}\n")
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
    measure = LatentFaceMeasure(networks, mean_face(training))
    tally, cases = Tally(measure.titles), latent_face_cases(photos, options.limit)
    for number, (case, figures) in enumerate(options.measured(measure, cases), 1):
        tally.add(case, figures)
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
    measure = CoveredFaceMeasure(options, networks)
    faces = CoveredFacesTally(measure.tasks, measure.compute.description)
    cases = covered_face_cases(photos, measure.side, options.limit)
    for number, (face, found) in enumerate(options.measured(measure, cases), 1):
        faces.add(face, found)
        if found.row is not None:
            measure.gallery.add(found.row)
        sys.stderr.write(f"case {number}: {face.case.name}\n")
    if options.sheets is not None:
        measure.gallery.write(options.sheets)
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
