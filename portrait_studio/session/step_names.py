"""What the steps of the history are called: English in documents and files, any language in the list."""

from __future__ import annotations

from typing import Final

from portrait_studio.language.label_names import joint_name, label_name
from portrait_studio.language.translation import tr
from portrait_studio.messages import Message

_PERSON: Final = Message("person {number}")
_ABOUT: Final = (
    Message("Paint {about}"),
    Message("Move {about}"),
    Message("Pick {about}"),
    Message("Leave {about}"),
)
"""Templates of names that say what a step is about, which comes last."""


def painted_label(label: int) -> Message:
    """A label was painted into the structure."""
    return Message("Paint {about}", about=label_name(label))


def moved_joint(joint: int) -> Message:
    """A joint was put elsewhere."""
    return Message("Move {about}", about=joint_name(joint))


def picked_part(part: Message, *, leaves: bool) -> Message:
    """A thing or a person was marked by a click, or taken out of the mask."""
    return Message("Leave {about}", about=part) if leaves else Message("Pick {about}", about=part)


def step_name(title: str) -> str:
    """The name of a step in the language of the user.

    Args:
        title: as the step has it; one that was read from a project file remembers no template.
    """
    for template in _ABOUT:
        head = template.partition("{")[0]
        if title.startswith(head):
            return tr(template, about=_said(title.removeprefix(head)))
    return tr(title)


def _said(about: str) -> str:
    head, _, number = about.rpartition(" ")
    return tr(_PERSON, number=number) if number.isdecimal() and head else tr(about)
