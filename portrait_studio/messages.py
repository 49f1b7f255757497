"""Texts that whoever shows them can say in another language; the layers below know only English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce


class Message(str):
    """An English text that remembers of what it was made: a constant template and the values in it.

    It is a `str` for everyone who does not care. The command line prints it; the window translates the
    template and fills the values in again. Values that are messages are translated too.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Message:
        """Make it.

        Args:
            template: a literal with fields as in `str.format`.
            values: their values. Without any, braces are braces.
        """
        message = super().__new__(cls, template.format(**values) if values else template)
        message.template, message.values = template, values
        return message


def joined(sentences: Sequence[str]) -> Message:
    """Several sentences one behind the other."""
    return reduce(
        lambda first, rest: Message("{first} {rest}", first=first, rest=rest),
        sentences[1:],
        _as_message(sentences),
    )


def _as_message(sentences: Sequence[str]) -> Message:
    first = sentences[0] if sentences else ""
    return first if isinstance(first, Message) else Message(first)
