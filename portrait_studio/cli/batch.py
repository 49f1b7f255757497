"""Command `batch`: fill many photos: by masks, by what is to go from all, beyond their edges."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.console import EXIT_CANCELLED, progress_bar, write_notices
from portrait_studio.cli.extension_options import add_extension, wanted_extension
from portrait_studio.cli.mask import add_people, add_shadow, add_tighten, tightness_of
from portrait_studio.cli.options import (
    add_command,
    add_method,
    add_quality,
    add_references,
    add_sources,
    export_options,
    fill_wishes,
    lazy_engine,
)
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import ExportError, OptionError, PortraitStudioError
from portrait_studio.hardware import MOST_THREADS, Hardware
from portrait_studio.number_option import whole_number
from portrait_studio.terminal import say
from portrait_studio.worker_pool.sharing import Label, add_sharing, sharing_of

if TYPE_CHECKING:
    from portrait_studio.cli.batch_plan import BatchPlan, Item
    from portrait_studio.cli.batch_report import BatchReport, Filled
    from portrait_studio.cli.batch_work import BatchSettings

EXIT_SOME_FAILED: Final = 1
_MOST_GROWTH_PX: Final = 10_000


def add_batch(commands: Any) -> None:
    """Add the command `batch`."""
    parser = add_command(commands, "batch", _batch, "fill all photos of a folder")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos; they are not changed")
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder of results")
    _add_what(parser)
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
    _add_workers(parser)


def _add_what(parser: argparse.ArgumentParser) -> None:
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


def _add_workers(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where it runs")
    add_sharing(group, "photos", "these folders")
    group.add_argument(
        "--threads",
        metavar="N",
        type=whole_number("--threads", 1, MOST_THREADS),
        help="of the processor for each of them",
    )


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
        return _run(options, plan, settings, report)


def _run(options: argparse.Namespace, plan: BatchPlan, settings: BatchSettings, report: BatchReport) -> int:
    """Fill all photos; returns the exit code."""
    from portrait_studio.cli.batch_report import Outcome

    count = len(plan.items)
    try:
        with report:
            for number, filled in _filled(options, plan, settings):
                report.add(number, filled)
                line = filled.line
                message = f" ({line.message})" if line.message else ""
                say(f"{number}/{count} {Path(line.photo).name}: {line.outcome}{message}")
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


def _filled(
    options: argparse.Namespace, plan: BatchPlan, settings: BatchSettings
) -> Iterator[tuple[int, Filled]]:
    """What becomes of each photo, by its number from 1, in the order in which they are done."""
    numbered = list(enumerate(plan.items, start=1))
    kept = [number for number, item in numbered if options.resume and item.output.exists()]
    left = [(number, item) for number, item in numbered if number not in set(kept)]
    if sharing_of(options).is_alone:
        yield from _one_after_the_other(options, numbered, set(kept), settings)
        return
    for number in kept:
        yield number, _kept(plan.items[number - 1])
    if left:
        yield from _by_pool(options, left, settings)


def _one_after_the_other(
    options: argparse.Namespace, items: list[tuple[int, Item]], kept: set[int], settings: BatchSettings
) -> Iterator[tuple[int, Filled]]:
    from portrait_studio.cli.batch_work import fill_photo

    engine = lazy_engine(Hardware(options.device, threads=options.threads or 0))
    for number, item in items:
        if number in kept:
            yield number, _kept(item)
            continue
        with progress_bar(label=f"{number}/{len(items)} {item.photo.name}") as progress:
            filled = fill_photo(engine, item, settings, progress)
        yield number, filled


def _by_pool(
    options: argparse.Namespace, items: list[tuple[int, Item]], settings: BatchSettings
) -> Iterator[tuple[int, Filled]]:
    from portrait_studio.cli.batch_report import Filled
    from portrait_studio.cli.batch_work import PhotoFiller, failed
    from portrait_studio.worker_pool.share_out import MOST_TRIES, GivenUp

    sharing, by_number = sharing_of(options), dict(items)
    hardware = sharing.hardware(Hardware(options.device, threads=options.threads or 0))
    # Processes of other machines run in other folders.
    tasks = ((number, item if sharing.cluster is None else item.absolute()) for number, item in items)
    label = Label("photos", len(items))
    done = sharing.as_done(PhotoFiller(settings, hardware), tasks, hardware, label, _clear_up)
    for number, filled in done:
        item = by_number[number]
        if isinstance(filled, GivenUp):
            why = (
                f"The process that filled this photo was lost {MOST_TRIES} times; perhaps there is not enough"
                " memory for it: scale it down, or ask for fewer --jobs."
            )
            yield number, Filled(failed(item, why))
        else:
            yield number, filled.named_like(item)


def _clear_up(item: Item) -> None:
    """Remove what a lost process left of a photo."""
    from portrait_studio.imaging.atomic import remove_leavings

    remove_leavings(item.output)


def _settings(options: argparse.Namespace) -> BatchSettings:
    from portrait_studio.cli.batch_work import BatchSettings
    from portrait_studio.engine.find_requests import Who
    from portrait_studio.engine.label_mask import labels_named

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


def _kept(item: Item) -> Filled:
    from portrait_studio.cli.batch_report import Filled, Line, Outcome

    return Filled(Line(str(item.photo), str(item.output), Outcome.KEPT.value))
