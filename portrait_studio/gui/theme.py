"""Colours of the window, dark and light, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

import qtawesome
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from portrait_studio.locations import resources_dir


@dataclass(frozen=True)
class Colours:
    """One scheme; every value but the name is #rrggbb.

    Attributes:
        name: what the scheme's own icon files end with.
        window: behind panels and bars.
        panel: bars and docks, slightly raised.
        field: inside text fields and lists.
        canvas: around the photo; neutral, so that it does not tint how the photo looks.
        text: what is read.
        muted: secondary text, and the background of nothing.
        line: separators and borders.
        hover: background under the pointer.
        accent: the one accent colour, dark enough for `on_accent` text.
        accent_text: the accent where it is text or an icon on `panel`.
        on_accent: text on the accent.
        warning: background of a warning.
        success: background of good news.
    """

    name: str
    window: str
    panel: str
    field: str
    canvas: str
    text: str
    muted: str
    line: str
    hover: str
    accent: str
    accent_text: str
    on_accent: str
    warning: str
    success: str


DARK = Colours(
    name="dark",
    window="#1d1f23",
    panel="#26292e",
    field="#1a1c1f",
    canvas="#161617",
    text="#e7e9ec",
    muted="#9ba2ac",
    line="#3a3e45",
    hover="#343840",
    accent="#4f63e0",
    accent_text="#93a1ff",
    on_accent="#ffffff",
    warning="#4a3a16",
    success="#1d3f2f",
)
LIGHT = Colours(
    name="light",
    window="#eef0f3",
    panel="#f8f9fb",
    field="#ffffff",
    canvas="#d5d6d9",
    text="#1f2329",
    muted="#5d6672",
    line="#d0d5dc",
    hover="#e5e8ee",
    accent="#4356d6",
    accent_text="#3c4dc4",
    on_accent="#ffffff",
    warning="#fdf0cf",
    success="#dcf3e4",
)

_VEIL = 170
"""Alpha of the accent over what lies below it."""

_SHEET = Template(
    """
QMainWindow, QDialog { background: $window; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 1px 3px; }
QMenuBar { background: $panel; border-bottom: 1px solid $line; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $muted; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QMenu::icon:checked { background: $accent; border: 2px solid $accent; border-radius: 4px; margin-left: 3px;
    padding-left: 3px; padding-right: 0; }
QToolBar { background: $panel; border: none; spacing: 4px; padding: 5px 8px; }
QToolBar#top { border-bottom: 1px solid $line; }
QToolBar#tools { border-right: 1px solid $line; padding: 8px 5px; }
QToolBar::separator { background: $line; width: 1px; height: 1px; margin: 5px; }
QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 5px; color: $text; }
QToolButton:hover { background: $hover; }
QToolButton:checked { background: $accent; color: $on_accent; }
QToolButton:pressed { background: $hover; border-color: $line; }
QToolButton:focus { border-color: $accent_text; }
QToolButton:disabled { color: $muted; }
QPushButton { background: $panel; border: 1px solid $line; border-radius: 6px; padding: 6px 14px;
    color: $text; outline: none; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $line; }
QPushButton:focus { border-color: $accent_text; }
QPushButton:checked { border-color: $accent_text; color: $accent_text; }
QPushButton:disabled { color: $muted; background: $window; }
QPushButton[prominent="true"] { background: $accent; border-color: $accent; color: $on_accent;
    font-weight: 600; }
QPushButton[prominent="true"]:hover { background: $accent_text; border-color: $accent_text; color: $window; }
QPushButton[prominent="true"]:focus { border-color: $text; }
QPushButton[prominent="true"]:disabled { background: $hover; border-color: $hover; color: $muted; }
QComboBox, QSpinBox, QLineEdit {
    background: $field; border: 1px solid $line; border-radius: 6px; padding: 4px 8px; color: $text;
    min-height: 18px; selection-background-color: $accent; selection-color: $on_accent; }
QComboBox:focus, QSpinBox:focus, QLineEdit:focus { border-color: $accent_text; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; height: 0; border: none; }
QSpinBox QLineEdit { border: none; border-radius: 0; padding: 0 8px; min-height: 0; background: transparent; }
QComboBox { padding-right: 24px; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 24px;
    border: none; }
QComboBox::down-arrow { image: url("$icons/chevron-$name.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; border-radius: 0;
    selection-background-color: $accent; selection-color: $on_accent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
    background: $text; }
QSlider::handle:horizontal:focus { background: $accent_text; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: $muted; }
QCheckBox { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $muted; border-radius: 4px;
    background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/check.svg"); }
QCheckBox::indicator:focus { border-color: $accent_text; }
QProgressBar { background: $line; border: none; border-radius: 3px; min-height: 6px; max-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $panel; border-top: 1px solid $line; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; padding: 0 6px; }
QStatusBar QToolButton { border: 1px solid $line; padding: 2px 10px; }
QToolButton#label { padding: 3px 4px; text-align: left; }
QToolButton#label[absent="true"] { color: $muted; }
QToolButton#label:checked { background: $accent; color: $on_accent; }
QToolButton#eye { padding: 3px; }
QToolButton#eye:checked { background: transparent; }
QToolButton#eye:hover { background: $hover; }
QDockWidget { color: $text; }
QDialogButtonBox, QMessageBox { dialogbuttonbox-buttons-have-icons: 0; }
QDockWidget::title { background: $panel; padding: 8px 10px; border-left: 1px solid $line;
    border-bottom: 1px solid $line; }
QWidget#side { background: $panel; }
QDockWidget > QTabWidget { background: $panel; border-left: 1px solid $line; }
QTabBar { background: $panel; qproperty-drawBase: 0; }
QTabBar::tab { background: $panel; color: $muted; padding: 8px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent_text; }
QLabel[role="title"] { font-size: 19px; font-weight: 600; color: $text; }
QLabel[role="hint"] { color: $muted; }
QLabel[role="heading"] { font-weight: 600; color: $text; }
QFrame#banner { border: 1px solid $line; border-radius: 8px; }
QFrame#banner[severity="warning"] { background: $warning; }
QFrame#banner[severity="success"] { background: $success; }
QFrame#banner[severity="hint"] { background: $panel; }
QFrame#strip { background: $panel; border: 1px solid $line; border-radius: 10px; }
QFrame#strip:focus { border-color: $accent_text; }
QScrollArea#thumbs, QWidget#thumbs-inner { background: transparent; }
QToolButton#thumb { padding: 2px; border: 2px solid transparent; }
QToolButton#thumb:checked { background: transparent; border-color: $accent; color: $text; }
QLabel#drop { background: $drop; color: $on_accent; border: 4px dashed $on_accent; border-radius: 12px;
    font-size: 19px; font-weight: 600; }
QFrame#empty { background: $canvas; }
QFrame#invitation { background: $panel; border: 2px dashed $muted; border-radius: 14px; }
QHeaderView::section { background: $panel; color: $muted; border: none; border-bottom: 1px solid $line;
    padding: 6px 4px; }
QListView, QTableWidget, QPlainTextEdit { background: $field; border: 1px solid $line; border-radius: 6px;
    outline: none; }
QListView::item { padding: 5px 8px; }
QListView::item:selected { background: $accent; color: $on_accent; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 5px; min-width: 24px; min-height: 24px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { border: none; background: transparent; }
QMainWindow::separator { width: 1px; background: $line; }
"""
)


def _icons() -> str:
    return (resources_dir() / "icons").as_posix()


def _sheet(colours: Colours) -> str:
    accent = QColor(colours.accent)
    veil = f"rgba({accent.red()}, {accent.green()}, {accent.blue()}, {_VEIL})"
    return _SHEET.substitute(vars(colours), icons=_icons(), drop=veil)


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, value in (
        (roles.Window, colours.window),
        (roles.WindowText, colours.text),
        (roles.Base, colours.field),
        (roles.AlternateBase, colours.panel),
        (roles.Text, colours.text),
        (roles.Button, colours.panel),
        (roles.ButtonText, colours.text),
        (roles.BrightText, colours.on_accent),
        (roles.Highlight, colours.accent),
        (roles.HighlightedText, colours.on_accent),
        (roles.ToolTipBase, colours.panel),
        (roles.ToolTipText, colours.text),
        (roles.PlaceholderText, colours.muted),
        (roles.Link, colours.accent_text),
        (roles.Mid, colours.line),
    ):
        palette.setColor(role, QColor(value))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.muted))
    return palette


def _is_ours(application: QApplication) -> bool:
    """Whether the application looks already as some theme has made it."""
    return application.styleSheet() in (_sheet(LIGHT), _sheet(DARK))


class Theme(QObject):
    """Keeps the application in the colours of the system's scheme and makes icons in them."""

    changed = Signal()

    def __init__(self, application: QApplication, parent: QObject | None = None) -> None:
        """Apply the scheme of the moment and follow the system from then on.

        Args:
            application: what is coloured.
            parent: the program, with which this ends; the application may outlive it.
        """
        super().__init__(parent)
        self._application = application
        self._chosen = "system"
        if not _is_ours(application):
            application.setStyle("Fusion")
        self._follow(QGuiApplication.styleHints().colorScheme())
        self._following = QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def icon(self, name: str) -> QIcon:
        """The named qtawesome icon in the colours of the scheme."""
        icon: QIcon = qtawesome.icon(
            name,
            color=self.colours.text,
            color_disabled=self.colours.muted,
            color_on=self.colours.on_accent,
            color_on_active=self.colours.on_accent,
        )
        return icon

    def quiet_icon(self, name: str) -> QIcon:
        """The named icon in the colour of secondary text, whatever its state."""
        icon: QIcon = qtawesome.icon(name, color=self.colours.muted, color_on=self.colours.muted)
        return icon

    def choose(self, name: str) -> None:
        """Stay "light" or "dark", or go with the "system"."""
        if name != self._chosen:
            self._chosen = name
            self._follow(QGuiApplication.styleHints().colorScheme())

    def close(self) -> None:
        """Follow the system no longer."""
        QObject.disconnect(self._following)

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        is_dark = self._chosen == "dark" or (self._chosen == "system" and scheme == Qt.ColorScheme.Dark)
        self.use(DARK if is_dark else LIGHT)

    def use(self, colours: Colours) -> None:
        """Put everything into these colours, until the system changes its scheme."""
        self.colours = colours
        sheet = _sheet(colours)
        # Where an earlier program of this process left these colours, polishing all anew changes nothing.
        if self._application.styleSheet() != sheet:
            self._application.setPalette(_palette(colours))
            self._application.setStyleSheet(sheet)
        self.changed.emit()
