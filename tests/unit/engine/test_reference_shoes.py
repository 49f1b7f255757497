"""Shoes of another photo stand where a hole hides them, whatever the pose and the place there."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.references.body_scale import body_scale
from portrait_studio.engine.references.loans import Loan
from portrait_studio.engine.references.shoes import LentShoes, loan_of_shoes
from portrait_studio.engine.references.views import View
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of, mask_bounds
from portrait_studio.networks.conventions import KEYPOINTS
from tests.helpers.drawn_feet import COLOURS, LEFT_LEG, LEFT_SHOE, RIGHT_LEG, RIGHT_SHOE, TOE, drawn_feet

LEGS = {
    "right-hip": (70, 20),
    "right-knee": (70, 105),
    "right-ankle": (70, 190),
    "left-hip": (165, 20),
    "left-knee": (165, 105),
    "left-ankle": (165, 190),
}
"""Joints of the drawn feet."""

PHOTO = drawn_feet(-1, 1)
HOLE = np.zeros(PHOTO.labels.shape, np.uint8)
HOLE[178:] = 255


def parsed(labels: NDArray[np.uint8], scale: float = 1.0) -> ParsedWindow:
    """What a parser is sure of, with the joints of the drawn feet at a scale."""
    height, width = labels.shape
    heatmaps = np.zeros((-(-height // 4), -(-width // 4), 16), np.float32)
    for name, (x, y) in LEGS.items():
        place = (
            min(round(y * scale / 4), heatmaps.shape[0] - 1),
            min(round(x * scale / 4), heatmaps.shape[1] - 1),
        )
        heatmaps[(*place, KEYPOINTS.index(name))] = 1
    window = Window(Bounds(0, 0, width, height), extent_of(labels))
    return ParsedWindow(window, np.eye(18, dtype=np.float32)[labels], heatmaps)


def guess() -> ParsedWindow:
    """What the photo's parser says: a blob about each hidden shoe."""
    labels = np.where(HOLE > 0, 0, PHOTO.labels).astype(np.uint8)
    for x, label in ((55, RIGHT_SHOE), (180, LEFT_SHOE)):
        cv2.ellipse(labels, (x, 203), (26, 17), 0, 0, 360, label, cv2.FILLED)
    return parsed(labels)


def by_colour(image: Pixels) -> NDArray[np.uint8]:
    """Labels of a picture of feet: what is on its left side is the right foot."""
    apart = np.stack(
        [((image.astype(int) - colour) ** 2).sum(2) for colour in (COLOURS[0], COLOURS[9], TOE, COLOURS[12])]
    )
    kinds = apart.argmin(0)
    labels = np.choose(kinds, [0, RIGHT_SHOE, RIGHT_SHOE, RIGHT_LEG]).astype(np.uint8)
    on_right = labels[:, labels.shape[1] // 2 :]
    on_right[on_right == RIGHT_SHOE] = LEFT_SHOE
    on_right[on_right == RIGHT_LEG] = LEFT_LEG
    return np.asarray(cv2.medianBlur(labels, 5), np.uint8)


def reference(scale: float = 1.4, *, has_shoes: bool = True) -> View:
    """The same legs elsewhere, larger and nearer together, as they are looked at."""
    feet = drawn_feet(-1, 1, mate_at=(85, 190))
    image = np.where((feet.labels > 0)[..., None], feet.image, np.array(COLOURS[0], np.uint8))
    if not has_shoes:
        image = image[:170]
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    picture = cv2.resize(image.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    return View(0, picture, lambda seen: parsed(by_colour(seen), scale))


def lent(view: View, whole: ParsedWindow | None = None) -> LentShoes | None:
    whole = whole or guess()
    return loan_of_shoes(PHOTO.image, HOLE, mask_bounds(HOLE), whole, whole, view)


def test_both_shoes_stand_where_they_were() -> None:
    loan = lent(reference())
    assert loan is not None
    assert len(loan.copies) == 2
    fill = to_float(PHOTO.image)
    fill[HOLE > 0] = np.array(COLOURS[0]) / 255
    picture = loan.laid_over(fill, PHOTO.image, Bounds(0, 0, 240, 260), HOLE > 0)
    is_shoe = (np.abs(picture - np.array(COLOURS[0]) / 255).max(2) > 0.25) & (HOLE > 0)
    truth = (PHOTO.labels > 0) & (HOLE > 0)
    assert np.count_nonzero(is_shoe & truth) / np.count_nonzero(is_shoe | truth) > 0.6
    tips = np.nonzero((np.abs(picture - np.array(TOE) / 255).max(2) < 0.12) & (HOLE > 0))[1]
    assert (tips < 55).any()
    assert (tips > 180).any()
    assert not loan.shows_face


def test_what_is_left_of_the_guess_is_ground_and_each_shoe_keeps_its_name() -> None:
    loan = lent(reference())
    assert loan is not None
    labels = loan.labels_in(mask_bounds(HOLE), HOLE, guess())
    assert np.count_nonzero(labels[:, :120] == RIGHT_SHOE) > 300
    assert np.count_nonzero(labels[:, 120:] == LEFT_SHOE) > 300
    assert not (labels[:, :120] == LEFT_SHOE).any()
    guessed = np.isin(guess().labels[178:], (LEFT_SHOE, RIGHT_SHOE))
    # Both outlines are read at a smaller size.
    assert (labels[guessed] != PREDICT).mean() > 0.97


@pytest.mark.parametrize("reason", ["no shoes", "no joints", "shoes in sight"])
def test_nothing_is_lent_where_nothing_fits(reason: str) -> None:
    whole = guess()
    view = reference(has_shoes=reason != "no shoes")
    if reason == "no joints":
        whole = replace(whole, heatmaps=np.zeros_like(whole.heatmaps))
    if reason == "shoes in sight":
        whole = parsed(np.where(HOLE > 0, 0, PHOTO.labels).astype(np.uint8))
    assert lent(view, whole) is None


def test_size_is_that_of_the_bones() -> None:
    assert body_scale(parsed(PHOTO.labels), parsed(PHOTO.labels)) == pytest.approx(1.0)
    enlarged = cv2.resize(PHOTO.labels, (480, 520), interpolation=cv2.INTER_NEAREST)
    assert body_scale(parsed(enlarged, 2.0), parsed(PHOTO.labels)) == pytest.approx(0.5, abs=0.02)


def test_where_the_other_photo_shows_that_nobody_is_the_guess_does_not_stay() -> None:
    bounds, labels = Bounds(0, 0, 4, 4), np.zeros((4, 4), np.uint8)
    share = np.zeros((4, 4), np.float32)
    share[0], labels[0] = 1.0, RIGHT_SHOE
    cleared = np.zeros((4, 4), np.bool_)
    cleared[1:3] = True
    mask = np.full((4, 4), 255, np.uint8)
    loan = Loan(bounds, np.zeros((4, 4, 3), np.uint8), share, labels, cleared)
    found = loan.labels_in(bounds, mask, guess())
    assert (found[0] == RIGHT_SHOE).all()
    assert (found[1:3] == 0).all()
    assert (found[3] == PREDICT).all()
