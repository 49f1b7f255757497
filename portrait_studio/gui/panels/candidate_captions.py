"""What candidates are called, and what that means."""

from __future__ import annotations

from typing import Final

from portrait_studio.engine.fill_variants import CandidateKind, FillVariant
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

EXPLANATIONS: Final = {
    CandidateKind.BOTH: Message(
        "The network says what is there, the photo's own patches say how it looks; best on average"
    ),
    CandidateKind.LEFT: Message("The same with patches from the left of the hole, where they suffice"),
    CandidateKind.RIGHT: Message("The same with patches from the right of the hole, where they suffice"),
    CandidateKind.PATCHES: Message("Only patches of the photo itself: sharp, but they know no shapes"),
    CandidateKind.NO_REFERENCE: Message("Nothing is borrowed from other photos"),
    CandidateKind.NO_MATE: Message("The shoe is not copied from the other one"),
    CandidateKind.OTHER_SHOES: Message("Other shoes among those that the program knows"),
    CandidateKind.SURFACE: Message("What the photo shows there stays, only its surface is made anew"),
    CandidateKind.BACKGROUND: Message("Nobody is behind the hole, only the background"),
    CandidateKind.BODY: Message("The body goes on behind the hole"),
    CandidateKind.NETWORK: Message("Only what the network paints: soft, but all of one piece"),
    CandidateKind.GENERAL: Message(
        "By a network that knows nothing of people; so far worse than the best method"
    ),
    CandidateKind.SEARCH: Message(
        "Found among the faces of a small network: blurred, and worse than the best method"
    ),
    CandidateKind.STRUCTURE: Message(
        "Another body or garment than the likeliest one, drawn from what is in doubt"
    ),
}
"""What sets a candidate of each kind apart."""


def caption_of(variant: FillVariant) -> str:
    """A few words; drawn structures and found faces have their number, what is best on average a star."""
    name = tr(variant.kind.value)
    if variant.kind is CandidateKind.BOTH:
        return f"★ {name}"
    if variant.kind is CandidateKind.SEARCH:
        return tr("{name} {number}", name=name, number=variant.options.seed + 1)
    if variant.kind is not CandidateKind.STRUCTURE:
        return name
    return tr("{name} {number}", name=name, number=variant.options.seed)
