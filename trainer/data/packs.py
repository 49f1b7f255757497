"""Reading packs photo by photo: nothing but the index is held in memory, so a set may be larger than that."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import KEYPOINT_COUNT
from trainer.data.pack_format import (
    CODE_COUNT,
    FORMAT_VERSION,
    INDEX_NAME,
    MESH_SUFFIX,
    READABLE_VERSIONS,
    Members,
    PackedPhoto,
    packed_sets,
)
from trainer.data.sample import LabelArray, PointArray, Sample, unknown_labels
from trainer.data.sample_cache import SampleCache
from trainer.data.split import Split


class PackedSet:
    """All photos of one split of some sets, read and decoded on access.

    The arrays of the samples are read-only, since the cache hands out the same ones again.
    """

    def __init__(
        self, folder: Path, split: Split, sets: Sequence[str] | None = None, *, cache_bytes: int = 0
    ) -> None:
        """Read the indices, and check that the shards are there.

        Args:
            folder: folder of packs.
            split: "train" or "val".
            sets: names of the sets, in this order; None means all that are there.
            cache_bytes: keep decoded samples up to so many bytes (about 0.4 MB for a photo of 400 pixels).

        Raises:
            DataSetError: a set, shard or photo is missing or damaged.
        """
        names = packed_sets(folder) if sets is None else tuple(sets)
        if not names:
            raise DataSetError(
                f"No packs in {folder}; make them with 'portrait-trainer prepare SET SOURCE {folder}'."
            )
        self.photos: list[PackedPhoto] = []
        self._shards: list[Path] = []
        for name in names:
            self._add_set(folder / name, split)
        self.cache = SampleCache(cache_bytes)
        self.label_shares: NDArray[np.float32] = _share_table(self.photos)
        """(n, 26) float32: share of each photo's pixels by label code 0-25."""

    def _add_set(self, folder: Path, split: Split) -> None:
        index = _read_index(folder)
        with _index_as_expected(folder):
            photos = [_photo(entry) for entry in index["photos"]]
            wanted = [photo for photo in photos if photo.split == split]
            shards = {photo.shard: index["shards"][photo.shard]["sha256"] for photo in wanted}
        if index["format"] == FORMAT_VERSION:
            _require(folder / shard for shard in shards)
        else:
            wanted = _located(folder, wanted, shards)
        self.photos += wanted
        self._shards += [folder / photo.shard for photo in wanted]

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, index: int) -> Sample:
        """The sample at a position; raises DataSetError when the photo is damaged."""
        known = self.cache.get(index)
        if known is None:
            known = self._decoded(index)
            self.cache.put(index, known)
        return known

    def _read(self, index: int, *suffixes: str) -> dict[str, bytes]:
        """Files of a photo by suffix, as far as it has them."""
        photo, shard = self.photos[index], self._shards[index]
        wanted = {suffix: photo.members[suffix] for suffix in suffixes if suffix in photo.members}
        try:
            with shard.open("rb") as file:
                found = {suffix: _bytes_at(file, place) for suffix, place in wanted.items()}
        except OSError as error:
            raise DataSetError(
                f"The pack {shard} is missing; prepare the set {shard.parent.name} anew."
            ) from error
        if any(zlib.crc32(data) != wanted[suffix][2] for suffix, data in found.items()):
            raise DataSetError(
                f"The packed photo {photo.key} is damaged; prepare the set {shard.parent.name} anew."
            )
        return found

    def _decoded(self, index: int) -> Sample:
        photo, parts = self.photos[index], self._read(index, "jpg", "labels.png", "json")
        image = cv2.imdecode(np.frombuffer(parts["jpg"], np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise DataSetError(f"The packed photo {photo.key} is damaged; prepare its set anew.")
        rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
        labels = unknown_labels(rgb)
        if "labels.png" in parts:
            labels = _decoded_labels(parts["labels.png"])
        if labels.shape != rgb.shape[:2]:
            raise DataSetError(f"The packed label map of {photo.key} is damaged; prepare its set anew.")
        record = json.loads(parts["json"])
        keypoints = np.asarray(record["keypoints"], np.float32).reshape(KEYPOINT_COUNT, 3)
        for array in (rgb, labels, keypoints):
            array.setflags(write=False)
        return Sample(photo.key, rgb, labels, keypoints)

    def extras(self, index: int) -> dict[str, Any]:
        """All of the photo's JSON: `set`, `keypoints`, `original_size`, `five` for faces; and its `mesh`."""
        record: dict[str, Any] = json.loads(self._read(index, "json")["json"])
        mesh = self.mesh(index)
        return record if mesh is None else {**record, "mesh": mesh}

    def mesh(self, index: int) -> PointArray | None:
        """The points (468, 2) float32 of MediaPipe FaceMesh in pixels of the packed image, where known."""
        data = self._read(index, MESH_SUFFIX).get(MESH_SUFFIX)
        return None if data is None else np.load(io.BytesIO(data), allow_pickle=False).astype(np.float32)

    def five(self, index: int) -> PointArray | None:
        """Eyes, nose and corners of the mouth (5, 2) float32 in pixels of the packed image, where known."""
        points = self.extras(index).get("five")
        return None if points is None else np.asarray(points, np.float32)


def _photo(entry: dict[str, Any]) -> PackedPhoto:
    members = {suffix: tuple(place) for suffix, place in entry.get("members", {}).items()}
    return PackedPhoto(**{**entry, "members": members})


def _bytes_at(file: BinaryIO, place: tuple[int, int, int]) -> bytes:
    offset, length, _ = place
    file.seek(offset)
    return file.read(length)


def _require(shards: Iterator[Path]) -> None:
    for path in shards:
        if not path.is_file():
            raise DataSetError(f"The pack {path} is missing; prepare the set {path.parent.name} anew.")


def _located(folder: Path, photos: list[PackedPhoto], shards: dict[str, str]) -> list[PackedPhoto]:
    """The photos of format 1 with the places of their files, which their shards tell."""
    places = {name: _scanned(folder / name, sha256) for name, sha256 in shards.items()}
    located = [replace(photo, members=places[photo.shard].get(photo.key, {})) for photo in photos]
    for photo in located:
        if not {"jpg", "json"} <= photo.members.keys():
            raise DataSetError(f"{photo.key} is missing in {folder / photo.shard}; prepare the set anew.")
    return located


def _scanned(path: Path, sha256: str) -> dict[str, Members]:
    """Where files lie by key and suffix, from the headers of one tar whose checksum is right."""
    members: dict[str, Members] = {}
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataSetError(f"The pack {path} is missing; prepare the set {path.parent.name} anew.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DataSetError(
            f"The pack {path} is damaged (its SHA-256 differs); prepare the set {path.parent.name} anew."
        )
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for header in tar:
            key, _, suffix = header.name.partition(".")
            start, end = header.offset_data, header.offset_data + header.size
            place = (start, header.size, zlib.crc32(data[start:end]))
            members.setdefault(key, {})[suffix] = place
    return members


def _decoded_labels(data: bytes) -> LabelArray:
    """Label map of a PNG; an empty array when it is damaged."""
    labels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.zeros((0, 0), np.uint8) if labels is None else np.asarray(labels, np.uint8)


def _share_table(photos: Sequence[PackedPhoto]) -> NDArray[np.float32]:
    table: NDArray[np.float32] = np.zeros((len(photos), CODE_COUNT), np.float32)
    for row, photo in enumerate(photos):
        for code, share in photo.shares.items():
            table[row, int(code)] = share
    return table


@contextmanager
def _index_as_expected(folder: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise DataSetError(
            f"The index {folder / INDEX_NAME} is damaged; prepare the set {folder.name} anew."
        ) from error


def _read_index(folder: Path) -> dict[str, Any]:
    try:
        with _index_as_expected(folder):
            index: dict[str, Any] = json.loads((folder / INDEX_NAME).read_text(encoding="utf-8"))
            version = index["format"]
    except OSError as error:
        raise DataSetError(
            f"No packs of the set {folder.name} in {folder.parent}; make them with "
            f"'portrait-trainer prepare {folder.name} SOURCE {folder.parent}'."
        ) from error
    if version not in READABLE_VERSIONS:
        raise DataSetError(
            f"The packs in {folder} have format {version}, and this version of the program reads "
            f"{' and '.join(map(str, READABLE_VERSIONS))}; prepare them anew."
        )
    return index
