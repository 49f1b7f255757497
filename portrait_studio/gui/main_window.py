"""The window: makes its parts and connects them with the session."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from portrait_studio.document.export_report import ExportReport
from portrait_studio.gui.actions import TABLE, Actions, Command
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.canvas.projection import Projection
from portrait_studio.gui.commands.command_state import enabled_commands
from portrait_studio.gui.commands.extend_commands import ExtendCommands
from portrait_studio.gui.commands.file_commands import FileCommands
from portrait_studio.gui.commands.fill_commands import FillCommands
from portrait_studio.gui.commands.mask_commands import MaskCommands
from portrait_studio.gui.commands.menus import fill_menu_bar
from portrait_studio.gui.commands.recent_menu import RecentMenu
from portrait_studio.gui.commands.view_commands import ViewCommands
from portrait_studio.gui.dialogs.about_dialog import AboutDialog
from portrait_studio.gui.dialogs.key_sheet import KeySheet
from portrait_studio.gui.dialogs.message_boxes import tell_error
from portrait_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from portrait_studio.gui.dialogs.weights_dialog import WeightsDialog
from portrait_studio.gui.display_transform import DisplayTransform
from portrait_studio.gui.panels.banner import Banner, Mood
from portrait_studio.gui.panels.candidate_strip import CandidateStrip
from portrait_studio.gui.panels.canvas_panel import CanvasPanel
from portrait_studio.gui.panels.central_widget import CentralWidget
from portrait_studio.gui.panels.empty_state import EmptyState
from portrait_studio.gui.panels.history_panel import HistoryPanel
from portrait_studio.gui.panels.hover import Hover
from portrait_studio.gui.panels.job_bar import JobBar
from portrait_studio.gui.panels.mask_panel import MaskPanel
from portrait_studio.gui.panels.options_bar import OptionsBar
from portrait_studio.gui.panels.side_panel import SidePanel
from portrait_studio.gui.panels.stage_panel import StagePanel
from portrait_studio.gui.panels.status_bar import StatusBar
from portrait_studio.gui.panels.structure_panel import StructurePanel
from portrait_studio.gui.panels.tool_bars import TOOL_COMMANDS, CompareButton, ToolBar, TopBar
from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.theme import Theme
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message, joined
from portrait_studio.session.jobs import BackgroundJob, Failure
from portrait_studio.session.session import Session
from portrait_studio.session.settings import Preferences, Settings
from portrait_studio.session.stored_values import StoredValues


class MainWindow(QMainWindow):
    """One photo, its tools and its panels."""

    weights_changed = Signal()
    """The user has chosen other weights"""

    def __init__(
        self, session: Session, theme: Theme, preferences: Preferences, stored: StoredValues
    ) -> None:
        """Args: the session that is shown; the colours; what the user prefers; how it was left."""
        super().__init__()
        self._session = session
        self._theme = theme
        self._preferences = preferences
        self._leaving = False
        self.files = FileCommands(session, self)
        self.actions_ = Actions(theme, self)
        self.canvas = Canvas(session.tools, self)
        self.panel = StructurePanel(self.actions_, theme, self)
        self.mask_panel = MaskPanel(self.actions_, session.tools, self)
        MaskCommands(session, self.actions_, self.mask_panel, self)
        self.options = OptionsBar(
            session.tools,
            self.actions_[Command.FILL],
            self.actions_[Command.AGAIN],
            self.actions_[Command.TIGHTEN_STROKES],
            self,
        )
        self.canvas_panel = CanvasPanel(self.actions_, self)
        self.extends = ExtendCommands(session, self.actions_, self.canvas, self.canvas_panel, self)
        self.fills = FillCommands(session, self.actions_, self.canvas, self.options, self.extends.leave, self)
        self._projection = Projection(session, self.canvas, self)
        self.job_bar = JobBar(self.actions_[Command.CANCEL], self.actions_[Command.CANCEL_ALL], self)
        self.banner = Banner(theme, self)
        open_, paste, sample = (self.actions_[c] for c in (Command.OPEN, Command.PASTE, Command.SAMPLE))
        self.empty = EmptyState(theme, open_, paste, sample, self)
        self.strip = CandidateStrip(self.actions_, self)
        self.stages = StagePanel(self)
        self.views = ViewCommands(session, self.actions_, self.canvas.layers, self)
        self._central = CentralWidget(self.empty, self.canvas, self.banner, self.strip, self)
        self.compare_button = CompareButton(theme, self)
        self.status_bar = StatusBar(self.statusBar(), self.job_bar)
        Hover(session, self.canvas, self.status_bar, self)
        self._assemble()
        self._connect_commands()
        self._connect_session()
        self._connect_parts()
        preferences.changed.connect(self._on_preferences)
        self._on_preferences(preferences.settings)
        self._on_theme_changed()
        self.state = PersistentState(stored, self)
        self._remember()
        self._on_opened()

    def _assemble(self) -> None:
        self.setAcceptDrops(True)
        # How narrow it may be is for the texts in it to say.
        self.setMinimumHeight(520)
        self.resize(1280, 820)
        self.setCentralWidget(self._central)
        self.addToolBar(
            Qt.ToolBarArea.TopToolBarArea, TopBar(self.actions_, self.compare_button, self.options, self)
        )
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, ToolBar(self.actions_, self))
        self.actions_[Command.RECENT].setMenu(RecentMenu(self.files.recent, self.open_path, self))
        fill_menu_bar(self, self.actions_)
        self.history_panel = HistoryPanel(self._session, self)
        panels: dict[Message, QWidget] = {
            Message("Mask"): self.mask_panel,
            Message("Canvas"): self.canvas_panel,
        }
        panels[Message("Structure")] = self.panel
        panels |= {Message("Stages"): self.stages, Message("History"): self.history_panel}
        dock = self.side_panel = SidePanel(panels, self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.actions_[Command.PANELS].setChecked(True)
        self.actions_[Command.PANELS].toggled.connect(dock.setVisible)

    def _remember(self) -> None:
        """Look as it was left; which tool was in hand is no matter of the next photo."""
        self.state.restore_window(self)
        for command, entry in TABLE.items():
            if entry.is_switch and command not in TOOL_COMMANDS.values():
                self.state.keep_switch(command.name.lower(), self.actions_[command])
        for part in (self.options, self.mask_panel, self.panel, self.side_panel):
            part.keep_state(self.state)

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
            Command.ZOOM_IN: lambda: viewport.zoom_by(1.25),
            Command.ZOOM_OUT: lambda: viewport.zoom_by(0.8),
            Command.FIT: viewport.fit,
            Command.FULL_SIZE: lambda: self.canvas.zoom_to(1.0),
            Command.PREFERENCES: self._show_preferences,
            Command.WEIGHTS: self._show_weights,
            Command.KEYS: self._show_keys,
            Command.ABOUT: self._show_about,
        }
        for command, handler in handlers.items():
            # Called without triggered's argument, which some of these methods would take for theirs.
            self.actions_[command].triggered.connect(lambda _=False, call=handler: call())

    def _connect_session(self) -> None:
        session = self._session
        session.opened.connect(self._on_opened)
        session.job_started.connect(self._on_job_started)
        session.job_progressed.connect(self.job_bar.report)
        session.job_ended.connect(self._on_job_ended)
        session.failed.connect(self._on_failed)
        session.noticed.connect(self._on_noticed)
        session.hinted.connect(lambda sentence: self.banner.say(Mood.HINT, tr(sentence)))
        session.files.exported.connect(self._on_exported)
        session.files.mask_exported.connect(lambda path: self._tell(tr("Saved {name}.", name=path.name)))
        session.device_named.connect(self.status_bar.show_device)
        session.state_changed.connect(self._update_state)
        session.tools.changed.connect(self._show_tool)

    def _connect_parts(self) -> None:
        overlay = self.canvas.layers.overlay
        self.canvas.viewport.changed.connect(self._show_zoom)
        self._theme.changed.connect(self._on_theme_changed)
        for commands in (self.files, self.fills):
            commands.told.connect(self._tell)
        self._projection.structure_shown.connect(self._show_present)
        self.options.typing_ended.connect(self.canvas.setFocus)
        self.mask_panel.typing_ended.connect(self.canvas.setFocus)
        self.canvas_panel.typing_ended.connect(self.canvas.setFocus)
        self.extends.begun.connect(lambda: self.side_panel.bring_forward("Canvas"))
        self._session.editing.canvas_changed.connect(self._show_size)
        self.panel.opacity_changed.connect(overlay.set_opacity)
        legend = self.panel.legend
        legend.label_entered.connect(overlay.highlight_label)
        legend.label_left.connect(lambda: overlay.highlight_label(None))
        legend.hidden_changed.connect(overlay.hide_labels)
        legend.brush_chosen.connect(self.fills.choose_label)
        self.panel.joint_chosen.connect(self.fills.choose_joint)
        self.canvas.joints.chosen.connect(self.panel.show_joint)
        self.compare_button.pressed.connect(lambda: self.views.hold_original(True))
        self.compare_button.released.connect(lambda: self.views.hold_original(False))
        self.strip.chosen.connect(self._session.filling.choose)
        self.strip.kept.connect(self.canvas.setFocus)
        filling = self._session.filling
        filling.candidates_changed.connect(self._on_candidates_changed)
        filling.waiting_changed.connect(lambda: self.job_bar.show_waiting(filling.waiting))
        self.job_bar.left_out.connect(filling.leave_out)
        self.actions_[Command.KEY_POINTER].toggled.connect(self._on_key_pointer)
        self._show_tool()

    # -- commands ------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Open a photo, after asking about unsaved edits of the present one."""
        self.files.open_path(path)

    def _show_keys(self) -> None:
        sheet = KeySheet(self.actions_, self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def _show_weights(self) -> None:
        dialog = WeightsDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self.weights_changed)
        dialog.open()

    def _show_preferences(self) -> None:
        dialog = PreferencesDialog(self._preferences, self.actions_, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _on_preferences(self, settings: Settings) -> None:
        self.actions_.rebind(settings.keys)
        self._theme.choose(settings.theme)

    def _show_about(self) -> None:
        about = AboutDialog(self)
        about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about.open()

    def _on_key_pointer(self, on: bool) -> None:
        self.canvas.keys.set_on(on)
        self.canvas.setFocus()

    def _show_history(self) -> None:
        self.actions_[Command.PANELS].setChecked(True)
        self.side_panel.bring_forward("History")
        self.history_panel.view.setFocus()

    # -- what the session says -----------------------------------------------------------------------------

    def _on_opened(self) -> None:
        self.banner.forget_good_news()
        document = self._session.document
        self._central.show_open(document is not None)
        self._projection.begin()
        if document is not None:
            self.views.begin()
            self._show_size()
            if document.photo.notices:
                self.banner.say(Mood.WARNING, tr(joined(document.photo.notices)))
        self._update_state()

    def _show_present(self) -> None:
        structure = self.canvas.layers.overlay.structure
        self.panel.show_present(None if structure is None else structure.present())

    def _on_candidates_changed(self) -> None:
        candidates, document = self._session.filling.candidates, self._session.document
        photo = None if document is None else document.visible_image
        transform = None if document is None else DisplayTransform.of(document.photo.metadata.icc)
        self.strip.show_candidates(candidates, photo, transform)
        self.stages.show_candidates(candidates, transform)

    def _on_job_started(self, job: BackgroundJob) -> None:
        self.statusBar().clearMessage()
        self.job_bar.begin(job)
        self._update_state()

    def _on_job_ended(self, job: BackgroundJob) -> None:
        self.job_bar.end()
        self._update_state()

    def _on_failed(self, failure: Failure) -> None:
        tell_error(self, failure.error, failure.log)

    def _on_noticed(self, sentence: Message) -> None:
        self.banner.say(Mood.WARNING, tr(sentence))

    def _on_exported(self, report: ExportReport) -> None:
        notices = report.written.notices
        mood = Mood.WARNING if report.changed_outside or notices else Mood.SUCCESS
        self.banner.say(mood, tr(joined((report.verdict, *notices))))

    # -- what the user sees --------------------------------------------------------------------------------

    def _tell(self, sentence: str) -> None:
        self.statusBar().showMessage(sentence, 5000)

    def _show_size(self) -> None:
        if self._session.document is not None:
            self.status_bar.show_size(self._session.document.extent)

    def _show_zoom(self) -> None:
        self.status_bar.show_zoom(self.canvas.zoom)

    def _show_tool(self) -> None:
        self.actions_[TOOL_COMMANDS[self._session.tools.tool]].setChecked(True)
        self.panel.show_brush(self._session.tools.label)

    def _update_state(self) -> None:
        session = self._session
        is_open = session.document is not None
        self.canvas.pointer.set_locked(not session.can_edit, may_mark=session.can_mark)
        for command, enabled in enabled_commands(session).items():
            self.actions_[command].setEnabled(enabled)
        self.compare_button.setEnabled(is_open)
        self.setWindowTitle(f"{session.files.name}[*] - Portrait Studio" if is_open else "Portrait Studio[*]")
        self.setWindowModified(session.files.has_unsaved_edits)

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
            self._central.show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """What was dragged is elsewhere."""
        self._central.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self._central.show_drop(False)
        self.files.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits; a running job is cancelled."""
        if self._leaving or not self._session.files.has_unsaved_edits:
            self._leaving = True
            self._session.cancel_all()
            self.state.leave_window(self)
            event.accept()
        else:
            event.ignore()
            self.files.leave(self._close_now)

    def _close_now(self) -> None:
        self._leaving = True
        # Qt ignores a close while it delivers another one.
        QTimer.singleShot(0, self.close)
