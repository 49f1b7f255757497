"""What happens to an exception that nobody caught: a dialog with a log, and the program goes on."""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication

from portrait_studio.gui.dialogs.message_boxes import tell_error


class CrashReport(QObject):
    """Shows uncaught exceptions of any thread in a dialog of the GUI thread."""

    _raised = Signal(object, str)

    def __init__(self, parent: QObject) -> None:
        """Take over the interpreter's hooks for uncaught exceptions."""
        super().__init__(parent)
        self._raised.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        log = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(log)
        if isinstance(error, KeyboardInterrupt):
            QApplication.quit()
        else:
            self._raised.emit(error, log)

    def _on_thread_exception(self, raised: threading.ExceptHookArgs) -> None:
        if raised.exc_value is not None:
            self._on_exception(raised.exc_type, raised.exc_value, raised.exc_traceback)

    @Slot(object, str)
    def _tell(self, error: BaseException, log: str) -> None:
        tell_error(QApplication.activeWindow(), error, log)
