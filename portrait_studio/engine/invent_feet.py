"""Feet that no photo shows: of the pairs known to the feet network, the one that goes on from the legs best.

The photo shows where its legs enter the hole. Each foot of a pair is put so that its own leg goes on from
there; how large it is say the joints. Only shoes are taken: legs and hems above them go on from the photo's
own. Where the photo shows the upper part of a shoe, they take its colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.feet.entering_legs import legs_entering
from portrait_studio.engine.feet.painted_pair import painted_pairs, pairs_by_pose
from portrait_studio.engine.feet.placed_pair import HoleMask, PlacedPair, place_pair
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.mates.feet import SHOES, hidden_feet
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.references.body_scale import believed_joints, scale_between
from portrait_studio.engine.request import CompletionRequest, Method
from portrait_studio.engine.resample import read_window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.messages import Message
from portrait_studio.networks.feet import FEET, SHIN_PX, FeetDecoder
from portrait_studio.networks.released import LoadedNetwork

_HINT: Final = 0.1
"""Peak of a heatmap from which on a hidden knee or ankle counts in how legs stand."""
_KNOWN: Final = 0.25
"""Share of both shoes that shows from which on they are filled by patches, in the shape of the pair."""
_TRIED: Final = 24
"""Pairs whose legs stand most alike, of which the one wins that fits best."""


def invent_feet(
    run: FillRun, holes: Mapping[int, Bounds], whole: ParsedWindow, closer: ParsedWindow
) -> dict[int, PlacedPair]:
    """Feet for the holes, by number, that cut legs off, in a fill by the default method.

    Args:
        run: the fill.
        holes: rectangle around each hole, in photo pixels, by its number.
        whole: what the parser says about the whole photo.
        closer: what it says about the window that the holes share.
    """
    request, networks = run.request, run.parts.networks
    if not request.options.invent_feet or request.options.method is not Method.DEFAULT:
        return {}
    hiding = {n: hole for n, hole in holes.items() if hidden_feet(request.mask, hole, whole, closer)}
    if not hiding or not networks.has(FEET):
        return {}
    try:
        network = networks.load(FEET)
    except WeightsError as error:
        run.notices.append(Message("Feet were left to the patches. {reason}", reason=error.message))
        return {}
    found = {}
    for number, hole in hiding.items():
        pair = _best_pair(run, network, hole, whole, closer)
        if pair is not None:
            found[number] = pair
            run.note_weights(network)
    return found


def _best_pair(
    run: FillRun, network: LoadedNetwork, hole: Bounds, whole: ParsedWindow, closer: ParsedWindow
) -> PlacedPair | None:
    """The pair that fits best, or by the seed one of the next; None where none does."""
    assert isinstance(network.module, FeetDecoder)
    request, runner = run.request, run.runner(network, Stage.PARSE)
    ours, known = believed_joints(whole), network.module.joints.float().cpu().numpy()
    poses = pairs_by_pose(known, believed_joints(whole, _HINT), _TRIED)
    scales = (scale_between(pose.joints, ours) for pose in poses)
    sizes = sorted(scale for scale in scales if scale is not None)
    if not sizes:
        return None
    # Joints of a single person are a little off: the pairs' mean says better how large feet are.
    scale = sizes[len(sizes) // 2]
    legs = legs_entering(request.mask, hole, whole, closer, SHIN_PX * scale)
    if not legs:
        return None
    shown = _colours_of_shoes(request, whole) if any(leg.shows_shoe for leg in legs) else np.empty((0, 3))
    mask = HoleMask(request.mask)
    placed = []
    for pair in painted_pairs(runner, poses):
        pair = pair.recoloured(np.median(shown, axis=0)) if len(shown) else pair
        found = place_pair(pair, legs, scale, mask)
        if found is not None:
            # Of a shoe that shows well enough, patches know the colours better.
            is_known = len(shown) >= _KNOWN * np.count_nonzero(pair.shoes) * (scale * whole.window.scale) ** 2
            placed.append(replace(found, lends_colours=not is_known))
    placed.sort(key=lambda pair: pair.cost)
    if not placed:
        return None
    chosen = placed[request.options.seed % len(placed)]
    is_cut = run.grows_on_below and chosen.reaches_below(len(request.mask))
    return chosen.legs_only() if is_cut else chosen


def _colours_of_shoes(request: CompletionRequest, whole: ParsedWindow) -> NDArray[np.float64]:
    """Colours (n, 3) in [0, 1] of the shoes that show, a row for each pixel of the parser's view."""
    seen = read_window(request.image, request.mask, whole.window)
    return seen.colours[np.isin(whole.labels, SHOES) & ~seen.hole].astype(np.float64)
