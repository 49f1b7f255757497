"""Other photos that the fills of a document may borrow from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from portrait_studio.document.checksum import pixels_sha256
from portrait_studio.errors import OptionError
from portrait_studio.imaging.photo import Photo

MOST_REFERENCES: Final = 24
MOST_REFERENCE_PIXELS: Final = 250_000_000
"""Of all of them together, which are kept in memory."""


@dataclass(frozen=True, eq=False)
class ReferencePhoto:
    """Another photo.

    Attributes:
        photo: as it was read.
        sha256: of what can be seen of its pixels; see `checksum.pixels_sha256`.
    """

    photo: Photo
    sha256: str

    @classmethod
    def of(cls, photo: Photo) -> ReferencePhoto:
        """A photo as it was read."""
        return cls(photo, pixels_sha256(photo.visible_pixels))

    @property
    def name(self) -> str:
        """Of its file, for the user to read."""
        return self.photo.path.name if self.photo.path is not None else "a pasted picture"


def joined_by(
    present: Iterable[ReferencePhoto], more: Iterable[ReferencePhoto]
) -> tuple[ReferencePhoto, ...]:
    """References with others behind them, each picture once.

    Raises:
        OptionError: these are too many, or too large together.
    """
    joined = tuple({one.sha256: one for one in (*present, *more)}.values())
    if len(joined) > MOST_REFERENCES or sum(one.photo.extent.area for one in joined) > MOST_REFERENCE_PIXELS:
        raise OptionError(
            "At most {count} other photos of {most} megapixels together can be kept at hand; take others away"
            " first.",
            count=MOST_REFERENCES,
            most=MOST_REFERENCE_PIXELS // 1_000_000,
        )
    return joined
