"""Fills one hole: patches, face, and what of them and of the completion network is taken where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.blend import band_beside_photo, blend, blend_band, is_grey
from portrait_studio.engine.bystanders import Bystanders
from portrait_studio.engine.complete import CompletedWindow
from portrait_studio.engine.hole_face import with_face
from portrait_studio.engine.hole_run import HoleRun
from portrait_studio.engine.hole_texture import texture_hole
from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.overlays import Overlay
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import FilledRegion, Method, Pixels
from portrait_studio.engine.resample import Floats, WindowPixels, sample, strips, to_depth, to_float
from portrait_studio.engine.run_network import Report
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of


def fill_hole(
    hole: HoleRun,
    parsed: ParsedWindow,
    completed_window: CompletedWindow | None,
    whole: ParsedWindow,
    overlays: Sequence[Overlay] = (),
    bystanders: Bystanders | None = None,
) -> FilledRegion:
    """Fill the hole.

    Args:
        hole: which one, and of which fill.
        parsed: structure of the hole's appearance window, or of one that it shares.
        completed_window: what the completion network makes of that window; None = patches alone.
        whole: structure of the whole photo, for what is copied from beyond that window.
        overlays: to lay over its fill, in this order.
        bystanders: from whom nothing is copied; None = nobody.

    Raises:
        Cancelled: on request.
    """
    request, window = hole.request, parsed.window
    give_back_memory()
    photo = Bounds.of(extent_of(request.image))
    # Known pixels must show around the band for the blend to hold on to.
    region = hole.bounds.grown(request.options.grow_px + 2).intersected(photo)
    completed = None if completed_window is None else completed_window.settled
    if completed_window is not None:
        hole.keep("completion", completed_window.painted)
    if request.options.method.is_painted and completed is not None:
        fill = sample(completed, window, region)
    else:
        fill = texture_hole(hole, parsed, completed, region, whole, bystanders or Bystanders())
    is_hole = request.mask[region.slices] != 0
    fill = _laid_into_photo(request.image, fill, region, is_hole, overlays)
    if completed is not None and not any(overlay.shows_face for overlay in overlays):
        fill = with_face(hole, parsed, WindowPixels(Window.scaled(region, 1.0), fill, is_hole))
    hole.keep_large("composite", fill, region, window.bounds)
    return _blended(hole, parsed, fill, region, is_hole)


def _laid_into_photo(
    image: Pixels, fill: Floats, region: Bounds, hole: NDArray[np.bool_], overlays: Sequence[Overlay]
) -> Floats:
    """The fill with the overlays over it, and the photo beside the hole: (h, w, 3) float32 in [0, 1]."""
    for overlay in overlays:
        fill = overlay.laid_over(fill, image, region, hole)
    known: Pixels = image[region.slices]
    for rows in strips(region.height):
        np.copyto(fill[rows], to_float(known[rows]), where=~hole[rows, :, None])
    return fill


def _blended(
    hole: HoleRun, parsed: ParsedWindow, fill: Floats, region: Bounds, is_hole: NDArray[np.bool_]
) -> FilledRegion:
    """The answer: a composite over a region without its seam."""
    image, window, report = hole.request.image, parsed.window, hole.run.reporter(Stage.BLEND)
    band = _band(hole, is_hole, region)
    give_back_memory()
    blended = _without_seam(hole, fill, is_hole, band, report)
    if is_grey(image, window.bounds):
        blended = np.repeat(blended.mean(axis=2, keepdims=True), 3, axis=2)
    hole.keep_large("blended", blended, region, window.bounds)
    pixels = image[region.slices].copy()
    for rows in strips(region.height):
        pixels[rows][band[rows]] = to_depth(blended[rows][band[rows]], image)
    report(1.0)
    return FilledRegion(region, pixels, band.astype(np.uint8), parsed.structure(), hole.pictures)


def _without_seam(
    hole: HoleRun, fill: Floats, is_hole: NDArray[np.bool_], band: NDArray[np.bool_], report: Report
) -> Floats:
    parts, options = hole.run.parts, hole.request.options
    blending = parts.blending
    if not options.robust or options.method is Method.SEARCH:
        # A found face has light and colours of its own, however far off.
        blending = replace(blending, step_tolerance=math.inf)
    return blend(fill, is_hole, band, parts.solver, blending, report)


def _band(hole: HoleRun, is_hole: NDArray[np.bool_], region: Bounds) -> NDArray[np.bool_]:
    """What blending may change, (h, w) bool over the region."""
    request = hole.request
    if not request.extension.extends:
        return blend_band(is_hole, request.options.grow_px)
    photo = request.photo.intersected(region)
    inner = photo.shifted(-region.left, -region.top)
    return band_beside_photo(is_hole, inner, request.options.grow_px)
