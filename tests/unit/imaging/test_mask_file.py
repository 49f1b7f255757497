from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.errors import ImageFileError, MaskError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.mask_file import read_mask, write_mask

Save = Callable[..., Path]
EXTENT = Extent(9, 6)


@pytest.fixture
def hole() -> NDArray[np.bool_]:
    hole = np.zeros((6, 9), np.bool_)
    hole[2:5, 3:8] = True
    return hole


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P", "LA", "RGBA"])
def test_white_on_black_is_read_in_every_mode(mode: str, hole: NDArray[np.bool_], save: Save) -> None:
    image = Image.fromarray(np.where(hole, 255, 0).astype(np.uint8)).convert(mode)
    mask = read_mask(save(image, "mask.png"), EXTENT)
    assert mask.dtype == np.uint8
    assert np.array_equal(mask, np.where(hole, 255, 0))


def test_half_bright_is_hole_and_less_is_not(save: Save) -> None:
    values = np.array([[0, 127, 128, 255]], np.uint8)
    assert read_mask(save(values, "mask.png"), Extent(4, 1)).tolist() == [[0, 0, 255, 255]]


def test_strokes_on_a_transparent_layer(hole: NDArray[np.bool_], save: Save) -> None:
    black_strokes = np.zeros((6, 9, 4), np.uint8)
    black_strokes[:, :, 3] = np.where(hole, 200, 0)
    assert np.array_equal(read_mask(save(black_strokes, "mask.png"), EXTENT) != 0, hole)


@pytest.mark.parametrize("value", [1, 17])
def test_two_dark_values_are_a_mask(value: int, hole: NDArray[np.bool_], save: Save) -> None:
    values = (hole * value).astype(np.uint8)
    assert np.array_equal(read_mask(save(values, "mask.png"), EXTENT) != 0, hole)


def test_noise_in_a_black_jpeg_is_no_hole(save: Save) -> None:
    noise = np.random.default_rng(0).integers(0, 4, (6, 9), dtype=np.uint8)
    assert not read_mask(save(noise, "mask.jpg", quality=100), EXTENT).any()


def test_sixteen_bit_masks(hole: NDArray[np.bool_], tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    path.write_bytes(cv2.imencode(".png", np.where(hole, 40_000, 30_000).astype(np.uint16))[1].tobytes())
    assert np.array_equal(read_mask(path, EXTENT) != 0, hole)


def test_wrong_size_and_no_mask_are_sentences(save: Save, tmp_path: Path) -> None:
    path = save(np.zeros((6, 9), np.uint8), "mask.png")
    with pytest.raises(MaskError, match="9 x 6 pixels and the photo 10 x 6"):
        read_mask(path, Extent(10, 6))
    with pytest.raises(ImageFileError, match="There is no file"):
        read_mask(tmp_path / "none.png", EXTENT)


def test_a_written_mask_is_read_again(hole: NDArray[np.bool_], tmp_path: Path) -> None:
    write_mask(hole.astype(np.uint8), tmp_path / "mask.png")
    with Image.open(tmp_path / "mask.png") as image:
        assert image.mode == "L"
    assert np.array_equal(read_mask(tmp_path / "mask.png", EXTENT) != 0, hole)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_soft_edges_are_kept_where_they_are_asked_for(
    dtype: type[np.uint8] | type[np.uint16], tmp_path: Path
) -> None:
    values = np.array([[0, 1, 100, 128, 200, 255]], np.uint8)
    scale = 257 if dtype is np.uint16 else 1
    path = tmp_path / "mask.png"
    path.write_bytes(cv2.imencode(".png", values.astype(dtype) * dtype(scale))[1].tobytes())
    assert np.array_equal(read_mask(path, Extent(6, 1), soft=True), values)
    assert read_mask(path, Extent(6, 1)).tolist() == [[0, 0, 0, 255, 255, 255]]
    write_mask(values, tmp_path / "again.png")
    assert np.array_equal(read_mask(tmp_path / "again.png", Extent(6, 1), soft=True), values)


def test_greys_of_a_jpeg_and_over_a_grey_background_are_no_soft_edges(
    hole: NDArray[np.bool_], save: Save
) -> None:
    grey = np.where(hole, 230, 20).astype(np.uint8)
    grey[0, 0] = 120
    for name in ("mask.jpg", "mask.png"):
        mask = read_mask(save(grey, name), EXTENT, soft=True)
        assert np.isin(mask, (0, 255)).all()
        assert not mask[0, 0]


def test_two_values_are_a_hard_mask_even_so(hole: NDArray[np.bool_], save: Save) -> None:
    mask = read_mask(save((hole * 200).astype(np.uint8), "mask.png"), EXTENT, soft=True)
    assert np.array_equal(mask, np.where(hole, 255, 0))


@pytest.mark.parametrize("colour", ["black", "white", "red", "photo"])
@pytest.mark.parametrize("hidden", [0, 255])
def test_what_was_cut_out_of_a_picture_is_the_hole(
    colour: str, hidden: int, hole: NDArray[np.bool_], save: Save
) -> None:
    picture = np.zeros((6, 9, 4), np.uint8)
    picture[:, :, :3] = {
        "black": (0, 0, 0),
        "white": (255, 255, 255),
        "red": (255, 0, 0),
        "photo": (0, 0, 0),
    }[colour]
    if colour == "photo":
        picture[:, :, :3] = np.random.default_rng(0).integers(0, 256, (6, 9, 3))
    picture[hole] = (hidden, hidden, hidden, 0)
    picture[~hole, 3] = 255
    assert np.array_equal(read_mask(save(picture, "mask.png"), EXTENT) != 0, hole)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 0, 0)])
def test_strokes_of_any_colour_on_a_transparent_layer(
    colour: tuple[int, int, int], hole: NDArray[np.bool_], save: Save
) -> None:
    strokes = np.zeros((6, 9, 4), np.uint8)
    strokes[hole] = (*colour, 255)
    assert np.array_equal(read_mask(save(strokes, "mask.png"), EXTENT) != 0, hole)


def test_transparent_is_black_where_black_and_white_are_painted(hole: NDArray[np.bool_], save: Save) -> None:
    painted = np.zeros((6, 9, 4), np.uint8)
    painted[:, :, 3] = 255
    painted[hole, :3] = 255
    painted[0] = (255, 255, 255, 0)
    for rows in (1, 3):
        painted[:rows] = (255, 255, 255, 0)
        expected = hole.copy()
        expected[:rows] = False
        assert np.array_equal(read_mask(save(painted, "mask.png"), EXTENT) != 0, expected)


def test_soft_edges_of_what_was_cut_out(save: Save) -> None:
    picture = np.zeros((1, 5, 4), np.uint8)
    picture[0, :, 3] = (255, 255, 255, 100, 0)
    assert read_mask(save(picture, "mask.png"), Extent(5, 1), soft=True).tolist() == [[0, 0, 0, 155, 255]]
