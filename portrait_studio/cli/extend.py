"""Command `extend`: a larger canvas, and what may lie beyond the photo's edge."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.console import check_output, progress_bar, summary, write_notices
from portrait_studio.cli.extension_options import add_extension, wanted_extension
from portrait_studio.cli.options import add_command, add_method, add_output
from portrait_studio.errors import OptionError
from portrait_studio.locations import models_dir

if TYPE_CHECKING:
    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.request import CompletionOptions
    from portrait_studio.imaging.geometry import Margins
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo

_MOST_CANDIDATES: Final = 16


def add_extend(commands: Any) -> None:
    """Add the command `extend`."""
    parser = add_command(commands, "extend", _extend, "extend the canvas and fill what is new")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    add_extension(parser)
    parser.add_argument("--mask", metavar="MASK.png", type=Path, help="white where to fill the photo as well")
    add_output(parser)
    parser.add_argument(
        "--candidates",
        metavar="N",
        type=int,
        default=1,
        help="write so many different ones: OUT, OUT-2, OUT-3 and so on (1)",
    )
    add_method(parser)
    parser.add_argument(
        "--stages", metavar="DIR", type=Path, help="also write a picture of every stage there"
    )
    parser.add_argument(
        "--record", metavar="RECORD.json", type=Path, help="also write how to repeat it; see replay"
    )


def _extend(options: argparse.Namespace) -> int:
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo
    from portrait_studio.imaging.writing import format_of

    wanted = wanted_extension(options)
    if wanted is None:
        raise OptionError("Say how far to extend the canvas, for example --bottom 33% or --ratio 4:5.")
    if not 1 <= options.candidates <= _MOST_CANDIDATES:
        raise OptionError(f"--candidates takes a number from 1 to {_MOST_CANDIDATES}.")
    for place in range(options.candidates):
        check_output(_numbered(options.output, place), options.photo, options.mask)
    if options.record is not None:
        check_output(options.record, options.photo, options.mask, options.output)
    format_of(options.output)
    photo = read_photo(options.photo)
    margins = wanted.margins(photo.extent)
    if not margins.extends:
        raise OptionError("The canvas would stay as it is; extend it by at least one pixel.")
    mask = None if options.mask is None else read_mask(options.mask, photo.extent)

    from portrait_studio.engine.pipeline import Engine
    from portrait_studio.engine.request import CompletionOptions, Method

    how = CompletionOptions(
        Method(options.method), options.seed, options.device, keep_stages=options.stages is not None
    )
    engine = Engine(models_dir())
    write_notices(*photo.notices)
    for place in range(options.candidates):
        _candidate(engine, photo, mask, margins, replace(how, seed=how.seed + place), options, place)
    return 0


def _candidate(
    engine: Engine,
    photo: Photo,
    mask: Mask | None,
    margins: Margins,
    how: CompletionOptions,
    options: argparse.Namespace,
    place: int,
) -> None:
    """Fill the canvas once and write it."""
    from portrait_studio.cli.edit import Edit
    from portrait_studio.imaging.writing import ExportOptions

    output, edit = _numbered(options.output, place), Edit(photo, mask, margins)
    with progress_bar() as progress:
        result = engine.complete(edit.request(how), progress)
    if options.stages is not None:
        from portrait_studio.stage_files import write_stages

        write_stages(result, options.stages if place == 0 else options.stages / f"candidate-{place + 1}")
    edit.apply(result, how)
    report = edit.document.export(output, ExportOptions(quality=options.quality))
    if options.record is not None and place == 0:
        edit.write_record(options.record)
    write_notices(*result.notices, *report.written.notices)
    before, after = photo.extent, edit.document.extent
    sys.stdout.write(summary(result, output))
    sys.stdout.write(
        f"{before.width} x {before.height} became {after.width} x {after.height};"
        f" {report.changed_outside} pixels of the photo changed outside its mask\n"
    )
    edit.document.close()


def _numbered(output: Path, place: int) -> Path:
    return output if place == 0 else output.with_name(f"{output.stem}-{place + 1}{output.suffix}")
