"""Reading the files of a data set: a photo that cannot be used is noted, a wrong layout is an error."""

from __future__ import annotations

import zipfile
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from portrait_studio.errors import DataSetError
from trainer.data.mappings import LabelTable, code_of, codes_of
from trainer.data.poses import DetectedPose, forget_outside, lip_from_blazepose
from trainer.data.resizing import fitted_size, scale_points, shrink_image, shrink_labels
from trainer.data.sample import Extras, ImageArray, LabelArray, PointArray, Sample, unknown_keypoints

BODY_SIDE: Final = 400
"""Longest side of packed photos of bodies, in pixels."""

PERSON: Final = code_of("any-part")
"""Code "any part of the person"."""

PHOTO_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")


class Skips:
    """What a converter leaves out, with the reason by photo id; and what it keeps with a part missing."""

    def __init__(self) -> None:
        self.reasons: dict[str, str] = {}
        self.notes: dict[str, str] = {}

    def add(self, photo_id: str, reason: str) -> None:
        """Note that a photo is left out."""
        self.reasons[photo_id] = reason

    def note(self, photo_id: str, remark: str) -> None:
        """Note that a photo is kept although something about it is missing or damaged."""
        self.notes[photo_id] = remark


class DamagedPhotoError(Exception):
    """A single photo or annotation cannot be read; the converter skips it."""


@contextmanager
def skipping(photo_id: str, skips: Skips) -> Iterator[None]:
    """Note the photo as left out when the block finds it damaged."""
    try:
        yield
    except DamagedPhotoError as error:
        skips.add(photo_id, str(error))


def require_folder(folder: Path) -> Path:
    """The folder itself; DataSetError when it does not exist."""
    if not folder.is_dir():
        raise DataSetError(
            f"The folder {folder} is missing; give the folder that holds the data set as SOURCE."
        )
    return folder


def photo_files(folder: Path, *suffixes: str) -> list[Path]:
    """Files of a folder with one of the suffixes (".jpg"), by name; DataSetError when there are none."""
    files = sorted(path for path in require_folder(folder).iterdir() if path.suffix.lower() in suffixes)
    if not files:
        raise DataSetError(f"No photos ({', '.join(suffixes)}) in {folder}; the data set is incomplete.")
    return files


def note_orphans(folder: Path, suffix: str, photo_ids: Container[str], skips: Skips) -> None:
    """Note annotation files of a folder that belong to no photo."""
    for path in sorted(folder.glob(f"*{suffix}")):
        if path.stem not in photo_ids:
            skips.add(path.stem, "annotation without its photo")


def read_photo(path: Path, *, upright: bool = False) -> ImageArray:
    """Photo (h, w, 3) uint8 RGB, as stored or turned upright as its EXIF says.

    The annotations of public sets are in stored pixels, so only photos of one's own are turned.
    """
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
        flags = cv2.IMREAD_COLOR | (0 if upright else cv2.IMREAD_IGNORE_ORIENTATION)
        image = cv2.imdecode(data, flags) if data.size else None
    except (OSError, cv2.error) as error:
        raise DamagedPhotoError(f"photo cannot be read ({error})") from error
    if image is None:
        raise DamagedPhotoError("photo cannot be decoded")
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def read_codes(path: Path) -> LabelArray:
    """Label PNG (h, w) uint8: the stored numbers (palette indices, grey values, 0 / 1)."""
    try:
        with Image.open(path) as image:
            if image.mode not in ("1", "L", "P"):
                raise DamagedPhotoError(f"label map is {image.mode} instead of one channel")
            return np.array(image, np.uint8)
    except (OSError, UnidentifiedImageError) as error:
        raise DamagedPhotoError("label map is missing or cannot be read") from error


def read_mask(path: Path) -> NDArray[np.bool_]:
    """Black and white picture (h, w), of one channel or three, as True where it is white."""
    try:
        with Image.open(path) as image:
            return np.array(image.convert("L")) > 127
    except (OSError, UnidentifiedImageError) as error:
        raise DamagedPhotoError(f"mask {path.name} cannot be read") from error


def apply_table(numbers: LabelArray, table: LabelTable) -> LabelArray:
    """Our codes (h, w) uint8 for a map of a set's class numbers (h, w) uint8.

    Raises:
        DamagedPhotoError: a number that the table does not have.
    """
    if numbers.max(initial=0) >= len(table):
        raise DamagedPhotoError(f"label map holds the number {numbers.max()} instead of 0-{len(table) - 1}")
    return np.asarray(codes_of(table)[numbers], np.uint8)


class Silhouettes:
    """The 1-bit masks of a `silhouettes.zip`: NAME.png, white = person."""

    def __init__(self, path: Path) -> None:
        """Open the archive; DataSetError when it is missing or damaged."""
        try:
            self._archive = zipfile.ZipFile(path)
        except OSError as error:
            raise DataSetError(
                f"The silhouettes {path} are missing; copy the data set anew with this file."
            ) from error
        except zipfile.BadZipFile as error:
            raise DataSetError(f"The silhouettes {path} are damaged; copy the data set anew.") from error
        self._names = set(self._archive.namelist())

    def codes(self, photo_id: str) -> LabelArray | None:
        """Label map (h, w) uint8 with 0 and "any part of the person"; None without a silhouette."""
        name = f"{photo_id}.png"
        if name not in self._names:
            return None
        try:
            with self._archive.open(name) as file, Image.open(file) as image:
                mask: NDArray[np.bool_] = np.array(image) > 0
        except (OSError, UnidentifiedImageError, zipfile.BadZipFile) as error:
            raise DamagedPhotoError("silhouette cannot be read") from error
        return np.where(mask, np.uint8(PERSON), np.uint8(0)).astype(np.uint8)

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


def require_same_size(labels: LabelArray, image: ImageArray) -> None:
    """DamagedPhotoError when a label map (h, w) does not fit its photo (h, w, 3)."""
    if labels.shape != image.shape[:2]:
        raise DamagedPhotoError(
            f"label map is {labels.shape[::-1]}, photo {image.shape[1::-1]} (width, height)"
        )


def pose_keypoints(pose: DetectedPose | None, image: ImageArray) -> PointArray:
    """LIP's keypoints (16, 3) of a photo (h, w, 3) from its detected pose; all unknown without one."""
    if pose is None:
        return unknown_keypoints()
    if pose.size != (image.shape[1], image.shape[0]):
        raise DamagedPhotoError(f"pose belongs to a photo of {pose.size}, photo is {image.shape[1::-1]}")
    return forget_outside(lip_from_blazepose(pose.landmarks), image.shape[1], image.shape[0])


def packed_sample(
    key: str, image: ImageArray, labels: LabelArray, keypoints: PointArray, long_side: int = BODY_SIDE
) -> tuple[Sample, Extras]:
    """Sample at training size from a photo (h, w, 3), codes (h, w) and keypoints (16, 3) at its own size."""
    size = (image.shape[1], image.shape[0])
    new_size = fitted_size(*size, long_side)
    require_same_size(labels, image)
    sample = Sample(
        key,
        shrink_image(image, new_size),
        shrink_labels(labels, new_size),
        scale_points(keypoints, size, new_size),
    )
    return sample, {"original_size": list(size)}
