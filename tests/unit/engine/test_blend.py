"""The seam disappears, and what must stay does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.blend import BlendOptions, blend, blend_band, guidance
from portrait_studio.engine.poisson import MultigridSolver
from portrait_studio.engine.resample import Floats


def silent(_fraction: float) -> None:
    """Hears nothing."""


def hole_in(height: int, width: int, rows: slice, columns: slice) -> NDArray[np.bool_]:
    hole = np.zeros((height, width), np.bool_)
    hole[rows, columns] = True
    return hole


def ramp(height: int, width: int) -> Floats:
    y, x = np.mgrid[0:height, 0:width]
    plane = 0.2 + 0.3 * x / width + 0.2 * y / height
    return np.repeat(plane[..., None], 3, axis=2).astype(np.float32)


FREE = BlendOptions(screening_reach=0.0)

HOLES = {
    "inside": (slice(10, 30), slice(12, 40)),
    "at the left edge": (slice(10, 30), slice(0, 20)),
    "in the corner": (slice(0, 15), slice(30, 50)),
    "over the full width": (slice(10, 25), slice(0, 50)),
    "one row": (slice(20, 21), slice(5, 45)),
}


@pytest.mark.parametrize("where", HOLES.values(), ids=HOLES.keys())
@pytest.mark.parametrize("offset", [-0.15, 0.0, 0.2])
def test_a_shifted_ramp_comes_back(where: tuple[slice, slice], offset: float) -> None:
    """A fill that is right up to its brightness is right after blending, at the photo's edge too."""
    truth = ramp(40, 50)
    hole = hole_in(40, 50, *where)
    composite = truth + np.float32(offset) * hole[..., None]
    blended = blend(composite, hole, blend_band(hole, 2), MultigridSolver(), FREE, silent)
    np.testing.assert_allclose(blended, truth, atol=2e-4)


def test_texture_of_the_fill_is_kept() -> None:
    rng = np.random.default_rng(0)
    hole = hole_in(60, 60, slice(10, 50), slice(10, 50))
    texture = rng.normal(0, 0.05, (60, 60, 3)).astype(np.float32)
    composite = np.where(hole[..., None], 0.7 + texture, np.float32(0.4)).astype(np.float32)
    blended = blend(composite, hole, blend_band(hole, 2), MultigridSolver(), FREE, silent)
    inner = (slice(15, 45), slice(15, 45))
    steps, wanted = np.diff(blended[inner], axis=1), np.diff(composite[inner], axis=1)
    assert np.abs(steps - wanted).max() < 0.02
    assert abs(float(blended[inner].mean()) - 0.4) < 0.05


def test_beyond_the_band_nothing_changes() -> None:
    rng = np.random.default_rng(1)
    composite = rng.random((40, 40, 3)).astype(np.float32)
    hole = hole_in(40, 40, slice(10, 20), slice(10, 20))
    band = blend_band(hole, 3)
    blended = blend(composite, hole, band, MultigridSolver(), FREE, silent)
    assert np.array_equal(blended[~band], composite[~band])
    assert blended.min() >= 0
    assert blended.max() <= 1


@pytest.mark.parametrize("grow_px", [0, 1, 4])
def test_band_is_as_wide_as_asked(grow_px: int) -> None:
    hole = hole_in(40, 40, slice(15, 25), slice(15, 25))
    band = blend_band(hole, grow_px)
    rows = np.nonzero(band.any(axis=1))[0]
    assert (rows[0], rows[-1]) == (15 - grow_px, 24 + grow_px)
    assert (band & hole).sum() == hole.sum()


def test_band_leaves_something_known() -> None:
    hole = np.ones((10, 10), np.bool_)
    hole[5, 5] = False
    assert np.array_equal(blend_band(hole, 2), hole)


def test_guidance_ignores_the_step_at_the_seam() -> None:
    hole = hole_in(10, 10, slice(0, 10), slice(5, 10))
    composite = np.where(hole[..., None], np.float32(0.9), np.float32(0.1)) * np.ones(3, np.float32)
    right, down = guidance(composite, hole)
    assert not right.any()
    assert not down.any()


def test_screening_keeps_a_wrong_seam_from_bleeding_through() -> None:
    """With a reach of a tenth of the hole, its middle keeps the fill's own brightness."""
    hole = hole_in(80, 80, slice(10, 70), slice(10, 70))
    composite = np.where(hole[..., None], np.float32(0.5), np.float32(0.1)) * np.ones(3, np.float32)
    band = blend_band(hole, 2)
    free = blend(composite, hole, band, MultigridSolver(), FREE, silent)
    held = blend(composite, hole, band, MultigridSolver(), BlendOptions(screening_reach=0.1), silent)
    assert free[40, 40, 0] == pytest.approx(0.1, abs=1e-3)
    assert held[40, 40, 0] == pytest.approx(0.5, abs=0.02)
    assert held[11, 40, 0] < 0.3


@pytest.mark.parametrize("where", HOLES.values(), ids=HOLES.keys())
@pytest.mark.parametrize("offset", [-0.15, 0.2])
def test_a_hole_of_many_pixels_is_blended_several_at_once(where: tuple[slice, slice], offset: float) -> None:
    """A fill that is right up to its brightness is right after blending, but for a rounding of the ramp."""
    truth = np.repeat(np.repeat(ramp(40, 50), 2, axis=0), 2, axis=1)
    hole = np.repeat(np.repeat(hole_in(40, 50, *where), 2, axis=0), 2, axis=1)
    composite = truth + np.float32(offset) * hole[..., None]
    band = blend_band(hole, 1)
    options = BlendOptions(screening_reach=0.0, most_pixels=int(band.sum()) // 3)
    blended = blend(composite, hole, band, MultigridSolver(), options, silent)
    assert blended.dtype == np.float32
    assert np.array_equal(blended[~band], composite[~band])
    np.testing.assert_allclose(blended[hole], truth[hole], atol=0.01)


def beside_a_thing() -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """A grey fill beneath a photo as grey but for a cyan thing at a third of the seam; hole; band."""
    hole = hole_in(60, 90, slice(20, 60), slice(0, 90))
    composite = np.full((60, 90, 3), 0.5, np.float32)
    composite[:20, 30:60] = (0.0, 0.8, 0.85)
    return composite, hole, blend_band(hole, 2)


def test_a_thing_that_ends_at_the_seam_does_not_bleed_into_the_fill() -> None:
    composite, hole, band = beside_a_thing()
    kept = blend(composite, hole, band, MultigridSolver(), BlendOptions(), silent)
    spread = blend(composite, hole, band, MultigridSolver(), BlendOptions(step_tolerance=np.inf), silent)
    assert np.abs(kept[23:, :] - 0.5).max() < 0.02
    assert spread[26, 45, 0] < 0.3


def test_the_outline_that_stays_is_soft_and_lies_in_the_band() -> None:
    composite, hole, band = beside_a_thing()
    kept = blend(composite, hole, band, MultigridSolver(), BlendOptions(), silent)
    assert np.array_equal(kept[~band], composite[~band])
    across = kept[17:23, 45, 0]
    assert np.diff(across).max() < 0.4
    assert across[2] > 0.05
    assert across[3] < 0.45


def test_a_fill_of_another_brightness_is_no_thing() -> None:
    """What all of the seam has in common is light, were it a step of half the range."""
    hole = hole_in(60, 60, slice(15, 45), slice(15, 45))
    composite = np.where(hole[..., None], np.float32(0.8), np.float32(0.3)) * np.ones(3, np.float32)
    options = BlendOptions(screening_reach=0.0)
    blended = blend(composite, hole, blend_band(hole, 2), MultigridSolver(), options, silent)
    np.testing.assert_allclose(blended, 0.3, atol=2e-3)
