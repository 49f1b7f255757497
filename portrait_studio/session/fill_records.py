"""Between the engine's options and answers and what a document remembers of a fill; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from portrait_studio import __version__
from portrait_studio.document.history import FillRecord
from portrait_studio.document.packed_plane import pack_plane
from portrait_studio.engine.request import CompletionOptions, CompletionResult, Method
from portrait_studio.errors import ProjectError


def record_of(
    options: CompletionOptions,
    result: CompletionResult,
    structure: NDArray[np.uint8] | None = None,
    holes: Sequence[CompletionOptions] = (),
    is_anew: bool = False,
) -> FillRecord:
    """What to remember of a fill.

    Args:
        options: how it was made.
        result: what the engine answered.
        structure: the labels of the request; see `CompletionRequest`.
        holes: how the fill of each hole was made, where they differ.
        is_anew: whether it was made of the photo as it was before the fill before it.
    """
    ways = tuple((each.method.value, each.seed) for each in holes)
    return FillRecord(
        options.method.value,
        options.seed,
        options.device,
        options.grow_px,
        result.device,
        dict(result.weights),
        __version__,
        ways if len(set(ways)) > 1 else (),
        None if structure is None else pack_plane(structure + np.uint8(1)),
        is_anew,
    )


def ways_of(record: FillRecord) -> tuple[CompletionOptions, ...]:
    """How to make the fill of each hole again; one for all unless they differ. See `options_of`."""
    ways = record.holes or ((record.method, record.seed),)
    return tuple(options_of(replace(record, method=method, seed=seed)) for method, seed in ways)


def options_of(record: FillRecord) -> CompletionOptions:
    """How to make a fill again.

    Raises:
        ProjectError: by a method that this version does not have.
    """
    try:
        method = Method(record.method)
    except ValueError:
        raise ProjectError(
            f"The fill was made by the method {record.method!r}, which this version of the program lacks;"
            " update it."
        ) from None
    return CompletionOptions(method, record.seed, record.device, grow_px=record.grow_px)
