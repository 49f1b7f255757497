"""The menu of photos and projects that were open lately."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from portrait_studio.language.translation import tr
from portrait_studio.session.recent import RecentFiles


class RecentMenu(QMenu):
    """Filled each time it is opened; digits choose."""

    def __init__(self, recent: RecentFiles, open_path: Callable[[Path], None], parent: QWidget) -> None:
        """Make it.

        Args:
            recent: the list.
            open_path: opens one of them.
            parent: owns it.
        """
        super().__init__(parent)
        self._recent = recent
        self._open_path = open_path
        self.setToolTipsVisible(True)
        self.setAccessibleName(tr("Open recent"))
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        paths = self._recent.paths()
        for number, path in enumerate(paths, start=1):
            digit = f"&{number}" if number < 10 else str(number)
            action = self.addAction(f"{digit}  {path.name.replace('&', '&&')}")
            action.setToolTip(str(path))
            action.triggered.connect(lambda _=False, path=path: self._open_path(path))
        self.addSeparator()
        clear = self.addAction(tr("Clear list"))
        clear.triggered.connect(self._recent.clear)
        clear.setEnabled(bool(paths))
