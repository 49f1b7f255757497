"""Shoes from another photo of the same person, in whatever pose or place: each one as one rigid piece.

As with the mate in sight (`engine.mates`), the parser's guess says where a hidden shoe is and how large, and
the piece has the shape; the joints of both photos say how large the person is in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.intent import PREDICT
from portrait_studio.engine.mates.feet import LEGS, SHOES, Feet, box_of, hidden_feet
from portrait_studio.engine.mates.piece import ShoePiece, cut_piece
from portrait_studio.engine.mates.places import MOST_CUT, find_places
from portrait_studio.engine.mates.shoe_copy import Lent, ShoeCopy
from portrait_studio.engine.parsed_window import ParsedWindow, average
from portrait_studio.engine.references.body_scale import body_scale
from portrait_studio.engine.references.views import View
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, read_window, resample, resize_mask, to_depth, to_float
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.imaging.masks import Mask
from portrait_studio.networks.conventions import FACE, LABELS

_AROUND: Final = 1.6
"""How far around a shoe of the reference its leg is looked at, in its long sides."""
_LEAST_AREA_PX: Final = 30
"""Of a shoe in the parser's view of the reference."""
_LEAST_LIKELY: Final = 0.6
_SPREAD_PX: Final = 3.0
"""Standard deviation within which a closer look may move a shoe's outline, in its pixels."""
_NEAR_ENOUGH: Final = 0.1
_LEAST_APART: Final = 0.3
"""Distance of two shoes, in lengths of one, from which on they stand beside each other."""
_FEET_AROUND: Final = 0.8
"""How far around all shoes of a reference the parser looks closer, in their long sides."""
_MOST_OF_PICTURE: Final = 0.5
"""Share of a reference from which on a closer look shows no more."""
_LEAST_SIZE, _MOST_SIZE = 0.1, 2.5
"""Area of a shoe relative to what seems to be hidden; the parser draws hidden shoes large."""
_SKIN: Final = (FACE, *LEGS, *(LABELS.index(name) for name in ("left-arm", "right-arm")))
_GARMENTS: Final = tuple(LABELS.index(name) for name in ("upper-clothes", "skirt", "pants", "dress"))
_COMPARED: Final = ((FACE,), LEGS, _SKIN, *((garment,) for garment in _GARMENTS))
"""Parts whose colours say how the light of the two photos differs."""
_LEAST_COMPARED: Final = 0.002
"""Of a photo: parts that are smaller say nothing."""
_LEAST_GAIN, _MOST_GAIN = 0.6, 1.6


@dataclass(frozen=True, eq=False)
class LentShoes:
    """One or two shoes of another photo, laid into a hole."""

    copies: tuple[ShoeCopy, ...]

    @property
    def shows_face(self) -> bool:
        """Never."""
        return False

    def laid_over(self, fill: Floats, image: Pixels, region: Bounds, hole: NDArray[np.bool_]) -> Floats:
        """See `Overlay.laid_over`."""
        for copy in self.copies:
            fill = copy.laid_over(fill, image, region, hole)
        return fill

    def labels_in(self, hole: Bounds, mask: Mask, parsed: ParsedWindow) -> NDArray[np.uint8]:
        """See `Overlay.labels_in`; what one shoe leaves as ground may be the other one."""
        first, *others = (copy.labels_in(hole, mask, parsed) for copy in self.copies)
        for labels in others:
            is_shown = (labels != PREDICT) & (labels > 0)
            # Above its own ankle a copy leaves alone what the other one takes for the rest of a foot.
            first = np.where(is_shown, labels, np.where(first == PREDICT, labels, first))
        return np.asarray(first, np.uint8)


def loan_of_shoes(
    image: Pixels, mask: Mask, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow, view: View
) -> LentShoes | None:
    """The shoes that a hole hides, from a reference that shows them.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16.
        mask: (H, W) uint8, nonzero = hole.
        hole: rectangle around the hole, in photo pixels.
        whole: what the parser says about the whole photo.
        closer: what it says about the surroundings of the hole.
        view: the reference as it is.

    Returns:
        None where no shoe is hidden, the reference shows none as a whole, how large the person is cannot be
        told, or no place is believed.
    """
    feet = hidden_feet(mask, hole, whole, closer)
    seen = _seen_closer(view) if feet else None
    scale = body_scale(view.parsed, whole)
    if seen is None or scale is None:
        return None
    shoes = _shoes_of(view.parsed, seen)
    if len(feet) == 1 and len(shoes) == 2 and not _has_other_shoe(mask, whole):
        # Two feet so close together that the parser guesses one patch of shoe.
        shoes = [_Shoe(shoes[0].mask | shoes[1].mask, None)]
    lit = _in_light_of(image, mask, whole, view)
    copies = [copy for foot in feet if (copy := _best_copy(foot, shoes, seen, scale, lit)) is not None]
    if not shoes or len(copies) < len(feet) or _share_a_place(copies):
        return None
    return LentShoes(tuple(copies))


@dataclass(frozen=True, eq=False)
class _Shoe:
    """A whole shoe of a reference, or both.

    Attributes:
        mask: (h, w) bool over the parser's view.
        is_left: whether it is the left one; None = both.
    """

    mask: NDArray[np.bool_]
    is_left: bool | None


def _seen_closer(view: View) -> ParsedWindow | None:
    """What the parser says about the feet of a reference; None where it sees no shoes."""
    whole = view.parsed
    shoes = np.isin(whole.labels, SHOES)
    if not shoes.any():
        return None
    bounds = whole.window.bounds
    near = _in_picture(box_of(shoes), whole)
    near = near.grown(round(_FEET_AROUND * max(near.width, near.height))).intersected(bounds)
    if near.width * near.height > _MOST_OF_PICTURE * bounds.width * bounds.height:
        return whole
    look = view.parse(cast(Pixels, np.ascontiguousarray(view.image[near.slices])))
    window = Window(near, look.window.size)
    return average([replace(look, window=window), whole.seen_through(window)])


def _in_picture(box: Bounds, parsed: ParsedWindow) -> Bounds:
    """A rectangle of the parser's view in pixels of the picture."""
    bounds = parsed.window.bounds
    step = bounds.width / parsed.window.size.width
    corners = [round(side * step) for side in (box.left, box.top, box.right, box.bottom)]
    return Bounds(*corners).shifted(bounds.left, bounds.top)


def _has_other_shoe(mask: Mask, whole: ParsedWindow) -> bool:
    """Whether a shoe is in sight anywhere in the photo."""
    hidden = resize_mask(mask[whole.window.bounds.slices], whole.window.size)
    return int(np.count_nonzero(np.isin(whole.labels, SHOES) & ~hidden)) >= _LEAST_AREA_PX


def _shoes_of(whole: ParsedWindow, seen: ParsedWindow) -> list[_Shoe]:
    """The whole shoes that the parser sees in a picture, with the outlines that they have from close by.

    From close by it may take the left one for the right one, so which is which comes from the whole picture.
    """
    found = [(label, shoe) for label in SHOES if (shoe := _largest(whole.labels == label)) is not None]
    near = [
        cv2.GaussianBlur(
            resample(shoe, whole.window.bounds, seen.window.bounds, seen.window.size), (0, 0), _SPREAD_PX
        )
        for _, shoe in found
    ]
    likely = seen.probabilities[..., list(SHOES)].sum(2)
    shoes = []
    for number, (label, shoe) in enumerate(found):
        own = near[number]
        others = sum(near[:number] + near[number + 1 :], np.zeros_like(own))
        mask = np.isin(seen.labels, SHOES) & (own > _NEAR_ENOUGH) & (own >= others)
        if _is_whole(mask, ends_below=bool(shoe[-1].any())) and float(likely[mask].mean()) >= _LEAST_LIKELY:
            shoes.append(_Shoe(np.asarray(mask), label == SHOES[0]))
    return shoes


def _largest(mask: NDArray[np.bool_]) -> Floats | None:
    """(h, w) float32, 1 where its largest part is; None where that is a blot."""
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if len(stats) < 2 or int(stats[1:, cv2.CC_STAT_AREA].max()) < _LEAST_AREA_PX:
        return None
    number = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    return np.asarray(numbers == number, np.float32)


def _is_whole(mask: NDArray[np.bool_], *, ends_below: bool) -> bool:
    """Whether there is a shoe, and the picture does not cut it.

    Args:
        mask: (h, w) bool, from close by.
        ends_below: whether it reaches the lower edge in the view of the whole picture, too.
    """
    is_cut = bool(mask[:, 0].any()) or bool(mask[:, -1].any()) or (ends_below and bool(mask[-1].any()))
    return int(np.count_nonzero(mask)) >= _LEAST_AREA_PX and not is_cut


def _share_a_place(copies: Sequence[ShoeCopy]) -> bool:
    """Whether two shoes would stand in one another."""
    middles = []
    for copy in copies:
        box = copy.piece.shoe
        corner = np.array([[(box.left + box.right) / 2, (box.top + box.bottom) / 2]])
        middles.append(copy.in_photo(corner)[0])
    lengths = [copy.piece.length / copy.window.scale for copy in copies]
    return len(copies) > 1 and float(np.hypot(*(middles[0] - middles[1]))) < _LEAST_APART * min(lengths)


def _best_copy(
    feet: Feet, shoes: Sequence[_Shoe], seen: ParsedWindow, scale: float, lit: Pixels
) -> ShoeCopy | None:
    """The likeliest of the reference's shoes at its likeliest place; None where none is believed."""
    left, right = (float((feet.hidden * (feet.probabilities[..., shoe])).sum()) for shoe in SHOES)
    amount = float(feet.hidden.sum())
    best: ShoeCopy | None = None
    for shoe in shoes:
        window, piece = _cut_out(seen, shoe, shoes, scale * feet.window.scale)
        if not _LEAST_SIZE * amount <= piece.area <= _MOST_SIZE * amount:
            continue
        is_same = shoe.is_left is None or shoe.is_left == (left >= right)
        places = find_places(feet, piece, is_same_side=is_same)
        place = next((one for one in places if one.score > 0 and one.cut <= MOST_CUT), None)
        if place is not None and (best is None or place.score > best.place.score):
            best = ShoeCopy(feet.window, piece, place, 1.0, Lent(lit, window))
    return best


def _cut_out(
    seen: ParsedWindow, shoe: _Shoe, shoes: Sequence[_Shoe], scale: float
) -> tuple[Window, ShoePiece]:
    """A shoe of a reference with its leg, at so many pixels for each of the reference's."""
    bounds = seen.window.bounds
    own = _in_picture(box_of(shoe.mask), seen)
    own = own.grown(round(_AROUND * max(own.width, own.height))).intersected(bounds)
    window = Window(own, Extent(max(8, round(own.width * scale)), max(8, round(own.height * scale))))
    others = [one.mask for one in shoes if one is not shoe]
    mate, other = (
        resample(part.astype(np.float32), bounds, own, window.size) > 0.5
        for part in (shoe.mask, others[0] if others else np.zeros_like(shoe.mask))
    )
    probabilities = seen.seen_through(window).probabilities
    return window, cut_piece(Feet(window, probabilities, other, np.zeros_like(mate), mate))


def _in_light_of(image: Pixels, mask: Mask, whole: ParsedWindow, view: View) -> Pixels:
    """The reference in the photo's dtype, with the brightness and tint that the same parts have there."""
    ours = _part_colours(image, mask, whole)
    theirs = _part_colours(view.image, np.zeros(view.image.shape[:2], np.uint8), view.parsed)
    ratios = [ours[part] / np.maximum(theirs[part], 0.02) for part in ours.keys() & theirs.keys()]
    gain = np.clip(np.median(ratios, axis=0), _LEAST_GAIN, _MOST_GAIN) if ratios else np.ones(3)
    return to_depth(np.clip(to_float(view.image) * gain.astype(np.float32), 0.0, 1.0), image)


def _part_colours(image: Pixels, mask: Mask, parsed: ParsedWindow) -> dict[int, NDArray[np.float64]]:
    """Median colours (3,) of the parts that both photos may show, by their number among `_COMPARED`."""
    seen = read_window(image, mask, parsed.window)
    hidden = resize_mask(mask[parsed.window.bounds.slices], parsed.window.size)
    labels = np.where(hidden, 0, parsed.labels)
    found = {}
    for number, part in enumerate(_COMPARED):
        where = np.isin(labels, part)
        if np.count_nonzero(where) >= _LEAST_COMPARED * labels.size:
            found[number] = np.median(seen.colours[where].astype(np.float64), axis=0)
    return found
