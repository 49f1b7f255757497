"""A case, and which photos of a set can become one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.geometry import Margins
from portrait_studio.networks.conventions import FACE, LABEL_COUNT, OPEN_LABELS, PARTIAL_LABELS
from trainer.data.holes import Mask
from trainer.data.pack_format import MESH_SUFFIX
from trainer.data.packs import PackedSet
from trainer.data.sample import Sample

T = TypeVar("T")

_LEAST_PERSON = 0.01
_LEAST_FACE = 0.0005


@dataclass(frozen=True, eq=False)
class Case:
    """A photo with a hole whose content is known.

    Attributes:
        name: unique among the cases measured together.
        image: (H, W, 3) uint8 RGB, the truth.
        mask: (H, W) uint8, 255 = hole.
        labels: (H, W) uint8 codes, the true parsing map (sets of labels and 255 allowed); None when unknown.
        keypoints: (16, 3) float32 x, y, confidence; None when unknown.
        kind: how the hole was drawn, e.g. "rectangle".
        extension: which rows at each side are asked for as an extension of the canvas; they are hidden too.
        references: other photos, (h, w, 3) uint8 RGB each, that may know what is hidden.
    """

    name: str
    image: NDArray[np.uint8]
    mask: Mask
    labels: NDArray[np.uint8] | None = None
    keypoints: NDArray[np.float32] | None = None
    kind: str = ""
    extension: Margins = field(default_factory=Margins)
    references: tuple[NDArray[np.uint8], ...] = ()


def case_of(sample: Sample, mask: Mask, kind: str) -> Case:
    """The sample with a part of it hidden."""
    return Case(sample.photo_id, sample.image, mask, sample.labels, sample.keypoints, kind)


def first_cases(cases: Iterator[T], limit: int | None, lacking: str) -> Iterator[T]:
    """The first cases of a protocol.

    Args:
        cases: all that there are.
        limit: at most so many.
        lacking: what to say where there is none.

    Raises:
        DataSetError: there is none.
    """
    first = next(cases, None)
    if first is None:
        raise DataSetError(lacking)
    yield from islice(chain((first,), cases), limit)


def measurable(photos: PackedSet, limit: int | None) -> list[int]:
    """Positions of the photos with a person and full labels, in the order of their names' hashes.

    Raises:
        DataSetError: there is none.
    """
    partial = photos.label_shares[:, LABEL_COUNT:].sum(axis=1)
    full = photos.label_shares[:, :LABEL_COUNT].sum(axis=1)
    person = photos.label_shares[:, 1:LABEL_COUNT].sum(axis=1)
    found = np.flatnonzero((partial == 0) & (full > 0.99) & (person > _LEAST_PERSON))
    if not found.size:
        raise DataSetError(
            "No photo of the split has full labels; prepare a set that has, such as clothing-co-parsing."
        )
    return in_order(photos, found)[:limit]


def with_figure(photos: PackedSet, limit: int | None) -> list[int]:
    """Positions of the photos whose every pixel is known to be figure or ground, in the same order.

    Raises:
        DataSetError: there is none.
    """
    undecided = [code for code in OPEN_LABELS if code in PARTIAL_LABELS]
    figure = np.delete(photos.label_shares, [0, *undecided], axis=1).sum(axis=1)
    known = figure + photos.label_shares[:, 0]
    found = np.flatnonzero((known > 0.99) & (figure > _LEAST_PERSON))
    if not found.size:
        raise DataSetError("No photo of the split has a silhouette; prepare a set that has, such as horses.")
    return in_order(photos, found)[:limit]


def with_face(photos: PackedSet) -> list[int]:
    """Positions of the photos with an exactly labelled face or with the landmarks of one, in the same order.

    Raises:
        DataSetError: there is none.
    """
    labelled = photos.label_shares[:, FACE] > _LEAST_FACE
    unlabelled = photos.label_shares.sum(axis=1) == 0
    found = [i for i in range(len(photos)) if labelled[i] or (unlabelled[i] and "five" in photos.extras(i))]
    if not found:
        raise DataSetError(
            "No photo of the split has a known face; prepare a set that has, such as clothing-co-parsing."
        )
    return in_order(photos, np.array(found))


def with_landmarks(photos: PackedSet) -> list[int]:
    """Positions of the photos with the landmarks of a face, in the same order.

    Raises:
        DataSetError: there is none.
    """
    found = [index for index, photo in enumerate(photos.photos) if MESH_SUFFIX in photo.members]
    if not found:
        raise DataSetError(
            "No photo of the split has landmarks of a face; prepare portraits or celebahq anew."
        )
    return in_order(photos, np.array(found))


def in_order(photos: PackedSet, found: NDArray[np.int64]) -> list[int]:
    """Positions sorted by the hashes of the photos' names, so that a limit draws them at random."""
    return sorted(map(int, found), key=lambda index: digest("order", photos.photos[index].key))


def generator_of(protocol: str, key: str) -> np.random.Generator:
    """The source of chance that belongs to one photo "set/id" in one protocol."""
    return np.random.default_rng(digest(protocol, key))


def digest(protocol: str, key: str) -> int:
    """A number from 0 to 2^64 - 1 that belongs to one photo "set/id" in one protocol."""
    return int.from_bytes(hashlib.sha256(f"{protocol}:{key.partition('/')[2]}".encode()).digest()[:8], "big")
