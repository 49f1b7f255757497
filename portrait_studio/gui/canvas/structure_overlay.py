"""What lies over the photo of the person's structure: parsing map, painted labels, skeleton."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter

from portrait_studio.engine.request import Joints, Structure
from portrait_studio.gui.canvas.layers import LabelStyle, StructureLayer, wanted_colours
from portrait_studio.gui.canvas.pyramid import Pyramid
from portrait_studio.gui.canvas.skeleton import SkeletonLayer
from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.imaging.geometry import Bounds


class StructureOverlay(QObject):
    """Shown or not, part by part."""

    changed = Signal(object)
    """Bounds in photo pixels; None: everything"""
    structure_changed = Signal()
    """Another parsing map lies over the photo, or none"""

    def __init__(self, parent: QObject) -> None:
        """Start without a structure."""
        super().__init__(parent)
        self._wanted: Pyramid | None = None
        self._structure: StructureLayer | None = None
        self._skeleton: SkeletonLayer | None = None
        self._style = LabelStyle()
        self._opacity = 0.6
        self._is_shown = False
        self._is_skeleton_shown = False
        self._chosen_joint: int | None = None
        self._before_drag: dict[int, tuple[float, float]] = {}

    @property
    def structure(self) -> StructureLayer | None:
        """The parsing map that lies over the photo, shown or not."""
        return self._structure

    def clear(self) -> None:
        """Another photo is shown."""
        self._structure = self._wanted = self._skeleton = None

    @property
    def is_skeleton_shown(self) -> bool:
        """Whether there is a skeleton, and it is shown."""
        return self._skeleton is not None and self._is_skeleton_shown

    @property
    def is_map_shown(self) -> bool:
        """Whether there is a parsing map, and it is shown."""
        return self._structure is not None and self._is_shown

    @property
    def joints(self) -> dict[int, tuple[float, float]]:
        """Photo position of each joint that is shown, by its number."""
        return self._skeleton.joints if self._skeleton is not None and self._is_skeleton_shown else {}

    @property
    def chosen_joint(self) -> int | None:
        """The joint that stands out."""
        return self._chosen_joint

    def choose_joint(self, joint: int | None) -> None:
        """Let a joint stand out, or none."""
        self._chosen_joint = joint
        if self._skeleton is not None:
            self._skeleton.choose(joint)
        self.changed.emit(None)

    def preview_joint(self, joint: int, spot: QPointF | None) -> None:
        """Show a joint at a photo position while it is dragged; None: where it was."""
        x, y = self._before_drag.get(joint, (0.0, 0.0)) if spot is None else (spot.x(), spot.y())
        if self._skeleton is not None:
            self._skeleton.put(joint, x, y)
        self.changed.emit(None)

    def show_structure(self, structure: Structure | None, joints: Joints | None = None) -> None:
        """Lay a parsing map and a skeleton, with joints of the user, over the photo, or take them away."""
        self._structure = None if structure is None else StructureLayer(structure)
        self._skeleton = None if structure is None else SkeletonLayer(structure, joints)
        if self._skeleton is not None:
            self._skeleton.choose(self._chosen_joint)
            self._before_drag = self._skeleton.joints
        self._restyle()
        self.structure_changed.emit()

    def refresh_wanted(self, wanted: NDArray[np.uint8], bounds: Bounds) -> None:
        """Read labels again that the user painted; (H, W) uint8 as in the `label_plane`."""
        if self._wanted is None:
            self._wanted = Pyramid(wanted, wanted_colours(self._style, self._opacity), has_names=True)
        else:
            self._wanted.refresh(wanted, bounds)
        self.changed.emit(bounds)

    def set_shown(self, shown: bool) -> None:
        """Show or hide the parsing map and the painted labels."""
        self._is_shown = shown
        self.changed.emit(None)

    def set_skeleton_shown(self, shown: bool) -> None:
        """Show or hide the skeleton."""
        self._is_skeleton_shown = shown
        self.changed.emit(None)

    def set_opacity(self, opacity: float) -> None:
        """Opacity of the parsing map in [0, 1]."""
        self._opacity = opacity
        self._restyle()

    def highlight_label(self, label: int | None) -> None:
        """Let one label of the parsing map stand out, if it occurs (None: all alike)."""
        occurs = self._structure is not None and label in self._structure.present()
        self._style = replace(self._style, highlighted=label if occurs else None)
        self._restyle()

    def hide_labels(self, labels: AbstractSet[int]) -> None:
        """Do not show these labels."""
        self._style = replace(self._style, hidden=labels)
        self._restyle()

    def shown_label_at(self, x: float, y: float) -> int | None:
        """Label under a photo position; None where no parsing map is shown."""
        shown = self._structure if self._is_shown else None
        return None if shown is None else shown.label_at(x, y)

    def draw_map(
        self, painter: QPainter, view: ViewTransform, photo: Bounds, visible: Bounds, zoom: float
    ) -> None:
        """Paint the labels inside the photo."""
        if not self._is_shown:
            return
        if self._structure is not None:
            painter.save()
            painter.setClipRect(view.rect_of(photo), Qt.ClipOperation.IntersectClip)
            self._structure.draw(painter, view.rect_of(self._structure.bounds), self._opacity)
            painter.restore()
        if self._wanted is not None:
            source = QRectF(visible.left, visible.top, visible.width, visible.height)
            self._wanted.draw(painter, view.rect_of(visible), source, zoom)

    def draw_skeleton(self, painter: QPainter, view: ViewTransform) -> None:
        """Paint the joints."""
        if self._skeleton is not None and self._is_skeleton_shown:
            self._skeleton.draw(painter, view)

    def _restyle(self) -> None:
        if self._structure is not None:
            self._structure.style(self._style)
        if self._wanted is not None:
            self._wanted.set_colours(wanted_colours(self._style, self._opacity))
        self.changed.emit(None)
