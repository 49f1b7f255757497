"""Fills by a command, and all that is written of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from portrait_studio.cli.candidate_files import add_candidates, files_of, stages_of, targets_of
from portrait_studio.cli.console import progress_bar, summary, with_loss, write_notices
from portrait_studio.cli.options import add_extras, add_method, add_output, add_references, export_options
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.cli.candidate_files import CandidateFiles
    from portrait_studio.document.export_report import ExportReport
    from portrait_studio.editing.candidates import Candidate
    from portrait_studio.editing.edit import Edit
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.atomic import Transaction
    from portrait_studio.imaging.geometry import Extent
    from portrait_studio.imaging.writing import ExportOptions


def add_fill_options(parser: argparse.ArgumentParser) -> None:
    """Add what fills, and what is written of it."""
    add_output(parser)
    add_candidates(parser)
    add_method(parser)
    add_references(parser)
    add_extras(parser)


class FillWriter:
    """Fills what is masked in as many different ways as are asked for, writes each, and says so."""

    def __init__(self, options: argparse.Namespace, sources: Iterable[Path | None]) -> None:
        """Find out what would spoil the end, before anything is read.

        Args:
            options: see `add_fill_options`.
            sources: files that are read, the photo first, besides references; None = none.

        Raises:
            OptionError: the options do not go together.
            ExportError: a target is a source, another target, or cannot be written.
        """
        from portrait_studio.imaging.formats import format_of

        self._export, self._targets = export_options(options), targets_of(options)
        files = files_of(self._targets)
        check_outputs(files, [*sources, *options.references], stages_of(self._targets))
        self._format = format_of(options.output)

    def check_size(self, result: Extent) -> None:
        """Refuse a result that is too large for the format; see `formats.check_size`."""
        from portrait_studio.imaging.formats import check_size

        check_size(result, self._format)

    def write(
        self,
        begin: Callable[[], Edit],
        engine: Engine,
        wishes: FillWishes,
        told: Callable[[ExportReport], str],
    ) -> None:
        """Fill and write.

        Args:
            begin: makes the photo with its mask anew.
            engine: what fills.
            wishes: what the first fill shall be like.
            told: what to say of each result at the end.
        """
        from portrait_studio.imaging.atomic import Transaction

        said: list[str] = []
        made, count = 0, len(self._targets)
        with Transaction() as files:
            for target, candidate, report in self._fills(begin, engine, wishes, files):
                made += 1
                write_notices(*candidate.result.notices, *report.written.notices)
                if count > 1:
                    said.append(f"Candidate {made}: {candidate.variant.kind.value}")
                said += summary(candidate.result, target.output, wishes.references)
                said.append(with_loss(told(report), report))
        if made < count:
            said.append(f"Only {made} of {count} candidates look different; the others were left out.")
        for line in said:
            say(line)

    def _fills(
        self, begin: Callable[[], Edit], engine: Engine, wishes: FillWishes, files: Transaction
    ) -> Iterator[tuple[CandidateFiles, Candidate, ExportReport]]:
        """What went where, and what the export wrote; fewer than targets where no more look different."""
        from portrait_studio.editing.several_fills import several_fills

        edit = begin()
        masked = edit.document.masked_image()
        if len(self._targets) > 1:
            # A copy, since the first fill changes the pixels in place.
            masked = replace(masked, image=masked.image.copy())
        made = several_fills(engine, masked, wishes, progress_bar, warn=write_notices)
        for number, (target, candidate) in enumerate(zip(self._targets, made, strict=False)):
            edit = begin() if number else edit
            edit.take(candidate)
            yield target, candidate, _written(edit, candidate, target, self._export, files)
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
