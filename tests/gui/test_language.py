"""The window in Chinese, with real events; files and the command line stay English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QTabWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from portrait_studio.errors import DeviceError
from portrait_studio.gui.actions import TABLE
from portrait_studio.gui.command_table import Command
from portrait_studio.gui.dialogs.about_dialog import AboutDialog
from portrait_studio.gui.dialogs.export_dialog import ExportDialog
from portrait_studio.gui.dialogs.key_sheet import KeySheet
from portrait_studio.gui.dialogs.message_boxes import ErrorDialog
from portrait_studio.gui.dialogs.news_dialog import NewsDialog
from portrait_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from portrait_studio.gui.dialogs.weights_dialog import WeightsDialog
from portrait_studio.gui.main_window import MainWindow
from portrait_studio.language.label_names import joint_name, label_name
from portrait_studio.language.translation import tr
from portrait_studio.language.translators import Language
from portrait_studio.locations import DATA_VARIABLE
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import KEYPOINTS, LABELS
from portrait_studio.session.session import Session
from portrait_studio.session.settings import Preferences
from portrait_studio.session.step_names import moved_joint, painted_label, picked_part, step_name
from tests.gui.conftest import CTRL, Hand
from tests.helpers.fake_engine import FakeEngine

_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_SAME = re.compile(
    r"Ctrl|Shift|Alt|Esc|Enter|PgUp|PgDown|Space|Tab|Portrait Studio|portrait-\w+|[\w.-]+\.(png|safetensors)"
    r"|AVIF|EXIF|GIMP|IPTC|Krita|OpenRaster|XMP|JPEG|PNG|TIFF|WebP|sRGB"
    r"|NVIDIA|GPU|CUDA|CPU|Apple|b?float\d\d|English|Fake|auto"
    r"|Apache License 2.0|LGPL|/[\w./-]+"
)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who chose Chinese."""
    folder = tmp_path / "user-data"
    folder.mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(folder))
    (folder / "settings.json").write_text(json.dumps({"language": "zh_CN"}))
    return folder


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[Language]:
    language = Language(qapp)
    language.speak("zh_CN")
    yield language
    language.be_silent()


def texts_in(root: QWidget) -> Iterator[str]:
    """What can be read or heard in a window."""
    for widget in [root, *root.findChildren(QWidget)]:
        yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.accessibleName())
        if isinstance(widget, QLabel | QPushButton | QToolButton | QCheckBox):
            yield widget.text()
        elif isinstance(widget, QGroupBox):
            yield widget.title()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(row) for row in range(widget.count()))
        elif isinstance(widget, QTabWidget):
            yield from (widget.tabText(place) for place in range(widget.count()))
    for action in root.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())


def english_in(root: QWidget) -> set[str]:
    return {text for text in texts_in(root) if _ENGLISH.search(_SAME.sub("", text))}


def test_everything_in_the_window_is_chinese(window: MainWindow, opened: Session) -> None:
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles == ["文件(&F)", "编辑(&E)", "蒙版(&M)", "画布(&C)", "视图(&V)", "帮助(&H)"]
    assert window.actions_[Command.UNDO].text() == "撤销"
    assert window.actions_[Command.UNDO].toolTip() == "撤销上一步 (Ctrl+Z)"
    assert english_in(window) - {"person.png"} == set()


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (Command.PREFERENCES, PreferencesDialog),
        (Command.KEYS, KeySheet),
        (Command.ABOUT, AboutDialog),
        (Command.NEWS, NewsDialog),
        (Command.WEIGHTS, WeightsDialog),
    ],
)
def test_dialogs_are_chinese(
    qtbot: QtBot, window: MainWindow, opened: Session, command: Command, kind: type[QWidget]
) -> None:
    window.actions_[command].trigger()
    dialog = window.findChildren(kind)[0]
    qtbot.waitUntil(dialog.isVisible)
    box = dialog.findChildren(QDialogButtonBox)[0]
    assert box.button(QDialogButtonBox.StandardButton.Close).text() == "关闭", "Qt's own words"
    assert english_in(dialog) == set()


def test_the_export_dialog_is_chinese(qtbot: QtBot, window: MainWindow, opened: Session) -> None:
    document = opened.document
    assert document is not None
    dialog = ExportDialog(document.edited_photo, window)
    qtbot.addWidget(dialog)
    assert english_in(dialog) == set()


def test_steps_are_chinese_in_the_list_and_english_in_the_file(
    qtbot: QtBot, opened: Session, hand: Hand, window: MainWindow, tmp_path: Path
) -> None:
    hand.stroke((60, 60), (140, 60))
    opened.joint_editing.move(KEYPOINTS.index("left-knee"), 100, 100)
    model = window.history_panel.view.model()
    names = [model.data(model.index(row, 0)) for row in range(model.rowCount())]
    assert names == ["打开时的照片", "描画", "移动左膝"]
    assert [step.title for step in reversed(list(opened.history.applied_backwards()))] == [
        "Stroke",
        "Move left knee",
    ]
    with qtbot.waitSignal(opened.files.saved, timeout=5000):
        opened.files.save(tmp_path / "edit.psproj")
    with qtbot.waitSignal(opened.opened, timeout=5000):
        opened.files.open(tmp_path / "edit.psproj")
    names = [model.data(model.index(row, 0)) for row in range(model.rowCount())]
    assert names == ["打开时的照片", "描画", "移动左膝"], "a file remembers no templates"


def test_a_question_before_a_loss_is_chinese(
    qtbot: QtBot, opened: Session, hand: Hand, window: MainWindow
) -> None:
    hand.stroke((60, 60), (140, 60))
    asked: list[list[str]] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append([box.text(), box.informativeText(), *(button.text() for button in box.buttons())])
        box.reject()

    QTimer.singleShot(0, answer)
    window.close()
    assert asked[0][0] == "“person.png”含有尚未保存也未导出的编辑。"
    assert asked[0][1] == "如果不先保存为项目，这些编辑将会丢失。"
    assert set(asked[0][2:]) == {"保存项目…", "放弃编辑", "取消"}


def test_an_error_is_chinese_with_its_values(
    qtbot: QtBot, window: MainWindow, opened: Session, tmp_path: Path
) -> None:
    path = tmp_path / "{broken}.png"
    path.write_bytes(b"no picture")
    with qtbot.waitSignal(opened.failed, timeout=5000) as failed:
        window.open_path(path)
    dialog = window.findChildren(ErrorDialog)[-1]
    assert dialog.sentence == f"{path} 不是本程序可读取的图片；请使用 JPEG、PNG、TIFF、WebP、BMP 或 GIF。"
    said = str(failed.args[0].error)
    assert said.startswith(f"{path} is not a picture"), "the command line stays English"


def test_a_banner_is_chinese(
    qtbot: QtBot, opened: Session, window: MainWindow, hand: Hand, engine: FakeEngine
) -> None:
    engine.notices = (
        Message("Memory ran out; a smaller work crop was used, so detail may be coarser."),
        Message(
            "The face was not refined. {reason}", reason=DeviceError("{path} is gone.", path="x").message
        ),
    )
    hand.stroke((60, 60), (140, 60))
    with qtbot.waitSignal(opened.noticed, timeout=5000):
        hand.key(Qt.Key.Key_Return)
    assert window.banner.text == "内存不足，已改用较小的处理范围，细节可能较粗糙。脸部未能修整。x is gone."


def test_keys_are_found_by_chinese_words(
    qtbot: QtBot, window: MainWindow, opened: Session, hand: Hand
) -> None:
    hand.key(Qt.Key.Key_F1)
    sheet = window.findChildren(KeySheet)[0]
    qtbot.waitUntil(sheet.isVisible)
    sheet._search.setText("撤销上一步")
    assert sheet.mentions("Ctrl+Z")
    assert not sheet.mentions("Ctrl+O")


def test_the_choice_holds_from_the_next_start_on_and_says_so(
    qtbot: QtBot, window: MainWindow, opened: Session, hand: Hand, data_folder: Path
) -> None:
    hand.key(Qt.Key.Key_Comma, CTRL)
    dialog = window.findChildren(PreferencesDialog)[0]
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.language.currentText() == "简体中文"
    assert dialog.language_note.text() == "所选语言将在下次启动程序时生效。"
    qtbot.keyClick(dialog.language, Qt.Key.Key_Up)
    assert dialog.language.currentText() == "English"
    assert dialog.language_note.text() == "Another language comes with the next start of the program."
    assert Preferences(data_folder / "settings.json").settings.language == "en"
    assert window.actions_[Command.UNDO].text() == "撤销", "not half of it before"


def test_names_of_steps_are_said_whatever_they_are_about(chinese: Language) -> None:
    for label in range(len(LABELS)):
        assert step_name(str(painted_label(label))) == "绘制" + tr(label_name(label))
    for joint in range(len(KEYPOINTS)):
        assert step_name(str(moved_joint(joint))) == "移动" + tr(joint_name(joint))
    person = Message("person {number}", number=12)
    assert step_name(str(picked_part(person, leaves=True))) == "取消选取人物 12"
    assert step_name(str(picked_part(label_name(LABELS.index("bag")), leaves=False))) == "选取包"
    assert step_name("Step of a later version") == "Step of a later version"


def test_english_is_the_source(qapp: QApplication, chinese: Language) -> None:
    assert tr("Undo") == "撤销"
    chinese.speak("en")
    assert tr("Undo") == "Undo"
    assert all(tr(entry.text) == entry.text for entry in TABLE.values())
    chinese.speak("zh_CN")
    assert tr("{number} of {count}", number=1, count=3) == "第 1 个，共 3 个"


def test_what_qt_leaves_english_is_chinese_too(qapp: QApplication, chinese: Language) -> None:
    dialog = QFileDialog(None, "", "", "")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    assert english_in(dialog) == set()
    keys = QKeySequence.listFromString("Return; Enter; Ctrl+Alt+Down")
    shown = [each.toString(QKeySequence.SequenceFormat.NativeText) for each in keys]
    assert shown == ["回车", "小键盘回车", "Ctrl+Alt+↓"]
    dialog.deleteLater()
