"""Extending the canvas: the steps, what may change, and which networks fill it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.engine.extension_plan import (
    MOST_SHARE,
    TOLERANCE,
    beyond_reach,
    extension_of,
    plan_steps,
    widest_side,
)
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    SketchRequest,
)
from portrait_studio.engine.run_network import dropping
from portrait_studio.errors import MaskError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.canvas_extension import canvas_of, laid_on, parse_length, photo_in
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from tests.helpers.tiny_networks import TinyNetworks

MakeEngine = Callable[..., Pipeline]
MakePhoto = Callable[..., NDArray[Any]]

sides = st.integers(40, 2000)
margins = st.builds(Margins, *[st.one_of(st.just(0), st.integers(0, 3000))] * 4)


@given(sides, sides, margins)
def test_steps_lead_from_the_photo_to_the_whole_each_within_reach(
    width: int, height: int, extension: Margins
) -> None:
    canvas = canvas_of(Extent(width, height), extension).extent
    before = photo_in(canvas, extension)
    assert before.extent == Extent(width, height)
    for step in plan_steps(photo_in(canvas, extension), extension):
        assert before.intersected(step.canvas) == before != step.canvas
        upright = step.side in ("top", "bottom")
        new, old = (box.height if upright else box.width for box in (step.canvas, before))
        assert (step.canvas.width == before.width) if upright else (step.canvas.height == before.height)
        assert new - old <= MOST_SHARE[step.side] * TOLERANCE * new + 2
        before = step.canvas
    assert before == Bounds.of(canvas)


@given(st.integers(40, 6000))
def test_feet_forehead_and_crown_are_recovered_in_one_step(height: int) -> None:
    for side, text in (("bottom", "33%"), ("top", "14%"), ("top", "33%")):
        extension = Margins(**{side: parse_length(text, height)})
        extent = canvas_of(Extent(50, height), extension).extent
        assert len(plan_steps(photo_in(extent, extension), extension)) == 1
        assert beyond_reach(plan_steps(photo_in(extent, extension), extension)) == []


def test_going_further_is_said() -> None:
    extension = Margins(top=80, bottom=100)
    (notice,) = beyond_reach(plan_steps(photo_in(Extent(100, 280), extension), extension))
    assert "extended down and up further" in notice
    assert f"in {len(plan_steps(photo_in(Extent(100, 280), extension), extension))} steps" in notice


@given(st.integers(1, 9), st.integers(1, 9), st.builds(Margins, *[st.integers(0, 4)] * 4))
def test_an_extension_is_read_off_what_is_blank(width: int, height: int, extension: Margins) -> None:
    canvas = canvas_of(Extent(width, height), extension).extent
    blank = np.full((canvas.height, canvas.width), 255, np.uint8)
    blank[photo_in(canvas, extension).slices] = 0
    assert extension_of(blank) == extension
    assert extension_of(None) == extension_of(np.full((4, 4), 255, np.uint8)) == Margins()


def test_the_widest_side_decides_for_a_guess() -> None:
    assert widest_side(Margins(left=3, bottom=9)) == "bottom"
    assert widest_side(Margins(top=3)) == "top"
    assert widest_side(Margins(right=-3)) is None


def asked(
    photo: NDArray[Any], extension: Margins, *holes: Bounds, **options: Any
) -> tuple[CompletionRequest, Bounds]:
    """A request for an extension and holes (in photo pixels), and where the photo lies."""
    canvas = canvas_of(Extent(photo.shape[1], photo.shape[0]), extension)
    place = photo_in(canvas.extent, extension)
    mask = np.full((canvas.height, canvas.width), 255, np.uint8)
    mask[place.slices] = 0
    for hole in holes:
        mask[hole.shifted(place.left, place.top).slices] = 255
    how = CompletionOptions(**options)
    return CompletionRequest(
        laid_on(photo, canvas), mask, how, extension=extension, hardware=Hardware("cpu")
    ), place


def laid(request: CompletionRequest, result: CompletionResult) -> NDArray[Any]:
    image = request.image.copy()
    for region in result.regions:
        np.copyto(image[region.bounds.slices], region.pixels, where=region.changed[..., None] != 0)
    return image


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    "extension", [Margins(bottom=25), Margins(top=10), Margins(left=9, bottom=60), Margins(right=20)]
)
def test_the_photo_stays_as_it_is_bit_for_bit(
    make_engine: MakeEngine, make_photo: MakePhoto, extension: Margins, dtype: type
) -> None:
    photo = make_photo(64, 72, dtype)
    request, place = asked(photo, extension)
    before = request.image.copy()
    result = make_engine().run(request)
    assert len(result.regions) == 1
    image = laid(request, result)
    assert image.dtype == photo.dtype
    assert np.array_equal(image[place.slices], photo)
    outside = request.mask != 0
    assert result.regions[0].changed.sum() == outside.sum()
    assert (image[outside] != before[outside]).any(axis=1).mean() > 0.9
    assert np.array_equal(request.image, before)
    assert result.structure.bounds == Bounds(0, 0, image.shape[1], image.shape[0])
    parsed = result.regions[0].structure.bounds
    assert parsed.intersected(result.structure.bounds) == parsed
    assert not parsed.intersected(result.regions[0].bounds).is_empty


def test_a_hole_and_an_extension_are_filled_together(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    photo = make_photo(96, 90)
    apart, joined = Bounds(20, 20, 32, 30), Bounds(60, 75, 75, 90)
    request, place = asked(photo, Margins(bottom=24), apart, joined)
    result = make_engine().run(request)
    assert len(result.regions) == 2
    assert result.regions[0].bounds.bottom < 60
    image = laid(request, result)
    allowed = np.zeros(photo.shape[:2], np.bool_)
    for hole in (apart, joined):
        allowed[hole.grown(2).intersected(place).slices] = True
    same = (image[place.slices] == photo).all(axis=2)
    assert same[~allowed].all()
    assert not same[allowed].all()


def test_a_far_extension_takes_steps_and_says_so(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    heard: list[float] = []
    request, _ = asked(make_photo(64, 64), Margins(bottom=64), keep_stages=True)
    progress = Progress(listener=lambda _stage, share: heard.append(share))
    result = make_engine().run(request, progress)
    assert len(result.regions) == 1
    assert "filled in 3 steps" in " ".join(result.notices)
    assert {"blended", "step-1-blended", "step-2-blended"} <= result.regions[0].stages.keys()
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
    again = make_engine().run(request)
    assert np.array_equal(result.regions[0].pixels, again.regions[0].pixels)


def test_a_kerb_goes_on_below_the_photo(memory: Any) -> None:
    rows, columns = np.mgrid[:200, :160]
    grain = np.random.default_rng(0).normal(0, 6, (200, 160))
    street = np.where(columns > 110 - 0.4 * rows, 190, 80) + grain
    whole = np.repeat(np.rint(street).astype(np.uint8)[..., None], 3, 2)
    engine, error = Pipeline(TinyNetworks(with_face=False), memory=memory), {}
    for continues in (True, False):
        request, _ = asked(whole[:160], Margins(bottom=40), continue_lines=continues)
        filled = laid(request, engine.run(request)).astype(float)
        error[continues] = np.abs(filled - whole)[160:].mean()
    # Of which nearly 7 is grain.
    assert error[True] < 9
    assert error[False] > 1.6 * error[True]


class Sided(TinyNetworks):
    """Tiny networks of which there is one for down as well."""

    def __init__(self) -> None:
        super().__init__()
        self.modules["completion-down"] = self.modules["completion"]


def test_networks_for_a_side_are_taken_where_there_are_such(make_photo: MakePhoto, memory: Any) -> None:
    photo = make_photo(64, 64)
    for extension, expected in ((Margins(bottom=9), "completion-down"), (Margins(top=9), "completion")):
        networks = Sided()
        result = Pipeline(networks, memory=memory).run(asked(photo, extension)[0])
        assert set(result.weights) == {"parsing", expected}
        assert set(networks.loads) == {"parsing", expected}


def test_a_hole_apart_is_left_to_the_networks_for_holes(make_photo: MakePhoto, memory: Any) -> None:
    networks = Sided()
    request, _ = asked(make_photo(64, 64), Margins(bottom=9), Bounds(10, 10, 20, 20))
    result = Pipeline(networks, memory=memory).run(request)
    assert set(result.weights) == {"parsing", "completion", "completion-down"}


@pytest.mark.parametrize("extension", [Margins(bottom=64), Margins(left=-3), Margins(top=1)])
def test_an_extension_that_does_not_fit_is_refused(
    make_engine: MakeEngine, make_photo: MakePhoto, extension: Margins
) -> None:
    mask = np.zeros((64, 64), np.uint8)
    mask[20:30] = 255
    with pytest.raises(MaskError, match=r"^Nothing of the photo|^The new part of the canvas is not masked"):
        make_engine().run(CompletionRequest(make_photo(64, 64), mask, extension=extension))


def test_a_sketch_is_of_the_whole_canvas(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    structure = make_engine(with_face=True).run(SketchRequest(make_photo(64, 96), Margins(bottom=24)))
    assert structure.bounds == Bounds(0, 0, 64, 96)
    assert 11 in structure.labels
    with pytest.raises(MaskError):
        make_engine().run(SketchRequest(make_photo(64, 96), Margins()))


class Dropping(nn.Module):
    """Doubles each channel, or drops it."""

    def __init__(self) -> None:
        super().__init__()
        self.dropout = nn.Dropout2d(0.5)

    def forward(self, x: Tensor) -> Tensor:
        dropped: Tensor = self.dropout(x)
        return dropped


def test_dropout_gives_several_answers_each_by_its_seed() -> None:
    module, x = Dropping().eval(), torch.ones(1, 64, 2, 2)
    state = torch.random.get_rng_state()

    def answer(seed: int) -> Tensor:
        with dropping(module, seed):
            found: Tensor = module(x)
            return found

    assert torch.equal(answer(0), x)
    assert torch.equal(answer(3), answer(3))
    assert not torch.equal(answer(3), answer(4))
    assert not module.dropout.training
    assert torch.equal(torch.random.get_rng_state(), state)
