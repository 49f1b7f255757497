"""Pictures to and from the clipboard, as arrays."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap


def qimage_of(pixels: NDArray[np.uint8] | NDArray[np.uint16]) -> QImage:
    """Copy (H, W, 3) RGB, uint8 or uint16, into an 8-bit QImage that owns its pixels."""
    if pixels.dtype == np.uint16:
        pixels = cv2.convertScaleAbs(pixels, alpha=255.0 / 65535.0)
    plain = np.ascontiguousarray(pixels, dtype=np.uint8)
    height, width = plain.shape[:2]
    return QImage(plain.data, width, height, plain.strides[0], QImage.Format.Format_RGB888).copy()


def pixels_of(picture: object) -> NDArray[np.uint8] | None:
    """Copy a QImage or QPixmap into (H, W, 3) RGB uint8; None for anything else or an empty picture."""
    image = picture.toImage() if isinstance(picture, QPixmap) else picture
    if not isinstance(image, QImage) or image.isNull():
        return None
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()
