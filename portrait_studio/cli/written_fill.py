"""Fills by a command, and all that is written of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from portrait_studio.cli.console import progress_bar, write_notices

if TYPE_CHECKING:
    from portrait_studio.cli.candidate_files import CandidateFiles
    from portrait_studio.document.export_report import ExportReport
    from portrait_studio.editing.candidates import Candidate
    from portrait_studio.editing.edit import Edit
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.atomic import Transaction
    from portrait_studio.imaging.writing import ExportOptions


def write_fills(
    begin: Callable[[], Edit],
    engine: Engine,
    wishes: FillWishes,
    targets: list[CandidateFiles],
    export: ExportOptions,
    files: Transaction,
) -> Iterator[tuple[CandidateFiles, Candidate, ExportReport]]:
    """Fill what is masked in as many different ways as there are targets, and write each.

    Args:
        begin: makes the photo with its mask anew.
        engine: what fills.
        wishes: what the first fill shall be like.
        targets: where they go.
        export: how results are written.
        files: take their places together.

    Yields:
        What went where, and what the export wrote; fewer than targets where no more look different.
    """
    from portrait_studio.editing.several_fills import several_fills

    edit = begin()
    masked = edit.document.masked_image()
    if len(targets) > 1:
        # A copy, since the first fill changes the pixels in place.
        masked = replace(masked, image=masked.image.copy())
    made = several_fills(engine, masked, wishes, progress_bar, warn=write_notices)
    for number, target in enumerate(targets):
        candidate = next(made, None)
        if candidate is None:
            return
        edit = begin() if number else edit
        edit.take(candidate)
        yield target, candidate, _written(edit, candidate, target, export, files)
        edit.document.close()


def _written(
    edit: Edit, candidate: Candidate, target: CandidateFiles, export: ExportOptions, files: Transaction
) -> ExportReport:
    from portrait_studio.document.layered_file import export_layers
    from portrait_studio.stage_files import write_stages

    report = edit.document.export(target.output, export, files.replacing, edit.ingredients)
    if target.stages is not None:
        write_stages(candidate.result, target.stages, files)
    if target.layers is not None:
        export_layers(edit.document, target.layers, files.replacing)
    if target.record is not None:
        edit.write_record(target.record, files.replacing)
    return report


def told_of_kinds(made: int, wanted: int, candidate: Candidate) -> list[str]:
    """What sets a candidate apart, where several were asked for."""
    return [f"Candidate {made}: {candidate.variant.kind.value}"] if wanted > 1 else []


def told_of_lack(made: int, wanted: int) -> list[str]:
    """That there are fewer candidates than were asked for."""
    return [f"Only {made} of {wanted} candidates look different; the others were left out."] * (made < wanted)
