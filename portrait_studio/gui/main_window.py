"""The window: wires session, canvas, panels and dialogs together."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

import portrait_studio
from portrait_studio.document.document import ExportReport
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.gui.actions import Actions, Command
from portrait_studio.gui.banner import Banner, Mood
from portrait_studio.gui.canvas import Canvas
from portrait_studio.gui.clipboard import pixels_of, qimage_of
from portrait_studio.gui.dialogs import KeySheet, UnsavedAnswer, ask_overwrite, ask_unsaved, tell_error
from portrait_studio.gui.empty_state import EmptyState
from portrait_studio.gui.export_dialog import ExportDialog
from portrait_studio.gui.job_bar import JobBar
from portrait_studio.gui.options_bar import OptionsBar
from portrait_studio.gui.structure_panel import StructurePanel
from portrait_studio.gui.theme import Theme
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.locations import resources_dir
from portrait_studio.networks.conventions import LABEL_COUNT, LABELS
from portrait_studio.session.jobs import Failure, Job
from portrait_studio.session.session import Session
from portrait_studio.session.tools import Tool

_TOOL_COMMANDS = {
    Tool.BRUSH: Command.BRUSH,
    Tool.RECTANGLE: Command.RECTANGLE,
    Tool.ERASER: Command.ERASER,
}
_COMPARE_TIP = "Hold to see the original (hold \\)"
_PHOTO_FILTER = (
    "Photos (*.jpg *.jpeg *.png *.tif *.tiff *.webp *.bmp *.gif *.avif *.jp2 *.ppm *.tga);;All files (*)"
)


class MainWindow(QMainWindow):
    """One photo, its tools and its panels."""

    def __init__(self, session: Session, theme: Theme) -> None:
        """Args: the session that is shown; the colours."""
        super().__init__()
        self._session = session
        self._theme = theme
        self._leaving = False
        self.actions_ = Actions(theme, self)
        self.canvas = Canvas(session.tools, self)
        self.panel = StructurePanel(
            self.actions_[Command.STRUCTURE], self.actions_[Command.READ_STRUCTURE], self
        )
        self.options = OptionsBar(
            session.tools, self.actions_[Command.FILL], self.actions_[Command.AGAIN], self
        )
        self.job_bar = JobBar(self.actions_[Command.CANCEL], self)
        self.banner = Banner(theme, self)
        self.empty = EmptyState(
            theme,
            self.actions_[Command.OPEN],
            self.actions_[Command.PASTE],
            self.actions_[Command.SAMPLE],
            self,
        )
        self._pages = QStackedWidget(self)
        self.compare_button = QToolButton(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(760, 520)
        self.resize(1280, 820)
        self._build_centre()
        self._build_bars()
        self._build_menus()
        self._build_dock()
        self._build_status_bar()
        self._connect()
        self._on_theme_changed()
        self._on_opened()

    # -- building ------------------------------------------------------------------------------------------

    def _build_centre(self) -> None:
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.canvas)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)

    def _build_bars(self) -> None:
        top = QToolBar("Options", self)
        top.setObjectName("top")
        top.setMovable(False)
        top.setIconSize(QSize(20, 20))
        for command in (Command.OPEN, Command.EXPORT, None, Command.UNDO, Command.REDO, None):
            top.addSeparator() if command is None else top.addAction(self.actions_[command])
        self.compare_button.setToolTip(_COMPARE_TIP)
        self.compare_button.setAccessibleName("Compare with the original")
        self.compare_button.setIconSize(QSize(20, 20))
        top.addWidget(self.compare_button)
        top.addSeparator()
        top.addWidget(self.options)
        top.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, top)
        tools = QToolBar("Tools", self)
        tools.setObjectName("tools")
        tools.setMovable(False)
        tools.setIconSize(QSize(22, 22))
        tools.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        group = QActionGroup(self)
        for command in _TOOL_COMMANDS.values():
            group.addAction(self.actions_[command])
            tools.addAction(self.actions_[command])
        tools.addSeparator()
        for command in (Command.CLEAR, Command.INVERT, Command.SELECT_ALL):
            tools.addAction(self.actions_[command])
        tools.addSeparator()
        for command in (Command.STRUCTURE, Command.FIT, Command.KEYS):
            tools.addAction(self.actions_[command])
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, tools)
        for bar in (top, tools):
            _name_buttons(bar)

    def _build_menus(self) -> None:
        menus: dict[str, tuple[Command | None, ...]] = {
            "&File": (
                Command.OPEN,
                Command.SAMPLE,
                Command.PASTE,
                None,
                Command.EXPORT,
                Command.COPY,
                None,
                Command.QUIT,
            ),
            "&Edit": (
                Command.UNDO,
                Command.REDO,
                None,
                Command.FILL,
                Command.AGAIN,
                Command.CANCEL,
            ),
            "&Mask": (
                Command.BRUSH,
                Command.RECTANGLE,
                Command.ERASER,
                Command.SWAP,
                None,
                Command.SMALLER,
                Command.LARGER,
                None,
                Command.SELECT_ALL,
                Command.CLEAR,
                Command.INVERT,
            ),
            "&View": (
                Command.ZOOM_IN,
                Command.ZOOM_OUT,
                Command.FIT,
                Command.FULL_SIZE,
                None,
                Command.STRUCTURE,
                Command.READ_STRUCTURE,
            ),
            "&Help": (Command.KEYS, Command.ABOUT),
        }
        for title, commands in menus.items():
            menu = QMenu(title, self)
            for command in commands:
                menu.addSeparator() if command is None else menu.addAction(self.actions_[command])
            self.menuBar().addMenu(menu)

    def _build_dock(self) -> None:
        dock = QDockWidget("Structure", self)
        dock.setObjectName("structure-dock")
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setWidget(self.panel)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.resizeDocks([dock], [280], Qt.Orientation.Horizontal)

    def _build_status_bar(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self._part_label = QLabel(self)
        self._place_label = QLabel(self)
        self._size_label = QLabel(self)
        self._zoom_label = QLabel(self)
        self._device_label = QLabel(self)
        for widget, name in (
            (self._part_label, "Label under the pointer"),
            (self._place_label, "Position of the pointer"),
            (self._size_label, "Size of the photo"),
            (self._zoom_label, "Zoom"),
            (self._device_label, "Device of the last job"),
        ):
            widget.setAccessibleName(name)
        bar.addPermanentWidget(self.job_bar)
        for label in (
            self._part_label,
            self._place_label,
            self._size_label,
            self._zoom_label,
            self._device_label,
        ):
            bar.addPermanentWidget(label)

    def _connect(self) -> None:
        session, canvas = self._session, self.canvas
        self._connect_commands()
        canvas.stroke_started.connect(session.begin_stroke)
        canvas.stroke_moved.connect(session.extend_stroke)
        canvas.stroke_finished.connect(session.end_stroke)
        canvas.stroke_aborted.connect(session.abort_stroke)
        canvas.rectangle_drawn.connect(session.mark_rectangle)
        canvas.refused.connect(self._on_refused)
        canvas.hovered.connect(self._on_hovered)
        canvas.left.connect(self._on_pointer_left)
        canvas.view_changed.connect(self._show_zoom)
        session.opened.connect(self._on_opened)
        session.image_changed.connect(self._on_image_changed)
        session.mask_changed.connect(self._on_mask_changed)
        session.structure_changed.connect(self._on_structure_changed)
        session.job_started.connect(self._on_job_started)
        session.job_progressed.connect(self.job_bar.report)
        session.job_ended.connect(self._on_job_ended)
        session.failed.connect(self._on_failed)
        session.noticed.connect(self._on_noticed)
        session.exported.connect(self._on_exported)
        session.device_named.connect(self._device_label.setText)
        session.state_changed.connect(self._update_state)
        session.tools.changed.connect(self._show_tool)
        self._theme.changed.connect(self._on_theme_changed)
        self.options.typing_ended.connect(canvas.setFocus)
        self.panel.opacity_changed.connect(canvas.set_structure_opacity)
        self.panel.label_entered.connect(canvas.highlight_label)
        self.panel.label_left.connect(self._on_label_left)
        self.compare_button.pressed.connect(self._show_original)
        self.compare_button.released.connect(self._hide_original)
        self._show_tool()

    def _connect_commands(self) -> None:
        session, canvas, tools = self._session, self.canvas, self._session.tools
        handlers = {
            Command.OPEN: self.ask_open,
            Command.SAMPLE: self._open_sample,
            Command.PASTE: self._paste,
            Command.EXPORT: self.ask_export,
            Command.COPY: self._copy,
            Command.QUIT: self.close,
            Command.UNDO: session.undo,
            Command.REDO: session.redo,
            Command.BRUSH: lambda: tools.choose(Tool.BRUSH),
            Command.RECTANGLE: lambda: tools.choose(Tool.RECTANGLE),
            Command.ERASER: lambda: tools.choose(Tool.ERASER),
            Command.SWAP: tools.swap_eraser,
            Command.SMALLER: lambda: tools.step_diameter(-1),
            Command.LARGER: lambda: tools.step_diameter(1),
            Command.SELECT_ALL: session.mask_everything,
            Command.CLEAR: session.clear_mask,
            Command.INVERT: session.invert_mask,
            Command.FILL: self._fill,
            Command.AGAIN: self._fill_again,
            Command.CANCEL: self._cancel,
            Command.READ_STRUCTURE: session.read_structure,
            Command.ZOOM_IN: lambda: canvas.zoom_by(1.25),
            Command.ZOOM_OUT: lambda: canvas.zoom_by(0.8),
            Command.FIT: canvas.fit,
            Command.FULL_SIZE: lambda: canvas.zoom_to(1.0),
            Command.KEYS: self._show_keys,
            Command.ABOUT: self._show_about,
        }
        for command, handler in handlers.items():
            # Called without triggered's argument, which some of these methods would take for theirs.
            self.actions_[command].triggered.connect(lambda _=False, call=handler: call())
        self.actions_[Command.STRUCTURE].toggled.connect(self._on_structure_toggled)

    # -- commands ------------------------------------------------------------------------------------------

    def open_path(self, path: Path) -> None:
        """Open a photo, after asking about unsaved edits of the present one."""
        if self._may_leave():
            self._session.open(path)

    def ask_open(self) -> None:
        """Let the user choose a photo."""
        document = self._session.document
        source = document.photo.path if document is not None else None
        folder = str(source.parent) if source is not None else str(Path.home())
        chosen, _ = QFileDialog.getOpenFileName(self, "Open a photo", folder, _PHOTO_FILTER)
        if chosen:
            self.open_path(Path(chosen))

    def ask_export(self) -> None:
        """Let the user choose file and format, and write the result."""
        document = self._session.document
        if document is None:
            return
        dialog = ExportDialog(document.photo, self)
        while dialog.exec() == ExportDialog.DialogCode.Accepted:
            path = dialog.path
            source = document.photo.path
            is_source = source is not None and path.exists() and source.exists() and path.samefile(source)
            if not path.exists() or ask_overwrite(self, path, is_source=is_source):
                self._session.export(path, dialog.options)
                break
        dialog.deleteLater()

    def _open_sample(self) -> None:
        self.open_path(_sample())

    def _paste(self) -> None:
        self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> None:
        """Open what was dropped or lies in the clipboard."""
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if files:
            self.open_path(files[0])
        elif data.hasImage():
            pixels = pixels_of(data.imageData())
            if pixels is not None and self._may_leave():
                self._session.open_pixels(pixels)
        else:
            self.statusBar().showMessage("There is no picture to open; copy one first.", 6000)

    def _copy(self) -> None:
        document = self._session.document
        if document is not None:
            QGuiApplication.clipboard().setImage(qimage_of(document.image))
            self.statusBar().showMessage("The result is in the clipboard.", 4000)

    def _fill(self) -> None:
        if self._session.can_fill:
            self._session.fill(CompletionOptions(method=self.options.method))
        elif self._session.can_edit:
            self.statusBar().showMessage("Paint over something first; then Enter removes it.", 6000)

    def _fill_again(self) -> None:
        self._session.fill_again(self.options.method)

    def _on_structure_toggled(self, shown: bool) -> None:
        self.canvas.set_structure_shown(shown)
        if shown and self._session.structure is None:
            self._session.read_structure()

    def _cancel(self) -> None:
        if not self.canvas.abort_stroke() and self._session.cancel():
            self.statusBar().showMessage("Cancelled; nothing was changed.", 4000)

    def _show_keys(self) -> None:
        sheet = KeySheet(self)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def _show_about(self) -> None:
        QMessageBox.about(
            self,
            "About Portrait Studio",
            f"Portrait Studio {portrait_studio.__version__}\n\n"
            "Removes things from photographs of people and recovers the body behind them, offline.\n"
            "Apache-2.0. The terms of each weights file stand in its model card.",
        )

    def _show_original(self) -> None:
        document = self._session.document
        if document is not None:
            self.canvas.show_original(document.photo.pixels)

    def _hide_original(self) -> None:
        self.canvas.show_original(None)

    def _may_leave(self) -> bool:
        if not self._session.has_unsaved_edits:
            return True
        answer = ask_unsaved(self, self._session.name)
        if answer is UnsavedAnswer.EXPORT:
            self.ask_export()
        return answer is UnsavedAnswer.DISCARD

    # -- what the session says -----------------------------------------------------------------------------

    def _on_opened(self) -> None:
        self.banner.forget_good_news()
        document = self._session.document
        if document is None:
            self.canvas.clear()
            self._pages.setCurrentWidget(self.empty)
            self.empty.open_button.setFocus()
        else:
            self._pages.setCurrentWidget(self.canvas)
            self.canvas.show_photo(document.image, document.mask)
            extent = document.photo.extent
            self._size_label.setText(f"{extent.width} x {extent.height}")
            self.canvas.setFocus()
            for notice in document.photo.notices:
                self.banner.say(Mood.WARNING, notice)
        self._on_structure_changed()
        self._update_state()

    def _on_image_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self.canvas.refresh_image(document.image, bounds)

    def _on_mask_changed(self, bounds: Bounds) -> None:
        document = self._session.document
        if document is not None:
            self.canvas.refresh_mask(document.mask, bounds)

    def _on_structure_changed(self) -> None:
        self.canvas.show_structure(self._session.structure)
        layer = self.canvas.structure
        self.panel.show_present(None if layer is None else layer.present())

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
            text = f"{job.kind.value} goes on; Esc cancels it, then you can paint."
            self.statusBar().showMessage(text, 4000)

    def _on_label_left(self) -> None:
        self.canvas.highlight_label(None)

    # -- what the user sees --------------------------------------------------------------------------------

    def _on_hovered(self, x: float, y: float) -> None:
        document = self._session.document
        if document is None:
            return
        extent = document.photo.extent
        if not (0 <= x < extent.width and 0 <= y < extent.height):
            self._on_pointer_left()
            return
        self._place_label.setText(f"{int(x)}, {int(y)}")
        shown = self.actions_[Command.STRUCTURE].isChecked()
        layer = self.canvas.structure if shown else None
        label = layer.label_at(x, y) if layer is not None else None
        known = label is not None and label < LABEL_COUNT
        name = LABELS[label] if known and label is not None else ""
        self._part_label.setText(name)
        if name and label != 0:
            spot = self.canvas.view.to_widget(x, y).toPoint() + QPoint(14, 14)
            QToolTip.showText(self.canvas.mapToGlobal(spot), name, self.canvas)
        else:
            QToolTip.hideText()

    def _on_pointer_left(self) -> None:
        self._place_label.clear()
        self._part_label.clear()
        QToolTip.hideText()

    def _show_zoom(self) -> None:
        zoom = self.canvas.zoom * 100
        self._zoom_label.setText(f"{zoom:.0f} %" if zoom >= 10 else f"{zoom:.1f} %")

    def _show_tool(self) -> None:
        self.actions_[_TOOL_COMMANDS[self._session.tools.tool]].setChecked(True)

    def _update_state(self) -> None:
        session = self._session
        is_open = session.document is not None
        editable = session.can_edit
        self.canvas.set_locked(not editable)
        enabled = {
            Command.EXPORT: editable,
            Command.COPY: is_open,
            Command.UNDO: session.can_undo,
            Command.REDO: session.can_redo,
            Command.SELECT_ALL: editable,
            Command.CLEAR: editable and session.has_mask,
            Command.INVERT: editable,
            Command.FILL: editable,
            Command.AGAIN: session.can_fill_again,
            Command.READ_STRUCTURE: editable,
            Command.STRUCTURE: is_open,
            Command.SAMPLE: _sample().exists(),
        }
        for command in (Command.ZOOM_IN, Command.ZOOM_OUT, Command.FIT, Command.FULL_SIZE):
            enabled[command] = is_open
        for command, value in enabled.items():
            self.actions_[command].setEnabled(value)
        self.compare_button.setEnabled(is_open)
        self.setWindowTitle(f"{session.name}[*] - Portrait Studio" if is_open else "Portrait Studio[*]")
        self.setWindowModified(session.has_unsaved_edits)

    def _on_theme_changed(self) -> None:
        self.canvas.set_colours(self._theme.colours.canvas, self._theme.colours.accent)
        self.compare_button.setIcon(self._theme.icon("ph.square-half"))

    @property
    def label_under_pointer(self) -> str:
        """What the status bar calls the part under the pointer."""
        return self._part_label.text()

    # -- events --------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hold the backslash to compare."""
        if event.key() == Qt.Key.Key_Backslash:
            if not event.isAutoRepeat():
                self._show_original()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let the backslash go."""
        if event.key() == Qt.Key.Key_Backslash:
            if not event.isAutoRepeat():
                self._hide_original()
        else:
            super().keyReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.take(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits; a running job is cancelled."""
        if self._leaving or self._may_leave():
            self._leaving = True
            self._session.cancel()
            event.accept()
        else:
            event.ignore()


def _sample() -> Path:
    return resources_dir() / "demo" / "photo.png"


def _name_buttons(bar: QToolBar) -> None:
    """Give each button of a bar the accessible name of its action and a place in the tab order."""
    for button in bar.findChildren(QToolButton):
        action = button.defaultAction()
        if action is not None:
            button.setAccessibleName(action.text().rstrip("…"))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
