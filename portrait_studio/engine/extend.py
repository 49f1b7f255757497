"""Extend: fill what lies beyond the photo, step by step, and hand the steps on as one fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from portrait_studio.engine.extension_plan import plan_parts
from portrait_studio.engine.fill_job import FillJob
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.request import CompletionResult, FilledRegion, Pixels
from portrait_studio.imaging.geometry import Bounds


def extend(run: FillRun) -> CompletionResult:
    """Fill an extended canvas, and holes of the photo with it.

    Args:
        run: with an extension.

    Returns:
        Holes that lie apart from the new area as they are, and the new area as one region.
    """
    request = run.request
    parts, notices = plan_parts(request)
    image = request.image if len(parts) == 1 else request.image.copy()
    done: list[FilledRegion] = []
    results: list[CompletionResult] = []
    for number, part in enumerate(parts):
        run.progress.begin_step(number, len(parts))
        result = FillJob(run.for_part(part, image)).complete()
        results.append(result)
        for region in result.regions:
            placed = _placed(region, part.canvas)
            done.append(placed)
            if len(parts) > 1:
                changed = region.changed[..., None] != 0
                np.copyto(image[placed.bounds.slices], region.pixels, where=changed)
    return _joined(request.photo, image, done, results, notices)


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
