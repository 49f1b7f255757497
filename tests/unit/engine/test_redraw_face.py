"""Faces are found by what the network sees, redrawn in the hole only, and left alone where it is not sure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from portrait_studio.engine.align_face import align_face, read_face
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.face_label import LabelledFace, lost_face
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.redraw_face import RedrawnFace, redraw_face, turn_of_head
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.engine.resample import WindowPixels
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Extent, Margins
from portrait_studio.imaging.similarity import transformed
from portrait_studio.networks.conventions import FACE, KEYPOINTS, LABEL_COUNT
from portrait_studio.networks.face_completion import ANCHORS, FACE_PART_COLOURS, FACE_PARTS
from tests.helpers.tiny_face_completion import TinyFaceCompletion, dotted_face
from tests.helpers.tiny_networks import TinyNetworks

CPU = Compute(torch.device("cpu"))
PLACES = np.array(ANCHORS) * 128
UPRIGHT = [(120.0, 100.0), (170.0, 100.0), (145.0, 139.0)]
"""Right eye, left eye, mouth of a face whose window is about 139 pixels wide."""


def silent(_fraction: float) -> None:
    """Hears nothing."""


def turned(
    places: list[tuple[float, float]], degrees: float, scale: float = 1.0
) -> list[tuple[float, float]]:
    """Places turned clockwise about their middle."""
    angle = np.radians(degrees)
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.mean(places, axis=0)
    moved = (np.array(places) - middle) @ rotation.T + middle
    return [(float(x), float(y)) for x, y in moved]


def labelled(places: list[tuple[float, float]], side: float = 115.0) -> LabelledFace:
    x, y = np.mean(places, axis=0)
    return LabelledFace(float(x), float(y), side * 0.85, side)


def no_hole(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.zeros(photo.shape[:2], np.uint8)


@pytest.mark.parametrize("degrees", [0, 12, -25])
@pytest.mark.parametrize("shift", [(0, 0), (14, -10)])
@pytest.mark.parametrize("label_scale", [0.8, 1.3])
def test_the_window_is_aligned_by_what_is_seen_in_it(
    degrees: float, shift: tuple[int, int], label_scale: float
) -> None:
    places = turned(UPRIGHT, degrees)
    photo = dotted_face((300, 260), places)
    face = labelled([(x + shift[0], y + shift[1]) for x, y in places], 115 * label_scale)
    found = align_face(
        NetworkRunner(TinyFaceCompletion(), CPU), read_face(photo, no_hole(photo), face), face, 0.0
    )
    assert found is not None
    assert np.abs(transformed(found.matrix, np.array(places)) - PLACES).max() < 2.5


@pytest.mark.parametrize("scale", [0.4, 6.0])
def test_faces_of_any_size_are_aligned(scale: float) -> None:
    places = [(x * scale, y * scale) for x, y in UPRIGHT]
    photo = dotted_face((round(300 * scale), round(260 * scale)), places, max(2, round(6 * scale)))
    face = labelled(places, 115 * scale)
    found = align_face(
        NetworkRunner(TinyFaceCompletion(), CPU), read_face(photo, no_hole(photo), face), face, 0.0
    )
    assert found is not None
    assert np.abs(transformed(found.matrix, np.array(places)) - PLACES).max() < 2.5


def test_a_hidden_eye_is_found_by_the_rest() -> None:
    photo = dotted_face((300, 260), UPRIGHT)
    mask = no_hole(photo)
    mask[85:115, 105:135] = 255
    face = labelled(UPRIGHT)
    found = align_face(NetworkRunner(TinyFaceCompletion(), CPU), read_face(photo, mask, face), face, 0.0)
    assert found is not None
    assert np.abs(transformed(found.matrix, np.array(UPRIGHT)) - PLACES).max() < 6


def test_a_network_in_doubt_or_a_face_elsewhere_is_not_believed() -> None:
    photo = dotted_face((300, 260), UPRIGHT)
    face = labelled(UPRIGHT)
    seen = read_face(photo, no_hole(photo), face)
    doubtful = NetworkRunner(TinyFaceCompletion(sure=False), CPU)
    assert align_face(doubtful, seen, face, 0.0) is None
    assert align_face(doubtful, seen, face, 0.0, most_error_px=40.0) is not None
    # The label is far off, or a quarter of the size of what is found.
    for wrong in (LabelledFace(60, 60, 110, 115), LabelledFace(145, 113, 40, 44)):
        seen = read_face(photo, no_hole(photo), wrong)
        found = align_face(NetworkRunner(TinyFaceCompletion(), CPU), seen, wrong, 0.0)
        assert found is None or np.abs(transformed(found.matrix, np.array(UPRIGHT)) - PLACES).max() < 12


def test_only_the_hole_is_redrawn_and_fades_out_at_the_border() -> None:
    photo = dotted_face((300, 260), UPRIGHT)
    mask = no_hole(photo)
    mask[118:128, 60:240] = 255
    face = labelled(UPRIGHT)
    seen = read_face(photo, mask, face)
    found = align_face(NetworkRunner(TinyFaceCompletion(), CPU), seen, face, 0.0)
    assert found is not None
    bounds = Bounds(50, 110, 250, 136)
    fill = np.full((bounds.height, bounds.width, 3), 0.5, np.float32)
    hole = mask[bounds.slices] > 0
    result = redraw_face(WindowPixels(Window.scaled(bounds, 1.0), fill, hole), seen, found)
    assert np.array_equal(result.fill[~hole], fill[~hole])
    # The network paints red.
    assert np.allclose(result.fill[13, 95], (1, 0, 0), atol=0.02)
    assert np.allclose(result.fill[13, 12], 0.5, atol=0.02), "beyond the window"
    assert 0.5 < result.fill[13, 28:36, 0].max() < 1.0 or result.fill[13, 36, 0] == pytest.approx(1, abs=0.05)
    assert result.before.shape == result.after.shape == (128, 128, 3)
    assert result.parts.shape == (64, 64)


def test_what_is_painted_softly_is_sharpened_unless_an_older_fill_is_repeated() -> None:
    photo = dotted_face((300, 260), UPRIGHT)
    mask = no_hole(photo)
    mask[100:140, 120:170] = 255
    face = labelled(UPRIGHT)
    seen = read_face(photo, mask, face)
    found = align_face(NetworkRunner(TinyFaceCompletion(), CPU), seen, face, 0.0)
    assert found is not None
    ramp = np.clip((np.arange(128) - 58) / 12, 0, 1) * 0.4 + 0.3
    soft = replace(found, picture=np.tile(ramp[None, :, None], (128, 1, 3)).astype(np.float32))
    bounds = Bounds(110, 90, 180, 150)
    fill = np.full((bounds.height, bounds.width, 3), 0.5, np.float32)
    pixels = WindowPixels(Window.scaled(bounds, 1.0), fill, mask[bounds.slices] > 0)
    sharp, plain = (redraw_face(pixels, seen, soft, sharpened=value).fill for value in (True, False))
    steepest = [np.abs(np.diff(picture[20:40, 20:50, 0], axis=1)).max() for picture in (sharp, plain)]
    assert steepest[0] > 1.2 * steepest[1]
    assert sharp[20:40, 20:50].mean() == pytest.approx(plain[20:40, 20:50].mean(), abs=0.01)


@pytest.mark.parametrize("part", ["background", "hair"])
def test_hair_and_background_stay_the_fills(part: str) -> None:
    photo = dotted_face((300, 260), UPRIGHT)
    mask = no_hole(photo)
    mask[118:128, 60:240] = 255
    face = labelled(UPRIGHT)
    seen = read_face(photo, mask, face)
    found = align_face(NetworkRunner(TinyFaceCompletion(part=part), CPU), seen, face, 0.0)
    assert found is not None
    bounds = Bounds(50, 110, 250, 136)
    fill = np.full((bounds.height, bounds.width, 3), 0.5, np.float32)
    result = redraw_face(WindowPixels(Window.scaled(bounds, 1.0), fill, mask[bounds.slices] > 0), seen, found)
    assert np.allclose(result.fill, fill, atol=1e-3)


def test_fine_detail_of_the_fill_stays_on_large_faces() -> None:
    scale = 6
    places = [(x * scale, y * scale) for x, y in UPRIGHT]
    photo = dotted_face((300 * scale, 260 * scale), places, 36)
    mask = no_hole(photo)
    mask[700:760, 800:900] = 255
    face = labelled(places, 115 * scale)
    seen = read_face(photo, mask, face)
    found = align_face(NetworkRunner(TinyFaceCompletion(colour=(0.0, 0.0, 0.0)), CPU), seen, face, 0.0)
    assert found is not None
    bounds = Bounds(780, 680, 920, 780)
    grain = np.random.default_rng(0).normal(0.5, 0.1, (bounds.height, bounds.width, 1)).astype(np.float32)
    fill = np.repeat(np.clip(grain, 0, 1), 3, axis=2)
    result = redraw_face(WindowPixels(Window.scaled(bounds, 1.0), fill, mask[bounds.slices] > 0), seen, found)
    inside = (slice(25, 75), slice(25, 115))
    assert result.fill[inside].std() > 0.9 * fill[inside].std()


def parsed(probability_of_face: NDArray[np.float32]) -> ParsedWindow:
    height, width = probability_of_face.shape
    probabilities = np.zeros((height, width, LABEL_COUNT), np.float32)
    probabilities[..., 0], probabilities[..., FACE] = 1 - probability_of_face, probability_of_face
    heatmaps = np.zeros((height // 4, width // 4, 16), np.float32)
    return ParsedWindow(
        Window(Bounds(100, 50, 100 + 2 * width, 50 + 2 * height), Extent(width, height)),
        probabilities,
        heatmaps,
    )


def test_of_two_faces_the_one_that_lost_more_is_meant() -> None:
    face = np.zeros((64, 128), np.float32)
    face[10:40, 10:30] = face[10:50, 80:110] = 1
    hole = np.zeros((64, 128), np.bool_)
    hole[10:14, 10:30] = hole[10:30, 80:110] = True
    found = lost_face(parsed(face), hole)
    assert found == LabelledFace(100 + 2 * 95, 50 + 2 * 30, 60, 80)
    assert lost_face(parsed(face), np.zeros_like(hole)) is None


def test_the_pose_tells_how_far_the_head_is_turned() -> None:
    structure = parsed(np.zeros((64, 64), np.float32))
    assert turn_of_head(structure) == 0
    top, neck = KEYPOINTS.index("head-top"), KEYPOINTS.index("upper-neck")
    # The head's top lies up and to the right of the neck: turned clockwise.
    structure.heatmaps[4, 10, top] = structure.heatmaps[10, 4, neck] = 0.9
    assert turn_of_head(structure) == pytest.approx(45)


def dotted_request(**options: object) -> CompletionRequest:
    """A photo whose middle the tiny parser takes for a face; the mouth's surroundings are hidden."""
    photo = dotted_face((160, 160), [(62.0, 68.0), (98.0, 68.0), (80.0, 96.0)], 4)
    mask = np.zeros((160, 160), np.uint8)
    mask[76:84, 70:90] = 255
    return CompletionRequest(photo, mask, CompletionOptions(**options))  # type: ignore[arg-type]


def with_redrawing(network: TinyFaceCompletion) -> TinyNetworks:
    networks = TinyNetworks(with_face=True)
    networks.modules["face-completion"] = network.eval()
    return networks


def test_the_default_fill_redraws_a_face_and_says_by_what(memory: object) -> None:
    networks = with_redrawing(TinyFaceCompletion())
    result = Pipeline(networks, memory=memory).run(dotted_request(keep_stages=True))  # type: ignore[arg-type]
    (region,) = result.regions
    assert "face-completion" in result.weights
    assert "face" not in result.weights
    assert region.stages["face-after"].shape == (128, 128, 3)
    assert region.stages["face-parts"].shape == (128, 128, 3)
    plain = Pipeline(TinyNetworks(with_face=True), memory=memory).run(dotted_request())  # type: ignore[arg-type]
    assert "face-completion" not in plain.weights
    assert "face" in plain.weights
    assert not np.array_equal(region.pixels, plain.regions[0].pixels)


@pytest.mark.parametrize("method", [Method.NETWORK, Method.PATCHES])
def test_other_methods_are_as_they_were(memory: object, method: Method) -> None:
    network = TinyFaceCompletion()
    Pipeline(with_redrawing(network), memory=memory).run(dotted_request(method=method))  # type: ignore[arg-type]
    assert not network.looks


def test_a_doubtful_face_falls_back_to_the_fill_as_it_was(memory: object) -> None:
    network = TinyFaceCompletion(sure=False)
    doubtful = Pipeline(with_redrawing(network), memory=memory).run(dotted_request())  # type: ignore[arg-type]
    plain = Pipeline(TinyNetworks(with_face=True), memory=memory).run(dotted_request())  # type: ignore[arg-type]
    assert network.looks
    assert "face-completion" not in doubtful.weights
    assert doubtful.weights == plain.weights
    assert np.array_equal(doubtful.regions[0].pixels, plain.regions[0].pixels)


@pytest.mark.parametrize(
    ("side", "finish", "redrawn"), [(96, True, True), (96, False, False), (36, True, False)]
)
def test_small_faces_are_left_to_the_fill_as_it_was(
    memory: object, side: int, finish: bool, redrawn: bool
) -> None:
    network = TinyFaceCompletion()
    scale = side / 96
    places = [(x * scale, y * scale) for x, y in ((37.0, 41.0), (59.0, 41.0), (48.0, 58.0))]
    photo = dotted_face((side, side), places, round(3 * scale))
    mask = np.zeros((side, side), np.uint8)
    mask[round(46 * scale) : round(52 * scale), round(42 * scale) : round(54 * scale)] = 255
    request = CompletionRequest(photo, mask, CompletionOptions(finish_faces=finish))
    result = Pipeline(with_redrawing(network), memory=memory).run(request)  # type: ignore[arg-type]
    assert bool(network.looks) == redrawn
    assert ("face" in result.weights) != redrawn


def test_new_rows_of_the_canvas_are_not_redrawn(memory: object) -> None:
    network = TinyFaceCompletion()
    request = dotted_request()
    mask = np.zeros((160, 160), np.uint8)
    mask[:40] = 255
    extended = CompletionRequest(request.image, mask, extension=Margins(top=40))
    Pipeline(with_redrawing(network), memory=memory).run(extended)  # type: ignore[arg-type]
    assert not network.looks


def test_two_fills_one_after_the_other_are_alike(memory: object) -> None:
    engine = Pipeline(with_redrawing(TinyFaceCompletion()), memory=memory)  # type: ignore[arg-type]
    first, second = (engine.run(dotted_request()) for _ in range(2))
    assert np.array_equal(first.regions[0].pixels, second.regions[0].pixels)


def test_parts_are_shown_over_the_redrawn_face() -> None:
    after, parts = np.full((128, 128, 3), 0.5, np.float32), np.zeros((64, 64), np.uint8)
    parts[10:20, 10:20] = FACE_PARTS.index("left-eye")
    shown = RedrawnFace(after, after, after, parts).parts_over_face
    assert np.allclose(shown[50, 50], 0.5, atol=0.01), "what is no part of a face stays as it is"
    colour = np.array(FACE_PART_COLOURS[FACE_PARTS.index("left-eye")]) / 255
    assert np.allclose(shown[30, 30], 0.4 * 0.5 + 0.6 * colour, atol=0.01)
