"""What the canvas paints over each other: photo, parsing map, mask."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, qRgba

from portrait_studio.document.label_plane import value_of_label
from portrait_studio.engine.request import Structure
from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.label_colours import enlarge_labels, labels_in
from portrait_studio.imaging.source_marks import FORBIDDEN, PREFERRED
from portrait_studio.networks.conventions import LABEL_COLOURS, LABEL_COUNT

MASK_TINT: Final = (255, 38, 96)
MASK_OPACITY: Final = 0.55
_INVENTED_TINT: Final = (40, 120, 255)
_FORBIDDEN_TINT: Final = (255, 150, 0)
_PREFERRED_TINT: Final = (0, 175, 90)
_FINEST_MAP_SIDE: Final = 1024


def mask_colours() -> list[int]:
    """256 ARGB colours for a mask view: the value is the covered share of the pixel."""
    red, green, blue = MASK_TINT
    return [qRgba(red, green, blue, round(value * MASK_OPACITY)) for value in range(256)]


def source_colours() -> list[int]:
    """256 ARGB colours for the marks of what may be copied, by their values."""
    table = [qRgba(0, 0, 0, 0)] * 256
    table[FORBIDDEN], table[PREFERRED] = qRgba(*_FORBIDDEN_TINT, 130), qRgba(*_PREFERRED_TINT, 120)
    return table


def invented_colours() -> list[int]:
    """256 ARGB colours for the pixels that fills made up: clear at 0, a strong blue above."""
    return [qRgba(0, 0, 0, 0), *[qRgba(*_INVENTED_TINT, 130)] * 255]


def _finer(labels: NDArray[np.uint8], longest_side: int) -> NDArray[np.uint8]:
    """Enlarge a parsing map with smooth outlines, to be shown."""
    height, width = labels.shape
    factor = longest_side / max(height, width)
    if factor <= 1:
        return np.ascontiguousarray(labels)
    return enlarge_labels(labels, Extent(max(1, round(width * factor)), max(1, round(height * factor))))


@dataclass(frozen=True)
class LabelStyle:
    """How labels are shown.

    Attributes:
        highlighted: the one that stands out; None: all alike.
        hidden: those that are not shown.
    """

    highlighted: int | None = None
    hidden: AbstractSet[int] = frozenset()

    def colours(self, background: int) -> list[int]:
        """ARGB of each label; `background` is the alpha of the background label, 0..255."""
        table = []
        for label, colour in enumerate(LABEL_COLOURS):
            alpha = 255 if label else background
            if self.highlighted is not None:
                alpha = 255 if label == self.highlighted else 60
            table.append(qRgba(*colour, 0 if label in self.hidden else alpha))
        return table


def wanted_colours(style: LabelStyle, opacity: float) -> list[int]:
    """256 ARGB colours for the labels that the user painted, by their values in the `label_plane`."""
    table = [qRgba(0, 0, 0, 0)] * 256
    for label, (red, green, blue) in enumerate(LABEL_COLOURS):
        share = 0.0 if label in style.hidden else max(0.35, opacity)
        table[value_of_label(label)] = qRgba(red, green, blue, round(255 * share))
    return table


class StructureLayer:
    """The parsing map as a translucent picture over the part of the photo that it describes."""

    def __init__(self, structure: Structure) -> None:
        """Make it.

        Args:
            structure: the map; its labels are read once.
        """
        self._bounds = structure.bounds
        self._labels = np.ascontiguousarray(structure.labels)
        longest = min(_FINEST_MAP_SIDE, max(structure.bounds.width, structure.bounds.height))
        self._pixels = _finer(self._labels, longest)
        height, width = self._pixels.shape
        self._image = QImage(self._pixels.data, width, height, width, QImage.Format.Format_Indexed8)
        self.style(LabelStyle())

    @property
    def bounds(self) -> Bounds:
        """The part of the photo that the map describes."""
        return self._bounds

    def present(self) -> frozenset[int]:
        """Labels that occur."""
        return frozenset(label for label in labels_in(self._labels) if label < LABEL_COUNT)

    def label_at(self, x: float, y: float) -> int | None:
        """Label under a photo position, or None outside the map."""
        bounds = self._bounds
        if not (bounds.left <= x < bounds.right and bounds.top <= y < bounds.bottom):
            return None
        height, width = self._labels.shape
        column = int((x - bounds.left) * width / bounds.width)
        row = int((y - bounds.top) * height / bounds.height)
        return int(self._labels[min(row, height - 1), min(column, width - 1)])

    def style(self, style: LabelStyle) -> None:
        """Show the labels otherwise."""
        self._image.setColorTable([*style.colours(background=90), *[qRgba(0, 0, 0, 0)] * (256 - LABEL_COUNT)])

    def draw(self, painter: QPainter, target: QRectF, opacity: float) -> None:
        """Paint the whole map into the widget rectangle of its bounds."""
        _draw(painter, target, self._image, opacity)


class TintLayer:
    """One colour over a part of the photo."""

    def __init__(self, bounds: Bounds, inside: NDArray[np.bool_], colour: tuple[int, int, int]) -> None:
        """Make it.

        Args:
            bounds: the part of the photo.
            inside: (h, w) bool, where the colour lies.
            colour: RGB.
        """
        self._bounds = bounds
        self._pixels = np.ascontiguousarray(inside, dtype=np.uint8)
        height, width = self._pixels.shape
        self._image = QImage(self._pixels.data, width, height, width, QImage.Format.Format_Indexed8)
        self._image.setColorTable([qRgba(0, 0, 0, 0), qRgba(*colour, 255)])

    def draw(self, painter: QPainter, view: ViewTransform, opacity: float) -> None:
        """Paint it over the photo."""
        _draw(painter, view.rect_of(self._bounds), self._image, opacity)


def _draw(painter: QPainter, target: QRectF, image: QImage, opacity: float) -> None:
    painter.save()
    painter.setOpacity(opacity)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(target, image, QRectF(image.rect()))
    painter.restore()
