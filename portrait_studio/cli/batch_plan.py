"""Which photos a batch fills, with which masks, into which files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
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
        no_copy: mask of what is not copied; None = there is none.
        copy_from: mask of what is copied instead of what is near; None = there is none.
    """

    photo: Path
    mask: Path | None
    output: Path
    no_copy: Path | None = None
    copy_from: Path | None = None

    def absolute(self) -> Item:
        """The same for processes that run in other folders."""
        paths = {name: getattr(self, name) for name in ("photo", "mask", "output", "no_copy", "copy_from")}
        return replace(self, **{name: path.absolute() for name, path in paths.items() if path is not None})


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


@dataclass(frozen=True)
class MarkFolders:
    """Folders of masks, named like the photos, that say from where is copied; None = there is none.

    Attributes:
        no_copy: of what is not copied.
        copy_from: of what is copied instead of what is near.
    """

    no_copy: Path | None = None
    copy_from: Path | None = None


def plan_batch(
    photos: Path,
    masks: Path | None,
    output: Path,
    suffix: str | None,
    marks: MarkFolders = MarkFolders(),
) -> BatchPlan:
    """Find photos and masks, and name the results.

    Args:
        photos: folder of photos.
        masks: folder of masks, possibly the same; None when masks come from the parsing map.
        output: folder of results; it need not exist.
        suffix: ending of the results; None = that of each photo where it can be written, else .jpg for .mpo
            and .png for all others.
        marks: folders of marks; photos for which there are none are filled without.

    Raises:
        ImageFileError: a folder is missing, holds no photo, or no mark for any.
        ExportError: results would lie among photos or masks, or have one name.
    """
    no_copy, copy_from = (_marks_in(folder, photos) for folder in (marks.no_copy, marks.copy_from))
    folders = [photos, *(folder for folder in (masks, marks.no_copy, marks.copy_from) if folder is not None)]
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
        mask, *steering = (
            _named_like(photo, each, endings)
            for each, endings in ((by_stem, names), (no_copy, _MASK_ENDINGS), (copy_from, _MASK_ENDINGS))
        )
        items.append(Item(photo, mask, output / f"{photo.stem}{ending}", *steering))
    if not items:
        raise ImageFileError(f"There is no photo in {photos}; give the folder that holds them.")
    _check_names(items)
    for folder, used in (
        (marks.no_copy, [item.no_copy for item in items]),
        (marks.copy_from, [item.copy_from for item in items]),
    ):
        if folder is not None and not any(used):
            raise ImageFileError(f"No mask in {folder} is named like a photo: a.png or a_mask.png for a.jpg.")
    sources = (*found, *named, *no_copy.values(), *copy_from.values())
    return BatchPlan(items, list(dict.fromkeys(sources)), left_out)


def _marks_in(folder: Path | None, photos: Path) -> dict[str, Path]:
    """Masks of a folder by their stems."""
    if folder is None:
        return {}
    if _is_same(folder, photos):
        raise ImageFileError(f"The marks lie among the photos in {folder}; keep them in another folder.")
    return {path.stem: path for path in _pictures(folder)[0]}


def _named_like(photo: Path, by_stem: Mapping[str, Path], endings: Iterable[str]) -> Path | None:
    return next((by_stem[photo.stem + end] for end in endings if photo.stem + end in by_stem), None)


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
