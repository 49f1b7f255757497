"""Extend: fill what lies beyond the photo, step by step, and hand the steps on as one fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.extension_plan import ExtensionStep, beyond_reach, plan_steps
from portrait_studio.engine.fallback import Fallback
from portrait_studio.engine.fill_job import FillJob
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.request import CompletionRequest, CompletionResult, FilledRegion, Pixels
from portrait_studio.imaging.canvas_extension import margins_of
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of, hole_bounds
from portrait_studio.networks.manifest import network_name
from portrait_studio.networks.released import LoadedNetwork


class SideNetworks:
    """The networks meant for one side of an extension where there are such, else those for holes."""

    def __init__(self, store: NetworkStore, side: str | None) -> None:
        """Open nothing yet.

        Args:
            store: where all come from.
            side: the one that grows; None = none.
        """
        self._store, self._side = store, side

    def load(self, name: str) -> LoadedNetwork:
        """See `NetworkStore.load`."""
        special = network_name(name, self._side)
        return self._store.load(special if self._store.has(special) else name)

    def has(self, name: str) -> bool:
        """See `NetworkStore.has`."""
        return self._store.has(name)


@dataclass(frozen=True)
class _Part:
    """One step as it is asked for: what of the picture, which of its holes, and for which side."""

    canvas: Bounds
    mask: NDArray[np.uint8]
    side: str | None


def extend(run: FillRun, fallback: Fallback) -> CompletionResult:
    """Fill an extended canvas, and holes of the photo with it.

    Args:
        run: with an extension.
        fallback: says what to run on.

    Returns:
        Holes that lie apart from the new area as they are, and the new area as one region.
    """
    request = run.request
    steps = plan_steps(extent_of(request.image), request.extension)
    notice = beyond_reach(steps)
    parts = _parts(request, steps)
    image = request.image if len(parts) == 1 else request.image.copy()
    done: list[FilledRegion] = []
    results: list[CompletionResult] = []
    for number, part in enumerate(parts):
        run.progress.begin_step(number, len(parts))
        networks = SideNetworks(run.parts.networks, part.side)
        part_run = run.with_part(_request_of(part, request, image), networks)
        later = [other.side for other in parts[number + 1 :]]
        part_run = replace(part_run, grows_on_below="bottom" in later)
        result = FillJob(part_run, fallback).complete()
        results.append(result)
        for region in result.regions:
            placed = _placed(region, part.canvas)
            done.append(placed)
            if len(parts) > 1:
                changed = region.changed[..., None] != 0
                np.copyto(image[placed.bounds.slices], region.pixels, where=changed)
    return _joined(request.photo, image, done, results, () if notice is None else (notice,))


def _parts(request: CompletionRequest, steps: Sequence[ExtensionStep]) -> list[_Part]:
    """Holes that lie apart from the new area come first, with the networks meant for them."""
    photo = request.photo
    apart = np.zeros_like(request.mask)
    for box in hole_bounds(request.mask, request.options.grow_px + 3):
        if box.intersected(photo) == box:
            apart[box.slices] = request.mask[box.slices]
    parts = [_Part(photo, apart[photo.slices], None)] if apart.any() else []
    left = np.where(apart == 0, request.mask, np.uint8(0)) if parts else request.mask
    *first, last = steps
    if first and left is request.mask:
        left = left.copy()
    for step in first:
        parts.append(_Part(step.canvas, left[step.canvas.slices].copy(), step.side))
        left[step.canvas.slices] = 0
    return [*parts, _Part(last.canvas, left, last.side)]


def _request_of(part: _Part, whole: CompletionRequest, image: Pixels) -> CompletionRequest:
    inner, left, top = part.canvas.slices, part.canvas.left, part.canvas.top
    return replace(
        whole,
        image=cast(Pixels, np.ascontiguousarray(image[inner])),
        mask=part.mask,
        wanted_labels=None
        if whole.wanted_labels is None
        else np.ascontiguousarray(whole.wanted_labels[inner]),
        sources=None if whole.sources is None else np.ascontiguousarray(whole.sources[inner]),
        extension=margins_of(whole.photo, part.canvas),
        joints={joint: (x - left, y - top) for joint, (x, y) in whole.joints.items()},
    )


def _placed(region: FilledRegion, canvas: Bounds) -> FilledRegion:
    """A region of one step's picture as one of the whole picture."""
    structure = region.structure
    return replace(
        region,
        bounds=region.bounds.shifted(canvas.left, canvas.top),
        structure=replace(structure, bounds=structure.bounds.shifted(canvas.left, canvas.top)),
    )


def _joined(
    photo: Bounds,
    image: Pixels,
    done: Sequence[FilledRegion],
    results: Sequence[CompletionResult],
    notices: Sequence[str],
) -> CompletionResult:
    apart = [region for region in done if region.bounds.intersected(photo) == region.bounds]
    new = [region for region in done if region.bounds.intersected(photo) != region.bounds]
    weights: dict[str, str] = {}
    for result in results:
        weights |= result.weights
    said = [text for result in results for text in result.notices]
    return replace(
        results[-1],
        regions=(*apart, new[0] if len(new) == 1 else _united(new, image)),
        weights=weights,
        notices=tuple(dict.fromkeys([*said, *notices])),
    )


def _united(regions: Sequence[FilledRegion], image: Pixels) -> FilledRegion:
    """Steps that were laid over each other as one region; the last step's stages come first."""
    bounds = Bounds(0, 0, 0, 0)
    for region in regions:
        bounds = bounds.united(region.bounds)
    changed = np.zeros((bounds.height, bounds.width), np.uint8)
    stages = dict(regions[-1].stages)
    for number, region in enumerate(regions, start=1):
        inner = region.bounds.shifted(-bounds.left, -bounds.top).slices
        changed[inner] |= region.changed
        if region is not regions[-1]:
            stages |= {f"step-{number}-{name}": picture for name, picture in region.stages.items()}
    pixels = image[bounds.slices].copy()
    borrowed = tuple(dict.fromkeys(one for region in regions for one in region.borrowed))
    invents_feet = any(region.invents_feet for region in regions)
    structure = regions[-1].structure
    return FilledRegion(bounds, pixels, changed, structure, stages, borrowed, invents_feet=invents_feet)
