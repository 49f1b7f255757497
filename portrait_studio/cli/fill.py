"""Commands `remove` and `demo`: fill what a mask covers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portrait_studio.cli.console import PROGRAM, write_notices
from portrait_studio.cli.mask import add_people, add_shadow, add_tighten, tightness_of, with_shadow
from portrait_studio.cli.options import (
    add_command,
    add_page,
    add_sources,
    engine_of,
    fill_wishes,
    source_marks,
)
from portrait_studio.cli.written_fill import FillWriter, add_fill_options
from portrait_studio.errors import MaskError, OptionError
from portrait_studio.locations import resources_dir
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.document.export_report import ExportReport
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo

    MaskSource = Callable[[Engine, Photo], Mask]


def add_remove(commands: Any) -> None:
    """Add the command `remove`."""
    parser = add_command(commands, "remove", _remove, "fill what a mask covers")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    add_page(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--mask", metavar="MASK.png", type=Path, help="white where to fill")
    add_people(what)
    add_tighten(parser)
    add_shadow(parser)
    add_sources(parser)
    add_fill_options(parser)


def add_demo(commands: Any) -> None:
    """Add the command `demo`."""
    parser = add_command(commands, "demo", _demo, "fill the demo photo that comes with the program")
    add_fill_options(parser)


def _remove(options: argparse.Namespace) -> int:
    tightness = tightness_of(options)
    if options.people is not None and tightness is not None:
        raise OptionError("--tighten takes effect with --mask only: people are masked at their edges anyhow.")
    masks = [options.mask, options.no_copy, options.copy_from]
    _fill(options, options.photo, _mask_of(options, tightness), masks)
    return 0


def _mask_of(options: argparse.Namespace, tightness: float | None) -> MaskSource:
    """What finds the hole of a photo."""

    def found(engine: Engine, photo: Photo) -> Mask:
        mask = thing(engine, photo)
        if not options.shadow:
            return mask
        whole, notices = with_shadow(engine, photo, mask)
        write_notices(*notices)
        return whole

    def thing(engine: Engine, photo: Photo) -> Mask:
        from portrait_studio.engine.find_requests import PeopleMaskRequest, TightenRequest, Who
        from portrait_studio.engine.thing_masks import mask_around
        from portrait_studio.imaging.mask_file import read_mask

        if options.people is not None:
            mask = engine.run(PeopleMaskRequest(photo.visible_pixels, Who(options.people)))
            if not mask.any():
                raise MaskError("Nobody to remove was found in the photo; paint a mask instead.")
            return mask
        mask = read_mask(options.mask, photo.extent)
        if tightness is None:
            return mask
        return mask_around(engine, TightenRequest(photo.visible_pixels, mask), tightness)

    return found


def _demo(options: argparse.Namespace) -> int:
    folder = resources_dir() / "demo"
    options.mask, options.people, options.shadow = folder / "mask.png", None, False
    options.no_copy = options.copy_from = options.page = None
    _fill(options, folder / "photo.png", _mask_of(options, None), [options.mask])
    say(f"Open the window with: {PROGRAM} {folder / 'photo.png'}")
    return 0


def _fill(
    options: argparse.Namespace, photo_path: Path, find_mask: MaskSource, masks: list[Path | None]
) -> None:
    writer = FillWriter(options, [photo_path, *masks])

    from portrait_studio.editing.edit import Edit
    from portrait_studio.imaging.reading import read_photo

    photo = read_photo(photo_path, page=options.page)
    writer.check_size(photo.extent)
    marks = source_marks(options.no_copy, options.copy_from, photo.extent)
    engine = engine_of(options)
    mask = find_mask(engine, photo)
    wishes = replace(fill_wishes(options, keep_stages=options.stages is not None), sources=marks)
    band = wishes.options.grow_px

    def told(report: ExportReport) -> str:
        outside = report.changed_outside
        return f"{outside} pixels changed outside the mask (grown by {band} pixels to blend)"

    write_notices(*photo.notices)
    writer.write(lambda: Edit(photo, mask), engine, wishes, told)
