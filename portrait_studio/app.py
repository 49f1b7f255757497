"""The window as a program: builds the parts, connects them, runs until the window is closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_API", "pyside6")  # qtawesome would take any other Qt that it finds

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QApplication

from portrait_studio.document.scratch_folder import remove_abandoned
from portrait_studio.engine.interface import Engine
from portrait_studio.gui.app_icon import app_icon
from portrait_studio.gui.crash_report import CrashReport
from portrait_studio.gui.dialogs.recovery_dialog import offer_recovery
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.gui.theme import Theme
from portrait_studio.language.translators import Language
from portrait_studio.locations import data_dir, models_dir
from portrait_studio.session.autosave import Autosave
from portrait_studio.session.session import Session
from portrait_studio.session.settings import Preferences, Settings
from portrait_studio.session.stored_values import StoredValues
from portrait_studio.worker.background import Background
from portrait_studio.worker.lazy_engine import LazyEngine

_CLIPBOARD_LIMIT_MB = 2048
EXIT_UNCHANGED = 1


class Program(QObject):
    """The parts of the running program, built and taken down in order."""

    def __init__(self, application: QApplication, build_engine: Callable[[], Engine]) -> None:
        """Make it.

        Args:
            application: the Qt application.
            build_engine: makes the engine, in the engine thread, when it is first needed.
        """
        super().__init__()
        self._files = Background("files", self)
        self._engine_thread = Background("engine", self)
        self._autosave_thread = Background("autosave", self)
        self._threads = (self._autosave_thread, self._engine_thread, self._files)
        self._engine = LazyEngine(build_engine)
        self.session = Session(self._engine, self._engine_thread, self._files, self)
        self.autosave = Autosave(self.session, self._autosave_thread, data_dir() / "autosave")
        self.theme = Theme(application, self)
        self.preferences = Preferences(data_dir() / "settings.json", self)
        self.preferences.changed.connect(self._on_preferences)
        self.language = Language(application)
        self.language.speak(self.preferences.settings.language)
        self._prefer(self.preferences.settings)
        stored = StoredValues(data_dir() / "window.json")
        self.window = MainWindow(self.session, self.theme, self.preferences, stored)
        self.autosave.failed.connect(self.session.noticed)
        self.autosave.recovery_failed.connect(self._offer_others)
        self.window.program.weights_changed.connect(self._on_weights)

    def _on_weights(self) -> None:
        self._engine.forget()
        if self.session.current_job is None:
            # Otherwise the next job reads them; the one under way goes on with those that it has.
            self.session.prepare()

    def _on_preferences(self, settings: Settings) -> None:
        if self._prefer(settings) and self.session.current_job is None:
            # It names the device; while a job runs, the next one will.
            self.session.prepare()

    def _prefer(self, settings: Settings) -> bool:
        """Obey the preferences; True when fills run otherwise from now on."""
        self.autosave.set_interval(settings.autosave_s)
        is_news = settings.hardware != self._engine.preferred
        self._engine.prefer(settings.hardware)
        return is_news

    def begin(self, path: Path | None) -> None:
        """Clear up after crashes: offer what work they left; else open the photo that was asked for."""
        remove_abandoned()
        if not offer_recovery(self.autosave, self.window) and path is not None:
            self.window.open_path(path)

    def _offer_others(self) -> None:
        # Only when the window has said what is wrong with the one that was chosen.
        QTimer.singleShot(0, self, lambda: offer_recovery(self.autosave, self.window))

    def close(self) -> None:
        """Cancel what runs and end the threads; the window must be closed already."""
        self.session.cancel_all()
        self.autosave.close()
        self.window.state.write()
        for thread in self._threads:
            thread.close()
        self.theme.close()
        self.language.be_silent()

    def threads_ended(self) -> bool:
        """Whether all threads are gone."""
        return not any(thread.is_running for thread in self._threads)


def run(
    path: Path | None = None, build_engine: Callable[[], Engine] | None = None, *, saves_back: bool = False
) -> int:
    """Show the window until it is closed.

    Args:
        path: photo to open at once.
        build_engine: makes the engine; by default the real one over the released weights.
        saves_back: whether saving writes the result into that photo itself.

    Returns:
        The exit code of the process: 1 where the photo was to be written back and was not, else 0.
    """
    QApplication.setApplicationName("Portrait Studio")
    QApplication.setDesktopFileName("portrait-studio")
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(sys.argv[:1])
    application.setWindowIcon(app_icon())
    QImageReader.setAllocationLimit(_CLIPBOARD_LIMIT_MB)
    program = Program(application, build_engine or _released_engine)
    CrashReport(program)
    back = program.window.files.back
    if saves_back and path is not None:
        back.begin(path)
    program.window.show()
    program.session.prepare()
    QTimer.singleShot(0, lambda: program.begin(path))
    code = application.exec()
    program.close()
    return EXIT_UNCHANGED if saves_back and not back.is_written else code


def _released_engine() -> Engine:
    from portrait_studio.engine.pipeline import Pipeline

    return Pipeline(models_dir())
