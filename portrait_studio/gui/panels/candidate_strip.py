"""The strip of candidates over the photo: arrows go through them and the holes, Enter keeps what is shown."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QIcon, QKeyEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from portrait_studio.editing.candidates import Candidate, Candidates
from portrait_studio.engine.request import FilledRegion, Pixels
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.gui.panels.candidate_captions import EXPLANATIONS, caption_of
from portrait_studio.gui.panels.references_panel import files_in
from portrait_studio.gui.panels.thumbnail_row import ThumbnailRow
from portrait_studio.gui.qimage_conversion import qimage_of
from portrait_studio.gui.widgets.buttons import ActionButton
from portrait_studio.gui.widgets.layouts import filled, role_label, spaced, taken_out
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session

_THUMB_PX: Final = 132
_CONTEXT: Final = 1.4
"""Side of a thumbnail's square in longer sides of the hole."""
_KEEPING: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_HOLE_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class CandidateStrip(QFrame):
    """Hidden while there is nothing to choose. Whoever it lies over gives it its place."""

    kept = Signal()
    dropped = Signal(object)
    """List of paths of files: other photos to borrow from"""
    resized = Signal()
    """It has another size, or was shown or hidden"""

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        """Show nothing yet.

        Args:
            session: whose last fill there is to choose from.
            actions: the window's.
            parent: the window.
        """
        super().__init__(parent)
        self._session = session
        self.setObjectName("strip")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setAccessibleName(
            tr("Candidates: left and right choose, up and down go through the holes, Enter keeps")
        )
        self._candidates: Candidates | None = None
        self._known: tuple[Candidate, ...] = ()
        self._photo: Pixels | None = None
        self._transform: DisplayTransform | None = None
        self._hole: int | None = None
        self._thumbs: list[QToolButton] = []
        self._holes: list[QToolButton] = []
        self._hole_row = QHBoxLayout()
        self._thumb_row = ThumbnailRow(self)
        self._keep = self._keep_button()
        self._hint = role_label("", "hint", self)
        self._lay_out(actions)
        session.filling.choice.changed.connect(self._show_candidates)
        self.hide()

    def _keep_button(self) -> QPushButton:
        keep = QPushButton(tr("Keep"), self)
        keep.setProperty("prominent", True)
        keep.setToolTip(tr("Keep what is shown (Enter)"))
        keep.setAccessibleName(tr("Keep the candidate that is shown"))
        keep.clicked.connect(self._on_keep)
        return keep

    def _lay_out(self, actions: Actions) -> None:
        row = spaced(QHBoxLayout(self), 10, (12, 8, 12, 8))
        self._hole_row.setSpacing(6)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        others = ActionButton(actions[Command.OTHER_WAYS], self)
        column = filled(spaced(QVBoxLayout(), 8), None, self._hint, others, self._keep, None)
        filled(row, self._hole_row, (self._thumb_row, 1), column)

    @property
    def thumbs(self) -> tuple[QToolButton, ...]:
        """One button for each candidate."""
        return tuple(self._thumbs)

    def _show_candidates(self) -> None:
        """Show what there is to choose from, in its place in the photo; less than two is nothing."""
        candidates, document = self._session.filling.choice.candidates, self._session.document
        self._photo = None if document is None else document.visible_image
        self._transform = None if document is None else DisplayTransform.of(document.photo.metadata.icc)
        before, self._known = self._known, () if candidates is None else candidates.all
        if candidates is None or len(candidates.all) < 2:
            self._candidates = None
            self.hide()
            return
        self._candidates = candidates
        is_new = candidates.all != before
        has_grown = bool(before) and candidates.all[: len(before)] == before
        if is_new:
            self._list_holes()
            self._list_thumbs()
        self._mark()
        if is_new:
            self.show()
            self.resized.emit()
            if has_grown:
                # Somebody asked for another one; who walks through the history goes on there.
                self.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell whoever it lies over."""
        super().showEvent(event)
        self.resized.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell whoever it lay over."""
        super().hideEvent(event)
        self.resized.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if files_in(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """What is dropped here does not open: it is to borrow from."""
        event.acceptProposedAction()
        self.dropped.emit(files_in(event.mimeData()))

    def event(self, event: QEvent) -> bool:
        """Claim Enter before it becomes the window's shortcut; ask for another place when it has grown."""
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and _keeps(event):
            event.accept()
            return True
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            # Other pictures need other room.
            self.resized.emit()
        return is_done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the candidates, or keep one."""
        key = Qt.Key(event.key())
        if _keeps(event):
            self._on_keep()
        elif key in _STEPS and self._candidates is not None:
            count = len(self._candidates.all)
            self._session.filling.choice.choose((self._shown() + _STEPS[key]) % count, self._hole)
        elif key in _HOLE_STEPS and self._holes:
            place = 0 if self._hole is None else self._hole + 1
            place = (place + _HOLE_STEPS[key]) % len(self._holes)
            self._on_hole(place - 1 if place else None)
        else:
            super().keyPressEvent(event)

    def _choose(self, place: int) -> None:
        self._session.filling.choice.choose(place, self._hole)

    def _shown(self) -> int:
        assert self._candidates is not None
        chosen = self._candidates.chosen
        return chosen[self._hole or 0] if chosen else 0

    def _hole_count(self) -> int:
        count = 0 if self._candidates is None else len(self._candidates.chosen)
        return count + 1 if count > 1 else 0

    def _list_holes(self) -> None:
        taken_out(self._holes)
        self._holes.clear()
        self._hole = None
        for place in range(self._hole_count()):
            text = tr("All") if place == 0 else str(place)
            button = _button(
                self,
                text,
                tr("Choose for hole {place}", place=place) if place else tr("Choose for all holes"),
            )
            button.clicked.connect(lambda _=False, hole=place - 1 if place else None: self._on_hole(hole))
            self._hole_row.addWidget(button)
            self._holes.append(button)

    def _list_thumbs(self) -> None:
        taken_out(self._thumbs)
        self._thumbs.clear()
        assert self._candidates is not None
        for place, candidate in enumerate(self._candidates.all):
            caption, meaning = caption_of(candidate.variant), tr(EXPLANATIONS[candidate.variant.kind])
            name = tr("Candidate {number}: {kind}", number=place + 1, kind=caption)
            button = _button(self, caption, name)
            button.setToolTip(tr("{name}. {meaning}", name=name, meaning=meaning))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setObjectName("thumb")
            button.setIcon(self._picture(candidate))
            button.setIconSize(QSize(_THUMB_PX, _THUMB_PX))
            button.clicked.connect(partial(self._choose, place))
            self._thumb_row.add(button)
            self._thumbs.append(button)

    def _picture(self, candidate: Candidate) -> QIcon:
        regions = candidate.result.regions
        largest = max(regions, key=lambda region: region.bounds.extent.area)
        region = largest if self._hole is None else regions[self._hole]
        side = round(_THUMB_PX * self.devicePixelRatioF())
        pixels = region.pixels if self._photo is None else _in_context(self._photo, region, side)
        picture = QPixmap.fromImage(qimage_of(pixels, self._transform))
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        return QIcon(picture.scaled(side, side, keep, smooth))

    def _mark(self) -> None:
        assert self._candidates is not None
        shown = self._shown()
        for place, button in enumerate(self._thumbs):
            button.setChecked(place == shown)
        for place, button in enumerate(self._holes):
            button.setChecked((place - 1 if place else None) == self._hole)
        self._hint.setText(tr("{number} of {count}", number=shown + 1, count=len(self._thumbs)))
        self._thumb_row.show_thumb(self._thumbs[shown])

    def _on_hole(self, hole: int | None) -> None:
        self._hole = hole
        self._list_thumbs()
        self._mark()
        self.resized.emit()
        self.setFocus()

    def _on_keep(self) -> None:
        self.hide()
        self.kept.emit()


def _button(parent: QWidget, text: str, name: str) -> QToolButton:
    button = QToolButton(parent)
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def _in_context(photo: Pixels, region: FilledRegion, least_px: int) -> Pixels:
    """A fill and as much of the photo around it as makes a square of some size at least, (h, w, 3)."""
    bounds = region.bounds
    side = max(least_px, round(max(bounds.width, bounds.height) * _CONTEXT))
    around = Bounds(
        bounds.left - (side - bounds.width) // 2,
        bounds.top - (side - bounds.height) // 2,
        bounds.right + (side - bounds.width) // 2,
        bounds.bottom + (side - bounds.height) // 2,
    )
    around = around.intersected(Bounds(0, 0, photo.shape[1], photo.shape[0]))
    picture = photo[around.slices].copy()
    picture[bounds.shifted(-around.left, -around.top).slices] = region.pixels
    return picture


def _keeps(event: QKeyEvent) -> bool:
    """Whether a key ends the choice; together with Ctrl and the like it means something else."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
    return plain and event.key() in _KEEPING
