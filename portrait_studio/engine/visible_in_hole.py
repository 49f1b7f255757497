"""What of a hole hides no thing: there the parser may look, so that only behind the thing it has to guess.

A loose mask is larger than the thing in it. What is beside the thing is to be filled like the rest, but where
arm, jumper and ground are there the photo shows.
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.label_mask import usual_reach
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.segment import find_thing
from portrait_studio.engine.things import Clicks, ThingFound, usual_rim
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import HOLE, KNOWN, Mask, extent_of, grow, hole_bounds
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import LABEL_COUNT

_SEGMENTATION: Final = "segmentation"

_MAY_BE: Final = 0.2
"""Probability from which on a pixel may belong to the thing: what is left of it would be taken for a body."""

_LEAST_SHARE: Final = 0.05
"""Of a hole: where less is beside the thing, the guess is as good."""

_LEAST_SIDE: Final = 0.02
_LEAST_SIDE_PX: Final = 12
_MOST_LOOKS: Final = 8
"""How long a hole is at least, of the photo's longer side, that is looked into, and how many are."""


def hidden_from_parser(run: FillRun) -> Mask:
    """What the parser must not see: all holes, without what of them surely shows no thing that is to go.

    Args:
        run: the fill.

    Returns:
        (H, W) uint8, nonzero = hidden; the request's mask where nothing stands out in it, or no network finds
        things.
    """
    request, networks = run.request, run.parts.networks
    if not request.options.looks_inside or not networks.has(_SEGMENTATION) or request.extension.extends:
        return request.mask
    if not _is_guessed(request.mask, request.wanted_labels):
        return request.mask
    try:
        network = networks.load(_SEGMENTATION)
    except WeightsError as error:
        run.notices.append(
            Message("What stands in a hole was not looked for. {reason}", reason=error.message)
        )
        return request.mask
    runner = NetworkRunner(network.module, run.compute, lambda _: run.progress.check())
    hidden = request.mask
    for place in _worth_a_look(request.mask):
        run.note_weights(network)
        thing = _thing_in(run, runner, place)
        if thing.stands_out:
            hidden = _without_surroundings(hidden, thing)
    return hidden


def _worth_a_look(mask: Mask) -> list[Bounds]:
    """Rectangles around the largest holes."""
    least = max(_LEAST_SIDE_PX, _LEAST_SIDE * max(mask.shape))
    large = [place for place in hole_bounds(mask) if max(place.width, place.height) >= least]
    return sorted(large, key=lambda place: -place.extent.area)[:_MOST_LOOKS]


def _thing_in(run: FillRun, network: NetworkRunner, place: Bounds) -> ThingFound:
    """What stands in a hole, which is looked for once for all fills of it."""
    image, mask = run.request.image, run.request.mask
    around = place.grown(max(place.width, place.height)).intersected(Bounds.of(extent_of(mask)))
    own = np.where(mask[place.slices] != 0, np.uint8(HOLE), np.uint8(KNOWN))
    key = hashlib.sha256(repr((place, image.shape, str(image.dtype), run.compute)).encode())
    for pixels in (own, image[around.slices]):
        key.update(np.ascontiguousarray(pixels).tobytes())
    known = run.parts.figures.recall(key.digest())
    if known is None:
        loose = np.zeros_like(mask)
        loose[place.slices] = own
        known = find_thing(network, image, loose, Clicks())
        run.parts.figures.keep(key.digest(), known)
    return known


def _is_guessed(mask: Mask, wanted: NDArray[np.uint8] | None) -> bool:
    """Whether anything in the holes is for the parser to say."""
    return wanted is None or bool(((mask != 0) & (wanted >= LABEL_COUNT)).any())


def _without_surroundings(hidden: Mask, thing: ThingFound) -> Mask:
    photo = extent_of(hidden)
    # The parser sees coarsely: a rim of the thing would be as good as all of it.
    reach = max(usual_rim(photo), usual_reach(photo) // 2)
    may_be = grow(thing.mask(photo, _MAY_BE), reach)
    place = thing.marked.slices
    beside = (hidden[place] != 0) & (may_be[place] == 0)
    if np.count_nonzero(beside) < _LEAST_SHARE * np.count_nonzero(hidden[place]):
        return hidden
    less = np.where(hidden != 0, np.uint8(HOLE), np.uint8(KNOWN))
    less[place][beside] = KNOWN
    return less
