"""Commands `remove` and `demo`: fill what a mask covers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrait_studio.cli.console import PROGRAM, check_output, progress_bar, write_notices
from portrait_studio.cli.options import add_command, add_method, add_output
from portrait_studio.locations import models_dir, resources_dir

if TYPE_CHECKING:
    from portrait_studio.engine.request import CompletionResult


def add_remove(commands: Any) -> None:
    """Add the command `remove`."""
    parser = add_command(commands, "remove", _remove, "fill what a mask covers")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    parser.add_argument("--mask", metavar="MASK.png", type=Path, required=True, help="white where to fill")
    _add_fill_options(parser)


def add_demo(commands: Any) -> None:
    """Add the command `demo`."""
    parser = add_command(commands, "demo", _demo, "fill the demo photo that comes with the program")
    _add_fill_options(parser)


def _add_fill_options(parser: argparse.ArgumentParser) -> None:
    add_output(parser)
    add_method(parser)
    parser.add_argument(
        "--stages", metavar="DIR", type=Path, help="also write a picture of every stage there"
    )
    parser.add_argument(
        "--record", metavar="RECORD.json", type=Path, help="also write how to repeat it; see replay"
    )


def _remove(options: argparse.Namespace) -> int:
    _fill(options, options.photo, options.mask)
    return 0


def _demo(options: argparse.Namespace) -> int:
    folder = resources_dir() / "demo"
    _fill(options, folder / "photo.png", folder / "mask.png")
    sys.stdout.write(f"Open the window with: {PROGRAM} {folder / 'photo.png'}\n")
    return 0


def _fill(options: argparse.Namespace, photo_path: Path, mask_path: Path) -> None:
    from portrait_studio.document.document import Document
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.masks import check_mask
    from portrait_studio.imaging.reading import read_photo
    from portrait_studio.imaging.writing import ExportOptions, format_of

    export = ExportOptions(quality=options.quality)
    check_output(options.output, photo_path, mask_path)
    if options.record is not None:
        check_output(options.record, photo_path, mask_path, options.output)
    format_of(options.output)
    photo = read_photo(photo_path)
    mask = read_mask(mask_path, photo.extent)
    check_mask(mask, photo.extent)

    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method

    how = CompletionOptions(
        Method(options.method), options.seed, options.device, keep_stages=options.stages is not None
    )
    with progress_bar() as progress:
        result = Engine(models_dir()).complete(CompletionRequest(photo.pixels, mask, how), progress)
    if options.stages is not None:
        from portrait_studio.stage_files import write_stages

        write_stages(result, options.stages)
    document = Document(photo)
    edit = document.edit_mask()
    edit.replace(mask)
    painted, filled = edit.finish(), document.apply_fills(result.regions)
    report = document.export(options.output, export)
    if options.record is not None and painted is not None:
        from portrait_studio.document.edit_record import record_edit, write_record
        from portrait_studio.document.history import Snapshot, Step
        from portrait_studio.session.candidates import Candidate
        from portrait_studio.session.fill_records import record_of

        steps = (Step("Mask", painted), Step("Fill", filled, record_of(Candidate(result, how))))
        write_record(record_edit(Snapshot(document, steps, len(steps))), options.record)
    write_notices(*photo.notices, *result.notices, *report.written.notices)
    sys.stdout.write(_summary(result, options.output))
    sys.stdout.write(
        f"{report.changed_outside} pixels changed outside the mask (grown by {how.grow_px} pixels to blend)\n"
    )


def _summary(result: CompletionResult, output: Path) -> str:
    seconds = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in result.seconds.items())
    weights = ", ".join(f"{name} {digest[:12]}" for name, digest in result.weights.items())
    holes = len(result.regions)
    return (
        f"Wrote {output}\n"
        f"{holes} {'hole' if holes == 1 else 'holes'} on {result.device}: {seconds}\n"
        f"Weights: {weights}\n"
    )
