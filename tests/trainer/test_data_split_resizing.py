import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from trainer.data.resizing import fitted_size, scale_points, shrink_image, shrink_labels
from trainer.data.split import split_of


def test_split_never_changes() -> None:
    # Written down once: were they to change, weights would be measured on photos that they were trained on.
    ids = [f"{number:04d}" for number in range(1, 41)]
    val = [name for name in ids if split_of(f"clothing-co-parsing/{name}") == "val"]
    assert val == ["0009", "0011", "0017", "0018", "0030", "0033"]


def test_one_in_ten_validates() -> None:
    share = np.mean([split_of(f"set/{number}") == "val" for number in range(5000)])
    assert 0.08 < share < 0.12


@given(st.text(min_size=1), st.sampled_from(["a", "clothing-co-parsing"]))
def test_the_set_takes_no_part(photo_id: str, set_name: str) -> None:
    assert split_of(f"{set_name}/{photo_id}") == split_of(f"other/{photo_id}")


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 500))
def test_fitted_size_fits_and_never_enlarges(width: int, height: int, side: int) -> None:
    new_width, new_height = fitted_size(width, height, side)
    assert 1 <= new_width <= min(width, side) or new_width == 1
    assert 1 <= new_height <= min(height, side) or new_height == 1
    if max(width, height) >= side:
        assert max(new_width, new_height) == side


@given(hnp.arrays(np.uint8, (24, 30), elements=st.sampled_from([0, 4, 11, 22, 255])))
def test_shrunken_labels_hold_the_majority(labels: np.ndarray) -> None:
    small = shrink_labels(labels, (10, 8))
    assert small.shape == (8, 10)
    for y, x in ((0, 0), (3, 4), (7, 9)):
        counts = np.bincount(labels[3 * y : 3 * y + 3, 3 * x : 3 * x + 3].ravel(), minlength=256)
        assert counts[small[y, x]] == counts.max()


def test_labels_of_the_same_size_are_kept() -> None:
    labels = np.array([[1, 255], [7, 0]], np.uint8)
    assert np.array_equal(shrink_labels(labels, (2, 2)), labels)


def test_images_are_averaged() -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    image[:, ::2] = 200
    assert np.all(shrink_image(image, (2, 2)) == 100)


def test_points_move_with_the_image() -> None:
    image = np.zeros((200, 100, 3), np.uint8)
    cv2.circle(image, (60, 150), 8, (255, 255, 255), -1)
    small = shrink_image(image, (50, 100))
    x, y, confidence = scale_points(np.array([[60.5, 150.5, 0.7]], np.float32), (100, 200), (50, 100))[0]
    centre = np.argwhere(small[..., 0] > 127).mean(0) + 0.5
    assert centre == pytest.approx([y, x], abs=0.3)
    assert confidence == pytest.approx(0.7)
