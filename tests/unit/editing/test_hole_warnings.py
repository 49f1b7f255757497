"""What is said before a fill of hands, faces, and of what the photo cuts off; and when nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from portrait_studio.editing.hole_warnings import (
    FACE_COVERED,
    HAND,
    NO_FEET,
    NO_HEAD,
    extension_warnings,
    hole_warnings,
)
from portrait_studio.engine.intent import Intent
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.imaging.masks import Mask
from portrait_studio.networks.conventions import KEYPOINT_COUNT, KEYPOINTS, LABELS

PHOTO = Extent(800, 1024)
BODY = {
    "hair": Bounds(85, 20, 115, 34),
    "face": Bounds(88, 34, 112, 62),
    "upper-clothes": Bounds(70, 62, 130, 140),
    "left-arm": Bounds(130, 66, 142, 152),
    "pants": Bounds(72, 140, 128, 230),
    "left-shoe": Bounds(104, 230, 126, 244),
    "right-shoe": Bounds(74, 230, 96, 244),
}
JOINTS = {
    "left-elbow": (136, 104),
    "left-wrist": (136, 136),
    "left-hip": (115, 140),
    "left-knee": (115, 185),
}


def seen(rows: slice = slice(None), hidden: tuple[str, ...] = ()) -> Structure:
    """A standing person in a map of 200 x 256, of which some rows are the photo."""
    labels, heat = np.zeros((256, 200), np.uint8), np.zeros((KEYPOINT_COUNT, 64, 50), np.float16)
    for name, place in BODY.items():
        labels[place.slices] = LABELS.index(name)
    for name, (x, y) in JOINTS.items():
        if name not in hidden:
            heat[KEYPOINTS.index(name), y // 4, x // 4] = 0.8
    labels = labels[rows]
    cut = heat[:, (rows.start or 0) // 4 :][:, : len(labels) // 4]
    return Structure(Bounds(0, 0, PHOTO.width, 4 * len(labels)), labels, cut)


def covering(left: int, top: int, right: int, bottom: int) -> Mask:
    """A mask over a part of the map, in photo pixels."""
    mask = np.zeros((PHOTO.height, PHOTO.width), np.uint8)
    mask[4 * top : 4 * bottom, 4 * left : 4 * right] = 255
    return mask


def test_a_swallowed_hand_is_said() -> None:
    assert hole_warnings(covering(120, 132, 150, 175), seen(), Intent.AUTOMATIC) == (HAND,)


@pytest.mark.parametrize(
    "mask",
    [covering(140, 134, 175, 175), covering(120, 150, 150, 190), covering(130, 70, 150, 100)],
    ids=["touches the side", "touches the fingertips", "upper arm"],
)
def test_a_mask_that_merely_touches_a_hand_gets_none(mask: Mask) -> None:
    assert hole_warnings(mask, seen(), Intent.AUTOMATIC) == ()


def test_a_hand_that_the_photo_does_not_show_is_not_missed() -> None:
    covered = covering(120, 132, 150, 175)
    assert hole_warnings(covered, seen(hidden=("left-wrist",)), Intent.AUTOMATIC) == ()


def test_much_of_a_face_is_said_and_spectacles_are_not() -> None:
    assert hole_warnings(covering(86, 40, 114, 60), seen(), Intent.AUTOMATIC) == (FACE_COVERED,)
    assert hole_warnings(covering(86, 42, 114, 49), seen(), Intent.AUTOMATIC) == ()


@pytest.mark.parametrize("intent", [Intent.BACKGROUND, Intent.SURFACE])
def test_who_has_said_what_is_meant_is_not_warned(intent: Intent) -> None:
    assert hole_warnings(covering(86, 40, 114, 60), seen(), intent) == ()


def test_who_is_removed_whole_takes_hands_and_face_along() -> None:
    everybody = covering(60, 10, 150, 250)
    assert hole_warnings(everybody, seen(), Intent.AUTOMATIC) == ()
    assert set(hole_warnings(everybody, seen(), Intent.BODY)) == {HAND, FACE_COVERED}


def test_an_empty_mask_gets_none() -> None:
    assert hole_warnings(covering(0, 0, 0, 0), seen(), Intent.AUTOMATIC) == ()


def test_a_photo_that_ends_at_the_neck_is_said_before_it_grows_upwards() -> None:
    headless = seen(slice(60, 256))
    photo = Extent(PHOTO.width, headless.bounds.height)
    assert extension_warnings(Margins(0, 100, 0, 0), photo, headless) == (NO_HEAD,)
    assert extension_warnings(Margins(50, 0, 50, 0), photo, headless) == ()


def test_a_cut_forehead_is_what_extending_is_for() -> None:
    cut = seen(slice(32, 256))
    photo = Extent(PHOTO.width, cut.bounds.height)
    assert extension_warnings(Margins(0, 100, 0, 0), photo, cut) == ()
    assert extension_warnings(Margins(0, 100, 0, 0), PHOTO, seen()) == ()


def test_feet_far_below_the_edge_are_said() -> None:
    hips = seen(slice(0, 160))
    photo = Extent(PHOTO.width, hips.bounds.height)
    assert extension_warnings(Margins(0, 0, 0, 211), photo, hips) == (NO_FEET,)
    assert extension_warnings(Margins(0, 0, 0, 30), photo, hips) == ()


def test_feet_below_the_knees_are_what_extending_is_for() -> None:
    shins = seen(slice(0, 212))
    photo = Extent(PHOTO.width, shins.bounds.height)
    assert extension_warnings(Margins(0, 0, 0, 280), photo, shins) == ()
    assert extension_warnings(Margins(0, 0, 0, 300), PHOTO, seen()) == ()
