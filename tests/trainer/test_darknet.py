"""Darknet's file read into a detection network, held against OpenCV's reader of the same file."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from portrait_studio.errors import WeightsError
from portrait_studio.networks.detection import DetectionNetwork
from tests.helpers.tiny_darknet import TINY, darknet_cfg, write_darknet
from trainer.release.darknet import load_darknet

WIDTH, HEIGHT = 96, 64

OPENCV_SAYS = {
    0: (0.19814, 0.25989, 0.46426, 0.78765, 0.29277, 0.25632, 0.22497),
    5: (0.48500, 0.21960, 0.43198, 1.68936, 0.29765, 0.26749, 0.19714),
    17: (0.83989, 0.77950, 0.32478, 1.67922, 0.35774, 0.29758, 0.22524),
    18: (0.09863, 0.14283, 0.08937, 0.49187, 0.27542, 0.29079, 0.27877),
    40: (0.21961, 0.38213, 0.63097, 1.32686, 0.31809, 0.30853, 0.30326),
    61: (0.39271, 0.64080, 0.53953, 0.80350, 0.29981, 0.30340, 0.28226),
    89: (0.93636, 0.86998, 0.18164, 1.17804, 0.34439, 0.41090, 0.31079),
}
"""What cv2.dnn of OpenCV 4.14 answers to the picture below: centre, size in shares of the picture, scores."""


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return write_darknet(tmp_path / "tiny.weights")


def picture() -> NDArray[np.float32]:
    values = np.random.RandomState(3).uniform(0, 1, (1, 3, HEIGHT, WIDTH))
    return np.asarray(values, np.float32)


def answers(weights: Path) -> NDArray[np.float32]:
    """(90, 7) our boxes in OpenCV's order and units."""
    network = DetectionNetwork(TINY).eval()
    load_darknet(network, weights)
    with torch.inference_mode():
        boxes = network(torch.from_numpy(picture()) * 2 - 1)
    corners, scores = boxes.corners[0].numpy(), boxes.scores[0].numpy()
    size = np.array([WIDTH, HEIGHT], np.float32)
    centres, sides = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
    rows = np.concatenate([centres / size, sides / size, scores], 1)
    anchors = len(TINY.coarse_anchors) // 2
    coarse = anchors * (HEIGHT // 32) * (WIDTH // 32)
    by_place = [
        part.reshape(anchors, -1, rows.shape[1]).transpose(1, 0, 2).reshape(-1, rows.shape[1])
        for part in (rows[:coarse], rows[coarse:])
    ]
    return np.concatenate(by_place)


def test_the_answers_are_those_that_opencv_gave(weights: Path) -> None:
    rows = answers(weights)
    assert rows.shape == (90, 7)
    for number, expected in OPENCV_SAYS.items():
        np.testing.assert_allclose(rows[number], expected, atol=2e-5)


@pytest.mark.skipif(not hasattr(cv2.dnn, "readNetFromDarknet"), reason="OpenCV 5 no longer reads Darknet")
def test_all_answers_are_those_that_opencv_gives(weights: Path, tmp_path: Path) -> None:
    cfg = tmp_path / "tiny.cfg"
    cfg.write_text(darknet_cfg(TINY, WIDTH, HEIGHT))
    theirs = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
    theirs.setInput(picture())
    rows = np.concatenate(theirs.forward(theirs.getUnconnectedOutLayersNames()))
    np.testing.assert_allclose(answers(weights), np.delete(rows, 4, axis=1), atol=2e-5)


def test_files_of_the_first_versions_have_a_shorter_counter(weights: Path, tmp_path: Path) -> None:
    old = write_darknet(tmp_path / "old.weights", minor=1)
    assert old.stat().st_size == weights.stat().st_size - 4
    np.testing.assert_array_equal(answers(old), answers(weights))


def test_what_is_no_such_file_is_refused_in_one_sentence(weights: Path, tmp_path: Path) -> None:
    data = weights.read_bytes()
    wrong = {
        "short": (data[:-4], "values, but a network of this shape has"),
        "long": (data + b"\0\0\0\0", "values, but a network of this shape has"),
        "torn": (data[:-2], "damaged or no weights file"),
        "empty": (b"", "damaged or no weights file"),
        "newer": (struct.pack("<i", 7) + data[4:], "no weights file of Darknet"),
        "infinite": (data[:-4] + struct.pack("<f", np.inf), "no numbers"),
    }
    for name, (content, said) in wrong.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=said):
            load_darknet(DetectionNetwork(TINY), path)
    with pytest.raises(WeightsError, match="cannot be read"):
        load_darknet(DetectionNetwork(TINY), tmp_path / "missing")
