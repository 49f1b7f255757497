"""Which photos a batch fills, with which masks, into which files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portrait_studio.errors import ExportError, ImageFileError
from portrait_studio.imaging.formats import SUFFIXES
from portrait_studio.imaging.reading import SUFFIXES_READ

_MASK_ENDINGS: Final = ("", "_mask", "-mask")
_NAMED: Final = 5
"""How many files that were left out are named."""


@dataclass(frozen=True)
class Item:
    """One photo of a batch.

    Attributes:
        photo: the file; it is not changed.
        mask: its mask; None when there is none, or when masks come from the parsing map.
        output: file to write.
    """

    photo: Path
    mask: Path | None
    output: Path


@dataclass(frozen=True)
class BatchPlan:
    """What a batch does.

    Attributes:
        items: the photos, at least one.
        sources: all photos and masks in the folders.
        left_out: names of files among the photos that are none, by their names; hidden ones are not counted.
    """

    items: list[Item]
    sources: list[Path]
    left_out: list[str]

    @property
    def notices(self) -> list[str]:
        """Sentences for the user."""
        if not self.left_out:
            return []
        names, more = ", ".join(self.left_out[:_NAMED]), len(self.left_out) - _NAMED
        others = f" and {more} more" if more > 0 else ""
        return [f"Left out what is no photo by its name: {names}{others}."]


def plan_batch(photos: Path, masks: Path | None, output: Path, suffix: str | None) -> BatchPlan:
    """Find photos and masks, and name the results.

    Args:
        photos: folder of photos.
        masks: folder of masks, possibly the same; None when masks come from the parsing map.
        output: folder of results; it need not exist.
        suffix: ending of the results; None = that of each photo where it can be written, else .jpg for .mpo
            and .png for all others.

    Raises:
        ImageFileError: a folder is missing or holds no photo.
        ExportError: results would lie among photos or masks, or have one name.
    """
    folders = [photos, *([] if masks is None else [masks])]
    if any(_is_same(output, folder) for folder in folders):
        raise ExportError(f"The results would lie among the sources in {output}; choose another folder.")
    found, left_out = _pictures(photos)
    named = found if masks is None else _pictures(masks)[0]
    by_stem = {} if masks is None else {path.stem: path for path in named}
    shared = masks is not None and _is_same(masks, photos)
    items = []
    for photo in found:
        if shared and photo.stem.endswith(_MASK_ENDINGS[1:]):
            continue
        ending = suffix or _ending(photo)
        names = _MASK_ENDINGS[1:] if shared else _MASK_ENDINGS
        mask = next((by_stem[photo.stem + n] for n in names if photo.stem + n in by_stem), None)
        items.append(Item(photo, mask, output / f"{photo.stem}{ending}"))
    if not items:
        raise ImageFileError(f"There is no photo in {photos}; give the folder that holds them.")
    _check_names(items)
    return BatchPlan(items, list(dict.fromkeys((*found, *named))), left_out)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _ending(photo: Path) -> str:
    suffix = photo.suffix.lower()
    if suffix in SUFFIXES:
        return photo.suffix
    # Two JPEG photos in one file, of which the first is read.
    return ".jpg" if suffix == ".mpo" else ".png"


def _pictures(folder: Path) -> tuple[list[Path], list[str]]:
    """Photos of a folder, by their names, and the names of what else is there; nothing hidden."""
    try:
        shown = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        photos = [path for path in shown if path.suffix.lower() in SUFFIXES_READ and path.is_file()]
        others = [path.name for path in shown if path not in set(photos) and not path.is_dir()]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ImageFileError(f"There is no folder {folder}; check the name.") from error
    except OSError as error:
        raise ImageFileError(
            f"The folder {folder} cannot be read ({error.strerror}); choose another one."
        ) from error
    return photos, others


def _check_names(items: Iterable[Item]) -> None:
    seen: dict[str, Path] = {}
    for item in items:
        # Not every file system tells capitals from small letters.
        other = seen.setdefault(item.output.name.casefold(), item.photo)
        if other is not item.photo:
            kept = {f"{photo.stem}{_ending(photo)}".casefold() for photo in (other, item.photo)}
            # Their own formats may be one and the same: then that option would only repeat the sentence.
            advice = "rename one, or use --format same" if len(kept) > 1 else "rename one"
            raise ExportError(
                f"{other.name} and {item.photo.name} would both become {item.output.name}; {advice}."
            )
