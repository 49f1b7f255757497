"""Whether a network may be released in half precision: whether its answers stay the same on some pictures."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import resources_dir
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.face import FACE_WINDOW
from portrait_studio.networks.released import stored_value

TOLERANCES = {"labels": 0.005, "heatmaps": 0.01, "grey levels": 0.05}
"""Largest change that moves no metric: share of pixels with another label (ties fall either way);
largest difference of a heatmap; mean difference of a colour in the hole on the scale of 0 to 255."""

_SIDE = 256


@dataclass(frozen=True)
class HalvingTest:
    """What half precision changes.

    Attributes:
        changes: largest change over the pictures by kind, see `TOLERANCES`.
        half: whether all are tolerable.
    """

    changes: dict[str, float]
    half: bool


def try_half_precision(module: nn.Module, task: str) -> HalvingTest:
    """Compare a network with itself after its values went through half precision.

    Args:
        module: network in eval mode, float32, on the CPU.
        task: "parsing", "completion" or "face".
    """
    halved = copy.deepcopy(module)
    halved.load_state_dict(
        {name: stored_value(value, half=True).to(value.dtype) for name, value in module.state_dict().items()}
    )
    inputs = trial_inputs(task)
    with torch.inference_mode():
        changes = _changes(module(*inputs), halved(*inputs), inputs[-1], task)
    # A comparison with NaN is false: a network that breaks is not halved.
    return HalvingTest(changes, all(value <= TOLERANCES[name] for name, value in changes.items()))


def trial_inputs(task: str) -> tuple[Tensor, ...]:
    """Four views of the demo photo with holes, as the network of a task reads them.

    The face network sees their upper middle at its own size; parsing maps are stripes of all labels.
    """
    views = torch.cat([_view(top, mirrored) for top in (0.0, 0.4) for mirrored in (False, True)])
    hole = torch.zeros(len(views), 1, _SIDE, _SIDE)
    hole[:, :, 72:160, 88:176] = 1
    picture = views * (1 - hole)
    if task == "parsing":
        return picture, hole
    stripes = torch.arange(_SIDE) * LABEL_COUNT // _SIDE
    parsing = functional.one_hot(stripes, LABEL_COUNT).T.float()[None, :, :, None]
    parsing = parsing.expand(len(views), -1, -1, _SIDE)
    if task == "completion":
        return picture, parsing, hole
    start = (_SIDE - FACE_WINDOW) // 2
    part = slice(start - 32, start - 32 + FACE_WINDOW), slice(start, start + FACE_WINDOW)
    return views[..., part[0], part[1]], parsing[..., part[0], part[1]], hole[..., part[0], part[1]]


def _view(top: float, mirrored: bool) -> Tensor:
    """The demo photo from `top` (share of its height) down, squashed to (1, 3, 256, 256) in [-1, 1]."""
    pixels = read_photo(resources_dir() / "demo" / "photo.png").pixels
    cut = np.asarray(pixels[round(top * pixels.shape[0]) :, :: -1 if mirrored else 1], np.float32)
    scaled = cv2.resize(cut, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) / np.float32(127.5) - 1
    return torch.from_numpy(scaled).permute(2, 0, 1)[None].contiguous()


def _changes(full: Any, halved: Any, hole: Tensor, task: str) -> dict[str, float]:
    if task == "parsing":
        other = (full.refined.argmax(1) != halved.refined.argmax(1)).float().mean((1, 2)).max()
        return {
            "labels": float(other) if bool(halved.refined.isfinite().all()) else float("nan"),
            "heatmaps": float((full.heatmaps - halved.heatmaps).abs().max()),
        }
    difference = ((full - halved).abs() * hole).sum((1, 2, 3)) / (3 * hole.sum((1, 2, 3)))
    return {"grey levels": float(difference.max()) * 127.5}


def is_halved(record: Mapping[str, Any]) -> bool:
    """Whether a released file stores half precision, by its training record; those that do not say so do."""
    return bool(record.get("half_precision", {}).get("half", True))
