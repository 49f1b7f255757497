"""What the completion network paints in a window, for all holes in it at once."""

from __future__ import annotations

from dataclasses import dataclass

from portrait_studio.engine.complete import complete
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.parse import ParsedWindow
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.request import CompletionRequest, Method
from portrait_studio.engine.resample import Floats, read_window
from portrait_studio.engine.settle_colours import settle_colours
from portrait_studio.networks.completion import is_guided

_DECIDED = 0.9
"""Share of the doubt that the completion network is not shown: it paints doubt as fog."""


@dataclass(frozen=True, eq=False)
class PaintedWindow:
    """What the completion network makes of a window.

    Attributes:
        completion: (h, w, 3) float32 in [0, 1], as it comes from the network.
        settled: the same with colours that the photo shows of each part.
        weights: SHA-256 of the weights, by name of the network.
    """

    completion: Floats
    settled: Floats
    weights: dict[str, str]


def paint_window(
    request: CompletionRequest,
    parsed: ParsedWindow,
    networks: NetworkStore,
    compute: Compute,
    progress: Progress,
) -> PaintedWindow | None:
    """Complete all holes in a window.

    Args:
        request: photo, mask and options.
        parsed: the window and its structure.
        networks: hands out the completion network.
        compute: device and precision.
        progress: hears of every layer; may cancel.

    Returns:
        None where the method does without.
    """
    if request.options.method is Method.PATCHES:
        return None

    def report(fraction: float) -> None:
        progress.report(Stage.COMPLETE, fraction)

    report(0.0)
    network = networks.load("completion")
    colours, hole = read_window(request.image, request.mask, parsed.window)
    decided = parsed.decided(_DECIDED)
    painted = complete(network.module, colours, hole, decided, compute, report, request.options.seed)
    settled = painted
    if is_guided(network.config):
        settled = settle_colours(painted, colours, hole, parsed.labels, lambda: report(1.0))
    return PaintedWindow(painted, settled, {network.name: network.sha256})
