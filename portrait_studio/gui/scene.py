"""What lies over each other on the canvas: photo or original, parsing map, mask."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QPainter

from portrait_studio.engine.request import Pixels, Structure
from portrait_studio.gui.layers import LabelStyle, StructureLayer, TintLayer, mask_colours, wanted_colours
from portrait_studio.gui.marks import draw_badge
from portrait_studio.gui.pyramid import Pyramid
from portrait_studio.gui.skeleton import SkeletonLayer
from portrait_studio.gui.view import View
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.session.parts import Part

_LIGHT: Final = (255, 255, 255)
_GUARD: Final = (40, 170, 120)


class Scene(QObject):
    """Views the arrays of the document; painting changes no state."""

    replaced = Signal()
    """Another photo, or none"""
    changed = Signal(object)
    """Bounds in photo pixels; None: everything"""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a photo."""
        super().__init__(parent)
        self._photo: Pyramid | None = None
        self._original: Pyramid | None = None
        self._mask: Pyramid | None = None
        self._wanted: Pyramid | None = None
        self._structure: StructureLayer | None = None
        self._skeleton: SkeletonLayer | None = None
        self._style = LabelStyle()
        self._lit: Part | None = None
        self._lit_layer: TintLayer | None = None
        self._guarded: tuple[TintLayer, ...] = ()
        self._structure_opacity = 0.6
        self._is_structure_shown = False
        self._is_skeleton_shown = False
        self._is_comparing = False

    @property
    def extent(self) -> Extent | None:
        """Size of the photo."""
        return None if self._photo is None else self._photo.extent

    @property
    def structure(self) -> StructureLayer | None:
        """The parsing map that lies over the photo, shown or not."""
        return self._structure

    @property
    def is_comparing(self) -> bool:
        """Whether the original is shown."""
        return self._is_comparing

    def show_photo(self, image: Pixels, mask: NDArray[np.uint8]) -> None:
        """Show another photo.

        Args:
            image: (H, W, 3) RGB, uint8 or uint16; viewed, not copied.
            mask: (H, W) uint8, 0..255; viewed, not copied.
        """
        self._photo = Pyramid(image)
        self._mask = Pyramid(mask, mask_colours())
        self._original = self._structure = self._lit = self._lit_layer = None
        self._guarded = ()
        self._wanted = self._skeleton = None
        self._is_comparing = False
        self.replaced.emit()

    def clear(self) -> None:
        """Show no photo."""
        self._photo = self._mask = self._original = None
        self._structure = self._wanted = self._skeleton = None
        self.replaced.emit()

    def show_original(self, original: Pixels | None) -> None:
        """Show the photo as it was opened instead (None: the edited one again)."""
        if original is not None and self._original is None:
            self._original = Pyramid(original)
        self._is_comparing = original is not None
        self.changed.emit(None)

    def refresh_image(self, image: Pixels, bounds: Bounds) -> None:
        """Read changed photo pixels again, possibly from another array."""
        if self._photo is not None:
            self._photo.refresh(image, bounds)
            self.changed.emit(bounds)

    def refresh_mask(self, mask: NDArray[np.uint8], bounds: Bounds) -> None:
        """Read changed mask pixels again."""
        if self._mask is not None:
            self._mask.refresh(mask, bounds)
            self.changed.emit(bounds)

    def refresh_wanted(self, wanted: NDArray[np.uint8], bounds: Bounds) -> None:
        """Read labels again that the user painted; (H, W) uint8, 0 = nothing, else a label + 1."""
        if self._wanted is None:
            colours = wanted_colours(self._style, self._structure_opacity)
            self._wanted = Pyramid(wanted, colours, has_names=True)
        else:
            self._wanted.refresh(wanted, bounds)
        self.changed.emit(bounds)

    def show_structure(self, structure: Structure | None) -> None:
        """Lay a parsing map and a skeleton over the photo, or take them away."""
        self._structure = None if structure is None else StructureLayer(structure)
        self._skeleton = None if structure is None else SkeletonLayer(structure)
        self._restyle()

    def set_structure_shown(self, shown: bool) -> None:
        """Show or hide the parsing map."""
        self._is_structure_shown = shown
        self.changed.emit(None)

    def set_skeleton_shown(self, shown: bool) -> None:
        """Show or hide the skeleton."""
        self._is_skeleton_shown = shown
        self.changed.emit(None)

    def set_structure_opacity(self, opacity: float) -> None:
        """Opacity of the parsing map in [0, 1]."""
        self._structure_opacity = opacity
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

    def _restyle(self) -> None:
        if self._structure is not None:
            self._structure.style(self._style)
        if self._wanted is not None:
            self._wanted.set_colours(wanted_colours(self._style, self._structure_opacity))
        self.changed.emit(None)

    def light(self, part: Part | None) -> None:
        """Let a part of the photo stand out: what a click would take."""
        if part is not self._lit:
            self._lit = part
            self._lit_layer = None if part is None else TintLayer(part.bounds, part.inside, _LIGHT)
            self.changed.emit(None)

    def guard(self, people: Sequence[Part]) -> None:
        """Show which people are protected."""
        self._guarded = tuple(TintLayer(person.bounds, person.inside, _GUARD) for person in people)
        self.changed.emit(None)

    def shown_label_at(self, x: float, y: float) -> int | None:
        """Label under a photo position; None where no parsing map is shown."""
        shown = self._structure if self._is_structure_shown else None
        return None if shown is None else shown.label_at(x, y)

    def draw(self, painter: QPainter, view: View, visible: Bounds, zoom: float) -> None:
        """Paint the photo pixels of `visible`; `zoom` is device pixels per photo pixel."""
        if self._photo is None or self._mask is None:
            return
        target = view.rect_of(visible)
        source = QRectF(visible.left, visible.top, visible.width, visible.height)
        if self._is_comparing and self._original is not None:
            self._original.draw(painter, target, source, zoom)
            draw_badge(painter, "Original")
            return
        self._photo.draw(painter, target, source, zoom)
        if self._structure is not None and self._is_structure_shown:
            painter.save()
            painter.setClipRect(view.rect_of(Bounds.of(self._photo.extent)))
            self._structure.draw(painter, view.rect_of(self._structure.bounds), self._structure_opacity)
            painter.restore()
        if self._wanted is not None and self._is_structure_shown:
            self._wanted.draw(painter, target, source, zoom)
        for layer in self._guarded:
            layer.draw(painter, view, 0.35)
        self._mask.draw(painter, target, source, zoom)
        if self._skeleton is not None and self._is_skeleton_shown:
            self._skeleton.draw(painter, view)
        if self._lit_layer is not None:
            self._lit_layer.draw(painter, view, 0.45)
