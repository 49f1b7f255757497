"""Everybody but the main person: two looks, with her and without her."""

from dataclasses import replace

import numpy as np

from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.engine.find_requests import (
    DetectFaintRequest,
    DetectRequest,
    FindInBoxesRequest,
    PeopleMaskRequest,
    Who,
)
from portrait_studio.engine.passers_by import HerPlace, joined_answer, mask_of_everybody, who_else
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.coco import PERSON

WHOLE = Bounds(0, 0, 240, 200)
HER, BESIDE, BEHIND = Bounds(90, 20, 150, 190), Bounds(20, 60, 60, 160), Bounds(150, 60, 175, 150)
RED = (250, 0, 0)


def person(box: Bounds, score: float = 0.9) -> Detection:
    return Detection(box, PERSON, score)


def answer(*parts: tuple[Bounds, int]) -> ThingFound:
    probability = np.zeros((200, 240), np.uint8)
    for place, level in parts:
        probability[place.slices] = level
    return ThingFound(WHOLE, WHOLE, probability)


class Seer:
    """Sees two people in the photo; a third one, half behind her, only where nothing of her red is left."""

    def __init__(self, figure: Bounds = HER) -> None:
        self.figure = figure

    def run(self, request: object, *_: object) -> object:
        if isinstance(request, DetectRequest):
            return Detected((person(HER), person(BESIDE)))
        if isinstance(request, ParseRequest):
            labels = np.zeros((200, 240), np.uint8)
            labels[self.figure.slices] = 4
            return Structure(WHOLE, labels, np.zeros((16, 50, 60), np.float16))
        if isinstance(request, DetectFaintRequest):
            assert not _shows_red(request.image), "she is wiped away before the faint ones are looked for"
            return (person(BEHIND, 0.5), person(BESIDE, 0.5))
        assert isinstance(request, FindInBoxesRequest)
        with_her = _shows_red(request.image)
        return tuple(self.found(box, with_her) for box in request.boxes)

    def found(self, box: Bounds, with_her: bool) -> ThingFound:
        middle = (box.left + box.right) // 2
        if middle == (HER.left + HER.right) // 2:
            # Her own answer takes who stands half behind her for a part of her.
            return answer((HER, 250), (BEHIND, 250) if with_her else (HER, 250))
        if middle == (BESIDE.left + BESIDE.right) // 2:
            return answer((BESIDE, 250))
        assert not with_her
        return answer((BEHIND, 180), (HER, 180))


def her_place(*, near: bool) -> HerPlace:
    figure = np.zeros((200, 240), np.bool_)
    figure[HER.slices] = True
    return HerPlace(figure, np.full((200, 240), not near))


def _shows_red(image: np.ndarray) -> bool:
    return bool(((image[..., 0] > 200) & (image[..., 1] < 50)).any())


def photo() -> np.ndarray:
    picture = np.full((200, 240, 3), 128, np.uint8)
    picture[HER.slices] = RED
    return picture


def test_who_stands_half_behind_her_goes_as_well_and_she_stays() -> None:
    mask = mask_of_everybody(Seer(), PeopleMaskRequest(photo()))  # type: ignore[arg-type]
    assert (mask[60:160, 20:60] == 255).all()
    assert (mask[62:148, 153:173] == 255).all()
    assert not mask[HER.slices].any()


class WideSeer(Seer):
    """Sees her and somebody far away from her, and notes how many boxes are looked at in which picture."""

    far = Bounds(600, 60, 640, 160)

    def __init__(self) -> None:
        super().__init__()
        self.looks: list[tuple[str, int]] = []

    def run(self, request: object, *rest: object) -> object:
        if isinstance(request, DetectRequest):
            return Detected((person(HER), person(self.far)))
        if isinstance(request, DetectFaintRequest):
            return ()
        if isinstance(request, ParseRequest):
            labels = np.zeros((200, 700), np.uint8)
            labels[HER.slices] = 4
            return Structure(Bounds(0, 0, 700, 200), labels, np.zeros((16, 50, 175), np.float16))
        assert isinstance(request, FindInBoxesRequest)
        self.looks.append(("photo" if _shows_red(request.image) else "rest", len(request.boxes)))
        return tuple(self.wide(box) for box in request.boxes)

    def wide(self, box: Bounds) -> ThingFound:
        whole, probability = Bounds(0, 0, 700, 200), np.zeros((200, 700), np.uint8)
        probability[(self.far if box.left > 400 else HER).slices] = 250
        return ThingFound(whole, whole, probability)


def test_who_stands_far_from_her_is_looked_at_once() -> None:
    picture = np.full((200, 700, 3), 128, np.uint8)
    picture[HER.slices] = RED
    seer = WideSeer()
    mask = mask_of_everybody(seer, PeopleMaskRequest(picture))  # type: ignore[arg-type]
    assert (mask[seer.far.slices] == 255).all()
    assert not mask[:, :300].any()
    assert sum(count for where, count in seer.looks if where == "rest") == 0


def test_everybody_goes_by_one_look() -> None:
    mask = mask_of_everybody(Seer(), PeopleMaskRequest(photo(), Who.ALL))  # type: ignore[arg-type]
    assert (mask[HER.slices] == 255).all()
    assert (mask[BESIDE.slices] == 255).all()


def test_without_a_parsing_map_the_tallest_person_stays() -> None:
    seer = Seer(figure=Bounds(0, 0, 0, 0))
    mask = mask_of_everybody(seer, PeopleMaskRequest(photo()))  # type: ignore[arg-type]
    assert (mask[60:160, 20:60] == 255).all()
    assert not mask[HER.slices].any()


def test_nobody_is_an_empty_mask() -> None:
    class Blind(Seer):
        def run(self, request: object, *rest: object) -> object:
            return Detected() if isinstance(request, DetectRequest) else super().run(request, *rest)

    assert not mask_of_everybody(Blind(), PeopleMaskRequest(photo())).any()  # type: ignore[arg-type]


def test_faint_ones_who_are_known_or_are_she_are_nobody_else() -> None:
    figure = np.zeros((200, 240), np.bool_)
    figure[HER.slices] = True
    shifted, head = Bounds(25, 65, 65, 165), Bounds(30, 60, 50, 80)
    of_her, twice = Bounds(100, 30, 160, 180), Bounds(152, 62, 177, 152)
    faint = [person(box, 0.5) for box in (shifted, head, of_her, BEHIND, twice)]
    assert [one.bounds for one in who_else(faint, [person(BESIDE)], figure)] == [BEHIND]


def test_both_looks_count_where_they_agree_on_average_and_only_in_the_box() -> None:
    box, far = Bounds(20, 60, 60, 160), Bounds(180, 60, 200, 160)
    alone = answer((Bounds(20, 60, 60, 100), 250))
    seen = answer((Bounds(20, 100, 60, 160), 250), (far, 250))
    joined = joined_answer(alone, seen, box, 0.4, her_place(near=True)).probability
    assert (joined[60:100, 20:60] == 250).all()
    assert (joined[100:160, 20:60] == 125).all(), "one look is sure, the other sees nothing"
    assert not joined[far.slices].any()


def test_what_hangs_together_with_nobody_in_the_box_is_another_thing() -> None:
    box, umbrella = Bounds(20, 60, 60, 160), Bounds(75, 60, 85, 160)
    # Between them the answer is faint: doubt alone makes no umbrella a part of a person.
    alone = answer((Bounds(20, 60, 89, 160), 60), (box, 250), (umbrella, 250))
    joined = joined_answer(alone, None, box, 0.4, her_place(near=False)).probability
    assert (joined[box.slices] == 250).all()
    assert (joined[umbrella.slices] == 0).all()


def test_doubt_is_enough_far_from_her() -> None:
    box, arm = Bounds(20, 60, 60, 160), Bounds(40, 60, 60, 90)
    alone = answer((box, 250), (arm, 60))
    threshold = 255 * 0.4
    assert (
        joined_answer(alone, None, box, 0.4, her_place(near=False)).probability[arm.slices] >= threshold
    ).all()
    assert (
        joined_answer(alone, None, box, 0.4, her_place(near=True)).probability[arm.slices] < threshold
    ).all()
    faint = replace(alone, probability=np.minimum(alone.probability, 40))
    assert (joined_answer(faint, None, box, 0.4, her_place(near=False)).probability < threshold).all()


def test_an_answer_that_runs_over_to_her_still_hangs_together_with_who_is_in_the_box() -> None:
    alone = answer((Bounds(60, 60, 90, 160), 200), (HER, 200))
    joined = joined_answer(alone, answer((HER, 255)), Bounds(60, 60, 100, 160), 0.4, her_place(near=True))
    assert (joined.probability[60:160, 60:90] == 200).all()
    assert not joined.probability[HER.slices].any()


def test_no_gap_is_left_between_her_and_who_stands_behind_her() -> None:
    beside, behind = Bounds(152, 60, 172, 160), Bounds(140, 60, 175, 160)
    alone = answer((beside, 250))
    place = her_place(near=True)
    assert (joined_answer(alone, None, behind, 0.4, place).probability[70:150, 150:172] >= 102).all()
    # Somebody whose box ends before her stands beside her, and the ground between them shows.
    assert not joined_answer(alone, None, beside, 0.4, place).probability[70:150, 150:152].any()


def test_the_ground_that_her_own_arm_surrounds_stays() -> None:
    place = her_place(near=True)
    place.figure[100:104, 150:158] = place.figure[106:110, 150:158] = True
    joined = joined_answer(
        answer((Bounds(166, 60, 186, 160), 250)), None, Bounds(140, 60, 190, 160), 0.4, place
    )
    assert not joined.probability[104:106, 151:156].any()
