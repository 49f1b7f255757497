"""Brings what the session owns onto the canvas, and tells the session what was drawn there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.session import Session


class Projection(QObject):
    """Between one session and one canvas."""

    structure_shown = Signal()
    """Another parsing map lies over the photo, or none"""

    def __init__(self, session: Session, canvas: Canvas, parent: QObject) -> None:
        """Args: whose document it is; where it is shown and painted."""
        super().__init__(parent)
        self._session, self._layers, self._viewport = session, canvas.layers, canvas.viewport
        self._canvas: Bounds | None = None
        marking, painting = canvas.pointer.marking, session.painting
        marking.stroke_started.connect(painting.begin_stroke)
        marking.stroke_moved.connect(painting.extend_stroke)
        marking.stroke_finished.connect(painting.end_stroke)
        marking.stroke_aborted.connect(painting.abort_stroke)
        marking.rectangle_drawn.connect(painting.mark_rectangle)
        marking.lasso_drawn.connect(painting.mark_lasso)
        session.protection.changed.connect(self._on_protection_changed)
        session.editing.image_changed.connect(self._on_image_changed)
        session.editing.mask_changed.connect(self._on_mask_changed)
        session.editing.canvas_changed.connect(self._on_canvas_changed)
        session.editing.wanted_changed.connect(self._on_wanted_changed)
        session.parsing_maps.shown_changed.connect(self._on_structure_changed)
        session.editing.joints_changed.connect(self._on_structure_changed)
        canvas.joints.moved.connect(session.joint_editing.move)

    def begin(self) -> None:
        """Another document is open, or none."""
        document = self._session.document
        self._canvas = None if document is None else document.canvas
        if document is None:
            self._layers.clear()
        else:
            transform = DisplayTransform.of(document.photo.metadata.icc)
            self._layers.show_photo(document.image, document.mask, document.opacity, transform)
            if document.has_wanted_labels:
                self._on_wanted_changed(Bounds.of(document.extent))
        self._on_structure_changed()

    def _on_canvas_changed(self) -> None:
        """What the user looks at stays where it is in the window."""
        before, view, is_fitted = self._canvas, self._viewport.view, self._viewport.is_fitted
        self.begin()
        if before is not None and self._canvas is not None:
            left, top = self._canvas.left - before.left, self._canvas.top - before.top
            self._viewport.go_back_to(view.panned(left * view.scale, top * view.scale), is_fitted=is_fitted)

    def _on_image_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            opacity = document.opacity
            # Whether a fill is opaque depends on what surrounds it.
            changed = bounds if opacity is None else Bounds.of(document.extent)
            self._layers.refresh_image(document.image, changed, opacity)

    def _on_mask_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self._layers.refresh_mask(document.mask, bounds)

    def _on_wanted_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self._layers.overlay.refresh_wanted(document.label_plane, bounds)

    def _on_structure_changed(self) -> None:
        document = self._session.document
        joints = None if document is None else document.joints
        self._layers.overlay.show_structure(self._session.parsing_maps.shown, joints)
        self.structure_shown.emit()

    def _on_protection_changed(self) -> None:
        self._layers.guard(self._session.protection.protected_bodies)
