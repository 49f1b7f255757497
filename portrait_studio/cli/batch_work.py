"""What a batch does to one photo, wherever that is: in the command's own process, in others, on a cluster."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrait_studio.cli.batch_report import Filled, Line, Outcome
from portrait_studio.cli.extension_options import steered, told_of_guesswork
from portrait_studio.cli.mask import with_shadow
from portrait_studio.cli.options import lazy_engine, source_marks
from portrait_studio.errors import DeviceError, MaskError, OptionError, PortraitStudioError, WeightsError
from portrait_studio.worker_pool.workers import OpenedAnew

if TYPE_CHECKING:
    from portrait_studio.cli.batch_plan import Item
    from portrait_studio.cli.extension_options import WantedExtension
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.find_requests import Who
    from portrait_studio.engine.interface import Engine
    from portrait_studio.engine.progress import Progress
    from portrait_studio.engine.request import Structure
    from portrait_studio.hardware import Hardware
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo
    from portrait_studio.imaging.writing import ExportOptions


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


class PhotoFiller(OpenedAnew):
    """Fills one photo after the other with an engine that keeps its networks."""

    def __init__(self, settings: BatchSettings, hardware: Hardware) -> None:
        """Make the engine, which loads its networks at the first photo.

        Args:
            settings: what is done to each photo.
            hardware: what the engine runs on.
        """
        self._settings, self._engine = settings, lazy_engine(hardware)

    def __call__(self, item: Item) -> Filled:
        """Fill a photo; see `fill_photo`."""
        from portrait_studio.engine.progress import Progress

        return fill_photo(self._engine, item, self._settings, Progress())


def fill_photo(engine: Engine, item: Item, settings: BatchSettings, progress: Progress) -> Filled:
    """Fill one photo; what is wrong with this photo alone is said in its line.

    Args:
        engine: what fills.
        item: the photo.
        settings: what is done to it.
        progress: hears of it.

    Raises:
        WeightsError, DeviceError, OptionError: the next photo would meet the same.
        Cancelled: `progress` was asked to stop.
    """
    began = time.perf_counter()
    try:
        return _filled(engine, item, settings, progress)
    except (WeightsError, DeviceError, OptionError):
        raise
    except (PortraitStudioError, MemoryError) as error:
        message = str(error) or "There is not enough memory for this photo; scale it down first."
    except Exception as error:
        message = f"Something went wrong inside the program ({type(error).__name__}: {error})."
    return Filled(failed(item, message, time.perf_counter() - began))


def failed(item: Item, message: str, seconds: float = 0.0) -> Line:
    """The line of a photo that could not be filled."""
    return Line(str(item.photo), str(item.output), Outcome.FAILED.value, message, seconds=round(seconds, 2))


def _filled(engine: Engine, item: Item, settings: BatchSettings, progress: Progress) -> Filled:
    from portrait_studio.editing.edit import Edit
    from portrait_studio.engine.find_requests import TightenRequest
    from portrait_studio.engine.request import ParseRequest
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
        line = Line(*names, Outcome.NOTHING.value, seconds=round(time.perf_counter() - began, 2))
        return Filled(line)
    edit, warnings = Edit(photo, mask, margins), list[str]()
    warnings += told_of_guesswork(engine, photo, margins)
    known = None if margins.extends else seen
    marks = source_marks(item.no_copy, item.copy_from, photo.extent)
    wishes = steered(settings.wishes, marks, photo.extent, margins)
    result = edit.fill(engine, wishes, progress, known, warnings.append)
    written = edit.document.export(item.output, settings.export, ingredients=edit.ingredients)
    edit.document.close()
    said = " ".join((*notices, *warnings, *result.notices, *written.written.notices))
    seconds = round(time.perf_counter() - began, 2)
    mask_name, outside = str(item.mask or ""), written.changed_outside
    line = Line(
        *names, Outcome.DONE.value, said, mask_name, len(result.regions), seconds, outside, result.device
    )
    return Filled(line, dict(result.weights))


def _mask(
    engine: Engine, item: Item, photo: Photo, settings: BatchSettings, seen: Structure | None
) -> Mask | None:
    from portrait_studio.engine.find_requests import PeopleMaskRequest
    from portrait_studio.engine.label_mask import mask_of_labels
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
