"""People and things as boxes: looks, tiles, merging, and who is the main person."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from portrait_studio.engine.detect import detect, detect_faint, plan_looks
from portrait_studio.engine.detection import Detected, Detection, kinds_named, main_person
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.find_requests import DetectFaintRequest, DetectRequest
from portrait_studio.engine.merge_boxes import Sightings, merge_faint, merge_people, merge_things
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import WarmUpRequest
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.networks.coco import CLASSES, PERSON, THING_NAMES
from portrait_studio.networks.detection import Boxes
from tests.helpers.tiny_detector import TinyDetector
from tests.helpers.tiny_networks import TinyNetworks

CPU = Compute(torch.device("cpu"))
PHOTO = Extent(600, 900)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)

Box = tuple[float, float, float, float]


def seen(*boxes: tuple[Box, float]) -> Sightings:
    corners = np.array([box for box, _ in boxes], np.float32).reshape(-1, 4)
    return Sightings(corners, np.array([score for _, score in boxes], np.float32))


def merged(*looks: Sightings) -> list[list[int]]:
    return [[round(value) for value in box] for box in merge_people(looks, PHOTO).corners.tolist()]


def grey(width: int, height: int, *patches: tuple[Bounds, tuple[int, int, int]]) -> NDArray[np.uint8]:
    photo = np.full((height, width, 3), 128, np.uint8)
    for bounds, colour in patches:
        photo[bounds.slices] = colour
    return photo


def found(photo: NDArray[np.uint8] | NDArray[np.uint16]) -> Detected:
    return detect(NetworkRunner(TinyDetector(), CPU), photo)


def near(detection: Detection, bounds: Bounds, off: int) -> bool:
    told, true = detection.bounds, bounds
    sides = ("left", "top", "right", "bottom")
    return all(abs(getattr(told, side) - getattr(true, side)) <= off for side in sides)


def test_looks_that_agree_are_one_person_and_surer_than_one_look() -> None:
    box, shifted = (100.0, 100.0, 160.0, 300.0), (106.0, 104.0, 166.0, 296.0)
    assert len(merged(seen((box, 0.4)), seen((shifted, 0.4)))) == 1
    assert merged(seen((box, 0.4)), seen()) == []
    assert merged(seen((box, 0.4), (shifted, 0.4)), seen()) == [], "one look does not agree with itself"


def test_a_box_that_one_look_shifts_by_half_a_person_goes() -> None:
    box, shifted = (100.0, 100.0, 160.0, 300.0), (126.0, 102.0, 186.0, 300.0)
    assert merged(seen((box, 0.9)), seen((shifted, 0.6))) == [[100, 100, 160, 300]]


def test_neighbours_stay_two() -> None:
    left, right = (100.0, 100.0, 160.0, 300.0), (145.0, 100.0, 205.0, 300.0)
    assert len(merged(seen((left, 0.9), (right, 0.8)))) == 2


def test_parts_of_a_person_go_and_a_small_passer_by_within_her_box_stays() -> None:
    whole, torso = (100.0, 50.0, 400.0, 850.0), (130.0, 60.0, 380.0, 350.0)
    passer_by, unsure = (330.0, 300.0, 390.0, 480.0), (110.0, 600.0, 170.0, 800.0)
    look = seen((whole, 0.7), (torso, 0.9), (passer_by, 0.85), (unsure, 0.6))
    assert sorted(merged(look)) == [[100, 50, 400, 850], [330, 300, 390, 480]]


def test_a_large_person_needs_one_look_only_and_a_small_one_more() -> None:
    assert merged(seen(((100.0, 50.0, 400.0, 850.0), 0.22))) == [[100, 50, 400, 850]]
    assert merged(seen(((100.0, 50.0, 140.0, 250.0), 0.3))) == []


def test_nothing_seen_is_nothing_told() -> None:
    assert merged() == []
    assert merged(seen(), seen()) == []
    assert len(merge_things([seen(), seen()]).scores) == 0


def test_a_faint_person_is_as_large_as_all_looks_together_say() -> None:
    upper, lower = (100.0, 100.0, 160.0, 260.0), (96.0, 120.0, 156.0, 300.0)
    told = merge_faint([seen((upper, 0.3)), seen((upper, 0.25)), seen((lower, 0.2))])
    assert told.corners.tolist() == [[96, 100, 160, 300]]


def test_faint_people_are_those_whom_many_looks_see() -> None:
    box, other = (100.0, 100.0, 160.0, 300.0), (300.0, 100.0, 360.0, 300.0)
    looks = [seen((box, 0.3), (other, 0.44)), seen((box, 0.2)), seen((other, 0.44)), seen((box, 0.15))]
    told = merge_faint(looks)
    assert [[round(value) for value in each] for each in told.corners.tolist()] == [[100, 100, 160, 300]]
    assert told.scores.tolist() == pytest.approx([0.65])
    assert len(merge_faint([seen((box, 0.19))] * 3).scores) == 0, "so little is nobody"
    assert len(merge_faint([]).scores) == 0


@pytest.mark.parametrize("size", [(1400, 1400), (400, 300), (64, 80), (5000, 64)])
def test_photos_of_up_to_two_megapixels_are_seen_as_a_whole(size: tuple[int, int]) -> None:
    photo = Extent(*size)
    looks = plan_looks(photo)
    assert looks
    assert all(look.bounds == Bounds.of(photo) for look in looks)
    assert all(look.scale <= 5 for look in looks)
    assert len({look.size for look in looks}) == len(looks)


@pytest.mark.parametrize("size", [(2000, 1500), (6000, 4000), (4000, 6000), (12000, 900), (8000, 6000)])
def test_tiles_of_larger_photos_overlap_and_leave_nothing_out(size: tuple[int, int]) -> None:
    photo = Extent(*size)
    tiles = [look for look in plan_looks(photo) if look.bounds != Bounds.of(photo)]
    assert tiles
    scales = [tile.scale for tile in tiles]
    assert max(scales) < 1.02 * min(scales)
    for length, first, last in ((photo.width, "left", "right"), (photo.height, "top", "bottom")):
        parts = sorted({(getattr(tile.bounds, first), getattr(tile.bounds, last)) for tile in tiles})
        assert (parts[0][0], parts[-1][1]) == (0, length)
        for (_, end), (start, _) in pairwise(parts):
            assert (end - start) * scales[0] >= 205
    assert all(max(tile.size.width, tile.size.height) <= 1042 for tile in tiles)


def test_boxes_lie_where_people_and_things_are() -> None:
    person, dog = Bounds(100, 50, 220, 420), Bounds(300, 300, 380, 360)
    photo = grey(500, 450, (person, RED), (dog, GREEN))
    for image in (photo, photo.astype(np.uint16) * 257):
        told = found(image)
        assert [one.kind for one in told.people] == [PERSON]
        assert near(told.people[0], person, 3)
        assert [(one.kind, str(one.name)) for one in told.things] == [("dog", "dog")]
        assert near(told.things[0], dog, 3)
        assert 0 < told.people[0].score <= 1


def test_small_and_large_people_of_a_large_photo_are_told_once() -> None:
    large, small = Bounds(900, 200, 1700, 2200), Bounds(2460, 1100, 2520, 1240)
    edge = Bounds(2940, 900, 3000, 1100)
    told = found(grey(3000, 2400, (large, RED), (small, RED), (edge, RED)))
    assert len(told.people) == 3
    for true in (large, small, edge):
        assert any(near(one, true, 8) for one in told.people), true


def test_people_are_told_where_tiles_overlap_and_nobody_is_told_in_part() -> None:
    photo = Extent(3000, 2400)
    inner = sorted({look.bounds.left for look in plan_looks(photo)} - {0})
    true = [Bounds(x - 30, 300, x + 30, 440) for x in inner]
    told = found(grey(3000, 2400, *((each, RED) for each in true)))
    assert len(told.people) == len(true)
    assert all(any(near(one, each, 8) for one in told.people) for each in true)


def test_an_empty_photo_and_a_tiny_one_hold_nobody() -> None:
    assert found(grey(300, 200)) == Detected()
    assert found(grey(64, 64)) == Detected()


def test_what_looks_like_two_kinds_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    dog = Bounds(100, 100, 200, 200)

    class Doubting(TinyDetector):
        def forward(self, image: torch.Tensor) -> object:  # type: ignore[override]
            boxes = super().forward(image)
            boxes.scores[..., CLASSES.index("cat")] = 0.8 * boxes.scores[..., CLASSES.index("dog")]
            return boxes

    told = detect(NetworkRunner(Doubting(), CPU), grey(400, 300, (dog, GREEN)))
    assert [one.kind for one in told.things] == ["dog"]


class Faint(TinyDetector):
    """Is hardly sure of anything."""

    def forward(self, image: torch.Tensor) -> Boxes:
        boxes = super().forward(image)
        return Boxes(boxes.corners, boxes.scores * 0.18)


def test_faint_people_are_found_by_a_look_of_its_own() -> None:
    person = Bounds(100, 50, 220, 420)
    photo = grey(500, 450, (person, RED))
    network = NetworkRunner(Faint(), CPU)
    assert detect(network, photo).people == ()
    told = detect_faint(network, photo)
    assert len(told) == 1
    assert near(told[0], person, 3)
    assert detect_faint(network, grey(64, 64)) == ()


def test_every_layer_is_reported_so_that_it_can_be_cancelled() -> None:
    heard: list[float] = []
    detect(NetworkRunner(TinyDetector(), CPU, heard.append), grey(300, 200))
    assert heard == sorted(heard)
    assert heard[-1] == 1

    def cancel(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        detect(NetworkRunner(TinyDetector(), CPU, cancel), grey(300, 200))


def test_the_engine_opens_the_network_when_it_is_asked(make_engine: Callable[..., Pipeline]) -> None:
    networks = TinyNetworks()
    networks.modules["detection"] = TinyDetector().eval()
    engine = Pipeline(networks)
    assert networks.loads == []
    person = Bounds(100, 50, 220, 420)
    seen = engine.run(DetectRequest(grey(500, 450, (person, RED)), hardware=Hardware("cpu")))
    assert near(seen.people[0], person, 3)
    faint = engine.run(DetectFaintRequest(grey(500, 450, (person, RED)), hardware=Hardware("cpu")))
    assert near(faint[0], person, 3)
    assert networks.loads == ["detection"] * 2
    assert engine.run(WarmUpRequest()).finds_people


def test_a_release_may_do_without(make_engine: Callable[..., Pipeline]) -> None:
    engine = make_engine()
    assert not engine.run(WarmUpRequest()).finds_people
    with pytest.raises(WeightsError, match="no weights for detection"):
        engine.run(DetectRequest(grey(300, 200), hardware=Hardware("cpu")))


def person(left: int, top: int, right: int, bottom: int, score: float = 0.9) -> Detection:
    return Detection(Bounds(left, top, right, bottom), PERSON, score)


def test_the_main_person_is_tall_and_not_at_the_edge() -> None:
    main, passer_by, cut = person(200, 100, 400, 850), person(50, 300, 120, 600), person(0, 20, 90, 900)
    assert main_person([passer_by, cut, main], PHOTO) is main
    assert main_person([], PHOTO) is None


def test_the_main_person_is_whom_the_parser_sees() -> None:
    tall, meant = person(300, 50, 550, 890), person(60, 300, 200, 800)
    figure = np.zeros((90, 60), np.bool_)
    figure[32:78, 8:19] = True
    assert main_person([tall, meant], PHOTO, figure) is meant
    assert main_person([tall], PHOTO, figure) is None, "the parser sees somebody who has no box"
    assert main_person([tall, meant], PHOTO, np.zeros((90, 60), np.bool_)) is tall
    assert main_person([], PHOTO, figure) is None


def test_kinds_are_named_as_users_and_as_coco_do() -> None:
    assert kinds_named(["phone", " Dog", "cell phone", "sofa"]) == {"cell phone", "dog", "couch"}
    with pytest.raises(OptionError, match=r"no kind of thing 'unicorn'; choose among: bicycle, car"):
        kinds_named(["unicorn"])


def test_names_are_of_classes_and_differ() -> None:
    assert len(CLASSES) == len(set(CLASSES)) == 80
    assert set(THING_NAMES) < set(CLASSES) - {PERSON}
    assert len({str(name) for name in THING_NAMES.values()}) == len(THING_NAMES)
