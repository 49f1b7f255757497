"""Small pictures of photo files, made in the background in the order in which they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

from portrait_studio.errors import PortraitStudioError
from portrait_studio.gui.qimage_conversion import qimage_of
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.conversion import scaled_down
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.reading import RAW_SUFFIXES, read_photo

Draw = Callable[[Any, int], QImage | None]
"""Of what, and the side of the square, to the picture."""

_MOST_PIXELS: Final = 40_000_000
"""A photo that Qt cannot read is not read as a whole for a small picture if it is larger."""


class Thumbnails(QObject):
    """Makes one picture after the other in a thread of its own."""

    made = Signal(object, QImage)
    """Of what, and the picture"""

    def __init__(self, side_px: int, parent: QObject, draw: Draw | None = None) -> None:
        """Make none yet.

        Args:
            side_px: of the square that each fits into.
            parent: owns it.
            draw: makes the picture of one of what `make` is given, so large, or None; None = those are paths
                of photos.
        """
        super().__init__(parent)
        self._side, self._draw = side_px, draw or thumbnail_of
        self._round = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def make(self, wanted: Iterable[Any]) -> None:
        """Make those of these, instead of those that were asked for before."""
        self.stop()
        for each in wanted:
            self._pool.start(_Job(self, each, self._round))

    def stop(self) -> None:
        """Make no more."""
        self._round += 1
        self._pool.clear()

    def is_wanted(self, number: int) -> bool:
        """Whether a picture of that round is still waited for."""
        return number == self._round

    def drawn(self, what: Any) -> QImage | None:
        """The picture, in whatever thread this is called."""
        return self._draw(what, self._side)


class _Job(QRunnable):
    def __init__(self, owner: Thumbnails, what: Any, number: int) -> None:
        super().__init__()
        self._owner, self._what, self._number = owner, what, number

    def run(self) -> None:
        """Make it; a file that cannot be read has none."""
        picture = self._owner.drawn(self._what) if self._owner.is_wanted(self._number) else None
        if picture is not None and self._owner.is_wanted(self._number):
            self._owner.made.emit(self._what, picture)


def thumbnail_of(path: Path, side_px: int) -> QImage | None:
    """A photo file's picture, upright, as large as fits into a square; None where it cannot be read.

    Args:
        path: the file.
        side_px: of the square.
    """
    if path.suffix.lower() in RAW_SUFFIXES:
        return _developed(path, side_px)
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and not size.isEmpty():
        # Decoders of JPEG are eight times as fast where they may leave detail out.
        reader.setScaledSize(size.scaled(QSize(side_px, side_px), Qt.AspectRatioMode.KeepAspectRatio))
    picture = reader.read()
    return page_picture(path, None, side_px) if picture.isNull() else picture


def _developed(path: Path, side_px: int) -> QImage | None:
    # LibRaw takes a tenth of a second to load.
    from portrait_studio.imaging.raw_reading import raw_preview

    try:
        picture = raw_preview(path)
    except Exception:
        # LibRaw raises many types on damaged files.
        return None
    return qimage_of(scaled_down(Photo(picture), side_px).pixels).copy()


def page_picture(path: Path, page: int | None, side_px: int) -> QImage | None:
    """The same by the program's own readers, which know more formats than Qt.

    Args:
        path: the file.
        page: number of the picture in it; None = the one that is opened where nothing is said.
        side_px: of the square.
    """
    try:
        photo = read_photo(path, _check, page)
    except PortraitStudioError:
        return None
    return qimage_of(in_8_bits(scaled_down(photo, side_px).pixels)).copy()


def _check(extent: Extent) -> None:
    if extent.area > _MOST_PIXELS:
        raise ValueError(extent)
