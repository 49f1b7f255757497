"""Controls that other tests set by calling: here by mouse and keys, as the user does."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QMenu, QSlider, QWidget
from pytestqt.qtbot import QtBot

from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.gui.dialogs.key_editor import KeyEditor
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.formats import ImageFormat
from portrait_studio.imaging.reading import read_photo
from portrait_studio.session.session import Session
from portrait_studio.session.tools import LARGEST_BRUSH_PX, LARGEST_REACH, SMALLEST_BRUSH_PX
from tests.gui.conftest import CTRL, Hand, write_photo

T = TypeVar("T", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


def named(root: QWidget, kind: type[T], name: str) -> T:
    """A control by the name that a screen reader says."""
    return next(each for each in root.findChildren(kind) if each.accessibleName() == name)


def painted(session: Session) -> int:
    assert session.document is not None
    return int(np.count_nonzero(session.document.mask))


def drag_handle(slider: QSlider, share: float) -> None:
    """Press on the handle where it is and let it go at a share of the way."""
    reach = slider.width() - 16
    span = slider.maximum() - slider.minimum()
    start = QPoint(8 + round(reach * (slider.value() - slider.minimum()) / span), slider.height() // 2)
    end = QPoint(8 + round(reach * share), start.y())
    QTest.mousePress(slider, LEFT, pos=start)
    for step in (0.3, 0.7, 1.0):
        QTest.mouseMove(slider, start + (end - start) * step)
    QTest.mouseRelease(slider, LEFT, pos=end)


def test_the_brush_goes_from_one_pixel_to_very_large_by_mouse_and_keys(
    opened: Session, window: MainWindow, hand: Hand
) -> None:
    slider = named(window.options.brush, QSlider, "Brush size")
    drag_handle(slider, 1.2)
    assert opened.tools.diameter_px == LARGEST_BRUSH_PX
    drag_handle(slider, -0.2)
    assert opened.tools.diameter_px == SMALLEST_BRUSH_PX
    hand.stroke((100, 100))
    assert painted(opened) == 1
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert opened.tools.diameter_px == 2
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert opened.tools.diameter_px == LARGEST_BRUSH_PX
    hardness = named(window.options.brush, QSlider, "Hardness")
    drag_handle(hardness, 0.5)
    assert opened.tools.hardness == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("typed", ["600", "128", "50", "2", "999", "1000", "137"])
def test_the_size_of_the_brush_stays_as_it_is_typed(opened: Session, window: MainWindow, typed: str) -> None:
    field = window.options.brush.number
    field.setFocus()
    field.selectAll()
    for place, digit in enumerate(typed, start=1):
        QTest.keyClick(field, digit)
        assert opened.tools.diameter_px == int(typed[:place])
        assert field.text() == f"{typed[:place]} px"
    QTest.keyClick(field, Qt.Key.Key_Return)
    hardness = named(window.options.brush, QSlider, "Hardness")
    hardness.setFocus()
    QTest.keyClick(hardness, Qt.Key.Key_Left)
    assert opened.tools.diameter_px == int(typed)


def test_every_number_of_pixels_is_kept_whoever_sets_it(window: MainWindow, opened: Session) -> None:
    for pixels in range(SMALLEST_BRUSH_PX, LARGEST_BRUSH_PX + 1, 7):
        opened.tools.set_diameter(pixels)
        assert opened.tools.diameter_px == window.options.brush.number.value() == pixels
    for percent in range(0, LARGEST_REACH + 1):
        opened.tools.set_reach(percent)
        assert opened.tools.reach_percent == percent


def test_the_brush_of_each_photo_is_exactly_what_suits_it(
    qtbot: QtBot, opened: Session, tmp_path: Path
) -> None:
    for width, height in ((2620, 40), (600, 3000)):
        with qtbot.waitSignal(opened.opened, timeout=5000):
            opened.files.open(write_photo(tmp_path / f"{width}.png", width, height))
        assert opened.tools.diameter_px == max(width, height) // 20


def test_the_reach_slider_widens_a_pick_by_mouse_and_keys(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.regions is not None)
    hand.key(Qt.Key.Key_W)
    slider = named(window.options.pick, QSlider, "Reach")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    hand.stroke((120, 130))
    narrow = painted(opened)
    slider.setFocus()
    for _ in range(3):
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert opened.tools.reach_percent == 3
    wider = painted(opened)
    assert wider > narrow > 0
    drag_handle(slider, 0.9)
    assert painted(opened) > wider
    assert len(opened.history.steps) == 1


def test_a_click_takes_any_part_when_that_is_chosen(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    qtbot.waitUntil(lambda: opened.parsing_maps.regions is not None)
    hand.key(Qt.Key.Key_W)
    hand.stroke((120, 130))
    person = painted(opened)
    box = named(window.options.pick, QComboBox, "What a click takes")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Down)
    hand.stroke((120, 130))
    assert 0 < painted(opened) < person


def test_loops_can_be_taken_whole(opened: Session, window: MainWindow, hand: Hand) -> None:
    opened.tools.set_diameter(8)
    around = [(60.0, 60.0), (140.0, 60.0), (140.0, 140.0), (60.0, 140.0), (60.0, 60.0)]
    hand.stroke(*around)
    outline = painted(opened)
    opened.undo()
    box = named(window.mask_panel, QCheckBox, "Loops take what they surround")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    hand.stroke(*around)
    assert painted(opened) > 2 * outline > 0


def test_a_person_is_protected_with_the_space_bar(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand
) -> None:
    qtbot.waitUntil(lambda: bool(opened.protection.people))
    hand.key(Qt.Key.Key_A, CTRL)
    everything = painted(opened)
    box = named(window.mask_panel, QCheckBox, "Protect person")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert opened.protection.protected == {0}
    assert 0 < painted(opened) < everything


@pytest.mark.parametrize("kind", ["mouse", "keys"])
def test_menus_are_walked(opened: Session, window: MainWindow, hand: Hand, kind: str) -> None:
    bar = window.menuBar()
    place = next(action for action in bar.actions() if action.text() == "&Mask")
    if kind == "mouse":
        QTest.mouseClick(bar, LEFT, pos=bar.actionGeometry(place).center())
    else:
        QTest.keyClick(window.canvas, Qt.Key.Key_M, ALT)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    everything = next(action for action in menu.actions() if action.text() == "Mark everything")
    if kind == "mouse":
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(everything).center())
    else:
        for _ in menu.actions():
            QTest.keyClick(menu, Qt.Key.Key_Down)
            if menu.activeAction() is everything:
                break
        QTest.keyClick(menu, Qt.Key.Key_Return)
    assert opened.document is not None
    assert painted(opened) == opened.document.extent.area


def test_an_unexpected_error_is_copied_with_a_key(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ErrorDialog("Something went wrong.", "Traceback: here", window)
    dialog.open()
    qtbot.waitExposed(dialog)
    dialog.copy_button.setFocus()
    QTest.keyClick(dialog.copy_button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "Something went wrong.\n\nTraceback: here"
    dialog.close()


@pytest.fixture
def exporting(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    source = tmp_path / "photo.jpg"
    noise = np.random.default_rng(3).integers(0, 255, (1200, 900, 3), np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    Image.fromarray(cv2.GaussianBlur(noise, (0, 0), 3)).save(source, exif=exif, quality=90)
    dialog = ExportDialog(read_photo(source))
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def test_the_size_of_the_file_is_estimated_for_each_choice(qtbot: QtBot, exporting: ExportDialog) -> None:
    def estimated() -> str:
        qtbot.waitUntil(lambda: exporting.size_label.text().startswith("about"))
        return exporting.size_label.text()

    first = estimated()
    exporting.extras.size.setFocus()
    QTest.keyClick(exporting.extras.size, Qt.Key.Key_End)
    assert exporting.options.longest_px == 1080
    smaller = estimated()
    assert smaller != first
    as_source = exporting.findChildren(QCheckBox)[0]
    QTest.mouseClick(as_source, LEFT, pos=QPoint(8, as_source.height() // 2))
    quality = named(exporting, QSlider, "Quality")
    quality.setFocus()
    QTest.keyClick(quality, Qt.Key.Key_Home)
    assert exporting.options.quality == 1
    assert estimated() != smaller
    metadata = exporting.extras.metadata
    metadata.setFocus()
    QTest.keyClick(metadata, Qt.Key.Key_Down)
    assert (exporting.options.keep_metadata, exporting.options.keep_place) == (True, False)
    QTest.keyClick(metadata, Qt.Key.Key_Down)
    assert not exporting.options.keep_metadata
    formats = named(exporting, QComboBox, "File format")
    formats.setFocus()
    QTest.keyClick(formats, Qt.Key.Key_Home)
    while exporting.options.format is not ImageFormat.TIFF:
        QTest.keyClick(formats, Qt.Key.Key_Down)
    assert exporting.path.suffix == ".tif"


def test_keys_that_move_things_belong_to_no_command(
    qtbot: QtBot, window: MainWindow, opened: Session, hand: Hand
) -> None:
    hand.key(Qt.Key.Key_Comma, CTRL)
    dialog = window.findChildren(PreferencesDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    editor = dialog.findChildren(KeyEditor)[0]
    dialog.pages.setCurrentWidget(editor)
    QTest.keyClicks(editor.search, "lasso")
    editor.table.setFocus()
    row = next(r for r in range(editor.table.rowCount()) if editor.table.item(r, 0).text() == "Lasso")
    place = editor.table.visualItemRect(editor.table.item(row, 0)).center()
    QTest.mouseClick(editor.table.viewport(), LEFT, pos=place)
    editor.edit.setFocus()
    QTest.keyClick(editor.edit, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: "Left belongs to" in editor.note.text(), timeout=5000)
    QTest.keyClick(editor.edit, Qt.Key.Key_J)
    qtbot.waitUntil(lambda: "Lasso: J" in editor.note.text(), timeout=5000)
    dialog.close()
