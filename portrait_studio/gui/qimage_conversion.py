"""Pictures to and from the clipboard, as arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace, QImage, QPixmap

from portrait_studio.gui.display_transform import DisplayTransform, space_of
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.photo import Photo, Pixels


def qimage_of(pixels: Pixels, transform: DisplayTransform | None = None) -> QImage:
    """Copy (H, W, 3) RGB, uint8 or uint16, into an 8-bit QImage of its own, in the screen's colours."""
    plain = np.ascontiguousarray(in_8_bits(pixels))
    if transform is not None:
        plain = transform.shown(plain)
    height, width = plain.shape[:2]
    return QImage(plain.data, width, height, plain.strides[0], QImage.Format.Format_RGB888).copy()


def picture_of(photo: Photo) -> QImage:
    """Copy a photo for other programs: its own numbers, what they mean, and its opacity."""
    image = qimage_of(photo.visible_pixels)
    if photo.alpha is not None:
        image = image.convertToFormat(QImage.Format.Format_ARGB32)
        alpha = np.ascontiguousarray(in_8_bits(photo.alpha))
        height, width = alpha.shape
        image.setAlphaChannel(QImage(alpha.data, width, height, width, QImage.Format.Format_Alpha8))
    space = space_of(photo.metadata.icc)
    if space.isValid() and space.colorModel() == QColorSpace.ColorModel.Rgb:
        image.setColorSpace(space)
    return image


def pixels_of(picture: object) -> NDArray[np.uint8] | None:
    """Copy a QImage or QPixmap into (H, W, 3) RGB uint8; None for anything else or an empty picture."""
    image = picture.toImage() if isinstance(picture, QPixmap) else picture
    if not isinstance(image, QImage) or image.isNull():
        return None
    if image.colorSpace().isValid():
        image = image.convertedToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()
