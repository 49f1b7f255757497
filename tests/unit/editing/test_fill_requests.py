"""What is asked of the engine, and what is remembered of its answer."""

from __future__ import annotations

import numpy as np
import pytest

from portrait_studio.document.label_plane import pack_labels, unpack_labels
from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.fills import FillWishes, fill_request, is_guessed
from portrait_studio.engine.intent import PREDICT, Intent
from portrait_studio.engine.request import CompletionOptions
from portrait_studio.imaging.geometry import Extent, Margins

SHAPE = (40, 60)


def masked(blank_rows: int = 0, hole: bool = True) -> MaskedImage:
    """A hole of 10 x 10 at the top left, and rows below that are new."""
    mask, blank = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    mask[:10, :10] = 255 if hole else 0
    blank[40 - blank_rows :] = 255
    return MaskedImage.of(np.zeros((*SHAPE, 3), np.uint8), mask, blank if blank_rows else None)


def test_a_request_holds_the_picture_and_every_wish() -> None:
    labels = np.full(SHAPE, PREDICT, np.uint8)
    labels[2, 3] = 5
    wishes = FillWishes(CompletionOptions(seed=4), Intent.BODY, labels, {3: (1.5, 2.5)})
    picture = masked(blank_rows=8)
    request = fill_request(picture, wishes, seen=None)
    assert request.image is picture.image
    assert request.mask is picture.mask
    assert request.options.seed == 4
    assert np.array_equal(request.wanted_labels, labels)  # type: ignore[arg-type]
    assert request.joints == {3: (1.5, 2.5)}
    assert request.extension == Margins(bottom=8)


def test_painted_labels_win_over_the_intent() -> None:
    labels = np.full(SHAPE, PREDICT, np.uint8)
    labels[2, 3] = 5
    request = fill_request(masked(), FillWishes(intent=Intent.BACKGROUND, wanted_labels=labels), seen=None)
    assert request.wanted_labels is not None
    assert request.wanted_labels[2, 3] == 5
    assert (np.delete(request.wanted_labels[:10, :10].ravel(), 2 * 10 + 3) == 0).all()
    assert (request.wanted_labels[10:] == PREDICT).all()


@pytest.mark.parametrize(
    ("intent", "blank_rows", "hole", "expected"),
    [
        (Intent.AUTOMATIC, 0, True, True),
        (Intent.SURFACE, 8, True, True),
        (Intent.AUTOMATIC, 8, False, False),
        (Intent.BODY, 0, True, False),
        (Intent.BACKGROUND, 0, True, False),
    ],
)
def test_the_photo_is_looked_at_where_a_guess_depends_on_it(
    intent: Intent, blank_rows: int, hole: bool, expected: bool
) -> None:
    assert is_guessed(FillWishes(intent=intent), masked(blank_rows, hole)) == expected


def test_labels_survive_packing() -> None:
    labels = np.full(SHAPE, PREDICT, np.uint8)
    assert pack_labels(None) is None
    assert pack_labels(labels) is None
    labels[7, 5], labels[9, 11] = 0, 17
    assert np.array_equal(unpack_labels(pack_labels(labels), Extent(60, 40)), labels)  # type: ignore[arg-type]
    assert unpack_labels(None, Extent(60, 40)) is None
