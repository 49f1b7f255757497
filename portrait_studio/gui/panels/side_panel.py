"""The panels beside the photo, one behind the other."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from portrait_studio.gui.persistent_state import PersistentState
from portrait_studio.gui.widgets.layouts import filled, spaced
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

_WIDTH_PX = 280


class _Scrolled(QScrollArea):
    """Scrolls up and down, and is never too narrow for what it holds."""

    def __init__(self, panel: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._panel = panel
        self.setWidget(panel)

    def minimumSizeHint(self) -> QSize:
        """As wide as the panel and what scrolls it."""
        least = super().minimumSizeHint()
        inner = self._panel.minimumSizeHint().expandedTo(self._panel.minimumSize())
        return QSize(inner.width() + self.verticalScrollBar().sizeHint().width(), least.height())


def stacked(*panels: QWidget) -> QWidget:
    """Panels below each other on one page."""
    page = QWidget()
    page.setObjectName("side")
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    filled(spaced(QVBoxLayout(page), 0, (0, 0, 0, 0)), *panels, None)
    return page


class SidePanel(QDockWidget):
    """A dock with a tab for each panel; panels scroll where the window is low."""

    def __init__(self, panels: dict[Message, QWidget], parent: QWidget) -> None:
        """Make it.

        Args:
            panels: the panels by the name on their tab, in English.
            parent: owns it.
        """
        super().__init__(tr("Panels"), parent)
        self.setObjectName("side-dock")
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setTitleBarWidget(QWidget(self))
        self._tabs = QTabWidget(self)
        self._tabs.setDocumentMode(True)
        self._tabs.tabBar().setExpanding(True)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setAccessibleName(tr("Panels"))
        self._names: tuple[str, ...] = tuple(panels)
        for name, panel in panels.items():
            area = _Scrolled(panel, self._tabs)
            area.setAccessibleName(tr(name))
            self._tabs.addTab(area, tr(name))
        self.setWidget(self._tabs)

    def keep_state(self, state: PersistentState) -> None:
        """Keep which panel is in front between starts."""
        state.keep_page("panel", self._tabs)

    def sizeHint(self) -> QSize:
        """Wide enough for two columns of names."""
        return QSize(_WIDTH_PX, 480)

    def bring_forward(self, name: str) -> None:
        """Show the panel of that name, which is the English one."""
        self._tabs.setCurrentIndex(self._names.index(name))
