"""The short way: specks and scratches are continued from beside them, without a network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import CancelToken, Progress, Stage
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, CompletionResult, Method
from portrait_studio.engine.shift_map import find_shifts, thickness_of
from portrait_studio.errors import Cancelled
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from tests.helpers.tiny_networks import TinyNetworks

MakeEngine = Callable[..., Pipeline]
SIZE = (900, 700)
SPOTS = [(100, 90), (450, 120), (820, 600), (300, 420), (8, 5), (640, 350)]


@pytest.fixture
def networks() -> TinyNetworks:
    return TinyNetworks()


@pytest.fixture
def engine(networks: TinyNetworks, memory: object) -> Pipeline:
    engine = Pipeline(networks, memory=memory)  # type: ignore[arg-type]
    engine.prefer(Hardware("cpu"))
    return engine


def stripes(dtype: type = np.uint8) -> NDArray[Any]:
    """Cloth: diagonal stripes under a light that falls off to the right."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    waves = np.sin((x + 2 * y) * (2 * np.pi / 16))[..., None] * np.array([0.2, 0.1, 0.05])
    light = (0.65 - 0.3 * x / SIZE[0])[..., None]
    most = np.iinfo(dtype).max
    return np.asarray(np.rint((light + waves).clip(0, 1) * most), dtype)


def two_tone() -> NDArray[np.uint8]:
    """A dark garment beside bright skin, whose border runs aslant."""
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    share = (x - 440 + 0.4 * y - 140).clip(-1, 1)[..., None] * 0.5 + 0.5
    return np.asarray(np.rint((1 - share) * [60, 40, 90] + share * [220, 180, 160]), np.uint8)


def specks(spots: list[tuple[int, int]] = SPOTS, radius: int = 5) -> NDArray[np.uint8]:
    mask = np.zeros(SIZE[::-1], np.uint8)
    for spot in spots:
        cv2.circle(mask, spot, radius, 255, -1)
    return mask


def damaged(image: NDArray[Any], mask: NDArray[np.uint8]) -> NDArray[Any]:
    """White dust where the mask is, so that nothing of what it hides can be seen."""
    return np.where(mask[..., None] != 0, np.iinfo(image.dtype).max, image).astype(image.dtype)


def pasted(image: NDArray[Any], result: CompletionResult) -> NDArray[Any]:
    filled = image.copy()
    for region in result.regions:
        filled[region.bounds.slices] = region.pixels
    return filled


def worst(image: NDArray[Any], truth: NDArray[Any], mask: NDArray[np.uint8]) -> float:
    """Largest difference from the truth in a hole, in levels of 8 bits."""
    apart = np.abs(image.astype(float) - truth.astype(float))[mask != 0]
    return float(apart.max()) * 255 / np.iinfo(image.dtype).max


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_specks_on_cloth_are_continued_without_a_network(
    engine: Pipeline, networks: TinyNetworks, dtype: type
) -> None:
    truth, mask = stripes(dtype), specks()
    result = engine.run(CompletionRequest(damaged(truth, mask), mask))
    assert len(result.regions) == len(SPOTS)
    assert networks.loads == ["parsing"]
    assert set(result.weights) == {"parsing"}
    filled = pasted(damaged(truth, mask), result)
    assert worst(filled, truth, mask) < 6
    outside = cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0
    assert np.array_equal(filled[outside], truth[outside])


def test_a_speck_across_a_border_continues_the_border(engine: Pipeline, networks: TinyNetworks) -> None:
    truth = two_tone()
    mask = specks([(480, 250), (420, 400)])
    result = engine.run(CompletionRequest(damaged(truth, mask), mask))
    assert networks.loads == ["parsing"]
    assert worst(pasted(damaged(truth, mask), result), truth, mask) < 40
    apart = np.abs(pasted(damaged(truth, mask), result).astype(int) - truth)[mask != 0]
    assert apart.mean() < 3


def test_a_scratch_is_continued_along_its_whole_length(engine: Pipeline, networks: TinyNetworks) -> None:
    truth, mask = stripes(), np.zeros(SIZE[::-1], np.uint8)
    cv2.line(mask, (50, 60), (850, 640), 255, 3)
    result = engine.run(CompletionRequest(damaged(truth, mask), mask))
    assert networks.loads == ["parsing"]
    assert worst(pasted(damaged(truth, mask), result), truth, mask) < 12


def test_a_soft_mask_is_a_hole_where_it_is_not_zero(engine: Pipeline, networks: TinyNetworks) -> None:
    truth, mask = stripes(), cv2.GaussianBlur(specks(radius=3), (5, 5), 0)
    assert np.unique(mask).size > 2
    result = engine.run(CompletionRequest(damaged(truth, mask), mask))
    assert networks.loads == ["parsing"]
    assert worst(pasted(damaged(truth, mask), result), truth, mask) < 6


def test_what_its_surroundings_do_not_explain_goes_the_long_way(
    engine: Pipeline, networks: TinyNetworks
) -> None:
    image, mask = stripes(), specks([(300, 300)])
    y, x = np.mgrid[-30:31, -30:31]
    wheel = np.rint(127 + 127 * np.cos(3 * np.arctan2(y, x)[..., None] + np.array([0.0, 2.1, 4.2])))
    image[270:331, 270:331] = np.where((x**2 + y**2 < 900)[..., None], wheel, image[270:331, 270:331])
    engine.run(CompletionRequest(damaged(image, mask), mask))
    assert networks.loads.count("completion") == 1


def test_a_wanted_label_that_is_not_around_goes_the_long_way(
    engine: Pipeline, networks: TinyNetworks
) -> None:
    image, mask = stripes(), specks([(300, 300), (600, 500)])
    structure = np.full(mask.shape, 255, np.uint8)
    structure[295:306, 295:306] = 6
    structure[495:506, 595:606] = 0
    result = engine.run(CompletionRequest(image, mask, wanted_labels=structure))
    assert networks.loads.count("completion") == 1
    assert (result.regions[0].structure.labels == 6).any()


@pytest.mark.parametrize(
    ("options", "windows"),
    [
        (CompletionOptions(Method.NETWORK), 2),
        (CompletionOptions(hole_by_hole=True), 3),
    ],
)
def test_who_asks_for_the_network_gets_it(
    engine: Pipeline, networks: TinyNetworks, options: CompletionOptions, windows: int
) -> None:
    image, mask = stripes(), specks([(100, 90), (200, 150), (700, 500)])
    result = engine.run(CompletionRequest(image, mask, options))
    assert networks.loads.count("completion") == windows
    # The whole photo, and a closer look for each window.
    assert networks.loads.count("parsing") == windows + 1
    assert len(result.regions) == 3


def test_specks_beside_a_large_hole_do_without_its_network(engine: Pipeline, networks: TinyNetworks) -> None:
    truth, mask = stripes(), specks()
    mask[200:280, 560:640] = 255
    result = engine.run(CompletionRequest(damaged(truth, mask), mask))
    assert networks.loads.count("completion") == 1
    assert len(result.regions) == len(SPOTS) + 1
    tops = [region.bounds.top for region in result.regions]
    assert tops == sorted(tops)
    small = mask.copy()
    small[200:280, 560:640] = 0
    assert worst(pasted(damaged(truth, mask), result), truth, small) < 6


def test_the_same_seed_gives_the_same_pixels_and_another_one_others(engine: Pipeline) -> None:
    image, mask = stripes(), specks()
    image = np.clip(image + np.random.default_rng(0).normal(0, 12, image.shape), 0, 255).astype(np.uint8)

    def filled(seed: int) -> CompletionResult:
        return engine.run(CompletionRequest(image, mask, CompletionOptions(seed=seed)))

    first, again, other = filled(3), filled(3), filled(4)
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first.regions, again.regions, strict=True))
    assert all(
        not np.array_equal(a.pixels, b.pixels) for a, b in zip(first.regions, other.regions, strict=True)
    )
    # Candidates of one hole are told apart by its place alone.
    patches = engine.run(CompletionRequest(image, mask, CompletionOptions(Method.NETWORK)))
    assert [region.bounds for region in first.regions] == [region.bounds for region in patches.regions]


def test_a_speck_is_filled_alike_alone_and_among_others(engine: Pipeline) -> None:
    image = stripes()
    alone = engine.run(CompletionRequest(image, specks(SPOTS[:1]))).regions[0]
    among = next(
        region
        for region in engine.run(CompletionRequest(image, specks())).regions
        if region.bounds == alone.bounds
    )
    assert np.array_equal(alone.pixels, among.pixels)


def test_a_grey_photo_stays_grey(engine: Pipeline) -> None:
    image = np.ascontiguousarray(np.repeat(stripes()[..., :1], 3, axis=2))
    for region in engine.run(CompletionRequest(image, specks())).regions:
        assert np.array_equal(region.pixels[..., 0], region.pixels[..., 1])
        assert np.array_equal(region.pixels[..., 1], region.pixels[..., 2])


def test_stages_and_structure_of_a_speck_can_be_looked_at(engine: Pipeline) -> None:
    image, mask = stripes(), specks()
    options = CompletionOptions(keep_stages=True)
    whole = Bounds(0, 0, *SIZE)
    for region in engine.run(CompletionRequest(image, mask, options)).regions:
        assert set(region.stages) == {"composite", "blended"}
        structure = region.structure
        assert structure.bounds.intersected(whole) == structure.bounds
        assert structure.bounds.intersected(region.bounds) == region.bounds
        height, width = structure.labels.shape
        assert structure.heatmaps.shape == (16, -(-height // 4), -(-width // 4))
        assert width / height == pytest.approx(structure.bounds.width / structure.bounds.height, rel=0.1)


def test_cancel_stops_between_two_specks(engine: Pipeline) -> None:
    token, heard = CancelToken(), []

    def listen(stage: Stage, _share: float) -> None:
        if stage is Stage.TEXTURE:
            token.cancel()
        heard.append(stage)

    with pytest.raises(Cancelled):
        engine.run(CompletionRequest(stripes(), specks()), Progress(token, listen))
    assert heard.count(Stage.TEXTURE) == 1
    assert Stage.BLEND not in heard


def test_progress_only_grows_over_specks_and_a_large_hole(engine: Pipeline) -> None:
    mask, heard = specks(), []
    mask[200:280, 560:640] = 255
    progress = Progress(listener=lambda _stage, share: heard.append(share))
    engine.run(CompletionRequest(stripes(), mask), progress)
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("shape", "expected"), [((1, 1), 1), ((1, 40), 1), ((3, 50), 3), ((11, 11), 11), ((40, 9), 9)]
)
def test_thickness(shape: tuple[int, int], expected: int) -> None:
    assert thickness_of(np.ones(shape, np.bool_)) == expected
    assert thickness_of(np.pad(np.ones(shape, np.bool_), 3)) == expected


def test_no_source_is_a_hole_itself() -> None:
    image, mask = stripes(), specks([(300, 300), (320, 300), (300, 322), (322, 322)])
    shifts = find_shifts(image, mask, Bounds(295, 295, 306, 306), 11, 0, lambda _share: None)
    assert shifts is not None
    for down, across, weight in zip(shifts.down, shifts.across, shifts.weights, strict=True):
        used = weight > 0
        assert not mask[(shifts.rows + down)[used], (shifts.columns + across)[used]].any()


def test_a_photo_that_is_hole_all_around_has_no_source() -> None:
    image = stripes()[:40, :40]
    mask = np.full((40, 40), 255, np.uint8)
    mask[0, 0] = 0
    assert find_shifts(image, mask, Bounds(0, 0, 40, 40), 39, 0, lambda _share: None) is None
