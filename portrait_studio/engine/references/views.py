"""A reference as it is looked at: as it is or mirrored, with what the parser says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Pixels
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of

ParseWhole = Callable[[Pixels], ParsedWindow]
"""What the parser says about a whole picture."""


@dataclass(frozen=True, eq=False)
class View:
    """One way to look at a reference.

    Attributes:
        number: of the reference among those of the request.
        image: (H, W, 3) RGB, uint8 or uint16, mirrored if it is looked at that way.
        parse: asks the parser, who remembers.
    """

    number: int
    image: Pixels
    parse: ParseWhole

    @property
    def bounds(self) -> Bounds:
        """All of it."""
        return Bounds.of(extent_of(self.image))

    @property
    def parsed(self) -> ParsedWindow:
        """What the parser says about it."""
        return self.parse(self.image)


def both_views(number: int, image: Pixels, parse: ParseWhole) -> tuple[View, View]:
    """A reference as it is, and its mirror image."""
    mirrored = cast(Pixels, np.ascontiguousarray(image[:, ::-1]))
    return View(number, image, parse), View(number, mirrored, parse)
