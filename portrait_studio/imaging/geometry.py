"""Integer value types for image geometry: coordinates are (x, y), origin top left, half-open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Extent:
    """Size of an image in pixels."""

    width: int
    height: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.width * self.height

    def shrunk_to(self, longest_px: int | None) -> Extent:
        """The size scaled down to a longer side of at most so many pixels; None = as it is."""
        longest = max(self.width, self.height)
        if longest_px is None or longest <= longest_px:
            return self
        return Extent(*(max(1, round(side * longest_px / longest)) for side in (self.width, self.height)))


@dataclass(frozen=True)
class Bounds:
    """Half-open rectangle [left, right) x [top, bottom) in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Columns covered; 0 when empty."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Rows covered; 0 when empty."""
        return max(0, self.bottom - self.top)

    @property
    def extent(self) -> Extent:
        """Size of the rectangle."""
        return Extent(self.width, self.height)

    @property
    def is_empty(self) -> bool:
        """Whether no pixel lies inside."""
        return self.width == 0 or self.height == 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index for an array [y, x]: ``array[bounds.slices]``."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @classmethod
    def of(cls, extent: Extent) -> Bounds:
        """The whole image of that size."""
        return cls(0, 0, extent.width, extent.height)

    def grown(self, pixels: int) -> Bounds:
        """Moved outwards on all four sides (inwards when negative)."""
        return Bounds(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    def shifted(self, dx: int, dy: int) -> Bounds:
        """Moved by (dx, dy)."""
        return Bounds(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def intersected(self, other: Bounds) -> Bounds:
        """Common part; empty when the two do not overlap."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right = max(left, min(self.right, other.right))
        bottom = max(top, min(self.bottom, other.bottom))
        return Bounds(left, top, right, bottom)

    def united(self, other: Bounds) -> Bounds:
        """Smallest rectangle around both; an empty one counts for nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Bounds(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True)
class Margins:
    """Pixels added to (positive) or cut from (negative) each side of the canvas."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0

    @property
    def extends(self) -> bool:
        """Whether anything is added."""
        return max(self.left, self.top, self.right, self.bottom) > 0

    @property
    def added(self) -> Margins:
        """The same without what is cut."""
        return Margins(*(max(0, side) for side in (self.left, self.top, self.right, self.bottom)))

    def scaled(self, scale: float) -> Margins:
        """The same on a picture of another size, in whole pixels; what is added stays at least one pixel."""

        def side(pixels: int) -> int:
            return max(1, round(pixels * scale)) if pixels > 0 else round(pixels * scale)

        return Margins(side(self.left), side(self.top), side(self.right), side(self.bottom))
