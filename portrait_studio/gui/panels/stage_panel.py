"""The panel that shows what the engine did, stage by stage, with the time of each."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from portrait_studio.editing.candidates import STAGE_PX, Candidates
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import FilledRegion, Structure
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.gui.qimage_conversion import qimage_of
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced, taken_out
from portrait_studio.language.translation import tr
from portrait_studio.networks.conventions import LABEL_COLOURS
from portrait_studio.session.session import Session

_WIDTH_PX: Final = 240
_FRAME_PX: Final = 44
"""Left and right of a picture together."""


def structure_pictures(structure: Structure) -> dict[str, NDArray[np.uint8]]:
    """The parsing map in its colours and the highest heatmap of each spot, (h, w, 3) uint8 each."""
    palette = np.zeros((256, 3), np.uint8)
    palette[: len(LABEL_COLOURS)] = LABEL_COLOURS
    heat = np.clip(structure.heatmaps.astype(np.float32).max(axis=0), 0, 1)
    glow = np.stack((heat, heat * heat, heat**4), axis=2)
    return {"parsing": palette[structure.labels], "heatmaps": np.rint(glow * 255).astype(np.uint8)}


class StagePanel(QWidget):
    """A picture for each stage of the fill that is shown in a hole; pressing one enlarges it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        """Start empty.

        Args:
            session: whose last fill is shown.
            parent: the window.
        """
        super().__init__(parent)
        self._session = session
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons: list[QToolButton] = []
        self._shown: FilledRegion | None = None
        self._candidates: Candidates | None = None
        name = tr("Hole whose stages are shown")
        self.hole_box = choice_box(self, name, (), name)
        self.hole_box.activated.connect(self._show)
        self._hint = hint_label(tr("After a fill, each of its stages is shown here."), self)
        column = spaced(QVBoxLayout(self), 8, (14, 12, 12, 12))
        self._column = filled(column, self._hint, self.hole_box, None)
        self.hole_box.hide()
        # Pictures come after a fill, when the panel is not to become wider any more.
        self.setMinimumWidth(_WIDTH_PX + _FRAME_PX)
        session.filling.choice.changed.connect(self._show_candidates)

    @property
    def stages(self) -> tuple[QToolButton, ...]:
        """One button for each stage that is shown."""
        return tuple(self._buttons)

    def _show_candidates(self) -> None:
        """Show the stages of one hole of the fill that is shown; the first one if nobody chose."""
        self._candidates = candidates = self._session.filling.choice.candidates
        count = 0 if candidates is None else len(candidates.regions)
        if count != self.hole_box.count():
            self.hole_box.clear()
            self.hole_box.addItems([tr("Hole {number}", number=number + 1) for number in range(count)])
            self.hole_box.setVisible(count > 1)
        self._show()

    def _show(self) -> None:
        candidates, hole = self._candidates, max(0, self.hole_box.currentIndex())
        region = candidates.regions[hole] if candidates is not None and candidates.regions else None
        if region is self._shown:
            return
        self._shown = region
        taken_out(self._buttons)
        self._buttons = []
        if candidates is None or region is None:
            self._hint.setText(tr("After a fill, each of its stages is shown here."))
            return
        result = candidates.by_hole[hole].result
        total = sum(result.seconds.values())
        self._hint.setText(
            tr("{total:.1f} s on {device}. Press a picture to enlarge it.", total=total, device=result.device)
        )
        document = self._session.document
        transform = None if document is None else DisplayTransform.of(document.photo.metadata.icc)
        pictures = {**structure_pictures(region.structure), **region.stages}
        for stage in Stage:
            for key, caption in stage.pictures.items():
                if key in pictures:
                    shown = qimage_of(pictures[key], transform if key in region.stages else None)
                    self._add(tr(caption), result.seconds.get(stage.label), shown)

    def _add(self, name: str, seconds: float | None, image: QImage) -> None:
        picture = QPixmap.fromImage(image)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        small = picture.scaled(_WIDTH_PX, _WIDTH_PX, keep, smooth)
        button = QToolButton(self)
        button.setIcon(QIcon(small))
        button.setIconSize(QSize(small.width(), small.height()))
        button.setText(name if seconds is None else tr("{name}, {seconds:.2f} s", name=name, seconds=seconds))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(tr("Enlarge {name}", name=name))
        button.setToolTip(tr("Enlarge {name}", name=name))
        button.clicked.connect(lambda _=False: self._enlarge(name, picture))
        self._column.insertWidget(self._column.count() - 1, button)
        self._buttons.append(button)

    def _enlarge(self, name: str, picture: QPixmap) -> None:
        dialog = QDialog(self.window())
        dialog.setWindowTitle(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = QLabel(dialog)
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        label.setPixmap(picture.scaled(STAGE_PX, STAGE_PX * 2 // 3, keep, smooth))
        label.setAccessibleName(name)
        column = QVBoxLayout(dialog)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(label)
        dialog.open()
