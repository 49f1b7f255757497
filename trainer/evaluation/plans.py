"""What is measured by which protocol: the cases, and which methods make sense on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer.data.packs import PackedSet
from trainer.evaluation.methods import (
    G_P,
    G_P_F,
    GENERAL,
    NO_FINISHING,
    NO_MATES,
    NO_REDRAWING,
    NO_REFERENCES,
    SIDE_BY_SIDE,
    G,
)
from trainer.protocols.case import Case
from trainer.protocols.hidden_face import hidden_face_cases, small_face_cases
from trainer.protocols.hidden_parts import hidden_part_cases
from trainer.protocols.hidden_shoe import hidden_shoe_cases
from trainer.protocols.natural import face_cases, natural_cases
from trainer.protocols.reference import feet_with_other_pose, feet_with_reference, holes_with_reference
from trainer.protocols.squashed import CROWN_ROWS, extend_cases, horse_cases, paper_cases

Source = Mapping[str, Path] | None

TABLE_ONE = ("mean", "telea", "patchmatch", GENERAL, G, G_P, "patches", G_P_F, "default")
_EXTENSION = ("telea", "patchmatch", "edge", G, G_P, G_P_F, "default")
_PEOPLE = ("clothing-co-parsing",)


@dataclass(frozen=True)
class Plan:
    """One protocol.

    Attributes:
        cases: makes the cases of packed photos: at most so many, at the size of the source if there is one.
        methods: those of the table unless others are asked for.
        sets: the packed sets unless others are asked for.
        true_maps: whether the true parsing maps are exact enough to guide a fill.
        own_size: whether the photos keep their shape, so that a source at original size makes sense.
    """

    cases: Callable[[PackedSet, int | None, Source], Iterator[Case]]
    methods: tuple[str, ...] = TABLE_ONE
    sets: tuple[str, ...] = _PEOPLE
    true_maps: bool = True
    own_size: bool = False


PLANS: dict[str, Plan] = {
    "paper": Plan(lambda photos, limit, _: paper_cases(photos, limit)),
    "natural": Plan(natural_cases, own_size=True),
    "face": Plan(face_cases, ("telea", "patchmatch", G_P, G_P_F), true_maps=False, own_size=True),
    "parts": Plan(hidden_part_cases, SIDE_BY_SIDE, true_maps=False, own_size=True),
    "hidden-face": Plan(
        hidden_face_cases,
        ("telea", NO_REDRAWING, NO_FINISHING, "default"),
        ("portraits", "celebahq"),
        true_maps=False,
        own_size=True,
    ),
    "small-face": Plan(
        small_face_cases,
        (NO_REDRAWING, NO_FINISHING, "default"),
        ("portraits", "celebahq"),
        true_maps=False,
        own_size=True,
    ),
    "hidden-shoe": Plan(hidden_shoe_cases, ("telea", NO_MATES, "default"), true_maps=False, own_size=True),
    "reference": Plan(
        feet_with_reference, ("edge", NO_REFERENCES, "default"), true_maps=False, own_size=True
    ),
    "reference-pose": Plan(
        feet_with_other_pose, ("edge", NO_REFERENCES, "default"), true_maps=False, own_size=True
    ),
    "reference-holes": Plan(
        holes_with_reference, ("telea", NO_REFERENCES, "default"), true_maps=False, own_size=True
    ),
    "extend-down": Plan(lambda photos, limit, _: extend_cases(photos, "down", limit), _EXTENSION),
    "extend-up": Plan(lambda photos, limit, _: extend_cases(photos, "up", limit), _EXTENSION),
    "crown": Plan(
        lambda photos, limit, _: extend_cases(photos, "up", limit, CROWN_ROWS), _EXTENSION, ("portraits",)
    ),
    "horses": Plan(
        lambda photos, limit, _: horse_cases(photos, limit),
        ("mean", "telea", "patchmatch", G, G_P),
        ("horses",),
        true_maps=False,
    ),
}
