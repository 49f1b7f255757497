"""Fill records as JSON, those of the first version included."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from portrait_studio.document.fill_record import FillRecord, LoanRecord, ReferenceRecord, VariantRecord
from portrait_studio.document.packed_plane import PackedPlane, pack_plane, unpack_plane
from portrait_studio.imaging.geometry import Extent
from portrait_studio.json_dataclass import write_dataclass

STRUCTURE = np.zeros((20, 30), np.uint8)
STRUCTURE[4:9, 7:20] = 5
PACKED = pack_plane(STRUCTURE)
OLD = {
    "method": "default",
    "seed": 3,
    "device": "auto",
    "grow_px": 2,
    "ran_on": "CPU (bfloat16)",
    "weights": {"parsing": "ab" * 32},
    "program": "0.1.0",
}


def test_a_record_survives_json() -> None:
    other = ReferenceRecord("other.jpg", "cd" * 32)
    holes = (
        VariantRecord("patches", 4, PACKED),
        VariantRecord("default", 3, None, (other,), "left", copy_mates=False),
    )
    record = FillRecord(
        **OLD, holes=holes, wanted_labels=PACKED, is_anew=True, precision="bfloat16", threads=4
    )
    assert FillRecord.from_json(json.loads(json.dumps(write_dataclass(record)))) == record
    before = replace(
        record,
        robust=False,
        careful_sources=False,
        finish_faces=False,
        looks_inside=False,
        spares_others=False,
        continue_patterns=False,
        keep_grain=False,
        invent_feet=False,
        continue_lines=False,
        references=(other,),
        loans=(LoanRecord(1, "other.jpg", "face"),),
    )
    assert FillRecord.from_json(json.loads(json.dumps(write_dataclass(before)))) == before
    assert record.variants == holes
    assert np.array_equal(unpack_plane(record.wanted_labels, Extent(30, 20)), STRUCTURE)


def test_records_of_the_first_version_are_read() -> None:
    assert PACKED is not None
    assert FillRecord.from_json(OLD).variants == (VariantRecord("default", 3),)
    entry = {**OLD, "holes": [["patches", 4], ["default", 3]], "structure": asdict(PACKED), "is_anew": False}
    record = FillRecord.from_json(json.loads(json.dumps(entry)))
    assert record.variants == (VariantRecord("patches", 4, PACKED), VariantRecord("default", 3, PACKED))
    assert (record.precision, record.threads, record.hole_by_hole) == ("auto", 0, True)
    assert not record.copy_mates
    assert record.patches_from == "anywhere"
    assert not record.robust
    assert record.references == record.loans == ()
    assert not record.careful_sources
    assert not record.finish_faces
    assert not record.looks_inside
    assert not record.spares_others
    assert not record.continue_patterns
    assert not record.keep_grain
    assert not record.invent_feet
    assert not record.continue_lines


@pytest.mark.parametrize(
    "change",
    [
        {"soul": 1},
        {"threads": "all"},
        {"hole_by_hole": 1},
        {"copy_mates": 1},
        {"patches_from": "above"},
        {"robust": 1},
        {"references": [{"name": "other.jpg"}]},
        {"loans": [{"hole": -1, "reference": "other.jpg", "part": "face"}]},
        {"careful_sources": 1},
        {"finish_faces": 1},
        {"looks_inside": 1},
        {"spares_others": 1},
        {"continue_patterns": 1},
        {"keep_grain": 1},
        {"invent_feet": 1},
        {"continue_lines": 1},
        {"holes": [["patches"]]},
        {"holes": 3},
        {"structure": {"left": 0}},
    ],
)
def test_what_is_none_is_refused(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        FillRecord.from_json({**OLD, **change})


def test_a_plane_outside_the_photo_is_refused() -> None:
    assert PACKED is not None
    with pytest.raises(ValueError, match="outside"):
        unpack_plane(PackedPlane(25, 0, PACKED.png), Extent(30, 20))
