"""Cases from a folder of photos with masks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.reading import read_photo
from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT
from trainer.data.converters.reading import DamagedPhotoError, read_codes
from trainer.data.pack_format import CODE_COUNT
from trainer.protocols.case import Case

MASK_SUFFIX = "_mask.png"
LABELS_SUFFIX = "_labels.png"
PHOTO_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")


def folder_cases(folder: Path, limit: int | None = None) -> Iterator[Case]:
    """Photos NAME.png (or JPEG, WebP, TIFF) of any size with NAME_mask.png, perhaps NAME_labels.png.

    Args:
        folder: where they lie.
        limit: at most so many, in the order of their names.

    Raises:
        DataSetError: there are none, or one does not fit together.
        ImageFileError: one cannot be read.
    """
    masks = sorted(folder.glob(f"*{MASK_SUFFIX}"))
    if not masks:
        raise DataSetError(
            f"No cases in {folder}; put photos NAME.png and their masks NAME{MASK_SUFFIX} there."
        )
    for path in masks[:limit]:
        yield _read_case(path, path.name.removesuffix(MASK_SUFFIX))


def _read_case(mask_path: Path, name: str) -> Case:
    candidates = [mask_path.with_name(name + suffix) for suffix in PHOTO_SUFFIXES]
    photo_path = next((path for path in candidates if path.is_file()), None)
    if photo_path is None:
        raise DataSetError(
            f"There is a mask {mask_path} but no photo {candidates[0].name} beside it; add the photo."
        )
    image, mask = (in_8_bits(read_photo(path).pixels) for path in (photo_path, mask_path))
    mask = np.where(mask.max(axis=2) > 127, 255, 0).astype(np.uint8)
    labels_path = mask_path.with_name(name + LABELS_SUFFIX)
    labels = _read_labels(labels_path) if labels_path.is_file() else None
    for other, path in ((mask, mask_path), (labels, labels_path)):
        if other is not None and other.shape != image.shape[:2]:
            raise DataSetError(f"{path} has another size than {photo_path}; make both the same size.")
    if not mask.any() or mask.all():
        raise DataSetError(f"{mask_path} must hide a part of the photo, neither nothing nor all of it.")
    return Case(name, image, mask, labels, None, "given")


def _read_labels(path: Path) -> NDArray[np.uint8]:
    try:
        codes = read_codes(path)
    except DamagedPhotoError as error:
        raise DataSetError(f"{path}: {error}; write it as an indexed or grey 8-bit PNG.") from error
    unknown = codes[(codes >= CODE_COUNT) & (codes != IGNORE_LABEL)]
    if unknown.size:
        raise DataSetError(
            f"{path} holds {int(unknown.max())}, which is no label; write 0 to {LABEL_COUNT - 1}, and "
            f"{IGNORE_LABEL} where it is not known."
        )
    return codes
