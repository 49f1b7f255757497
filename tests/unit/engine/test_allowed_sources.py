"""Which label may be copied into which."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from portrait_studio.engine.texture import TextureOptions, synthesise
from portrait_studio.engine.texture.allowed import any_label, careful_table
from portrait_studio.engine.texture.fields import collect_sources
from portrait_studio.engine.texture.pyramid import Level
from portrait_studio.networks.conventions import FACE, LABELS, MIRROR_LABELS

BACKGROUND, JUMPER, DRESS, ARM = (
    LABELS.index(name) for name in LABELS if name in ("background", "upper-clothes", "dress", "left-arm")
)
RED, GREEN = torch.tensor((0.9, 0.1, 0.1)), torch.tensor((0.1, 0.8, 0.1))


def test_every_label_fills_itself_and_its_mirror_image_and_none_fills_the_background() -> None:
    table = careful_table()
    assert bool(table.diagonal().all())
    assert torch.equal(table, table.T)
    assert all(bool(table[label, MIRROR_LABELS[label]]) for label in range(len(LABELS)))
    assert table[BACKGROUND].nonzero().flatten().tolist() == [BACKGROUND]
    assert not bool(table[JUMPER, [FACE, ARM, LABELS.index("bag"), LABELS.index("hair")]].any())
    assert bool(any_label().all())


def jumper_with_a_face() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A red jumper, a green face beside it, a hole in the jumper, and a picture that is green in the hole."""
    labels = torch.full((64, 64), JUMPER)
    labels[:, :22] = FACE
    image = RED[:, None, None].repeat(1, 64, 64)
    image[:, labels == FACE] = GREEN[:, None]
    hole = torch.zeros(64, 64, dtype=torch.bool)
    hole[24:44, 30:50] = True
    return image, hole, labels, torch.where(hole, GREEN[:, None, None], image)


def test_a_jumper_is_made_of_no_face_even_if_the_network_asks_for_one() -> None:
    image, hole, labels, start = jumper_with_a_face()
    eager = TextureOptions(start_pull=0.0, start_weight_coarse=4.0, start_weight_fine=4.0)
    results = [
        synthesise(image, hole, labels, start, torch.Generator().manual_seed(3), lambda _: None, options)
        for options in (eager, replace(eager, careful=True))
    ]
    green = [float((result[1, hole] > 0.4).float().mean()) for result in results]
    assert green[0] > 0.05, "the network does not ask for it"
    assert green[1] == 0


def test_a_label_without_a_patch_begins_with_one_that_may_fill_it() -> None:
    image, hole, labels, _ = jumper_with_a_face()
    level = Level(image, hole, labels.to(torch.uint8), torch.zeros_like(hole))
    sources = collect_sources(level, 0.5, 1.0, TextureOptions(careful=True), lambda: None)
    uniform = torch.linspace(0, 0.999, 50)
    dresses = sources.random_of_label(torch.full((50,), DRESS), uniform)
    assert bool(sources.are_allowed(torch.full((50,), DRESS), dresses).all())
    faces = sources.random_of_label(torch.full((50,), FACE), uniform)
    assert not bool(sources.are_allowed(torch.full((50,), DRESS), faces).any())
