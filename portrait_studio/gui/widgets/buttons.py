"""Buttons and check boxes that stand for actions."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget


class ActionButton(QPushButton):
    """A push button that stands for an action: its text, icon, tip and state."""

    def __init__(
        self,
        action: QAction,
        parent: QWidget | None = None,
        *,
        prominent: bool = False,
        has_text: bool = True,
    ) -> None:
        """Make it.

        Args:
            action: the action.
            prominent: filled with the accent colour.
            has_text: not only the icon.
            parent: owns it.
        """
        super().__init__(parent)
        self._action = action
        self._is_prominent = prominent
        self._has_text = has_text
        self.setProperty("prominent", prominent)
        self.setIconSize(QSize(18, 18))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.text() if self._has_text else "")
        # On the accent colour an icon needs the colour that it has when it is switched on.
        state = QIcon.State.On if self._is_prominent else QIcon.State.Off
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
            off = QIcon.State.Off if mode is QIcon.Mode.Disabled else state
            icon.addPixmap(self._action.icon().pixmap(self.iconSize(), mode, off), mode)
        self.setIcon(icon)
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())
        self.setEnabled(self._action.isEnabled())


class ActionSwitch(QCheckBox):
    """A check box that stands for an action that is on or off."""

    def __init__(self, action: QAction, parent: QWidget | None = None, text: str = "") -> None:
        """Make it.

        Args:
            action: the action, which is checkable.
            text: a shorter text where there is little room.
            parent: owns it.
        """
        super().__init__(text or action.text(), parent)
        self._action = action
        self.setAccessibleName(action.text())
        self.setToolTip(action.toolTip())
        self.toggled.connect(action.setChecked)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setChecked(self._action.isChecked())
        self.setEnabled(self._action.isEnabled())
