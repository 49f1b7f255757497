"""Moves joints of the skeleton over the photo: by dragging, or with the arrow keys once one is chosen."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPointF, Qt, Signal

from portrait_studio.gui.canvas.gestures import Gesture
from portrait_studio.gui.canvas.structure_overlay import StructureOverlay
from portrait_studio.gui.canvas.viewport import Viewport

_REACH_PX: Final = 9.0
"""Widget pixels from a joint within which a press takes it."""
_NUDGES: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FAR: Final = 10
"""Photo pixels of a nudge with Shift."""


class DragJoint(Gesture):
    """Moves one joint with the pointer; it counts when it is let go. The skeleton shows it."""

    cursor = Qt.CursorShape.ClosedHandCursor
    is_edit = True

    def __init__(
        self,
        viewport: Viewport,
        show: Callable[[QPointF | None], None],
        keep: Callable[[QPointF], None],
    ) -> None:
        """Begin.

        Args:
            viewport: what is measured.
            show: shows the joint at a photo position; None: where it was.
            keep: takes the photo position where it was let go.
        """
        self._viewport, self._show, self._keep = viewport, show, keep
        self._spot: QPointF | None = None

    def move(self, to: QPointF, pressure: float) -> None:
        """The joint follows the pointer."""
        self._spot = self._viewport.view.to_photo(to)
        self._show(self._spot)

    def finish(self) -> None:
        """It stays there."""
        if self._spot is not None:
            self._keep(self._spot)

    def abort(self) -> None:
        """It goes back."""
        self._show(None)


class JointHandles(QObject):
    """Which joint is chosen, and where it goes."""

    moved = Signal(int, float, float)
    """Joint, x, y in photo pixels"""
    chosen = Signal(object)
    """Joint, None: none"""

    def __init__(self, overlay: StructureOverlay, viewport: Viewport, parent: QObject) -> None:
        """Make it.

        Args:
            overlay: whose skeleton it is.
            viewport: what is measured.
            parent: owns it.
        """
        super().__init__(parent)
        self._overlay, self._viewport = overlay, viewport

    @property
    def joint(self) -> int | None:
        """The joint that the arrow keys move; None while no skeleton is shown."""
        return self._overlay.chosen_joint if self._overlay.is_skeleton_shown else None

    def choose(self, joint: int | None) -> None:
        """Let the arrow keys move a joint, or none."""
        if joint != self._overlay.chosen_joint:
            self._overlay.choose_joint(joint)
            self.chosen.emit(joint)

    def joint_at(self, at: QPointF) -> int | None:
        """The joint at a widget position."""
        view = self._viewport.view
        away = {
            joint: math.hypot(*(view.to_widget(x, y) - at).toTuple())
            for joint, (x, y) in self._overlay.joints.items()
        }
        nearest = min(away, key=lambda joint: away[joint], default=None)
        return nearest if nearest is not None and away[nearest] <= _REACH_PX else None

    def grip_at(self, at: QPointF) -> DragJoint | None:
        """Take the joint at a widget position in hand."""
        joint = self.joint_at(at)
        if joint is None:
            return None
        self.choose(joint)
        overlay = self._overlay
        return DragJoint(
            self._viewport,
            lambda spot: overlay.preview_joint(joint, spot),
            lambda spot: self.moved.emit(joint, spot.x(), spot.y()),
        )

    def nudge(self, key: Qt.Key, keys: Qt.KeyboardModifier) -> bool:
        """Move the chosen joint by an arrow key; False when there is none to move."""
        joint, extent = self.joint, self._viewport.extent
        if joint is None or extent is None or key not in _NUDGES:
            return False
        # A joint that nobody has seen begins in the middle.
        x, y = self._overlay.joints.get(joint, (extent.width / 2, extent.height / 2))
        step = _FAR if keys & Qt.KeyboardModifier.ShiftModifier else 1
        across, down = _NUDGES[key]
        self.moved.emit(joint, x + step * across, y + step * down)
        return True
