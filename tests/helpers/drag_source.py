"""A small window to drag a file out of: `python -m tests.helpers.drag_source FILE X Y`."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class DragSource(QLabel):
    """Begins a drag of the file as soon as the mouse moves with a button held."""

    def __init__(self, path: str) -> None:
        """Args: the file."""
        super().__init__("drag me")
        self._path = path
        self.setWindowFlag(Qt.WindowType.X11BypassWindowManagerHint)
        self.setWindowTitle("drag_source")
        self.setFixedSize(100, 60)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag until the button is let go, then end."""
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._path)])
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.CopyAction)
        # The target reads the file name only after the drop, from this program.
        QTimer.singleShot(3000, QApplication.quit)


if __name__ == "__main__":
    application = QApplication([])
    source = DragSource(sys.argv[1])
    source.move(int(sys.argv[2]), int(sys.argv[3]))
    source.show()
    sys.exit(application.exec())
