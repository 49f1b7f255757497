"""Nothing is copied from other people, who are looked for once a photo."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.bystanders import Bystander, Bystanders
from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, CompletionResult, Method
from portrait_studio.engine.texture import TextureOptions
from portrait_studio.engine.work_crop import Window
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds, Extent
from tests.helpers.tiny_detector import TinyDetector
from tests.helpers.tiny_networks import TinyNetworks
from tests.helpers.tiny_segmentation import TinySegmentation

HOLE = Bounds(180, 120, 220, 180)
PASSER_BY = Bounds(260, 80, 310, 220)
MAIN = Bounds(110, 60, 290, 240)

Fill = Callable[..., CompletionResult]


class Recorder:
    """A texture stage that copies nothing and remembers what it may not copy."""

    def __init__(self) -> None:
        self.excluded: list[NDArray[np.bool_]] = []
        self.careful: list[bool] = []

    def __call__(self, image: Tensor, *given: object, excluded: Tensor) -> Tensor:
        self.excluded.append(excluded.numpy())
        self.careful += [options.careful for options in given if isinstance(options, TextureOptions)]
        return image.clone()


class Street:
    """An engine that knows people by their red colour, and a grey photo."""

    def __init__(
        self, memory: PrecisionMemory, with_face: bool = False, missing: tuple[str, ...] = ()
    ) -> None:
        self.detector, self.recorder = TinyDetector(), Recorder()
        networks = TinyNetworks(with_face)
        networks.modules |= {"detection": self.detector.eval(), "segmentation": TinySegmentation().eval()}
        for name in missing:
            del networks.modules[name]
        self.engine = Pipeline(networks, synthesise=self.recorder, memory=memory)
        self.photo = np.full((300, 400, 3), 128, np.uint8)

    def with_people(self, *boxes: Bounds) -> Street:
        for box in boxes:
            self.photo[box.slices] = (255, 0, 0)
        return self

    def fill(self, hole: Bounds = HOLE, **options: object) -> CompletionResult:
        mask = np.zeros(self.photo.shape[:2], np.uint8)
        mask[hole.slices] = 255
        asked = CompletionOptions(**options)  # type: ignore[arg-type]
        return self.engine.run(CompletionRequest(self.photo, mask, asked, hardware=Hardware("cpu")))

    @property
    def excluded(self) -> NDArray[np.bool_]:
        """(300, 400) bool: what the last fill could not copy; its window showed the whole photo."""
        last = self.recorder.excluded[-1]
        assert last.shape == (300, 400)
        return last


@pytest.fixture
def street(memory: PrecisionMemory) -> Street:
    return Street(memory)


def wide(hole: Bounds) -> Bounds:
    """A hole so long that its window is the whole photo."""
    return Bounds(20, hole.top, 240, hole.bottom)


def test_nothing_is_copied_from_a_passer_by_and_all_else_may_be(street: Street) -> None:
    result = street.with_people(PASSER_BY).fill(wide(HOLE))
    assert street.excluded[PASSER_BY.slices].all()
    street.excluded[PASSER_BY.grown(12).slices] = False
    assert not street.excluded.any()
    assert street.recorder.careful == [True]
    assert {"detection", "segmentation"} <= set(result.weights), "a replay needs the same networks"


def test_the_same_photo_is_looked_at_once(street: Street) -> None:
    street.with_people(PASSER_BY).fill(wide(HOLE))
    looks = len(street.detector.seen)
    assert looks == 2
    street.fill(wide(HOLE), seed=3)
    street.fill(Bounds(20, 30, 240, 90))
    assert len(street.detector.seen) == looks
    assert street.excluded[PASSER_BY.slices].all()
    street.photo[10:80, 10:40] = (255, 0, 0)
    street.fill(wide(HOLE))
    assert len(street.detector.seen) > looks


def test_whom_the_photo_is_of_may_be_copied(memory: PrecisionMemory) -> None:
    street = Street(memory, with_face=True).with_people(MAIN)
    street.fill(Bounds(20, 100, 140, 200))
    assert not street.recorder.excluded[-1].any()
    assert street.detector.seen


def test_a_hole_that_lies_on_a_passer_by_is_filled_from_her(street: Street) -> None:
    street.with_people(Bounds(100, 40, 300, 260)).fill(Bounds(170, 100, 230, 180))
    assert not street.recorder.excluded[-1].any()


@pytest.mark.parametrize("options", [{"careful_sources": False}, {"method": Method.NETWORK}])
def test_nobody_is_looked_for_where_it_is_of_no_use(street: Street, options: dict[str, object]) -> None:
    street.with_people(PASSER_BY).fill(wide(HOLE), **options)
    assert not street.detector.seen
    assert not any(each.any() for each in street.recorder.excluded)


def test_a_speck_and_a_hole_in_a_body_need_no_look(memory: PrecisionMemory) -> None:
    street = Street(memory, with_face=True).with_people(PASSER_BY)
    street.fill(Bounds(30, 30, 33, 33))
    street.fill(Bounds(185, 135, 215, 165))
    assert not street.detector.seen


@pytest.mark.parametrize("missing", ["detection", "segmentation"])
def test_without_the_networks_all_may_be_copied(memory: PrecisionMemory, missing: str) -> None:
    street = Street(memory, missing=(missing,)).with_people(PASSER_BY)
    result = street.fill(wide(HOLE))
    assert result.notices == ()
    assert not street.excluded.any()


def test_a_box_without_an_outline_is_left_alone_whole() -> None:
    crowd = Bystanders((Bystander(Bounds(10, 10, 30, 50), None),), rim_px=3)
    labels, hole = np.zeros((60, 100), np.uint8), np.zeros((60, 100), np.bool_)
    hole[20:40, 60:80] = True
    labels[:20] = 4
    excluded = crowd.excluded(Window.scaled(Bounds(0, 0, 100, 60), 1.0), hole, labels)
    assert excluded[20:50, 10:30].all()
    assert excluded.sum() == 30 * 20, "what the parser gives the body stays"
    half = crowd.excluded(Window(Bounds(0, 0, 100, 60), Extent(50, 30)), hole[::2, ::2], labels[::2, ::2])
    assert half[10:25, 5:15].all()
    assert half.sum() == 15 * 10


def test_a_damaged_network_is_a_sentence(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    street.with_people(PASSER_BY)
    monkeypatch.setattr(TinyNetworks, "has", lambda _self, _name: True)
    networks = street.engine._parts.networks
    assert isinstance(networks, TinyNetworks)
    del networks.modules["segmentation"]
    result = street.fill(wide(HOLE))
    assert any("Other people were not looked for" in notice for notice in result.notices)
    assert torch.is_grad_enabled()
