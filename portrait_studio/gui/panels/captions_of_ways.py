"""What candidates are called, and what that means."""

from __future__ import annotations

from typing import Final

from portrait_studio.engine.ways import Kind, Way
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

EXPLANATIONS: Final = {
    Kind.BOTH: Message(
        "The network says what is there, the photo's own patches say how it looks; best on average"
    ),
    Kind.LEFT: Message("The same with patches from the left of the hole, where they suffice"),
    Kind.RIGHT: Message("The same with patches from the right of the hole, where they suffice"),
    Kind.PATCHES: Message("Only patches of the photo itself: sharp, but they know no shapes"),
    Kind.NO_REFERENCE: Message("Nothing is borrowed from other photos"),
    Kind.NO_MATE: Message("The shoe is not copied from the other one"),
    Kind.SURFACE: Message("What the photo shows there stays, only its surface is made anew"),
    Kind.BACKGROUND: Message("Nobody is behind the hole, only the background"),
    Kind.BODY: Message("The body goes on behind the hole"),
    Kind.NETWORK: Message("Only what the network paints: soft, but all of one piece"),
    Kind.GENERAL: Message("By a network that knows nothing of people; so far worse than the best method"),
    Kind.SEARCH: Message("Found among the faces of a small network: blurred, and worse than the best method"),
    Kind.STRUCTURE: Message("Another body or garment than the likeliest one, drawn from what is in doubt"),
}
"""What sets a candidate of each kind apart."""


def caption_of(way: Way) -> str:
    """A few words; drawn structures and found faces have their number, what is best on average a star."""
    name = tr(way.kind.value)
    if way.kind is Kind.BOTH:
        return f"★ {name}"
    if way.kind is Kind.SEARCH:
        return tr("{name} {number}", name=name, number=way.options.seed + 1)
    if way.kind is not Kind.STRUCTURE:
        return name
    return tr("{name} {number}", name=name, number=way.options.seed)
