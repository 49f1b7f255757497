"""Command `mask`: write the mask that the window would paint, for scripts and other editors."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.console import write_notices
from portrait_studio.cli.options import add_command, add_device, add_page, engine_of
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import ExportError, OptionError
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.masks import Mask
    from portrait_studio.imaging.photo import Photo

USUAL_TIGHTNESS: Final = 0.4


def add_mask(commands: Any) -> None:
    """Add the command `mask`."""
    parser = add_command(commands, "mask", _mask, "write a mask of the thing that is meant")
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="the photo; it is not changed")
    add_page(parser)
    parser.add_argument(
        "-o", "--output", metavar="MASK.png", type=Path, required=True, help="PNG to write, white = the thing"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--around", metavar="LOOSE.png", type=Path, help="white loosely around the thing")
    what.add_argument(
        "--at",
        metavar="X,Y",
        type=place,
        action="append",
        help="a place on the thing, in pixels from the top left; may be given several times",
    )
    what.add_argument(
        "--things",
        metavar="NAMES",
        help="by name: bag,hat,scarf and what else the parsing map knows, or dog,phone,traffic sign and more",
    )
    what.add_argument(
        "--damage",
        action="store_true",
        help="scratches, folds, stains, dates, scribbles of a scanned photo",
    )
    add_people(what)
    parser.add_argument(
        "--tightness",
        "--threshold",
        metavar="P",
        type=tightness,
        default=USUAL_TIGHTNESS,
        help=f"how sure the program must be of a pixel, 0.05 to 0.95: more is tighter ({USUAL_TIGHTNESS})",
    )
    add_shadow(parser)
    add_device(parser)


def add_shadow(parser: argparse.ArgumentParser) -> None:
    """Add whether the shadow of what is masked is masked, too; see `with_shadow`."""
    parser.add_argument(
        "--shadow", action="store_true", help="also take the shadow that it casts on the ground or wall"
    )


def with_shadow(engine: Engine, photo: Photo, mask: Mask) -> tuple[Mask, tuple[str, ...]]:
    """A mask with the shadows of what it covers, and a sentence where none is found."""
    import numpy as np

    from portrait_studio.engine.find_requests import ShadowRequest

    if not mask.any():
        return mask, ()
    shadow = engine.run(ShadowRequest(photo.visible_pixels, mask))
    notices = () if shadow.any() else ("No shadow was found that surely belongs to what is masked.",)
    return np.maximum(mask, shadow), notices


def add_people(parser: argparse._ActionsContainer) -> None:
    """Add which people are meant."""
    parser.add_argument(
        "--people", choices=("others", "all"), help="all people, or all but the one whom the photo is of"
    )


def add_tighten(parser: argparse.ArgumentParser) -> None:
    """Add whether a mask is shrunk to the thing in it before the fill, and how tight."""
    parser.add_argument(
        "--tighten",
        action="store_true",
        help="shrink the mask to the thing in it and its rim; where nothing stands out it stays as it is",
    )
    parser.add_argument(
        "--tightness",
        metavar="P",
        type=tightness,
        help=f"with --tighten: how sure the program must be of a pixel, 0.05 to 0.95 ({USUAL_TIGHTNESS})",
    )


def tightness_of(options: argparse.Namespace) -> float | None:
    """How tight a mask shall lie; None where it stays as it is.

    Raises:
        OptionError: a tightness was given without --tighten.
    """
    if options.tightness is not None and not options.tighten:
        raise OptionError("--tightness takes effect with --tighten only; add that, or leave it out.")
    return (options.tightness or USUAL_TIGHTNESS) if options.tighten else None


def place(text: str) -> tuple[float, float]:
    """A place in a photo from "X,Y".

    Raises:
        OptionError: it is none.
    """
    try:
        x, y = (float(part) for part in text.split(","))
        if not (math.isfinite(x) and math.isfinite(y)):
            raise ValueError
    except ValueError:
        raise OptionError(f"--at takes two numbers as in 120,80, not {text[:40]!r}.") from None
    return x, y


def tightness(text: str) -> float:
    """A probability from text.

    Raises:
        OptionError: it is no number from 0.05 to 0.95.
    """
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.05 <= value <= 0.95:
        raise OptionError(f"--tightness takes a number from 0.05 to 0.95, not {text[:40]!r}.")
    return value


def _mask(options: argparse.Namespace) -> int:
    if options.output.suffix.lower() != ".png":
        raise ExportError(f"{options.output.name} must end in .png, since a mask is written as PNG.")
    if options.damage and options.shadow:
        raise OptionError("Damage casts no shadow; leave --shadow out.")
    check_outputs([options.output], [options.photo, options.around])

    from portrait_studio.imaging.mask_file import write_mask
    from portrait_studio.imaging.reading import read_photo

    photo = read_photo(options.photo, page=options.page)
    engine = engine_of(options)
    mask = _found(engine, photo, options)
    notices = photo.notices
    if options.shadow:
        mask, more = with_shadow(engine, photo, mask)
        notices = (*notices, *more)
    write_mask(mask, options.output)
    write_notices(*notices)
    if not mask.any():
        write_notices("Nothing of the kind was found; the mask is all black.")
    share = 100 * float((mask != 0).mean())
    say(f"Wrote {options.output} ({share:.2f} % of the photo is masked)")
    return 0


def _found(engine: Engine, photo: Photo, options: argparse.Namespace) -> Mask:
    from portrait_studio.engine.find_requests import (
        FindDamageRequest,
        FindThingRequest,
        PeopleMaskRequest,
        TightenRequest,
        Who,
    )
    from portrait_studio.engine.thing_masks import mask_around, mask_at
    from portrait_studio.engine.things import Clicks
    from portrait_studio.imaging.mask_file import read_mask
    from portrait_studio.imaging.masks import check_mask

    image, threshold = photo.visible_pixels, options.tightness
    if options.around is not None:
        loose = read_mask(options.around, photo.extent)
        check_mask(loose, photo.extent)
        return mask_around(engine, TightenRequest(image, loose), threshold)
    if options.at is not None:
        return mask_at(engine, FindThingRequest(image, Clicks(tuple(options.at))), threshold)
    if options.damage:
        return engine.run(FindDamageRequest(image)).mask(threshold)
    if options.people is not None:
        return engine.run(PeopleMaskRequest(image, Who(options.people), threshold))
    return _named_things(engine, photo, options.things.split(","), threshold)


def _named_things(engine: Engine, photo: Photo, names: list[str], threshold: float) -> Mask:
    import numpy as np

    from portrait_studio.engine.find_requests import DetectRequest
    from portrait_studio.engine.request import ParseRequest
    from portrait_studio.engine.thing_masks import labels_and_kinds, mask_of_kinds, mask_of_parts

    image = photo.visible_pixels
    labels, kinds = labels_and_kinds(names)
    mask = np.zeros((photo.extent.height, photo.extent.width), np.uint8)
    if labels:
        mask |= mask_of_parts(engine, ParseRequest(image), labels, threshold)
    if kinds:
        mask |= mask_of_kinds(engine, DetectRequest(image), kinds, threshold)
    return mask
