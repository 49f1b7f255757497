import numpy as np
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.find_requests import FindThingRequest
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.segment import find_in_boxes, find_thing, tighten
from portrait_studio.engine.things import Clicks, ThingFound, tightened_mask
from portrait_studio.errors import MaskError, OptionError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.networks.released import LoadedNetwork
from portrait_studio.networks.segmentation import SEGMENTATION_WINDOW
from tests.helpers.tiny_networks import TinyParser

CPU = Compute(torch.device("cpu"), torch.float32)


class Red(nn.Module):
    """Takes what is red for the thing, and notes what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Tensor, Tensor]] = []
        self.last = nn.Identity()

    def forward(self, image: Tensor, prompt: Tensor) -> Tensor:
        self.seen.append((image, prompt))
        red: Tensor = self.last(image[:, :1] - image[:, 1:2])
        return 20 * (red - 0.8)


def quiet(_: float) -> None:
    pass


def photo(width: int = 400, height: int = 300, depth: type = np.uint8) -> np.ndarray:
    top = np.iinfo(depth).max
    image = np.full((height, width, 3), top // 2, depth)
    image[100:160, 120:200] = (top, 0, 0)
    return image


def loose_around(image: np.ndarray, margin: int = 25) -> np.ndarray:
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[100 - margin : 160 + margin, 120 - margin : 200 + margin] = 255
    return mask


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_the_mask_shrinks_to_the_thing_and_its_rim(depth: type) -> None:
    image = photo(depth=depth)
    loose = loose_around(image)
    found = tighten(NetworkRunner(Red(), CPU), image, loose)
    mask = tightened_mask(loose, found, grow_px=3)
    exact = (image[..., 0] > image[..., 1]).astype(np.uint8)
    assert (mask[exact > 0] == 255).all()
    far = np.zeros_like(exact)
    far[94:166, 114:206] = 1
    assert not mask[far == 0].any()


def test_nothing_that_stands_out_leaves_the_mask_as_it_was_painted() -> None:
    image = np.full((300, 400, 3), 128, np.uint8)
    loose = loose_around(image)
    found = tighten(NetworkRunner(Red(), CPU), image, loose)
    assert not found[0].stands_out
    assert np.array_equal(tightened_mask(loose, found), loose)


def test_each_place_is_judged_by_itself() -> None:
    image = photo()
    loose = loose_around(image)
    loose[240:270, 20:60] = 255
    found = tighten(NetworkRunner(Red(), CPU), image, loose)
    assert [thing.stands_out for thing in found] == [True, False]
    mask = tightened_mask(loose, found)
    assert (mask[240:270, 20:60] == 255).all()
    assert not mask[80:90, 100:110].any()


def test_things_elsewhere_in_the_window_are_not_taken() -> None:
    image = photo()
    image[100:160, 240:300] = (255, 0, 0)
    loose = loose_around(image)
    mask = tightened_mask(loose, tighten(NetworkRunner(Red(), CPU), image, loose))
    assert not mask[:, 245:].any()


def test_a_second_look_is_closer_when_the_thing_is_small() -> None:
    network = Red()
    image = photo(1200, 900)
    loose = np.zeros((900, 1200), np.uint8)
    loose[20:500, 20:600] = 255
    found = tighten(NetworkRunner(network, CPU), image, loose)
    assert len(network.seen) == 2
    assert found[0].bounds.width < 200
    close = tightened_mask(loose, found, grow_px=0)
    assert close.sum() / 255 == pytest.approx(60 * 80, rel=0.12)


def test_beyond_the_photo_is_grey_and_marked_as_no_photo() -> None:
    network = Red()
    image = np.full((200, 200, 3), 255, np.uint8)
    loose = np.zeros((200, 200), np.uint8)
    loose[:60, :90] = 255
    tighten(NetworkRunner(network, CPU), image, loose)
    picture, prompt = network.seen[0]
    assert picture.shape == (1, 3, SEGMENTATION_WINDOW, SEGMENTATION_WINDOW)
    outside = prompt[:, 3:] == 0
    assert 0.2 < outside.float().mean() < 0.6
    assert not picture[outside.expand(-1, 3, -1, -1)].any()
    assert (picture[~outside.expand(-1, 3, -1, -1)] == 1).all()


def test_clicks_are_drawn_as_discs_and_need_no_mask() -> None:
    network = Red()
    image = photo()
    found = find_thing(NetworkRunner(network, CPU), image, None, Clicks(((160.0, 130.0),), ((90.0, 130.0),)))
    _, prompt = network.seen[0]
    assert not prompt[0, 0].any()
    for layer in (1, 2):
        assert 60 < float(prompt[0, layer].sum()) < 110
    assert found.marked.is_empty
    assert found.mask(Extent(400, 300))[130, 160] == 255
    assert found.mask(Extent(400, 300))[130, 90] == 0


def test_the_edge_follows_the_photo_where_the_network_is_coarse() -> None:
    image = np.full((1600, 1600, 3), 90, np.uint8)
    ys, xs = np.mgrid[:1600, :1600]
    thing = (xs - 800) ** 2 + (ys - 780) ** 2 < 400**2
    image[thing] = (250, 20, 20)
    loose = np.zeros((1600, 1600), np.uint8)
    loose[300:1300, 300:1300] = 255
    mask = tightened_mask(loose, tighten(NetworkRunner(Red(), CPU), image, loose), 0.5, 0) > 0
    assert (mask & thing).sum() / (mask | thing).sum() > 0.98


def test_a_threshold_takes_more_or_less() -> None:
    found = ThingFound(Bounds(0, 0, 4, 1), Bounds(0, 0, 4, 1), np.array([[0, 90, 140, 250]], np.uint8))
    assert found.mask(Extent(4, 1), 0.3).tolist() == [[0, 255, 255, 255]]
    assert found.mask(Extent(4, 1), 0.9).tolist() == [[0, 0, 0, 255]]


def test_a_box_that_cuts_the_thing_off_is_looked_at_again() -> None:
    image = photo()
    (found,) = find_in_boxes(NetworkRunner(Red(), CPU), image, [Bounds(130, 90, 230, 170)])
    assert found.mask(Extent(400, 300))[130, 122] == 255
    exact = (image[..., 0] > image[..., 1]) & (found.mask(Extent(400, 300)) > 0)
    assert exact.sum() > 0.97 * 60 * 80


def test_a_box_at_the_photos_edge_is_enough() -> None:
    network = Red()
    image = np.full((300, 400, 3), 128, np.uint8)
    image[240:, 100:180] = (255, 0, 0)
    find_in_boxes(NetworkRunner(network, CPU), image, [Bounds(95, 235, 185, 310)])
    assert len(network.seen) == 1


class RedStore:
    """Hands out `Red` for everything but parsing."""

    def __init__(self) -> None:
        self.red = Red()

    def load(self, task: str) -> LoadedNetwork:
        module = TinyParser(with_face=False).eval() if task == "parsing" else self.red
        return LoadedNetwork(module, task, task, None, "0" * 64, {})

    def has(self, task: str) -> bool:
        return True


def test_the_engine_takes_a_rectangle_clicks_or_both_for_one_thing() -> None:
    image, store = photo(), RedStore()
    engine = Pipeline(store)
    loose = loose_around(image)
    by_box = engine.run(FindThingRequest(image, loose=loose))
    assert by_box.marked == Bounds(95, 75, 225, 185)
    assert by_box.mask(Extent(400, 300))[130, 160]
    assert not store.red.seen[0][1][0, 1:3].any()
    corrected = engine.run(FindThingRequest(image, Clicks(outside=((100.0, 80.0),)), loose=loose))
    assert corrected.marked == by_box.marked
    assert store.red.seen[-1][1][0, 0].any()
    with pytest.raises(OptionError, match="outside the photo"):
        engine.run(FindThingRequest(image, Clicks(((400.0, 10.0),))))
    with pytest.raises(OptionError, match="outside the photo"):
        engine.run(FindThingRequest(image, loose=np.zeros_like(loose)))
    with pytest.raises(MaskError):
        engine.run(FindThingRequest(image, loose=loose[1:]))
