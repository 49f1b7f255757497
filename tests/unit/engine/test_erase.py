"""What is wiped away leaves smooth colours of what is around, and nothing of itself."""

import numpy as np
import pytest

from portrait_studio.engine.erase import wiped


def half_and_half(dtype: type = np.uint8) -> np.ndarray:
    """Blue on the left, yellow on the right, and somebody red in between."""
    full = np.iinfo(dtype).max
    picture = np.zeros((90, 120, 3), dtype)
    picture[:, :60] = (0, 0, full)
    picture[:, 60:] = (full, full, 0)
    picture[20:80, 45:75] = (full, 0, 0)
    return picture


def somebody() -> np.ndarray:
    hidden = np.zeros((90, 120), np.bool_)
    hidden[20:80, 45:75] = True
    return hidden


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_nothing_of_who_is_wiped_away_is_left(dtype: type) -> None:
    picture, hidden = half_and_half(dtype), somebody()
    before = picture.copy()
    rest = wiped(picture, hidden).astype(np.float64) / np.iinfo(dtype).max
    assert wiped(picture, hidden).dtype == dtype
    # Between blue and yellow red is never higher than green.
    assert (rest[hidden][:, 0] <= rest[hidden][:, 1] + 0.02).all()
    assert rest[50, 46, 2] > 0.7, "beside the blue it is blue"
    assert rest[50, 73, 2] < 0.3, "beside the yellow it is yellow"
    assert np.abs(np.diff(rest[50, 47:73], axis=0)).max() < 0.2, "no edge is left"
    np.testing.assert_array_equal(wiped(picture, hidden)[~hidden], before[~hidden])
    np.testing.assert_array_equal(picture, before)


def test_large_pictures_are_wiped_at_a_size_that_is_enough() -> None:
    picture, hidden = np.full((2000, 3000, 3), 90, np.uint8), np.zeros((2000, 3000), np.bool_)
    picture[400:1900, 1201:1777] = (255, 0, 0)
    hidden[400:1900, 1201:1777] = True
    assert (np.abs(wiped(picture, hidden).astype(int) - 90) <= 1).all()


def test_nothing_hidden_and_everything_hidden_change_nothing() -> None:
    picture = half_and_half()
    assert wiped(picture, np.zeros((90, 120), np.bool_)) is picture
    assert wiped(picture, np.ones((90, 120), np.bool_)) is picture
