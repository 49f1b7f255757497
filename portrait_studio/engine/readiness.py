"""What an engine can do once its networks are read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Readiness:
    """What was found when the engine was made ready.

    Attributes:
        device: what jobs run on, for the user.
        finds_things: whether the network is there that finds the exact thing in a loose mask.
        finds_people: whether the network is there that finds people and things in the whole photo.
    """

    device: str
    finds_things: bool = True
    finds_people: bool = True
