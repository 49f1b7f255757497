"""Finds the picture that is meant among the several that a TIFF file may hold."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tifffile import TiffFile, TiffPage

from portrait_studio.errors import ImageFileError
from portrait_studio.imaging.decoding import MOST_PAGES, check_page

_CFA, _LINEAR_RAW = 32803, 34892
_DNG_VERSION: Final = 50706
_SUBFILE_TYPE: Final = 255
_REDUCED, _MASK = 1, 4
"""Bits of NewSubfileType."""
_OLD_REDUCED: Final = 2
_SAME_SHAPE: Final = 0.03
_PREVIEW_SHARE: Final = 0.25

# Its warnings are no sentences for a user, and whatever is wrong with the pixels raises.
logging.getLogger("tifffile").setLevel(logging.CRITICAL + 1)


class HoldsRawError(Exception):
    """The file is not to be decoded but developed."""


@dataclass(frozen=True, eq=False)
class Pages:
    """What a TIFF file holds.

    Attributes:
        main: the picture to edit.
        first: the directory that describes the photo: the file's first one, although its picture may be a
            preview, or that of a page that was chosen.
        number: of the picture among those that can be chosen, from 1.
        count: how many can be chosen: all that are neither previews nor masks.
    """

    main: TiffPage
    first: TiffPage
    number: int
    count: int


def find_pages(file: TiffFile, path: Path, page: int | None = None) -> Pages:
    """Choose the first picture that is no preview; where a preview is not marked as one, its size tells.

    Args:
        file: whose directories are read.
        path: where it is from.
        page: number of the picture, from 1, to choose another one; see `Pages.count`.

    Raises:
        HoldsRawError: it is a raw photo in the clothes of a TIFF file, as those of most cameras are.
        ImageFileError: there is no picture, or none of that number.
    """
    pages = _all_pages(file)
    if not pages:
        raise ImageFileError("{path} is damaged or cut off; fetch the file again from its source.", path=path)
    if any(_is_raw(each) for each in pages):
        raise HoldsRawError
    whole = [each for each in pages if not _flags(each) & (_REDUCED | _MASK)]
    if not whole:
        whole = [max(pages, key=_area)]
    main = next((each for each in whole[1:] if _is_preview_of(whole[0], each)), whole[0])
    pictures = [each for each in whole if each is main or not _is_preview_of(each, main)]
    if page is None:
        return Pages(main, pages[0], pictures.index(main) + 1, len(pictures))
    check_page(page, len(pictures), path)
    chosen = pictures[page - 1]
    return Pages(chosen, pages[0] if chosen is main else chosen, page, len(pictures))


def count_pages(path: Path) -> int:
    """How many pictures a TIFF file holds of which one can be chosen; 1 where reading it will say why not."""
    try:
        with TiffFile(path) as file:
            return find_pages(file, path).count
    except Exception:
        # A raw photo has one, and tifffile raises nearly every type there is on damaged data.
        return 1


def _all_pages(file: TiffFile) -> list[TiffPage]:
    """Directories in the order of the file, each followed by those below it, as far as they can be read."""
    found: list[TiffPage] = []
    # A damaged directory behind a sound picture does not hide it.
    with suppress(Exception):
        for page in file.pages:
            if not isinstance(page, TiffPage) or len(found) >= MOST_PAGES:
                break
            found.append(page)
            with suppress(Exception):
                found += [below for below in page.pages or () if isinstance(below, TiffPage)]
    return found[:MOST_PAGES]


def _flags(page: TiffPage) -> int:
    old = page.tags.get(_SUBFILE_TYPE)
    is_old_reduced = old is not None and old.value == _OLD_REDUCED
    return int(page.subfiletype) | (_REDUCED if is_old_reduced else 0)


def _is_raw(page: TiffPage) -> bool:
    return int(page.photometric or 0) in (_CFA, _LINEAR_RAW) or _DNG_VERSION in page.tags


def _area(page: TiffPage) -> int:
    return int(page.imagewidth) * int(page.imagelength)


def _is_preview_of(small: TiffPage, page: TiffPage) -> bool:
    """Whether one picture has the shape of another and is a small part of its size."""
    if min(_area(small), _area(page)) <= 0 or _area(small) > _PREVIEW_SHARE * _area(page):
        return False
    shapes = (float(one.imagewidth) / float(one.imagelength) for one in (small, page))
    first, second = shapes
    return abs(first / second - 1) <= _SAME_SHAPE
