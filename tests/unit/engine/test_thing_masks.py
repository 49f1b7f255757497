import numpy as np

from portrait_studio.engine.find_requests import FindInBoxesRequest
from portrait_studio.engine.thing_masks import mask_of_found, mask_of_people
from portrait_studio.engine.things import ThingFound
from portrait_studio.imaging.geometry import Bounds, Extent

NOWHERE = Bounds(0, 0, 0, 0)
WHOLE = Bounds(0, 0, 120, 100)


class Seer:
    """Finds in a box what was laid down for its middle, and notes the boxes."""

    def __init__(self, answers: dict[int, np.ndarray]) -> None:
        self.answers, self.boxes = answers, list[Bounds]()

    def run(self, request: FindInBoxesRequest, *_: object) -> tuple[ThingFound, ...]:
        self.boxes = list(request.boxes)
        middles = [(box.left + box.right) // 2 for box in self.boxes]
        boxes = zip(self.boxes, middles, strict=True)
        return tuple(ThingFound(box, WHOLE, self.answers[middle]) for box, middle in boxes)


def person(left: int, right: int, level: int) -> np.ndarray:
    probability = np.zeros((100, 120), np.uint8)
    probability[20:90, left:right] = level
    return probability


def masked(
    seer: Seer, leaving: list[Bounds], staying: list[Bounds], figure: np.ndarray | None = None
) -> np.ndarray:
    request = FindInBoxesRequest(np.zeros((100, 120, 3), np.uint8), (*leaving, *staying))
    return mask_of_people(seer, request, len(leaving), figure=figure)  # type: ignore[arg-type]


def test_those_who_leave_go_whole_and_those_who_stay_are_not_touched() -> None:
    # The boxes overlap: both answers claim columns 55 to 60, the one who stays more surely.
    seer = Seer({40: person(20, 60, 220), 75: person(55, 95, 250)})
    mask = masked(seer, [Bounds(20, 20, 60, 90)], [Bounds(55, 20, 95, 90)])
    assert (mask[20:90, 20:55] == 255).all()
    assert (mask[20:90, 17:20] == 255).all()
    assert not mask[20:90, 55:].any()


def test_boxes_are_given_room() -> None:
    seer = Seer({40: person(20, 60, 220)})
    masked(seer, [Bounds(20, 20, 60, 90)], [])
    assert seer.boxes == [Bounds(15, 12, 65, 98)]


def test_nobody_to_leave_is_an_empty_mask() -> None:
    seer = Seer({75: person(55, 95, 250)})
    mask = masked(seer, [], [Bounds(55, 20, 95, 90)])
    assert not mask.any()


def test_the_parser_decides_whose_arm_it_is() -> None:
    arm = person(55, 95, 250)
    arm[40:50, 45:55] = 100
    seer = Seer({40: person(20, 60, 220), 75: arm})
    figure = np.zeros((50, 60), np.bool_)
    figure[10:45, 28:48] = True
    figure[20:25, 22:28] = True
    figure[20:25, 5:12] = True
    box, stays = Bounds(20, 20, 60, 90), Bounds(55, 20, 95, 90)
    mask = masked(seer, [box], [stays], figure=figure)
    assert not mask[41:49, 46:55].any()
    # A neighbour whom the parser sees, too, but the answer for the main person does not, goes all the same.
    assert (mask[41:49, 22:40] == 255).all()


def test_whom_the_parser_sees_is_spared_where_no_box_is_theirs() -> None:
    seer = Seer({40: person(20, 60, 220)})
    figure = np.zeros((50, 60), np.bool_)
    figure[10:45, 25:48] = True
    mask = masked(seer, [Bounds(20, 20, 60, 90)], [], figure=figure)
    assert (mask[25:85, 22:46] == 255).all()
    assert not mask[25:85, 52:].any()


def test_a_soft_edge_is_masked_too_but_nobody_beside_it() -> None:
    leaves = ThingFound(Bounds(20, 20, 60, 90), WHOLE, person(20, 60, 220), soft_px=9)
    faint = np.maximum(person(70, 95, 250), person(66, 70, 100))
    stays = ThingFound(Bounds(66, 20, 95, 90), WHOLE, faint)
    mask = mask_of_found([leaves], [stays], Extent(120, 100))
    assert (mask[20:90, 10:66] == 255).all()
    assert not mask[20:90, 66:].any(), "a rim is for the ground"
    assert not mask[20:90, :10].any()


def test_a_speck_that_was_missed_goes_as_well_and_a_gap_does_not() -> None:
    probability = person(20, 60, 220)
    probability[30:36, 30:36] = probability[50:80, 36:50] = 0
    mask = mask_of_found([ThingFound(Bounds(20, 20, 60, 90), WHOLE, probability)], [], Extent(120, 100))
    assert (mask[28:38, 28:38] == 255).all()
    assert not mask[55:75, 41:45].any(), "what an arm and a hip surround is ground"


def test_the_mask_goes_on_to_the_edge_of_the_photo_that_is_near() -> None:
    place, photo = Bounds(0, 0, 1000, 600), Extent(1000, 600)
    probability = np.zeros((600, 1000), np.uint8)
    probability[200:400, 850:982] = probability[200:400, 40:90] = 250
    mask = mask_of_found([ThingFound(place, place, probability)], [], photo)
    assert (mask[210:390, 982:] == 255).all(), "who stands there is cut off by it, or their neighbour is"
    assert not mask[210:390, :30].any()
