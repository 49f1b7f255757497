"""Complete: the network paints the hole, guided by the parsing map (Wu et al., section III.B)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.complete_general import complete_generally
from portrait_studio.engine.crown_colours import with_own_colours
from portrait_studio.engine.emblems import emblems
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.head_guess import HeadGuess
from portrait_studio.engine.mean_shift import shift_to_known_colours
from portrait_studio.engine.parse import mirrored_shares, network_input
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import Method
from portrait_studio.engine.resample import Floats, WindowPixels, pad_to_stride, read_window
from portrait_studio.engine.run_network import NetworkRunner, dropping, to_array, to_tensor
from portrait_studio.engine.steered_sources import hidden_with
from portrait_studio.networks.completion import is_guided

_DECIDED = 0.9
"""Share of the doubt that the completion network is not shown: it paints doubt as fog."""


@dataclass(frozen=True, eq=False)
class CompletedWindow:
    """What the completion network makes of a window.

    Attributes:
        painted: (h, w, 3) float32 in [0, 1], as it comes from the network.
        settled: the same with colours that the photo shows of each part.
    """

    painted: Floats
    settled: Floats


def complete_window(
    run: FillRun,
    parsed: ParsedWindow,
    heads: Sequence[HeadGuess] = (),
    others: NDArray[np.bool_] | None = None,
) -> CompletedWindow | None:
    """Complete all holes in a window.

    Args:
        run: the fill.
        parsed: the window and its structure.
        heads: whose outlines are known; their colours go on from what shows of them.
        others: (h, w) bool over it, known pixels of other people, of whose colours nothing is made; None =
            there are none.

    Returns:
        None where the method does without.
    """
    request = run.request
    if request.options.method is Method.PATCHES:
        return None
    if request.options.method is Method.GENERAL:
        painted = complete_generally(run, parsed)
        return CompletedWindow(painted, painted)
    report = run.reporter(Stage.COMPLETE)
    report(0.0)
    network = run.parts.networks.load("completion")
    run.note_weights(network)
    view = read_window(request.image, hidden_with(request.mask, request.sources), parsed.window)
    runner, guide = run.runner(network, Stage.COMPLETE), parsed.decided(_DECIDED).probabilities
    known = view if others is None else replace(view, hole=view.hole | others)
    spares = request.options.spares_others
    painted = complete(runner, known if spares else view, guide, request.options.seed)
    settled = painted
    if is_guided(network.config):
        if spares:
            standing_out = emblems(known.colours, parsed.labels, known.hole)
            known = replace(known, hole=known.hole | standing_out)
        settled = shift_to_known_colours(painted, known, parsed.labels, lambda: report(1.0))
        settled = with_own_colours(settled, heads, known, parsed, lambda: report(1.0))
    return CompletedWindow(painted, settled)


def complete(network: NetworkRunner, view: WindowPixels, probabilities: Floats, seed: int = 0) -> Floats:
    """Paint what the hole hides, at network resolution.

    Args:
        network: runs the completion network of `networks.completion`, or alike.
        view: the window that is to be completed.
        probabilities: (h, w, 18) float32 over the labels.
        seed: another one than 0 makes networks with dropout, as those for extensions, paint something else.

    Returns:
        (h, w, 3) float32 in [0, 1], the whole window as the network paints it: the mean of what it makes of
        the picture and of its mirror image.
    """
    with dropping(network.module, seed):
        seen = _paint(network.part(0, 2), view, probabilities)
        other = _paint(network.part(1, 2), view.mirrored, mirrored_shares(probabilities))
    return np.asarray((seen + other[:, ::-1]) * np.float32(0.5), np.float32)


def _paint(network: NetworkRunner, view: WindowPixels, probabilities: Floats) -> Floats:
    """One forward pass over a window and its labels: (h, w, 3) float32 in [0, 1]."""
    picture, holes = network_input(view)
    output = to_array(network(picture, to_tensor(pad_to_stride(probabilities)), holes))
    painted = output[: view.colours.shape[0], : view.colours.shape[1]]
    return np.asarray(np.clip(painted * np.float32(0.5) + np.float32(0.5), 0.0, 1.0), np.float32)
