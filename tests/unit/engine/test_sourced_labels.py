"""A garment that the photo shows nowhere takes its pattern from another garment, and from nothing else."""

from __future__ import annotations

import numpy as np

from portrait_studio.engine.sourced_labels import with_sources
from portrait_studio.networks.conventions import LABELS

DRESS, SKIRT, PANTS, HAIR, BAG = (LABELS.index(name) for name in ("dress", "skirt", "pants", "hair", "bag"))

HOLE = np.zeros((60, 60), np.bool_)
HOLE[20:40, 20:40] = True
NOTHING = np.zeros_like(HOLE)


def labels(inside: int, *around: int) -> np.ndarray:
    """(60, 60): one label in the hole, the others in rows around it."""
    rows = np.repeat(np.resize(np.array(around), 60)[:, None], 60, axis=1)
    return np.where(HOLE, inside, rows).astype(np.uint8)


def test_a_garment_that_shows_nowhere_is_filled_from_the_one_that_shows_most() -> None:
    given = labels(PANTS, 0, DRESS, DRESS, SKIRT)
    found = with_sources(given, HOLE, NOTHING)
    assert (found[HOLE] == DRESS).all()
    assert np.array_equal(found[~HOLE], given[~HOLE])


def test_what_may_not_be_copied_does_not_count() -> None:
    given = labels(PANTS, DRESS, SKIRT)
    assert (with_sources(given, HOLE, (given == DRESS) & ~HOLE)[HOLE] == SKIRT).all()
    assert np.array_equal(with_sources(given, HOLE, ~HOLE), given)


def test_what_shows_enough_or_has_nothing_alike_stays() -> None:
    for inside, around in (
        (PANTS, (PANTS, DRESS, DRESS)),
        (BAG, (0, DRESS)),
        (HAIR, (0, DRESS)),
        (0, (0, DRESS)),
    ):
        given = labels(inside, *around)
        assert np.array_equal(with_sources(given, HOLE, NOTHING), given)
