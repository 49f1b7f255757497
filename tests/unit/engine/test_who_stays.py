"""Which pixels are of those who stay, by a parsing map and by answers."""

import numpy as np

from portrait_studio.engine.thing_masks import mask_of_found
from portrait_studio.engine.things import ThingFound
from portrait_studio.engine.who_stays import at_edges, figure_of, who_stays
from portrait_studio.imaging.geometry import Bounds, Extent

PHOTO = Extent(1200, 1000)
WHOLE = Bounds.of(PHOTO)


def answer(*parts: tuple[Bounds, int]) -> ThingFound:
    probability = np.zeros((1000, 1200), np.uint8)
    for place, level in parts:
        probability[place.slices] = level
    return ThingFound(WHOLE, WHOLE, probability)


def figure(*parts: Bounds) -> np.ndarray:
    """At a tenth of the photo's size, as a parser sees it."""
    seen = np.zeros((100, 120), np.bool_)
    for place in parts:
        seen[place.slices] = True
    return seen


BODY = Bounds(500, 200, 700, 900)


def test_a_part_of_the_map_is_hers_where_her_answer_sees_it_too() -> None:
    body, bag, stranger = Bounds(50, 20, 70, 90), Bounds(74, 50, 80, 60), Bounds(5, 30, 15, 80)
    hers = answer((BODY, 250), (Bounds(740, 500, 800, 600), 90))
    told = figure_of(figure(body, bag, stranger), [hers], PHOTO)
    np.testing.assert_array_equal(told, figure(body, bag))


def test_the_largest_part_is_hers_even_if_no_answer_says_so() -> None:
    body, stranger = Bounds(50, 20, 70, 90), Bounds(5, 30, 15, 80)
    told = figure_of(figure(body, stranger), [answer((Bounds(500, 200, 700, 300), 250))], PHOTO)
    np.testing.assert_array_equal(told, figure(body))


def test_without_an_answer_all_whom_the_parser_sees_stay() -> None:
    both = figure(Bounds(50, 20, 70, 90), Bounds(5, 30, 15, 80))
    np.testing.assert_array_equal(figure_of(both, [], PHOTO), both)


def test_her_answer_does_not_keep_a_neighbour_whom_the_parser_does_not_see() -> None:
    neighbour = Bounds(712, 400, 760, 700)
    leaves, hers = answer((neighbour, 200)), answer((BODY, 250), (neighbour, 250))
    seen = figure(Bounds(50, 20, 70, 90))
    mask = mask_of_found([leaves], [hers], PHOTO, figure=seen)
    assert (mask[400:700, 712:760] == 255).all()
    assert not mask[:, 500:700].any()


def test_a_parser_that_misses_much_of_her_is_not_believed_about_the_rest() -> None:
    # The parser sees her to the waist only; a passer-by's answer claims her legs.
    legs = Bounds(500, 500, 700, 900)
    leaves, hers = answer((legs, 200), (Bounds(720, 300, 900, 900), 250)), answer((BODY, 250))
    mask = mask_of_found([leaves], [hers], PHOTO, figure=figure(Bounds(50, 20, 70, 50)))
    assert not mask[200:900, 500:700].any()
    assert (mask[300:900, 720:900] == 255).all()


def test_no_rim_beside_her_but_who_stands_there_goes() -> None:
    seen = figure(Bounds(50, 20, 70, 90))
    kept = who_stays([answer((BODY, 250))], seen, PHOTO, WHOLE)
    assert kept.surely[500, 700], "an outline of a map is a little wrong"
    assert not kept.surely[500, 703]
    assert kept.near[500, 705]
    assert not kept.near[500, 709]
    far = mask_of_found([answer((Bounds(707, 400, 760, 700), 250))], [], PHOTO, figure=seen)
    touching = mask_of_found([answer((Bounds(690, 400, 760, 700), 250))], [], PHOTO, figure=seen)
    assert (far[500, 707:] == 255).any()
    assert not far[500, 700:706].any()
    assert (touching[500, 703:760] == 255).all()
    assert not touching[500, :701].any()


def test_others_who_stay_are_told_by_their_answers() -> None:
    other = Bounds(760, 300, 900, 900)
    leaves, hers = answer((other, 150), (Bounds(900, 300, 1000, 900), 250)), answer((BODY, 250))
    mask = mask_of_found([leaves], [hers, answer((other, 250))], PHOTO, figure=figure(Bounds(50, 20, 70, 90)))
    assert not mask[300:900, 760:900].any()
    assert (mask[300:900, 900:1000] == 255).all()


def test_outlines_of_the_map_are_moved_to_those_of_the_photo() -> None:
    image = np.full((800, 600, 3), 20, np.uint8)
    image[120:760, 200:360] = (200, 180, 160)
    drawn, true = np.zeros((400, 300), np.bool_), np.zeros((800, 600), np.bool_)
    drawn[60:380, 100:181], true[120:760, 200:360] = True, True
    coarse = np.kron(drawn, np.ones((2, 2), np.bool_))
    too_much = np.count_nonzero(coarse & ~true)
    moved = at_edges(drawn, image)
    assert np.count_nonzero(moved & ~true) < 0.6 * too_much
    assert np.count_nonzero(true & ~moved) < 100
    np.testing.assert_array_equal(at_edges(drawn, image.astype(np.uint16) * 257), moved)


def test_without_an_edge_an_outline_stays_where_it_is() -> None:
    drawn = np.zeros((100, 75), np.bool_)
    drawn[15:95, 25:46] = True
    moved = at_edges(drawn, np.full((400, 300, 3), 90, np.uint8))
    assert moved[100:300, 104:180].all()
    assert not moved[100:300, 188:].any()
