"""An eye in sight is mirrored over a hidden one, where a face looks ahead; nothing else is touched."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.align_face import AlignedFace
from portrait_studio.engine.mates.eye_copy import eye_copy, lay_eye
from portrait_studio.engine.resample import WindowPixels, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.face_completion import FACE_PARTS, LANDMARKS

RIGHT, LEFT = (41, 54), (87, 54)
"""Middles of the eyes in the photo, which is the aligned window."""


def face(nose: float = 64.0) -> AlignedFace:
    """A face that looks ahead, or aside where its nose is elsewhere."""
    places = {
        **{33: (31, 54), 133: (51, 54), 362: (77, 54), 263: (97, 54)},
        **{61: (49, 90), 291: (79, 90), 13: (64, 87), 14: (64, 93)},
        **{1: (nose, 74), 98: (nose - 9, 77), 327: (nose + 9, 77)},
        **{152: (64, 118), 234: (13, 64), 454: (115, 64), 10: (64, 13), 105: (36, 41), 334: (92, 41)},
    }
    # Pixel centres lie at + 0.5.
    landmarks = np.array([places[number] for number in LANDMARKS], np.float64) + 0.5
    parts = np.zeros((len(FACE_PARTS), 64, 64), np.float32)
    parts[FACE_PARTS.index("skin")] = 1.0
    return AlignedFace(np.eye(2, 3), np.zeros((128, 128, 3), np.float32), parts, landmarks, 1.0)


def portrait() -> NDArray[np.uint8]:
    """Skin with eyes that have a mark beside the nose, lit from the left."""
    photo = np.full((128, 128, 3), 160, np.uint8)
    for (x, y), inwards in ((RIGHT, 1), (LEFT, -1)):
        cv2.ellipse(photo, (x, y), (10, 5), 0, 0, 360, (230, 230, 230), -1)
        cv2.circle(photo, (x, y), 4, (40, 60, 90), -1)
        photo[y, x + 8 * inwards] = (200, 40, 40)
    return photo


def mask_of(*holes: tuple[int, int]) -> NDArray[np.uint8]:
    mask = np.zeros((128, 128), np.uint8)
    for x, y in holes:
        cv2.ellipse(mask, (x, y), (18, 14), 0, 0, 360, 255, -1)
    return mask


def filled(colour: float, mask: NDArray[np.uint8]) -> WindowPixels:
    """The portrait with a colour in its hole."""
    colours = np.where(mask[..., None] > 0, np.float32(colour), to_float(portrait()))
    return WindowPixels(Window.scaled(Bounds(0, 0, 128, 128), 1.0), colours, mask > 0)


@pytest.mark.parametrize("hidden", [RIGHT, LEFT])
def test_the_eye_in_sight_is_mirrored_over_the_hidden_one(hidden: tuple[int, int]) -> None:
    photo, mask = portrait(), mask_of(hidden)
    truth = photo.copy()
    photo[mask > 0] = (0, 255, 0)
    copy = eye_copy(photo, mask, face())
    assert copy is not None
    fill = filled(160 / 255, mask)
    laid = lay_eye(fill, photo, face(), copy)
    near = (slice(hidden[1] - 5, hidden[1] + 6), slice(hidden[0] - 10, hidden[0] + 11))
    assert np.abs(laid[near] - to_float(truth)[near]).mean() < 0.03
    assert np.abs(fill.colours[near] - to_float(truth)[near]).mean() > 0.15
    assert np.array_equal(laid[mask == 0], fill.colours[mask == 0])


def test_it_takes_the_light_that_falls_there() -> None:
    mask = mask_of(LEFT)
    copy = eye_copy(portrait(), mask, face())
    assert copy is not None
    bright, dark = (lay_eye(filled(grey / 255, mask), portrait(), face(), copy) for grey in (160, 80))
    near = (slice(LEFT[1] - 5, LEFT[1] + 6), slice(LEFT[0] - 10, LEFT[0] + 11))
    assert dark[near].mean() == pytest.approx(bright[near].mean() / 2, rel=0.1)


def test_a_part_of_the_photo_gets_its_part_of_the_eye() -> None:
    mask = mask_of(LEFT)
    copy = eye_copy(portrait(), mask, face())
    assert copy is not None
    whole = filled(160 / 255, mask)
    bounds = Bounds(66, 36, 110, 70)
    part = WindowPixels(Window.scaled(bounds, 1.0), whole.colours[bounds.slices], whole.hole[bounds.slices])
    laid = lay_eye(part, portrait(), face(), copy)
    assert np.abs(laid - lay_eye(whole, portrait(), face(), copy)[bounds.slices]).max() < 0.05


def test_nothing_is_laid_beside_the_face() -> None:
    mask = mask_of(LEFT)
    aligned = face()
    copy = eye_copy(portrait(), mask, aligned)
    assert copy is not None
    aligned.parts[:, :, 45:] = 0.0
    aligned.parts[FACE_PARTS.index("background"), :, 45:] = 1.0
    fill = filled(80 / 255, mask)
    laid = lay_eye(fill, portrait(), aligned, copy)
    assert np.array_equal(laid[:, 92:], fill.colours[:, 92:])
    assert not np.allclose(laid[:, 80:88], fill.colours[:, 80:88])


@pytest.mark.parametrize(
    ("mask", "nose"),
    [
        (mask_of(), 64.0),
        (mask_of(RIGHT, LEFT), 64.0),
        (mask_of(RIGHT, (100, 45)), 64.0),
        (mask_of(RIGHT), 78.0),
        (mask_of((64, 90)), 64.0),
    ],
    ids=["nothing hidden", "both hidden", "the other in part", "a face turned away", "the mouth hidden"],
)
def test_there_is_none_to_copy(mask: NDArray[np.uint8], nose: float) -> None:
    assert eye_copy(portrait(), mask, face(nose)) is None


def test_an_eye_beyond_the_frame_is_no_source() -> None:
    photo, mask = portrait()[:, :96], mask_of(RIGHT)[:, :96]
    assert eye_copy(photo, np.ascontiguousarray(mask), face()) is None


def test_eyes_of_unlike_width_are_not_copied() -> None:
    one = face()
    landmarks = one.landmarks.copy()
    landmarks[LANDMARKS.index(263)] = (88, 54)
    assert eye_copy(portrait(), mask_of(RIGHT), replace(one, landmarks=landmarks)) is None
