"""Clothing Co-Parsing (Yang et al. 2014): street photos with 59 classes, as the 18 labels of ATR."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import scipy.io
import scipy.ndimage
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import LABELS
from trainer.data.converters.reading import (
    DamagedPhotoError,
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
from trainer.data.limbs import arm_bones, face_bones, leg_bones, split_by_limb, split_shoes
from trainer.data.mappings import (
    CCP,
    CCP_GARMENTS,
    CCP_NEAREST,
    CCP_ON_ARMS,
    CCP_ON_LEGS,
    CCP_OPTIONAL,
    CCP_SHOES,
    CCP_SKIN,
    CCP_SUIT,
    code_of,
)
from trainer.data.poses import DetectedPose
from trainer.data.sample import Extras, LabelArray, PointArray, Sample, unknown_labels

NAME: Final = "clothing-co-parsing"

CLASS_COUNT: Final = 59

UNUSABLE: Final = {"0536": "its labels are all background", "1707": "the same photo as 0025"}

_UPPER, _PANTS = LABELS.index("upper-clothes"), LABELS.index("pants")
_PENDING: Final = 254


def class_names(path: Path) -> tuple[str, ...]:
    """Names of the 59 classes in the order of their numbers, from `label_list.mat`.

    Raises:
        DataSetError: the file is missing, damaged, or names a class that this converter does not know.
    """
    try:
        cells = scipy.io.loadmat(path)["label_list"].ravel()
        names = tuple(str(cell.item() if isinstance(cell, np.ndarray) else cell) for cell in cells)
    except (OSError, ValueError, KeyError) as error:
        raise DataSetError(
            f"The class names {path} are missing or damaged; copy the data set anew."
        ) from error
    known = CCP.keys() | CCP_SHOES | CCP_ON_ARMS | CCP_ON_LEGS | CCP_NEAREST | {CCP_SKIN, CCP_SUIT}
    unknown = [name for name in names if name not in known]
    if unknown or len(names) != CLASS_COUNT:
        raise DataSetError(
            f"{path} does not name the 59 classes of Clothing Co-Parsing (unknown: {unknown})."
        )
    return names


def to_atr(classes: LabelArray, names: tuple[str, ...], landmarks: PointArray) -> LabelArray:
    """The 18 labels of ATR for a map of the set's classes.

    Args:
        classes: (h, w) uint8 class numbers 0-58.
        names: name of each class number.
        landmarks: (33, 3) float32 BlazePose of the same photo, in its pixels.

    Returns:
        (h, w) uint8 labels 0-17; left and right are the person's own.
    """
    labels = _direct(classes, names)
    arms, legs = arm_bones(landmarks), leg_bones(landmarks)
    for group, bones in (
        ({CCP_SKIN}, face_bones(landmarks) + arms + legs),
        (CCP_ON_ARMS, arms),
        (CCP_ON_LEGS, legs),
    ):
        mask = _mask_of(classes, names, group)
        labels[mask] = split_by_limb(mask, bones)[mask]
    shoes = _mask_of(classes, names, CCP_SHOES)
    labels[shoes] = split_shoes(shoes, landmarks)[shoes]
    _fill_suit(labels, _mask_of(classes, names, {CCP_SUIT}), landmarks)
    _fill_nearest(labels)
    return labels


def _direct(classes: LabelArray, names: tuple[str, ...]) -> LabelArray:
    table: LabelArray = np.full(256, _PENDING, np.uint8)
    for number, name in enumerate(names):
        if name in CCP:
            table[number] = code_of(CCP[name])
    return np.asarray(table[classes], np.uint8)


def _mask_of(
    classes: LabelArray, names: tuple[str, ...], group: frozenset[str] | set[str]
) -> NDArray[np.bool_]:
    return np.isin(classes, [number for number, name in enumerate(names) if name in group])


def _fill_suit(labels: LabelArray, suit: NDArray[np.bool_], landmarks: PointArray) -> None:
    """Jacket above the line through the hips, trousers below."""
    hip_y = (landmarks[23, 1] + landmarks[24, 1]) / 2
    below = np.arange(labels.shape[0])[:, None] + 0.5 > hip_y
    labels[suit & ~below] = _UPPER
    labels[suit & below] = _PANTS


def _fill_nearest(labels: LabelArray) -> None:
    """Give the pixels that are still pending the label of the nearest pixel of the person."""
    pending = labels == _PENDING
    person = ~pending & (labels != 0)
    if not pending.any():
        return
    if not person.any():
        labels[pending] = 0
        return
    rows, columns = scipy.ndimage.distance_transform_edt(~person, return_distances=False, return_indices=True)
    labels[pending] = labels[rows[pending], columns[pending]]


def _read_classes(path: Path) -> LabelArray:
    try:
        classes = np.asarray(scipy.io.loadmat(path)["groundtruth"])
    except Exception as error:  # scipy raises many kinds for a damaged file
        raise DamagedPhotoError(f"labels cannot be read ({type(error).__name__})") from error
    if classes.ndim != 2 or classes.max() >= CLASS_COUNT:
        raise DamagedPhotoError("labels are not a map of the 59 classes")
    return classes.astype(np.uint8)


def figure_of(folder: Path, photo_id: str) -> NDArray[np.bool_] | None:
    """Where a photo of the set shows the person whom it is of.

    Args:
        folder: the set's own folder.
        photo_id: name of the photo without suffix.

    Returns:
        (h, w) bool at the photo's size, true on the person with all that she wears and carries; None where
        the photo is not labelled or its labels are of no use.

    Raises:
        DataSetError: the class names or the labels are missing or damaged.
    """
    path = _annotation(folder, photo_id)
    if photo_id in UNUSABLE or not path.is_file():
        return None
    names = class_names(folder / "label_list.mat")
    try:
        classes = _read_classes(path)
    except DamagedPhotoError as error:
        raise DataSetError(f"{path}: {error}; copy the data set anew.") from error
    background = [number for number, name in enumerate(names) if CCP.get(name) == LABELS[0]]
    return ~np.isin(classes, background)


def _annotation(folder: Path, photo_id: str) -> Path:
    return folder / "annotations" / "pixel-level" / f"{photo_id}.mat"


def shown_labels(tags: Collection[str]) -> list[str] | None:
    """Names of the labels that a photo may show, in their order, by its tags (names of the set's classes).

    None when the tags name no garment: then they say nothing of what is missing.
    """
    tagged = {CCP.get(tag, "") for tag in tags}
    if CCP_SUIT in tags:
        tagged |= {"upper-clothes", "pants"}
    if not tagged & CCP_GARMENTS:
        return None
    return [label for label in LABELS if label in tagged or label not in CCP_OPTIONAL]


def _read_tags(path: Path, names: tuple[str, ...]) -> list[str]:
    """Names of the classes that an `image-level` file lists; none when there is no file."""
    if not path.is_file():
        return []
    try:
        return [names[int(number)] for number in np.asarray(scipy.io.loadmat(path)["tags"]).ravel()]
    except Exception as error:  # scipy raises many kinds for a damaged file
        raise DamagedPhotoError(f"tags cannot be read ({type(error).__name__})") from error


def convert(source: Source, skips: Skips) -> Iterator[tuple[Sample, Extras]]:
    """Samples of the set: the 18 labels where photos are labelled, silhouettes and tags elsewhere.

    Args:
        source: a folder with `photos/`, `annotations/pixel-level/` and `image-level/`, `label_list.mat`,
            `blazepose.json` and `silhouettes.zip`.
        skips: receives what is left out.

    Raises:
        DataSetError: the layout is not that of the set.
    """
    names = class_names(source.folder / "label_list.mat")
    poses = source.poses(required=True)
    files = photo_files(source.folder / "photos", ".jpg")
    with closing(Silhouettes(source.folder / "silhouettes.zip")) as silhouettes:
        for path in files:
            with skipping(path.stem, skips):
                yield _sample(source, path, names, poses.get(path.stem), silhouettes)


def _sample(
    source: Source, path: Path, names: tuple[str, ...], pose: DetectedPose | None, silhouettes: Silhouettes
) -> tuple[Sample, Extras]:
    if path.stem in UNUSABLE:
        raise DamagedPhotoError(UNUSABLE[path.stem])
    image = read_photo(path)
    keypoints = pose_keypoints(pose, image)
    annotation = _annotation(source.folder, path.stem)
    shown = None
    if annotation.is_file():
        if pose is None:
            raise DamagedPhotoError("labelled, but without the pose that tells left from right")
        classes = _read_classes(annotation)
        require_same_size(classes, image)
        labels = to_atr(classes, names, pose.landmarks)
    else:
        silhouette = silhouettes.codes(path.stem)
        labels = unknown_labels(image) if silhouette is None else silhouette
        tags = _read_tags(source.folder / "annotations" / "image-level" / f"{path.stem}.mat", names)
        shown = shown_labels(tags)
    sample, extras = packed_sample(f"{source.name}/{path.stem}", image, labels, keypoints, source.long_side)
    return sample, extras if shown is None else {**extras, "shown": shown}
