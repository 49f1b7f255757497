"""Command `parse`: write the parsing map of a photo."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from portrait_studio.cli.console import progress_bar, write_notices
from portrait_studio.cli.options import add_command, add_device, add_page, engine_of
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import ExportError
from portrait_studio.terminal import say


def add_parse(commands: Any) -> None:
    """Add the command `parse`."""
    parser = add_command(commands, "parse", _parse, "write the parsing map of a photo")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    add_page(parser)
    parser.add_argument("--mask", metavar="MASK.png", type=Path, help="white where something hides the body")
    parser.add_argument(
        "-o", "--output", metavar="MAP.png", type=Path, required=True, help="indexed PNG to write"
    )
    parser.add_argument(
        "--overlay", metavar="OVERLAY.png", type=Path, help="also write the map over the photo"
    )
    add_device(parser)


def _parse(options: argparse.Namespace) -> int:
    targets = [options.output, *([] if options.overlay is None else [options.overlay])]
    for target in targets:
        if target.suffix.lower() != ".png":
            raise ExportError(f"{target.name} must end in .png, since a map is written as PNG.")
    check_outputs(targets, [options.photo, options.mask])

    from portrait_studio.engine.progress import Stage
    from portrait_studio.engine.request import ParseRequest
    from portrait_studio.imaging.atomic import Transaction
    from portrait_studio.imaging.label_colours import enlarge_labels
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo
    from portrait_studio.stage_files import write_overlay, write_parsing_map

    photo = read_photo(options.photo, page=options.page)
    mask = None if options.mask is None else read_mask(options.mask, photo.extent)
    with progress_bar({Stage.PARSE: 1.0}) as progress:
        request = ParseRequest(photo.visible_pixels, mask, looks_inside=True)
        structure = engine_of(options).run(request, progress)
    labels = enlarge_labels(structure.labels, photo.extent)
    with Transaction() as files:
        write_parsing_map(labels, options.output, files.replacing)
        if options.overlay is not None:
            write_overlay(photo.visible_pixels, labels, options.overlay, files.replacing)
    write_notices(*photo.notices)
    for target in targets:
        say(f"Wrote {target}")
    return 0
