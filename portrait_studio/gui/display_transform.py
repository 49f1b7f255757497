"""The colours of a photo as a screen shows them; the photo's own numbers stay as they are."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace, QImage

from portrait_studio.imaging.geometry import Bounds, Extent

_TILE_PX: Final = 256
_SIGNATURE_AT: Final = 36
_HEADER_BYTES: Final = 128


def space_of(profile: bytes) -> QColorSpace:
    """The colours of an ICC profile; invalid ones where it is none, of which Qt would tell the terminal."""
    is_one = profile[_SIGNATURE_AT : _SIGNATURE_AT + 4] == b"acsp"
    if not is_one or not _HEADER_BYTES <= int.from_bytes(profile[:4], "big") <= len(profile):
        return QColorSpace()
    return QColorSpace.fromIccProfile(profile)


class DisplayTransform:
    """Turns numbers of a photo's colour profile into those of sRGB."""

    def __init__(self, space: QColorSpace) -> None:
        """Make it.

        Args:
            space: the profile, of RGB or grey.
        """
        self._space = space
        self._screen = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
        self._greys = self._of_greys() if space.colorModel() == QColorSpace.ColorModel.Gray else None

    @classmethod
    def of(cls, profile: bytes) -> DisplayTransform | None:
        """That of an ICC profile; None where there is none that changes anything, or a damaged one."""
        space = space_of(profile)
        known = (QColorSpace.ColorModel.Rgb, QColorSpace.ColorModel.Gray)
        is_plain = space == QColorSpace(QColorSpace.NamedColorSpace.SRgb)
        return cls(space) if space.isValid() and not is_plain and space.colorModel() in known else None

    def shown(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(h, w, 3) uint8 in sRGB of as much in the photo's profile."""
        if self._greys is not None:
            return self._greys[pixels]
        plain = np.ascontiguousarray(pixels)
        height, width = plain.shape[:2]
        image = QImage(plain.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        image.setColorSpace(self._space)
        return _array_of(image.convertedToColorSpace(self._screen))

    def _of_greys(self) -> NDArray[np.uint8]:
        """(256,) what each grey becomes."""
        ramp = np.arange(256, dtype=np.uint8)
        image = QImage(ramp.data, 256, 1, 256, QImage.Format.Format_Grayscale8)
        image.setColorSpace(self._space)
        return _array_of(image.convertedToColorSpace(self._screen))[0, :, 0]


def _array_of(image: QImage) -> NDArray[np.uint8]:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 3].reshape(plain.height(), plain.width(), 3).copy()


class ConvertedLevel:
    """A picture in the screen's colours, of which each tile is converted when it is first seen.

    All of a large photo at once would take seconds, of which most is never looked at.
    """

    def __init__(self, level: NDArray[np.uint8], transform: DisplayTransform) -> None:
        """Make it.

        Args:
            level: (H, W, 3) uint8 in the photo's profile, viewed.
            transform: how it is converted.
        """
        self._level, self._transform = level, transform
        # Memory is taken only where something is seen.
        self._shown = np.zeros(level.shape, np.uint8)
        height, width = level.shape[:2]
        self._is_fresh = np.zeros((-(-height // _TILE_PX), -(-width // _TILE_PX)), np.bool_)
        self._image = QImage(self._shown.data, width, height, 3 * width, QImage.Format.Format_RGB888)

    def forget(self, bounds: Bounds) -> None:
        """Pixels of the picture changed."""
        rows, columns = _tiles(bounds)
        self._is_fresh[rows.start : rows.stop, columns.start : columns.stop] = False

    def image(self, bounds: Bounds) -> QImage:
        """The whole picture, of which `bounds` is right."""
        height, width = self._level.shape[:2]
        rows, columns = _tiles(bounds.intersected(Bounds.of(Extent(width, height))))
        for row in rows:
            for column in columns:
                if not self._is_fresh[row, column]:
                    top, left = row * _TILE_PX, column * _TILE_PX
                    place = (slice(top, top + _TILE_PX), slice(left, left + _TILE_PX))
                    self._shown[place] = self._transform.shown(self._level[place])
                    self._is_fresh[row, column] = True
        return self._image


def _tiles(bounds: Bounds) -> tuple[range, range]:
    """Rows and columns of the tiles that a rectangle touches."""
    if bounds.is_empty:
        return range(0), range(0)
    rows = range(bounds.top // _TILE_PX, -(-bounds.bottom // _TILE_PX))
    return rows, range(bounds.left // _TILE_PX, -(-bounds.right // _TILE_PX))
