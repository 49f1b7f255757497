"""Commands `remove` and `demo`: fill what a mask covers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from portrait_studio.cli.console import PROGRAM, progress_bar, summary, with_loss, write_notices
from portrait_studio.cli.mask import add_tighten, tightness_of
from portrait_studio.cli.options import add_command, add_extras, add_method, add_output, how_to_fill
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.locations import models_dir, resources_dir
from portrait_studio.terminal import say


def add_remove(commands: Any) -> None:
    """Add the command `remove`."""
    parser = add_command(commands, "remove", _remove, "fill what a mask covers")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    parser.add_argument("--mask", metavar="MASK.png", type=Path, required=True, help="white where to fill")
    add_tighten(parser)
    _add_fill_options(parser)


def add_demo(commands: Any) -> None:
    """Add the command `demo`."""
    parser = add_command(commands, "demo", _demo, "fill the demo photo that comes with the program")
    _add_fill_options(parser)


def _add_fill_options(parser: argparse.ArgumentParser) -> None:
    add_output(parser)
    add_method(parser)
    add_extras(parser)


def _remove(options: argparse.Namespace) -> int:
    _fill(options, options.photo, options.mask, tightness_of(options))
    return 0


def _demo(options: argparse.Namespace) -> int:
    folder = resources_dir() / "demo"
    _fill(options, folder / "photo.png", folder / "mask.png")
    say(f"Open the window with: {PROGRAM} {folder / 'photo.png'}")
    return 0


def _fill(
    options: argparse.Namespace, photo_path: Path, mask_path: Path, tightness: float | None = None
) -> None:
    from portrait_studio.imaging.writing import ExportOptions, check_size, format_of
    from portrait_studio.stage_files import stages_in, write_stages

    export = ExportOptions(quality=options.quality)
    stages = [] if options.stages is None else [stages_in(options.stages)]
    check_outputs([options.output, options.record], [photo_path, mask_path], stages)
    chosen = format_of(options.output)

    from portrait_studio.cli.edit import Edit
    from portrait_studio.engine.marking import mask_around
    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.imaging.atomic import Transaction
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo

    photo = read_photo(photo_path)
    check_size(photo.extent, chosen)
    engine, mask = Engine(models_dir()), read_mask(mask_path, photo.extent)
    if tightness is not None:
        mask = mask_around(engine, photo.visible_pixels, mask, tightness, options.device)
    edit = Edit(photo, mask)
    how, intent = how_to_fill(options, keep_stages=options.stages is not None)
    with progress_bar() as progress:
        result = edit.fill(engine, how, intent, progress)
    with Transaction() as files:
        report = edit.document.export(options.output, export, files.replacing)
        if options.stages is not None:
            write_stages(result, options.stages, files)
        if options.record is not None:
            edit.write_record(options.record, files.replacing)
    write_notices(*photo.notices, *result.notices, *report.written.notices)
    for line in summary(result, options.output):
        say(line)
    outside, band = report.changed_outside, how.grow_px
    told = f"{outside} pixels changed outside the mask (grown by {band} pixels to blend)"
    say(with_loss(told, report))
