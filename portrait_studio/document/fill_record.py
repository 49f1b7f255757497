"""How a fill was made: enough to make it again, free of pixels, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from portrait_studio.document.packed_plane import PackedPlane
from portrait_studio.imaging.canvas_extension import MOST_PIXELS
from portrait_studio.json_text import as_bool, as_float, as_int, as_list, as_object, as_text
from portrait_studio.networks.conventions import KEYPOINT_COUNT

_MOST_LETTERS: Final = 200
_MOST_WEIGHTS: Final = 100
_MOST_HOLES: Final = 100_000
_GREATEST_SEED: Final = 2**63 - 1
_MOST_GROW_PX: Final = 100
_MOST_THREADS: Final = 1024
_DEVICES: Final = ("auto", "cpu", "cuda", "mps")
_PRECISIONS: Final = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class WayRecord:
    """How what is shown in one hole was made.

    Attributes:
        method: value of the engine's method.
        seed: start of its random numbers.
        structure: (H, W) uint8 labels that overruled the predicted parsing map, + 1, 0 = predicted; None =
            all predicted.
    """

    method: str
    seed: int
    structure: PackedPlane | None = None


@dataclass(frozen=True)
class FillRecord:
    """How a fill was made: enough to make it again.

    Attributes:
        method: value of the engine's method.
        seed: start of its random numbers.
        device: what it ran on: "cpu", "cuda" or "mps"; "auto" in files of version 1, which did not say.
        grow_px: width of the blend band in pixels.
        ran_on: the same for the user to read, e.g. "CPU (bfloat16)".
        weights: SHA-256 of each weights file, by network name.
        program: version of the program.
        holes: how what is shown in each hole was made, where that differs.
        structure: see `WayRecord`; of all holes, unless they differ.
        is_anew: whether it was made of the photo as it was before the fill before it.
        precision: "float32" or "bfloat16"; "auto" in files of version 1.
        threads: of the CPU that it ran on; 0 = not known, as in files before version 3, or another device.
        joints: number and position (x, y) in pixels of each joint that the user put somewhere.
        hole_by_hole: whether it was made as before version 4, each hole in a window of its own.
    """

    method: str
    seed: int
    device: str
    grow_px: int
    ran_on: str
    weights: dict[str, str]
    program: str
    holes: tuple[WayRecord, ...] = ()
    structure: PackedPlane | None = None
    is_anew: bool = False
    precision: str = "auto"
    threads: int = 0
    joints: tuple[tuple[int, float, float], ...] = ()
    hole_by_hole: bool = False

    @property
    def ways(self) -> tuple[WayRecord, ...]:
        """How what is shown in each hole was made; one for all unless they differ."""
        return self.holes or (WayRecord(self.method, self.seed, self.structure),)

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> FillRecord:
        """From what `dataclasses.asdict` and JSON made of one, by this version or one before it.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        known = {field.name for field in fields(cls)}
        if not entry.keys() <= known:
            raise ValueError(f"unknown entries {sorted(entry.keys() - known)}")
        structure = PackedPlane.from_json(entry.get("structure"))
        return cls(
            method=as_text(entry["method"], _MOST_LETTERS),
            seed=as_int(entry["seed"], 0, _GREATEST_SEED),
            device=as_text(entry["device"], _MOST_LETTERS, _DEVICES),
            grow_px=as_int(entry["grow_px"], 0, _MOST_GROW_PX),
            ran_on=as_text(entry["ran_on"], _MOST_LETTERS),
            weights=_weights(entry["weights"]),
            program=as_text(entry["program"], _MOST_LETTERS),
            holes=tuple(_way(hole, structure) for hole in as_list(entry.get("holes", []), _MOST_HOLES)),
            structure=structure,
            is_anew=as_bool(entry.get("is_anew", False)),
            precision=as_text(entry.get("precision", "auto"), _MOST_LETTERS, _PRECISIONS),
            threads=as_int(entry.get("threads", 0), 0, _MOST_THREADS),
            joints=tuple(_joint(*joint) for joint in as_list(entry.get("joints", []), KEYPOINT_COUNT)),
            # Records that do not say are older, and are repeated as they were made.
            hole_by_hole=as_bool(entry.get("hole_by_hole", True)),
        )


def _weights(entry: object) -> dict[str, str]:
    found = as_object(entry)
    as_list(list(found), _MOST_WEIGHTS)
    return {as_text(name, _MOST_LETTERS): as_text(digest, _MOST_LETTERS) for name, digest in found.items()}


def _joint(joint: object, x: object, y: object) -> tuple[int, float, float]:
    return (
        as_int(joint, 0, KEYPOINT_COUNT - 1),
        as_float(x, -MOST_PIXELS, MOST_PIXELS),
        as_float(y, -MOST_PIXELS, MOST_PIXELS),
    )


def _way(entry: object, structure: PackedPlane | None) -> WayRecord:
    """Version 1 wrote method and seed as a pair; the structure was that of all holes."""
    if isinstance(entry, dict):
        method, seed = entry["method"], entry["seed"]
        structure = PackedPlane.from_json(entry["structure"])
    else:
        method, seed = as_list(entry, 2)
    return WayRecord(as_text(method, _MOST_LETTERS), as_int(seed, 0, _GREATEST_SEED), structure)
