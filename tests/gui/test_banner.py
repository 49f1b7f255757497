from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.panels.banner import Severity
from portrait_studio.session.session import Session
from tests.gui.conftest import write_photo


@pytest.mark.parametrize(("severity", "stays"), [(Severity.SUCCESS, False), (Severity.WARNING, True)])
def test_only_warnings_outlive_their_photo(
    qtbot: QtBot, window: MainWindow, opened: Session, tmp_path: Path, severity: Severity, stays: bool
) -> None:
    window.banner.say(severity, "about the first photo")
    with qtbot.waitSignal(opened.opened, timeout=5000):
        window.open_path(write_photo(tmp_path / "next.png", 120, 90))
    assert window.banner.isVisible() is stays


def test_the_photo_stays_where_it_is_when_a_banner_comes(window: MainWindow, opened: Session) -> None:
    before, size = window.canvas.view, window.canvas.size()
    window.banner.say(Severity.WARNING, "a sentence that is long enough to need another line " * 4)
    assert window.banner.isVisible()
    assert (window.canvas.view, window.canvas.size()) == (before, size)
    inside = window.canvas.rect().adjusted(0, 0, 1, 1)
    assert inside.contains(window.banner.geometry())
    high = window.banner.height()
    window.banner.say(Severity.SUCCESS, "short")
    assert window.banner.height() < high
