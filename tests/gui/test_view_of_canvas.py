"""What the user looks at stays where it is when the canvas changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from portrait_studio.gui.canvas.viewport import Viewport
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.session.session import Session
from tests.gui.conftest import CTRL, Hand

SPOT = QPointF(300, 260)


def photo_pixel(session: Session, window: MainWindow) -> tuple[float, float]:
    """Under the spot, in pixels of the photo, wherever the canvas begins."""
    assert session.document is not None
    at, canvas = window.canvas.view.to_photo(SPOT), session.document.canvas
    return at.x() + canvas.left, at.y() + canvas.top


def change_canvas(session: Session, margins: Margins) -> None:
    session.extending.set_margins(margins)
    session.extending.apply()


def is_whole(window: MainWindow) -> bool:
    assert window.canvas.layers.extent is not None
    area = window.canvas.view.rect_of(Bounds.of(window.canvas.layers.extent))
    return QRectF(window.canvas.rect()).contains(area)


@pytest.mark.parametrize("margins", [Margins(40, 60, 0, 0), Margins(-30, -50, -10, 0), Margins(bottom=100)])
def test_the_same_pixel_stays_under_the_pointer(
    opened: Session, window: MainWindow, hand: Hand, margins: Margins
) -> None:
    window.canvas.viewport.zoom_by(2.5, QPointF(350, 300))
    before, scale = photo_pixel(opened, window), window.canvas.view.scale
    change_canvas(opened, margins)
    assert opened.document is not None
    assert opened.document.extent != (240, 320)
    assert window.canvas.view.scale == scale
    assert photo_pixel(opened, window) == pytest.approx(before)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert window.canvas.view.scale == scale
    assert photo_pixel(opened, window) == pytest.approx(before)


def test_a_fitted_photo_is_fitted_again_only_where_it_would_not_fit(
    opened: Session, window: MainWindow, hand: Hand
) -> None:
    scale, before = window.canvas.view.scale, photo_pixel(opened, window)
    change_canvas(opened, Margins(top=-60))
    assert window.canvas.view.scale == scale
    assert photo_pixel(opened, window) == pytest.approx(before)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert window.canvas.view.scale == scale
    change_canvas(opened, Margins(bottom=150))
    assert window.canvas.view.scale < scale
    assert is_whole(window)


@pytest.mark.parametrize(("zoom_out", "rows"), [(0.8, 90.0), (0.97, 40.0)])
def test_a_photo_in_sight_moves_clear_of_what_covers_the_lowest_rows(zoom_out: float, rows: float) -> None:
    viewport = Viewport()
    viewport.resize(QSizeF(400, 400))
    viewport.show_extent(Extent(200, 300))
    viewport.zoom_by(zoom_out)
    before = viewport.view
    viewport.keep_clear(rows)
    area = viewport.view.rect_of(Bounds(0, 0, 200, 300))
    assert 0 <= area.top() < before.top
    assert area.bottom() <= 400 - rows


def test_a_fitted_photo_does_not_come_back_under_what_covers_the_lowest_rows() -> None:
    viewport = Viewport()
    viewport.resize(QSizeF(400, 400))
    viewport.show_extent(Extent(200, 300))
    before = viewport.view
    viewport.keep_clear(90)
    viewport.show_extent(Extent(200, 310))
    viewport.go_back_to(before, is_fitted=True)
    assert viewport.view.rect_of(Bounds(0, 0, 200, 310)).bottom() <= 400 - 90


def test_a_photo_of_which_a_part_is_shown_stays_where_it_is() -> None:
    viewport = Viewport()
    viewport.resize(QSizeF(400, 400))
    viewport.show_extent(Extent(200, 300))
    viewport.zoom_by(3)
    before = viewport.view
    viewport.keep_clear(90)
    assert viewport.view == before
