"""The sets that know poses and silhouettes only: fashion550k (some with white borders) and lip (crops)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.imaging.geometry import Bounds, Extent
from trainer.data.converters.reading import (
    Silhouettes,
    Skips,
    packed_sample,
    photo_files,
    pose_keypoints,
    read_photo,
    require_same_size,
    skipping,
)
from trainer.data.converters.source import Source
from trainer.data.poses import DetectedPose, forget_outside
from trainer.data.sample import Extras, ImageArray, LabelArray, PointArray, Sample, unknown_labels

FASHION550K: Final = "fashion550k"
LIP: Final = "lip"

_WHITE: Final = 244
_WHITE_SHARE: Final = 0.9
_PICTURE_SHARE: Final = 0.5
_EDGE_LINES: Final = 4
_FRAME_LINES: Final = 3


def white_borders(image: ImageArray) -> Bounds:
    """The part of a photo (h, w, 3) uint8 inside its white borders.

    A border starts at a side (or beneath a frame of one or two lines there) with a line that is almost
    white, and ends abruptly: within four lines less than half of the pixels are white. A white studio
    wall, which gives way to the person gradually, is no border.
    """
    white: NDArray[np.bool_] = image.min(axis=2) >= _WHITE
    top, bottom = _border(white.mean(axis=1)), _border(white.mean(axis=1)[::-1])
    inner = white[top : white.shape[0] - bottom]
    left, right = _border(inner.mean(axis=0)), _border(inner.mean(axis=0)[::-1])
    return Bounds(left, top, white.shape[1] - right, white.shape[0] - bottom)


def _border(white_shares: NDArray[np.float64]) -> int:
    """Number of border lines at the start of a list of white shares per line; at most a third of all."""
    begun = np.flatnonzero(white_shares[:_FRAME_LINES] >= _WHITE_SHARE)
    if not len(begun):
        return 0
    rest = white_shares[begun[0] : len(white_shares) // 3]
    picture = np.flatnonzero(rest < _PICTURE_SHARE)
    if not len(picture):
        return 0
    last_white = int(np.flatnonzero(rest[: picture[0]] >= _WHITE_SHARE)[-1])
    abrupt = picture[0] - last_white <= _EDGE_LINES
    return int(begun[0] + picture[0]) if abrupt else 0


def _cropped(
    image: ImageArray, labels: LabelArray, keypoints: PointArray, part: Bounds
) -> tuple[ImageArray, LabelArray, PointArray]:
    moved = keypoints - np.array([part.left, part.top, 0], np.float32)
    moved[keypoints[:, 2] == 0] = 0
    return image[part.slices], labels[part.slices], forget_outside(moved, part.width, part.height)


def _samples(source: Source, skips: Skips, *, crop: bool) -> Iterator[tuple[Sample, Extras]]:
    poses = source.poses(required=True)
    files = photo_files(source.folder / "photos", ".webp")
    with closing(Silhouettes(source.folder / "silhouettes.zip")) as silhouettes:
        for path in files:
            with skipping(path.stem, skips):
                yield _sample(source.name, path, poses.get(path.stem), silhouettes, crop=crop)


def _sample(
    name: str, path: Path, pose: DetectedPose | None, silhouettes: Silhouettes, *, crop: bool
) -> tuple[Sample, Extras]:
    image = read_photo(path)
    keypoints = pose_keypoints(pose, image)
    silhouette = silhouettes.codes(path.stem)
    labels = unknown_labels(image) if silhouette is None else silhouette
    require_same_size(labels, image)
    part = white_borders(image) if crop else Bounds.of(Extent(image.shape[1], image.shape[0]))
    return packed_sample(f"{name}/{path.stem}", *_cropped(image, labels, keypoints, part))


def convert_fashion550k(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of fashion550k without its white borders; labels are 0 and "any part of the person".

    Args:
        source: a folder with `photos/*.webp`, `blazepose.json`, `silhouettes.zip`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    return _samples(source, skips, crop=True)


def convert_lip(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the crops of LIP; the same layout as fashion550k."""
    return _samples(source, skips, crop=False)
