"""Which photos train and which measure: decided by the photo's name alone, so that it never changes."""

from __future__ import annotations

import hashlib
from typing import Final, Literal

Split = Literal["train", "val"]

SPLITS: Final[tuple[Split, ...]] = ("train", "val")

VALIDATION_ONE_IN: Final = 10
"""One photo in so many is kept for validation."""


def split_of(key: str) -> Split:
    """Split of the photo with the key "set/id".

    The first eight bytes of the SHA-256 of the photo id (the part after the set's name, UTF-8), read as a
    big-endian number, modulo 10: 0 means validation. The set's name takes no part, so that a photo keeps
    its split when its set is renamed or packed in two versions. Converters drop photos that their set
    holds twice.
    """
    photo_id = key.partition("/")[2] or key
    digest = hashlib.sha256(photo_id.encode()).digest()
    return "val" if int.from_bytes(digest[:8], "big") % VALIDATION_ONE_IN == 0 else "train"
