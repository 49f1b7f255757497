"""What the user does to have something filled: pick, paint labels, fill, try again, stop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QToolTip

from portrait_studio.editing.picked import PickMode
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.gui.actions import Actions
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.panels.options_bar import OptionsBar
from portrait_studio.gui.panels.structure_panel import StructurePanel
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.language.translation import tr
from portrait_studio.session.session import Session


class FillCommands(QObject):
    """Connects the actions of filling with the session."""

    told = Signal(str)
    """A short sentence for the status bar"""

    def __init__(
        self,
        session: Session,
        actions: Actions,
        canvas: Canvas,
        options: OptionsBar,
        panel: StructurePanel,
        leave_extending: Callable[[], bool],
        parent: QObject,
    ) -> None:
        """Connect.

        Args:
            session: who fills.
            actions: what is triggered.
            canvas: where gestures come from.
            options: the chosen method.
            panel: where labels and joints are chosen.
            leave_extending: puts the frame away; False where there is none.
            parent: owns this.
        """
        super().__init__(parent)
        self._session, self._actions, self._canvas, self._options = session, actions, canvas, options
        self._leave_extending = leave_extending
        actions.on_triggered(
            {
                Command.FILL: self.fill,
                Command.AGAIN: self._fill_again,
                Command.OTHER_WAYS: session.filling.try_other_variants,
                Command.FOUND_FACES: session.filling.try_found_faces,
                Command.FILL_ANEW: self._fill_anew,
                Command.CLEAR_LABELS: session.painting.clear_wanted,
                Command.CLEAR_SOURCES: session.painting.clear_sources,
                Command.RESET_JOINTS: session.joint_editing.reset,
                Command.READ_STRUCTURE: self._read_structure,
                Command.CANCEL: self._cancel,
                Command.CANCEL_ALL: self._cancel_all,
            }
        )
        canvas.pointer.refused.connect(self._on_refused)
        canvas.pointer.picked.connect(self._on_picked)
        canvas.pointer.box_picked.connect(self._on_box_picked)
        session.painting.marked.connect(self._on_marked)
        session.picking.marked.connect(self._on_marked)
        session.person_dots.marked.connect(self._on_marked)
        session.joint_editing.strayed.connect(self._on_strayed)
        options.intent_chosen.connect(session.filling.set_intent)
        panel.legend.brush_chosen.connect(self._choose_label)
        panel.joint_chosen.connect(self._choose_joint)

    def fill(self) -> None:
        """Fill what is masked and what is new on the canvas, or say that nothing is."""
        if self._session.extending.is_pending and not self._session.extending.apply():
            return
        if self._session.can_fill:
            self._session.fill(self._wished)
        elif self._session.can_edit:
            self.told.emit(tr("Paint over something first; then Enter removes it."))

    def _choose_label(self, label: int | None) -> None:
        """Let the tools paint a label, which must be seen for that; None: the mask again."""
        self._session.tools.set_label(label)
        if label is not None:
            self._actions[Command.STRUCTURE].setChecked(True)
        self._canvas.setFocus()

    def _choose_joint(self, joint: int | None) -> None:
        """Let the arrow keys move a joint, which must be seen for that; None: the photo again."""
        if joint is not None:
            self._actions[Command.SKELETON].setChecked(True)
        self._canvas.joints.choose(joint)
        self._canvas.setFocus()

    @property
    def _wished(self) -> CompletionOptions:
        return CompletionOptions(method=self._options.method, looks_inside=True)

    def _fill_again(self) -> None:
        self._session.fill_again(self._options.method)

    def _fill_anew(self) -> None:
        self._session.tools.set_label(None)
        self._session.fill_anew(self._wished)

    def _read_structure(self) -> None:
        self._actions[Command.STRUCTURE].setChecked(True)
        self._session.parse_hole()

    def _cancel_all(self) -> None:
        self._canvas.pointer.abort()
        if self._session.cancel_all():
            self._tell_cancelled()

    def _tell_cancelled(self) -> None:
        document = self._session.document
        is_blank = document is not None and document.has_blank
        self.told.emit(
            tr("Cancelled; the new area is not filled.")
            if is_blank
            else tr("Cancelled; nothing was changed.")
        )

    def _cancel(self) -> None:
        if self._canvas.pointer.abort():
            return
        if self._session.cancel():
            self._tell_cancelled()
        elif self._leave_extending():
            return
        elif self._session.tools.label is not None:
            self._session.tools.set_label(None)
        elif self._canvas.joints.joint is not None:
            self._canvas.joints.choose(None)
        else:
            self._actions[Command.KEY_POINTER].setChecked(False)

    def _on_picked(self, x: float, y: float, mode: PickMode) -> None:
        if self._session.picking.pick(x, y, mode):
            return
        if self._session.parsing_maps.is_awaited:
            self.told.emit(tr("Still looking at the photo; try again in a moment."))
        elif self._session.segmentation.may_start:
            self.told.emit(tr("Nothing there has a name; drag a rectangle around it, or paint over it."))
        else:
            self.told.emit(tr("No person or thing was recognised there; paint over it instead."))

    def _on_box_picked(self, box: Bounds, mode: PickMode) -> None:
        if self._session.picking.pick_in(box, mode):
            return
        if self._session.segmentation.is_available:
            self._on_refused()
        else:
            self.told.emit(tr("The network that finds things is missing; click a thing, or paint over it."))

    def _on_marked(self) -> None:
        if self._session.tools.fills_after_stroke:
            # Not before whoever marked it has finished.
            QTimer.singleShot(0, self, self._fill_marked)

    def _fill_marked(self) -> None:
        if self._session.can_fill:
            self.fill()

    def _on_strayed(self, x: float, y: float) -> None:
        sentence = tr("Joints steer only what is behind the mask; this one lies beside it.")
        self.told.emit(sentence)
        # Said beside the joint, too, which is where one looks.
        spot = self._canvas.view.to_widget(x, y).toPoint()
        QToolTip.showText(self._canvas.mapToGlobal(spot), sentence, self._canvas)

    def _on_refused(self) -> None:
        job = self._session.current_job
        if job is not None:
            self.told.emit(tr("{job} goes on; Esc cancels it, then you can paint.", job=job.kind.value))
