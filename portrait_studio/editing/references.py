"""Other photos that fills may borrow from: as the engine is given them, and found again for a replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portrait_studio.document.fill_record import LoanRecord, ReferenceRecord
from portrait_studio.document.history import Step
from portrait_studio.document.reference_photos import ReferencePhoto, joined_by
from portrait_studio.engine.request import CompletionResult, FilledRegion, Reference
from portrait_studio.errors import ProjectError
from portrait_studio.imaging.reading import read_photo


def reference_of(reference: ReferencePhoto) -> Reference:
    """A photo as the engine borrows from it."""
    return Reference(reference.name, reference.photo.visible_pixels, reference.sha256)


def read_references(paths: Iterable[Path]) -> tuple[Reference, ...]:
    """Photo files as the engine borrows from them, each picture once.

    Raises:
        ImageFileError: one is missing, damaged, no image or too large.
        OptionError: there are too many.
    """
    return tuple(
        reference_of(one) for one in joined_by((), (ReferencePhoto.of(read_photo(path)) for path in paths))
    )


def records_of(references: Iterable[Reference]) -> tuple[ReferenceRecord, ...]:
    """What to remember of references."""
    return tuple(ReferenceRecord(reference.name, reference.sha256) for reference in references)


def loans_of(
    regions: Iterable[FilledRegion], given: Iterable[tuple[Reference, ...]]
) -> tuple[LoanRecord, ...]:
    """What to remember of what holes borrowed.

    Args:
        regions: what is shown in each hole.
        given: the references that each of them could borrow from.
    """
    return tuple(
        LoanRecord(hole, references[one.reference].name, one.part.value)
        for hole, (region, references) in enumerate(zip(regions, given, strict=True))
        for one in region.borrowed
    )


def found_again(
    records: Iterable[ReferenceRecord], present: Mapping[str, Reference]
) -> tuple[Reference, ...]:
    """The references that a fill was made with.

    Args:
        records: what is remembered of them.
        present: those at hand, by the checksum of their pixels.

    Raises:
        ProjectError: one is not at hand.
    """
    wanted = tuple(records)
    missing = [record.name for record in wanted if record.sha256 not in present]
    if missing:
        raise ProjectError(
            "The edit was made with other photos at hand, of which {names} is missing;"
            " give each with --reference.",
            names=", ".join(dict.fromkeys(missing)),
        )
    return tuple(present[record.sha256] for record in wanted)


def ingredients_of(steps: Iterable[Step]) -> tuple[tuple[str, str], ...]:
    """Names of the photos that fills borrowed from, and what, for metadata; each once.

    Args:
        steps: those that are applied.
    """
    loans = (loan for step in steps if step.fill is not None for loan in step.fill.loans)
    return tuple(dict.fromkeys((loan.reference, loan.part) for loan in loans))


def borrowed_parts(result: CompletionResult, references: Sequence[Reference]) -> dict[str, str]:
    """What a fill shows of each reference, in words, by the reference's name.

    Args:
        result: of the fill.
        references: those of its request.
    """
    parts: dict[str, dict[str, None]] = {}
    for one in (one for region in result.regions for one in region.borrowed):
        parts.setdefault(references[one.reference].name, {})[one.part.label] = None
    return {name: ", ".join(each) for name, each in parts.items()}
