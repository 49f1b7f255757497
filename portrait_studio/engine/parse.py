"""Parse: recover parsing map and pose of the person, inside the hole as well (Wu et al., section III.A)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from portrait_studio.engine.outlines import follow_outlines
from portrait_studio.engine.parsed_window import ParsedWindow, average, heatmap_size
from portrait_studio.engine.request import Joints
from portrait_studio.engine.resample import Floats, WindowPixels, pad_to_stride
from portrait_studio.engine.run_network import NetworkRunner, to_array, to_tensor
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Extent
from portrait_studio.networks.conventions import (
    HEATMAP_SIGMA,
    HEATMAP_STRIDE,
    KEYPOINT_COUNT,
    MIRROR_KEYPOINTS,
    MIRROR_LABELS,
)


def parse(
    network: NetworkRunner, views: Sequence[WindowPixels], joints: Joints | None = None
) -> ParsedWindow:
    """Parse one part of a photo: the mean opinion over several sizes and over the mirrored picture.

    Where the photo is known, the map then follows its outlines. Joints that the user put somewhere take the
    place of the predicted ones; inside the hole the map is refined by them.

    Args:
        network: runs the parsing network, `networks.parsing.ParsingNetwork` or alike.
        views: the part of the photo at one or more sizes, smallest first.
        joints: those that the user put somewhere; None = all are predicted.

    Returns:
        The answer at the largest size.
    """
    looks = [(view, mirrored) for view in views for mirrored in (False, True)]
    opinions = []
    for number, (view, mirrored) in enumerate(looks):
        opinion = parse_once(network.part(number, len(looks)), view, joints, mirrored)
        opinions.append(opinion.seen_through(views[-1].window))
    opinion = average(opinions)
    followed = follow_outlines(opinion.probabilities, views[-1].colours, views[-1].hole)
    return ParsedWindow(opinion.window, followed, opinion.heatmaps)


def parse_once(
    network: NetworkRunner, view: WindowPixels, joints: Joints | None = None, mirrored: bool = False
) -> ParsedWindow:
    """One forward pass over a window, for a map that need not be good but soon.

    Args:
        network: runs the parsing network.
        view: the part of the photo.
        joints: those that the user put somewhere; None = all are predicted.
        mirrored: whether the network sees the mirror image; the answer is turned back.
    """
    seen, size = view.mirrored if mirrored else view, view.window.size
    given = given_heatmaps(joints, view.window, mirrored) if joints else None
    picture, holes = network_input(seen)
    extra = () if given is None else (to_tensor(padded(given, picture)),)
    output = network(picture, holes, *extra)
    small = heatmap_size(size)
    probabilities = _probabilities(output.refined, size)
    heatmaps = to_array(output.heatmaps)[: small.height, : small.width]
    if given is not None:
        probabilities[seen.hole] = _probabilities(output.steered, size)[seen.hole]
        heatmaps = np.where(given < 0, heatmaps, given)
    if mirrored:
        probabilities = mirrored_shares(probabilities)
        heatmaps = heatmaps[:, ::-1][..., list(MIRROR_KEYPOINTS)]
    return ParsedWindow(view.window, np.ascontiguousarray(probabilities), np.ascontiguousarray(heatmaps))


def _probabilities(logits: torch.Tensor, size: Extent) -> Floats:
    """(1, 18, H, W) logits on any device as (h, w, 18), without the padding."""
    return to_array(torch.softmax(logits.float(), dim=1))[: size.height, : size.width]


def mirrored_shares(probabilities: Floats) -> Floats:
    """(h, w, 18) probabilities of the mirror image: what is left in the photo is right in the mirror."""
    return probabilities[:, ::-1][..., list(MIRROR_LABELS)]


def network_input(view: WindowPixels) -> tuple[torch.Tensor, torch.Tensor]:
    """Picture and mask as every network reads them.

    Args:
        view: colours (h, w, 3) and hole (h, w).

    Returns:
        (1, 3, H, W) in [-1, 1] with hole pixels 0 and (1, 1, H, W), 1 = hole; H and W multiples of the
        stride.
    """
    masked = np.where(view.hole[..., None], np.float32(0.0), view.colours * np.float32(2.0) - np.float32(1.0))
    return to_tensor(pad_to_stride(masked)), to_tensor(pad_to_stride(view.hole.astype(np.float32)))


def given_heatmaps(joints: Joints, window: Window, mirrored: bool) -> Floats:
    """Heatmaps of the user's joints as a window sees them, (h / 4, w / 4, 16), -1 where predicted.

    They are what the network was trained towards; a joint far outside the window is nowhere in it.
    """
    small, bounds = heatmap_size(window.size), window.bounds
    given = np.full((small.height, small.width, KEYPOINT_COUNT), -1.0, np.float32)
    rows, columns = np.mgrid[: small.height, : small.width].astype(np.float32)
    for joint, (x, y) in joints.items():
        across = (x - bounds.left) * window.size.width / bounds.width
        down = (y - bounds.top) * window.size.height / bounds.height
        if mirrored:
            across, joint = window.size.width - across, MIRROR_KEYPOINTS[joint]
        squared = (columns + 0.5 - across / HEATMAP_STRIDE) ** 2 + (rows + 0.5 - down / HEATMAP_STRIDE) ** 2
        given[..., joint] = np.exp(-squared / (2 * HEATMAP_SIGMA**2))
    return given


def padded(given: Floats, picture: torch.Tensor) -> Floats:
    """The same as large as the network makes them of a padded picture (1, 3, H, W)."""
    height, width = picture.shape[2] // HEATMAP_STRIDE, picture.shape[3] // HEATMAP_STRIDE
    padding = ((0, height - given.shape[0]), (0, width - given.shape[1]), (0, 0))
    return np.pad(given, padding, constant_values=-1.0)
