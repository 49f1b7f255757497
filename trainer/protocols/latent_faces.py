"""Protocol `latent-faces`: aligned faces of 64 x 64 pixels with the holes of Qiang et al. 2019 (their 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from portrait_studio.networks.dcgan import FACE_GENERATOR_SIDE
from trainer.data.holes import Mask
from trainer.data.packs import PackedSet
from trainer.data.tight_faces import face_in, tightly_aligned
from trainer.protocols.case import Case, generator_of, with_landmarks

LATENT_FACES: Final = "latent-faces"
"""Name of the protocol."""

_SIDE: Final = FACE_GENERATOR_SIDE
_SHARES: Final = (20, 40, 60, 80)
_QUARTER, _HALF = _SIDE // 4, _SIDE // 2
_STANDARD: Final[dict[str, tuple[slice, slice]]] = {
    "centre": (slice(_QUARTER, -_QUARTER), slice(_QUARTER, -_QUARTER)),
    "left half": (slice(None), slice(0, _HALF)),
    "upper half": (slice(0, _HALF), slice(None)),
    "lower half": (slice(_HALF, None), slice(None)),
}
"""Rows and columns of each fixed hole: figures 8 and 9 show such; their exact sizes are not stated."""

KINDS: Final = (*(f"random {share} %" for share in _SHARES), *_STANDARD)


def latent_face_cases(photos: PackedSet, limit: int | None = None) -> Iterator[Case]:
    """Every face with every kind of hole.

    Args:
        photos: packed photos, of which those with landmarks are taken.
        limit: at most so many faces; which ones, the names' hashes decide.

    Raises:
        DataSetError: no photo has landmarks.
    """
    for index in with_landmarks(photos)[:limit]:
        mesh = photos.mesh(index)
        assert mesh is not None
        face = face_in(photos[index], tightly_aligned(mesh))
        for kind in KINDS:
            rng = generator_of(f"{LATENT_FACES} {kind}", face.key)
            yield Case(f"{face.photo_id} {kind}", face.image, hole_of(kind, rng), kind=kind)


def hole_of(kind: str, rng: np.random.Generator) -> Mask:
    """A hole (64, 64) uint8, 255 = hidden, of one of `KINDS`."""
    mask = np.zeros((_SIDE, _SIDE), np.uint8)
    if kind in _STANDARD:
        mask[_STANDARD[kind]] = 255
        return mask
    share = _SHARES[KINDS.index(kind)]
    hidden = rng.permutation(_SIDE * _SIDE)[: round(_SIDE * _SIDE * share / 100)]
    mask.reshape(-1)[hidden] = 255
    return mask
