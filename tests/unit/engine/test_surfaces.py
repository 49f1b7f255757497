import numpy as np
import pytest

from portrait_studio.engine.intent import PREDICT, Intent, surfaces, wanted_with
from portrait_studio.engine.request import Structure
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import LABELS

COAT, ARM, BAG = (LABELS.index(name) for name in ("upper-clothes", "left-arm", "bag"))


def seen() -> Structure:
    """A map of 50 x 75 over a photo of 200 x 300: a coat with an arm to its right and a bag on it."""
    labels = np.zeros((75, 50), np.uint8)
    labels[10:60, 10:30] = COAT
    labels[10:60, 30:36] = ARM
    labels[45:55, 12:20] = BAG
    return Structure(Bounds(0, 0, 200, 300), labels, np.zeros((16, 18, 12), np.float16))


def hole(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    mask = np.zeros((300, 200), np.uint8)
    mask[top:bottom, left:right] = 255
    return mask


@pytest.mark.parametrize(
    ("box", "is_surface"),
    [
        ((60, 80, 100, 110), True),  # letters on the coat
        ((90, 80, 135, 110), False),  # over coat and arm
        ((44, 176, 84, 224), False),  # all of the bag
        ((150, 20, 180, 60), False),  # the wall
    ],
)
def test_a_hole_within_one_part_is_a_surface(box: tuple[int, int, int, int], is_surface: bool) -> None:
    mask = hole(*box)
    assert surfaces(mask, seen()).any() == is_surface
    structure = wanted_with(Intent.AUTOMATIC, mask, None, seen())
    if is_surface:
        assert structure is not None
        assert (structure[mask != 0] == COAT).all()
        assert (structure[mask == 0] == PREDICT).all()


def test_surface_keeps_all_labels_as_they_are_seen() -> None:
    mask = hole(90, 80, 135, 110)
    structure = wanted_with(Intent.SURFACE, mask, None, seen())
    assert structure is not None
    assert set(np.unique(structure[mask != 0])) == {COAT, ARM}
    assert (structure[80:110, 90:120] == COAT).all()
    assert (structure[80:110, 120:135] == ARM).all()


def test_painted_labels_win_over_the_surface() -> None:
    mask = hole(60, 80, 100, 110)
    wanted = np.full((300, 200), PREDICT, np.uint8)
    wanted[90:100, 70:80] = ARM
    structure = wanted_with(Intent.SURFACE, mask, wanted, seen())
    assert structure is not None
    assert (structure[90:100, 70:80] == ARM).all()
    assert structure[82, 62] == COAT


def test_each_hole_has_its_own_intent() -> None:
    mask = hole(60, 80, 100, 110) | hole(150, 20, 180, 60) | hole(44, 176, 84, 224)
    structure = wanted_with(Intent.AUTOMATIC, mask, None, seen())
    assert structure is not None
    assert structure[90, 80] == COAT
    assert structure[40, 160] == 0
    assert structure[200, 60] == PREDICT


def test_new_canvas_is_predicted_unless_the_background_is_asked_for() -> None:
    mask, blank = hole(60, 80, 100, 110), hole(60, 80, 100, 110)
    assert wanted_with(Intent.SURFACE, mask, None, seen(), blank) is None
    told = wanted_with(Intent.BACKGROUND, mask, None, seen(), blank)
    assert told is not None
    assert (told[mask != 0] == 0).all()


@pytest.mark.parametrize(
    ("box", "is_background"),
    [
        ((145, 60, 190, 220), True),  # a passer-by beside the arm, whom the map does not know
        ((120, 60, 160, 220), False),  # over the arm
    ],
)
def test_what_stands_beside_a_body_hides_none_of_it(
    box: tuple[int, int, int, int], is_background: bool
) -> None:
    mask = hole(*box)
    structure = wanted_with(Intent.AUTOMATIC, mask, None, seen())
    assert (structure is not None and (structure[mask != 0] == 0).all()) == is_background


def test_what_lies_within_a_body_may_hide_it_though_the_map_takes_it_for_background() -> None:
    map_with_gap = seen()
    map_with_gap.labels[25:32, 16:23] = 0
    assert wanted_with(Intent.AUTOMATIC, hole(64, 100, 92, 128), None, map_with_gap) is None
