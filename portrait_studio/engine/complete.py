"""Complete: the network paints the hole, guided by the parsing map (Wu et al., section III.B)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.parse import ParsedWindow, mirrored_shares, network_input
from portrait_studio.engine.resample import Floats, pad_to_stride
from portrait_studio.engine.run_network import Report, dropping, part_of, run, to_array, to_tensor


def complete(
    network: nn.Module,
    colours: Floats,
    hole: NDArray[np.bool_],
    parsed: ParsedWindow,
    compute: Compute,
    report: Report,
    seed: int = 0,
) -> Floats:
    """Paint what the hole hides, at network resolution.

    Args:
        network: completion network of `networks.completion`, or alike.
        colours: (h, w, 3) float32 in [0, 1], the window that is to be completed, as `read_window` reads it.
        hole: (h, w) bool.
        parsed: its structure.
        compute: device and precision.
        report: hears of every layer; raises to cancel.
        seed: another one than 0 makes networks with dropout, as those for extensions, paint something else.

    Returns:
        (h, w, 3) float32 in [0, 1], the whole window as the network paints it: the mean of what it makes of
        the picture and of its mirror image.
    """
    with dropping(network, seed):
        seen = _paint(network, colours, hole, parsed.probabilities, compute, part_of(report, 0, 2))
        other = _paint(
            network,
            colours[:, ::-1],
            hole[:, ::-1],
            mirrored_shares(parsed.probabilities),
            compute,
            part_of(report, 1, 2),
        )
    return np.asarray((seen + other[:, ::-1]) * np.float32(0.5), np.float32)


def _paint(
    network: nn.Module,
    colours: Floats,
    hole: NDArray[np.bool_],
    probabilities: Floats,
    compute: Compute,
    report: Report,
) -> Floats:
    """One forward pass over (h, w) colours, hole and labels: (h, w, 3) float32 in [0, 1]."""
    picture, holes = network_input(colours, hole)
    guide = to_tensor(pad_to_stride(probabilities))
    output = to_array(run(network, compute, report, picture, guide, holes))
    painted = output[: colours.shape[0], : colours.shape[1]]
    return np.asarray(np.clip(painted * np.float32(0.5) + np.float32(0.5), 0.0, 1.0), np.float32)
