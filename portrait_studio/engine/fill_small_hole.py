"""The short way for specks and scratches: no network, the photo beside them says what they hide.

A network's window holds one hole, and looks at it take a second whatever its size. What is thin needs none,
where the photo around it goes on: the shift map says so by how well the surroundings of the sources agree.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.blend import blend_band, is_grey
from portrait_studio.engine.fill_run import FillRun
from portrait_studio.engine.gradient_copy import blended_copy, copied
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.progress import Stage
from portrait_studio.engine.request import FilledRegion, Pixels, Structure
from portrait_studio.engine.resample import to_depth, to_float
from portrait_studio.engine.shift_map import ShiftMap, find_shifts, thickness_of
from portrait_studio.engine.stage_pictures import full_picture
from portrait_studio.engine.steered_sources import closed_with
from portrait_studio.engine.work_crop import plan_hole
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import extent_of
from portrait_studio.networks.conventions import HEATMAP_STRIDE, LABEL_COUNT

_MOST_SHARE: Final = 0.015
"""Thickness of a speck relative to the photo's longer side: beyond that it hides a part of something."""
_MOST_PX: Final = 32
_MOST_AREA_PX: Final = 60_000
"""Pixels of a scratch; what has more is a drawing, and would be solved for at once."""
_PLAIN_MISMATCH: Final = 0.09
"""Up to which mismatch of a shift map, in colours of [0, 1], the short way measured as good as the long one
where all around is of one label."""
_MIXED_MISMATCH: Final = 0.05
"""The same where labels meet: a wrong outline is seen sooner than wrong texture."""


class SmallHoleFiller:
    """Fills the specks and scratches among the holes of one fill."""

    def __init__(self, run: FillRun, whole: ParsedWindow) -> None:
        """Look at the photo, and fill nothing yet.

        Args:
            run: the fill.
            whole: structure of the whole photo.
        """
        self._run, self._request, self._whole = run, run.request, whole
        self._photo = Bounds.of(extent_of(run.request.image))
        self._seen = whole.labels
        wanted = run.request.wanted_labels
        self._labels = self._seen if wanted is None else whole.overruled_by(wanted).labels
        least = min(_MOST_SHARE * max(self._photo.width, self._photo.height), _MOST_PX)
        self._most_px = least if self._is_wanted else 0.0
        self._closed = closed_with(run.request.mask, run.request.sources)

    @property
    def _is_wanted(self) -> bool:
        """Whether the job lets specks take the short way: not where a network's picture is asked for."""
        options = self._request.options
        is_short = not options.hole_by_hole and not options.method.is_painted
        return is_short and not self._request.extension.extends

    def fill(self, hole: Bounds, seed: int) -> FilledRegion | None:
        """Fill the hole in a rectangle, if it is a speck that its surroundings explain; None = it is none.

        Args:
            hole: the rectangle, as `find_holes` says.
            seed: 0 takes the likeliest fill, any other one draws among good ones.
        """
        request = self._request
        thickness_px = self._thickness(hole)
        labels = self._labels_around(hole, thickness_px) if thickness_px else None
        if labels is None:
            return None
        shifts = find_shifts(
            request.image,
            request.mask,
            hole,
            thickness_px,
            seed,
            self._run.reporter(Stage.TEXTURE),
            self._closed,
        )
        most = _PLAIN_MISMATCH if len(labels) == 1 else _MIXED_MISMATCH
        if shifts is None or shifts.mismatch > most:
            return None
        return self._filled(hole, shifts)

    def _thickness(self, hole: Bounds) -> int:
        """Of the hole in a rectangle, in pixels; 0 where it is no speck."""
        if not self._most_px:
            return 0
        # A disc lies in whatever is thicker than this, so large holes need no closer look.
        own = self._request.mask[hole.slices] != 0
        if np.count_nonzero(own) > _MOST_AREA_PX:
            return 0
        thickness_px = thickness_of(own)
        return thickness_px if thickness_px <= self._most_px else 0

    def _labels_around(self, hole: Bounds, thickness_px: int) -> NDArray[np.uint8] | None:
        """Labels in and around the hole; None where one is wanted in it that is not around it."""
        margin = max(thickness_px, round(2 / self._whole.window.scale))
        near = hole.grown(margin).intersected(self._photo)
        labels = np.unique(self._structure(near, self._seen).labels)
        if self._request.wanted_labels is not None:
            given = np.unique(self._request.wanted_labels[hole.slices][self._request.mask[hole.slices] != 0])
            if not np.isin(given[given < LABEL_COUNT], labels).all():
                return None
        return labels

    def _structure(self, bounds: Bounds, labels: NDArray[np.uint8]) -> Structure:
        """What `labels` (h, w) over the whole photo, and its heatmaps, say of a part of it."""
        window = self._whole.window
        scale_x = window.size.width / window.bounds.width
        scale_y = window.size.height / window.bounds.height
        step = HEATMAP_STRIDE
        top, left = int(bounds.top * scale_y) // step, int(bounds.left * scale_x) // step
        bottom, right = (
            min(-(-math.ceil(end * scale) // step), -(-side // step))
            for end, scale, side in (
                (bounds.bottom, scale_y, window.size.height),
                (bounds.right, scale_x, window.size.width),
            )
        )
        inside = labels[top * step : bottom * step, left * step : right * step]
        heatmaps = self._whole.heatmaps[top:bottom, left:right].transpose(2, 0, 1)
        place = Bounds(
            round(left * step / scale_x),
            round(top * step / scale_y),
            min(round(right * step / scale_x), self._photo.right),
            min(round(bottom * step / scale_y), self._photo.bottom),
        )
        return Structure(place, inside.copy(), np.ascontiguousarray(heatmaps, np.float16))

    def _filled(self, hole: Bounds, shifts: ShiftMap) -> FilledRegion:
        request = self._request
        report = self._run.reporter(Stage.BLEND)
        report(0.0)
        region = hole.grown(request.options.grow_px + 2).intersected(self._photo)
        band = blend_band(request.mask[region.slices] != 0, request.options.grow_px)
        rows, columns = np.nonzero(band)
        colours = blended_copy(request.image, rows + region.top, columns + region.left, shifts)
        if is_grey(request.image, region.grown(thickness_of(band)).intersected(self._photo)):
            colours[:] = colours.mean(axis=1, keepdims=True)
        pixels = request.image[region.slices].copy()
        pixels[rows, columns] = to_depth(colours, request.image)
        around = plan_hole(hole, self._photo.extent, self._run.policy).appearance.bounds
        stages = self._stages(region, pixels, shifts, around) if request.options.keep_stages else {}
        report(1.0)
        return FilledRegion(
            region, pixels, band.astype(np.uint8), self._structure(around, self._labels), stages
        )

    def _stages(
        self, region: Bounds, pixels: Pixels, shifts: ShiftMap, around: Bounds
    ) -> dict[str, NDArray[np.uint8]]:
        raw = self._request.image[region.slices].copy()
        raw[shifts.rows - region.top, shifts.columns - region.left] = to_depth(
            copied(self._request.image, shifts), self._request.image
        )
        pictures = {"composite": raw, "blended": pixels}
        return {
            name: full_picture(self._request.image, to_float(picture), region, around)
            for name, picture in pictures.items()
        }
