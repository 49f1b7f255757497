"""One fill by a command, and all that is written of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portrait_studio.cli.console import progress_bar

if TYPE_CHECKING:
    from portrait_studio.document.export_report import ExportReport
    from portrait_studio.editing.edit import Edit
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.interface import Engine
    from portrait_studio.engine.request import CompletionResult
    from portrait_studio.imaging.atomic import Transaction
    from portrait_studio.imaging.writing import ExportOptions


@dataclass(frozen=True)
class WantedFill:
    """What a command was asked for.

    Attributes:
        wishes: what the fill shall be like.
        output: file of the result.
        stages: folder of the pictures of its stages; None = not wanted.
        record: file that says how to repeat it; None = not wanted.
    """

    wishes: FillWishes
    output: Path
    stages: Path | None
    record: Path | None


def fill_and_write(
    edit: Edit, engine: Engine, wanted: WantedFill, export: ExportOptions, files: Transaction
) -> tuple[CompletionResult, ExportReport]:
    """Fill what is masked, and write what was asked for.

    Args:
        edit: the photo and its mask.
        engine: what fills.
        wanted: of the fill.
        export: how the result is written.
        files: take their places together.

    Returns:
        The answer of the engine, and what the export wrote.
    """
    from portrait_studio.stage_files import write_stages

    with progress_bar() as progress:
        result = edit.fill(engine, wanted.wishes, progress)
    report = edit.document.export(wanted.output, export, files.replacing, edit.ingredients)
    if wanted.stages is not None:
        write_stages(result, wanted.stages, files)
    if wanted.record is not None:
        edit.write_record(wanted.record, files.replacing)
    return result, report
