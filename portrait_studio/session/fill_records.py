"""Between the engine's options and answers and what a document remembers of a fill; no Qt."""

from __future__ import annotations

from portrait_studio import __version__
from portrait_studio.document.history import FillRecord
from portrait_studio.engine.request import CompletionOptions, CompletionResult, Method
from portrait_studio.errors import ProjectError


def record_of(options: CompletionOptions, result: CompletionResult) -> FillRecord:
    """What to remember of a fill."""
    return FillRecord(
        options.method.value,
        options.seed,
        options.device,
        options.grow_px,
        result.device,
        dict(result.weights),
        __version__,
    )


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
