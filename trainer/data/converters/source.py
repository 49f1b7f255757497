"""What a data set is, where it comes from, and where its parts lie: found, or asked for in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portrait_studio.errors import DataSetError
from trainer.data.converters.reading import BODY_SIDE, Skips
from trainer.data.poses import DetectedPose, read_blazepose
from trainer.data.sample import Extras, Sample

POSES_NAME = "blazepose.json"


@dataclass(frozen=True)
class Source:
    """A data set on disk, for its converter.

    Attributes:
        folder: holds the set in its own layout.
        name: of the packed set, the first part of all keys.
        poses_file: poses that another model wrote, where not `blazepose.json` in the folder.
        long_side: most pixels of the longer side of packed photos; faces and crops of people keep their own.
    """

    folder: Path
    name: str
    poses_file: Path | None = None
    long_side: int = BODY_SIDE

    def part(self, *places: str) -> Path:
        """The first of some places, relative to the folder, that exists; the first if none does."""
        found = [self.folder / place for place in places if (self.folder / place).exists()]
        return found[0] if found else self.folder / places[0]

    def poses(self, *, required: bool = False) -> dict[str, DetectedPose]:
        """Poses by photo id; none when the set needs none and there is no file.

        Raises:
            DataSetError: the file is damaged, or missing although it is required or was named.
        """
        path = self.poses_file or self.folder / POSES_NAME
        if self.poses_file is None and not required and not path.exists():
            return {}
        return read_blazepose(path)


Converter = Callable[[Source, Skips], Iterator[tuple[Sample, Extras]]]
"""Yields the samples of a set and notes what it leaves out."""


@dataclass(frozen=True)
class DataSet:
    """A set that can be prepared.

    Attributes:
        name: as the command line calls it.
        title: what it shows and who made it.
        convert: its converter.
        needs: files and folders that must be there; "a | b" means either, the first being the usual one.
        roots: folders within SRC where these may lie.
        labels: what is known of the pixels.
        poses: where keypoints come from.
        licence: terms of use.
        download: what to download, and where from.
        photos: how many photos the complete set has; None where there is no such number.
        optional: files that are used when they are there.
    """

    name: str
    title: str
    convert: Converter
    needs: tuple[str, ...]
    labels: str
    poses: str
    licence: str
    download: str
    roots: tuple[str, ...] = (".",)
    photos: int | None = None
    optional: tuple[str, ...] = ()

    def root(self, folder: Path) -> Path:
        """The folder within `folder` that holds the set's layout.

        Raises:
            DataSetError: it does not exist or lacks a part; says what to download, and its licence.
        """
        for root in self.roots:
            if (folder / root).is_dir() and all(_has(folder / root, need) for need in self.needs):
                return folder / root
        lacking = [_usual(need) for need in self.needs if not _has(folder, need)]
        what = f"lacks {', '.join(lacking)}" if folder.is_dir() else "does not exist"
        holds = f" that holds {self._layout()}" if self.needs else ""
        raise DataSetError(
            f"The folder {folder} {what}: for {self.name}, download {self.download} "
            f"(licence: {self.licence}), unpack it, and give the folder{holds}."
        )

    def _layout(self) -> str:
        return ", ".join(map(_usual, self.needs))

    def text(self) -> str:
        """Description for people to read."""
        facts = {
            "photos": f"{self.photos:,}" if self.photos else "",
            "SRC holds": self._layout(),
            "used if there": ", ".join(self.optional),
            "labels": self.labels,
            "poses": self.poses,
            "licence": self.licence,
            "download": self.download,
        }
        lines = [f"  {fact + ':':<15}{value}" for fact, value in facts.items() if value]
        return "\n".join([f"{self.name}: {self.title}", *lines])


def _usual(need: str) -> str:
    return need.partition(" | ")[0]


def _has(folder: Path, need: str) -> bool:
    return any((folder / place).exists() for place in need.split(" | "))
