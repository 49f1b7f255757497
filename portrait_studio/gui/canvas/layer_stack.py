"""What lies over each other on the canvas: photo or original, structure, mask, marks."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QPainter

from portrait_studio.editing.map_regions import MapRegion
from portrait_studio.engine.request import Pixels
from portrait_studio.gui.canvas.comparison import CompareMode
from portrait_studio.gui.canvas.layers import (
    MASK_TINT,
    TintLayer,
    invented_colours,
    mask_colours,
    source_colours,
)
from portrait_studio.gui.canvas.outlines import OutlineLayer, draw_box, draw_edge
from portrait_studio.gui.canvas.pyramid import Pyramid
from portrait_studio.gui.canvas.structure_overlay import StructureOverlay
from portrait_studio.gui.canvas.view_transform import ViewTransform
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.photo import Plane
from portrait_studio.session.session import Session

_LIGHT: Final = (255, 255, 255)
_GUARD: Final = (40, 170, 120)


class LayerStack(QObject):
    """Views the arrays of the open document and follows their changes; painting changes no state."""

    replaced = Signal()
    """Another photo, or none"""
    changed = Signal(object)
    """Bounds in photo pixels; None: everything"""
    comparison_changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        """Start without a photo.

        Args:
            session: whose document is shown.
            parent: owns this.
        """
        super().__init__(parent)
        self._session = session
        self.overlay = StructureOverlay(self)
        self.overlay.changed.connect(self.changed)
        self._transform: DisplayTransform | None = None
        self._photo: Pyramid | None = None
        self._original: Pyramid | None = None
        self._mask: Pyramid | None = None
        self._invented: Pyramid | None = None
        self._sources: Pyramid | None = None
        self._lit: MapRegion | None = None
        self._framed: Bounds | None = None
        self._lit_layers: tuple[TintLayer, OutlineLayer] | None = None
        self._mask_pixels: NDArray[np.uint8] | None = None
        self._guarded: tuple[TintLayer, ...] = ()
        self._comparison = CompareMode.NONE
        self._divider = 0.5
        session.protection.changed.connect(self._on_protection_changed)
        session.editing.image_changed.connect(self._on_image_changed)
        session.editing.mask_changed.connect(self._on_mask_changed)
        session.editing.wanted_changed.connect(self._on_wanted_changed)
        session.editing.sources_changed.connect(self._on_sources_changed)
        session.parsing_maps.shown_changed.connect(self._on_structure_changed)
        session.editing.joints_changed.connect(self._on_structure_changed)

    @property
    def extent(self) -> Extent | None:
        """Size of the photo."""
        return None if self._photo is None else self._photo.extent

    @property
    def comparison(self) -> CompareMode:
        """How the original is shown."""
        return self._comparison

    @property
    def divider(self) -> float:
        """Where the divider stands: share of the photo's width that shows the original."""
        return self._divider

    def show_document(self) -> None:
        """Show the document that is open now, or none."""
        self._clear()
        document = self._session.document
        if document is not None:
            transform = DisplayTransform.of(document.photo.metadata.icc)
            self._transform = transform
            self._photo = Pyramid(document.image, alpha=document.opacity, transform=transform)
            self._mask_pixels = document.mask
            self._mask = Pyramid(document.mask, mask_colours())
            self.replaced.emit()
            if document.has_wanted_labels:
                self._on_wanted_changed(Bounds.of(document.extent))
            if document.has_sources:
                self._on_sources_changed(Bounds.of(document.extent))
        self._on_structure_changed()

    def _clear(self) -> None:
        self._photo = self._mask = self._original = self._invented = self._sources = None
        self._lit = self._lit_layers = self._framed = self._mask_pixels = None
        self._guarded = ()
        self.overlay.clear()
        self._comparison = CompareMode.NONE
        self.comparison_changed.emit()
        self.replaced.emit()

    def compare(
        self, comparison: CompareMode, original: Pixels | None = None, alpha: Plane | None = None
    ) -> None:
        """Show the original in another way; it is read when it is first needed."""
        if comparison is not CompareMode.NONE and original is not None and self._original is None:
            self._original = Pyramid(original, alpha=alpha, transform=self._transform)
        self._comparison = comparison if self._original is not None else CompareMode.NONE
        self.comparison_changed.emit()
        self.changed.emit(None)

    def move_divider(self, share: float) -> None:
        """Put the divider elsewhere: share of the photo's width, kept in [0, 1]."""
        self._divider = min(1.0, max(0.0, share))
        self.changed.emit(None)

    def show_invented(self, filled: NDArray[np.uint8] | None) -> None:
        """Tint the pixels, (H, W) uint8 not zero, that no camera has seen; None: none."""
        self._invented = None if filled is None else Pyramid(filled, invented_colours())
        self.changed.emit(None)

    def refresh_invented(self, filled: NDArray[np.uint8], bounds: Bounds) -> None:
        """Read them again, if they are shown."""
        if self._invented is not None:
            self._invented.refresh(filled, bounds)

    def light(self, part: MapRegion | None) -> None:
        """Let a part of the photo stand out: what a click would take."""
        if part is not self._lit:
            self._lit = part
            self._lit_layers = (
                None
                if part is None
                else (TintLayer(part.bounds, part.inside, _LIGHT), OutlineLayer(part.bounds, part.inside))
            )
            self.changed.emit(None)

    def frame(self, box: Bounds | None) -> None:
        """Show the box of what a click would find, in photo pixels."""
        if box != self._framed:
            self._framed = box
            self.changed.emit(None)

    def draw(self, painter: QPainter, view: ViewTransform, visible: Bounds, zoom: float) -> None:
        """Paint the edited photo's pixels of `visible`; `zoom` is device pixels per photo pixel."""
        if self._photo is None or self._mask is None:
            return
        target = view.rect_of(visible)
        source = QRectF(visible.left, visible.top, visible.width, visible.height)
        self._photo.draw(painter, target, source, zoom)
        self.overlay.draw_map(painter, view, Bounds.of(self._photo.extent), visible, zoom)
        for layer in self._guarded:
            layer.draw(painter, view, 0.35)
        for tints in (self._invented, self._sources):
            if tints is not None:
                tints.draw(painter, target, source, zoom)
        if self.overlay.is_map_shown and self._mask_pixels is not None:
            # What is behind the mask is to be seen in the colours of its labels.
            draw_edge(painter, target, self._mask_pixels[visible.slices], MASK_TINT)
        else:
            self._mask.draw(painter, target, source, zoom)
        self.overlay.draw_skeleton(painter, view)
        if self._lit_layers is not None:
            tint, outline = self._lit_layers
            tint.draw(painter, view, 0.45)
            outline.draw(painter, view)
        if self._framed is not None:
            draw_box(painter, view.rect_of(self._framed))

    def draw_original(self, painter: QPainter, view: ViewTransform, visible: Bounds, zoom: float) -> None:
        """Paint the original's pixels of `visible`, if it was ever shown."""
        if self._original is not None:
            source = QRectF(visible.left, visible.top, visible.width, visible.height)
            self._original.draw(painter, view.rect_of(visible), source, zoom)

    # -- what the session says -----------------------------------------------------------------------------

    def _on_image_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None and self._photo is not None:
            opacity = document.opacity
            # Whether a fill is opaque depends on what surrounds it.
            changed = bounds if opacity is None else Bounds.of(document.extent)
            self._photo.refresh(document.image, changed, opacity)
            self.changed.emit(changed)

    def _on_mask_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None and self._mask is not None:
            self._mask_pixels = document.mask
            self._mask.refresh(document.mask, bounds)
            self.changed.emit(bounds)

    def _on_wanted_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self.overlay.refresh_wanted(document.label_plane, bounds)

    def _on_sources_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is None:
            return
        if self._sources is None:
            self._sources = Pyramid(document.source_plane, source_colours())
        else:
            self._sources.refresh(document.source_plane, bounds)
        self.changed.emit(bounds)

    def _on_structure_changed(self) -> None:
        document = self._session.document
        self.overlay.show_structure(
            self._session.parsing_maps.shown, None if document is None else document.joints
        )

    def _on_protection_changed(self) -> None:
        people = self._session.protection.protected_bodies
        self._guarded = tuple(TintLayer(person.bounds, person.inside, _GUARD) for person in people)
        self.changed.emit(None)
