"""Measures which texts of a window have less room than they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QToolButton,
    QWidget,
)

_FRAME_PX = 4
"""Of a line of text in a field, left and right of it together."""


def clipped_in(root: QWidget) -> set[str]:
    """Texts that are cut off in a shown window or widget, each with how much is missing."""
    found: set[str] = set()
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isVisible():
            found.update(_clipped(widget))
    return found


def _clipped(widget: QWidget) -> Iterator[str]:
    measures: tuple[tuple[type[QWidget], Callable[..., Iterator[str]]], ...] = (
        (QLabel, _label),
        (QCheckBox, _button),
        (QPushButton, _button),
        (QToolButton, _button),
        (QComboBox, _combo_box),
        (QSpinBox, _number),
        (QLineEdit, _field),
        (QTabBar, _tabs),
        (QHeaderView, _headings),
        (QListView, _list),
    )
    for kind, measure in measures:
        if isinstance(widget, kind):
            texts = list(measure(widget))
            yield from texts
            if _says_something(widget):
                yield from _cut_by_others(widget)


def _says_something(widget: QWidget) -> bool:
    if isinstance(widget, QLabel | QAbstractButton):
        return bool(widget.text())
    return isinstance(widget, QComboBox | QAbstractSpinBox)


def _cut_by_others(widget: QWidget) -> Iterator[str]:
    """What lies outside something that it is in; one may scroll down, but not to the side."""
    inner: QWidget = widget
    while (outer := inner.parentWidget()) is not None and not inner.isWindow():
        at = widget.mapTo(outer, QPoint(0, 0))
        scrolls = isinstance(outer.parentWidget(), QScrollArea)
        beyond = max(-at.x(), at.x() + widget.width() - outer.width())
        if not scrolls:
            beyond = max(beyond, -at.y(), at.y() + widget.height() - outer.height())
        if beyond > 0:
            yield f"{_name(widget)!r} reaches {beyond} px out of {type(outer).__name__} {outer.objectName()}"
            return
        if scrolls:
            return
        inner = outer


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    return text or widget.accessibleName() or type(widget).__name__


def _missing(text: str, needed: float, there: float) -> Iterator[str]:
    if text and needed > there + 0.5:
        yield f"{text!r} needs {needed:.0f} px and has {there}"


def _label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text:
        return
    if label.wordWrap():
        yield from _missing(text, label.heightForWidth(label.width()), label.height())
        words = text.split()
        widest = max((label.fontMetrics().horizontalAdvance(word) for word in words), default=0)
        if not any(ord(letter) > 0x2E80 for letter in text):
            yield from _missing(text, widest, label.contentsRect().width())
    else:
        yield from _missing(text, label.sizeHint().width(), label.width())
        yield from _missing(text, label.sizeHint().height(), label.height())


def _button(button: QAbstractButton) -> Iterator[str]:
    shows_text = not isinstance(button, QToolButton) or (
        button.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly or button.icon().isNull()
    )
    if shows_text and button.text():
        yield from _missing(button.text(), button.sizeHint().width(), button.width())
        yield from _missing(button.text(), button.sizeHint().height(), button.height())


def _combo_box(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, box).width()
    for place in range(box.count()):
        yield from _missing(
            box.itemText(place), box.fontMetrics().horizontalAdvance(box.itemText(place)), room
        )


def _number(field: QSpinBox) -> Iterator[str]:
    room = field.lineEdit().contentsRect().width() - _FRAME_PX
    ends = (f"{field.prefix()}{value}{field.suffix()}" for value in (field.minimum(), field.maximum()))
    for text in (*ends, field.specialValueText()):
        yield from _missing(text, field.fontMetrics().horizontalAdvance(text), room)


def _field(field: QLineEdit) -> Iterator[str]:
    prompt = field.placeholderText()
    room = field.contentsRect().width() - _FRAME_PX
    yield from _missing(prompt, field.fontMetrics().horizontalAdvance(prompt), room)


def _tabs(bar: QTabBar) -> Iterator[str]:
    for place in range(bar.count()):
        text = bar.tabText(place)
        yield from _missing(text, bar.fontMetrics().horizontalAdvance(text), bar.tabRect(place).width() - 8)
        yield from _missing(text, bar.tabRect(place).right(), bar.width())


def _headings(header: QHeaderView) -> Iterator[str]:
    if header.orientation() is Qt.Orientation.Horizontal and header.model() is not None:
        for place in range(header.count()):
            text = str(header.model().headerData(place, Qt.Orientation.Horizontal) or "")
            needed = header.fontMetrics().horizontalAdvance(text) + 8
            yield from _missing(text, needed, header.sectionSize(place))


def _list(view: QListView) -> Iterator[str]:
    model = view.model()
    if model is None:
        return
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        text = str(model.data(index) or "")
        hint, place = view.sizeHintForIndex(index), view.visualRect(index)
        if model.data(index, Qt.ItemDataRole.ToolTipRole) is None:
            # What is too long by nature, such as a path, may be shortened where a tip tells all of it.
            yield from _missing(text, hint.width(), view.viewport().width())
        yield from _missing(text, hint.height(), place.height())
