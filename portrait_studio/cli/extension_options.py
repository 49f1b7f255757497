"""The options that say how far a canvas is extended."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portrait_studio.imaging.geometry import Extent, Margins

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
