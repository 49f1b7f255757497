"""The options that say how far a canvas is extended."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portrait_studio.editing.fills import FillWishes
    from portrait_studio.engine.interface import Engine
    from portrait_studio.imaging.geometry import Extent, Margins
    from portrait_studio.imaging.photo import Photo
    from portrait_studio.imaging.source_marks import SourceMarks

_SIDES = ("left", "top", "right", "bottom")


@dataclass(frozen=True)
class WantedExtension:
    """What was asked for, of any photo.

    Attributes:
        lengths: by side, such as "33%", "64px" or "64".
        ratio: of the result, width to height; None = whatever comes out.
    """

    lengths: dict[str, str]
    ratio: Fraction | None

    def margins(self, photo: Extent) -> Margins:
        """The same in pixels of one photo.

        Raises:
            OptionError: a length is none.
        """
        from portrait_studio.imaging.canvas_extension import parse_margins, to_ratio

        margins = parse_margins(self.lengths, photo)
        return margins if self.ratio is None else to_ratio(photo, self.ratio, margins, self.lengths)


def add_extension(parser: argparse.ArgumentParser) -> None:
    """Add how far the canvas is extended."""
    group = parser.add_argument_group(
        "canvas", "how far it is extended: 33% of the photo's side, 64px, or 64"
    )
    for side in _SIDES:
        group.add_argument(f"--{side}", metavar="LENGTH", help=f"at the {side}")
    group.add_argument(
        "--ratio", metavar="W:H", help="until it has this ratio, on the sides named, else on both alike"
    )


def wanted_extension(options: argparse.Namespace) -> WantedExtension | None:
    """What was asked for; None where nothing was.

    Raises:
        OptionError: a length or the ratio is none.
    """
    from portrait_studio.imaging.canvas_extension import parse_length, parse_ratio

    lengths = {side: getattr(options, side) for side in _SIDES if getattr(options, side) is not None}
    for text in lengths.values():
        parse_length(text, 100)
    if not lengths and options.ratio is None:
        return None
    return WantedExtension(lengths, None if options.ratio is None else parse_ratio(options.ratio))


def told_of_guesswork(engine: Engine, photo: Photo, margins: Margins) -> tuple[str, ...]:
    """What nothing in a photo tells of what is new; the parser is asked only where that may be."""
    from portrait_studio.editing.hole_warnings import extension_warnings, may_be_guesswork
    from portrait_studio.engine.request import ParseRequest

    if not may_be_guesswork(margins, photo.extent):
        return ()
    seen = engine.run(ParseRequest(photo.visible_pixels))
    return extension_warnings(margins, photo.extent, seen)


def steered(wishes: FillWishes, marks: SourceMarks | None, photo: Extent, margins: Margins) -> FillWishes:
    """The same wishes, and from where may be copied: marks over the photo (None: from anywhere)."""
    from portrait_studio.imaging.canvas_extension import canvas_of
    from portrait_studio.imaging.source_marks import laid_marks

    if marks is None:
        return wishes
    return replace(wishes, sources=laid_marks(marks, canvas_of(photo, margins)))
