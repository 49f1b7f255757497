from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.errors import ExportError
from portrait_studio.imaging import bit_depth, label_colours
from portrait_studio.imaging.label_colours import write_indexed_png

PALETTE = ((0, 0, 0), (200, 10, 20), (30, 220, 40))
LABELS = np.array([[0, 1], [2, 99]], np.uint8)


def test_labels_become_their_colours() -> None:
    assert label_colours.label_picture(LABELS, PALETTE).tolist() == [
        [[0, 0, 0], [200, 10, 20]],
        [[30, 220, 40], [0, 0, 0]],
    ]


def test_overlay_leaves_the_background_and_mixes_the_rest() -> None:
    pixels = np.full((4, 4, 3), 25700, np.uint16)
    laid = label_colours.label_overlay(pixels, LABELS, PALETTE, opacity=0.5)
    assert laid.dtype == np.uint8
    assert (laid[:2, :2] == 100).all()
    assert (laid[:2, 2:] == (150, 55, 60)).all()
    assert np.array_equal(label_colours.label_overlay(pixels, LABELS, PALETTE, 0.0), np.full((4, 4, 3), 100))


def test_eight_bit_values_are_nearest() -> None:
    assert bit_depth.in_8_bits(np.array([0, 128, 129, 65535], np.uint16)).tolist() == [0, 0, 1, 255]
    same = np.array([[[1, 2, 3]]], np.uint8)
    assert bit_depth.in_8_bits(same) is same


def test_a_label_map_file_holds_indices_and_colours(tmp_path: Path) -> None:
    write_indexed_png(np.minimum(LABELS, 2), PALETTE, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), np.minimum(LABELS, 2))
        assert np.asarray(image.convert("RGB"))[0, 1].tolist() == [200, 10, 20]
    with pytest.raises(ExportError, match="There is no folder"):
        write_indexed_png(LABELS, PALETTE, tmp_path / "none" / "map.png")
