from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.errors import ExportError
from portrait_studio.imaging import colour
from portrait_studio.imaging.geometry import Extent

PALETTE = ((0, 0, 0), (200, 10, 20), (30, 220, 40))
LABELS = np.array([[0, 1], [2, 99]], np.uint8)


def test_labels_become_their_colours() -> None:
    assert colour.label_picture(LABELS, PALETTE).tolist() == [
        [[0, 0, 0], [200, 10, 20]],
        [[30, 220, 40], [0, 0, 0]],
    ]


def test_overlay_leaves_the_background_and_mixes_the_rest() -> None:
    pixels = np.full((4, 4, 3), 25700, np.uint16)
    laid = colour.label_overlay(pixels, LABELS, PALETTE, opacity=0.5)
    assert laid.dtype == np.uint8
    assert (laid[:2, :2] == 100).all()
    assert (laid[:2, 2:] == (150, 55, 60)).all()
    assert np.array_equal(colour.label_overlay(pixels, LABELS, PALETTE, 0.0), np.full((4, 4, 3), 100))


def test_eight_bit_values_are_nearest() -> None:
    assert colour.in_8_bits(np.array([0, 128, 129, 65535], np.uint16)).tolist() == [0, 0, 1, 255]
    same = np.array([[[1, 2, 3]]], np.uint8)
    assert colour.in_8_bits(same) is same


def test_heatmap_picture_is_bright_at_the_peaks_only() -> None:
    heatmaps = np.zeros((16, 8, 6), np.float16)
    heatmaps[3, 2, 1] = heatmaps[9, 5, 4] = 1.0
    picture = colour.heatmap_picture(heatmaps)
    assert picture.shape == (8, 6, 3)
    assert np.count_nonzero(picture.max(axis=2)) == 2
    assert picture[2, 1].max() == 255
    assert picture[2, 1].tolist() != picture[5, 4].tolist()
    assert colour.heatmap_picture(heatmaps, Extent(24, 32)).shape == (32, 24, 3)


def test_a_label_map_file_holds_indices_and_colours(tmp_path: Path) -> None:
    colour.write_label_map(LABELS, PALETTE, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), LABELS)
        assert np.array_equal(np.asarray(image.convert("RGB")), colour.label_picture(LABELS, PALETTE))
    with pytest.raises(ExportError, match="There is no folder"):
        colour.write_label_map(LABELS, PALETTE, tmp_path / "none" / "map.png")
