"""The texture stage for one hole: from where patches come, and the network's shading over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.bystanders import Bystanders
from portrait_studio.engine.completion_weight import completion_weight, shading_of
from portrait_studio.engine.continued_ground import lay_ground
from portrait_studio.engine.crown_colours import hair_share
from portrait_studio.engine.emblems import emblems
from portrait_studio.engine.head_guess import crown_of
from portrait_studio.engine.hole_run import HoleRun
from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.outlines import soften_outlines
from portrait_studio.engine.parsed_window import ParsedWindow, labels_around
from portrait_studio.engine.patch_side import beyond_side
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import CompletionRequest
from portrait_studio.engine.resample import (
    Floats,
    read_window,
    resample,
    resize_mask,
    sample,
    sample_strips,
    strips,
)
from portrait_studio.engine.run_network import Report
from portrait_studio.engine.source_windows import source_window
from portrait_studio.engine.sourced_labels import with_sources
from portrait_studio.engine.steered_sources import steered
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import BACKGROUND, FACE, HAIR

_HAIR_DETAIL: Final = 0.25
"""How far crowns keep the fine contrast of patches, whose strands cross each other."""
_HAIRLINE: Final = 6.0
"""How steeply hairlines are left to the start, by how likely hair and skin are."""
_PREPARING: Final = 0.03
"""Share of the stage's time that goes by before the first patch is looked for."""


def texture_hole(
    hole: HoleRun,
    parsed: ParsedWindow,
    completed: Floats | None,
    region: Bounds,
    whole: ParsedWindow,
    bystanders: Bystanders,
) -> Floats:
    """Fill a hole with patches of the photo.

    Args:
        hole: which one, and of which fill.
        parsed: structure of its appearance window.
        completed: (h, w, 3) float32 in [0, 1], the completion network's picture of that window; None = none.
        region: the part of the photo that is wanted.
        whole: structure of the whole photo, for what is copied from beyond that window.
        bystanders: from whom nothing is copied.

    Returns:
        (region.height, region.width, 3) float32 in [0, 1].

    Raises:
        Cancelled: on request.
    """
    hole.run.progress.report(Stage.TEXTURE, 0.0)
    give_back_memory()
    window = source_window(hole.run, hole.bounds, parsed.window.bounds)
    sources = _PatchSources.of(hole, parsed, completed, window, whole, bystanders)
    texture = _synthesised(hole, sources)
    hole.keep("texture", texture)
    fill = sample(texture, window, region)
    if completed is None:
        return fill
    towards, seen = _towards_network(hole, parsed, completed, texture, window, sources.hair_shown)
    for rows, more in zip(strips(region.height), sample_strips(towards, seen, region), strict=True):
        fill[rows] += more
    return fill


@dataclass(frozen=True, eq=False)
class _PatchSources:
    """What the patches of a hole may be copied from.

    Attributes:
        image: (h, w, 3) float32 in [0, 1]; inside the hole the network's picture, where there is one.
        is_begun: whether there is one.
        hole: (h, w) bool, True = to be filled.
        excluded: (h, w) bool, what nothing is copied from.
        labels: (h, w) uint8 parsing map.
    """

    image: Floats
    is_begun: bool
    hole: NDArray[np.bool_]
    excluded: NDArray[np.bool_]
    labels: NDArray[np.uint8]

    @property
    def hair_shown(self) -> float:
        """How much hair there is to copy for that which is missing, at most 1."""
        hair = self.labels == HAIR
        missing, shown = (
            int(np.count_nonzero(hair & part)) for part in (self.hole, ~(self.hole | self.excluded))
        )
        return min(1.0, shown / max(missing, 1))

    @staticmethod
    def of(
        run: HoleRun,
        parsed: ParsedWindow,
        completed: Floats | None,
        window: Window,
        whole: ParsedWindow,
        bystanders: Bystanders,
    ) -> _PatchSources:
        """See `texture_hole`; `window` is what they are copied from."""
        request, report = run.request, _part_of(run, 0.0, _PREPARING)
        own, others = run.own_and_other_holes(window.bounds)
        image = read_window(request.image, request.mask, window).colours
        hole, excluded = resize_mask(own, window.size), resize_mask(others, window.size)
        del own, others
        labels = labels_around(parsed, whole, window, request.wanted_labels, report)
        excluded |= bystanders.excluded(window, hole, labels)
        if request.options.spares_others:
            excluded |= emblems(image, labels, hole | excluded)
        for head in run.heads:
            excluded |= head.unlike_sources(image, labels, ~(hole | excluded), window)
        sides = window.bounds, run.bounds
        excluded |= beyond_side(request.options.patches_from, sides, hole, excluded, labels)
        if request.sources is not None:
            labels, excluded = steered(request.sources, window, hole, labels, excluded)
            if bool((hole | excluded).all()):
                run.run.notices.append(
                    Message("Nothing near a hole may be copied, so it is filled smoothly. Erase some marks.")
                )
        if request.options.continue_patterns:
            labels = with_sources(labels, hole, excluded)
        if completed is not None:
            np.copyto(image, _seen(completed, parsed.window, window), where=hole[..., None])
            if _continues_lines(request):
                lay_ground(image, hole, labels, excluded)
        return _PatchSources(image, completed is not None, hole, excluded, labels)


def _continues_lines(request: CompletionRequest) -> bool:
    return request.options.continue_lines and request.extension.extends


def _part_of(run: HoleRun, start: float, end: float) -> Report:
    """What hears of a part of the stage, from one share of its time to another."""
    report = run.run.reporter(Stage.TEXTURE)
    return lambda fraction: report(start + (end - start) * fraction)


def _synthesised(run: HoleRun, sources: _PatchSources) -> Floats:
    """Patches over the window that they are copied from: (h, w, 3) float32 in [0, 1]."""
    options, device = run.request.options, run.run.compute.device
    picture = torch.from_numpy(sources.image).permute(2, 0, 1).to(device)
    # The random numbers come from the CPU, so that a seed means the same on every device.
    generator = torch.Generator().manual_seed(run.seed)
    how = TextureOptions.usual(
        careful=options.careful_sources,
        # In holes that the photo surrounds it was slightly worse by LPIPS, in extensions better.
        keeps_grain=options.keep_grain and run.request.extension.extends,
        follows_ground=sources.is_begun and _continues_lines(run.request),
    )
    with torch.inference_mode():
        filled = run.run.parts.synthesise(
            picture,
            torch.from_numpy(sources.hole).to(device),
            torch.from_numpy(sources.labels).to(device),
            picture if sources.is_begun else None,
            generator,
            _part_of(run, _PREPARING, 1.0),
            how,
            excluded=torch.from_numpy(sources.excluded & ~sources.hole).to(device),
        )
    texture = np.ascontiguousarray(filled.float().cpu().numpy().transpose(1, 2, 0))
    return soften_outlines(texture, sources.labels, sources.hole) if options.robust else texture


def _towards_network(
    run: HoleRun,
    parsed: ParsedWindow,
    completed: Floats,
    texture: Floats,
    window: Window,
    hair_shown: float,
) -> tuple[Floats, Window]:
    """What the network adds to a texture over a window, (h, w, 3), and the size at which it sees that.

    Finer detail than it can see stays that of the patches.
    """
    seen = Window.scaled(window.bounds, parsed.window.scale)
    towards = _seen(completed, parsed.window, seen) - _seen(texture, window, seen)
    if not run.request.options.robust:
        towards *= _seen(completion_weight(parsed.probabilities), parsed.window, seen)[..., None]
        return towards, seen
    own = run.own_and_other_holes(seen.bounds)[0]
    face, background = (_layer_seen(parsed, seen, label) for label in (FACE, BACKGROUND))
    inside = resize_mask(own, seen.size)
    # A little hair that is copied all over looks like a pattern.
    crown, known = crown_of(run.heads, seen), _continues_lines(run.request)
    detailed = crown * np.float32(_HAIR_DETAIL * hair_shown)
    shading = shading_of(towards, inside, face, background, is_ground_known=known, crown=detailed)
    if run.heads:
        share = hair_share(parsed.seen_through(seen))
        # Patches end hair as with a ruler; the start goes over from one to the other.
        line = (np.float32(_HAIRLINE) * crown * share * (1 - share))[..., None]
        shading += np.minimum(line, 1) * (towards - shading)
    return shading, seen


def _seen(picture: Floats, source: Window, target: Window) -> Floats:
    """Values (h, w) or (h, w, 3) in [0, 1] over one window, resampled to another."""
    return np.clip(resample(picture, source.bounds, target.bounds, target.size), 0.0, 1.0)


def _layer_seen(parsed: ParsedWindow, target: Window, label: int) -> Floats:
    """(h, w) probability of a label, resampled to another window."""
    return _seen(np.ascontiguousarray(parsed.probabilities[..., label]), parsed.window, target)
