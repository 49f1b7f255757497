"""Protocol `damage`: photos with one kind of damage each, drawn over them, and the same photos without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trainer.data.damage import DAMAGED, KINDS, damaged
from trainer.data.packs import PackedSet
from trainer.protocols.case import generator_of, in_order

SOUND_PHOTO: Final = "sound"
"""Group of the photos without damage."""


@dataclass(frozen=True, eq=False)
class DamageCase:
    """A photo with damage, or without.

    Attributes:
        name: unique among the cases.
        kind: of the damage, or `SOUND_PHOTO`.
        image: (H, W, 3) uint8 RGB.
        truth: (H, W) uint8 codes of `trainer.data.damage`.
    """

    name: str
    kind: str
    image: NDArray[np.uint8]
    truth: NDArray[np.uint8]


def damage_cases(photos: PackedSet, limit: int | None = None) -> Iterator[DamageCase]:
    """Each photo once without damage, then once with each kind; where none shows, that case is left out.

    Args:
        photos: packed photos.
        limit: at most so many photos.
    """
    for index in in_order(photos, np.arange(len(photos)))[:limit]:
        photo = photos[index]
        unit = float(min(photo.image.shape[:2]))
        for kind in (SOUND_PHOTO, *KINDS):
            rng = generator_of(f"damage-{kind}", photo.key)
            made = damaged(photo.image, unit, () if kind == SOUND_PHOTO else (kind,), rng)
            if kind == SOUND_PHOTO or (made.truth == DAMAGED).any():
                yield DamageCase(f"{photo.key}-{kind}", kind, made.image, made.truth)
