"""Hair is made of hair, and a forehead of skin without eyes and mouth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from portrait_studio.engine.head_sources import brow_colour, shows_no_hair, unlike_parts
from portrait_studio.networks.conventions import FACE, LABELS

HAIR = LABELS.index("hair")
SKIN, DARK, LIPS = (0.85, 0.65, 0.55), (0.12, 0.08, 0.06), (0.7, 0.2, 0.25)


def head() -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Dark hair above row 20, of which three rows are skin, and a face with two brows and a mouth."""
    picture = np.full((60, 60, 3), 0.5, np.float32)
    labels = np.zeros((60, 60), np.uint8)
    labels[5:20, 10:50], labels[20:55, 10:50] = HAIR, FACE
    picture[5:17, 10:50], picture[17:55, 10:50] = DARK, SKIN
    picture[26:29, 15:25] = picture[26:29, 35:45] = DARK
    picture[45:48, 22:38] = LIPS
    return picture, labels


def test_skin_called_hair_and_what_stands_in_a_face_are_left_out() -> None:
    picture, labels = head()
    unlike = unlike_parts(picture, labels, np.ones((60, 60), np.bool_))
    assert unlike[18:20, 12:48].all()
    assert not unlike[6:15, 12:48].any()
    assert unlike[26:29, 15:25].all()
    assert unlike[45:48, 22:38].all()
    assert not unlike[32:43, 12:48].any()
    assert not unlike[labels == 0].any()


def test_only_what_is_known_counts() -> None:
    picture, labels = head()
    known = np.zeros((60, 60), np.bool_)
    assert not unlike_parts(picture, labels, known).any()
    known[:, :30] = True
    assert not unlike_parts(picture, labels, known)[:, 30:].any()


def test_hair_in_the_colour_of_skin_is_taken_as_it_is() -> None:
    picture, labels = head()
    picture[5:20, 10:50] = (0.84, 0.66, 0.52)
    unlike = unlike_parts(picture, labels, np.ones((60, 60), np.bool_))
    assert not unlike[labels == HAIR].any()


def test_a_rim_of_hair_no_wider_than_labels_are_exact_is_not_believed() -> None:
    picture, labels = head()
    known = np.ones((60, 60), np.bool_)
    known[:12] = False
    assert not unlike_parts(picture, labels, known, 1)[12:16, 12:48].any()
    assert unlike_parts(picture, labels, known, 4)[12:20, 12:48].all()


def test_hair_as_skin_is_and_none_at_all_are_alike() -> None:
    picture, labels = head()
    known = np.ones((60, 60), np.bool_)
    assert not shows_no_hair(picture, labels, known)
    assert shows_no_hair(picture, labels, labels == FACE)
    assert not shows_no_hair(picture, labels, labels == HAIR)
    picture[5:20, 10:50] = SKIN
    assert shows_no_hair(picture, labels, known)


def test_hair_of_which_nothing_shows_has_the_colour_of_the_brows() -> None:
    picture, labels = head()
    known = labels == FACE
    assert brow_colour(picture, labels, known) == pytest.approx(DARK, abs=0.02)
    picture[26:29] = picture[45:48] = SKIN
    assert brow_colour(picture, labels, known).max() < 0.25
