"""How a fill was made: enough to make it again, free of pixels, ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from portrait_studio.document.packed_plane import PackedPlane


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

    @property
    def ways(self) -> tuple[WayRecord, ...]:
        """How what is shown in each hole was made; one for all unless they differ."""
        return self.holes or (WayRecord(self.method, self.seed, self.structure),)

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> FillRecord:
        """From what `dataclasses.asdict` and JSON made of one, by this version or one before it.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        known = {field.name for field in fields(cls)}
        if not entry.keys() <= known:
            raise ValueError(f"unknown entries {sorted(entry.keys() - known)}")
        if type(entry.get("threads", 0)) is not int:
            raise TypeError(f"{entry['threads']!r} threads")
        structure = PackedPlane.from_json(entry.get("structure"))
        holes = tuple(_way(hole, structure) for hole in entry.get("holes", ()))
        joints = tuple((int(joint), float(x), float(y)) for joint, x, y in entry.get("joints", ()))
        return cls(**{**entry, "structure": structure, "holes": holes, "joints": joints})


def _way(entry: Any, structure: PackedPlane | None) -> WayRecord:
    """Version 1 wrote method and seed as a pair; the structure was that of all holes."""
    if isinstance(entry, dict):
        packed = PackedPlane.from_json(entry["structure"])
        return WayRecord(str(entry["method"]), int(entry["seed"]), packed)
    method, seed = entry
    return WayRecord(str(method), int(seed), structure)
