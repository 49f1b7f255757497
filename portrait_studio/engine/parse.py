"""Parse: recover parsing map and pose of the person, inside the hole as well (Wu et al., section III.A)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.given_joints import given_heatmaps, heatmap_size, padded
from portrait_studio.engine.outlines import follow_outlines
from portrait_studio.engine.parse_memory import ParseMemory, View, key_of
from portrait_studio.engine.request import Joints, Pixels, Structure
from portrait_studio.engine.resample import Floats, pad_to_stride, read_window, resample
from portrait_studio.engine.run_network import Report, part_of, run, to_array, to_tensor
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Extent
from portrait_studio.networks.conventions import LABEL_COUNT, MIRROR_KEYPOINTS, MIRROR_LABELS


@dataclass(frozen=True, eq=False)
class ParsedWindow:
    """What the parser says about a window.

    Attributes:
        window: the part of the photo and its size in network pixels.
        probabilities: (h, w, 18) float32, summing to 1 over the labels; h, w = `window.size`.
        heatmaps: (ceil(h / 4), ceil(w / 4), 16) float32 in [0, 1].
    """

    window: Window
    probabilities: Floats
    heatmaps: Floats

    @property
    def labels(self) -> NDArray[np.uint8]:
        """(h, w) uint8, most probable label."""
        return np.asarray(self.probabilities.argmax(axis=2), dtype=np.uint8)

    def structure(self) -> Structure:
        """The part of the engine's answer that shows what was recovered."""
        return Structure(
            self.window.bounds,
            self.labels,
            np.ascontiguousarray(self.heatmaps.transpose(2, 0, 1), np.float16),
        )

    def seen_through(self, window: Window) -> ParsedWindow:
        """The same, resampled to another window, which should lie inside this one."""
        if window == self.window:
            return self
        size, small = window.size, heatmap_size(window.size)
        probabilities = _resample_layers(self.probabilities, self.window, window, size)
        probabilities = np.clip(probabilities, 0.0, None)
        probabilities /= np.maximum(probabilities.sum(axis=2, keepdims=True), 1e-6)
        heatmaps = np.clip(_resample_layers(self.heatmaps, self.window, window, small), 0.0, 1.0)
        return ParsedWindow(window, probabilities, heatmaps)

    def decided(self, share: float) -> ParsedWindow:
        """The same with `share` of the probability, in [0, 1], moved to the most probable label."""
        certain = np.eye(LABEL_COUNT, dtype=np.float32)[self.labels]
        mixed = self.probabilities + np.float32(share) * (certain - self.probabilities)
        return ParsedWindow(self.window, mixed, self.heatmaps)

    def overruled_by(self, structure: NDArray[np.uint8]) -> ParsedWindow:
        """The same with the user's labels where he gave some.

        Args:
            structure: (H, W) uint8 over the whole photo; 255 = predict here.
        """
        wanted = _structure_through(structure, self.window)
        given = wanted < LABEL_COUNT
        probabilities = self.probabilities.copy()
        probabilities[given] = np.eye(LABEL_COUNT, dtype=np.float32)[wanted[given]]
        return ParsedWindow(self.window, probabilities, self.heatmaps)


def parse(
    network: nn.Module,
    image: Pixels,
    mask: NDArray[np.uint8],
    windows: tuple[Window, ...],
    compute: Compute,
    report: Report,
    joints: Joints | None = None,
    memory: ParseMemory | None = None,
    name: str = "",
) -> ParsedWindow:
    """Parse one part of a photo: the mean opinion over several sizes and over the mirrored picture.

    Where the photo is known, the map then follows its outlines. Joints that the user put somewhere take the
    place of the predicted ones; inside the hole the map is refined by them.

    Args:
        network: parsing network, `networks.parsing.ParsingNetwork` or alike.
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        mask: (H, W) uint8, nonzero = hole.
        windows: one part of the photo at one or more sizes, smallest first.
        compute: device and precision.
        report: hears of every layer; raises to cancel.
        joints: those that the user put somewhere; None = all are predicted.
        memory: where answers are kept; what it knows is not asked again.
        name: name or checksum of the network, for the memory.

    Returns:
        The answer at the largest size; not to be written to.
    """
    # Shrinking a large photo takes as long as a look at it: each size is made once.
    seen = [(window, *read_window(image, mask, window)) for window in windows]
    if memory is None:
        return _parsed(network, seen, compute, report, joints)
    key = key_of(name, seen, joints or {}, compute)
    answer = memory.recall(key)
    if answer is None:
        answer = _parsed(network, seen, compute, report, joints)
        memory.keep(key, answer)
    else:
        report(1.0)
    return answer


def _parsed(
    network: nn.Module, seen: Sequence[View], compute: Compute, report: Report, joints: Joints | None
) -> ParsedWindow:
    """The mean opinion over the views of one part of a photo, the largest last; see `parse`."""
    opinions: list[ParsedWindow] = []
    largest, largest_colours, largest_hole = seen[-1]
    looks = [(*view, mirrored) for view in seen for mirrored in (False, True)]
    for number, (window, colours, hole, mirrored) in enumerate(looks):
        step = part_of(report, number, len(looks))
        given = given_heatmaps(joints, window, mirrored) if joints else None
        opinion = _look(network, (colours, hole), window, mirrored, compute, step, given)
        opinions.append(opinion.seen_through(largest))
    opinion = average(opinions)
    followed = follow_outlines(opinion.probabilities, largest_colours, largest_hole)
    return ParsedWindow(opinion.window, followed, opinion.heatmaps)


def glance(
    network: nn.Module,
    image: Pixels,
    mask: NDArray[np.uint8],
    window: Window,
    compute: Compute,
    report: Report,
) -> ParsedWindow:
    """One look at one size, for a guess that need not be good but soon; see `parse`."""
    return _look(network, read_window(image, mask, window), window, False, compute, report, None)


def _look(
    network: nn.Module,
    view: tuple[Floats, NDArray[np.bool_]],
    window: Window,
    mirrored: bool,
    compute: Compute,
    report: Report,
    given: Floats | None,
) -> ParsedWindow:
    """One forward pass over a window or its mirror image; the answer is turned back."""
    colours, hole = view
    if mirrored:
        colours, hole = np.ascontiguousarray(colours[:, ::-1]), np.ascontiguousarray(hole[:, ::-1])
    picture, holes = network_input(colours, hole)
    extra = () if given is None else (to_tensor(padded(given, picture)),)
    output = run(network, compute, report, picture, holes, *extra)
    small = heatmap_size(window.size)
    probabilities = _probabilities(output.refined, window.size)
    heatmaps = to_array(output.heatmaps)[: small.height, : small.width]
    if given is not None:
        probabilities[hole] = _probabilities(output.steered, window.size)[hole]
        heatmaps = np.where(given < 0, heatmaps, given)
    if mirrored:
        probabilities = mirrored_shares(probabilities)
        heatmaps = heatmaps[:, ::-1][..., list(MIRROR_KEYPOINTS)]
    return ParsedWindow(window, np.ascontiguousarray(probabilities), np.ascontiguousarray(heatmaps))


def _probabilities(logits: torch.Tensor, size: Extent) -> Floats:
    """(1, 18, H, W) logits on any device as (h, w, 18), without the padding."""
    return to_array(torch.softmax(logits.float(), dim=1))[: size.height, : size.width]


def mirrored_shares(probabilities: Floats) -> Floats:
    """(h, w, 18) probabilities of the mirror image: what is left in the photo is right in the mirror."""
    return probabilities[:, ::-1][..., list(MIRROR_LABELS)]


def network_input(colours: Floats, hole: NDArray[np.bool_]) -> tuple[torch.Tensor, torch.Tensor]:
    """Picture and mask as every network reads them.

    Args:
        colours: (h, w, 3) float32 in [0, 1].
        hole: (h, w) bool.

    Returns:
        (1, 3, H, W) in [-1, 1] with hole pixels 0 and (1, 1, H, W), 1 = hole; H and W multiples of the
        stride.
    """
    masked = np.where(hole[..., None], np.float32(0.0), colours * np.float32(2.0) - np.float32(1.0))
    return to_tensor(pad_to_stride(masked)), to_tensor(pad_to_stride(hole.astype(np.float32)))


def average(opinions: Sequence[ParsedWindow]) -> ParsedWindow:
    """Mean of opinions about the same window."""
    count = np.float32(len(opinions))
    probabilities = (
        sum((opinion.probabilities for opinion in opinions[1:]), opinions[0].probabilities) / count
    )
    heatmaps = sum((opinion.heatmaps for opinion in opinions[1:]), opinions[0].heatmaps) / count
    return ParsedWindow(opinions[0].window, probabilities, heatmaps)


def labels_at(
    parsed: ParsedWindow, window: Window, structure: NDArray[np.uint8] | None, report: Report
) -> NDArray[np.uint8]:
    """Parsing map of another, usually finer window, with smooth outlines.

    Args:
        parsed: what the parser says about a window that contains the other.
        window: the wanted part and size.
        structure: (H, W) uint8 labels of the user over the whole photo, 255 = predict; None = predict all.
        report: hears of every label; raises to cancel.

    Returns:
        (h, w) uint8; h, w = `window.size`.
    """
    best = np.full((window.size.height, window.size.width), -1.0, np.float32)
    labels = np.zeros(best.shape, np.uint8)
    for label in range(LABEL_COUNT):
        report(label / LABEL_COUNT)
        layer = np.ascontiguousarray(parsed.probabilities[..., label])
        if layer.max() <= 0.01:
            continue
        # Comparing layer by layer needs two planes instead of eighteen at full resolution.
        finer = resample(layer, parsed.window.bounds, window.bounds, window.size)
        wins = finer > best
        best[wins] = finer[wins]
        labels[wins] = label
    if structure is not None:
        wanted = _structure_through(structure, window)
        given = wanted < LABEL_COUNT
        labels[given] = wanted[given]
    return labels


def _structure_through(structure: NDArray[np.uint8], window: Window) -> NDArray[np.uint8]:
    """(H, W) uint8 labels over the whole photo, as seen through a window: (h, w) uint8."""
    crop = np.ascontiguousarray(structure[window.bounds.slices])
    size = (window.size.width, window.size.height)
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_NEAREST_EXACT), dtype=np.uint8)


def _resample_layers(values: Floats, source: Window, target: Window, size: Extent) -> Floats:
    layers = [
        resample(np.ascontiguousarray(values[..., layer]), source.bounds, target.bounds, size)
        for layer in range(values.shape[2])
    ]
    return np.stack(layers, axis=2)
