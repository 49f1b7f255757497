"""What is spared when a shadow is looked for: people and things beside the mask, but not what it is of."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from portrait_studio.engine.detection import Detected, Detection
from portrait_studio.engine.find_requests import ShadowRequest
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.engine.shadow_masks import mask_of_shadows
from portrait_studio.errors import MaskError, WeightsError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.masks import Mask
from tests.helpers.drawn_shadows import HEIGHT, WIDTH, Drawn, drawn, ground, lying
from tests.helpers.fake_engine import FakeEngine

CASTER = Bounds(85, 52, 136, 301)
CRATE = Bounds(190, 230, 270, 300)


@dataclass
class Photo(FakeEngine):
    """An engine whose parsing map is given, and which counts how often it was asked for."""

    labels: Mask = field(default_factory=lambda: np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8))
    parses: int = 0

    def parse(self, request: ParseRequest, *_: object) -> Structure:
        self.parses += 1
        return self.structure

    @property
    def structure(self) -> Structure:
        return Structure(Bounds(0, 0, WIDTH, HEIGHT), self.labels, np.zeros((16, 4, 4), np.float16))


def small(mask: Mask) -> Mask:
    return cv2.resize(mask, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_NEAREST)


@pytest.fixture
def picture() -> Drawn:
    return drawn(ground(), lying())


def crate() -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[CRATE.slices] = 255
    return mask


def test_the_body_that_casts_it_is_not_spared_though_its_map_reaches_too_far(picture: Drawn) -> None:
    engine = Photo()
    loose = cv2.dilate(picture.thing, np.ones((5, 5), np.uint8))
    engine.labels = small(loose) // 255 * 4
    shadow = mask_of_shadows(engine, ShadowRequest(picture.image, picture.thing))
    assert (shadow[picture.cast] != 0).mean() > 0.95


def test_what_the_map_calls_somebody_else_is_spared(picture: Drawn) -> None:
    engine = Photo()
    engine.labels = small(crate()) // 255 * 6
    shadow = mask_of_shadows(engine, ShadowRequest(picture.image, picture.thing))
    assert not (shadow[CRATE.slices]).any()
    assert shadow.any()


@pytest.mark.parametrize("kind", ["person", "suitcase"])
def test_what_the_detector_finds_is_spared_at_its_own_edge(picture: Drawn, kind: str) -> None:
    engine = Photo()
    own, other = Detection(CASTER, "person", 0.9), Detection(CRATE, kind, 0.8)
    engine.detected = Detected((own,), ()) if kind != "person" else Detected((own, other), ())
    if kind != "person":
        engine.detected = Detected((own,), (other,))
    engine.things = np.maximum(picture.thing, crate())
    shadow = mask_of_shadows(engine, ShadowRequest(picture.image, picture.thing))
    assert not shadow[CRATE.slices].any()
    assert shadow.any()
    assert not (shadow[picture.thing != 0]).any()


def test_without_the_networks_for_things_the_map_is_all(picture: Drawn) -> None:
    engine = Photo(detect_error=WeightsError("There is none."))
    shadow = mask_of_shadows(engine, ShadowRequest(picture.image, picture.thing))
    assert (shadow[picture.cast] != 0).mean() > 0.95


def test_what_is_known_is_not_asked_for(picture: Drawn) -> None:
    engine = Photo()
    known = ShadowRequest(picture.image, picture.thing, engine.structure, Detected())
    assert mask_of_shadows(engine, known).any()
    assert (engine.parses, engine.detections, engine.boxes) == (0, 0, [])


def test_far_away_things_are_not_looked_at(picture: Drawn) -> None:
    image = np.pad(picture.image, ((0, 0), (0, 900), (0, 0)), mode="edge")
    thing = np.pad(picture.thing, ((0, 0), (0, 900)))
    engine = Photo(detected=Detected((Detection(Bounds(1000, 50, 1100, 300), "person", 0.9),)))
    mask_of_shadows(engine, ShadowRequest(image, thing))
    assert engine.boxes == []


def test_a_mask_of_another_size_is_refused_and_an_empty_one_has_none(picture: Drawn) -> None:
    engine = Photo()
    with pytest.raises(MaskError):
        mask_of_shadows(engine, ShadowRequest(picture.image, picture.thing[1:]))
    assert not mask_of_shadows(engine, ShadowRequest(picture.image, np.zeros_like(picture.thing))).any()
    assert engine.parses == 0
