"""Faces by search in a fill: one after the other, best first, all of one search, and repeatable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from portrait_studio.engine.latent import searched_face
from portrait_studio.engine.latent.search import SearchOptions
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import CancelToken, Progress, Stage
from portrait_studio.engine.request import (
    FACES_FOUND,
    CompletionOptions,
    CompletionRequest,
    CompletionResult,
    Method,
)
from portrait_studio.errors import Cancelled
from portrait_studio.networks.dcgan import Dcgan, DcganConfig
from tests.helpers.tiny_face_completion import TinyFaceCompletion, dotted_face
from tests.helpers.tiny_networks import TinyNetworks


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searched_face, "SearchOptions", lambda: SearchOptions(steps=3))


def networks() -> TinyNetworks:
    torch.manual_seed(0)
    network = Dcgan(DcganConfig(4, 4))
    for value in network.generator.parameters():
        value.data.mul_(8)
    network.generator.likeness.copy_(torch.tensor([[0.3, 0.1], [0.25, 0.06]]))
    made = TinyNetworks(with_face=True)
    made.modules["face-completion"] = TinyFaceCompletion().eval()
    made.modules["face-generator"] = network.eval().requires_grad_(False)
    return made


def request(seed: int = 0) -> CompletionRequest:
    photo = dotted_face((160, 160), [(61.0, 68.0), (99.0, 68.0), (80.0, 97.0)])
    mask = np.zeros((160, 160), np.uint8)
    mask[76:84, 70:90] = 255
    return CompletionRequest(photo, mask, CompletionOptions(Method.SEARCH, seed))


def pixels(result: CompletionResult) -> np.ndarray:
    return result.regions[0].pixels


def test_each_seed_is_another_face_of_one_search(memory: object, monkeypatch: pytest.MonkeyPatch) -> None:
    searches: list[int] = []
    search = searched_face.search_faces

    def counted(*arguments: object) -> object:
        searches.append(1)
        return search(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(searched_face, "search_faces", counted)
    engine = Pipeline(networks(), memory=memory)  # type: ignore[arg-type]
    faces = [pixels(engine.run(request(seed))) for seed in range(FACES_FOUND)]
    assert len(searches) == 1
    assert all(not np.array_equal(faces[0], face) for face in faces[1:])
    engine.run(request(FACES_FOUND))
    assert len(searches) == 2
    other = Pipeline(networks(), memory=memory)  # type: ignore[arg-type]
    assert np.array_equal(pixels(other.run(request(3))), faces[3])


def test_the_fill_names_the_generator_and_changes_the_hole_alone(memory: object) -> None:
    asked = request()
    result = Pipeline(networks(), memory=memory).run(asked)  # type: ignore[arg-type]
    assert {"face-completion", "face-generator"} <= set(result.weights)
    (region,) = result.regions
    same = region.changed == 0
    assert np.array_equal(region.pixels[same], asked.image[region.bounds.slices][same])
    assert not result.notices


def test_without_a_generator_or_a_face_a_sentence_says_so(memory: object) -> None:
    lacking = networks()
    del lacking.modules["face-generator"]
    result = Pipeline(lacking, memory=memory).run(request())  # type: ignore[arg-type]
    assert any("face generator" in str(notice) or "no weights" in str(notice) for notice in result.notices)
    faceless = TinyNetworks(with_face=False)
    result = Pipeline(faceless, memory=memory).run(request())  # type: ignore[arg-type]
    assert any("No face is behind the hole" in str(notice) for notice in result.notices)


def test_the_search_is_cancelled_between_two_steps(memory: object) -> None:
    token, heard = CancelToken(), []

    def listen(stage: Stage | None, share: float) -> None:
        heard.append((stage, share))
        if stage is Stage.REFINE_FACE and len([one for one in heard if one[0] is stage]) > 12:
            token.cancel()

    with pytest.raises(Cancelled):
        Pipeline(networks(), memory=memory).run(request(), Progress(token, listen))  # type: ignore[arg-type]


def test_structure_does_not_follow_the_seed(memory: object) -> None:
    engine = Pipeline(networks(), memory=memory)  # type: ignore[arg-type]
    first, other = (engine.run(replace(request(seed))) for seed in (0, 5))
    assert np.array_equal(first.regions[0].structure.labels, other.regions[0].structure.labels)
