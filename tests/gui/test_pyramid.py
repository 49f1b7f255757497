from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter

from portrait_studio.gui.canvas.pyramid import Pyramid
from portrait_studio.gui.canvas.view_transform import MOST_ZOOM, ViewTransform
from portrait_studio.imaging.geometry import Bounds, Extent


def painted(pyramid: Pyramid, scale: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The whole photo painted at a scale, (h, w, 3)."""
    extent = pyramid.extent
    width, height = max(1, round(extent.width * scale)), max(1, round(extent.height * scale))
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(QColor(255, 0, 255))
    painter = QPainter(image)
    whole = QRectF(0, 0, extent.width, extent.height)
    pyramid.draw(painter, QRectF(0, 0, width, height), whole, scale)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : width * 3].reshape(height, width, 3).copy()


@settings(max_examples=15, deadline=None)
@given(
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    box=st.tuples(*[st.integers(-20, 720)] * 4),
    deep=st.booleans(),
    scale=st.sampled_from([1.0, 0.5, 0.3]),
)
def test_refreshing_a_part_is_as_good_as_building_anew(
    width: int, height: int, box: tuple[int, int, int, int], deep: bool, scale: float
) -> None:
    kind = np.uint16 if deep else np.uint8
    random = np.random.default_rng(width * 1000 + height)
    pixels = random.integers(0, np.iinfo(kind).max, (height, width, 3)).astype(kind)
    pyramid = Pyramid(pixels)
    changed = pixels.copy()
    bounds = Bounds(min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
    inside = bounds.intersected(Bounds(0, 0, width, height))
    changed[inside.slices] = np.iinfo(kind).max // 2
    pyramid.refresh(changed, bounds)
    assert np.array_equal(painted(pyramid, scale), painted(Pyramid(changed), scale))


def test_one_to_one_shows_the_very_pixels_even_of_an_array_that_may_not_be_written() -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (301, 333, 3)).astype(np.uint8)
    pixels.setflags(write=False)
    assert np.array_equal(painted(Pyramid(pixels), 1.0), pixels)


@settings(max_examples=50, deadline=None)
@given(
    x=st.floats(0, 800),
    y=st.floats(0, 600),
    factor=st.floats(0.2, 5.0),
    left=st.floats(-500, 500),
    scale=st.floats(0.1, 8.0),
)
def test_zooming_keeps_the_pixel_under_the_pointer(
    x: float, y: float, factor: float, left: float, scale: float
) -> None:
    view = ViewTransform(scale, left, -left)
    zoomed = view.zoomed(QPointF(x, y), factor, 0.01)
    before, after = view.to_photo(QPointF(x, y)), zoomed.to_photo(QPointF(x, y))
    assert after.x() == pytest.approx(before.x(), abs=1e-6)
    assert after.y() == pytest.approx(before.y(), abs=1e-6)
    assert zoomed.scale <= MOST_ZOOM


@given(width=st.integers(1, 9000), height=st.integers(1, 9000))
def test_a_fitted_photo_lies_inside_the_widget(width: int, height: int) -> None:
    size = QSizeF(900, 600)
    rect = ViewTransform.fitting(Extent(width, height), size).rect_of(Bounds(0, 0, width, height))
    assert rect.left() >= 15
    assert rect.top() >= 15
    assert rect.right() <= 885.5
    assert rect.bottom() <= 585.5


def test_a_photo_cannot_be_panned_out_of_sight() -> None:
    view = ViewTransform(1.0, 5000.0, -5000.0).kept_in_sight(Extent(300, 200), QSizeF(900, 600))
    rect = view.rect_of(Bounds(0, 0, 300, 200))
    assert rect.left() <= 900 - 48
    assert rect.bottom() >= 48
