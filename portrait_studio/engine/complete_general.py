"""Complete any photo: a network that knows nothing of people paints the hole (Iizuka et al. 2017)."""

from __future__ import annotations

from typing import Final, cast

import cv2
import numpy as np
import torch

from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.parse import network_input
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.resample import Floats, WindowPixels, read_window, shrink_or_enlarge
from portrait_studio.engine.run_network import NetworkRunner, to_array
from portrait_studio.engine.steered_sources import hidden_with
from portrait_studio.engine.work_crop import Window
from portrait_studio.messages import Message
from portrait_studio.networks.glcic import GENERAL_COMPLETION

LARGEST_HOLE_PX: Final = 54
"""Long side of the largest holes that the released network was trained on, in its own pixels."""

WORSE: Final = Message(
    "The general network knows nothing of people and was trained for a short time only; wherever it was "
    "measured, the best method was better."
)
"""What the user is told of a fill by it."""


def complete_generally(run: FillRun, parsed: ParsedWindow) -> Floats:
    """Complete all holes in a window without a look at its structure.

    The network sees the window so small that no hole is larger than those that it has learnt to fill.

    Args:
        run: the fill.
        parsed: the window; its structure is not looked at.

    Returns:
        (h, w, 3) float32 in [0, 1], the whole window as the network paints it.

    Raises:
        WeightsError: there is no such network, or it is damaged.
    """
    report = run.reporter(Stage.COMPLETE)
    report(0.0)
    network = run.parts.networks.load(GENERAL_COMPLETION)
    run.note_weights(network)
    run.notices.append(WORSE)
    request, window = run.request, parsed.window
    hidden = hidden_with(request.mask, request.sources)
    view = read_window(request.image, hidden, window)
    shrink = min(1.0, LARGEST_HOLE_PX / _longest(view.hole))
    if shrink < 1:
        smaller = Window.scaled(window.bounds, window.scale * shrink)
        view = read_window(request.image, hidden, smaller)
    runner = run.runner(network, Stage.COMPLETE)
    seen, other = _paint(runner.part(0, 2), view), _paint(runner.part(1, 2), view.mirrored)
    painted = (seen + other[:, ::-1]) * np.float32(0.5)
    return cast(Floats, shrink_or_enlarge(painted, window.size))


def _longest(hole: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    """Long side of the largest connected hole (h, w), in pixels, at least 1."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(hole.astype(np.uint8), connectivity=8)
    sides = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    return int(sides.max(initial=1))


def _paint(network: NetworkRunner, view: WindowPixels) -> Floats:
    """One forward pass over a window: (h, w, 3) float32 in [0, 1]."""
    picture, holes = network_input(view)
    output = to_array(network(picture, torch.zeros_like(holes[:, :0]), holes))
    painted = output[: view.colours.shape[0], : view.colours.shape[1]]
    return np.asarray(np.clip(painted * np.float32(0.5) + np.float32(0.5), 0.0, 1.0), np.float32)
