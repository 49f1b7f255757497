"""Heads that the frame cut off end where the head completion network says, and only above the eyes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.complete_head import overruled_by_heads
from portrait_studio.engine.crown_colours import with_own_colours
from portrait_studio.engine.head_guess import HeadGuess, with_cap
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    Method,
    ParseRequest,
)
from portrait_studio.engine.resample import WindowPixels
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.networks.conventions import FACE, LABELS
from portrait_studio.networks.head_completion import HEAD_COMPLETION, HEAD_LABELS, HEAD_SIDE
from tests.helpers.tiny_face_completion import TinyFaceCompletion, dotted_face
from tests.helpers.tiny_head_completion import TinyHeadCompletion
from tests.helpers.tiny_networks import TinyNetworks, TinyParser

HAIR, HAT = LABELS.index("hair"), LABELS.index("hat")
EYES_AND_MOUTH = [(61.0, 64.0), (107.0, 64.0), (84.0, 100.0)]
"""As far apart as in an aligned window of a face, in a photo of 168 x 168 pixels."""


def hair_around(height: int, width: int) -> NDArray[np.bool_]:
    """(h, w): a ring around the face that the tiny parser sees, but for what is above it."""
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    away = x**2 + y**2
    return np.asarray((away >= 0.3) & (away < 0.5) & (y > -0.5))


class HairParser(TinyParser):
    """Sees hair around the face as well."""

    def forward(self, image: Tensor, mask: Tensor) -> SimpleNamespace:
        answer = super().forward(image, mask)
        ring = torch.from_numpy(hair_around(*image.shape[-2:]))
        answer.logits[:, HAIR] = 9.0 * ring
        return answer


class HeadNetworks(TinyNetworks):
    """Tiny networks with a face in the middle of the photo and a head about it."""

    def __init__(self, missing: tuple[str, ...] = (), has_hair: bool = True) -> None:
        super().__init__(with_face=True)
        if has_hair:
            self.modules["parsing"] = HairParser(with_face=True).eval()
        self.head = TinyHeadCompletion().eval()
        self.modules |= {"face-completion": TinyFaceCompletion().eval(), HEAD_COMPLETION: self.head}
        for task in missing:
            del self.modules[task]


def request(rows: int = 30, **options: Any) -> CompletionRequest:
    photo = dotted_face((168, 168), EYES_AND_MOUTH)
    image = np.concatenate([np.zeros((rows, 168, 3), np.uint8), photo])
    image[hair_around(*image.shape[:2])] = (60, 40, 30)
    mask = np.zeros(image.shape[:2], np.uint8)
    mask[:rows] = 255
    return CompletionRequest(image, mask, CompletionOptions(**options), extension=Margins(top=rows))


def filled(networks: TinyNetworks, memory: Any, asked: CompletionRequest) -> CompletionResult:
    return Pipeline(networks, memory=memory).run(asked)


def labels_of(result: CompletionResult, rows: int = 30) -> NDArray[np.uint8]:
    """Labels of the new rows, (rows, 168)."""
    structure = result.regions[0].structure
    bounds, labels = structure.bounds, structure.labels
    across = np.arange(168) * labels.shape[1] // bounds.width
    down = (np.arange(rows) - bounds.top) * labels.shape[0] // bounds.height
    return labels[down][:, across]


def test_a_crown_closes_where_the_network_says(memory: Any) -> None:
    networks = HeadNetworks()
    result = filled(networks, memory, request())
    labels = labels_of(result)
    assert HEAD_COMPLETION in result.weights
    assert (labels[-4:, 70:98] == HAIR).mean() > 0.9
    assert (labels[:, :8] == 0).all()
    image, _, mask = networks.head.seen[0]
    assert mask[0, 0, 0].all()
    assert not mask[0, 0, round(0.64 * HEAD_SIDE), 30:66].any()
    assert image[0, 0, round(0.64 * HEAD_SIDE), round(0.39 * HEAD_SIDE)] > 0.5


def test_the_guess_a_fill_shows_the_same_crown(memory: Any) -> None:
    networks, asked = HeadNetworks(), request()
    before = Pipeline(networks, memory=memory).run(ParseRequest(asked.image, asked.mask))
    # The tiny parser sees no hair in the new rows.
    assert (before.labels[: before.labels.shape[0] // 8] == HAIR).mean() > 0.08
    assert len(networks.head.seen) == 1
    Pipeline(networks, memory=memory).run(ParseRequest(asked.image))
    assert len(networks.head.seen) == 1


def test_a_head_that_shows_its_temples_and_no_hair_is_bald(memory: Any) -> None:
    labels = labels_of(filled(HeadNetworks(has_hair=False), memory, request()))
    assert (labels[-4:, 70:98] == FACE).mean() > 0.9
    assert not (labels == HAIR).any()
    assert (labels[:, :8] == 0).all()


@pytest.mark.parametrize(
    ("options", "missing"),
    [({"complete_heads": False}, ()), ({"method": Method.PATCHES}, ()), ({}, (HEAD_COMPLETION,))],
)
def test_the_parser_alone_is_asked_where_heads_are_not_completed(
    memory: Any, options: dict[str, Any], missing: tuple[str, ...]
) -> None:
    networks = HeadNetworks(missing)
    result = filled(networks, memory, request(**options))
    assert not networks.head.seen
    assert HEAD_COMPLETION not in result.weights
    assert not (labels_of(result) == HAIR).any()


def test_what_the_user_painted_stands(memory: Any) -> None:
    asked = request()
    wanted = np.full(asked.mask.shape, 255, np.uint8)
    wanted[:30] = HAT
    result = filled(HeadNetworks(), memory, replace(asked, wanted_labels=wanted))
    assert (labels_of(result) == HAT).mean() > 0.95


def test_no_head_is_completed_whose_face_is_hidden(memory: Any) -> None:
    networks, asked = HeadNetworks(), request()
    mask = asked.mask.copy()
    mask[40:190, 30:140] = 255
    filled(networks, memory, replace(asked, mask=mask))
    assert not networks.head.seen


def guess() -> HeadGuess:
    """Hair all over its window, which is a photo of the same size."""
    shares = np.zeros((HEAD_SIDE, HEAD_SIDE, len(HEAD_LABELS)), np.float32)
    shares[..., 1] = 1
    return HeadGuess(np.array([[1.0, 0, 0], [0, 1.0, 0]]), with_cap(shares))


def test_below_the_eyes_and_outside_the_hole_the_parser_is_believed() -> None:
    window = Window(Bounds(0, 0, HEAD_SIDE, HEAD_SIDE), Extent(HEAD_SIDE, HEAD_SIDE))
    probabilities = np.zeros((HEAD_SIDE, HEAD_SIDE, 18), np.float32)
    probabilities[..., FACE] = 1
    parsed = ParsedWindow(window, probabilities, np.zeros((24, 24, 16), np.float32))
    mask = np.zeros((HEAD_SIDE, HEAD_SIDE), np.uint8)
    mask[:, 20:76] = 255
    labels = overruled_by_heads(parsed, [guess()], mask).labels
    assert (labels[10:52, 22:74] == HAIR).all()
    assert (labels[66:] == FACE).all()
    assert (labels[:, :18] == FACE).all()
    assert overruled_by_heads(parsed, [], mask) is parsed
    sums = overruled_by_heads(parsed, [guess()], mask).probabilities.sum(2)
    assert sums == pytest.approx(1, abs=1e-5)


def test_hair_that_reaches_the_edge_of_the_window_rounds_off_above_it() -> None:
    shares = np.zeros((HEAD_SIDE, HEAD_SIDE, len(HEAD_LABELS)), np.float32)
    shares[..., 0] = 1
    assert (with_cap(shares)[:48, :, 0] == 1).all()
    shares[:, 28:68] = np.eye(len(HEAD_LABELS), dtype=np.float32)[1]
    widths = (with_cap(shares)[:48, :, 1] > 0.5).sum(1)
    assert (widths[:31] == 0).all()
    assert 10 < widths[34] < widths[40] < widths[47] <= 40


def test_hair_goes_on_above_the_eyes_in_the_colours_that_show_of_it() -> None:
    window = Window(Bounds(0, 0, HEAD_SIDE, HEAD_SIDE), Extent(HEAD_SIDE, HEAD_SIDE))
    colours = np.full((HEAD_SIDE, HEAD_SIDE, 3), 0.5, np.float32)
    colours[40:56, :48], colours[40:56, 48:] = (0.9, 0.8, 0.3), (0.3, 0.1, 0.1)
    hole = np.zeros((HEAD_SIDE, HEAD_SIDE), np.bool_)
    hole[:40, 20:76] = True
    labels = np.zeros((HEAD_SIDE, HEAD_SIDE), np.uint8)
    labels[:56] = HAIR
    completed = np.zeros((HEAD_SIDE, HEAD_SIDE, 3), np.float32)
    view = WindowPixels(window, colours, hole)
    parsed = ParsedWindow(window, np.eye(18, dtype=np.float32)[labels], np.zeros((24, 24, 16), np.float32))
    settled = with_own_colours(completed, [guess()], view, parsed, lambda: None)
    assert settled[36:40, 24:40].mean((0, 1)) == pytest.approx((0.9, 0.8, 0.3), abs=0.1)
    assert settled[36:40, 56:72].mean((0, 1)) == pytest.approx((0.3, 0.1, 0.1), abs=0.1)
    assert (settled[~hole] == 0).all()
    assert with_own_colours(completed, [], view, parsed, lambda: None) is completed
