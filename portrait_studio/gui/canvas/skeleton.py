"""The pose over the photo: joints where their heatmaps peak, and the limbs between them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from portrait_studio.engine.request import Joints, Structure
from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.networks.conventions import KEYPOINTS, SKELETON

_LEAST_PEAK: Final = 0.15
"""Height of a heatmap's peak below which nobody knows where the joint is."""
_LEFT: Final = QColor("#29c5f6")
_RIGHT: Final = QColor("#ff8a3d")
_MIDDLE: Final = QColor("#f4f4f4")


def _colour(joint: int) -> QColor:
    name = KEYPOINTS[joint]
    return _LEFT if name.startswith("left") else _RIGHT if name.startswith("right") else _MIDDLE


class SkeletonLayer:
    """Sixteen joints at most; those of the left side blue, of the right side orange."""

    def __init__(self, structure: Structure, moved: Joints | None = None) -> None:
        """Make it.

        Args:
            structure: whose heatmaps are read once.
            moved: joints that the user put elsewhere.
        """
        self._joints: dict[int, tuple[float, float]] = {}
        bounds = structure.bounds
        height, width = structure.heatmaps.shape[1:]
        for joint, heat in enumerate(structure.heatmaps):
            row, column = divmod(int(heat.argmax()), width)
            if float(heat[row, column]) >= _LEAST_PEAK:
                self._joints[joint] = (
                    bounds.left + (column + 0.5) * bounds.width / width,
                    bounds.top + (row + 0.5) * bounds.height / height,
                )

        self._moved = frozenset(moved or ())
        self._joints |= moved or {}
        self._chosen: int | None = None

    def choose(self, joint: int | None) -> None:
        """Let a joint stand out, or none."""
        self._chosen = joint

    def put(self, joint: int, x: float, y: float) -> None:
        """Show a joint elsewhere, in photo pixels."""
        self._joints[joint] = (x, y)

    @property
    def joints(self) -> dict[int, tuple[float, float]]:
        """Photo position of each joint that was found, by its number."""
        return dict(self._joints)

    def draw(self, painter: QPainter, view: ViewTransform) -> None:
        """Paint limbs first, joints over them."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spots = {joint: view.to_widget(*place) for joint, place in self._joints.items()}
        for first, second in SKELETON:
            if first in spots and second in spots:
                side = first if _colour(first) != _MIDDLE else second
                self._line(painter, spots[first], spots[second], _colour(side))
        for joint, spot in spots.items():
            if joint == self._chosen:
                painter.setPen(QPen(QColor(0, 0, 0, 200), 4.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(spot, 9.0, 9.0)
                painter.setPen(QPen(_MIDDLE, 2.0))
                painter.drawEllipse(spot, 9.0, 9.0)
            painter.setPen(QPen(_MIDDLE if joint in self._moved else QColor(0, 0, 0, 200), 1.5))
            painter.setBrush(_colour(joint))
            painter.drawEllipse(spot, 4.5, 4.5)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, start: QPointF, end: QPointF, colour: QColor) -> None:
        for pen in (QPen(QColor(0, 0, 0, 160), 5), QPen(colour, 2.5)):
            painter.setPen(pen)
            painter.drawLine(start, end)
