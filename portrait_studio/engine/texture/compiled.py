"""The two inner loops of the texture stage for processors, compiled by Numba (Lam et al. 2015).

They do for one target, or one pixel, after the other what the tensor code beside them does in whole tables:
without the tables, which a processor spends its time writing and reading, and ending early where a candidate
has lost already. Each result depends on nothing but its own target, so that threads change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.compiled_loops import compiled, run_spans
from portrait_studio.networks.conventions import LABEL_COUNT

_FEWEST_EACH: Final = 256
_SQUARINGS: Final = 10
_OUT_OF_REACH: Final = np.float32(3e38)


_compiled = partial(compiled, fastmath=frozenset(("reassoc", "nsz", "contract")))


def in_parallel(kernel: Callable[..., None], count: int, *values: object) -> None:
    """Run `kernel(begin, end, *values)` over 0..count, in as many threads as torch may use."""
    threads = max(1, min(torch.get_num_threads(), count // _FEWEST_EACH))
    ends = [count * number // threads for number in range(threads + 1)]
    run_spans(kernel, pairwise(ends), threads, *values)


def flat(tensor: Tensor) -> NDArray[Any]:
    """The values (N,) of a tensor of the processor; no copy of one that is contiguous."""
    return tensor.detach().reshape(-1).numpy()


class Comparison(NamedTuple):
    """What a search compares.

    Attributes:
        features: (P * 4,) float32, see `Sources.features`.
        guide: (H * W * 4,) float32, see `Sources.guide`.
        valid: (P,) bool, see `Sources.valid`.
        reuse: (P,) float32 penalty of each centre, or (0,).
        unlike: (18 * 18,) float32 penalty of [target, source] labels, or (0,).
        label_step: distance of neighbouring labels in `features`.
        width: columns of a plane.
        rows: (R,) int64, what to add to a centre for the first pixel of each compared row of its patch.
        cap: (4 * patch_px,) float32 bound of each squared difference.
    """

    features: NDArray[np.float32]
    guide: NDArray[np.float32]
    valid: NDArray[np.bool_]
    reuse: NDArray[np.float32]
    unlike: NDArray[np.float32]
    label_step: np.float32
    width: int
    rows: NDArray[np.int64]
    cap: NDArray[np.float32]


@_compiled
def nearest(
    begin: int,
    end: int,
    compared: Comparison,
    targets: NDArray[np.int64],
    labels: NDArray[np.uint8],
    guide: NDArray[np.float32],
    candidates: NDArray[np.int64],
    best: NDArray[np.int64],
    distance: NDArray[np.float32],
) -> None:
    """Keep for each target the nearest of its candidates, the first of which is its present source.

    Args:
        begin: first target.
        end: one after the last.
        compared: see there.
        targets: (N,) centres.
        labels: (N,) of the targets.
        guide: (N * 4,) to compare with the guide of the sources.
        candidates: (K, N) centres of any kind; those that are no valid source are ignored.
        best: (N,) is written.
        distance: (N,) is written: mean squared difference per pixel, penalties included.
    """
    last = compared.valid.size - 1
    for target in range(begin, end):
        own = targets[target], labels[target], guide[4 * target : 4 * target + 4]
        chosen = candidates[0, target]
        least = _apart(compared, chosen, own, _OUT_OF_REACH)
        for number in range(1, candidates.shape[0]):
            centre = min(max(candidates[number, target], 0), last)
            if centre == chosen or not compared.valid[centre]:
                continue
            found = _apart(compared, centre, own, least)
            if found < least:
                chosen, least = centre, found
        best[target] = chosen
        distance[target] = least


@_compiled
def _apart(
    compared: Comparison, centre: int, own: tuple[int, int, NDArray[np.float32]], least: np.float32
) -> np.float32:
    """Distance of a source to a target; where that is more than `least`, anything above it.

    Args:
        compared: see there.
        centre: of the source.
        own: centre, label and guide (4,) of the target.
        least: of the other candidates.
    """
    target, label, guide = own
    place = _in_photo(compared, centre)
    penalty = np.float32(0.0)
    for channel in range(4):
        difference = compared.guide[4 * place + channel] - guide[channel]
        penalty += difference * difference
    if compared.reuse.size:
        penalty += compared.reuse[centre]
    if compared.unlike.size:
        theirs = int(compared.features[4 * centre + 3] / compared.label_step + np.float32(0.5))
        penalty += compared.unlike[LABEL_COUNT * label + theirs]
    if penalty >= least:
        return penalty
    share = np.float32(4.0 / (compared.rows.size * compared.cap.size))
    # A bound a little too high ends nothing that could have won by its rounded sum.
    most = (least - penalty) / share * np.float32(1.0001)
    total = np.float32(0.0)
    for row in range(compared.rows.size):
        there, here = 4 * (centre + compared.rows[row]), 4 * (target + compared.rows[row])
        line = np.float32(0.0)
        for value in range(compared.cap.size):
            difference = compared.features[there + value] - compared.features[here + value]
            line += min(difference * difference, compared.cap[value])
        total += line
        if total > most:
            break
    return total * share + penalty


@_compiled
def _in_photo(compared: Comparison, centre: int) -> int:
    plane = compared.guide.size // 4
    if centre < plane:
        return centre
    inside = centre - plane
    return inside + (compared.width - 1) - 2 * (inside % compared.width)


class Poll(NamedTuple):
    """What pixels vote on, and with what weight.

    Attributes:
        slot: (H * W,) int32, see `Targets.slot`.
        origins: (N,) int32, where in the photo each source is.
        directions: (N,) int8, 1, or -1 for a source in the mirror image.
        weights: (N,) float32 logarithm of the weight of each patch.
        colours: (H * W * 3,) float32, see `Sources.colours`.
        structure: (H * W,) uint16, the bits of `Sources.structure`.
        halves: (65,536,) float32, what bits of float16 stand for: Numba does not know that.
        mirrored: (18,) float32 label of each label in the mirror image.
        width: columns.
        near: (patch_px, patch_px) float32 logarithm of the weight of each place in a patch.
        bandwidths: (B,) float32 of the mean shift.
        other_label: float32 taken from the logarithm where labels differ.
        not_allowed: (18 * 18,) float32 taken from the logarithm for [pixel, source] labels.
        structure_weight: float32 times what structure is short of, taken where they agree.
        sharpness: float32 in [0, 1].
    """

    slot: NDArray[np.int32]
    origins: NDArray[np.int32]
    directions: NDArray[np.int8]
    weights: NDArray[np.float32]
    colours: NDArray[np.float32]
    structure: NDArray[np.uint16]
    halves: NDArray[np.float32]
    mirrored: NDArray[np.float32]
    width: int
    near: NDArray[np.float32]
    bandwidths: NDArray[np.float32]
    other_label: np.float32
    not_allowed: NDArray[np.float32]
    structure_weight: np.float32
    sharpness: np.float32


@_compiled
def elect(
    begin: int,
    end: int,
    poll: Poll,
    pixels: NDArray[np.int64],
    structure: NDArray[np.float32],
    result: NDArray[np.float32],
) -> None:
    """The colour that the overlapping patches vote for in each pixel: see `voting.vote`.

    Args:
        begin: first pixel.
        end: one after the last.
        poll: see there.
        pixels: (Q,) flat indices.
        structure: (Q,) see `voting.vote`.
        result: (Q, 3) is written: RGB.
    """
    ballots = np.empty((3, poll.near.size), np.float32)
    logs, weight = np.empty(poll.near.size, np.float32), np.empty(poll.near.size, np.float32)
    mean, mode = np.empty(3, np.float32), np.empty(3, np.float32)
    for pixel in range(begin, end):
        count = _collect(poll, pixels[pixel], structure[pixel], ballots, logs)
        first = np.argmax(logs[:count])
        for vote in range(count):
            weight[vote] = _exp(logs[vote] - logs[first])
        _weighted(ballots, weight, count, mean)
        mode[:] = ballots[:, first]
        if poll.sharpness > 0:
            for number in range(poll.bandwidths.size):
                factor = np.float32(-0.5) / (poll.bandwidths[number] * poll.bandwidths[number])
                _weigh_near(ballots, weight, count, factor, mode, logs)
                _weighted(ballots, logs, count, mode)
        for channel in range(3):
            result[pixel, channel] = mean[channel] + poll.sharpness * (mode[channel] - mean[channel])


@_compiled
def _collect(
    poll: Poll, pixel: int, structure: float, ballots: NDArray[np.float32], logs: NDArray[np.float32]
) -> int:
    """Write the colours (3, K) and log weights (K,) of the votes on a pixel; how many there are."""
    own = np.floor(structure)
    other = poll.mirrored[int(own)]
    radius = poll.near.shape[0] // 2
    count = 0
    for row in range(poll.near.shape[0]):
        for column in range(poll.near.shape[0]):
            down, across = (row - radius) * poll.width, column - radius
            voter = poll.slot[min(max(pixel - down - across, 0), poll.slot.size - 1)]
            if voter < 0:
                continue
            direction = poll.directions[voter]
            origin = poll.origins[voter] + down + direction * across
            there = poll.halves[poll.structure[origin]]
            label = np.floor(there)
            against = poll.other_label
            if label == (other if direction < 0 else own):
                against = (np.float32(0.5) - (there - label)) * poll.structure_weight
            against += poll.not_allowed[LABEL_COUNT * int(own) + int(label)]
            logs[count] = poll.weights[voter] + poll.near[row, column] - against
            for channel in range(3):
                ballots[channel, count] = poll.colours[3 * origin + channel]
            count += 1
    return count


@_compiled
def _exp(x: np.float32) -> np.float32:
    """exp(x) of x <= 0, the factor off by at most x * x / 2048: products, which run in the vector units."""
    value = max(np.float32(1.0) + x * np.float32(2.0**-_SQUARINGS), np.float32(0.0))
    for _ in range(_SQUARINGS):
        value *= value
    return value


@_compiled
def _weigh_near(
    ballots: NDArray[np.float32],
    weight: NDArray[np.float32],
    count: int,
    factor: np.float32,
    mode: NDArray[np.float32],
    result: NDArray[np.float32],
) -> None:
    """Weights (K,) that count a vote the less the further its colour is from `mode` (3,)."""
    red, green, blue = mode[0], mode[1], mode[2]
    for vote in range(count):
        apart = (
            (ballots[0, vote] - red) * (ballots[0, vote] - red)
            + (ballots[1, vote] - green) * (ballots[1, vote] - green)
            + (ballots[2, vote] - blue) * (ballots[2, vote] - blue)
        )
        result[vote] = weight[vote] * _exp(apart * factor)


@_compiled
def _weighted(
    ballots: NDArray[np.float32], weight: NDArray[np.float32], count: int, result: NDArray[np.float32]
) -> None:
    whole = red = green = blue = np.float32(0.0)
    for vote in range(count):
        whole += weight[vote]
        red += weight[vote] * ballots[0, vote]
        green += weight[vote] * ballots[1, vote]
        blue += weight[vote] * ballots[2, vote]
    whole = max(whole, np.float32(1e-20))
    result[0], result[1], result[2] = red / whole, green / whole, blue / whole
