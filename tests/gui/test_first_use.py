"""What somebody does who has never seen the program: counted in clicks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from portrait_studio.engine.request import Structure
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.reading import read_photo
from portrait_studio.networks.conventions import LABELS
from portrait_studio.session.session import Session
from tests.helpers.fake_engine import FILL_COLOUR

MOST_CLICKS = 4
BAG = Bounds(200, 300, 280, 400)


class Mouse:
    """Counts its clicks."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.clicks = 0

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.clicks += 1
        spot = widget.rect().center() if at is None else at
        assert widget.visibleRegion().contains(spot), "it cannot be seen"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=spot)

    def click_button(self, name: str) -> None:
        shown = [b for b in self._window.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled()]
        self.click(next(b for b in shown if b.accessibleName().rstrip("…") == name))


def with_a_bag(session: Session) -> Structure:
    """The sample's people, and a bag."""
    assert session.parsing_maps.shown is not None
    labels = session.parsing_maps.shown.labels.copy()
    scale = labels.shape[0] / session.parsing_maps.shown.bounds.height
    rows, columns = (slice(round(a * scale), round(b * scale)) for a, b in ((300, 400), (200, 280)))
    labels[rows, columns] = LABELS.index("bag")
    return Structure(session.parsing_maps.shown.bounds, labels, session.parsing_maps.shown.heatmaps)


@pytest.mark.parametrize("has_folder", [True, False])
def test_a_bag_is_gone_and_the_photo_exported_after_four_clicks(
    qtbot: QtBot,
    session: Session,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_folder: bool,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if has_folder:
        (tmp_path / "Pictures").mkdir()
    mouse = Mouse(window)
    with qtbot.waitSignal(session.opened, timeout=5000):
        mouse.click_button("Try the sample photo")
    qtbot.waitUntil(lambda: session.parsing_maps.of_photo is not None)
    session.parsing_maps.learn(with_a_bag(session))

    mouse.click_button("Pick things")
    middle = window.canvas.view.to_widget(240, 350).toPoint()
    for spot in (middle - QPoint(3, 0), middle):
        QTest.mouseMove(window.canvas, spot)
    assert window.status_bar.part == "bag"
    mouse.click(window.canvas, middle)
    with qtbot.waitSignal(session.filling.filled, timeout=5000):
        QTest.keyClick(window.canvas, Qt.Key.Key_Return)

    def agree() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    QTimer.singleShot(300, agree)
    with qtbot.waitSignal(session.files.exported, timeout=8000):
        mouse.click_button("Export")
    assert mouse.clicks <= MOST_CLICKS
    (written,) = tmp_path.rglob("photo-edited.png")
    pixels = read_photo(written).pixels
    assert (pixels[BAG.slices] == FILL_COLOUR).all(axis=2).mean() > 0.95
    assert session.document is not None
    untouched = np.any(pixels != session.document.photo.pixels, axis=2)
    assert untouched.mean() < 0.1


def test_the_sample_says_what_can_be_taken_away_in_it(
    qtbot: QtBot, session: Session, window: MainWindow, photo_path: Path
) -> None:
    window.actions_[Command.SAMPLE].trigger()
    qtbot.waitUntil(lambda: "patch on the suit" in window.banner.text and not window.banner.isHidden())
    with qtbot.waitSignal(session.opened, timeout=5000):
        window.open_path(photo_path)
    qtbot.waitUntil(window.banner.isHidden)
