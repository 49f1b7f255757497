"""Between the engine's options and answers and what a document remembers of a fill; no Qt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from portrait_studio import __version__
from portrait_studio.document.fill_record import FillRecord, WayRecord
from portrait_studio.document.packed_plane import unpack_plane
from portrait_studio.editing.candidates import Candidate
from portrait_studio.engine.request import CompletionOptions, Method
from portrait_studio.errors import ProjectError
from portrait_studio.imaging.geometry import Extent


def record_of(candidate: Candidate, holes: Sequence[Candidate] = (), is_anew: bool = False) -> FillRecord:
    """What to remember of a fill.

    Args:
        candidate: the fill.
        holes: which candidate each hole shows, where they may differ.
        is_anew: whether it was made of the photo as it was before the fill before it.
    """
    own, ways = _way_record(candidate), tuple(_way_record(each) for each in holes)
    weights: dict[str, str] = {}
    for each in (*holes, candidate):
        weights |= each.result.weights
    hardware = candidate.result.hardware
    return FillRecord(
        own.method,
        own.seed,
        hardware.device,
        candidate.options.grow_px,
        candidate.result.device,
        weights,
        __version__,
        ways if any(each != own for each in ways) else (),
        own.structure,
        is_anew,
        hardware.precision,
        hardware.threads,
        tuple((joint, x, y) for joint, (x, y) in sorted(candidate.joints.items())),
        candidate.options.hole_by_hole,
    )


def _way_record(candidate: Candidate) -> WayRecord:
    return WayRecord(candidate.options.method.value, candidate.options.seed, candidate.structure)


def options_of(record: FillRecord, way: WayRecord | None = None) -> CompletionOptions:
    """How to make a fill again, or what it shows in one hole.

    Raises:
        ProjectError: by a method that this version does not have.
    """
    name, seed = (record.method, record.seed) if way is None else (way.method, way.seed)
    try:
        method = Method(name)
    except ValueError:
        raise ProjectError(
            "The fill was made by the method {name!r}, which this version of the program lacks; update it.",
            name=name,
        ) from None
    return CompletionOptions(
        method,
        seed,
        record.device,
        grow_px=record.grow_px,
        precision=record.precision,
        threads=record.threads,
        hole_by_hole=record.hole_by_hole,
    )


def joints_of(record: FillRecord) -> dict[int, tuple[float, float]]:
    """Joints to follow, by their number."""
    return {joint: (x, y) for joint, x, y in record.joints}


def structure_of(way: WayRecord, extent: Extent) -> NDArray[np.uint8] | None:
    """(H, W) uint8 labels to follow, 255 = predict; None = predict all."""
    return None if way.structure is None else unpack_plane(way.structure, extent) - np.uint8(1)
