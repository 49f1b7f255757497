"""The window: makes its parts and puts them in their places."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow

from portrait_studio.gui.actions import TABLE, Actions
from portrait_studio.gui.canvas.canvas import Canvas
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.commands.command_state import enabled_commands
from portrait_studio.gui.commands.extend_commands import ExtendCommands
from portrait_studio.gui.commands.file_commands import FileCommands
from portrait_studio.gui.commands.fill_commands import FillCommands
from portrait_studio.gui.commands.mask_commands import MaskCommands
from portrait_studio.gui.commands.menus import fill_menu_bar
from portrait_studio.gui.commands.program_commands import ProgramCommands
from portrait_studio.gui.commands.reference_commands import ReferenceCommands
from portrait_studio.gui.commands.view_commands import ViewCommands
from portrait_studio.gui.dialogs.message_boxes import tell_error
from portrait_studio.gui.panels.banner import Banner
from portrait_studio.gui.panels.candidate_strip import CandidateStrip
from portrait_studio.gui.panels.canvas_panel import CanvasPanel
from portrait_studio.gui.panels.central_widget import CentralWidget
from portrait_studio.gui.panels.empty_state import EmptyState
from portrait_studio.gui.panels.folder_strip import FolderStrip
from portrait_studio.gui.panels.history_panel import HistoryPanel
from portrait_studio.gui.panels.job_bar import JobBar
from portrait_studio.gui.panels.mask_panel import MaskPanel
from portrait_studio.gui.panels.options_bar import OptionsBar
from portrait_studio.gui.panels.pointer_info import PointerInfo
from portrait_studio.gui.panels.references_panel import ReferencesPanel
from portrait_studio.gui.panels.side_panel import SidePanel, stacked
from portrait_studio.gui.panels.stage_panel import StagePanel
from portrait_studio.gui.panels.status_bar import StatusBar
from portrait_studio.gui.panels.structure_panel import StructurePanel
from portrait_studio.gui.panels.tool_bars import CompareButton, ToolBar, TopBar
from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.theme import Theme
from portrait_studio.messages import Message
from portrait_studio.session.session import Session
from portrait_studio.session.settings import Preferences, Settings
from portrait_studio.session.stored_values import StoredValues


class MainWindow(QMainWindow):
    """One photo, its tools and its panels."""

    def __init__(
        self, session: Session, theme: Theme, preferences: Preferences, stored: StoredValues
    ) -> None:
        """Make the parts; each connects itself with the session.

        Args:
            session: what is shown.
            theme: the colours.
            preferences: what the user prefers.
            stored: how the window was left.
        """
        super().__init__()
        self._session = session
        self._theme = theme
        self._leaving = False
        self.actions_ = Actions(theme, self)
        self.files = FileCommands(session, self.actions_, self)
        self.canvas = Canvas(session, self)
        self.panel = StructurePanel(self.canvas, session.tools, self.actions_, theme, self)
        self.mask_panel = MaskPanel(self.actions_, session.tools, self)
        MaskCommands(session, self.actions_, self.mask_panel, self)
        self.options = OptionsBar(session.tools, self.actions_, self)
        self.canvas_panel = CanvasPanel(self.actions_, self)
        self.references_panel = ReferencesPanel(session, self.actions_, self)
        self.references = ReferenceCommands(session, self.actions_, self)
        self.extends = ExtendCommands(session, self.actions_, self.canvas, self.canvas_panel, self)
        self.fills = FillCommands(
            session, self.actions_, self.canvas, self.options, self.panel, self.extends.leave, self
        )
        self.program = ProgramCommands(preferences, self.actions_, self)
        self.job_bar = JobBar(session, self.actions_, self)
        self.banner = Banner(session, theme, self)
        self.empty = EmptyState(theme, self.actions_, self)
        self.strip = CandidateStrip(session, self.actions_, self)
        self.stages = StagePanel(session, self)
        self.views = ViewCommands(session, self.actions_, self.canvas, self)
        self._central = CentralWidget(session, self.empty, self.canvas, self.banner, self.strip, self)
        self.compare_button = CompareButton(theme, self)
        self.status_bar = StatusBar(session, self.canvas, self.job_bar, self)
        PointerInfo(session, self.canvas, self.status_bar, self)
        self.history_panel = HistoryPanel(session, self)
        self._assemble()
        self._connect(preferences)
        self.state = PersistentState(stored, self)
        self._restore()
        self._update_state()

    def _assemble(self) -> None:
        self.setAcceptDrops(True)
        # How narrow it may be is for the texts in it to say.
        self.setMinimumHeight(520)
        self.resize(1280, 820)
        self.setCentralWidget(self._central)
        self.setStatusBar(self.status_bar)
        self.addToolBar(
            Qt.ToolBarArea.TopToolBarArea, TopBar(self.actions_, self.compare_button, self.options, self)
        )
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, ToolBar(self.actions_, self._session.tools, self))
        fill_menu_bar(self, self.actions_)
        self.side_panel = SidePanel(
            {
                Message("Mask"): self.mask_panel,
                Message("Canvas"): stacked(self.canvas_panel, self.references_panel),
                Message("Structure"): self.panel,
                Message("Stages"): self.stages,
                Message("History"): self.history_panel,
            },
            self,
        )
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.side_panel)
        self.folder_strip = FolderStrip(self._session, self)
        self.folder_strip.hide()
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.folder_strip)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def _restore(self) -> None:
        """Look as it was left; which tool was in hand is no matter of the next photo."""
        self.state.restore_window(self)
        for command, spec in TABLE.items():
            if spec.is_switch and isinstance(command, Command):
                self.state.keep_switch(command.name.lower(), self.actions_[command])
        for part in (self.options, self.mask_panel, self.panel, self.side_panel):
            part.keep_state(self.state)

    def _connect(self, preferences: Preferences) -> None:
        """Connect what concerns the window itself, or parts of different kinds."""
        session = self._session
        self.actions_.on_triggered(
            {
                Command.HISTORY: self._show_history,
                Command.QUIT: self.close,
                Command.UNDO: session.undo,
                Command.REDO: session.redo,
            }
        )
        self.actions_[Command.PANELS].setChecked(True)
        self.actions_[Command.PANELS].toggled.connect(self.side_panel.setVisible)
        self.actions_[Command.FOLDER].toggled.connect(self.folder_strip.setVisible)
        self.folder_strip.chosen.connect(self.open_path)
        for changed in (session.opened, session.job_started, session.job_ended, session.state_changed):
            changed.connect(self._update_state)
        session.device_named.connect(self.program.name_device)
        session.failed.connect(lambda failure: tell_error(self, failure.error, failure.log))
        for told in (self.files.told, self.fills.told):
            told.connect(self.status_bar.tell)
        for ended in (
            self.options.typing_ended,
            self.mask_panel.typing_ended,
            self.canvas_panel.typing_ended,
            self.strip.kept,
        ):
            ended.connect(self.canvas.setFocus)
        self.extends.begun.connect(lambda: self.side_panel.bring_forward("Canvas"))
        for dropped in (self.references_panel.dropped, self.strip.dropped):
            dropped.connect(self.references.add)
        session.references.changed.connect(lambda: self.side_panel.bring_forward("Canvas"))
        self.compare_button.pressed.connect(lambda: self.views.hold_original(True))
        self.compare_button.released.connect(lambda: self.views.hold_original(False))
        self._theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        preferences.changed.connect(self._on_preferences)
        self._on_preferences(preferences.settings)

    def open_path(self, path: Path) -> None:
        """Open a photo, after asking about unsaved edits of the present one."""
        self.files.open_path(path)

    def _show_history(self) -> None:
        self.actions_[Command.PANELS].setChecked(True)
        self.side_panel.bring_forward("History")
        self.history_panel.view.setFocus()

    def _on_preferences(self, settings: Settings) -> None:
        self.actions_.rebind(settings.keys)
        self._theme.choose(settings.theme)

    def _on_theme_changed(self) -> None:
        self.canvas.set_colours(self._theme.colours.canvas, self._theme.colours.accent)

    def _update_state(self) -> None:
        session = self._session
        is_open = session.document is not None
        self.canvas.pointer.set_locked(not session.can_edit, may_mark=session.can_mark)
        for command, enabled in enabled_commands(session).items():
            self.actions_[command].setEnabled(enabled)
        self.compare_button.setEnabled(is_open)
        self.setWindowTitle(f"{session.files.name}[*] - Portrait Studio" if is_open else "Portrait Studio[*]")
        self.setWindowModified(session.files.has_unsaved_edits)

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
