"""What the parser said lately, so that the same picture and the same hole are not parsed twice."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.request import Joints
from portrait_studio.engine.resample import Floats
from portrait_studio.engine.work_crop import Window

if TYPE_CHECKING:
    from portrait_studio.engine.parse import ParsedWindow

View = tuple[Window, Floats, NDArray[np.bool_]]
"""A part of a photo as the parser sees it: colours and hole at the size of the window."""

_MOST: Final = 4
"""Answers that are kept, of a few megabytes each: one for the photo, and closer looks at some holes."""


class ParseMemory:
    """Answers by all that they depend on; a fill by other labels, or another candidate, asks the same."""

    def __init__(self) -> None:
        """Start without any."""
        self._known: OrderedDict[bytes, ParsedWindow] = OrderedDict()

    def recall(self, key: bytes) -> ParsedWindow | None:
        """The answer, if it is still there; not to be written to."""
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def keep(self, key: bytes, answer: ParsedWindow) -> None:
        """Remember an answer in the place of the oldest one."""
        self._known[key] = answer
        while len(self._known) > _MOST:
            self._known.popitem(last=False)


def key_of(network: str, views: Sequence[View], joints: Joints, compute: Compute) -> bytes:
    """What stands for everything that an answer depends on.

    Args:
        network: name or checksum of the weights.
        views: what the parser sees.
        joints: those that the user put somewhere.
        compute: device and precision.
    """
    what = network, sorted(joints.items()), compute, torch.get_num_threads()
    digest = hashlib.sha256(repr(what).encode())
    for window, colours, hole in views:
        digest.update(repr(window).encode())
        digest.update(np.ascontiguousarray(colours).tobytes())
        digest.update(np.packbits(hole).tobytes())
    return digest.digest()
