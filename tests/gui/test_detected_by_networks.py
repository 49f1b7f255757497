"""Dots and named things with the engine itself, on networks that see plain colours."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand
from tests.helpers.tiny_detector import TinyDetector
from tests.helpers.tiny_networks import TinyNetworks
from tests.helpers.tiny_segmentation import TinySegmentation

RED, GREEN = (255, 0, 0), (0, 255, 0)
PASSER_BY, MAIN, DOG = Bounds(20, 120, 70, 280), Bounds(150, 40, 240, 360), Bounds(290, 260, 370, 330)


@pytest.fixture
def engine() -> Pipeline:
    networks = TinyNetworks()
    networks.modules |= {"detection": TinyDetector().eval(), "segmentation": TinySegmentation().eval()}
    return Pipeline(networks)


@pytest.fixture
def photo_path(tmp_path: Path) -> Path:
    photo = np.full((400, 400, 3), 128, np.uint8)
    for bounds, colour in ((PASSER_BY, RED), (MAIN, RED), (DOG, GREEN)):
        photo[bounds.slices] = colour
    path = tmp_path / "street.png"
    assert cv2.imwrite(str(path), photo[..., ::-1])
    return path


def agreement(mask: np.ndarray, bounds: Bounds) -> float:
    true = np.zeros_like(mask)
    true[bounds.slices] = 255
    return float(np.count_nonzero(mask & true) / np.count_nonzero(mask | true))


def test_a_passer_by_and_a_dog_are_found_and_taken_exactly(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    dots = opened.person_dots
    qtbot.waitUntil(
        lambda: len(dots.dots) == 2 and all(dot.person.found for dot in dots.dots), timeout=20_000
    )
    assert [dot.person.is_main for dot in dots.dots] == [False, True]
    document = opened.document
    assert document is not None
    hand.key(Qt.Key.Key_W)
    hand.stroke(dots.dots[0].place)
    assert agreement(document.mask, PASSER_BY) > 0.75
    assert not document.mask[MAIN.slices].any()
    hand.move(330, 300)
    assert window.status_bar.part == "dog"
    hand.stroke((330, 300))
    qtbot.waitUntil(lambda: document.mask[DOG.slices].any(), timeout=20_000)
    qtbot.waitUntil(lambda: not opened.segmentation.is_under_way)
    assert agreement(document.mask, DOG) > 0.75
