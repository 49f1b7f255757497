"""The laws of the engine: nothing outside the band changes, whatever the photo, the hole and the method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import CancelToken, Progress, Stage
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    Method,
    ParseRequest,
)
from portrait_studio.errors import Cancelled, DeviceError, MaskError, OptionError, WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds

MakeEngine = Callable[..., Pipeline]
MakePhoto = Callable[..., NDArray[Any]]


def mask_of(shape: tuple[int, ...], *boxes: Bounds) -> NDArray[np.uint8]:
    mask = np.zeros(shape[:2], np.uint8)
    for box in boxes:
        mask[box.slices] = 255
    return mask


def pasted(image: NDArray[Any], result: CompletionResult) -> NDArray[Any]:
    filled = image.copy()
    for region in result.regions:
        filled[region.bounds.slices] = region.pixels
    return filled


def grown(mask: NDArray[np.uint8], pixels: int) -> NDArray[np.bool_]:
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate((mask != 0).astype(np.uint8), kernel), dtype=np.bool_)


def check_outside(
    image: NDArray[Any], mask: NDArray[np.uint8], result: CompletionResult, grow_px: int
) -> None:
    assert all(region.pixels.dtype == image.dtype for region in result.regions)
    changed = np.zeros(mask.shape, np.uint8)
    for region in result.regions:
        assert region.pixels.shape[:2] == region.changed.shape
        assert not (changed[region.bounds.slices] & region.changed).any()
        changed[region.bounds.slices] |= region.changed
        crop = image[region.bounds.slices]
        assert np.array_equal(region.pixels[region.changed == 0], crop[region.changed == 0])
    assert not changed[~grown(mask, grow_px)].any()
    assert (changed[mask != 0] != 0).all()
    outside = changed == 0
    assert np.array_equal(pasted(image, result)[outside], image[outside])


HOLES = {
    "middle": Bounds(30, 30, 60, 50),
    "corner": Bounds(0, 0, 30, 20),
    "right edge": Bounds(80, 20, 96, 50),
    "full width": Bounds(0, 30, 96, 45),
    "one pixel": Bounds(40, 40, 41, 41),
    "nearly all": Bounds(0, 0, 96, 78),
}


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("hole", HOLES.values(), ids=HOLES.keys())
def test_only_the_band_changes(
    make_engine: MakeEngine, make_photo: MakePhoto, method: Method, hole: Bounds
) -> None:
    image = make_photo()
    mask = mask_of(image.shape, hole)
    request = CompletionRequest(image, mask, CompletionOptions(method=method))
    result = make_engine(with_face=True).run(request)
    check_outside(image, mask, result, request.options.grow_px)
    assert len(result.regions) == 1
    assert not np.array_equal(pasted(image, result), image)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_depth_is_kept(make_engine: MakeEngine, make_photo: MakePhoto, dtype: type) -> None:
    image = make_photo(dtype=dtype)
    mask = mask_of(image.shape, HOLES["middle"])
    result = make_engine().run(CompletionRequest(image, mask))
    check_outside(image, mask, result, 2)
    if dtype is np.uint16:
        # Values between the 256 levels of eight bits show that nothing was rounded on the way.
        assert np.unique(result.regions[0].pixels % 257).size > 100


@pytest.mark.parametrize("grow_px", [0, 1, 5])
def test_band_is_as_wide_as_asked(make_engine: MakeEngine, make_photo: MakePhoto, grow_px: int) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    options = CompletionOptions(method=Method.NETWORK, grow_px=grow_px)
    result = make_engine().run(CompletionRequest(image, mask, options))
    check_outside(image, mask, result, grow_px)


def test_several_holes_are_filled_apart(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo(400, 300)
    mask = mask_of(image.shape, Bounds(5, 5, 190, 12), Bounds(200, 200, 390, 210), Bounds(300, 20, 302, 22))
    result = make_engine().run(CompletionRequest(image, mask))
    assert len(result.regions) == 3
    check_outside(image, mask, result, 2)


def test_close_holes_share_a_region(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo(400, 300)
    mask = mask_of(image.shape, Bounds(100, 100, 120, 120), Bounds(125, 100, 145, 120))
    options = CompletionOptions(method=Method.NETWORK)
    result = make_engine().run(CompletionRequest(image, mask, options))
    assert len(result.regions) == 1
    check_outside(image, mask, result, 2)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    width=st.integers(16, 150),
    height=st.integers(16, 150),
    grow_px=st.integers(0, 4),
    boxes=st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=1, max_size=4),
)
def test_any_photo_any_holes(
    make_engine: MakeEngine,
    make_photo: MakePhoto,
    width: int,
    height: int,
    grow_px: int,
    boxes: list[tuple[float, ...]],
) -> None:
    image = make_photo(width, height)
    mask = np.zeros((height, width), np.uint8)
    for x, y, w, h in boxes:
        left, top = int(x * (width - 1)), int(y * (height - 1))
        mask[top : top + 1 + int(h * height / 2), left : left + 1 + int(w * width / 2)] = 1
    if mask.all():
        mask[0, 0] = 0
    options = CompletionOptions(method=Method.NETWORK, grow_px=grow_px)
    result = make_engine(with_face=True).run(CompletionRequest(image, mask, options))
    check_outside(image, mask, result, grow_px)


@pytest.mark.parametrize("method", list(Method))
def test_same_seed_same_pixels(make_engine: MakeEngine, make_photo: MakePhoto, method: Method) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    request = CompletionRequest(image, mask, CompletionOptions(method=method, seed=3))
    engine = make_engine()
    first = engine.run(request)
    np.random.default_rng(1).random(10)
    torch.rand(10)
    again = engine.run(request)
    assert np.array_equal(first.regions[0].pixels, again.regions[0].pixels)


def test_other_seed_other_pixels(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    engine = make_engine()
    options = [CompletionOptions(seed=seed) for seed in (0, 1)]
    crops = [engine.run(CompletionRequest(image, mask, one)).regions[0].pixels for one in options]
    assert not np.array_equal(crops[0], crops[1])


def test_other_seeds_draw_other_structures_inside_the_hole_only(
    make_engine: MakeEngine, make_photo: MakePhoto
) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    engine = make_engine()
    options = [CompletionOptions(Method.NETWORK, seed=seed) for seed in (0, 1, 2)]
    likeliest, *others = (
        engine.run(CompletionRequest(image, mask, one)).regions[0].structure for one in options
    )
    window = likeliest.bounds
    hole = cv2.resize(mask[window.slices], likeliest.labels.shape[::-1], interpolation=cv2.INTER_LINEAR) > 0
    for drawn in others:
        assert not np.array_equal(drawn.labels[hole], likeliest.labels[hole])
        assert np.array_equal(drawn.labels[~hole], likeliest.labels[~hole])
    assert not np.array_equal(others[0].labels, others[1].labels)


def test_detail_that_the_network_cannot_see_is_that_of_the_patches(
    make_engine: MakeEngine, make_photo: MakePhoto
) -> None:
    image = make_photo(720, 660)
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[230:410, 250:430] = 255
    options = CompletionOptions(keep_stages=True)
    (region,) = make_engine().run(CompletionRequest(image, mask, options)).regions
    texture, composite = (region.stages[name].astype(np.float32) for name in ("texture", "composite"))
    window = region.structure.bounds
    hole = cv2.erode(mask[window.slices], np.ones((9, 9), np.uint8)) > 0

    def detail(picture: NDArray[np.float32]) -> float:
        return float((picture - cv2.blur(picture, (3, 3)))[hole].std())

    assert detail(composite) > 0.9 * detail(texture)


def test_the_photo_and_the_mask_are_not_written_to(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["corner"])
    image.setflags(write=False)
    mask.setflags(write=False)
    make_engine(with_face=True).run(CompletionRequest(image, mask))


def test_grey_photo_stays_grey(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = np.ascontiguousarray(np.repeat(make_photo()[..., :1], 3, axis=2))
    mask = mask_of(image.shape, HOLES["middle"])
    result = make_engine(with_face=True).run(CompletionRequest(image, mask))
    pixels = result.regions[0].pixels
    assert np.array_equal(pixels[..., 0], pixels[..., 1])
    assert np.array_equal(pixels[..., 1], pixels[..., 2])


def test_structure_of_the_user_overrules_the_network(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    structure = np.full(mask.shape, 255, np.uint8)
    structure[30:50, 30:60] = 6
    options = CompletionOptions(method=Method.NETWORK)
    result = make_engine().run(CompletionRequest(image, mask, options, structure))
    for found in (result.structure, result.regions[0].structure):
        labels = cv2.resize(
            found.labels, (found.bounds.width, found.bounds.height), interpolation=cv2.INTER_NEAREST
        )
        photo_labels = np.zeros(mask.shape, np.uint8)
        photo_labels[found.bounds.slices] = labels
        assert (photo_labels[32:48, 32:58] == 6).all()
        assert (photo_labels[:28] != 6).all()


def test_stages_are_kept_when_asked_for(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    engine = make_engine(with_face=True)
    silent = engine.run(CompletionRequest(image, mask))
    assert silent.regions[0].stages == {}
    options = CompletionOptions(keep_stages=True)
    result = engine.run(CompletionRequest(image, mask, options))
    stages = result.regions[0].stages
    assert set(stages) == {"completion", "texture", "face-before", "face-after", "composite", "blended"}
    assert all(picture.dtype == np.uint8 and picture.shape[2] == 3 for picture in stages.values())
    assert stages["face-after"].mean() > stages["face-before"].mean()


def test_result_says_what_was_used(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    result = make_engine(with_face=True).run(CompletionRequest(image, mask))
    assert set(result.weights) == {"parsing", "completion", "face"}
    assert all(len(digest) == 64 for digest in result.weights.values())
    assert set(result.seconds) == {stage.label for stage in Stage}
    assert result.device.startswith("CPU (")
    assert result.notices == ()


def test_face_is_refined_far_from_the_origin(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo(900, 800)
    mask = mask_of(image.shape, Bounds(440, 390, 470, 420))
    options = CompletionOptions(method=Method.NETWORK, keep_stages=True)
    plain = make_engine(with_face=True, missing=("face",)).run(CompletionRequest(image, mask, options))
    refined = make_engine(with_face=True).run(CompletionRequest(image, mask, options))
    check_outside(image, mask, refined, 2)
    assert "face-after" in refined.regions[0].stages
    means = [result.regions[0].stages["composite"].mean() for result in (plain, refined)]
    assert means[1] > means[0]


def test_patches_need_no_completion_network(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    engine = make_engine(with_face=True, missing=("completion", "face"))
    options = CompletionOptions(method=Method.PATCHES)
    result = engine.run(CompletionRequest(image, mask, options))
    assert set(result.weights) == {"parsing"}


@pytest.mark.parametrize("task", ["parsing", "completion"])
def test_missing_weights_are_named(make_engine: MakeEngine, make_photo: MakePhoto, task: str) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    with pytest.raises(WeightsError, match=task):
        make_engine(missing=(task,)).run(CompletionRequest(image, mask))


def test_missing_face_weights_cost_a_notice(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    engine = make_engine(with_face=True, missing=("face",))
    result = engine.run(CompletionRequest(image, mask))
    assert len(result.notices) == 1
    assert "face" in result.notices[0]


@pytest.mark.parametrize("stage", list(Stage))
def test_cancel_from_every_stage(make_engine: MakeEngine, make_photo: MakePhoto, stage: Stage) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    token = CancelToken()

    def listen(running: Stage, _share: float) -> None:
        if running is stage:
            token.cancel()

    request = CompletionRequest(image, mask)
    with pytest.raises(Cancelled):
        make_engine(with_face=True).run(request, Progress(token, listen))


def test_progress_only_grows(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo(400, 300)
    mask = mask_of(image.shape, Bounds(5, 5, 190, 12), Bounds(200, 200, 390, 210))
    heard: list[float] = []
    progress = Progress(listener=lambda _stage, share: heard.append(share))
    make_engine(with_face=True).run(CompletionRequest(image, mask), progress)
    assert heard == sorted(heard)
    assert 0 <= heard[0] < 0.1
    assert heard[-1] == pytest.approx(1.0)
    # A cancel takes effect at the next report, so there must be many.
    assert len(heard) > 50


class MemoryThatRunsOut:
    """A texture stage that needs more memory than there is until the crop is small enough."""

    def __init__(self, most_pixels: int, error: Exception) -> None:
        self.most_pixels, self.error = most_pixels, error
        self.tried: list[int] = []

    def __call__(self, image: torch.Tensor, *_arguments: object, **_options: object) -> torch.Tensor:
        self.tried.append(image[0].numel())
        if image[0].numel() > self.most_pixels:
            raise self.error
        return image.clone()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.cuda.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_less_memory_smaller_crop(make_engine: MakeEngine, make_photo: MakePhoto, error: Exception) -> None:
    image = make_photo(1200, 1200)
    mask = mask_of(image.shape, Bounds(500, 500, 900, 900))
    texture = MemoryThatRunsOut(1_000_000, error)
    result = make_engine(synthesise=texture).run(CompletionRequest(image, mask))
    assert texture.tried == [1200 * 1200, 950 * 950]
    assert len(result.notices) == 1
    assert "Memory ran out" in result.notices[0]
    check_outside(image, mask, result, 2)


def test_no_memory_at_all_is_a_sentence(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    engine = make_engine(synthesise=MemoryThatRunsOut(0, MemoryError()))
    with pytest.raises(DeviceError, match="not enough memory"):
        engine.run(CompletionRequest(image, mask))


def test_other_errors_are_not_swallowed(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    texture = MemoryThatRunsOut(0, RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError, match="shapes"):
        make_engine(synthesise=texture).run(CompletionRequest(image, mask))
    assert len(texture.tried) == 1


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [
        (np.zeros((80, 96), np.uint8), "empty"),
        (np.ones((80, 96), np.uint8), "whole photo"),
        (np.ones((96, 80), np.uint8), "80 x 96"),
    ],
)
def test_bad_masks(
    make_engine: MakeEngine, make_photo: MakePhoto, mask: NDArray[np.uint8], sentence: str
) -> None:
    with pytest.raises(MaskError, match=sentence):
        make_engine().run(CompletionRequest(make_photo(), mask))


def test_bad_options(make_engine: MakeEngine, make_photo: MakePhoto) -> None:
    image = make_photo()
    mask = mask_of(image.shape, HOLES["middle"])
    with pytest.raises(OptionError, match="blend band"):
        make_engine().run(CompletionRequest(image, mask, CompletionOptions(grow_px=-1)))


def test_a_fill_takes_the_threads_that_it_is_asked_for(
    make_engine: MakeEngine, make_photo: MakePhoto
) -> None:
    image, before = make_photo(), torch.get_num_threads()
    options, hardware = CompletionOptions(method=Method.NETWORK), Hardware(threads=before + 1)
    result = make_engine().run(
        CompletionRequest(image, mask_of(image.shape, HOLES["middle"]), options, hardware=hardware)
    )
    assert result.hardware.threads == before + 1
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("size", [(64, 64), (300, 40), (20, 500), (1000, 700)])
def test_parse_covers_the_photo_without_distortion(
    make_engine: MakeEngine, make_photo: MakePhoto, size: tuple[int, int]
) -> None:
    image = make_photo(*size)
    heard: list[tuple[Stage, float]] = []
    progress = Progress(listener=lambda stage, share: heard.append((stage, share)), shares={Stage.PARSE: 1.0})
    structure = make_engine(with_face=True).run(ParseRequest(image), progress)
    assert heard[-1] == (Stage.PARSE, pytest.approx(1.0))
    assert structure.bounds == Bounds(0, 0, *size)
    height, width = structure.labels.shape
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)
    assert structure.heatmaps.shape == (16, -(-height // 4), -(-width // 4))
    assert structure.labels[height // 2, width // 2] == 11


def test_what_is_preferred_holds_where_a_request_leaves_it_open(
    make_engine: MakeEngine, make_photo: MakePhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, engine = make_photo(), make_engine()
    mask = mask_of(image.shape, HOLES["middle"])
    engine.prefer(Hardware("cpu", "bfloat16"))
    asked = [Hardware(), Hardware(precision="float32")]
    ran_on = [engine.run(CompletionRequest(image, mask, hardware=one)).hardware for one in asked]
    assert [one.precision for one in ran_on] == ["bfloat16", "float32"]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    engine.prefer(Hardware("cuda"))
    with pytest.raises(DeviceError, match="no CUDA device"):
        engine.run(CompletionRequest(image, mask))
    assert engine.run(CompletionRequest(image, mask, hardware=Hardware("cpu"))).hardware.device == "cpu"
