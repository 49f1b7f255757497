"""The tiny copy of every set of the registry, by name."""

from __future__ import annotations

from pathlib import Path

from tests.helpers import tiny_public_sets, tiny_sets

MAKERS = {
    "atr": tiny_public_sets.make_atr,
    "lip-single-person": tiny_public_sets.make_lip_single_person,
    "viton-hd": tiny_public_sets.make_viton_hd,
    "celeba": tiny_public_sets.make_celeba,
    "celebamask-hq": tiny_public_sets.make_celebamask,
    "horse-cow": tiny_public_sets.make_horse_cow,
    "photos": tiny_public_sets.make_photos,
    "clothing-co-parsing": tiny_sets.make_ccp,
    "fashionista": tiny_sets.make_fashionista,
    "fashion550k": tiny_sets.make_silhouette_set,
    "lip": tiny_sets.make_silhouette_set,
    "viton": tiny_sets.make_viton,
    "portraits": lambda path: tiny_sets.make_faces(path, hair=False),
    "celebahq": lambda path: tiny_sets.make_faces(path, hair=True),
    "utkface": lambda path: tiny_sets.make_faces(path, hair=False),
    "horses": tiny_sets.make_horses,
    "backgrounds": tiny_sets.make_backgrounds,
}


def make_set(name: str, folder: Path) -> None:
    """Write the tiny copy of a set of the registry."""
    MAKERS[name](folder)
