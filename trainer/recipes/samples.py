"""Settings of what happens to a photo before a network sees it: window, colours, hole, prompt."""

from __future__ import annotations

from dataclasses import dataclass, field

from portrait_studio.errors import OptionError

BAND_SIDES = ("any", "bottom", "top")
_KINDS = ("rectangle", "strokes", "silhouette", "edge_band", "none", "pattern", "noise")


@dataclass(frozen=True)
class AugmentConfig:
    """How far training strays from the photo as it is.

    Attributes:
        smallest: shortest side of the window, as a share of the photo's short side.
        largest: longest side of the window, as a share of the photo's long side.
        squash: how often the window is (nearly) the whole photo whatever its shape, squashed to a square.
        stretch: largest change of aspect of all other windows, as the natural logarithm of the ratio.
        lean: how often the window of all others leans towards the photo's own shape, squashed.
        on_body: how often the window is placed over the body.
        flip: how often the photo is mirrored.
        colour: strength of the colour jitter; 0 = none, 1 = up to 20 % in brightness, contrast, saturation.
        turn: largest angle, in degrees, by which windows that are not nearly the whole photo are turned.
        grey: how often the colours are taken away.
        close: how often the window shows the head from close by, where the pose knows it.
    """

    smallest: float = 0.55
    largest: float = 1.15
    squash: float = 0.25
    stretch: float = 0.2
    lean: float = 1 / 3
    on_body: float = 0.9
    flip: float = 0.5
    colour: float = 0.5
    turn: float = 0.0
    grey: float = 0.0
    close: float = 0.0

    def __post_init__(self) -> None:
        """Refuse windows of no size, shares beyond [0, 1], and angles at which nobody stands any more."""
        if not 0 < self.smallest <= self.largest:
            raise OptionError("augment: `smallest` must be above 0 and at most `largest`.")
        names = ("squash", "lean", "on_body", "flip", "colour", "grey", "close")
        if not all(0 <= getattr(self, name) <= 1 for name in names):
            listed = ", ".join(f"`{name}`" for name in names[:-1])
            raise OptionError(f"augment: {listed} and `{names[-1]}` must lie between 0 and 1.")
        if not 0 <= self.turn <= 45:
            raise OptionError("augment: `turn` must lie between 0 and 45 degrees.")


@dataclass(frozen=True)
class FaceJitter:
    """How far windows of faces stray from their alignment.

    Attributes:
        scale: standard deviation of the natural logarithm of their scale.
        turn: of their angle, in degrees.
        shift: of their place, in pixels of the window.
        loose: share of windows that are aligned only roughly, as a first look at a photo is.
        loose_factor: how many times as far those stray.
        windows: from how many well aligned windows the linear faces are made that the network starts from.
    """

    scale: float = 0.08
    turn: float = 6.0
    shift: float = 4.0
    loose: float = 0.2
    loose_factor: float = 3.0
    windows: int = 4096

    def __post_init__(self) -> None:
        """Refuse figures below zero, and shares beyond 1."""
        if min(self.scale, self.turn, self.shift, self.loose, self.loose_factor) < 0 or self.loose > 1:
            raise OptionError("face: no figure may be negative, and `loose` must be at most 1.")
        if self.windows < 2:
            raise OptionError("face: `windows` must be at least 2.")


@dataclass(frozen=True)
class HoleMix:
    """Relative frequency of each kind of hole; they need not add up to one.

    Attributes:
        rectangle: frequency of rectangles; the same for the next six.
        rectangle_sides: shortest and longest side of rectangles, in pixels of a window of 256.
        anywhere: holes lie anywhere, instead of over the body.
        band_side: where edge bands lie: "bottom", "top", or "any".
        band_share: their share of the height, 0 = drawn.
    """

    rectangle: float = 0.35
    strokes: float = 0.25
    silhouette: float = 0.2
    edge_band: float = 0.1
    none: float = 0.1
    pattern: float = 0.0
    noise: float = 0.0
    rectangle_sides: tuple[int, int] = (64, 128)
    anywhere: bool = False
    band_side: str = "any"
    band_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse negative frequencies, all zeros, and bands that lie nowhere."""
        if self.band_side not in BAND_SIDES or not 0 <= self.band_share < 1:
            raise OptionError(
                f"holes: `band_side` must be one of {', '.join(BAND_SIDES)}, and `band_share` below 1."
            )
        sides = self.rectangle_sides
        if len(sides) != 2 or not 1 <= sides[0] <= sides[1]:
            raise OptionError(
                "holes: `rectangle_sides` must name a shortest and a longest side, such as [64, 128]."
            )
        shares = [getattr(self, kind) for kind in _KINDS]
        if min(shares) < 0 or sum(shares) <= 0:
            raise OptionError(
                "The frequencies of the hole kinds must not be negative, and one must be above zero."
            )


@dataclass(frozen=True)
class PromptConfig:
    """What is cut out, and how the user says so.

    Attributes:
        own: frequency of parts of photos in their own place; the same for the next two.
        pasted: frequency of parts that are pasted into other photos.
        drawn: frequency of shapes, strokes and letters.
        clicks: how often there are clicks instead of a loose mask.
        corrected: how often there are clicks beside the loose mask.
    """

    own: float = 0.5
    pasted: float = 0.33
    drawn: float = 0.17
    clicks: float = 0.2
    corrected: float = 0.1

    def __post_init__(self) -> None:
        """Refuse frequencies that choose nothing."""
        shares = (self.own, self.pasted, self.drawn)
        if min(shares) < 0 or sum(shares) <= 0:
            raise OptionError(
                "prompts: `own`, `pasted` and `drawn` must not be negative, and one above zero."
            )
        if min(self.clicks, self.corrected) < 0 or self.clicks + self.corrected > 1:
            raise OptionError(
                "prompts: `clicks` and `corrected` must not be negative, and at most 1 together."
            )


@dataclass(frozen=True)
class DamageMix:
    """What damage is drawn over windows (finder of damage).

    Attributes:
        kinds: frequency of each kind by its name in `trainer.data.damage.KINDS`; they need not add up to one.
        sound: share of windows without any damage.
        most: how many damages a window gets at most.
    """

    kinds: dict[str, float] = field(
        default_factory=lambda: {
            "scratches": 1.5,
            "fold": 1.2,
            "stain": 1.3,
            "blots": 0.8,
            "date": 0.6,
            "scribble": 0.8,
            "hole": 0.4,
        }
    )
    sound: float = 0.2
    most: int = 3

    def __post_init__(self) -> None:
        """Refuse frequencies that choose nothing."""
        if min(self.kinds.values(), default=0.0) < 0 or sum(self.kinds.values()) <= 0:
            raise OptionError("damage: no frequency of `kinds` may be negative, and one must be above zero.")
        if not 0 <= self.sound < 1 or self.most < 1:
            raise OptionError("damage: `sound` must lie between 0 and 1, and `most` be at least 1.")
