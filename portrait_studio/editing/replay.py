"""Repeats a recorded edit: every fill of it anew, by the same options, labels, joints and seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from portrait_studio.document.label_plane import unpack_labels
from portrait_studio.document.packed_plane import unpack_plane
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fill_records import hardware_of, joints_of, options_of
from portrait_studio.editing.fills import FillWishes, fill_request, fill_step
from portrait_studio.editing.references import found_again
from portrait_studio.editing.several_fills import ProgressOfFill
from portrait_studio.engine.intent import Intent

if TYPE_CHECKING:
    from portrait_studio.document.document import Document
    from portrait_studio.document.edit_record import EditRecord, RecordedFill
    from portrait_studio.document.masked_image import MaskedImage
    from portrait_studio.engine.interface import Engine
    from portrait_studio.engine.request import Reference
    from portrait_studio.hardware import Hardware


def repeat_edit(
    document: Document,
    record: EditRecord,
    engine: Engine,
    hardware: Hardware | None,
    shown: ProgressOfFill,
    references: Sequence[Reference] = (),
) -> list[str]:
    """Make all fills of an edit again.

    Args:
        document: the photo that the record is about, as it was read.
        record: how to repeat the edit.
        engine: what fills.
        hardware: another one than the recorded; None = that.
        shown: called for each fill.
        references: other photos at hand, those that it was made with among them.

    Returns:
        What the fills ran on, for the user to read, each once.

    Raises:
        ProjectError: the record names a method that this version lacks, or a reference that is not at hand,
            or holds a damaged picture.
        WeightsError, DeviceError, OptionError: see `Engine.run`.
    """
    present = {reference.sha256: reference for reference in references}
    for variant in (variant for fill in record.fills for variant in fill.how.variants):
        found_again(variant.references, present)
    devices: dict[str, None] = {}
    before = None
    for fill in record.fills:
        if not fill.how.is_anew or before is None:
            document.change_canvas(fill.canvas)
            document.replace_mask(fill.mask)
            masked = document.masked_image()
            # A copy, since the fill changes the pixels in place.
            before = replace(masked, image=masked.image.copy())
        on = hardware or hardware_of(fill.how)
        candidates = _candidates(fill, before, engine, on, shown, present)
        devices |= dict.fromkeys(each.result.device for each in candidates.all)
        fill_step(document, candidates, before if fill.how.is_anew else None)
    document.change_canvas(record.canvas)
    return list(devices)


def _candidates(
    fill: RecordedFill,
    before: MaskedImage,
    engine: Engine,
    hardware: Hardware,
    shown: ProgressOfFill,
    present: Mapping[str, Reference],
) -> Candidates:
    """What a fill showed in each hole, made again."""
    variants = fill.how.variants
    different = list(dict.fromkeys(variants))
    made = []
    for variant in different:
        options = options_of(fill.how, variant)
        labels = unpack_labels(variant.wanted_labels, fill.canvas.extent)
        given = found_again(variant.references, present)
        marks = None if variant.sources is None else unpack_plane(variant.sources, fill.canvas.extent)
        wishes = FillWishes(options, Intent.AUTOMATIC, labels, joints_of(fill.how), given, marks)
        # What the intent made of the photo at that time is among the labels.
        request = replace(fill_request(before, wishes, seen=None), hardware=hardware)
        with shown() as progress:
            made.append(Candidate.of(request, engine.run(request, progress)))
    holes = range(len(made[0].result.regions))
    return Candidates(tuple(made), tuple(different.index(variants[hole % len(variants)]) for hole in holes))
