"""Which holes of a fill borrow from which reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portrait_studio.engine.mates.copied_shoes import chosen_copy
from portrait_studio.engine.overlays import Overlay
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.references.faces import AlignFace, loan_of_face
from portrait_studio.engine.references.registration import FeatureMatches, find_features, match, register
from portrait_studio.engine.references.scene import AlignedReference, lay_over, loan_of_scene
from portrait_studio.engine.references.shoes import loan_of_shoes
from portrait_studio.engine.references.views import ParseWhole, View, both_views
from portrait_studio.engine.request import (
    Borrowed,
    CompletionRequest,
    CompletionResult,
    Method,
    Part,
    Pixels,
)
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from portrait_studio.messages import Message

_NEAR: Final = (0.5, 1.2)
"""How far from a hole a part that has moved by itself is looked for, in the hole's long sides."""
_MUCH: Final = 0.98
"""Share of a hole that is as good as all of it."""


@dataclass(frozen=True, eq=False)
class Borrowing:
    """What one hole borrows.

    Attributes:
        overlays: to lay over its fill, in this order.
        borrowed: from which reference, and what.
    """

    overlays: tuple[Overlay, ...]
    borrowed: tuple[Borrowed, ...]


def notices_of_loans(request: CompletionRequest, result: CompletionResult) -> list[Message]:
    """What to tell the user of references that gave nothing."""
    if not request.references or not request.options.borrow:
        return []
    if request.options.method is not Method.DEFAULT:
        return [Message("Only the default method borrows from other photos.")]
    gave = {one.reference for region in result.regions for one in region.borrowed}
    return [
        Message("{name} shows nothing that fits here; the photo was filled without it.", name=reference.name)
        for number, reference in enumerate(request.references)
        if number not in gave
    ]


class Lender:
    """Looks at the references of one request; each is looked at once."""

    def __init__(self, request: CompletionRequest, parse: ParseWhole, align: AlignFace) -> None:
        """Look at nothing yet.

        Args:
            request: photo, mask and references.
            parse: asks the parser about a whole picture.
            align: finds the aligned window of a face.
        """
        self._request, self._parse, self._align = request, parse, align
        self._known: list[_LookedAt] | None = None

    def lend(
        self, holes: Mapping[int, Bounds], whole: ParsedWindow, closer: ParsedWindow
    ) -> dict[int, Borrowing]:
        """What holes that share a window borrow, by their number; nothing for those that nothing fits.

        Args:
            holes: rectangle around each hole, in photo pixels, by its number.
            whole: what the parser says about the whole photo.
            closer: what the parser says about the window that they share.
        """
        request = self._request
        options = request.options
        if not request.references or not options.borrow or options.method is not Method.DEFAULT:
            return {}
        found = {number: self._for_hole(hole, whole, closer) for number, hole in holes.items()}
        return {number: one for number, one in found.items() if one is not None}

    def _for_hole(self, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow) -> Borrowing | None:
        ways = (
            self._of_scene(hole, closer)
            or self._of_faces(hole, closer)
            or self._of_shoes(hole, whole, closer)
        )
        return chosen_copy(ways, self._request.options.seed)

    def _of_faces(self, hole: Bounds, closer: ParsedWindow) -> Sequence[Borrowing]:
        """Loans of those references that show the face turned alike, in their order."""
        image, mask = self._request.image, self._request.mask
        if self._request.extension.extends:
            return []
        found = []
        for looked in self._looked_at():
            loan = loan_of_face(image, mask, hole, closer, looked.views, self._align)
            if loan is not None:
                found.append(Borrowing((loan,), (Borrowed(looked.number, Part.FACE),)))
        return found

    def _of_shoes(self, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow) -> Sequence[Borrowing]:
        """Loans of those references that show the shoes that are hidden, in their order."""
        image, mask = self._request.image, self._request.mask
        found = []
        for looked in self._looked_at():
            loan = loan_of_shoes(image, mask, hole, whole, closer, looked.views[0])
            if loan is not None:
                found.append(Borrowing((loan,), (Borrowed(looked.number, Part.SHOES),)))
        return found

    def _of_scene(self, hole: Bounds, closer: ParsedWindow) -> Sequence[Borrowing]:
        """Loans of those references that show the same place, the largest first."""
        image, mask = self._request.image, self._request.mask
        near = [hole.grown(round(far * max(hole.width, hole.height))) for far in _NEAR]
        found: list[tuple[float, Borrowing]] = []
        for looked in self._looked_at():
            loans = (
                loan_of_scene(image, mask, hole, closer, laid)
                for laid in (looked.whole(image, mask), *(looked.part(image, mask, part) for part in near))
                if laid is not None
            )
            # What is near may have moved by itself: a head, a bag, a shirt.
            loan = max(filter(None, loans), key=lambda loan: loan.covered(hole, mask), default=None)
            if loan is not None:
                borrowed = Borrowed(looked.number, Part.SCENE)
                found.append((min(_MUCH, loan.covered(hole, mask)), Borrowing((loan,), (borrowed,))))
        return [one for _, one in sorted(found, key=lambda pair: -pair[0])]

    def _looked_at(self) -> list[_LookedAt]:
        """All references, each looked at once."""
        if self._known is None:
            features = find_features(self._request.image, self._request.mask)
            self._known = []
            for number, reference in enumerate(self._request.references):
                views = both_views(number, reference.image, self._parse)
                matched = [(view, match(features, find_features(view.image))) for view in views]
                self._known.append(_LookedAt(number, matched))
        return self._known


class _LookedAt:
    """One reference, as it is and mirrored, and what of it was found again in the photo."""

    def __init__(self, number: int, matched: Sequence[tuple[View, FeatureMatches]]) -> None:
        self.number, self._matched = number, matched
        self._whole: list[AlignedReference | None] = []

    def whole(self, image: Pixels, mask: Mask) -> AlignedReference | None:
        """As a whole over the photo; None where it shows something else."""
        if not self._whole:
            self._whole.append(self._laid(image, mask, self._matched))
        return self._whole[0]

    def part(self, image: Pixels, mask: Mask, near: Bounds) -> AlignedReference | None:
        """As a part of it lies over a part of the photo."""
        matched = [(view, matches.within(near)) for view, matches in self._matched]
        return self._laid(image, mask, matched, near)

    @property
    def views(self) -> tuple[View, ...]:
        """The reference as it is, and mirrored."""
        return tuple(view for view, _ in self._matched)

    @staticmethod
    def _laid(
        image: Pixels, mask: Mask, matched: Sequence[tuple[View, FeatureMatches]], part: Bounds | None = None
    ) -> AlignedReference | None:
        found = [(view, register(matches)) for view, matches in matched]
        view, best = max(found, key=lambda pair: 0 if pair[1] is None else len(pair[1].points))
        return None if best is None else lay_over(image, mask, view, best, part)
