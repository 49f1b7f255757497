"""Other photos that fills may borrow from: as the engine is given them, and found again for a replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from portrait_studio.document.edit_record import pixels_sha256
from portrait_studio.document.fill_record import FillRecord, LoanRecord, ReferenceRecord
from portrait_studio.engine.request import CompletionResult, FilledRegion, Reference
from portrait_studio.errors import ProjectError
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import read_photo


def reference_of(photo: Photo) -> Reference:
    """A photo as the engine borrows from it.

    Args:
        photo: as it was read.
    """
    name = photo.path.name if photo.path is not None else "a pasted picture"
    return Reference(name, photo.visible_pixels, pixels_sha256(photo.visible_pixels))


def read_references(paths: Iterable[Path]) -> tuple[Reference, ...]:
    """Photo files as the engine borrows from them, each picture once.

    Raises:
        ImageFileError: one is missing, damaged, no image or too large.
    """
    found = [reference_of(read_photo(path)) for path in paths]
    return tuple({reference.sha256: reference for reference in found}.values())


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


def borrowed_in_words(fills: Iterable[FillRecord]) -> tuple[str, ...]:
    """Names of the photos that fills borrowed from, each once."""
    return tuple(dict.fromkeys(loan.reference for fill in fills for loan in fill.loans))


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
