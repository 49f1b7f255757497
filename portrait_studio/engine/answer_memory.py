"""What networks said lately, so that the same is not asked twice."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class AnswerMemory(Generic[Answer]):
    """The answers asked for last, each by a key that stands for all that it depends on."""

    def __init__(self, most: int) -> None:
        """Start without any.

        Args:
            most: how many are kept.
        """
        self._most = most
        self._known: OrderedDict[bytes, Answer] = OrderedDict()

    def recall(self, key: bytes) -> Answer | None:
        """The answer, if it is still there; not to be written to."""
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def keep(self, key: bytes, answer: Answer) -> None:
        """Remember an answer in the place of the oldest one."""
        self._known[key] = answer
        while len(self._known) > self._most:
            self._known.popitem(last=False)
