"""Where and how the result is written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from portrait_studio.gui.dialogs.export_options import ExportExtras, SizeLabel
from portrait_studio.gui.dialogs.message_boxes import fit
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.gui.widgets.layouts import filled, hint_label, spaced
from portrait_studio.imaging.formats import SUFFIXES, ImageFormat
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.language.translation import tr
from portrait_studio.locations import resources_dir

_NAMES: Final = {kind.value.title.upper(): kind for kind in ImageFormat}
"""By Pillow's name."""


def folder_for(photo: Photo) -> Path:
    """The photo's own folder; for pictures without a file and the sample, where the user keeps pictures."""
    if photo.path is not None and not photo.path.resolve().is_relative_to(resources_dir()):
        return photo.path.parent
    pictures = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    # Not every system has made that folder.
    return pictures if pictures.is_dir() else Path.home()


def suggested_path(photo: Photo) -> Path:
    """A name beside the source that no file has yet."""
    kind = _NAMES.get(photo.metadata.source_format.upper(), ImageFormat.PNG)
    folder = folder_for(photo)
    stem = photo.path.stem if photo.path is not None else "photo"
    known = photo.path is not None and SUFFIXES.get(photo.path.suffix.lower()) is kind
    suffix = photo.path.suffix if known and photo.path is not None else kind.value.suffixes[0]
    number = 1
    while True:
        ending = "-edited" if number == 1 else f"-edited-{number}"
        path = folder / f"{stem}{ending}{suffix}"
        if not path.exists():
            return path
        number += 1


class ExportDialog(QDialog):
    """Asks for file, format and quality; `path` and `options` say what was chosen."""

    def __init__(self, photo: Photo, parent: QWidget | None = None) -> None:
        """Make it.

        Args:
            photo: the photo that was opened; its format and quality are the first choice.
            parent: owns it.
        """
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self.setMinimumWidth(520)
        self._photo = photo
        path = suggested_path(photo)
        self._path = QLineEdit(str(path), self)
        self._path.setAccessibleName(tr("File to write"))
        formats = ((kind.value.title, kind) for kind in ImageFormat)
        self._format = choice_box(self, tr("File format"), formats)
        self._format.setCurrentIndex(list(ImageFormat).index(SUFFIXES[path.suffix.lower()]))
        self._as_source = QCheckBox(self)
        self._as_source.setChecked(True)
        self._quality = QSlider(Qt.Orientation.Horizontal, self)
        self._quality.setRange(1, 100)
        self._quality.setAccessibleName(tr("Quality"))
        self._number = QLabel(self)
        self._number.setMinimumWidth(self._number.fontMetrics().horizontalAdvance("100") + 6)
        self._note = hint_label("", self)
        self._kind_note = ""
        self.extras = ExportExtras(photo, self)
        self.size_label = SizeLabel(photo, self)
        self._lay_out()
        self._format.currentIndexChanged.connect(self._show_format)
        self._format.activated.connect(self._on_format_chosen)
        self._path.textChanged.connect(self._on_path)
        self._as_source.toggled.connect(self._show_quality)
        self._quality.valueChanged.connect(self._number.setNum)
        for changed in (self._quality.valueChanged, self._as_source.toggled, self.extras.changed):
            changed.connect(self._estimate)
        self._show_format()
        fit(self, 520, 0)

    @property
    def path(self) -> Path:
        """The file to write; a name without the suffix of a format gets that of the chosen one."""
        typed = self._typed()
        if not typed.name or typed.suffix.lower() in SUFFIXES:
            return typed
        return typed.with_name(typed.name + self._kind().value.suffixes[0])

    @property
    def options(self) -> ExportOptions:
        """How to write it."""
        quality = self._quality.value() if self._has_quality() else None
        return self.extras.added_to(ExportOptions(format=self._kind(), quality=quality))

    def set_path(self, path: Path) -> None:
        """Choose the file, and with it the format."""
        self._path.setText(str(path))

    def _typed(self) -> Path:
        return Path(self._path.text().strip()).expanduser()

    def _kind(self) -> ImageFormat:
        return ImageFormat(self._format.currentData())

    def _lay_out(self) -> None:
        browse = QPushButton(tr("Browse…"), self, autoDefault=False)
        browse.clicked.connect(self._browse)
        QWidget.setTabOrder(self._path, browse)
        QWidget.setTabOrder(browse, self._format)
        file_row = filled(spaced(QHBoxLayout(), 8), (self._path, 1), browse)
        quality = (self._as_source, (self._quality, 1), self._number)
        quality_row = filled(spaced(QHBoxLayout(), 12), *quality)
        form = QFormLayout(horizontalSpacing=14, verticalSpacing=10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(tr("File"), file_row)
        form.addRow(tr("Format"), self._format)
        form.addRow(tr("Quality"), quality_row)
        form.addRow("", self._note)
        form.addRow(tr("Metadata"), self.extras.metadata)
        form.addRow("", self.extras.source_type)
        if self.extras.can_sign:
            form.addRow("", self.extras.signs)
        form.addRow(tr("Profile"), self.extras.profile)
        form.addRow(tr("Size"), self.extras.size)
        form.addRow(tr("File size"), self.size_label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        export = QPushButton(tr("Export"), self, default=True)
        export.setProperty("prominent", True)
        buttons.addButton(export, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        filled(spaced(QVBoxLayout(self), 16, (18, 18, 18, 14)), form, buttons)

    def _browse(self) -> None:
        filters = ";;".join(_file_filter(kind) for kind in ImageFormat)
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            tr("Export to"),
            self._path.text(),
            filters,
            _file_filter(self._kind()),
            QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            self.set_path(Path(chosen))

    def _on_path(self) -> None:
        """The format follows the suffix; the text belongs to who types it."""
        kind = SUFFIXES.get(self._typed().suffix.lower())
        if kind is not None:
            self._format.setCurrentIndex(list(ImageFormat).index(kind))

    def _on_format_chosen(self) -> None:
        """The suffix follows a format that was picked from the list."""
        suffix, typed = self._kind().value.suffixes[0], self._typed()
        known = SUFFIXES.get(typed.suffix.lower())
        if typed.name and known is not self._kind():
            renamed = typed.with_suffix(suffix) if known else typed.with_name(typed.name + suffix)
            self._path.setText(str(renamed))

    def _show_format(self) -> None:
        kind = self._kind()
        jpeg = self._photo.metadata.jpeg
        from_jpeg = kind is ImageFormat.JPEG and jpeg is not None
        default = kind.value.default_quality or 100
        self._as_source.setVisible(from_jpeg)
        if jpeg is not None:
            self._as_source.setText(tr("As the source ({quality})", quality=jpeg.quality))
        self._quality.setValue(jpeg.quality if from_jpeg and jpeg is not None else default)
        self._number.setNum(self._quality.value())
        self._kind_note = tr(kind.value.note)
        self._show_quality()
        self._estimate()

    def _estimate(self) -> None:
        all_new = tr("Every pixel gets a new value by this conversion.")
        self._note.setText(all_new if self.extras.changes_all_pixels else self._kind_note)
        self.size_label.estimate(self.options)

    def _show_quality(self) -> None:
        chosen = self._has_quality()
        self._quality.setEnabled(chosen)
        self._number.setEnabled(chosen)

    def _has_quality(self) -> bool:
        """Whether the quality is the user's to choose."""
        is_as_source = self._as_source.isVisibleTo(self) and self._as_source.isChecked()
        return self._kind().value.default_quality is not None and not is_as_source


def _file_filter(kind: ImageFormat) -> str:
    return f"{kind.value.title} (*{kind.value.suffixes[0]})"
