"""Which photos a batch fills, with which masks, into which files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portrait_studio.errors import ExportError, ImageFileError
from portrait_studio.imaging.atomic import make_folder
from portrait_studio.imaging.reading import SUFFIXES_READ
from portrait_studio.imaging.writing import SUFFIXES

_MASK_ENDINGS: Final = ("", "_mask", "-mask")


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


def plan_batch(photos: Path, masks: Path | None, output: Path, suffix: str | None) -> list[Item]:
    """Find photos and masks, and name the results.

    Args:
        photos: folder of photos.
        masks: folder of masks, possibly the same; None when masks come from the parsing map.
        output: folder of results, made if it does not exist.
        suffix: ending of the results; None = that of each photo where it can be written, else .png.

    Raises:
        ImageFileError: a folder is missing or holds no photo.
        ExportError: results would overwrite photos or each other, or the folder cannot be made.
    """
    for folder in (photos, masks):
        if folder is not None and not folder.is_dir():
            raise ImageFileError(f"There is no folder {folder}; check the name.")
    if output.resolve() in {photos.resolve(), *({masks.resolve()} if masks is not None else ())}:
        raise ExportError(f"The results would lie among the sources in {output}; choose another folder.")
    by_stem = {} if masks is None else {p.stem: p for p in _pictures(masks)}
    shared = masks is not None and masks.resolve() == photos.resolve()
    items = []
    for photo in _pictures(photos):
        if shared and photo.stem.endswith(_MASK_ENDINGS[1:]):
            continue
        ending = suffix or (photo.suffix if photo.suffix.lower() in SUFFIXES else ".png")
        names = _MASK_ENDINGS[1:] if shared else _MASK_ENDINGS
        mask = next((by_stem[photo.stem + n] for n in names if photo.stem + n in by_stem), None)
        items.append(Item(photo, mask, output / f"{photo.stem}{ending}"))
    if not items:
        raise ImageFileError(f"There is no photo in {photos}; give the folder that holds them.")
    _check_names(items)
    make_folder(output)
    return items


def _pictures(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES_READ and p.is_file())


def _check_names(items: Iterable[Item]) -> None:
    seen: dict[str, Path] = {}
    for item in items:
        # Not every file system tells capitals from small letters.
        other = seen.setdefault(item.output.name.lower(), item.photo)
        if other is not item.photo:
            raise ExportError(
                f"{other.name} and {item.photo.name} would both become {item.output.name}; rename one,"
                " or use --format same."
            )
