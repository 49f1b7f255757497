"""Command `batch`: fill many photos: by masks, by what is to go from all, beyond their edges."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.console import EXIT_CANCELLED, progress_bar, write_notices
from portrait_studio.cli.extension_options import (
    WantedExtension,
    add_extension,
    steered,
    told_of_guesswork,
    wanted_extension,
)
from portrait_studio.cli.mask import add_people, add_shadow, add_tighten, tightness_of, with_shadow
from portrait_studio.cli.options import (
    add_command,
    add_method,
    add_quality,
    add_references,
    add_sources,
    engine_of,
    export_options,
    fill_wishes,
    source_marks,
    whole_number,
)
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import (
    DeviceError,
    ExportError,
    MaskError,
    OptionError,
    PortraitStudioError,
    WeightsError,
)
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.cli.batch_plan import BatchPlan, Item
    from portrait_studio.cli.batch_report import BatchReport, Line
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.interface import Engine
    from portrait_studio.engine.progress import Progress
    from portrait_studio.engine.request import Structure, Who
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo
    from portrait_studio.imaging.writing import ExportOptions

EXIT_SOME_FAILED: Final = 1
_MOST_GROWTH_PX: Final = 10_000


@dataclass(frozen=True)
class BatchSettings:
    """What is done to every photo.

    Attributes:
        wishes: what fills shall be like.
        export: how to write.
        labels: what to remove; empty when masks come from files.
        grow_px: how far beyond their outlines; None = a little.
        extension: how far the canvas is extended; None = not at all.
        has_masks: whether there are mask files.
        tightness: how tight masks are drawn around the things in them; None = they stay as they are.
        people: who is to be removed; None = nobody as such.
        takes_shadows: whether shadows of what is masked go, too.
    """

    wishes: FillWishes
    export: ExportOptions
    labels: frozenset[int]
    grow_px: int | None
    extension: WantedExtension | None
    has_masks: bool
    tightness: float | None = None
    people: Who | None = None
    takes_shadows: bool = False


def add_batch(commands: Any) -> None:
    """Add the command `batch`."""
    parser = add_command(commands, "batch", _batch, "fill all photos of a folder")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos; they are not changed")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder of results")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--masks",
        metavar="DIR",
        type=Path,
        help="folder of masks, white where to fill, named like the photos: a.png or a_mask.png for a.jpg",
    )
    what.add_argument(
        "--remove", metavar="LABELS", help="what to remove, by the parsing map: bag,hat,sunglasses,scarf"
    )
    add_people(what)
    parser.add_argument(
        "--grow",
        metavar="N",
        type=whole_number("--grow", 0, _MOST_GROWTH_PX),
        help="pixels beyond its outline (a little)",
    )
    add_tighten(parser)
    add_shadow(parser)
    add_sources(parser, of_folders=True)
    add_extension(parser)
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help=".json or .csv (report.json among the results)"
    )
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="keep the results that are there and go on")
    again.add_argument("--overwrite", action="store_true", help="make results again that are there")
    parser.add_argument(
        "--format",
        metavar="ENDING",
        type=_ending,
        default="same",
        help="of the results, such as png (same)",
    )
    add_quality(parser)
    add_method(parser)
    add_references(parser)


def _ending(text: str) -> str:
    """The ending of a format that photos are written to, or "same". Raises: OptionError: it is none."""
    if text != "same":
        from portrait_studio.imaging.formats import SUFFIXES

        if f".{text}" not in SUFFIXES:
            known = ", ".join(suffix.removeprefix(".") for suffix in SUFFIXES)
            raise OptionError(f"--format takes one of: same, {known}; not {text[:40]!r}.")
    return text


def _batch(options: argparse.Namespace) -> int:
    from portrait_studio.cli.batch_plan import MarkFolders, plan_batch
    from portrait_studio.cli.batch_report import BatchReport, check_is_report
    from portrait_studio.imaging.atomic import Transaction

    settings = _settings(options)
    report = BatchReport(options.report or options.output / "report.json")
    suffix = None if options.format == "same" else f".{options.format}"
    marks = MarkFolders(options.no_copy, options.copy_from)
    plan = plan_batch(options.photos, options.masks, options.output, suffix, marks)
    outputs = [item.output for item in plan.items]
    check_outputs([*outputs, report.path], [*plan.sources, *options.references], made=[options.output])
    present = sum(output.exists() for output in outputs)
    if present and not (options.resume or options.overwrite):
        raise ExportError(
            f"{present} of the results are in {options.output} already; add --resume to keep them, or"
            " --overwrite to make them again."
        )
    if options.report is None:
        check_is_report(report.path)
    write_notices(*plan.notices)
    with Transaction() as files:
        # It goes again if an error ends the batch before anything is in it.
        files.make_folder(options.output)
        return _run(engine_of(options), plan, settings, report, resumes=options.resume)


def _run(
    engine: Engine, plan: BatchPlan, settings: BatchSettings, report: BatchReport, *, resumes: bool
) -> int:
    """Fill all photos; returns the exit code."""
    from portrait_studio.cli.batch_report import Outcome

    count = len(plan.items)
    try:
        for number, item in enumerate(plan.items, start=1):
            kept = resumes and item.output.exists()
            label = f"{number}/{count} {item.photo.name}"
            line = _kept(item) if kept else _one(engine, item, settings, report, label)
            report.add(line)
            say(f"{label}: {line.outcome}{f' ({line.message})' if line.message else ''}")
    except KeyboardInterrupt as stop:
        if not report.lines:
            raise
        write_notices(f"stopped after {len(report.lines)} of {count} photos; add --resume to go on.")
        return getattr(stop, "exit_code", EXIT_CANCELLED)
    except PortraitStudioError as error:
        if not report.lines:
            raise
        write_notices(f"stopped after {len(report.lines)} of {count} photos: {error} Then add --resume.")
        return EXIT_SOME_FAILED
    say(report.summary())
    return EXIT_SOME_FAILED if report.count(Outcome.FAILED) else 0


def _settings(options: argparse.Namespace) -> BatchSettings:
    from portrait_studio.engine.label_mask import labels_named
    from portrait_studio.engine.request import Who

    if options.grow is not None and options.remove is None:
        raise OptionError("--grow takes effect with --remove only; leave it out.")
    extension = wanted_extension(options)
    targets = (options.remove, options.masks, options.people, extension)
    if all(target is None for target in targets):
        raise OptionError(
            "Say what to fill: --masks, --remove, --people, or how far to extend, as --bottom 33%."
        )
    labels = frozenset() if options.remove is None else labels_named(options.remove.split(","))
    export = export_options(options)
    has_masks, tight = options.masks is not None, tightness_of(options)
    if tight is not None and not (has_masks or labels):
        raise OptionError("--tighten takes effect with --masks or --remove only; leave it out.")
    people = None if options.people is None else Who(options.people)
    if options.shadow and not (has_masks or labels or people):
        raise OptionError("--shadow takes effect with --masks, --remove or --people only; leave it out.")
    return BatchSettings(
        fill_wishes(options),
        export,
        labels,
        options.grow,
        extension,
        has_masks,
        tight,
        people,
        options.shadow,
    )


def _kept(item: Item) -> Line:
    from portrait_studio.cli.batch_report import Line, Outcome

    return Line(str(item.photo), str(item.output), Outcome.KEPT.value)


def _one(engine: Engine, item: Item, settings: BatchSettings, report: BatchReport, label: str) -> Line:
    """Fill one photo; what is wrong with this photo alone becomes a line, and the batch goes on."""
    from portrait_studio.cli.batch_report import Line, Outcome

    began = time.perf_counter()
    try:
        with progress_bar(label=label) as progress:
            return _filled(engine, item, settings, report, progress)
    except (WeightsError, DeviceError, OptionError):
        raise  # The next photo would meet the same.
    except (PortraitStudioError, MemoryError) as error:
        message = str(error) or "There is not enough memory for this photo; scale it down first."
    except Exception as error:
        message = f"Something went wrong inside the program ({type(error).__name__}: {error})."
    seconds = round(time.perf_counter() - began, 2)
    return Line(str(item.photo), str(item.output), Outcome.FAILED.value, message, seconds=seconds)


def _filled(
    engine: Engine, item: Item, settings: BatchSettings, report: BatchReport, progress: Progress
) -> Line:
    from portrait_studio.cli.batch_report import Line, Outcome
    from portrait_studio.editing.edit import Edit
    from portrait_studio.engine.request import ParseRequest, TightenRequest
    from portrait_studio.engine.thing_masks import mask_around
    from portrait_studio.imaging.geometry import Margins
    from portrait_studio.imaging.reading import read_photo

    began = time.perf_counter()
    photo = read_photo(item.photo)
    seen = engine.run(ParseRequest(photo.visible_pixels)) if settings.labels else None
    mask = _mask(engine, item, photo, settings, seen)
    if mask is not None and mask.any() and settings.tightness is not None:
        mask = mask_around(engine, TightenRequest(photo.visible_pixels, mask), settings.tightness)
    notices = photo.notices
    if mask is not None and settings.takes_shadows:
        mask, more = with_shadow(engine, photo, mask)
        notices = (*notices, *more)
    names = (str(item.photo), str(item.output))
    margins = Margins() if settings.extension is None else settings.extension.margins(photo.extent)
    if (mask is None or not mask.any()) and not margins.extends:
        return Line(*names, Outcome.NOTHING.value, seconds=round(time.perf_counter() - began, 2))
    edit, warnings = Edit(photo, mask, margins), list[str]()
    warnings += told_of_guesswork(engine, photo, margins)
    known = None if margins.extends else seen
    marks = source_marks(item.no_copy, item.copy_from, photo.extent)
    wishes = steered(settings.wishes, marks, photo.extent, margins)
    result = edit.fill(engine, wishes, progress, known, warnings.append)
    report.weights.update(result.weights)
    written = edit.document.export(item.output, settings.export, ingredients=edit.ingredients)
    edit.document.close()
    return Line(
        *names,
        Outcome.DONE.value,
        " ".join((*notices, *warnings, *result.notices, *written.written.notices)),
        str(item.mask or ""),
        len(result.regions),
        round(time.perf_counter() - began, 2),
        written.changed_outside,
        result.device,
    )


def _mask(
    engine: Engine, item: Item, photo: Photo, settings: BatchSettings, seen: Structure | None
) -> Mask | None:
    from portrait_studio.engine.label_mask import mask_of_labels
    from portrait_studio.engine.request import PeopleMaskRequest
    from portrait_studio.imaging.mask_file import read_mask

    if seen is not None:
        return mask_of_labels(seen, settings.labels, photo.extent, settings.grow_px)
    if settings.people is not None:
        return engine.run(PeopleMaskRequest(photo.visible_pixels, settings.people))
    if not settings.has_masks:
        return None
    if item.mask is None:
        raise MaskError(f"There is no mask for {item.photo.name}; name it like the photo.")
    return read_mask(item.mask, photo.extent)
