"""Fills one hole: patches, face, and what of them and of the completion network is taken where."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from portrait_studio.engine.align_face import (
    MOST_ERROR_PX,
    OLD_MOST_ERROR_PX,
    AlignedFace,
    SeenFace,
    align_face,
    read_face,
)
from portrait_studio.engine.blend import band_beside_photo, blend, blend_band
from portrait_studio.engine.bystanders import Bystanders
from portrait_studio.engine.complete import CompletedWindow
from portrait_studio.engine.completion_weight import completion_weight, shading_of
from portrait_studio.engine.emblems import emblems
from portrait_studio.engine.face_label import lost_face
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.latent.searched_face import search_face
from portrait_studio.engine.mates.eye_copy import eye_copy, lay_eye
from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.outlines import soften_outlines
from portrait_studio.engine.overlays import Overlay
from portrait_studio.engine.parsed_window import ParsedWindow, labels_around
from portrait_studio.engine.patch_side import beyond_side
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.redraw_face import LEAST_FACE_PX, OLD_LEAST_FACE_PX, redraw_face, turn_of_head
from portrait_studio.engine.refine_face import face_window, refine_face
from portrait_studio.engine.request import FilledRegion, Method, Pixels
from portrait_studio.engine.resample import (
    Floats,
    WindowPixels,
    read_window,
    resample,
    resize_mask,
    sample,
    sample_strips,
    strips,
    to_depth,
    to_float,
)
from portrait_studio.engine.source_windows import source_window
from portrait_studio.engine.sourced_labels import with_sources
from portrait_studio.engine.steered_sources import steered
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.bit_depth import in_8_bits
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.messages import Message
from portrait_studio.networks.conventions import FACE, LABELS
from portrait_studio.networks.dcgan import FACE_GENERATOR
from portrait_studio.networks.face_completion import FACE_COMPLETION

_BACKGROUND: Final = LABELS.index("background")
_REDRAWING: Final = (Method.DEFAULT, Method.SEARCH)
"""Methods that redraw a hidden face."""


class HoleFiller:
    """One hole of one fill; use once."""

    def __init__(
        self,
        run: FillRun,
        hole: Bounds,
        seed: int,
        overlays: Sequence[Overlay] = (),
        bystanders: Bystanders | None = None,
    ) -> None:
        """Do nothing yet.

        Args:
            run: the fill.
            hole: the rectangle around the hole.
            seed: start of its random numbers.
            overlays: to lay over its fill, in this order.
            bystanders: from whom nothing is copied; None = nobody.
        """
        self._overlays, self._bystanders = overlays, bystanders or Bystanders()
        self._run, self._request, self._hole, self._seed = run, run.request, hole, seed
        self._stages: dict[str, NDArray[np.uint8]] = {}

    def fill(
        self,
        parsed: ParsedWindow,
        completed_window: CompletedWindow | None,
        whole: ParsedWindow,
    ) -> FilledRegion:
        """Fill the hole.

        Args:
            parsed: structure of the hole's appearance window, or of one that it shares.
            completed_window: what the completion network makes of that window; None = patches alone.
            whole: structure of the whole photo, for what is copied from beyond that window.
        """
        request, window = self._request, parsed.window
        give_back_memory()
        photo = Bounds.of(extent_of(request.image))
        # Known pixels must show around the band for the blend to hold on to.
        region = self._hole.grown(request.options.grow_px + 2).intersected(photo)
        completed = None if completed_window is None else completed_window.settled
        if completed_window is not None:
            self._keep("completion", completed_window.painted)
        if request.options.method.is_painted and completed is not None:
            fill = sample(completed, window, region)
        else:
            fill = self._texture(parsed, completed, region, whole)
        hole = request.mask[region.slices] != 0
        for overlay in self._overlays:
            fill = overlay.laid_over(fill, request.image, region, hole)
        known: Pixels = request.image[region.slices]
        for rows in strips(region.height):
            np.copyto(fill[rows], to_float(known[rows]), where=~hole[rows, :, None])
        if completed is not None and not any(overlay.shows_face for overlay in self._overlays):
            pixels_of_region = WindowPixels(Window.scaled(region, 1.0), fill, hole)
            redrawn = self._redraw_face(parsed, pixels_of_region)
            if redrawn is None and request.options.method is Method.SEARCH:
                self._run.notices.append(Message("No face is behind the hole that could be searched for."))
            fill = self._refine_face(parsed, pixels_of_region) if redrawn is None else redrawn
        self._keep_large("composite", fill, region, window.bounds)
        band = self._band(hole, region)
        give_back_memory()
        parts, report = self._run.parts, self._run.reporter(Stage.BLEND)
        blending = parts.blending
        if not request.options.robust or request.options.method is Method.SEARCH:
            # A found face has light and colours of its own, however far off.
            blending = replace(blending, step_tolerance=math.inf)
        blended = blend(fill, hole, band, parts.solver, blending, report)
        if is_grey(request.image, window.bounds):
            blended = np.repeat(blended.mean(axis=2, keepdims=True), 3, axis=2)
        self._keep_large("blended", blended, region, window.bounds)
        pixels = request.image[region.slices].copy()
        for rows in strips(region.height):
            pixels[rows][band[rows]] = to_depth(blended[rows][band[rows]], request.image)
        report(1.0)
        return FilledRegion(region, pixels, band.astype(np.uint8), parsed.structure(), self._stages)

    def _band(self, hole: NDArray[np.bool_], region: Bounds) -> NDArray[np.bool_]:
        """What blending may change, (h, w) bool over the region."""
        request = self._request
        if not request.extension.extends:
            return blend_band(hole, request.options.grow_px)
        photo = request.photo.intersected(region)
        inner = photo.shifted(-region.left, -region.top)
        return band_beside_photo(hole, inner, request.options.grow_px)

    def _texture(
        self, parsed: ParsedWindow, completed: Floats | None, region: Bounds, whole: ParsedWindow
    ) -> Floats:
        """Patches over the appearance window, brought to the region: (h, w, 3) in [0, 1]."""
        request = self._request
        report = self._run.reporter(Stage.TEXTURE)
        report(0.0)
        give_back_memory()
        window = source_window(self._run, self._hole, parsed.window.bounds)
        own, others = self._own_and_other_holes(window.bounds)
        image = read_window(request.image, request.mask, window).colours
        hole, excluded = resize_mask(own, window.size), resize_mask(others, window.size)
        del own, others
        labels = labels_around(
            parsed, whole, window, request.wanted_labels, lambda fraction: report(0.03 * fraction)
        )
        excluded |= self._bystanders.excluded(window, hole, labels)
        if request.options.spares_others:
            excluded |= emblems(image, labels, hole | excluded)
        excluded |= beyond_side(
            request.options.patches_from, (window.bounds, self._hole), hole, excluded, labels
        )
        if request.sources is not None:
            labels, excluded = steered(request.sources, window, hole, labels, excluded)
            if bool((hole | excluded).all()):
                self._run.notices.append(
                    Message("Nothing near a hole may be copied, so it is filled smoothly. Erase some marks.")
                )
        if request.options.continue_patterns:
            labels = with_sources(labels, hole, excluded)
        if completed is not None:
            np.copyto(image, _seen(completed, parsed.window, window), where=hole[..., None])
        device = self._run.compute.device
        picture = torch.from_numpy(image).permute(2, 0, 1).to(device)
        del image
        # The random numbers come from the CPU, so that a seed means the same on every device.
        generator = torch.Generator().manual_seed(self._seed)
        with torch.inference_mode():
            filled = self._run.parts.synthesise(
                picture,
                torch.from_numpy(hole).to(device),
                torch.from_numpy(labels).to(device),
                None if completed is None else picture,
                generator,
                lambda fraction: report(0.03 + 0.97 * fraction),
                excluded=torch.from_numpy(excluded & ~hole).to(device),
                careful=request.options.careful_sources,
                # In holes that the photo surrounds it was slightly worse by LPIPS, in extensions better.
                keeps_grain=request.options.keep_grain and request.extension.extends,
            )
        texture = np.ascontiguousarray(filled.float().cpu().numpy().transpose(1, 2, 0))
        if request.options.robust:
            texture = soften_outlines(texture, labels, hole)
        self._keep("texture", texture)
        del picture, filled
        fill = sample(texture, window, region)
        if completed is None:
            return fill
        towards, seen = self._towards_network(parsed, completed, texture, window)
        for rows, more in zip(strips(region.height), sample_strips(towards, seen, region), strict=True):
            fill[rows] += more
        return fill

    def _towards_network(
        self, parsed: ParsedWindow, completed: Floats, texture: Floats, window: Window
    ) -> tuple[Floats, Window]:
        """What the network adds to a texture over a window, (h, w, 3), and the size at which it sees that.

        Finer detail than it can see stays that of the patches.
        """
        seen = Window.scaled(window.bounds, parsed.window.scale)
        towards = _seen(completed, parsed.window, seen) - _seen(texture, window, seen)
        if not self._request.options.robust:
            towards *= _seen(completion_weight(parsed.probabilities), parsed.window, seen)[..., None]
            return towards, seen
        own = self._own_and_other_holes(seen.bounds)[0]
        face, background = (_layer_seen(parsed, seen, label) for label in (FACE, _BACKGROUND))
        return shading_of(towards, resize_mask(own, seen.size), face, background), seen

    def _redraw_face(self, parsed: ParsedWindow, fill: WindowPixels) -> Floats | None:
        """The fill of the region with its face redrawn; None where there is none, or too much doubt."""
        request, networks = self._request, self._run.parts.networks
        if request.options.method not in _REDRAWING or request.extension.extends:
            return None
        finish = request.options.finish_faces and request.options.method is Method.DEFAULT
        own = self._own_and_other_holes(parsed.window.bounds)[0]
        face = lost_face(parsed, resize_mask(own, parsed.window.size))
        least = LEAST_FACE_PX if finish else OLD_LEAST_FACE_PX
        if face is None or face.side < least or not networks.has(FACE_COMPLETION):
            return None
        self._run.progress.report(Stage.REFINE_FACE, 0.0)
        try:
            network = networks.load(FACE_COMPLETION)
        except WeightsError as error:
            self._run.notices.append(Message("The face was not redrawn. {reason}", reason=error.message))
            return None
        seen = read_face(request.image, request.mask, face)
        runner = self._run.runner(network, Stage.REFINE_FACE)
        most_error_px = MOST_ERROR_PX if finish else OLD_MOST_ERROR_PX
        aligned = align_face(runner, seen, face, turn_of_head(parsed), most_error_px)
        if aligned is None:
            return None
        self._run.note_weights(network)
        if request.options.method is Method.SEARCH:
            try:
                aligned = self._searched_face(seen, aligned)
            except WeightsError as error:
                self._run.notices.append(Message("The face was not redrawn. {reason}", reason=error.message))
                return None
        redrawn = redraw_face(fill, seen, aligned, sharpened=finish)
        self._keep("face-before", redrawn.before)
        self._keep("face-parts", redrawn.parts_over_face)
        self._keep("face-after", redrawn.after)
        copy = eye_copy(request.image, request.mask, aligned) if finish else None
        if copy is None:
            return redrawn.fill
        return lay_eye(replace(fill, colours=redrawn.fill), request.image, aligned, copy)

    def _searched_face(self, seen: SeenFace, aligned: AlignedFace) -> AlignedFace:
        """The face with a picture that was found by search.

        Raises:
            WeightsError: there is no generator.
        """
        network = self._run.parts.networks.load(FACE_GENERATOR)
        runner = self._run.runner(network, Stage.REFINE_FACE)
        found = search_face(runner, network.sha256, seen, aligned, self._run.face, self._run.parts.searched)
        self._run.note_weights(network)
        return found

    def _refine_face(self, parsed: ParsedWindow, fill: WindowPixels) -> Floats:
        """The fill of the region with a better face, if the hole touches one."""
        request, region = self._request, fill.window.bounds
        if request.options.method is Method.GENERAL:
            return fill.colours
        own = self._own_and_other_holes(parsed.window.bounds)[0]
        window = face_window(parsed, resize_mask(own, parsed.window.size))
        del own
        if window is None:
            return fill.colours
        self._run.progress.report(Stage.REFINE_FACE, 0.0)
        try:
            network = self._run.parts.networks.load("face")
        except WeightsError as error:
            self._run.notices.append(Message("The face was not refined. {reason}", reason=error.message))
            return fill.colours
        self._run.note_weights(network)
        photo = Bounds.of(extent_of(request.image))
        around = region.united(window.intersected(photo))
        inner = region.shifted(-around.left, -around.top).slices
        picture = to_float(request.image[around.slices])
        picture[inner] = fill.colours
        hole = np.zeros(picture.shape[:2], np.bool_)
        hole[inner] = fill.hole
        larger = WindowPixels(Window.scaled(around, 1.0), picture, hole)
        refined = refine_face(self._run.runner(network, Stage.REFINE_FACE), larger, parsed, window)
        self._keep("face-before", refined.before)
        self._keep("face-after", refined.after)
        return refined.fill[inner]

    def _own_and_other_holes(self, bounds: Bounds) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """This hole and all others inside a window, (h, w) uint8 each, nonzero = hole."""
        others = np.not_equal(self._request.mask[bounds.slices], 0).view(np.uint8)
        own = np.zeros(others.shape, np.uint8)
        inner = self._hole.shifted(-bounds.left, -bounds.top).slices
        own[inner] = others[inner]
        others[inner] = 0
        return own, others

    def _keep(self, name: str, picture: Floats) -> None:
        if self._request.options.keep_stages:
            self._stages[name] = _eight_bits(picture)

    def _keep_large(self, name: str, fill: Floats, region: Bounds, bounds: Bounds) -> None:
        if self._request.options.keep_stages:
            self._stages[name] = picture_of(self._request.image, fill, region, bounds)


def is_grey(image: Pixels, bounds: Bounds) -> bool:
    """Whether the photo has no colour in a part, so that a fill of it must not have any."""
    crop: Pixels = image[bounds.slices]
    return all(bool((crop[rows] == crop[rows, :, :1]).all()) for rows in strips(bounds.height))


def picture_of(image: Pixels, fill: Floats, region: Bounds, bounds: Bounds) -> NDArray[np.uint8]:
    """A picture of a stage at full resolution.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        fill: (h, w, 3) float32 in [0, 1], what lies over the region.
        region: where, in the photo.
        bounds: what is shown.

    Returns:
        (bounds.height, bounds.width, 3) uint8.
    """
    picture = in_8_bits(image[bounds.slices]).copy()
    inner = region.intersected(bounds)
    source = fill[inner.shifted(-region.left, -region.top).slices]
    target = picture[inner.shifted(-bounds.left, -bounds.top).slices]
    for rows in strips(inner.height):
        target[rows] = _eight_bits(source[rows])
    return picture


def _seen(picture: Floats, source: Window, target: Window) -> Floats:
    """Values (h, w) or (h, w, 3) in [0, 1] over one window, resampled to another."""
    return np.clip(resample(picture, source.bounds, target.bounds, target.size), 0.0, 1.0)


def _layer_seen(parsed: ParsedWindow, target: Window, label: int) -> Floats:
    """(h, w) probability of a label, resampled to another window."""
    return _seen(np.ascontiguousarray(parsed.probabilities[..., label]), parsed.window, target)


def _eight_bits(picture: Floats) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(picture, 0.0, 1.0) * 255.0), dtype=np.uint8)
