"""Command `extend`: a larger canvas, and what may lie beyond the photo's edge."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrait_studio.cli.console import write_notices
from portrait_studio.cli.extension_options import (
    WantedExtension,
    add_extension,
    steered,
    told_of_guesswork,
    wanted_extension,
)
from portrait_studio.cli.options import (
    add_command,
    add_page,
    add_sources,
    engine_of,
    fill_wishes,
    source_marks,
)
from portrait_studio.cli.written_fill import FillWriter, add_fill_options
from portrait_studio.errors import OptionError

if TYPE_CHECKING:
    from portrait_studio.document.export_report import ExportReport
    from portrait_studio.editing.edit import Edit
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.imaging.geometry import Margins
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo
    from portrait_studio.imaging.source_marks import SourceMarks


@dataclass(frozen=True, eq=False)
class _Canvas:
    """What every candidate begins with.

    Attributes:
        photo: as it was read.
        mask: (H, W) uint8 over the photo, where it is filled as well; None = nowhere.
        margins: how far the canvas reaches beyond it.
        marks: (H, W) uint8 over the photo, from where may be copied; None = from anywhere.
    """

    photo: Photo
    mask: Mask | None
    margins: Margins
    marks: SourceMarks | None = None

    def begin(self) -> Edit:
        """All of it, not filled yet."""
        from portrait_studio.editing.edit import Edit

        return Edit(self.photo, self.mask, self.margins)

    def steered(self, wishes: FillWishes) -> FillWishes:
        """The same wishes, and from where may be copied."""
        return steered(wishes, self.marks, self.photo.extent, self.margins)

    def told(self, report: ExportReport) -> str:
        """How large the picture became, and what of the photo changed."""
        from portrait_studio.imaging.canvas_extension import canvas_of

        before, after = self.photo.extent, canvas_of(self.photo.extent, self.margins).extent
        return (
            f"{before.width} x {before.height} became {after.width} x {after.height};"
            f" {report.changed_outside} pixels of the photo changed outside its mask"
        )


def add_extend(commands: Any) -> None:
    """Add the command `extend`."""
    parser = add_command(commands, "extend", _extend, "extend the canvas and fill what is new")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    add_page(parser)
    add_extension(parser)
    parser.add_argument("--mask", metavar="MASK.png", type=Path, help="white where to fill the photo as well")
    add_sources(parser)
    add_fill_options(parser)


def _extend(options: argparse.Namespace) -> int:
    from portrait_studio.imaging.canvas_extension import canvas_of

    wanted = wanted_extension(options)
    if wanted is None:
        raise OptionError("Say how far to extend the canvas, for example --bottom 33% or --ratio 4:5.")
    writer = FillWriter(options, [options.photo, options.mask, options.no_copy, options.copy_from])
    canvas = _canvas(options, wanted)
    writer.check_size(canvas_of(canvas.photo.extent, canvas.margins).extent)
    engine = engine_of(options)
    wishes = canvas.steered(fill_wishes(options, keep_stages=options.stages is not None))
    write_notices(*canvas.photo.notices, *told_of_guesswork(engine, canvas.photo, canvas.margins))
    writer.write(canvas.begin, engine, wishes, canvas.told)
    return 0


def _canvas(options: argparse.Namespace, wanted: WantedExtension) -> _Canvas:
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.reading import read_photo

    photo = read_photo(options.photo, page=options.page)
    margins = wanted.margins(photo.extent)
    if not margins.extends:
        raise OptionError("The canvas would stay as it is; extend it by at least one pixel.")
    mask = None if options.mask is None else read_mask(options.mask, photo.extent)
    marks = source_marks(options.no_copy, options.copy_from, photo.extent)
    return _Canvas(photo, mask, margins, marks)
