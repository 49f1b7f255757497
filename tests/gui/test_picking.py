"""Select by meaning, and people who are protected."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from portrait_studio.editing.map_regions import MapRegions
from portrait_studio.engine.request import Structure
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
HAT, SUNGLASSES, UPPER, BELT, BAG, SCARF = 1, 3, 4, 8, 16, 17


def two_people() -> Structure:
    """Two bodies over 240 x 320 pixels at half that size; the left one has a hat and a bag."""
    labels = np.zeros((160, 120), np.uint8)
    labels[20:140, 10:45] = UPPER
    labels[20:30, 10:45] = HAT
    labels[80:110, 35:55] = BAG
    labels[30:140, 75:110] = UPPER
    labels[2:4, 2:4] = UPPER
    return Structure(Bounds(0, 0, 240, 320), labels, np.zeros((16, 40, 30), np.float16))


def mask_of(session: Session) -> Mask:
    assert session.document is not None
    return session.document.mask


@pytest.fixture
def seen(qtbot: QtBot, opened: Session, hand: Hand) -> Session:
    qtbot.waitUntil(lambda: opened.parsing_maps.of_photo is not None)
    opened.parsing_maps.learn(two_people())
    hand.key(Qt.Key.Key_W)
    return opened


def test_parts_hang_together() -> None:
    regions = MapRegions(two_people())
    assert [person.name for person in regions.people] == ["person 1", "person 2"]
    assert regions.region_at(238, 318) is None
    bag, hat, body = (
        regions.thing_or_person_at(90, 190),
        regions.region_at(40, 50),
        regions.thing_or_person_at(40, 100),
    )
    assert bag is not None
    assert hat is not None
    assert body is not None
    assert (bag.name, hat.name, body.name) == ("bag", "hat", "person 1")
    bounds, mask = bag.outline(Extent(240, 320))
    rows, columns = np.nonzero(mask)
    assert abs(bounds.left + columns.min() - 70) <= 1
    assert abs(bounds.left + columns.max() - 109) <= 1
    assert abs(bounds.top + rows.min() - 160) <= 1
    wide, grown = bag.outline(Extent(240, 320), 10)
    assert (wide.top, wide.bottom) == (bounds.top - 10, bounds.bottom + 10)
    assert np.count_nonzero(grown) > np.count_nonzero(mask)


def test_the_outline_of_a_part_at_the_edge_stays_inside_the_photo() -> None:
    labels = np.full((20, 30), UPPER, np.uint8)
    regions = MapRegions(Structure(Bounds(0, 0, 301, 199), labels, np.zeros((16, 5, 7), np.float16)))
    person = regions.person_at(10, 10)
    assert person is not None
    bounds, mask = person.outline(Extent(301, 199), 50)
    assert bounds == Bounds(0, 0, 301, 199)
    assert mask.all()


def test_one_click_takes_a_thing_shift_adds_alt_takes_away(seen: Session, hand: Hand) -> None:
    seen.tools.set_reach(0)
    hand.stroke((90, 190))
    mask = mask_of(seen)
    assert mask[190, 90]
    assert not mask[50, 40]
    hand.stroke((40, 50), keys=SHIFT)
    assert mask[50, 40]
    assert mask[190, 90]
    hand.stroke((90, 190), keys=ALT)
    assert not mask[190, 90]
    assert mask[50, 40]
    hand.stroke((180, 200))
    assert mask[200, 180]
    assert not mask[50, 40]
    for _ in range(4):
        hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask.any()


def test_pointing_names_and_lights_what_a_click_takes(seen: Session, window: MainWindow, hand: Hand) -> None:
    dark = window.canvas.grab().toImage().pixelColor(hand.at(90, 190))
    QTest.mouseMove(window.canvas, hand.at(89, 190))
    QTest.mouseMove(window.canvas, hand.at(90, 190))
    assert window.status_bar.part == "bag"
    assert window.canvas.grab().toImage().pixelColor(hand.at(90, 190)) != dark
    QTest.mouseMove(window.canvas, hand.at(180, 200))
    assert window.status_bar.part == "person 2"
    hand.key(Qt.Key.Key_B)
    assert window.status_bar.part == ""


def test_a_slider_widens_the_last_pick_as_long_as_it_is_the_last_step(seen: Session, hand: Hand) -> None:
    seen.tools.set_reach(0)
    hand.stroke((90, 190))
    mask, before = mask_of(seen), np.count_nonzero(mask_of(seen))
    seen.tools.set_reach(8)
    wider = np.count_nonzero(mask)
    assert wider > before
    seen.tools.set_reach(3)
    assert before < np.count_nonzero(mask) < wider
    hand.key(Qt.Key.Key_Z, CTRL)
    assert not mask.any()
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    hand.key(Qt.Key.Key_R)
    hand.stroke((200, 20), (230, 60))
    kept = mask.copy()
    seen.tools.set_reach(20)
    assert np.array_equal(mask, kept)


def test_a_click_on_nothing_says_so(seen: Session, window: MainWindow, hand: Hand) -> None:
    hand.stroke((130, 20))
    assert "drag a rectangle" in window.statusBar().currentMessage()
    seen.segmentation.set_available(False)
    hand.stroke((130, 20))
    assert "recognised" in window.statusBar().currentMessage()
    assert not mask_of(seen).any()


def test_the_mask_never_reaches_a_protected_person(seen: Session, window: MainWindow, hand: Hand) -> None:
    mask = mask_of(seen)
    seen.painting.mask_everything()
    seen.protection.forget()
    seen.parsing_maps.changed.emit()
    box = next(box for box in window.mask_panel.findChildren(QCheckBox) if "person 2" in box.text())
    box.click()
    assert not mask[200, 180]
    assert mask[190, 90]
    seen.painting.clear_mask()
    hand.key(Qt.Key.Key_B)
    seen.tools.set_diameter(40)
    hand.stroke((90, 200), (180, 200))
    assert mask[200, 120]
    assert not mask[200, 180]
    seen.painting.invert_mask()
    assert not mask[200, 180]
    box.click()
    hand.stroke((180, 100), (180, 200))
    assert mask[150, 180]


def protect(window: MainWindow, person: str) -> None:
    next(box for box in window.mask_panel.findChildren(QCheckBox) if person in box.text()).click()


def learn_anew(session: Session, structure: Structure) -> None:
    session.protection.forget()
    session.parsing_maps.learn(structure)
    session.parsing_maps.changed.emit()


@pytest.mark.parametrize("picked_first", [True, False])
@pytest.mark.parametrize("thing", [HAT, SUNGLASSES, BELT, BAG, SCARF])
def test_what_a_protected_person_carries_can_be_taken(
    seen: Session, window: MainWindow, hand: Hand, thing: int, picked_first: bool
) -> None:
    structure = two_people()
    structure.labels[structure.labels == BAG] = UPPER
    structure.labels[60:80, 15:35] = thing
    learn_anew(seen, structure)
    mask = mask_of(seen)
    hand.stroke((50, 140))
    alone = mask.copy()
    assert alone[122:158, 32:68].all()
    if not picked_first:
        hand.key(Qt.Key.Key_Z, CTRL)
    protect(window, "person 1")
    if not picked_first:
        hand.stroke((50, 140))
    assert np.array_equal(mask, alone), "the thing and the rim that a pick takes stay masked"
    hand.key(Qt.Key.Key_B)
    hand.stroke((40, 250), (60, 250))
    assert np.array_equal(mask, alone), "the person is protected all the same"
    assert seen.protection.protected == {0}


def test_somebody_behind_a_large_thing_is_protected_and_stays_so(
    seen: Session, window: MainWindow, hand: Hand
) -> None:
    structure = two_people()
    structure.labels[32:138, 77:108] = BAG
    learn_anew(seen, structure)
    protect(window, "person 2")
    assert seen.protection.protected == {1}
    seen.painting.mask_everything()
    mask = mask_of(seen)
    assert mask[200, 180], "the thing"
    assert not mask[61:63, 152:216].any(), "the rim of the person"
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert seen.protection.protected == set()
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert seen.protection.protected == {1}
