"""A picture file whose header was read, on its way to a photo."""

from __future__ import annotations

from abc import ABC, abstractmethod

from portrait_studio.imaging.decoding import Decoded
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.photo import Metadata
from portrait_studio.messages import Message


class Picture(ABC):
    """One picture, of which no pixel is decoded yet.

    Attributes:
        width: in pixels, as it lies in the file.
        height: in pixels, as it lies in the file.
        channels: 3, or 4 with opacity; more where the file has more.
        bits: per channel, 8 or more.
        orientation: 1..8, how the pixels lie in the file (EXIF 2.3, tag 0x0112).
        notices: sentences about what the file holds that is left out, or is damaged.
    """

    width: int
    height: int
    channels: int = 3
    bits: int = 8
    orientation: int = 1
    notices: tuple[Message, ...] = ()

    @property
    def extent(self) -> Extent:
        """Size in pixels, upright."""
        across, down = (self.width, self.height) if self.orientation < 5 else (self.height, self.width)
        return Extent(across, down)

    @abstractmethod
    def decode(self) -> Decoded:
        """Decode the pixels, as they lie in the file.

        Raises:
            ImageFileError: they are stored in a way of which RGB cannot be made faithfully.
            Exception: of nearly any type, when the picture is damaged.
        """

    @abstractmethod
    def metadata(self) -> Metadata:
        """What the file says beside its pixels; called after `decode`."""
