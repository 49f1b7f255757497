"""The window: makes its parts and connects them with the session."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from portrait_studio.document.document import ExportReport
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.gui.about_dialog import AboutDialog
from portrait_studio.gui.actions import Actions, Command
from portrait_studio.gui.banner import Banner, Mood
from portrait_studio.gui.bars import TOOL_COMMANDS, CompareButton, ToolBar, TopBar
from portrait_studio.gui.candidate_strip import CandidateStrip
from portrait_studio.gui.canvas import Canvas
from portrait_studio.gui.centre import Centre
from portrait_studio.gui.command_state import enabled_commands
from portrait_studio.gui.dialogs import KeySheet, tell_error
from portrait_studio.gui.empty_state import EmptyState
from portrait_studio.gui.file_commands import FileCommands
from portrait_studio.gui.history_panel import HistoryPanel
from portrait_studio.gui.hover import Hover
from portrait_studio.gui.job_bar import JobBar
from portrait_studio.gui.mask_commands import MaskCommands
from portrait_studio.gui.mask_panel import MaskPanel
from portrait_studio.gui.menus import fill_menu_bar
from portrait_studio.gui.options_bar import OptionsBar
from portrait_studio.gui.readout import Readout
from portrait_studio.gui.recent_menu import RecentMenu
from portrait_studio.gui.side_panel import SidePanel
from portrait_studio.gui.stage_panel import StagePanel
from portrait_studio.gui.structure_panel import StructurePanel
from portrait_studio.gui.theme import Theme
from portrait_studio.gui.view_commands import ViewCommands
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.session.jobs import Failure, Job
from portrait_studio.session.picking import PickMode
from portrait_studio.session.session import Session


class MainWindow(QMainWindow):
    """One photo, its tools and its panels."""

    def __init__(self, session: Session, theme: Theme) -> None:
        """Args: the session that is shown; the colours."""
        super().__init__()
        self._session = session
        self._theme = theme
        self._leaving = False
        self.files = FileCommands(session, self)
        self.actions_ = Actions(theme, self)
        self.canvas = Canvas(session.tools, self)
        self.panel = StructurePanel(self.actions_, theme, self)
        self.mask_panel = MaskPanel(self.actions_, self)
        MaskCommands(session, self.actions_, self.mask_panel, self)
        self.options = OptionsBar(
            session.tools, self.actions_[Command.FILL], self.actions_[Command.AGAIN], self
        )
        self.job_bar = JobBar(self.actions_[Command.CANCEL], self)
        self.banner = Banner(theme, self)
        open_, paste, sample = (self.actions_[c] for c in (Command.OPEN, Command.PASTE, Command.SAMPLE))
        self.empty = EmptyState(theme, open_, paste, sample, self)
        self.strip = CandidateStrip(self.actions_, self)
        self.stages = StagePanel(self)
        self.views = ViewCommands(session, self.actions_, self.canvas.scene, self)
        self._centre = Centre(self.empty, self.canvas, self.banner, self.strip, self)
        self.compare_button = CompareButton(theme, self)
        self.readout = Readout(self.statusBar(), self.job_bar)
        Hover(session, self.canvas, self.readout, self)
        self._assemble()
        self._connect_commands()
        self._connect_session()
        self._connect_parts()
        self._on_theme_changed()
        self._on_opened()

    def _assemble(self) -> None:
        self.setAcceptDrops(True)
        self.setMinimumSize(760, 520)
        self.resize(1280, 820)
        self.setCentralWidget(self._centre)
        self.addToolBar(
            Qt.ToolBarArea.TopToolBarArea, TopBar(self.actions_, self.compare_button, self.options, self)
        )
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, ToolBar(self.actions_, self))
        self.actions_[Command.RECENT].setMenu(RecentMenu(self.files.recent, self.open_path, self))
        fill_menu_bar(self, self.actions_)
        self.history_panel = HistoryPanel(self._session, self)
        panels: dict[str, QWidget] = {"Mask": self.mask_panel, "Structure": self.panel}
        panels |= {"Stages": self.stages, "History": self.history_panel}
        dock = self.side_panel = SidePanel(panels, self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)

    # -- connections ---------------------------------------------------------------------------------------

    def _connect_commands(self) -> None:
        session, tools, viewport = self._session, self._session.tools, self.canvas.viewport
        handlers = {
            Command.OPEN: self.files.ask_open,
            Command.NEXT_PHOTO: self.files.open_next,
            Command.PREVIOUS_PHOTO: self.files.open_previous,
            Command.SAMPLE: self.files.open_sample,
            Command.PASTE: self.files.paste,
            Command.SAVE: self.files.save,
            Command.SAVE_AS: self.files.save_as,
            Command.EXPORT: self.files.ask_export,
            Command.EXPORT_RECORD: self.files.export_record,
            Command.HISTORY: self._show_history,
            Command.COPY: self.files.copy,
            Command.QUIT: self.close,
            Command.UNDO: session.undo,
            Command.REDO: session.redo,
            **{command: partial(tools.choose, tool) for tool, command in TOOL_COMMANDS.items()},
            Command.SWAP: tools.swap_eraser,
            Command.SMALLER: lambda: tools.step_diameter(-1),
            Command.LARGER: lambda: tools.step_diameter(1),
            Command.FILL: self._fill,
            Command.AGAIN: self._fill_again,
            Command.CANCEL: self._cancel,
            Command.READ_STRUCTURE: self._read_structure,
            Command.FILL_ANEW: self._fill_anew,
            Command.OTHER_WAYS: session.filling.try_other_ways,
            Command.CLEAR_LABELS: session.painting.clear_wanted,
            Command.ZOOM_IN: lambda: viewport.zoom_by(1.25),
            Command.ZOOM_OUT: lambda: viewport.zoom_by(0.8),
            Command.FIT: viewport.fit,
            Command.FULL_SIZE: lambda: self.canvas.zoom_to(1.0),
            Command.KEYS: self._show_keys,
            Command.ABOUT: self._show_about,
        }
        for command, handler in handlers.items():
            # Called without triggered's argument, which some of these methods would take for theirs.
            self.actions_[command].triggered.connect(lambda _=False, call=handler: call())

    def _connect_session(self) -> None:
        session, marking = self._session, self.canvas.pointer.marking
        marking.stroke_started.connect(session.painting.begin_stroke)
        marking.stroke_moved.connect(session.painting.extend_stroke)
        marking.stroke_finished.connect(session.painting.end_stroke)
        marking.stroke_aborted.connect(session.painting.abort_stroke)
        marking.rectangle_drawn.connect(session.painting.mark_rectangle)
        marking.lasso_drawn.connect(session.painting.mark_lasso)
        marking.picked.connect(self._on_picked)
        session.painting.marked.connect(self._on_marked)
        session.picking.marked.connect(self._on_marked)
        session.picking.protection_changed.connect(self._show_protected)
        session.opened.connect(self._on_opened)
        session.editing.image_changed.connect(self._on_image_changed)
        session.editing.mask_changed.connect(self._on_mask_changed)
        session.editing.wanted_changed.connect(self._on_wanted_changed)
        session.structure_changed.connect(self._on_structure_changed)
        session.job_started.connect(self._on_job_started)
        session.job_progressed.connect(self.job_bar.report)
        session.job_ended.connect(self._on_job_ended)
        session.failed.connect(self._on_failed)
        session.noticed.connect(self._on_noticed)
        session.exported.connect(self._on_exported)
        session.mask_exported.connect(lambda path: self._tell(f"Saved {path.name}."))
        session.device_named.connect(self.readout.show_device)
        session.state_changed.connect(self._update_state)
        session.tools.changed.connect(self._show_tool)

    def _connect_parts(self) -> None:
        anatomy = self.canvas.scene.anatomy
        self.canvas.pointer.refused.connect(self._on_refused)
        self.canvas.viewport.changed.connect(self._show_zoom)
        self._theme.changed.connect(self._on_theme_changed)
        self.files.told.connect(self._tell)
        self.options.typing_ended.connect(self.canvas.setFocus)
        self.mask_panel.typing_ended.connect(self.canvas.setFocus)
        self.panel.opacity_changed.connect(anatomy.set_opacity)
        legend = self.panel.legend
        legend.label_entered.connect(anatomy.highlight_label)
        legend.label_left.connect(lambda: anatomy.highlight_label(None))
        legend.hidden_changed.connect(anatomy.hide_labels)
        legend.brush_chosen.connect(self._on_label_chosen)
        self.options.intent_chosen.connect(self._session.filling.set_intent)
        self.compare_button.pressed.connect(lambda: self.views.hold_original(True))
        self.compare_button.released.connect(lambda: self.views.hold_original(False))
        self.strip.chosen.connect(self._session.filling.choose)
        self.strip.kept.connect(self.canvas.setFocus)
        self._session.filling.candidates_changed.connect(self._on_candidates_changed)
        self._show_tool()

    # -- commands ------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Open a photo, after asking about unsaved edits of the present one."""
        self.files.open_path(path)

    def _fill(self) -> None:
        if self._session.can_fill:
            self._session.fill(CompletionOptions(method=self.options.method))
        elif self._session.can_edit:
            self._tell("Paint over something first; then Enter removes it.")

    def _fill_again(self) -> None:
        self._session.fill_again(self.options.method)

    def _on_picked(self, x: float, y: float, mode: PickMode) -> None:
        if not self._session.picking.pick(x, y, mode):
            waiting = self._session.survey.is_under_way
            self._tell(
                "Still looking at the photo; try again in a moment."
                if waiting
                else "No person or thing was recognised there; paint over it instead."
            )

    def _on_marked(self) -> None:
        if self._session.tools.fills_after_stroke:
            # Not before whoever marked it has finished.
            QTimer.singleShot(0, self, self._fill_marked)

    def _fill_marked(self) -> None:
        if self._session.can_fill:
            self._fill()

    def _show_protected(self) -> None:
        picking = self._session.picking
        self.canvas.scene.guard([picking.people[place] for place in sorted(picking.protected)])

    def _read_structure(self) -> None:
        self.actions_[Command.STRUCTURE].setChecked(True)
        self._session.read_structure()

    def _on_label_chosen(self, label: int | None) -> None:
        self._session.tools.set_label(label)
        if label is not None:
            self.actions_[Command.STRUCTURE].setChecked(True)
        self.canvas.setFocus()

    def _fill_anew(self) -> None:
        self._session.tools.set_label(None)
        self._session.fill_anew(CompletionOptions(method=self.options.method))

    def _cancel(self) -> None:
        if self.canvas.pointer.abort():
            return
        if self._session.cancel():
            self._tell("Cancelled; nothing was changed.")
        elif self._session.tools.label is not None:
            self._session.tools.set_label(None)

    def _show_keys(self) -> None:
        sheet = KeySheet(self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def _show_about(self) -> None:
        about = AboutDialog(self)
        about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about.open()

    def _show_history(self) -> None:
        self.side_panel.bring_forward("History")
        self.history_panel.view.setFocus()

    # -- what the session says -----------------------------------------------------------------------------

    def _on_opened(self) -> None:
        self.banner.forget_good_news()
        document = self._session.document
        self._centre.show_open(document is not None)
        if document is None:
            self.canvas.scene.clear()
        else:
            self.canvas.scene.show_photo(document.image, document.mask)
            if document.wanted_structure is not None:
                self._on_wanted_changed(Bounds.of(document.extent))
            self.views.begin()
            self.readout.show_size(document.extent)
            for notice in document.photo.notices:
                self.banner.say(Mood.WARNING, notice)
        self._on_structure_changed()
        self._update_state()

    def _on_image_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self.canvas.scene.refresh_image(document.image, bounds)

    def _on_mask_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self.canvas.scene.refresh_mask(document.mask, bounds)

    def _on_wanted_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self.canvas.scene.anatomy.refresh_wanted(document.painted_labels, bounds)

    def _on_structure_changed(self) -> None:
        anatomy = self.canvas.scene.anatomy
        anatomy.show_structure(self._session.structure)
        self.panel.show_present(None if anatomy.structure is None else anatomy.structure.present())

    def _on_candidates_changed(self) -> None:
        candidates, document = self._session.filling.candidates, self._session.document
        self.strip.show_candidates(candidates, None if document is None else document.image)
        self.stages.show_candidates(candidates)

    def _on_job_started(self, job: Job) -> None:
        self.statusBar().clearMessage()
        self.job_bar.begin(job)
        self._update_state()

    def _on_job_ended(self, job: Job) -> None:
        self.job_bar.end()
        self._update_state()

    def _on_failed(self, failure: Failure) -> None:
        tell_error(self, failure.error, failure.log)

    def _on_noticed(self, sentence: str) -> None:
        self.banner.say(Mood.WARNING, sentence)

    def _on_exported(self, report: ExportReport) -> None:
        outside = report.changed_outside
        verified = f"verified: {outside} pixels changed outside the mask."
        notices = " ".join(report.written.notices)
        mood = Mood.WARNING if outside or notices else Mood.SUCCESS
        self.banner.say(mood, f"Saved {report.written.path.name}; {verified} {notices}".strip())

    def _on_refused(self) -> None:
        job = self._session.current_job
        if job is not None:
            self._tell(f"{job.kind.value} goes on; Esc cancels it, then you can paint.")

    # -- what the user sees --------------------------------------------------------------------------------

    def _tell(self, sentence: str) -> None:
        self.statusBar().showMessage(sentence, 5000)

    def _show_zoom(self) -> None:
        self.readout.show_zoom(self.canvas.zoom)

    def _show_tool(self) -> None:
        self.actions_[TOOL_COMMANDS[self._session.tools.tool]].setChecked(True)
        self.panel.show_brush(self._session.tools.label)

    def _update_state(self) -> None:
        session = self._session
        is_open = session.document is not None
        self.canvas.pointer.set_locked(not session.can_edit)
        for command, enabled in enabled_commands(session).items():
            self.actions_[command].setEnabled(enabled)
        self.compare_button.setEnabled(is_open)
        self.setWindowTitle(f"{session.name}[*] - Portrait Studio" if is_open else "Portrait Studio[*]")
        self.setWindowModified(session.has_unsaved_edits)

    def _on_theme_changed(self) -> None:
        self.canvas.set_colours(self._theme.colours.canvas, self._theme.colours.accent)

    # -- events --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hold the backslash to compare."""
        if event.key() == Qt.Key.Key_Backslash:
            if not event.isAutoRepeat():
                self.views.hold_original(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let the backslash go."""
        if event.key() == Qt.Key.Key_Backslash:
            if not event.isAutoRepeat():
                self.views.hold_original(False)
        else:
            super().keyReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.files.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits; a running job is cancelled."""
        if self._leaving or not self._session.has_unsaved_edits:
            self._leaving = True
            self._session.cancel()
            event.accept()
        else:
            event.ignore()
            self.files.leave(self._close_now)

    def _close_now(self) -> None:
        self._leaving = True
        # Qt ignores a close while it delivers another one.
        QTimer.singleShot(0, self.close)
