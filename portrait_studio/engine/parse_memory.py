"""What the parser said lately, so that the same picture and the same hole are not parsed twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch

from portrait_studio.engine.answer_memory import AnswerMemory
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.parse import parse
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.request import Joints
from portrait_studio.engine.resample import WindowPixels
from portrait_studio.engine.run_network import NetworkRunner

_MOST: Final = 4
"""Answers that are kept, of a few megabytes each: one for the photo, and closer looks at some holes."""


class ParseMemory(AnswerMemory[ParsedWindow]):
    """Answers by all that they depend on; a fill by other labels, or another candidate, asks the same."""

    def __init__(self) -> None:
        """Start without any."""
        super().__init__(_MOST)

    def parse(
        self, network: NetworkRunner, sha256: str, views: Sequence[WindowPixels], joints: Joints
    ) -> ParsedWindow:
        """What `parse.parse` answers, which is not asked again for what is known; not to be written to.

        Args:
            network: runs the parsing network.
            sha256: of its weights.
            views: the part of the photo at one or more sizes, smallest first.
            joints: those that the user put somewhere.
        """
        key = key_of(sha256, views, joints, network.compute)
        answer = self.recall(key)
        if answer is None:
            answer = parse(network, views, joints)
            self.keep(key, answer)
        else:
            network.report(1.0)
        return answer


def key_of(network: str, views: Sequence[WindowPixels], joints: Joints, compute: Compute) -> bytes:
    """What stands for everything that an answer depends on.

    Args:
        network: checksum of the weights.
        views: what the parser sees.
        joints: those that the user put somewhere.
        compute: device and precision.
    """
    what = network, sorted(joints.items()), compute, torch.get_num_threads()
    digest = hashlib.sha256(repr(what).encode())
    for view in views:
        digest.update(repr(view.window).encode())
        digest.update(np.ascontiguousarray(view.colours).tobytes())
        digest.update(np.packbits(view.hole).tobytes())
    return digest.digest()
