from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu
from shiboken6 import isValid

from portrait_studio.app import Program
from portrait_studio.gui.theme import DARK, LIGHT, Colours
from tests.helpers.fake_engine import FakeEngine


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = (value / 255 for value in (QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_window_follows_the_scheme_of_the_system(program: Program) -> None:
    hints = QGuiApplication.styleHints()
    seen = []
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Dark, Qt.ColorScheme.Unknown):
        hints.colorSchemeChanged.emit(scheme)
        corner = program.window.statusBar().grab().toImage().pixelColor(300, 10).name()
        assert corner == program.theme.colours.panel
        seen.append(program.theme.colours.name)
    assert seen == ["dark", "light", "dark", "light"]
    assert all(one != other for one, other in pairwise(seen))


def test_a_theme_ends_with_its_program(qapp: QApplication, data_folder: Path) -> None:
    recoloured: list[int] = []
    programs = []
    for number in range(3):
        ended = Program(qapp, FakeEngine)
        ended.theme.changed.connect(partial(recoloured.append, number))
        ended.close()
        programs.append(ended)
    last = Program(qapp, FakeEngine)
    last.theme.changed.connect(partial(recoloured.append, 3))
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        QGuiApplication.styleHints().colorSchemeChanged.emit(scheme)
    assert recoloured == [3, 3]
    assert last.theme not in qapp.children()
    last.close()
    for program in (*programs, last):
        program.window.deleteLater()
        program.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not any(isValid(program.theme) for program in (*programs, last))


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
def test_what_is_read_stands_out_from_its_ground(colours: Colours) -> None:
    for ground in (colours.window, colours.panel, colours.field, colours.warning, colours.success):
        assert contrast(colours.text, ground) >= 7
    for ground in (colours.window, colours.panel):
        assert contrast(colours.muted, ground) >= 4.5
        assert contrast(colours.accent_text, ground) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5


@pytest.mark.parametrize("colours", [DARK, LIGHT], ids=lambda colours: colours.name)
def test_the_icon_of_what_is_switched_on_can_be_seen_in_menus(program: Program, colours: Colours) -> None:
    program.theme.use(colours)
    menu = QMenu(program.window)
    action = menu.addAction(program.theme.icon("ph.paint-brush"), "Brush")
    action.setCheckable(True)
    action.setChecked(True)
    menu.ensurePolished()
    menu.resize(menu.sizeHint())
    picture = menu.grab().toImage()
    ground = [
        (x, y)
        for x in range(30)
        for y in range(picture.height())
        if colour_at(picture, x, y) == colours.accent
    ]
    xs, ys = [x for x, _ in ground], [y for _, y in ground]
    inner = {
        colour_at(picture, x, y)
        for x in range(min(xs) + 4, max(xs) - 3)
        for y in range(min(ys) + 4, max(ys) - 3)
    }
    assert max(contrast(colour, colours.accent) for colour in inner) >= 3


def colour_at(picture: QImage, x: int, y: int) -> str:
    return picture.pixelColor(x, y).name()
