"""Photos whose people were counted by eye, in the sets' own folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.request import Pixels
from portrait_studio.errors import DataSetError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.reading import read_photo
from trainer.data.converters.clothing_co_parsing import NAME as CLOTHING_CO_PARSING
from trainer.data.converters.clothing_co_parsing import figure_of
from trainer.data.converters.reading import PHOTO_SUFFIXES

LEAST_PX: Final = 40
"""Height from which on a person is to be found."""

_COUNTED: Final = Path(__file__).with_name("people.json")
"""For each photo {"id": "set/photo", "size": [w, h]} and three lists of boxes [left, top, right, bottom] in
its pixels, drawn by eye to about a tenth of their size.

"people": of whom half or more shows, the main one first. "hidden": of whom less shows, behind others or cut
off by the edge. "unclear": crowds, and whoever is hard to tell or smaller than 40 pixels; finding somebody
there is neither right nor wrong. All photos are for validation (see `data.split`)."""


@dataclass(frozen=True, eq=False)
class PeopleCase:
    """One photo, and who is to be found in it; see the list for what the boxes mean.

    Attributes:
        name: set and photo id, "lip/105933_436441".
        image: (H, W, 3) RGB.
        people: of whom half or more shows, the main person first.
        hidden: of whom less shows.
        unclear: places that are not judged.
        figure: (H, W) bool, true where the main person is with all that she wears; None = not known.
    """

    name: str
    image: Pixels
    people: tuple[Bounds, ...]
    hidden: tuple[Bounds, ...] = ()
    unclear: tuple[Bounds, ...] = ()
    figure: NDArray[np.bool_] | None = None


def people_cases(folder: Path, sets: tuple[str, ...] | None, limit: int | None) -> Iterator[PeopleCase]:
    """The counted photos that are there.

    Args:
        folder: holds the sets' own folders, each with `photos/`.
        sets: names of the sets; None = all.
        limit: at most so many.

    Raises:
        DataSetError: none of the photos is there, one has another size, or its labels are damaged.
        ImageFileError: a photo is damaged.
    """
    counted = json.loads(_COUNTED.read_text("utf-8"))
    wanted = [entry for entry in counted if sets is None or _set_of(entry) in sets]
    present = [(entry, path) for entry in wanted if (path := _photo(folder, entry["id"])) is not None]
    if not present:
        known = ", ".join(dict.fromkeys(map(_set_of, counted)))
        raise DataSetError(
            f"{folder} holds none of the photos whose people were counted; give the folder that holds the "
            f"sets' own folders ({known}), each with photos/ in it."
        )
    return (_case(entry, path) for entry, path in present[:limit])


def _set_of(entry: dict[str, Any]) -> str:
    return str(entry["id"]).partition("/")[0]


def _photo(folder: Path, name: str) -> Path | None:
    set_name, _, photo = name.partition("/")
    places = (folder / set_name / "photos" / f"{photo}{suffix}" for suffix in PHOTO_SUFFIXES)
    return next((place for place in places if place.is_file()), None)


def _case(entry: dict[str, Any], path: Path) -> PeopleCase:
    photo = read_photo(path)
    size = [photo.extent.width, photo.extent.height]
    if size != entry["size"]:
        raise DataSetError(
            f"{path} is {size[0]} x {size[1]} pixels, but its people were counted at another size; take the "
            "photo as it was published."
        )
    people, hidden, unclear = (
        tuple(Bounds(*box) for box in entry[kind]) for kind in ("people", "hidden", "unclear")
    )
    figure = figure_of(path.parents[1], path.stem) if _set_of(entry) == CLOTHING_CO_PARSING else None
    if figure is not None and figure.shape != photo.pixels.shape[:2]:
        raise DataSetError(f"The labels of {path} have another size than the photo; copy the data set anew.")
    return PeopleCase(entry["id"], photo.pixels, people, hidden, unclear, figure)
