"""Commands `remove` and `demo`: fill what a mask covers."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from portrait_studio.cli.console import PROGRAM, check_output, progress_bar, summary, write_notices
from portrait_studio.cli.options import add_command, add_method, add_output
from portrait_studio.locations import models_dir, resources_dir


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
    from portrait_studio.cli.edit import Edit
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo
    from portrait_studio.imaging.writing import ExportOptions, format_of

    export = ExportOptions(quality=options.quality)
    check_output(options.output, photo_path, mask_path)
    if options.record is not None:
        check_output(options.record, photo_path, mask_path, options.output)
    format_of(options.output)
    photo = read_photo(photo_path)
    edit = Edit(photo, read_mask(mask_path, photo.extent))

    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.request import CompletionOptions, Method

    how = CompletionOptions(
        Method(options.method), options.seed, options.device, keep_stages=options.stages is not None
    )
    with progress_bar() as progress:
        result = Engine(models_dir()).complete(edit.request(how), progress)
    if options.stages is not None:
        from portrait_studio.stage_files import write_stages

        write_stages(result, options.stages)
    edit.apply(result, how)
    report = edit.document.export(options.output, export)
    if options.record is not None:
        edit.write_record(options.record)
    write_notices(*photo.notices, *result.notices, *report.written.notices)
    sys.stdout.write(summary(result, options.output))
    sys.stdout.write(
        f"{report.changed_outside} pixels changed outside the mask (grown by {how.grow_px} pixels to blend)\n"
    )
