"""The window shows a photo's colours and not its numbers, and nothing that transparency hides."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QColorSpace, QGuiApplication, QImage, QPainter
from pytestqt.qtbot import QtBot

from portrait_studio.gui.canvas.pyramid import Pyramid
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.qimage_conversion import picture_of, pixels_of, qimage_of
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Metadata, Photo
from portrait_studio.session.session import Session
from tests.gui.conftest import Hand

Named = QColorSpace.NamedColorSpace
WIDE = (Named.AdobeRgb, Named.DisplayP3, Named.ProPhotoRgb)


def profile(named: Named) -> bytes:
    return bytes(QColorSpace(named).iccProfile().data())


def pixels(height: int = 300, width: int = 700) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def by_little_cms(picture: NDArray[np.uint8], icc: bytes) -> NDArray[np.uint8]:
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    srgb = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(Image.fromarray(picture), source, srgb, outputMode="RGB"))


def painted(pyramid: Pyramid, scale: float = 1.0) -> NDArray[np.uint8]:
    extent = pyramid.extent
    size = (round(extent.width * scale), round(extent.height * scale))
    image = QImage(*size, QImage.Format.Format_RGB888)
    painter = QPainter(image)
    pyramid.draw(painter, QRectF(0, 0, *size), QRectF(0, 0, extent.width, extent.height), scale)
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size[1], image.bytesPerLine())
    return rows[:, : size[0] * 3].reshape(size[1], size[0], 3).copy()


@pytest.mark.parametrize("named", WIDE)
@pytest.mark.parametrize("bits", [8, 16])
def test_wide_colours_are_shown_as_little_cms_converts_them(named: Named, bits: int, qapp: object) -> None:
    picture = pixels()
    before = picture.copy()
    given = picture if bits == 8 else picture.astype(np.uint16) * 257
    shown = painted(Pyramid(given, transform=DisplayTransform.of(profile(named))))
    assert np.abs(shown.astype(int) - by_little_cms(picture, profile(named))).max() <= 3
    assert np.array_equal(picture, before)


def test_srgb_no_profile_and_a_damaged_one_change_nothing(qapp: object) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for icc in (b"", srgb, b"no profile at all", profile(Named.DisplayP3)[:100]):
        assert DisplayTransform.of(icc) is None


def test_grey_profiles_count_too(qapp: object) -> None:
    space = QColorSpace(QPointF(0.3127, 0.3290), QColorSpace.TransferFunction.Gamma, 1.8)
    transform = DisplayTransform.of(bytes(space.iccProfile().data()))
    assert transform is not None
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    linear = (ramp / 255.0) ** 1.8
    expected = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055) * 255
    assert np.abs(transform.shown(ramp) - expected).max() <= 2


@pytest.mark.parametrize("scale", [1.0, 0.4])
def test_changed_pixels_are_converted_anew(scale: float, qapp: object) -> None:
    picture, transform = pixels(), DisplayTransform.of(profile(Named.AdobeRgb))
    pyramid = Pyramid(picture, transform=transform)
    painted(pyramid, scale)
    changed = picture.copy()
    bounds = Bounds(200, 100, 333, 222)
    changed[bounds.slices] = (10, 200, 30)
    pyramid.refresh(changed, bounds)
    assert np.array_equal(painted(pyramid, scale), painted(Pyramid(changed, transform=transform), scale))


def test_hidden_colours_are_not_shown(qapp: object) -> None:
    picture = np.full((300, 700, 3), (255, 0, 0), np.uint8)
    alpha = np.zeros((300, 700), np.uint8)
    alpha[:, :350] = 255
    for bits in (8, 16):
        factor = 1 if bits == 8 else 257
        kind = np.uint8 if bits == 8 else np.uint16
        deep, cover = picture.astype(kind) * kind(factor), alpha.astype(kind) * kind(factor)
        for scale in (1.0, 0.4):
            shown = painted(Pyramid(deep, alpha=cover), scale)
            half = shown.shape[1] // 2
            assert (shown[:, : half - 2] == (255, 0, 0)).all()
            right = shown[:, half + 2 :]
            assert (right[:, :, 0] == right[:, :, 1]).all()
            assert len(np.unique(right)) >= 2


def test_a_fill_of_an_erased_hole_appears_in_the_window(
    qtbot: QtBot, window: MainWindow, session: Session, hand: Hand, tmp_path: Path
) -> None:
    picture = np.full((120, 160, 4), (90, 120, 60, 255), np.uint8)
    picture[40:80, 60:100] = (255, 0, 255, 0)
    Image.fromarray(picture).save(tmp_path / "erased.png", icc_profile=profile(Named.AdobeRgb))
    with qtbot.waitSignal(session.opened, timeout=5000):
        window.open_path(tmp_path / "erased.png")
    window.canvas.setFocus()
    document = session.document
    assert document is not None

    def colour() -> QColor:
        spot = window.canvas.viewport.view.to_widget(80, 60)
        return window.canvas.grab().toImage().pixelColor(round(spot.x()), round(spot.y()))

    before = colour()
    assert before.red() == before.green() == before.blue()
    session.painting.replace_mask("Mask", np.where(picture[:, :, 3] == 0, np.uint8(255), np.uint8(0)))
    with qtbot.waitSignal(session.job_ended, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert colour() != before
    assert document.opacity is not None
    assert document.opacity[60, 80] == 255


def test_the_clipboard_gets_opacity_and_profile_and_gives_srgb(qapp: QGuiApplication) -> None:
    icc = profile(Named.AdobeRgb)
    picture = pixels(20, 30)
    alpha = np.full((20, 30), 255, np.uint8)
    alpha[:, 20:] = 0
    image = picture_of(Photo(picture, alpha, metadata=Metadata(icc=icc)))
    assert image.colorSpace() == QColorSpace(Named.AdobeRgb)
    assert image.pixelColor(25, 5).alpha() == 0
    assert image.pixelColor(5, 5).getRgb() == (*picture[5, 5].tolist(), 255)
    opaque = pixels_of(picture_of(Photo(picture, metadata=Metadata(icc=icc))))
    assert opaque is not None
    assert np.abs(opaque.astype(int) - by_little_cms(picture, icc)).max() <= 3
    assert np.array_equal(pixels_of(qimage_of(picture)), picture)
