"""What export, cards and the cost of a release need to know of each task's networks: one entry a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from portrait_studio.networks.attentive import REPAIR, REPAIR_SIDE
from portrait_studio.networks.collaborative import COLLABORATIVE, COLLABORATIVE_SIDE
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.damage import DAMAGE, DAMAGE_WINDOW
from portrait_studio.networks.dcgan import FACE_GENERATOR, LATENT
from portrait_studio.networks.face import FACE_WINDOW
from portrait_studio.networks.face_completion import FACE_COMPLETION, FACE_COMPLETION_SIDE
from portrait_studio.networks.glcic import GENERAL_COMPLETION
from portrait_studio.networks.segmentation import PROMPT_CHANNELS, SEGMENTATION_WINDOW

COST_SIDE: Final = 256
"""Side of the square picture, in pixels, that the cost is stated for, unless the network has a window."""

TOLERANCES: Final = {"labels": 0.005, "heatmaps": 0.01, "grey levels": 0.05, "landmarks": 0.1, "scores": 0.02}
"""Largest change that moves no metric: share of pixels with another label (ties fall either way);
largest difference of a heatmap; mean difference of a colour in the hole on the scale of 0 to 255; largest
distance of a landmark in pixels; largest difference of a score."""

Changes = Callable[[Any, Any, Tensor], dict[str, float]]


@dataclass(frozen=True)
class Family:
    """The networks of one task.

    Attributes:
        purpose: what they do, for the card.
        inputs: of one pass at the size that the cost is stated for: nothing hidden, all background.
        trial: inputs from pictures (4, 3, 256, 256) in [-1, 1] and a hole (4, 1, 256, 256), 1 = hidden, to
            compare a network with itself in half precision; the last one says where a change counts.
        changes: how far two answers to them lie apart, by the kinds of `TOLERANCES`.
    """

    purpose: str
    inputs: Callable[[], tuple[Tensor, ...]]
    trial: Callable[[Tensor, Tensor], tuple[Tensor, ...]]
    changes: Changes


def _picture(side: int) -> tuple[Tensor, Tensor]:
    return torch.zeros(1, 3, side, side), torch.zeros(1, 1, side, side)


def _background(side: int) -> Tensor:
    parsing = torch.zeros(1, LABEL_COUNT, side, side)
    parsing[:, 0] = 1
    return parsing


def _guided_inputs(side: int) -> tuple[Tensor, ...]:
    picture, hole = _picture(side)
    return picture, _background(side), hole


def _stripes(like: Tensor) -> Tensor:
    """Parsing maps of stripes of all labels."""
    side = like.shape[-1]
    stripes = torch.arange(side) * LABEL_COUNT // side
    parsing = functional.one_hot(stripes, LABEL_COUNT).T.float()[None, :, :, None]
    return parsing.expand(len(like), -1, -1, side)


def _parsing_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    return views * (1 - hole), hole


def _completion_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    return views * (1 - hole), _stripes(views), hole


def _face_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """The upper middle of the views, at the network's own size."""
    start = (views.shape[-1] - FACE_WINDOW) // 2
    part = (..., slice(start - 32, start - 32 + FACE_WINDOW), slice(start, start + FACE_WINDOW))
    return views[part], _stripes(views)[part], hole[part]


def _face_completion_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """The whole views, at the network's own size."""
    size = (FACE_COMPLETION_SIDE, FACE_COMPLETION_SIDE)
    small, small_hole = (
        functional.adaptive_avg_pool2d(views, size),
        functional.adaptive_max_pool2d(hole, size),
    )
    return small * (1 - small_hole), small_hole


def _segmentation_inputs() -> tuple[Tensor, ...]:
    side = SEGMENTATION_WINDOW
    return torch.zeros(1, 3, side, side), torch.zeros(1, PROMPT_CHANNELS, side, side)


def _segmentation_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    side = SEGMENTATION_WINDOW
    prompt = torch.cat([hole, torch.zeros_like(hole), torch.zeros_like(hole), torch.ones_like(hole)], 1)
    return views[..., :side, :side], prompt[..., :side, :side]


def _parsing_changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    other = (full.refined.argmax(1) != halved.refined.argmax(1)).float().mean((1, 2)).max()
    return {
        "labels": float(other) if bool(halved.refined.isfinite().all()) else float("nan"),
        "heatmaps": float((full.heatmaps - halved.heatmaps).abs().max()),
    }


def _picture_changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    difference = ((full - halved).abs() * hole).sum((1, 2, 3)) / (full.shape[1] * hole.sum((1, 2, 3)))
    return {"grey levels": float(difference.max()) * 127.5}


def _face_completion_changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    apart = (full.landmarks - halved.landmarks).abs().max()
    return {**_picture_changes(full.picture, halved.picture, hole), "landmarks": float(apart)}


def _face_generator_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Latent vectors; what the views show is of no account."""
    chance = torch.Generator().manual_seed(0)
    return (torch.randn(len(views), LATENT, 1, 1, generator=chance),)


def _face_generator_changes(full: Any, halved: Any, latent: Tensor) -> dict[str, float]:
    return _picture_changes(full, halved, torch.ones_like(full[:, :1]))


def _segmentation_changes(full: Any, halved: Any, prompt: Tensor) -> dict[str, float]:
    other = ((full > 0) != (halved > 0)).float().mean((1, 2, 3)).max()
    return {"labels": float(other) if bool(halved.isfinite().all()) else float("nan")}


def _damage_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Views with white holes, which are damage."""
    return (torch.where(hole > 0, torch.ones_like(views), views),)


def _repair_trial(views: Tensor, hole: Tensor) -> tuple[Tensor, ...]:
    """Views with white holes at the network's own size; only the picture is handed to it."""
    small = functional.adaptive_avg_pool2d(_damage_trial(views, hole)[0], (REPAIR_SIDE, REPAIR_SIDE))
    return (small,)


def _repair_changes(full: Any, halved: Any, picture: Tensor) -> dict[str, float]:
    everywhere = torch.ones_like(picture[:, :1])
    return _picture_changes(full.pictures[-1], halved.pictures[-1], everywhere)


def _collaborative_changes(full: Any, halved: Any, hole: Tensor) -> dict[str, float]:
    """Maps count as pictures do: all outputs have the same range."""
    apart = [_picture_changes(full.made[name], halved.made[name], hole) for name in full.made]
    return {"grey levels": max(change["grey levels"] for change in apart)}


def _detection_changes(full: Any, halved: Any, picture: Tensor) -> dict[str, float]:
    """Boxes move with their scores: where those hold, so does what is found."""
    return {"scores": float((full.scores - halved.scores).abs().max())}


FAMILIES: Final = {
    "parsing": Family(
        "Predicts which part of the person each pixel shows (18 labels of ATR), and 16 keypoints, also "
        "where a hole hides them (Wu et al., section III.A).",
        lambda: _picture(COST_SIDE),
        _parsing_trial,
        _parsing_changes,
    ),
    "completion": Family(
        "Paints what a hole hides, guided by the parsing map (Wu et al., section III.B).",
        lambda: _guided_inputs(COST_SIDE),
        _completion_trial,
        _picture_changes,
    ),
    "face": Family(
        "Corrects a completed face in a window of 64 x 64 pixels (Wu et al., section III.C).",
        lambda: _guided_inputs(FACE_WINDOW),
        _face_trial,
        _picture_changes,
    ),
    FACE_COMPLETION: Family(
        "Redraws what a hole hides of a face, in an aligned window of 128 x 128 pixels; finds its parts and "
        "landmarks, also where the hole hides them (after Liao et al. 2018).",
        lambda: _picture(FACE_COMPLETION_SIDE),
        _face_completion_trial,
        _face_completion_changes,
    ),
    GENERAL_COMPLETION: Family(
        "Paints what a hole hides in any photo; knows nothing of people (after Iizuka et al. 2017).",
        lambda: _guided_inputs(COST_SIDE),
        _completion_trial,
        _picture_changes,
    ),
    FACE_GENERATOR: Family(
        "Paints faces of 64 x 64 pixels from 100 numbers, among which one searches for the face that goes on "
        "what is known of a photo's (after Qiang et al. 2019). Its faces are blurred and nobody's: it is a "
        "measured baseline, and the program never chooses it by itself.",
        lambda: (torch.zeros(1, LATENT, 1, 1),),
        _face_generator_trial,
        _face_generator_changes,
    ),
    "segmentation": Family(
        "Finds the thing inside a loose mask, a box or under clicks, in a window of 192 x 192 pixels.",
        _segmentation_inputs,
        _segmentation_trial,
        _segmentation_changes,
    ),
    DAMAGE: Family(
        "Finds damage in scanned photos (scratches, folds, stains, blots, dates, scribbles, missing "
        "pieces); what it learnt from was drawn, none of it is real damage.",
        lambda: _picture(DAMAGE_WINDOW)[:1],
        _damage_trial,
        _segmentation_changes,
    ),
    REPAIR: Family(
        "Finds the hole in a face and paints over it, without being told where it is (Liu et al. 2019).",
        lambda: _picture(REPAIR_SIDE)[:1],
        _repair_trial,
        _repair_changes,
    ),
    COLLABORATIVE: Family(
        "Completes a face, its part map and five landmarks at once, in a window that need not be aligned "
        "(Liao et al. 2018). It stands in measurements; the program redraws faces with the face completion "
        "network.",
        lambda: _picture(COLLABORATIVE_SIDE),
        _face_completion_trial,
        _collaborative_changes,
    ),
    "detection": Family(
        "Finds people and 79 kinds of things, as boxes (YOLOv3-tiny, Redmon and Farhadi 2018).",
        lambda: _picture(COST_SIDE)[:1],
        lambda views, hole: (views,),
        _detection_changes,
    ),
}
"""By task; a test holds the keys against the network registry."""
