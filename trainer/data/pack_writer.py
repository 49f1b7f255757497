"""Writing packs: each set beside its place, and moved there when it is complete."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINT_COUNT
from trainer.data.pack_format import (
    FORMAT_VERSION,
    INDEX_NAME,
    MESH_SUFFIX,
    Members,
    PackedPhoto,
    label_shares,
)
from trainer.data.sample import Extras, Sample
from trainer.data.split import SPLITS, Split, split_of

SHARD_BYTES: Final = 19_000_000
JPEG_QUALITY: Final = 92

_TAR_BLOCK: Final = 512


class _Shards:
    """Tar files of one split, each below the size limit."""

    def __init__(self, folder: Path, name: str, split: Split) -> None:
        self._folder, self._stem = folder, f"{name}-{split}"
        self._tar: tarfile.TarFile | None = None
        self._bytes = 0
        self.names: list[str] = []

    def add(self, key: str, members: dict[str, bytes]) -> tuple[str, Members]:
        """Write the members KEY.SUFFIX; returns the shard's file name and where they lie in it."""
        needed = sum(2 * _TAR_BLOCK + len(data) for data in members.values())
        if self._tar is None or self._bytes + needed > SHARD_BYTES:
            self._next()
        assert self._tar is not None
        places: Members = {}
        for suffix, data in members.items():
            header = tarfile.TarInfo(f"{key}.{suffix}")
            header.size = len(data)
            self._tar.addfile(header, io.BytesIO(data))
            # What addfile pads up to whole blocks ends where the next header begins.
            start = self._tar.offset - -(-len(data) // _TAR_BLOCK) * _TAR_BLOCK
            places[suffix] = (start, len(data), zlib.crc32(data))
        self._bytes += needed
        return self.names[-1], places

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
        """Begin beside what there is of the set.

        Args:
            folder: of packs.
            name: of the set.
            split: of all photos; None = `split_of` each key.
        """
        self._final = folder / name
        self._work = folder / f".{name}.partial"
        self._name, self._split = name, split
        self._photos: list[PackedPhoto] = []
        self._keys: set[str] = set()

    def __enter__(self) -> PackWriter:
        with self._writing():
            self._check_place()
            shutil.rmtree(self._work, ignore_errors=True)
            self._work.mkdir(parents=True)
        self._shards = {split: _Shards(self._work, self._name, split) for split in SPLITS}
        return self

    def _check_place(self) -> None:
        """What is replaced is removed as a whole: never anything else than packs, such as the photos."""
        place = self._final
        if not place.exists() and not place.is_symlink():
            return
        is_free = not place.is_symlink() and place.is_dir() and not any(place.iterdir())
        if not is_free and (place.is_symlink() or not (place / INDEX_NAME).is_file()):
            raise DataSetError(
                f"{place} is no folder of packs and would be lost; move it away, or give another name."
            )

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
            shard, members = self._shards[split].add(sample.key, _encoded(sample, extras))
        height, width = sample.labels.shape
        shares = {
            str(code): round(float(s), 6) for code, s in enumerate(label_shares(sample.labels)) if s > 0
        }
        self._photos.append(PackedPhoto(sample.key, split, shard, width, height, shares, members))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
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
        counts = Counter(photo.shard for photo in self._photos)
        shards = {
            name: {
                "sha256": hashlib.sha256((self._work / name).read_bytes()).hexdigest(),
                "count": counts[name],
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
    if extras.get("mesh") is not None:
        members[MESH_SUFFIX] = _npy(np.asarray(extras["mesh"], np.float16))
    known = {name: value for name, value in extras.items() if name != "mesh"}
    record = {**known, "set": sample.set_name, "keypoints": keypoints}
    members["json"] = json.dumps(record).encode()
    return members


def _npy(array: NDArray[np.float16]) -> bytes:
    data = io.BytesIO()
    np.save(data, array, allow_pickle=False)
    return data.getvalue()


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
