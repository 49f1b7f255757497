"""Protocols that squash the whole photo to 256x256, as the paper does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from portrait_studio.imaging.geometry import Margins
from trainer.data.augment import whole_squash
from trainer.data.holes import Mask, body_rectangle, person_of
from trainer.data.packs import PackedSet
from trainer.protocols.case import Case, case_of, first_cases, generator_of, measurable, with_figure

PAPER_SIDE = 256
NEW_ROWS = {"down": 64, "up": 32}
"""Rows of 256 that are cut away below and above (Wu et al., section V.A)."""
CROWN_ROWS = 64
"""The same above, of portraits whose head fills the picture: crown and forehead."""

_LEAST_SHARE = 0.02


def paper_cases(photos: PackedSet, limit: int | None = None) -> Iterator[Case]:
    """The whole photo squashed to 256x256, one rectangle of 64 to 128 pixels over the body (Wu et al., IV).

    Args:
        photos: packed photos, of which those with full labels are taken.
        limit: at most so many; which ones, the names' hashes decide.

    Raises:
        DataSetError: no photo has full labels.
    """
    for index in measurable(photos, limit):
        sample = whole_squash(photos[index], PAPER_SIDE)
        mask = body_rectangle(person_of(sample.labels), generator_of("paper", sample.key))
        yield case_of(sample, mask, "rectangle")


def extend_cases(
    photos: PackedSet, side: str, limit: int | None = None, rows: int | None = None
) -> Iterator[Case]:
    """The squashed photo with its last 64 rows ("down") or its first 32 ("up") hidden (Wu et al., V.A).

    They are asked for as an extension of the canvas, so that the networks meant for it fill them.

    Photos whose person does not reach into these rows are left out, since there is no body to recover.

    Args:
        photos: packed photos, of which those with full labels are taken.
        side: "down" or "up".
        limit: at most so many; which ones, the names' hashes decide.
        rows: so many rows of 256 instead.

    Raises:
        DataSetError: no photo has full labels, or no person reaches so far.
    """
    lacking = (
        f"No person reaches into the rows to extend {side}; take a set of full bodies, such as "
        "clothing-co-parsing."
    )
    return first_cases(_extend_cases(photos, side, rows or NEW_ROWS[side]), limit, lacking)


def _extend_cases(photos: PackedSet, side: str, hidden: int) -> Iterator[Case]:
    mask = new_rows(side, hidden)
    extension = Margins(bottom=hidden) if side == "down" else Margins(top=hidden)
    for index in measurable(photos, None):
        sample = whole_squash(photos[index], PAPER_SIDE)
        if np.count_nonzero(person_of(sample.labels)[mask > 0]) >= _LEAST_SHARE * np.count_nonzero(mask):
            yield replace(case_of(sample, mask, f"extend-{side}"), extension=extension)


def horse_cases(photos: PackedSet, limit: int | None = None) -> Iterator[Case]:
    """As `paper_cases`, but silhouettes suffice as labels: the experiment with animals (Wu et al., IV.C).

    Args:
        photos: packed photos, of which those with a known silhouette are taken.
        limit: at most so many; which ones, the names' hashes decide.

    Raises:
        DataSetError: no photo has a silhouette.
    """
    for index in with_figure(photos, limit):
        sample = whole_squash(photos[index], PAPER_SIDE)
        mask = body_rectangle(person_of(sample.labels), generator_of("horses", sample.key))
        yield case_of(sample, mask, "rectangle")


def new_rows(side: str, rows: int) -> Mask:
    """The hole of an extension: (256, 256) uint8, 255 in the rows that are new.

    Args:
        side: "down" or "up".
        rows: how many there are, 1 to 255.
    """
    mask = np.zeros((PAPER_SIDE, PAPER_SIDE), np.uint8)
    mask[slice(PAPER_SIDE - rows, None) if side == "down" else slice(rows)] = 255
    return mask
