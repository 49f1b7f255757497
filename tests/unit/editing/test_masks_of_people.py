"""People in a photo: where their dots lie, who the mask takes, and what it is to take."""

import numpy as np

from portrait_studio.editing.people import Person
from portrait_studio.engine.detection import Detection
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent

PHOTO = Extent(120, 100)
NONE = np.zeros((100, 120), np.uint8)


def person(left: int, right: int, level: int = 250, *, shown: bool = True) -> Person:
    """Somebody between two columns and the rows 20 and 90, seen in a window a little larger."""
    box, window = Bounds(left, 20, right, 90), Bounds(left - 5, 10, right + 5, 100)
    probability = np.zeros((90, right - left + 10), np.uint8)
    probability[10:80, 5:-5] = level
    return Person(Detection(box, "person", 0.9), ThingFound(box, window, probability) if shown else None)


def whole(bounds: Bounds, shape: np.ndarray) -> np.ndarray:
    mask = NONE.copy()
    mask[bounds.slices] = shape
    return mask


def test_the_dot_lies_on_the_chest_and_on_the_person() -> None:
    assert person(20, 61, shown=False).chest == (40.5, 37.5)
    x, y = person(20, 61).chest
    assert abs(x - 40.5) <= 1
    assert 30 < y < 45
    # Where an arm is stretched out in front of nothing, the dot lies on the body all the same.
    one = person(20, 61)
    assert one.found is not None
    one.found.probability[10:80, 25:-5] = 0
    assert one.chest[0] < 41


def test_a_dot_does_not_wander_to_a_neighbour_whom_the_answer_takes_along() -> None:
    found = person(20, 90).found
    one = Person(Detection(Bounds(20, 20, 40, 90), "person", 0.9), found)
    assert 20 <= one.chest[0] < 40


def test_who_is_mostly_masked_is_taken() -> None:
    for one in (person(20, 60), person(20, 60, shown=False)):
        region = one.region([], 0.4)
        assert not one.is_taken(NONE, region)
        mask = NONE.copy()
        mask[20:90, 20:35] = 255
        assert not one.is_taken(mask, region)
        mask[20:90, 20:50] = 255
        assert one.is_taken(mask, region)


def test_what_is_more_surely_anothers_does_not_count() -> None:
    # Two thirds of the answer show the one in front, who stays.
    behind, front = person(20, 80, 200), person(40, 85, 250)
    mask = NONE.copy()
    mask[20:90, 20:40] = 255
    assert not behind.is_taken(mask, behind.region([], 0.4))
    assert behind.is_taken(mask, behind.region([front], 0.4))
    assert not front.is_taken(mask, front.region([behind], 0.4))


def test_a_rival_keeps_what_is_more_surely_theirs() -> None:
    own, rival = person(20, 60, 200), person(50, 90, 250)
    alone = whole(*own.outline([], PHOTO, 0.4))
    assert alone[20:90, 20:60].all()
    beside = whole(*own.outline([rival], PHOTO, 0.4))
    assert beside[20:90, 20:50].all()
    assert not beside[20:90, 50:].any()
    sure = whole(*rival.outline([own], PHOTO, 0.4))
    assert sure[20:90, 50:90].all()
    assert not sure[20:90, 20:47].any()


def test_what_a_mask_of_several_people_holds_around_somebody_goes_with_them() -> None:
    own, other = person(20, 60), person(70, 90)
    outline = own.outline([], PHOTO, 0.4)
    mask = NONE.copy()
    mask[16:94, 16:64] = 255
    mask[20:90, 70:90] = mask[40:60, 2:14] = 255
    left = mask.copy()
    bounds, shape = own.with_rest(mask, outline, [other], 0.4)
    left[bounds.slices][shape != 0] = 0
    assert not left[:, 15:70].any(), "the rim is wider than that of the outline"
    assert (left[40:60, 2:14] == 255).all(), "a bag beside them"
    assert (left[20:90, 70:90] == 255).all()


def test_what_hangs_together_with_somebody_else_stays_masked() -> None:
    own, other = person(20, 60), person(62, 90)
    mask = NONE.copy()
    mask[14:95, 17:64] = mask[20:90, 62:90] = 255
    bounds, shape = own.with_rest(mask, own.outline([], PHOTO, 0.4), [other], 0.4)
    left = mask.copy()
    left[bounds.slices][shape != 0] = 0
    assert (left[20:90, 65:90] == 255).all()
    assert not left[20:90, 20:60].any()


def test_nobody_who_stands_out_is_no_outline() -> None:
    bounds, shape = person(20, 60, 40).outline([], PHOTO, 0.4)
    assert bounds.is_empty
    assert not shape.size


def test_only_those_who_are_near_may_touch() -> None:
    one = person(10, 30)
    assert one.may_touch(person(40, 60))
    assert not Person(Detection(Bounds(0, 0, 10, 20), "person", 0.9), None).may_touch(
        Person(Detection(Bounds(80, 0, 90, 20), "person", 0.9), None)
    )


def test_what_is_lit_is_small_and_in_the_same_place() -> None:
    one = person(20, 60)
    region = one.region([], 0.4)
    assert region is not None
    assert region.box == Bounds(20, 20, 60, 90)
    assert person(20, 60, shown=False).region([], 0.4) is None
    probability = np.zeros((900, 600), np.uint8)
    probability[100:800, 50:550] = 250
    large = Person(one.detection, ThingFound(Bounds(0, 0, 1, 1), Bounds(0, 0, 600, 900), probability))
    shown = large.region([], 0.4)
    assert shown is not None
    assert max(shown.inside.shape) == 256
    assert abs(shown.box.left - 50) <= 3


def test_what_is_lit_leaves_out_what_is_more_surely_anothers() -> None:
    shown = person(20, 60, 200).region([person(50, 90, 250), person(95, 110, shown=False)], 0.4)
    assert shown is not None
    assert (shown.box.left, shown.box.top, shown.box.bottom) == (20, 20, 90)
    assert abs(shown.box.right - 50) <= 1
