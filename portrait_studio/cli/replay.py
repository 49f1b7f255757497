"""Command `replay`: repeat a recorded edit."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrait_studio.cli.console import progress_bar, write_notices
from portrait_studio.cli.options import add_command, add_output, add_page, add_references, export_options
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import ProjectError
from portrait_studio.hardware import DEVICES, Hardware
from portrait_studio.locations import models_dir
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.document.edit_record import EditRecord


def add_replay(commands: Any) -> None:
    """Add the command `replay`."""
    parser = add_command(commands, "replay", _replay, "repeat a recorded edit on the same photo")
    parser.add_argument("record", metavar="RECORD.json", type=Path, help="an exported edit record")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    add_page(parser)
    add_output(parser)
    add_references(parser)
    parser.add_argument("--device", choices=DEVICES, help="another device than the recorded one")
    parser.add_argument(
        "--anyway", action="store_true", help="go on although photo or weights are not the recorded ones"
    )


def _replay(options: argparse.Namespace) -> int:
    from portrait_studio.document.checksum import pixels_sha256
    from portrait_studio.document.edit_record import read_record
    from portrait_studio.editing.edit import without_undo_files
    from portrait_studio.editing.references import read_references
    from portrait_studio.editing.replay import repeat_edit
    from portrait_studio.engine.pipeline import Pipeline
    from portrait_studio.imaging.formats import check_size, format_of
    from portrait_studio.imaging.masks import check_extent
    from portrait_studio.imaging.reading import count_pictures, read_photo

    export = export_options(options)
    check_outputs([options.output], [options.photo, options.record, *options.references])
    chosen = format_of(options.output)
    record = read_record(options.record)
    page = options.page
    if page is None and record.page is not None and count_pictures(options.photo) > 1:
        page = record.page
    photo = read_photo(options.photo, page=page)
    check_extent(record.extent, photo.extent)
    check_size(record.canvas.extent, chosen)
    if not options.anyway:
        record.check_photo(photo)
        _check_weights(record)
    document = without_undo_files(photo)
    hardware = None if options.device is None else Hardware(options.device)
    references = read_references(options.references)
    devices = repeat_edit(document, record, Pipeline(models_dir()), hardware, progress_bar, references)
    report = document.export(options.output, export)
    write_notices(*photo.notices, *report.written.notices)
    say(f"Wrote {options.output}")
    if pixels_sha256(document.image) == record.result_sha256:
        say("Identical to the recorded result, bit for bit")
    else:
        made_on = ", ".join(dict.fromkeys(fill.how.ran_on for fill in record.fills))
        write_notices(
            f"The result differs from the recorded one, which was made on {made_on} by version"
            f" {record.program}; this ran on {', '.join(devices)}."
        )
    return 0


def _check_weights(record: EditRecord) -> None:
    from portrait_studio.document.edit_record import missing_weights
    from portrait_studio.networks.manifest import read_manifest

    present = [(name, entry.sha256) for name, entry in read_manifest(models_dir()).items()]
    others = missing_weights(record, present)
    if others:
        raise ProjectError(
            f"The weights for {', '.join(others)} are not those that the edit was made with; install those,"
            " or add --anyway to use the present ones."
        )
