"""A fill of which only pixels and record are known, as after opening a project, beside further candidates."""

from __future__ import annotations

from dataclasses import replace

from portrait_studio.document.document import Document
from portrait_studio.document.fill_record import FillRecord
from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fill_records import hardware_of, joints_of, options_of
from portrait_studio.engine.fill_variants import FillVariant
from portrait_studio.imaging.masks import Mask


def kept_fill(document: Document, record: FillRecord, mask: Mask, like: Candidate) -> Candidates | None:
    """What a document shows as its last fill, to choose from.

    Args:
        document: nothing but marks came after the fill.
        record: of the fill.
        mask: (H, W) uint8, what was filled.
        like: another fill of the same holes.

    Returns:
        None where the pixels alone do not say enough: holes that differ in how they were made, other photos,
        soft masks, through which the photo shines.
    """
    if record.holes or record.references or ((mask > 0) & (mask < 255)).any():
        return None
    shown = document.visible_image
    regions = tuple(
        replace(
            region,
            pixels=shown[region.bounds.slices].copy(),
            stages={},
            borrowed=(),
            copies_mate=False,
            invents_feet=False,
        )
        for region in like.result.regions
    )
    result = replace(
        like.result,
        regions=regions,
        seconds={},
        weights=dict(record.weights),
        device=record.ran_on,
        notices=(),
        hardware=hardware_of(record),
    )
    variant = FillVariant.of(options_of(record), like.variant.intent)
    return Candidates.first(Candidate(result, variant, record.wanted_labels, joints_of(record)))
