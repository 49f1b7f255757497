"""Any folder of photos: nothing is labelled; poses where another model wrote some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from portrait_studio.errors import DataSetError
from trainer.data.converters.reading import (
    PHOTO_SUFFIXES,
    DamagedPhotoError,
    Skips,
    packed_sample,
    pose_keypoints,
    read_photo,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.sample import Extras, Sample, unknown_labels

NAME: Final = "photos"

SMALLEST_SIDE: Final = 64


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of all photos in the folder and its subfolders, turned upright as their EXIF says.

    A photo's id is its path without suffix, dots in it replaced by "_"; its pose goes by the same id.

    Args:
        source: a folder of photos, `blazepose.json` in it or named.
        skips: receives what is left out.

    Raises:
        DataSetError: there are no photos, or the poses are damaged.
    """
    poses = source.poses()
    folder = source.folder
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PHOTO_SUFFIXES)
    if not files:
        raise DataSetError(f"No photos ({', '.join(PHOTO_SUFFIXES)}) in {folder}; give the folder with them.")
    seen: set[str] = set()
    for path in files:
        original_id = path.relative_to(folder).with_suffix("").as_posix()
        photo_id = original_id.replace(".", "_")
        with skipping(path.relative_to(folder).as_posix(), skips):
            if photo_id in seen:
                raise DamagedPhotoError("another file has the same name but for its suffix or a dot")
            image = read_photo(path, upright=True)
            if min(image.shape[:2]) < SMALLEST_SIDE:
                raise DamagedPhotoError(f"smaller than {SMALLEST_SIDE} pixels")
            pose = poses.get(original_id, poses.get(photo_id))
            seen.add(photo_id)
            key = f"{source.name}/{photo_id}"
            yield packed_sample(
                key, image, unknown_labels(image), pose_keypoints(pose, image), source.long_side
            )
