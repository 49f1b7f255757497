"""Command `extend`: a larger canvas, and what may lie beyond the photo's edge."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.console import summary, with_loss, write_notices
from portrait_studio.cli.extension_options import WantedExtension, add_extension, wanted_extension
from portrait_studio.cli.options import (
    MOST_SEED,
    add_command,
    add_extras,
    add_method,
    add_output,
    add_references,
    engine_of,
    fill_wishes,
    whole_number,
)
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.cli.written_fill import WantedFill, fill_and_write
from portrait_studio.errors import OptionError
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.atomic import Transaction
    from portrait_studio.imaging.geometry import Margins
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo
    from portrait_studio.imaging.writing import ExportOptions

_MOST_CANDIDATES: Final = 16


@dataclass(frozen=True, eq=False)
class _Canvas:
    """What every candidate begins with.

    Attributes:
        photo: as it was read.
        mask: (H, W) uint8 over the photo, where it is filled as well; None = nowhere.
        margins: how far the canvas reaches beyond it.
    """

    photo: Photo
    mask: Mask | None
    margins: Margins


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
        type=whole_number("--candidates", 1, _MOST_CANDIDATES),
        default=1,
        help="write so many different ones: OUT, OUT-2, OUT-3 and so on (1)",
    )
    add_method(parser)
    add_references(parser)
    add_extras(parser)


def _extend(options: argparse.Namespace) -> int:
    from portrait_studio.imaging.canvas_extension import canvas_of
    from portrait_studio.imaging.formats import check_size, format_of
    from portrait_studio.imaging.writing import ExportOptions
    from portrait_studio.stage_files import stages_in

    wanted = wanted_extension(options)
    if wanted is None:
        raise OptionError("Say how far to extend the canvas, for example --bottom 33% or --ratio 4:5.")
    if options.seed + options.candidates - 1 > MOST_SEED:
        raise OptionError(f"Each candidate takes the next seed; begin with less than {options.seed}.")
    export = ExportOptions(quality=options.quality)
    targets = _targets(options)
    check_outputs(
        [*(output for output, _ in targets), options.record],
        [options.photo, options.mask, *options.references],
        [stages_in(stages) for _, stages in targets if stages is not None],
    )
    chosen = format_of(options.output)
    canvas = _canvas(options, wanted)
    check_size(canvas_of(canvas.photo.extent, canvas.margins).extent, chosen)

    from portrait_studio.imaging.atomic import Transaction

    engine, said = engine_of(options), []
    candidates = _candidates(options, targets)
    write_notices(*canvas.photo.notices)
    with Transaction() as files:
        for one in candidates:
            said += _fill(engine, canvas, one, export, files)
    for line in said:
        say(line)
    return 0


def _targets(options: argparse.Namespace) -> list[tuple[Path, Path | None]]:
    """For each candidate its file and the folder of its stages, None where these are not wanted."""
    output, stages = options.output, options.stages
    targets = [(output, stages)]
    for number in range(2, options.candidates + 1):
        folder = None if stages is None else stages / f"candidate-{number}"
        targets.append((output.with_name(f"{output.stem}-{number}{output.suffix}"), folder))
    return targets


def _candidates(options: argparse.Namespace, targets: list[tuple[Path, Path | None]]) -> list[WantedFill]:
    """What is wanted of each; only the first one is recorded."""
    wishes = fill_wishes(options, keep_stages=options.stages is not None)
    candidates = []
    for number, (output, stages) in enumerate(targets):
        how = replace(wishes.options, seed=wishes.options.seed + number)
        record = None if number else options.record
        candidates.append(WantedFill(replace(wishes, options=how), output, stages, record))
    return candidates


def _canvas(options: argparse.Namespace, wanted: WantedExtension) -> _Canvas:
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo

    photo = read_photo(options.photo)
    margins = wanted.margins(photo.extent)
    if not margins.extends:
        raise OptionError("The canvas would stay as it is; extend it by at least one pixel.")
    mask = None if options.mask is None else read_mask(options.mask, photo.extent)
    return _Canvas(photo, mask, margins)


def _fill(
    engine: Engine,
    canvas: _Canvas,
    one: WantedFill,
    export: ExportOptions,
    files: Transaction,
) -> list[str]:
    """Fill the canvas once and write it; returns what to say once it has taken its place."""
    from portrait_studio.editing.edit import Edit

    edit = Edit(canvas.photo, canvas.mask, canvas.margins)
    result, report = fill_and_write(edit, engine, one, export, files)
    write_notices(*result.notices, *report.written.notices)
    before, after = canvas.photo.extent, edit.document.extent
    edit.document.close()
    return [
        *summary(result, one.output, one.wishes.references),
        with_loss(
            f"{before.width} x {before.height} became {after.width} x {after.height};"
            f" {report.changed_outside} pixels of the photo changed outside its mask",
            report,
        ),
    ]
