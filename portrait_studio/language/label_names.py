"""What labels, joints and sides are called, as messages."""

from __future__ import annotations

from typing import Final

from portrait_studio.messages import Message
from portrait_studio.networks.conventions import KEYPOINTS, LABELS

SIDES: Final = {name: Message(name) for name in ("left", "top", "right", "bottom")}
"""The sides of a picture, in a sentence."""


def label_name(label: int) -> Message:
    """The name of one of the 18 labels."""
    return Message(LABELS[label])


def joint_name(joint: int) -> Message:
    """The name of one of the 16 joints."""
    return Message(KEYPOINTS[joint].replace("-", " "))
