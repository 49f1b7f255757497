"""Data sets at training size in few files: tar shards that WebDataset reads too, with an index beside them.

A folder of packs holds one folder per set::

    SET/index.json              format, and for each photo its key, shard, split, size and label shares;
                                for each shard its SHA-256
    SET/SET-train-000.tar       KEY.jpg (quality 92), KEY.labels.png (8-bit codes; absent = nothing known),
                                KEY.json (keypoints, set, and what else the set knows)

A set is written beside its place and moved there when it is complete.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINT_COUNT, LABEL_COUNT, PARTIAL_LABELS
from trainer.data.sample import Extras, LabelArray, Sample, unknown_labels
from trainer.data.split import SPLITS, Split, split_of

FORMAT_VERSION: Final = 1
SHARD_BYTES: Final = 19_000_000
JPEG_QUALITY: Final = 92
CODE_COUNT: Final = LABEL_COUNT + len(PARTIAL_LABELS)
"""Codes 0-24 of label maps; 255 is counted nowhere."""

INDEX_NAME: Final = "index.json"
_TAR_BLOCK: Final = 512


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
    """

    key: str
    split: str
    shard: str
    width: int
    height: int
    shares: dict[str, float]


def label_shares(labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of the pixels of a label map (h, w) uint8 by code: (25,) float32 in [0, 1], without 255."""
    counts = np.bincount(labels.ravel(), minlength=IGNORE_LABEL + 1)[:CODE_COUNT]
    return np.asarray(counts / labels.size, np.float32)


class _Shards:
    """Tar files of one split, each below the size limit."""

    def __init__(self, folder: Path, name: str, split: Split) -> None:
        self._folder, self._stem = folder, f"{name}-{split}"
        self._tar: tarfile.TarFile | None = None
        self._bytes = 0
        self.names: list[str] = []

    def add(self, key: str, members: dict[str, bytes]) -> str:
        """Write the members KEY.SUFFIX and return the shard's file name."""
        needed = sum(2 * _TAR_BLOCK + len(data) for data in members.values())
        if self._tar is None or self._bytes + needed > SHARD_BYTES:
            self._next()
        assert self._tar is not None
        for suffix, data in members.items():
            header = tarfile.TarInfo(f"{key}.{suffix}")
            header.size = len(data)
            self._tar.addfile(header, io.BytesIO(data))
        self._bytes += needed
        return self.names[-1]

    def _next(self) -> None:
        self.close()
        self.names.append(f"{self._stem}-{len(self.names):03d}.tar")
        path = self._folder / self.names[-1]
        self._tar = tarfile.open(path, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115 - closed by close()
        self._bytes = 10_240

    def close(self) -> None:
        """Finish the open shard."""
        if self._tar is not None:
            self._tar.close()
            self._tar = None


class PackWriter:
    """Writes one set, which replaces an older one when the `with` block ends without an error."""

    def __init__(self, folder: Path, name: str, split: Split | None = None) -> None:
        """Args: folder of packs, name of the set, and the split of all photos (None: `split_of` each key)."""
        self._final = folder / name
        self._work = folder / f".{name}.partial"
        self._name, self._split = name, split
        self._photos: list[PackedPhoto] = []
        self._keys: set[str] = set()

    def __enter__(self) -> PackWriter:
        with self._writing():
            shutil.rmtree(self._work, ignore_errors=True)
            self._work.mkdir(parents=True)
        self._shards = {split: _Shards(self._work, self._name, split) for split in SPLITS}
        return self

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise DataSetError(
                f"Packs cannot be written to {self._final.parent} ({error.strerror}); make room or give "
                "another folder."
            ) from error

    def add(self, sample: Sample, extras: Extras) -> None:
        """Append a photo, in the split that the writer or `extras` ("split") demands, else its key.

        Raises:
            DataSetError: the key was written before, contains a dot, or labels and image differ in size.
        """
        _check(sample, self._keys)
        self._keys.add(sample.key)
        split = self._split or extras.get("split") or split_of(sample.key)
        with self._writing():
            shard = self._shards[split].add(sample.key, _encoded(sample, extras))
        height, width = sample.labels.shape
        shares = {
            str(code): round(float(s), 6) for code, s in enumerate(label_shares(sample.labels)) if s > 0
        }
        self._photos.append(PackedPhoto(sample.key, split, shard, width, height, shares))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with self._writing():
                for shards in self._shards.values():
                    shards.close()
                if kind is None:
                    self._move_into_place()
        finally:
            shutil.rmtree(self._work, ignore_errors=True)

    def _move_into_place(self) -> None:
        self._write_index()
        if self._final.exists():
            shutil.rmtree(self._final)
        self._work.replace(self._final)

    def _write_index(self) -> None:
        shards = {
            name: {
                "sha256": hashlib.sha256((self._work / name).read_bytes()).hexdigest(),
                "count": sum(photo.shard == name for photo in self._photos),
            }
            for split in SPLITS
            for name in self._shards[split].names
        }
        index = {
            "format": FORMAT_VERSION,
            "set": self._name,
            "count": len(self._photos),
            "shards": shards,
            "photos": [asdict(photo) for photo in self._photos],
        }
        (self._work / INDEX_NAME).write_text(json.dumps(index), encoding="utf-8")

    @property
    def counts(self) -> dict[str, int]:
        """Photos written so far by split."""
        return {split: sum(photo.split == split for photo in self._photos) for split in SPLITS}


def _check(sample: Sample, keys: set[str]) -> None:
    if sample.key in keys:
        raise DataSetError(f"The photo {sample.key} comes twice; remove one of the two.")
    if "." in sample.key or not sample.photo_id:
        raise DataSetError(f'The key "{sample.key}" must read SET/ID without dots; rename the photo.')
    if sample.labels.shape != sample.image.shape[:2] or sample.keypoints.shape != (KEYPOINT_COUNT, 3):
        raise DataSetError(
            f"Image, labels and keypoints of {sample.key} do not fit together; convert the set anew."
        )


def _encoded(sample: Sample, extras: Extras) -> dict[str, bytes]:
    quality = [
        cv2.IMWRITE_JPEG_QUALITY,
        JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    members = {
        "jpg": cv2.imencode(".jpg", np.ascontiguousarray(sample.image[..., ::-1]), quality)[1].tobytes()
    }
    if (sample.labels != IGNORE_LABEL).any():
        members["labels.png"] = cv2.imencode(".png", sample.labels)[1].tobytes()
    keypoints = [[round(float(x), 2), round(float(y), 2), round(float(c), 4)] for x, y, c in sample.keypoints]
    record = {**extras, "set": sample.set_name, "keypoints": keypoints}
    members["json"] = json.dumps(record).encode()
    return members


def write_packs(
    samples: Iterable[tuple[Sample, Extras]], folder: Path, name: str, split: Split | None = None
) -> dict[str, int]:
    """Write one set as packs into `folder`/`name`, replacing what is there once all samples are written.

    Args:
        samples: each photo with what else the set knows of it; keys must be unique and free of dots.
        folder: folder of packs.
        name: name of the set.
        split: split of all photos; None means the split that `split_of` gives each key.

    Returns:
        Number of photos by split.

    Raises:
        DataSetError: the folder cannot be written, or a sample does not fit together.
    """
    with PackWriter(folder, name, split) as writer:
        for sample, extras in samples:
            writer.add(sample, extras)
    return writer.counts


def packed_sets(folder: Path) -> tuple[str, ...]:
    """Names of the sets that are packed in a folder, sorted."""
    return tuple(
        sorted(path.parent.name for path in folder.glob(f"*/{INDEX_NAME}") if path.parent.name[0] != ".")
    )


class PackedSet:
    """All photos of one split of some sets, held in memory as encoded bytes and decoded on access.

    The arrays of the samples are read-only, since the cache hands out the same ones again.
    """

    def __init__(
        self, folder: Path, split: Split, sets: Sequence[str] | None = None, *, cache: bool = False
    ) -> None:
        """Read the shards.

        Args:
            folder: folder of packs.
            split: "train" or "val".
            sets: names of the sets, in this order; None means all that are there.
            cache: keep decoded samples (about 0.6 MB for a photo of 400 pixels).

        Raises:
            DataSetError: a set, shard or photo is missing or damaged.
        """
        names = packed_sets(folder) if sets is None else tuple(sets)
        if not names:
            raise DataSetError(
                f"No packs in {folder}; make them with 'portrait-trainer prepare SET SOURCE {folder}'."
            )
        self.photos: list[PackedPhoto] = []
        self._encoded: list[dict[str, bytes]] = []
        for name in names:
            self._read_set(folder / name, split)
        self._cache: dict[int, Sample] | None = {} if cache else None
        self.label_shares: NDArray[np.float32] = _share_table(self.photos)
        """(n, 25) float32: share of each photo's pixels by label code 0-24."""

    def _read_set(self, folder: Path, split: Split) -> None:
        index = _read_index(folder)
        photos = [PackedPhoto(**entry) for entry in index["photos"]]
        wanted = [photo for photo in photos if photo.split == split]
        members: dict[str, dict[str, bytes]] = {}
        for shard in dict.fromkeys(photo.shard for photo in wanted):
            members |= _read_shard(folder / shard, index["shards"][shard]["sha256"])
        for photo in wanted:
            parts = members.get(photo.key, {})
            if not {"jpg", "json"} <= parts.keys():
                raise DataSetError(f"{photo.key} is missing in {folder / photo.shard}; prepare the set anew.")
            self.photos.append(photo)
            self._encoded.append(parts)

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, index: int) -> Sample:
        """The sample at a position; raises DataSetError when the photo cannot be decoded."""
        if self._cache is None:
            return self._decoded(index)
        if index not in self._cache:
            self._cache[index] = self._decoded(index)
        return self._cache[index]

    def _decoded(self, index: int) -> Sample:
        photo, parts = self.photos[index], self._encoded[index]
        image = cv2.imdecode(np.frombuffer(parts["jpg"], np.uint8), cv2.IMREAD_COLOR)
        if image is None:
            raise DataSetError(f"The packed photo {photo.key} is damaged; prepare its set anew.")
        rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
        labels = unknown_labels(rgb)
        if "labels.png" in parts:
            labels = _decoded_labels(parts["labels.png"])
        if labels.shape != rgb.shape[:2]:
            raise DataSetError(f"The packed label map of {photo.key} is damaged; prepare its set anew.")
        keypoints = np.asarray(self.extras(index)["keypoints"], np.float32).reshape(KEYPOINT_COUNT, 3)
        for array in (rgb, labels, keypoints):
            array.setflags(write=False)
        return Sample(photo.key, rgb, labels, keypoints)

    def extras(self, index: int) -> dict[str, Any]:
        """Everything of the photo's JSON: `set`, `keypoints`, `original_size`, and `five` for faces."""
        record: dict[str, Any] = json.loads(self._encoded[index]["json"])
        return record


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


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / INDEX_NAME
    try:
        index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = index["format"]
    except OSError as error:
        raise DataSetError(
            f"No packs of the set {folder.name} in {folder.parent}; make them with "
            f"'portrait-trainer prepare {folder.name} SOURCE {folder.parent}'."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataSetError(f"The index {path} is damaged; prepare the set {folder.name} anew.") from error
    if version != FORMAT_VERSION:
        raise DataSetError(
            f"The packs in {folder} have format {version} instead of {FORMAT_VERSION}; prepare them anew."
        )
    return index


def _read_shard(path: Path, sha256: str) -> dict[str, dict[str, bytes]]:
    """Bytes by key and suffix of one tar."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataSetError(f"The pack {path} is missing; prepare the set {path.parent.name} anew.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DataSetError(
            f"The pack {path} is damaged (its SHA-256 differs); prepare the set {path.parent.name} anew."
        )
    members: dict[str, dict[str, bytes]] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for header in tar:
            content = tar.extractfile(header)
            key, _, suffix = header.name.partition(".")
            if content is not None:
                members.setdefault(key, {})[suffix] = content.read()
    return members
