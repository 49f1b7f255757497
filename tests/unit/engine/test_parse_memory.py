"""The parser is asked once about the same picture and hole, and the answer is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.parse_memory import ParseMemory
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.engine.work_crop import Window
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from tests.helpers.tiny_networks import TinyNetworks

MakePhoto = Callable[..., NDArray[np.uint8]]


class Watched:
    """An engine, and how often its parser looked."""

    def __init__(self, memory: PrecisionMemory) -> None:
        networks = TinyNetworks(with_face=True)
        self.engine, self.looks = Pipeline(networks, memory=memory), 0
        networks.modules["parsing"].register_forward_hook(self._count)

    def _count(self, *_: object) -> None:
        self.looks += 1

    def fill(self, request: CompletionRequest) -> list[NDArray[np.uint8]]:
        return [np.asarray(region.pixels, np.uint8) for region in self.engine.run(request).regions]


@pytest.fixture
def request_(make_photo: MakePhoto) -> CompletionRequest:
    photo = make_photo()
    mask = np.zeros(photo.shape[:2], np.uint8)
    mask[30:50, 40:60] = 255
    return CompletionRequest(photo, mask, CompletionOptions(Method.NETWORK), hardware=Hardware("cpu"))


def test_a_fill_by_other_labels_asks_the_parser_nothing(
    memory: PrecisionMemory, request_: CompletionRequest
) -> None:
    watched, fresh = Watched(memory), Watched(memory)
    watched.fill(request_)
    looks = watched.looks
    assert looks > 0
    labels = np.where(request_.mask != 0, np.uint8(4), np.uint8(255))
    steered = replace(request_, wanted_labels=labels)
    again, first = watched.fill(steered), fresh.fill(steered)
    assert watched.looks == looks
    assert fresh.looks == looks
    assert all(np.array_equal(one, other) for one, other in zip(again, first, strict=True))


def test_another_picture_or_hole_is_looked_at(memory: PrecisionMemory, request_: CompletionRequest) -> None:
    watched = Watched(memory)
    watched.fill(request_)
    looks = watched.looks
    photo, mask = request_.image.copy(), request_.mask.copy()
    photo[5, 5] ^= 128
    mask[29, 40:60] = 255
    watched.fill(replace(request_, image=photo))
    assert watched.looks == 2 * looks
    watched.fill(replace(request_, mask=mask))
    assert watched.looks == 3 * looks
    watched.fill(request_)
    assert watched.looks == 3 * looks


def test_another_number_of_threads_is_looked_at(memory: PrecisionMemory, request_: CompletionRequest) -> None:
    watched = Watched(memory)
    watched.fill(request_)
    looks, more = watched.looks, torch.get_num_threads() + 1
    watched.fill(replace(request_, hardware=Hardware("cpu", threads=more)))
    assert watched.looks == 2 * looks


def test_the_oldest_answers_are_forgotten() -> None:
    memory = ParseMemory()
    window = Window.scaled(Bounds(0, 0, 4, 4), 1.0)
    answers = [
        ParsedWindow(window, np.zeros((4, 4, 18), np.float32), np.zeros((1, 1, 16), np.float32))
        for _ in range(9)
    ]
    for number, answer in enumerate(answers):
        memory.keep(bytes([number]), answer)
        memory.recall(b"\0")
    known = [memory.recall(bytes([number])) is not None for number in range(9)]
    assert known == [True, False, False, False, False, False, True, True, True]
