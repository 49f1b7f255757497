"""Detection: no task, since the network comes from Darknet; but it is measured and released as others are."""

from __future__ import annotations

from typing import Any, Final

from torch import Tensor

from trainer.tasks.family import COST_SIDE, Family, blank_picture

DETECTION: Final = "detection"
"""Name of the network."""


def _changes(full: Any, halved: Any, picture: Tensor) -> dict[str, float]:
    """Boxes move with their scores: where those hold, so does what is found."""
    return {"scores": float((full.scores - halved.scores).abs().max())}


DETECTION_FAMILY = Family(
    "Finds people and 79 kinds of things, as boxes (YOLOv3-tiny, Redmon and Farhadi 2018).",
    lambda: blank_picture(COST_SIDE)[:1],
    lambda views, hole: (views,),
    _changes,
)
