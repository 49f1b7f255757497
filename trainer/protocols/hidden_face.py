"""Faces of which a part is hidden as users hide it; nothing is known to the program but photo and mask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from trainer.data.face_holes import sample_face_hole
from trainer.data.packs import PackedSet
from trainer.data.resizing import scale_points
from trainer.protocols.case import Case, generator_of, with_landmarks
from trainer.protocols.natural import Sources, at_source_size

KINDS: Final = ("glasses", "eye", "mouth", "cover", "half", "phone", "strand", "forehead")
"""Kinds of holes, in turn; see `face_holes.FACE_HOLES`."""

SMALL: Final = 0.25
"""Size of photos with small faces: most of those of the packs are 45 to 70 pixels high then."""


def hidden_face_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[Case]:
    """Photos of a face with the landmarks of which a hole is drawn.

    Args:
        photos: packed photos, of which those with a mesh are taken.
        limit: at most so many; which ones, the names' hashes decide.
        source: file of each photo id at its original size; None measures at the size of the packs.

    Raises:
        DataSetError: no photo has a mesh, or the file of one is missing.
    """
    for place, index in enumerate(with_landmarks(photos)[:limit]):
        packed, mesh = photos[index], photos.mesh(index)
        assert mesh is not None
        sample = at_source_size(packed, source)
        mesh = scale_points(mesh, packed.labels.shape[::-1], sample.labels.shape[::-1])
        kind = KINDS[place % len(KINDS)]
        height, width = sample.labels.shape
        mask = sample_face_hole(mesh, (height, width), generator_of("hidden-face", sample.key), kind)
        yield Case(sample.photo_id, sample.image, mask, kind=kind)


def small_face_cases(photos: PackedSet, limit: int | None = None, source: Sources = None) -> Iterator[Case]:
    """The same cases at a quarter of their size: faces as in photos of groups; see `hidden_face_cases`."""
    for case in hidden_face_cases(photos, limit, source):
        height, width = (max(1, round(side * SMALL)) for side in case.mask.shape)
        image = cv2.resize(case.image, (width, height), interpolation=cv2.INTER_AREA)
        share = cv2.resize(case.mask, (width, height), interpolation=cv2.INTER_AREA)
        mask = np.where(share > min(127, int(share.max()) - 1), np.uint8(255), np.uint8(0))
        yield replace(case, image=np.asarray(image, np.uint8), mask=mask)
