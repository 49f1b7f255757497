"""CelebA, aligned and cropped (Liu et al. 2015), and CelebA-HQ with CelebAMask-HQ (Lee et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from portrait_studio.errors import DataSetError
from trainer.data.converters.faces import FACE_SIDE, packed_five
from trainer.data.converters.reading import (
    DamagedPhotoError,
    Skips,
    packed_sample,
    photo_files,
    read_mask,
    read_photo,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.mappings import CELEBAMASK, code_of
from trainer.data.resizing import shrink_image
from trainer.data.sample import Extras, LabelArray, PointArray, Sample, unknown_keypoints, unknown_labels

NAME: Final = "celeba"
MASK_NAME: Final = "celebamask-hq"

IMAGES: Final = ("img_align_celeba", "Img/img_align_celeba", "img_align_celeba/img_align_celeba")
LANDMARKS: Final = ("list_landmarks_align_celeba.txt", "Anno/list_landmarks_align_celeba.txt")
HQ_IMAGES: Final = "CelebA-HQ-img"
HQ_MASKS: Final = "CelebAMask-HQ-mask-anno"
HQ_ORIGINS: Final = "CelebA-HQ-to-CelebA-mapping.txt"

MASKS_PER_FOLDER: Final = 2000


def read_landmarks(path: Path) -> dict[str, PointArray]:
    """The five landmarks (5, 2) float32 by file name, in the order of `trainer.data.converters.faces`.

    CelebA's "lefteye" is the one on the left of the picture, which is the person's right: its order is ours.

    Raises:
        DataSetError: the file is missing or damaged.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [line.split() for line in lines[2:] if line.strip()]
        return {row[0]: np.array(row[1:], np.float32).reshape(5, 2) for row in rows}
    except (OSError, ValueError, IndexError) as error:
        raise DataSetError(
            f"The landmarks {path} are missing or damaged; download list_landmarks_align_celeba.txt anew."
        ) from error


def read_origins(path: Path) -> dict[str, str]:
    """Id in CelebA by id in CelebA-HQ, so that a photo lies in the same split in both.

    Raises:
        DataSetError: the file is missing or damaged.
    """
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()[1:] if line.strip()]
        return {row[0]: Path(row[2]).stem for row in rows}
    except (OSError, ValueError, IndexError) as error:
        raise DataSetError(f"{path} is missing or damaged; unpack CelebAMask-HQ.zip anew.") from error


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of CelebA: five landmarks, nothing labelled.

    Args:
        source: a folder with `img_align_celeba/*.jpg` and `list_landmarks_align_celeba.txt`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    five = read_landmarks(source.part(*LANDMARKS))
    folders = [folder for folder in IMAGES if any((source.folder / folder).glob("*.jpg"))]
    for path in photo_files(source.part(*(folders or IMAGES)), ".jpg"):
        with skipping(path.stem, skips):
            image = read_photo(path)
            key = f"{source.name}/{path.stem}"
            sample, extras = packed_sample(key, image, unknown_labels(image), unknown_keypoints(), FACE_SIDE)
            points = five.get(path.name)
            if points is None:
                skips.note(path.stem, "no row of landmarks")
            yield sample, {**extras, "five": packed_five(points, image, sample.image)}


def read_parts(folder: Path, number: int) -> LabelArray:
    """Label map (512, 512) uint8 of a photo's masks: one file for each part that is seen.

    Raises:
        DamagedPhotoError: no mask, or one that cannot be read or is of another size.
    """
    stem = folder / str(number // MASKS_PER_FOLDER) / f"{number:05d}"
    codes: LabelArray | None = None
    for part, ours in CELEBAMASK:
        path = stem.with_name(f"{stem.name}_{part}.png")
        if not path.is_file():
            continue
        mask = read_mask(path)
        if codes is None:
            codes = np.zeros(mask.shape, np.uint8)
        if mask.shape != codes.shape:
            raise DamagedPhotoError(f"mask {path.name} has another size than the others")
        codes[mask] = code_of(ours)
    if codes is None:
        raise DamagedPhotoError("no masks")
    return codes


def convert_masked(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of CelebA-HQ, every pixel labelled; ids are those of CelebA.

    Args:
        source: a folder with `CelebA-HQ-img/*.jpg`, `CelebAMask-HQ-mask-anno/0..14/*.png` and
            `CelebA-HQ-to-CelebA-mapping.txt`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    origins = read_origins(source.folder / HQ_ORIGINS)
    for path in photo_files(source.folder / HQ_IMAGES, ".jpg"):
        with skipping(path.stem, skips):
            if path.stem not in origins:
                raise DamagedPhotoError(f"not in {HQ_ORIGINS}")
            image = read_photo(path)
            codes = read_parts(source.folder / HQ_MASKS, int(path.stem))
            # The masks have half the size of the photos.
            small = shrink_image(image, (codes.shape[1], codes.shape[0]))
            key = f"{source.name}/{origins[path.stem]}"
            sample, _ = packed_sample(key, small, codes, unknown_keypoints(), FACE_SIDE)
            yield (
                sample,
                {"original_size": [image.shape[1], image.shape[0]], "hq_id": path.stem, "five": None},
            )
