"""Blend: bring the fill's colours into agreement with the photo around it (Perez et al. 2003).

Unlike `cv2.seamlessClone` this neither moves the fill nor fails at the photo's edge: a hole that touches the
edge simply has no neighbour there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.poisson import PoissonProblem, PoissonSolver, Report
from portrait_studio.engine.request import Pixels
from portrait_studio.engine.resample import Floats, strips
from portrait_studio.engine.shading import seam_weight
from portrait_studio.imaging.geometry import Bounds

_SEAM_PX: Final = 2.0
"""Standard deviation of the stretch of seam that is judged together."""
_OUTLINE_PX: Final = 0.8
"""Standard deviation of the blur across a step that stays."""
_OUTLINE_GAIN: Final = 2.0
"""Makes that blur whole beside a straight seam, of which a Gaussian sees less than half."""
_SQUARE: Final = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class BlendOptions:
    """How the seam is hidden.

    Attributes:
        screening_reach: distance over which the correction of colours decays, relative to the hole's short
            side; 0 lets the seam's colours reach through the whole hole. Half the hole measured as good as 0
            (L1 in the hole 28.98 and 29.00 on 12 photos; without blending 30.60), and it bounds how far a
            wrong seam can bleed.
        most_pixels: up to how many pixels of a hole are solved for one by one; beyond that several together.
        step_tolerance: length in RGB of [0, 1] at which half of a step at the seam counts as light and shade;
            much larger ones stay, since they are outlines of things that end there. Infinite = every step
            is spread.
    """

    screening_reach: float = 0.5
    most_pixels: int = 2_000_000
    step_tolerance: float = 0.3


def blend_band(hole: NDArray[np.bool_], grow_px: int) -> NDArray[np.bool_]:
    """The pixels that blending may change: the hole grown by `grow_px`.

    Args:
        hole: (H, W) bool, cut so that its surroundings show unless it touches the photo's edge.
        grow_px: in pixels, at least 0.

    Returns:
        (H, W) bool; the hole itself where growing would leave no known pixel to start from.
    """
    if grow_px <= 0:
        return hole
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow_px + 1, 2 * grow_px + 1))
    grown = cv2.dilate(hole.astype(np.uint8), kernel).astype(np.bool_)
    return hole if grown.all() else np.asarray(grown, dtype=np.bool_)


def band_beside_photo(hole: NDArray[np.bool_], photo: Bounds, grow_px: int) -> NDArray[np.bool_]:
    """The band of a hole that reaches beyond the photo, none of whose pixels may change for that part of it.

    Args:
        hole: (H, W) bool; see `blend_band`.
        photo: the photo's own part of the array.
        grow_px: in pixels, at least 0.

    Returns:
        (H, W) bool: the hole, what is around it beyond the photo, and what is around its part in the photo.
    """
    inside = np.zeros_like(hole)
    inside[photo.slices] = True
    near = blend_band(hole & inside, grow_px)
    return np.asarray(hole | (blend_band(hole, grow_px) & (~inside | near)), dtype=np.bool_)


def is_grey(image: Pixels, bounds: Bounds) -> bool:
    """Whether the photo has no colour in a part, so that a fill of it must not have any.

    Args:
        image: (H, W, 3) RGB, uint8 or uint16, the whole photo.
        bounds: the part.
    """
    crop: Pixels = image[bounds.slices]
    return all(bool((crop[rows] == crop[rows, :, :1]).all()) for rows in strips(bounds.height))


def blend(
    composite: Floats,
    hole: NDArray[np.bool_],
    band: NDArray[np.bool_],
    solver: PoissonSolver,
    options: BlendOptions,
    report: Report,
) -> Floats:
    """Solve for pixels that have the fill's gradients and meet the photo without a seam.

    Args:
        composite: (H, W, 3) float32 in [0, 1], the fill inside the hole and the photo elsewhere.
        hole: (H, W) bool, where the fill is.
        band: (H, W) bool, pixels that may change; contains the hole.
        solver: solves the linear system.
        options: how the seam is hidden.
        report: hears of the finished share in [0, 1]; raises to cancel.

    Returns:
        (H, W, 3) float32 in [0, 1]; equal to `composite` outside the band.
    """
    if not band.any() or band.all():
        return composite
    factor = math.ceil(math.sqrt(np.count_nonzero(band) / options.most_pixels))
    if factor > 1:
        return _blend_coarsely(composite, hole, band, factor, solver, options, report)
    weight = _seam_weight(composite, hole, options)
    solved = solver.solve(_problem(composite, hole, band, weight, options), report)
    blended = np.where(band[..., None], np.clip(solved, 0.0, 1.0).astype(np.float32), composite)
    return blended if weight is None else _softened(blended, hole, band, weight)


def _problem(
    composite: Floats,
    hole: NDArray[np.bool_],
    band: NDArray[np.bool_],
    weight: Floats | None,
    options: BlendOptions,
) -> PoissonProblem:
    """To be solved for the pixels of the band; see `blend` and `guidance`."""
    wanted = partial(guidance, composite, hole, weight)
    return PoissonProblem(composite, band, wanted, _screening(hole, options))


def _seam_weight(composite: Floats, hole: NDArray[np.bool_], options: BlendOptions) -> Floats | None:
    """How far steps at the seam are spread, see `shading.seam_weight`; None = wholly."""
    if math.isinf(options.step_tolerance):
        return None
    right, down = guidance(composite, hole)
    right -= np.diff(composite, axis=1)
    down -= np.diff(composite, axis=0)
    return seam_weight((right, down), hole, _SEAM_PX, options.step_tolerance)


def _softened(blended: Floats, hole: NDArray[np.bool_], band: NDArray[np.bool_], weight: Floats) -> Floats:
    """The same with the steps that stay as soft as outlines in photos are: masks have stairs."""
    edge = hole & ~cv2.erode(hole.astype(np.uint8), _SQUARE, borderType=cv2.BORDER_REPLICATE).astype(np.bool_)
    kept = np.where(edge, 1.0 - weight, 0.0).astype(np.float32)
    share = np.minimum(_OUTLINE_GAIN * cv2.GaussianBlur(kept, (0, 0), _OUTLINE_PX), 1.0)
    share = np.where(band, share, 0.0)[..., None].astype(np.float32)
    smooth = cv2.GaussianBlur(blended, (0, 0), _OUTLINE_PX)
    return np.asarray(blended + share * (smooth - blended), np.float32)


def _blend_coarsely(
    composite: Floats,
    hole: NDArray[np.bool_],
    band: NDArray[np.bool_],
    factor: int,
    solver: PoissonSolver,
    options: BlendOptions,
    report: Report,
) -> Floats:
    """The same with the correction, which is smooth, solved on pixels that are `factor` times as large."""
    height, width = hole.shape
    correction = _coarse_correction(composite, hole, factor, solver, options, report)
    if correction is None:
        return composite
    give_back_memory()
    blended = cv2.resize(correction, (width, height), interpolation=cv2.INTER_LINEAR)
    blended += composite
    np.clip(blended, 0.0, 1.0, out=blended)
    np.copyto(blended, composite, where=~band[..., None])
    return np.asarray(blended, np.float32)


def _coarse_correction(
    composite: Floats,
    hole: NDArray[np.bool_],
    factor: int,
    solver: PoissonSolver,
    options: BlendOptions,
    report: Report,
) -> Floats | None:
    """What to add to the hole, on pixels that are `factor` times as large; None if all of them are hole.

    A large pixel that the hole touches stands for the fill in it alone, else the seam's step would be half
    hidden in it; its correction holds up to the seam.
    """
    height, width = hole.shape
    size = (-(-width // factor), -(-height // factor))
    share = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    coarse_hole = share > 0
    coarse = cv2.resize(composite, size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(composite * hole[..., None], size, interpolation=cv2.INTER_AREA)
    coarse[coarse_hole] = inside[coarse_hole] / share[coarse_hole, None]
    del inside
    if coarse_hole.all():
        return None
    spread_of_steps = _seam_weight(coarse, coarse_hole, options)
    problem = _problem(coarse, coarse_hole, coarse_hole, spread_of_steps, options)
    solved = solver.solve(problem, report)
    solved -= coarse
    correction = np.asarray(solved, np.float32)
    weight = cv2.blur(coarse_hole.astype(np.float32), (3, 3), borderType=cv2.BORDER_CONSTANT)[..., None]
    spread = cv2.blur(correction, (3, 3), borderType=cv2.BORDER_CONSTANT) / np.maximum(weight, 1e-6)
    return np.where(coarse_hole[..., None], correction, spread)


def guidance(
    composite: Floats, hole: NDArray[np.bool_], weight: Floats | None = None
) -> tuple[Floats, Floats]:
    """Wanted differences between neighbours: the composite's own, across the seam a continuation.

    The step at the seam is what has to vanish. In its place stands the mean of the steps before and behind
    it, so that a ramp that passes through the seam stays a ramp.

    Args:
        composite: (H, W, 3) float32.
        hole: (H, W) bool.
        weight: (H, W) float32 in [0, 1], how much of the step is to vanish beside each hole pixel; None =
            all of it.

    Returns:
        (H, W - 1, 3) differences to the right and (H - 1, W, 3) downwards.
    """
    right = _continued(np.diff(composite, axis=1), hole[:, 1:] != hole[:, :-1])
    flipped = np.diff(composite, axis=0).transpose(1, 0, 2)
    down = _continued(flipped, (hole[1:] != hole[:-1]).T).transpose(1, 0, 2)
    if weight is not None:
        _keep_steps(right, np.diff(composite, axis=1), np.where(hole[:, 1:], weight[:, 1:], weight[:, :-1]))
        _keep_steps(down, np.diff(composite, axis=0), np.where(hole[1:], weight[1:], weight[:-1]))
    return right, down


def _keep_steps(wanted: Floats, steps: Floats, weight: Floats) -> None:
    """Bring wanted steps (H, W, 3), in place, back to those there are where the weight (H, W) is small."""
    wanted -= steps
    wanted *= weight[..., None]
    wanted += steps


def _continued(steps: Floats, seam: NDArray[np.bool_]) -> Floats:
    """Replace steps (H, W, 3) across a seam (H, W) by the mean of their neighbours in the row."""
    usable = (~seam)[..., None].astype(np.float32)
    total, count = np.zeros_like(steps), np.zeros_like(usable)
    total[:, 1:] += (steps * usable)[:, :-1]
    count[:, 1:] += usable[:, :-1]
    total[:, :-1] += (steps * usable)[:, 1:]
    count[:, :-1] += usable[:, 1:]
    return np.where(seam[..., None], total / np.maximum(count, 1.0), steps)


def _screening(hole: NDArray[np.bool_], options: BlendOptions) -> float:
    if options.screening_reach <= 0.0:
        return 0.0
    rows, columns = np.nonzero(hole.any(axis=1))[0], np.nonzero(hole.any(axis=0))[0]
    short = min(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    return float(1.0 / max(1.0, options.screening_reach * short) ** 2)
