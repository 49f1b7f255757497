"""Between the engine's options and answers and what a document remembers of a fill."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from portrait_studio import __version__
from portrait_studio.document.fill_record import FillRecord, VariantRecord
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.references import loans_of, records_of
from portrait_studio.engine.request import CompletionOptions, Method, PatchSide
from portrait_studio.errors import ProjectError
from portrait_studio.hardware import Hardware


def _names_of(cls: type[Any]) -> set[str]:
    return {field.name for field in fields(cls)}


_SHARED: Final = tuple(_names_of(CompletionOptions) & _names_of(FillRecord) - _names_of(VariantRecord))
"""Options that a record keeps under their own names, the same for all holes."""


def record_of(candidates: Candidates, is_anew: bool = False) -> FillRecord:
    """What to remember of a fill.

    Args:
        candidates: the fills of its holes, and which one each hole shows.
        is_anew: whether it was made of the photo as it was before the fill before it.
    """
    shown, holes = candidates.shown, candidates.by_hole
    own, variants = _variant_record(shown), tuple(_variant_record(each) for each in holes)
    weights: dict[str, str] = {}
    for each in (*holes, shown):
        weights |= each.result.weights
    hardware = shown.result.hardware
    return FillRecord(
        method=own.method,
        seed=own.seed,
        device=hardware.device,
        ran_on=shown.result.device,
        weights=weights,
        program=__version__,
        holes=variants if any(each != own for each in variants) else (),
        wanted_labels=own.wanted_labels,
        is_anew=is_anew,
        precision=hardware.precision,
        threads=hardware.threads,
        joints=tuple((joint, x, y) for joint, (x, y) in sorted(shown.joints.items())),
        copy_mates=any(each.options.copy_mates for each in (*holes, shown)),
        references=own.references,
        loans=loans_of(candidates.regions, [each.references for each in holes]),
        patches_from=own.patches_from,
        sources=own.sources,
        **{name: getattr(shown.options, name) for name in _SHARED},
    )


def _variant_record(candidate: Candidate) -> VariantRecord:
    options = candidate.options
    return VariantRecord(
        options.method.value,
        options.seed,
        candidate.wanted_labels,
        # A replay without them borrows nothing, either.
        records_of(candidate.references if candidate.options.borrow else ()),
        options.patches_from.value,
        options.copy_mates,
        sources=candidate.sources,
    )


def options_of(record: FillRecord, variant: VariantRecord | None = None) -> CompletionOptions:
    """How to make a fill again, or what it shows in one hole.

    Raises:
        ProjectError: by a method that this version does not have.
    """
    how = record.variant if variant is None else variant
    try:
        method = Method(how.method)
    except ValueError:
        raise ProjectError(
            "The fill was made by the method {name!r}, which this version of the program lacks; update it.",
            name=how.method,
        ) from None
    return CompletionOptions(
        method,
        how.seed,
        copy_mates=record.copy_mates and how.copy_mates,
        patches_from=PatchSide(how.patches_from),
        **{name: getattr(record, name) for name in _SHARED},
    )


def hardware_of(record: FillRecord) -> Hardware:
    """What the fill ran on."""
    return Hardware(record.device, record.precision, record.threads)


def joints_of(record: FillRecord) -> dict[int, tuple[float, float]]:
    """Joints to follow, by their number."""
    return {joint: (x, y) for joint, x, y in record.joints}
