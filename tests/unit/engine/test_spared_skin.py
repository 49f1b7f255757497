"""Fingers that hold a thing are no part of it."""

from __future__ import annotations

import numpy as np

from portrait_studio.engine.request import Structure
from portrait_studio.engine.spared_skin import without_skin
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import LABELS

ARM, BAG = LABELS.index("left-arm"), LABELS.index("bag")
PHOTO = Bounds(0, 0, 200, 300)


def seen() -> Structure:
    """A map of 50 x 75: a bag that an arm holds from above."""
    labels = np.zeros((75, 50), np.uint8)
    labels[10:32, 20:26] = ARM
    labels[30:50, 15:35] = BAG
    return Structure(PHOTO, labels, np.zeros((16, 18, 12), np.float16))


def found(level: int, top: int = 100, bottom: int = 200) -> ThingFound:
    probability = np.zeros((220, 160), np.uint8)
    probability[top - 40 : bottom - 40, 60 - 20 : 140 - 20] = level
    return ThingFound(Bounds(60, 100, 140, 200), Bounds(20, 40, 180, 260), probability)


def test_the_arm_that_holds_a_bag_is_left_out() -> None:
    (thing,) = without_skin([found(200)], seen())
    assert not thing.covers(92, 108)
    assert thing.covers(70, 108)
    assert thing.covers(100, 160), "the bag"
    assert thing.bounds == found(200).bounds


def test_what_the_network_is_sure_of_stays() -> None:
    (thing,) = without_skin([found(250)], seen())
    assert thing.covers(92, 108)


def test_an_arm_that_was_meant_stays() -> None:
    probability = np.zeros((300, 200), np.uint8)
    probability[45:128, 82:102] = 200
    arm = ThingFound(Bounds(80, 40, 104, 128), PHOTO, probability)
    (thing,) = without_skin([arm], seen())
    assert thing.covers(92, 80)


def test_where_nothing_stands_out_nothing_is_said() -> None:
    doubtful = found(60)
    assert without_skin([doubtful], seen()) == (doubtful,)
