"""Which holes of a fill borrow from which reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portrait_studio.engine.mates.copied_shoes import chosen_copy
from portrait_studio.engine.overlays import Overlay
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.references.registration import find_features, register
from portrait_studio.engine.references.scene import Laid, lay_over, loan_of_scene
from portrait_studio.engine.references.views import ParseWhole, both_views
from portrait_studio.engine.request import Borrowed, CompletionRequest, CompletionResult, Method, Part
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.messages import Message

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
    if not request.references:
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

    def __init__(self, request: CompletionRequest, parse: ParseWhole) -> None:
        """Look at nothing yet.

        Args:
            request: photo, mask and references.
            parse: asks the parser about a whole picture.
        """
        self._request, self._parse = request, parse
        self._laid: list[Laid] | None = None

    def lend(self, holes: Mapping[int, Bounds], closer: ParsedWindow) -> dict[int, Borrowing]:
        """What holes that share a window borrow, by their number; nothing for those that nothing fits.

        Args:
            holes: rectangle around each hole, in photo pixels, by its number.
            closer: what the parser says about the window that they share.
        """
        request = self._request
        if not request.references or request.options.method is not Method.DEFAULT:
            return {}
        found = {number: self._for_hole(hole, closer) for number, hole in holes.items()}
        return {number: one for number, one in found.items() if one is not None}

    def _for_hole(self, hole: Bounds, closer: ParsedWindow) -> Borrowing | None:
        return chosen_copy(self._of_scene(hole, closer), self._request.options.seed)

    def _of_scene(self, hole: Bounds, closer: ParsedWindow) -> Sequence[Borrowing]:
        """Loans of those references that show the same place, the largest first."""
        image, mask = self._request.image, self._request.mask
        found: list[tuple[float, Borrowing]] = []
        for laid in self._laid_over():
            loan = loan_of_scene(image, mask, hole, closer, laid)
            if loan is not None:
                borrowed = Borrowed(laid.view.number, Part.SCENE)
                found.append((min(_MUCH, loan.covered(hole, mask)), Borrowing((loan,), (borrowed,))))
        return [one for _, one in sorted(found, key=lambda pair: -pair[0])]

    def _laid_over(self) -> list[Laid]:
        """The references that show the same place, each laid over the photo."""
        if self._laid is None:
            image, mask = self._request.image, self._request.mask
            features = find_features(image, mask)
            self._laid = []
            for number, reference in enumerate(self._request.references):
                views = both_views(number, reference.image, self._parse)
                found = [(view, register(features, find_features(view.image))) for view in views]
                best = max(found, key=lambda pair: 0 if pair[1] is None else len(pair[1].points))
                if best[1] is not None:
                    self._laid.append(lay_over(image, mask, best[0], best[1]))
        return self._laid
