"""People and things as boxes in a photo, and who of the people is the main one; without torch."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.messages import Message
from portrait_studio.networks.coco import PERSON, THING_NAMES

_AT_EDGE: Final = 0.5
"""What a person at the photo's edge counts, relative to one as tall in its middle."""

_ROOM: Final = 0.12
"""How far a box is grown before what stands in it is found, relative to its sides."""

_LEAST_AGREEMENT: Final = 0.3
_FULLEST: Final = 3.0
"""A box of a person is filled by her to a third at least."""


@dataclass(frozen=True)
class Detection:
    """One person or thing in a photo.

    Attributes:
        bounds: what shows of it, in photo pixels, inside the photo.
        kind: class of COCO, "person" or a key of `coco.THING_NAMES`.
        score: how sure the network is, in (0, 1].
    """

    bounds: Bounds
    kind: str
    score: float

    @property
    def name(self) -> Message:
        """What the user reads."""
        return Message("person") if self.kind == PERSON else THING_NAMES[self.kind]


@dataclass(frozen=True)
class Detected:
    """All that was found in a photo.

    Attributes:
        people: one box a person, the surest first.
        things: what has a name in `coco.THING_NAMES`, the surest first.
    """

    people: tuple[Detection, ...] = ()
    things: tuple[Detection, ...] = ()


def roomy(box: Bounds) -> Bounds:
    """A detector's box with some room, since it may cut off hands and feet; may reach beyond the photo."""
    across, down = round(_ROOM * box.width), round(_ROOM * box.height)
    return Bounds(box.left - across, box.top - down, box.right + across, box.bottom + down)


def main_person(
    people: Sequence[Detection], photo: Extent, figure: NDArray[np.bool_] | None = None
) -> Detection | None:
    """Whom the photo is of.

    Args:
        people: all people of the photo.
        photo: its size.
        figure: (h, w) bool over the whole photo at any size, where a parser that looks for one person sees
            one; None = not known.

    Returns:
        One of `people`: whose box agrees best with the figure, if there is one, else the tallest, of whom
        those near the photo's left or right edge count less. None where nobody is, or nobody's box agrees
        with the figure: then all people are others.
    """
    if figure is None or not figure.any():
        return max(people, key=lambda one: _prominence(one.bounds, photo), default=None)
    best = max(people, key=lambda one: _agreement(figure, one.bounds, photo), default=None)
    if best is None or _agreement(figure, best.bounds, photo) < _LEAST_AGREEMENT:
        return None
    return best


def _prominence(bounds: Bounds, photo: Extent) -> float:
    off = abs((bounds.left + bounds.right) / photo.width - 1)
    return bounds.height * (1 - (1 - _AT_EDGE) * off)


def _agreement(figure: NDArray[np.bool_], bounds: Bounds, photo: Extent) -> float:
    """Share of the figure in a box, less for a box larger than the figure."""
    height, width = figure.shape
    across, down = width / photo.width, height / photo.height
    rows = slice(math.floor(bounds.top * down), math.ceil(bounds.bottom * down))
    columns = slice(math.floor(bounds.left * across), math.ceil(bounds.right * across))
    part = figure[rows, columns]
    share = np.count_nonzero(part) / np.count_nonzero(figure)
    return share * min(1.0, _FULLEST * np.count_nonzero(part) / part.size)


def kinds_named(names: Collection[str]) -> frozenset[str]:
    """Kinds of things by what the user calls them ("phone") or as COCO does ("cell phone").

    Raises:
        OptionError: there is no such kind.
    """
    spoken = {str(name): kind for kind, name in THING_NAMES.items()}
    found = set()
    for name in names:
        wanted = name.strip().lower()
        kind = wanted if wanted in THING_NAMES else spoken.get(wanted)
        if kind is None:
            raise OptionError(
                "There is no kind of thing {name!r}; choose among: {names}.",
                name=name,
                names=", ".join(spoken),
            )
        found.add(kind)
    return frozenset(found)
