"""One hierarchy for everything that can go wrong; each message says what is wrong and what to do.

Every error that a user can cause derives from :class:`PortraitStudioError`, and its text is meant to be shown
as it is: on the command line after ``portrait-studio:`` (exit code 2), in the window, in the user's language,
as a dialog.
"""

from __future__ import annotations

from portrait_studio.messages import Message


class PortraitStudioError(Exception):
    """Root of all errors whose message may be shown to the user as it is.

    Attributes:
        message: the sentence, which the window can say in another language.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        """Make it.

        Args:
            template: the sentence, a literal with a field for each value.
            values: the values.
        """
        self.message = template if isinstance(template, Message) else Message(template, **values)
        super().__init__(self.message)


class FileError(PortraitStudioError):
    """A file cannot be read: missing, forbidden, too large, or a folder, device, pipe or socket."""


class MissingFileError(FileError):
    """There is no such file."""


class ImageFileError(PortraitStudioError):
    """A file cannot be read as a photo: missing, empty, damaged, too large, or not an image."""


class ExportError(PortraitStudioError):
    """A result cannot be written: folder missing or read-only, disk full, unknown format."""


class ProjectError(PortraitStudioError):
    """A project file or an edit record is missing, damaged, of a newer version, or about another photo."""


class MaskError(PortraitStudioError):
    """A mask does not fit its photo: other size, empty, or over the whole photo."""


class WeightsError(PortraitStudioError):
    """A weights file is missing, damaged, of a newer version, or of another network."""


class DeviceError(PortraitStudioError):
    """The requested compute device does not exist on this machine or ran out of memory."""


class OptionError(PortraitStudioError):
    """An option or a configuration value is unknown or outside its range."""


class DataSetError(PortraitStudioError):
    """A training or evaluation data set is missing, incomplete or not in the expected layout."""


class Cancelled(Exception):
    """Raised by a progress report when the job was cancelled; never shown as an error."""
