"""The packed form of data sets: tar shards that WebDataset reads too, with an index beside them.

A folder of packs holds one folder per set::

    SET/index.json              format, and for each photo its key, shard, split, size, label shares, and
                                where its files lie in the shard; for each shard its SHA-256
    SET/SET-train-000.tar       KEY.jpg (quality 92), KEY.labels.png (8-bit codes; absent = nothing known),
                                KEY.json (keypoints, set, and what else the set knows),
                                KEY.mesh.npy (468 points of the face in pixels, float16; absent = unknown)

Format 1 did not say where files lie; its shards are read through once when they are opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT, PARTIAL_LABELS

FORMAT_VERSION: Final = 2
READABLE_VERSIONS: Final = (1, 2)
INDEX_NAME: Final = "index.json"
MESH_SUFFIX: Final = "mesh.npy"

CODE_COUNT: Final = LABEL_COUNT + len(PARTIAL_LABELS)
"""Codes 0-25 of label maps; 255 is counted nowhere."""

Members = dict[str, tuple[int, int, int]]
"""By suffix ("jpg", "labels.png", "json"): offset and length in the shard in bytes, and CRC-32."""


@dataclass(frozen=True)
class PackedPhoto:
    """What the index says of one photo.

    Attributes:
        key: "set/id".
        split: "train" or "val".
        shard: file name of the tar.
        width: pixels.
        height: pixels.
        shares: share of the image's pixels by label code (text, since JSON has no other keys), without 255.
        members: where its files lie in the shard; empty in format 1.
    """

    key: str
    split: str
    shard: str
    width: int
    height: int
    shares: dict[str, float]
    members: Members = field(default_factory=dict)


def label_shares(labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of the pixels of a label map (h, w) uint8 by code: (26,) float32 in [0, 1], without 255."""
    counts = np.bincount(labels.ravel(), minlength=IGNORE_LABEL + 1)[:CODE_COUNT]
    return np.asarray(counts / labels.size, np.float32)


def packed_sets(folder: Path) -> tuple[str, ...]:
    """Names of the sets that are packed in a folder, sorted."""
    return tuple(
        sorted(path.parent.name for path in folder.glob(f"*/{INDEX_NAME}") if path.parent.name[0] != ".")
    )
