"""The panels beside the photo, one behind the other."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QScrollArea, QTabWidget, QWidget

_WIDTH_PX = 280


class SidePanel(QDockWidget):
    """A dock with a tab for each panel; panels scroll where the window is low."""

    def __init__(self, panels: dict[str, QWidget], parent: QWidget) -> None:
        """Args: the panels by the name on their tab."""
        super().__init__("Panels", parent)
        self.setObjectName("side-dock")
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setTitleBarWidget(QWidget(self))
        self._tabs = QTabWidget(self)
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setExpanding(True)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setAccessibleName("Panels")
        for name, panel in panels.items():
            area = QScrollArea(self._tabs)
            area.setWidgetResizable(True)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setWidget(panel)
            self._tabs.addTab(area, name)
        self.setWidget(self._tabs)

    def sizeHint(self) -> QSize:
        """Wide enough for two columns of names."""
        return QSize(_WIDTH_PX, 480)

    def bring_forward(self, name: str) -> None:
        """Show the panel of that name."""
        for place in range(self._tabs.count()):
            if self._tabs.tabText(place) == name:
                self._tabs.setCurrentIndex(place)
