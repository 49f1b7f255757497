"""A hole with little of a body around it is background, unless a leg goes into it and a shoe is missing."""

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.intent import Intent, bodiless, wanted_with
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds
from tests.helpers.drawn_feet import drawn_feet

FEET = drawn_feet()


def seen_with(labels: NDArray[np.uint8]) -> Structure:
    return Structure(Bounds(0, 0, 240, 260), labels, np.zeros((16, 65, 60), np.float16))


def box(left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    mask = np.zeros((260, 240), np.uint8)
    mask[top:bottom, left:right] = 255
    return mask


@pytest.mark.parametrize("in_hole", ["the shoe", "ground"])
def test_a_hidden_foot_is_a_body(in_hole: str) -> None:
    labels = FEET.labels.copy()
    if in_hole == "ground":
        labels[FEET.hole > 0] = 0
    assert not bodiless(FEET.hole, seen_with(labels)).any()
    assert wanted_with(Intent.AUTOMATIC, FEET.hole, None, seen_with(labels)) is None


@pytest.mark.parametrize(
    "mask",
    [
        box(205, 150, 240, 255),  # beside both feet
        box(110, 120, 152, 250),  # between them
        box(150, 218, 230, 258),  # below
    ],
)
def test_what_stands_beside_feet_is_no_body(mask: NDArray[np.uint8]) -> None:
    labels = np.where(mask > 0, np.uint8(0), FEET.labels)
    assert bodiless(mask, seen_with(labels)).any()


def test_a_leg_whose_mate_is_out_of_sight_says_nothing() -> None:
    labels = np.where(np.isin(FEET.labels, (9, 10)), np.uint8(0), FEET.labels)
    assert bodiless(FEET.hole, seen_with(labels)).any()


def test_a_hole_far_above_the_only_shoe_hides_no_foot() -> None:
    labels = FEET.labels.copy()
    labels[FEET.hole > 0] = 0
    mask = box(140, 60, 235, 100)
    labels[mask > 0] = 0
    assert bodiless(mask, seen_with(labels)).any()
