"""The icon of the program, for its window and, in all sizes, for the desktop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QIcon, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from portrait_studio.locations import resources_dir


def icon_file() -> Path:
    """The drawing that all sizes are made of."""
    return resources_dir() / "icons" / "portrait-studio.svg"


def app_icon() -> QIcon:
    """The icon of the window."""
    return QIcon(str(icon_file()))


def icon_png(side: int) -> bytes:
    """The icon as a PNG file of side x side pixels; needs neither a display nor an application."""
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(icon_file())).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
