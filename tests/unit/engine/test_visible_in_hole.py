"""The parser sees what of a loose mask is beside the thing in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import (
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    ParseRequest,
)
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds
from tests.helpers.tiny_networks import TinyNetworks, TinyParser
from tests.helpers.tiny_segmentation import TinySegmentation

THING = Bounds(100, 100, 140, 150)
LOOSE = Bounds(60, 60, 180, 190)
CPU = Hardware("cpu")


@dataclass
class Watched:
    """An engine over a grey photo with a red thing, and what its parser could not see."""

    memory: PrecisionMemory
    hidden: list[NDArray[np.bool_]] = field(default_factory=list)

    def __post_init__(self) -> None:
        watched = self

        class Parser(TinyParser):
            def forward(self, image: Tensor, mask: Tensor) -> SimpleNamespace:
                watched.hidden.append(mask[0, 0].numpy() > 0)
                return super().forward(image, mask)

        self.networks = TinyNetworks()
        self.networks.modules |= {
            "parsing": Parser(with_face=False).eval(),
            "segmentation": TinySegmentation().eval(),
        }
        self.engine = Pipeline(self.networks, memory=self.memory)
        self.photo = np.full((256, 256, 3), 128, np.uint8)
        self.photo[THING.slices] = (255, 0, 0)
        self.mask = np.zeros((256, 256), np.uint8)
        self.mask[LOOSE.slices] = 255

    def fill(self, wanted: NDArray[np.uint8] | None = None, **options: object) -> CompletionResult:
        self.hidden.clear()
        asked = CompletionOptions(**{"looks_inside": True, **options})  # type: ignore[arg-type]
        return self.engine.run(CompletionRequest(self.photo, self.mask, asked, wanted, hardware=CPU))

    @property
    def share(self) -> float:
        """How much of the loose mask the parser could not see at its first look."""
        return float(self.hidden[0][LOOSE.slices].mean())


@pytest.fixture
def watched(memory: PrecisionMemory) -> Watched:
    return Watched(memory)


def test_only_the_thing_is_hidden_and_all_that_is_marked_is_filled(watched: Watched) -> None:
    result = watched.fill()
    assert watched.hidden[0][THING.slices].all()
    assert not watched.hidden[0][LOOSE.top : LOOSE.top + 20, LOOSE.left : LOOSE.right].any()
    assert watched.share < 0.4
    assert "segmentation" in result.weights, "a replay needs the same networks"
    changed = np.zeros((256, 256), np.bool_)
    for region in result.regions:
        changed[region.bounds.slices] |= region.changed != 0
    assert changed[LOOSE.slices].all()


def test_the_same_hole_is_looked_into_once(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.fill()
    monkeypatch.setattr(TinySegmentation, "forward", lambda *_: pytest.fail("it is known"))
    watched.fill(seed=1)
    assert not watched.hidden, "the map is known as well"


def test_without_being_asked_nobody_looks_under_the_mask(watched: Watched) -> None:
    watched.fill(looks_inside=False)
    assert watched.share == 1


def test_where_nothing_stands_out_all_is_hidden(watched: Watched) -> None:
    watched.photo[:] = 128
    watched.fill()
    assert watched.share == 1


def test_what_the_user_says_of_a_hole_needs_no_look(watched: Watched) -> None:
    result = watched.fill(np.zeros((256, 256), np.uint8))
    assert watched.share == 1
    assert "segmentation" not in result.weights


def test_an_exact_mask_is_hidden_whole(watched: Watched) -> None:
    watched.mask[:] = 0
    watched.mask[THING.grown(3).slices] = 255
    watched.fill()
    assert watched.hidden[0][THING.grown(3).slices].all()


def test_the_map_behind_a_hole_is_that_of_its_fill(watched: Watched) -> None:
    request = ParseRequest(watched.photo, watched.mask, looks_inside=True, hardware=CPU)
    watched.engine.run(request)
    assert watched.share < 0.4
    watched.hidden.clear()
    watched.engine.run(ParseRequest(watched.photo, watched.mask, hardware=CPU))
    assert watched.share == 1


def test_without_the_network_all_is_hidden(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    del watched.networks.modules["segmentation"]
    assert watched.fill().notices == ()
    assert watched.share == 1
    monkeypatch.setattr(TinyNetworks, "has", lambda _self, _name: True)
    watched.mask[:10, :40] = 255
    assert "What stands in a hole" in " ".join(watched.fill().notices)
