"""A face from another photo is believed only where it looks the same as far as both are seen."""

from __future__ import annotations

import cv2
import numpy as np

from portrait_studio.engine.references.faces import look_alike
from tests.helpers.other_photos import drawn_scene

FACE = cv2.GaussianBlur(drawn_scene(seed=5, width=120, height=120), (0, 0), 4).astype(np.float32) / 255
SEEN = np.zeros(FACE.shape[:2], np.bool_)
SEEN[:, 50:] = True


def test_the_same_face_in_nearly_the_same_light_is_believed() -> None:
    other = np.clip(FACE * 1.05 + 0.01, 0, 1).astype(np.float32)
    other[:, :50] = 0.9
    assert look_alike(other, FACE, SEEN, 100)


def test_a_face_with_sunglasses_is_not() -> None:
    other = FACE.copy()
    other[30:55, 55:110] = 0.02
    assert not look_alike(other, FACE, SEEN, 100)


def test_another_face_is_not() -> None:
    other = cv2.GaussianBlur(drawn_scene(seed=9, width=120, height=120), (0, 0), 4).astype(np.float32) / 255
    assert not look_alike(other, FACE, SEEN, 100)
    assert not look_alike(np.full_like(FACE, 0.5), FACE, SEEN, 100)
