"""Fills one hole: patches, face, and what of them and of the completion network is taken where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.align_face import align_face, read_face
from portrait_studio.engine.blend import BlendOptions, band_beside_photo, blend, blend_band
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.extension_plan import photo_in
from portrait_studio.engine.face_label import lost_face
from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.network_trust import network_trust
from portrait_studio.engine.paint_window import PaintedWindow
from portrait_studio.engine.parse import ParsedWindow, labels_at
from portrait_studio.engine.parse_memory import ParseMemory
from portrait_studio.engine.poisson import PoissonSolver
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.redraw_face import LEAST_FACE_PX, redraw_face, turn_of_head
from portrait_studio.engine.refine_face import face_window, refine_face
from portrait_studio.engine.request import CompletionRequest, FilledRegion, Method, Pixels
from portrait_studio.engine.resample import (
    Floats,
    read_window,
    resample,
    resize_mask,
    sample,
    sample_strips,
    strips,
    to_depth,
    to_float,
)
from portrait_studio.engine.run_network import Report
from portrait_studio.engine.work_crop import CropPolicy, Window, plan_hole, texture_window
from portrait_studio.errors import WeightsError
from portrait_studio.imaging.colour import in_8_bits
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.messages import Message
from portrait_studio.networks.face_completion import FACE_COMPLETION


class Synthesise(Protocol):
    """The texture stage; see `engine.texture.synthesise`."""

    def __call__(
        self,
        image: Tensor,
        hole: Tensor,
        labels: Tensor,
        start: Tensor | None,
        generator: torch.Generator,
        progress: Report,
        *,
        excluded: Tensor | None = None,
    ) -> Tensor:
        """(3, H, W) float32 in [0, 1]; known pixels are those of `image`."""
        ...


@dataclass(frozen=True)
class Tools:
    """What filling needs besides the photo.

    Attributes:
        networks: hands out the completion and face networks.
        synthesise: the texture stage.
        solver: solves the blend.
        blending: how the seam is hidden.
        parsed: what the parser said lately.
    """

    networks: NetworkStore
    synthesise: Synthesise
    solver: PoissonSolver
    blending: BlendOptions
    parsed: ParseMemory


class HoleFiller:
    """One hole of one job on one device; use once."""

    def __init__(
        self,
        request: CompletionRequest,
        hole: Bounds,
        seed: int,
        tools: Tools,
        compute: Compute,
        policy: CropPolicy,
        progress: Progress,
    ) -> None:
        """Args: the job, the rectangle around the hole and its seed, tools, device, crop sizes, who hears."""
        self._request, self._hole, self._seed = request, hole, seed
        self._tools, self._compute, self._policy, self._progress = tools, compute, policy, progress
        self._stages: dict[str, NDArray[np.uint8]] = {}
        self.weights: dict[str, str] = {}
        self.notices: list[str] = []

    def fill(self, parsed: ParsedWindow, painted: PaintedWindow | None) -> FilledRegion:
        """Fill the hole.

        Args:
            parsed: structure of the hole's appearance window, or of one that it shares.
            painted: what the completion network makes of that window; None = patches alone.
        """
        request, window = self._request, parsed.window
        give_back_memory()
        photo = Bounds.of(extent_of(request.image))
        # Known pixels must show around the band for the blend to hold on to.
        region = self._hole.grown(request.options.grow_px + 2).intersected(photo)
        completed = None if painted is None else painted.settled
        if painted is not None:
            self._keep("completion", painted.completion)
        if request.options.method is Method.NETWORK and completed is not None:
            fill = sample(completed, window, region)
        else:
            fill = self._texture(parsed, completed, region)
        hole = request.mask[region.slices] != 0
        known: Pixels = request.image[region.slices]
        for rows in strips(region.height):
            np.copyto(fill[rows], to_float(known[rows]), where=~hole[rows, :, None])
        if completed is not None:
            redrawn = self._redraw_face(parsed, fill, region)
            fill = self._refine_face(parsed, fill, region) if redrawn is None else redrawn
        self._keep_large("composite", fill, region, window.bounds)
        band = self._band(hole, region)
        give_back_memory()
        blended = blend(
            fill, hole, band, self._tools.solver, self._tools.blending, self._reporter(Stage.BLEND)
        )
        if is_grey(request.image, window.bounds):
            blended = np.repeat(blended.mean(axis=2, keepdims=True), 3, axis=2)
        self._keep_large("blended", blended, region, window.bounds)
        pixels = request.image[region.slices].copy()
        for rows in strips(region.height):
            pixels[rows][band[rows]] = to_depth(blended[rows][band[rows]], request.image)
        self._progress.report(Stage.BLEND, 1.0)
        return FilledRegion(region, pixels, band.astype(np.uint8), parsed.structure(), self._stages)

    def _band(self, hole: NDArray[np.bool_], region: Bounds) -> NDArray[np.bool_]:
        """What blending may change, (h, w) bool over the region."""
        request = self._request
        if not request.extension.extends:
            return blend_band(hole, request.options.grow_px)
        photo = photo_in(extent_of(request.image), request.extension).intersected(region)
        inner = photo.shifted(-region.left, -region.top)
        return band_beside_photo(hole, inner, request.options.grow_px)

    def _texture(self, parsed: ParsedWindow, completed: Floats | None, region: Bounds) -> Floats:
        """Patches over the appearance window, brought to the region: (h, w, 3) in [0, 1]."""
        request = self._request
        report = self._reporter(Stage.TEXTURE)
        report(0.0)
        give_back_memory()
        photo = extent_of(request.image)
        # Of a window that holes share only what the hole would have alone: nearer patches fit better.
        own_bounds = plan_hole(self._hole, photo, self._policy).appearance.bounds
        window = texture_window(self._hole, own_bounds.intersected(parsed.window.bounds), photo, self._policy)
        own, others = self._own_and_other_holes(window.bounds)
        image, _ = read_window(request.image, request.mask, window)
        hole, excluded = resize_mask(own, window.size), resize_mask(others, window.size)
        del own, others
        labels = labels_at(parsed, window, request.structure, lambda fraction: report(0.03 * fraction))
        if completed is not None:
            np.copyto(image, _seen(completed, parsed.window, window), where=hole[..., None])
        device = self._compute.device
        picture = torch.from_numpy(image).permute(2, 0, 1).to(device)
        del image
        # The random numbers come from the CPU, so that a seed means the same on every device.
        generator = torch.Generator().manual_seed(self._seed)
        with torch.inference_mode():
            filled = self._tools.synthesise(
                picture,
                torch.from_numpy(hole).to(device),
                torch.from_numpy(labels).to(device),
                None if completed is None else picture,
                generator,
                lambda fraction: report(0.03 + 0.97 * fraction),
                excluded=torch.from_numpy(excluded & ~hole).to(device),
            )
        texture = np.ascontiguousarray(filled.float().cpu().numpy().transpose(1, 2, 0))
        self._keep("texture", texture)
        del picture, filled
        fill = sample(texture, window, region)
        if completed is None:
            return fill
        # Only what the network can see is taken from it: finer detail stays that of the patches.
        seen = Window.scaled(window.bounds, parsed.window.scale)
        towards = _seen(completed, parsed.window, seen) - _seen(texture, window, seen)
        towards *= _seen(network_trust(parsed.probabilities), parsed.window, seen)[..., None]
        for rows, more in zip(strips(region.height), sample_strips(towards, seen, region), strict=True):
            fill[rows] += more
        return fill

    def _redraw_face(self, parsed: ParsedWindow, fill: Floats, region: Bounds) -> Floats | None:
        """The fill of the region with its face redrawn; None where there is none, or too much doubt."""
        request, networks = self._request, self._tools.networks
        if request.options.method is not Method.DEFAULT or request.extension.extends:
            return None
        own = self._own_and_other_holes(parsed.window.bounds)[0]
        face = lost_face(parsed, resize_mask(own, parsed.window.size))
        if face is None or face.side < LEAST_FACE_PX or not networks.has(FACE_COMPLETION):
            return None
        self._progress.report(Stage.REFINE_FACE, 0.0)
        try:
            network = networks.load(FACE_COMPLETION)
        except WeightsError as error:
            self.notices.append(Message("The face was not redrawn. {reason}", reason=error.message))
            return None
        seen = read_face(request.image, request.mask, face)
        report = self._reporter(Stage.REFINE_FACE)
        aligned = align_face(network.module, seen, face, turn_of_head(parsed), self._compute, report)
        if aligned is None:
            return None
        self.weights[network.name] = network.sha256
        hole = request.mask[region.slices] != 0
        redrawn = redraw_face(fill, region, hole, seen, aligned)
        self._keep("face-before", redrawn.before)
        self._keep("face-after", redrawn.after)
        return redrawn.fill

    def _refine_face(self, parsed: ParsedWindow, fill: Floats, region: Bounds) -> Floats:
        """The fill of the region with a better face, if the hole touches one."""
        request = self._request
        own = self._own_and_other_holes(parsed.window.bounds)[0]
        window = face_window(parsed, resize_mask(own, parsed.window.size))
        del own
        if window is None:
            return fill
        self._progress.report(Stage.REFINE_FACE, 0.0)
        try:
            network = self._tools.networks.load("face")
        except WeightsError as error:
            self.notices.append(Message("The face was not refined. {reason}", reason=error.message))
            return fill
        self.weights[network.name] = network.sha256
        photo = Bounds.of(extent_of(request.image))
        around = region.united(window.intersected(photo))
        inner = region.shifted(-around.left, -around.top).slices
        picture = to_float(request.image[around.slices])
        picture[inner] = fill
        hole = np.zeros(picture.shape[:2], np.bool_)
        hole[inner] = request.mask[region.slices] != 0
        report = self._reporter(Stage.REFINE_FACE)
        refined = refine_face(network.module, picture, around, hole, parsed, window, self._compute, report)
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

    def _reporter(self, stage: Stage) -> Report:
        return lambda fraction: self._progress.report(stage, fraction)

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


def _eight_bits(picture: Floats) -> NDArray[np.uint8]:
    return np.asarray(np.rint(np.clip(picture, 0.0, 1.0) * 255.0), dtype=np.uint8)
