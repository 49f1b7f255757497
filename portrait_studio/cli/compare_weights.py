"""Command `compare-weights`: the same fill with two sets of weights, on one sheet."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.console import progress_bar, write_notices
from portrait_studio.cli.options import add_command, add_method, add_page, fill_wishes
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import ExportError
from portrait_studio.hardware import Hardware
from portrait_studio.locations import models_dir
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.request import CompletionResult
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo
    from portrait_studio.weights_sheet import WeighedFill

IN_USE: Final = "current"
"""Stands for the weights in use."""


def add_compare_weights(commands: Any) -> None:
    """Add the command `compare-weights`."""
    summary = "fill the same hole with two sets of weights, side by side on one sheet"
    parser = add_command(commands, "compare-weights", _compare, summary)
    for name, which in (("first", "A"), ("second", "B")):
        parser.add_argument(
            name,
            metavar=which,
            help=f"a folder of weights, or {IN_USE!r}; networks that it lacks are those in use",
        )
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    parser.add_argument("--mask", metavar="MASK.png", type=Path, required=True, help="white where to fill")
    parser.add_argument("-o", "--output", metavar="SHEET.png", type=Path, required=True, help="PNG to write")
    add_page(parser)
    add_method(parser)
    parser.set_defaults(references=[])


def _compare(options: argparse.Namespace) -> int:
    if options.output.suffix.lower() != ".png":
        raise ExportError(f"{options.output.name} must end in .png, since a sheet is written as PNG.")
    check_outputs([options.output], [options.photo, options.mask])
    folders = [_folder(name) for name in (options.first, options.second)]

    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.masks import check_mask
    from portrait_studio.imaging.reading import read_photo
    from portrait_studio.stage_files import write_picture
    from portrait_studio.weights_sheet import differing_share, weights_sheet

    photo = read_photo(options.photo, page=options.page)
    mask = read_mask(options.mask, photo.extent)
    check_mask(mask, photo.extent)
    wishes = fill_wishes(options)
    write_notices(*photo.notices)
    fills, results = [], []
    for name, folder in zip((options.first, options.second), folders, strict=True):
        fill, result = _filled(name, folder, photo, mask, wishes, Hardware(options.device))
        fills.append(fill)
        results.append(result)
    write_picture(weights_sheet(photo.visible_pixels, mask, fills), options.output)
    write_notices(*dict.fromkeys(notice for result in results for notice in map(str, result.notices)))
    say(f"Wrote {options.output}")
    for line in _differences(results):
        say(line)
    say(f"{differing_share(mask, fills):.1%} of what was filled differs by more than 2 of 255 levels")
    return 0


def _folder(name: str) -> Path:
    """A folder of weights; refused at once where it is none.

    Raises:
        WeightsError: there are no weights in it.
    """
    from portrait_studio.networks.manifest import read_manifest

    folder = models_dir() if name == IN_USE else Path(name)
    read_manifest(folder)
    return folder


def _filled(
    name: str, folder: Path, photo: Photo, mask: Mask, wishes: FillWishes, hardware: Hardware
) -> tuple[WeighedFill, CompletionResult]:
    """The photo filled by an engine of its own, which is gone when the next one is made."""
    from portrait_studio.editing.edit import Edit
    from portrait_studio.engine.network_store import FirstOf, ReleasedNetworks
    from portrait_studio.engine.pipeline import Pipeline
    from portrait_studio.weights_sheet import WeighedFill, labels_of

    engine = Pipeline(FirstOf(ReleasedNetworks(folder), ReleasedNetworks(models_dir())))
    engine.prefer(hardware)
    edit = Edit(photo, mask)
    with progress_bar(label=name) as progress:
        result = edit.fill(engine, wishes, progress)
    pixels = edit.document.image.copy()
    return WeighedFill(name, pixels, labels_of(result, photo.extent)), result


def _differences(results: list[CompletionResult]) -> list[str]:
    """Which networks differ, and how long each fill took."""
    first, second = (result.weights for result in results)
    lines = []
    for network in sorted({*first, *second}):
        ours, theirs = (weights.get(network, "")[:12] or "not asked" for weights in (first, second))
        lines.append(f"{network}: {ours}" + (" in both" if ours == theirs else f" and {theirs}"))
    seconds = " and ".join(f"{sum(result.seconds.values()):.1f} s" for result in results)
    return [*lines, f"Filled in {seconds} on {results[0].device}"]
