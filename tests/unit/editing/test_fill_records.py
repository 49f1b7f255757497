"""Between options and records of fills: whatever decides over pixels comes back."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.editing.fill_records import options_of, record_of
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    FilledRegion,
    Method,
    PatchSide,
    Structure,
)
from portrait_studio.imaging.geometry import Bounds

NOT_KEPT = {"keep_stages", "borrow"}
"""Pictures of stages are looked at once; the references that are kept are those that were borrowed from."""
OTHERS = {"method": Method.PATCHES, "seed": 7, "grow_px": 5, "patches_from": PatchSide.LEFT}


def back_again(options: CompletionOptions) -> CompletionOptions:
    """What a replay of a fill by some options asks for."""
    structure = Structure(Bounds(0, 0, 8, 8), np.zeros((8, 8), np.uint8), np.zeros((16, 2, 2), np.float16))
    place = Bounds(2, 2, 6, 6)
    region = FilledRegion(place, np.zeros((4, 4, 3), np.uint8), np.ones((4, 4), np.uint8), structure)
    request = CompletionRequest(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8), options)
    result = CompletionResult((region,), structure, {}, {}, "Fake")
    return options_of(record_of(Candidates.first(Candidate.of(request, result))))


@pytest.mark.parametrize("name", [field.name for field in fields(CompletionOptions)])
def test_each_option_is_remembered(name: str) -> None:
    usual = CompletionOptions()
    other = OTHERS[name] if name in OTHERS else not getattr(usual, name)
    changed = replace(usual, **{name: other})
    assert back_again(changed) == (usual if name in NOT_KEPT else changed)
