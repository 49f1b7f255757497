"""Damage drawn over photos, with where it is: what the finder of damage learns from and is measured on.

It is ours: no photo here was scratched or folded by time. Whatever is drawn, the picture is aged afterwards
as a whole (softened, grained, compressed), with damage or without, so that no trace of drawing gives it away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.damage_shapes import (
    Cover,
    Shape,
    blots,
    date,
    fold,
    hole,
    scratches,
    scribble,
    smooth_noise,
    stain,
)

Picture = NDArray[np.float32]

SOUND, DAMAGED, UNDECIDED = 0, 1, 255
"""Codes of the truth: undecided pixels hardly show the damage, or only its soft rim."""

_COVERED: Final = 0.3
"""Share of a pixel that damage must cover to count."""

_VISIBLE: Final = 12.0
"""Grey levels by which damage must change a pixel of the scan to count: what is not seen is not asked for."""

_SHARP: Final = 0.3
"""Sigma, in pixels, up to which softening is left out."""

_SEPIA: Final = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))


@dataclass(frozen=True, eq=False)
class Damaged:
    """A photo with damage.

    Attributes:
        image: (h, w, 3) uint8 RGB.
        truth: (h, w) uint8: `SOUND`, `DAMAGED` or `UNDECIDED`.
        kinds: what was drawn.
    """

    image: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    kinds: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Layer:
    """One damage on its way into the picture.

    Attributes:
        picture: (h, w, 3) in [0, 255], with the damage.
        cover: (h, w) in [0, 1], how much of each pixel it covers.
    """

    picture: Picture
    cover: Cover


_Draw = Callable[[Picture, float, np.random.Generator], _Layer]


def damaged(
    image: NDArray[np.uint8], unit: float, kinds: tuple[str, ...], rng: np.random.Generator
) -> Damaged:
    """Draw damage over a photo, or a window of it, and age it.

    Args:
        image: (h, w, 3) uint8 RGB.
        unit: shorter side of the whole photo in pixels, by which sizes go.
        kinds: of `KINDS`, in the order in which they are laid over each other; none = the photo is only aged.
        rng: source of all chance.
    """
    picture, softness = _faded(np.asarray(image, np.float32), rng), float(rng.uniform(0, 0.9))
    truth = np.full(image.shape[:2], SOUND, np.uint8)
    for kind in kinds:
        before = picture
        layer = KINDS[kind](picture, unit, rng)
        picture = layer.picture
        _mark(truth, layer.cover, _softened(_largest(np.abs(picture - before)), softness))
    return Damaged(_scanned(_softened(picture, softness), rng), truth, kinds)


def _mark(truth: NDArray[np.uint8], cover: Cover, change: Cover) -> None:
    """Note in the truth where one more damage is."""
    seen = change >= _VISIBLE
    touched = (cover > 0.02) | (change >= _VISIBLE / 2)
    truth[touched & (truth == SOUND)] = UNDECIDED
    truth[(cover >= _COVERED) & seen] = DAMAGED


def _faded(picture: Picture, rng: np.random.Generator) -> Picture:
    """Old prints: three in ten grey or brown, and some with little contrast."""
    kind = rng.random()
    if kind < 0.3:
        grey = picture @ np.array([0.299, 0.587, 0.114], np.float32)
        picture = np.repeat(grey[..., None], 3, axis=2)
        if kind < 0.15:
            picture = picture @ np.array(_SEPIA, np.float32).T
    if rng.random() < 0.2:
        low, high = float(rng.uniform(0, 50)), float(rng.uniform(200, 255))
        picture = low + picture * np.float32((high - low) / 255)
    return np.asarray(picture.clip(0, 255), np.float32)


def _scanned(picture: Picture, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Grained and compressed."""
    strength = float(rng.uniform(0, 5))
    grain = rng.standard_normal(picture.shape[:2], np.float32)[..., None] * np.float32(strength)
    if rng.random() < 0.5:
        grain = grain + rng.standard_normal(picture.shape, np.float32) * np.float32(0.4 * strength)
    levels = np.rint(picture + grain).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        quality = int(rng.integers(55, 98))
        _, data = cv2.imencode(".jpg", levels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        again = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
        levels = np.ascontiguousarray(again[..., ::-1])
    return levels


def _softened(values: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """What a lens makes of (h, w) or (h, w, 3)."""
    return values if sigma <= _SHARP else np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _largest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Largest of the three channels; numpy's own reduction over so short an axis takes ten times as long."""
    return np.asarray(np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2]))


def _laid(picture: Picture, cover: Cover, colour: NDArray[np.floating]) -> Picture:
    """A colour, (3,) or (h, w, 3), laid over a picture."""
    return picture + cover[..., None] * (colour.astype(np.float32) - picture)


def _draw_scratches(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    cover = scratches(_shape(picture), unit, rng)
    draw = rng.random()
    if draw < 0.72:
        colour = float(rng.uniform(190, 255)) + rng.normal(0, 8, 3)
    elif draw < 0.92:
        colour = float(rng.uniform(0, 60)) + rng.normal(0, 8, 3)
    else:
        colour = rng.uniform(0, 255, 3)
    return _Layer(_laid(picture, cover * float(rng.uniform(0.6, 1)), colour), cover)


def _draw_fold(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    crease, shade = fold(_shape(picture), unit, rng)
    lit = picture + shade[..., None] * float(rng.uniform(4, 28))
    paper = float(rng.uniform(185, 250)) + rng.normal(0, 8, 3)
    if rng.random() < 0.2:
        paper = float(rng.uniform(20, 90)) + rng.normal(0, 8, 3)
    return _Layer(_laid(lit, crease * float(rng.uniform(0.65, 1)), paper), crease)


def _draw_stain(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    """Liquids darken and tint what they soaked; a few bleach it."""
    cover = stain(_shape(picture), unit, rng)
    strength = float(rng.uniform(0.45, 0.9))
    if rng.random() < 0.75:
        tint = np.array([0.62, 0.45, 0.24]) * rng.uniform(0.75, 1.25, 3) + float(rng.uniform(-0.05, 0.2))
        changed = np.asarray(picture * tint.clip(0.05, 0.95), np.float32)
    else:
        pale = np.array([235, 225, 200]) + rng.normal(0, 12, 3)
        changed = np.asarray(0.35 * picture + 0.65 * pale, np.float32)
    return _Layer(_laid(picture, cover * strength, changed), cover)


def _draw_blots(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    cover = blots(_shape(picture), unit, rng)
    draw = rng.random()
    level = float(rng.uniform(200, 255)) if draw < 0.4 else float(rng.uniform(0, 50))
    colour = rng.uniform(0, 255, 3) if draw > 0.7 else level + rng.normal(0, 8, 3)
    return _Layer(_laid(picture, cover * float(rng.uniform(0.75, 1)), colour), cover)


def _draw_date(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    figures, glow = date(_shape(picture), unit, rng)
    colour = np.array([255, float(rng.uniform(70, 200)), float(rng.uniform(0, 60))])
    if rng.random() < 0.2:
        colour = rng.uniform(150, 255, 3)
    lit = picture + glow[..., None] * colour.astype(np.float32) * float(rng.uniform(0, 0.3))
    picture = _laid(lit.clip(0, 255), figures * float(rng.uniform(0.7, 1)), colour)
    return _Layer(picture, figures)


def _draw_scribble(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    cover = scribble(_shape(picture), unit, rng)
    inks = ((20, 20, 25), (25, 40, 150), (190, 25, 30), (20, 110, 50), (240, 240, 235), (250, 220, 30))
    colour = np.array(inks[int(rng.integers(len(inks)))]) + rng.normal(0, 15, 3)
    if rng.random() < 0.25:
        colour = rng.uniform(0, 255, 3)
    uneven = 1 - 0.25 * smooth_noise(_shape(picture), 6, rng)
    share = np.asarray(cover * uneven * float(rng.uniform(0.75, 1)), np.float32)
    return _Layer(_laid(picture, share, colour), cover)


def _draw_hole(picture: Picture, unit: float, rng: np.random.Generator) -> _Layer:
    cover = hole(_shape(picture), unit, rng)
    colour = np.full(3, 255.0) if rng.random() < 0.7 else np.full(3, float(rng.uniform(0, 255)))
    return _Layer(_laid(picture, cover, colour), cover)


def _shape(picture: Picture) -> Shape:
    return int(picture.shape[0]), int(picture.shape[1])


KINDS: Final[dict[str, _Draw]] = {
    "scratches": _draw_scratches,
    "fold": _draw_fold,
    "stain": _draw_stain,
    "blots": _draw_blots,
    "date": _draw_date,
    "scribble": _draw_scribble,
    "hole": _draw_hole,
}
"""What is drawn, by the name that recipes and tables give it."""
