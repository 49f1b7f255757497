"""What an export keeps of metadata and profile, its size in pixels, and about how many bytes it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from portrait_studio.errors import PortraitStudioError
from portrait_studio.gui.widgets.choice_box import choice_box
from portrait_studio.imaging.content_credentials import Credentials
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.size_estimate import estimated_bytes, in_words
from portrait_studio.imaging.writing import ExportOptions
from portrait_studio.language.translation import tr
from portrait_studio.locations import credentials_files

_SIDES_PX: Final = (8000, 6000, 4000, 3000, 2048, 1600, 1080)
_WAIT_MS: Final = 250
"""After the last change, so that dragging the slider does not stutter."""


class ExportExtras(QObject):
    """Choices for the export dialog."""

    changed = Signal()

    def __init__(self, photo: Photo, parent: QWidget) -> None:
        """Make it.

        Args:
            photo: the photo to be exported; only choices that change something are offered.
            parent: owns it.
        """
        super().__init__(parent)
        kept = (
            (tr("Keep all metadata"), (True, True)),
            (tr("Leave out where it was taken"), (True, False)),
            (tr("Leave out all"), (False, False)),
        )
        self.metadata = choice_box(parent, tr("Metadata"), kept)
        self.source_type = QCheckBox(tr("Say in the file that a network made parts of it"), parent)
        self.source_type.setToolTip(tr("IPTC's digital source type, which stock agencies and platforms read"))
        self.source_type.setChecked(True)
        self._credentials = credentials_files()
        self.signs = QCheckBox(tr("Sign it with Content Credentials"), parent)
        self.signs.setToolTip(tr("A signed statement of what was done to the picture (C2PA)"))
        self.signs.setVisible(self.can_sign)
        own = tr("Keep the photo's own") if photo.metadata.icc else tr("None in the photo")
        self.profile = choice_box(parent, tr("Colour profile"), [(own, False)])
        if photo.metadata.icc and not photo.is_grey:
            self.profile.addItem(tr("Convert to sRGB"), True)
        self.profile.setEnabled(self.profile.count() > 1)
        extent = photo.extent
        as_it_is = tr("{width} x {height}, as it is", width=extent.width, height=extent.height)
        self.size = choice_box(parent, tr("Size in pixels"), [(as_it_is, None)])
        for side in _SIDES_PX:
            smaller = extent.shrunk_to(side)
            if smaller != extent:
                self.size.addItem(f"{smaller.width} x {smaller.height}", side)
        for choice in (self.metadata, self.profile, self.size):
            choice.currentIndexChanged.connect(self.changed)
        self.source_type.toggled.connect(self.changed)

    @property
    def can_sign(self) -> bool:
        """Whether the user has put certificates and key where the window looks for them."""
        return self._credentials is not None

    def added_to(self, options: ExportOptions) -> ExportOptions:
        """The options with these choices."""
        keep, place = self.metadata.currentData()
        return replace(
            options,
            keep_metadata=keep,
            keep_place=place,
            to_srgb=bool(self.profile.currentData()),
            longest_px=self.size.currentData(),
            says_generated=self.source_type.isChecked(),
            credentials=Credentials(*self._credentials)
            if self._credentials is not None and self.signs.isChecked()
            else None,
        )

    @property
    def changes_all_pixels(self) -> bool:
        """Whether even untouched pixels get new values."""
        return bool(self.profile.currentData()) or self.size.currentData() is not None


class SizeLabel(QLabel):
    """Says about how large the file will be, a moment after the last change."""

    def __init__(self, photo: Photo, parent: QWidget) -> None:
        """Make it.

        Args:
            photo: the photo to be exported.
            parent: owns it.
        """
        super().__init__(parent)
        self.setAccessibleName(tr("Estimated size of the file"))
        self._photo = photo
        self._options: ExportOptions | None = None
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._estimate)

    def estimate(self, options: ExportOptions) -> None:
        """Estimate it for these options."""
        if options != self._options:
            self._options = options
            self.setText("…")
            self._timer.start()

    def _estimate(self) -> None:
        if self._options is not None:
            try:
                self.setText(tr(in_words(estimated_bytes(self._photo, self._options))))
            except PortraitStudioError as error:
                self.setText(tr(error.message))
