"""What is kept of each fill is small, however large the photo is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from portrait_studio.editing.candidates import STAGE_PX, with_small_stages
from portrait_studio.engine.request import CompletionResult, FilledRegion, Structure
from portrait_studio.imaging.geometry import Bounds


def result_with(picture: NDArray[np.uint8]) -> CompletionResult:
    bounds = Bounds(0, 0, 4, 4)
    structure = Structure(bounds, np.zeros((4, 4), np.uint8), np.zeros((16, 1, 1), np.float16))
    pixels = np.zeros((4, 4, 3), np.uint8)
    region = FilledRegion(bounds, pixels, np.ones((4, 4), np.uint8), structure, {"blended": picture})
    return CompletionResult((region,), structure, {}, {}, "Fake")


def test_large_pictures_of_stages_are_kept_small_in_their_own_shape() -> None:
    kept = with_small_stages(result_with(np.full((2000, 1000, 3), 77, np.uint8)))
    picture = kept.regions[0].stages["blended"]
    assert picture.shape == (STAGE_PX, STAGE_PX // 2, 3)
    assert (picture == 77).all()


def test_small_pictures_and_all_else_stay_as_they_are() -> None:
    result = result_with(np.arange(300, dtype=np.uint8).reshape(10, 10, 3))
    kept = with_small_stages(result)
    assert kept.regions[0].stages["blended"] is result.regions[0].stages["blended"]
    assert kept.regions[0].pixels is result.regions[0].pixels
