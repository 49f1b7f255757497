"""Single steps with tiny networks: running, parsing, completing, refining the face."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.complete import complete
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.engine.parse import parse
from portrait_studio.engine.parsed_window import ParsedWindow, average, labels_at
from portrait_studio.engine.progress import Progress, Stage
from portrait_studio.engine.refine_face import face_window, refine_face
from portrait_studio.engine.resample import WindowPixels, read_window
from portrait_studio.engine.run_network import NetworkRunner, to_array, to_tensor
from portrait_studio.engine.work_crop import Window
from portrait_studio.errors import Cancelled, WeightsError
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.networks.conventions import FACE, KEYPOINTS, LABEL_COUNT, LABELS, MIRROR_LABELS
from tests.helpers.tiny_networks import TinyCompletion, TinyFace, TinyParser

CPU = Compute(torch.device("cpu"))


def silent(_fraction: float) -> None:
    """Hears nothing."""


def parsed_with_face(window: Window, face: Bounds) -> ParsedWindow:
    """A structure that is face inside `face` (in network pixels) and background elsewhere."""
    size = window.size
    probabilities = np.zeros((size.height, size.width, LABEL_COUNT), np.float32)
    probabilities[..., 0] = 1
    probabilities[face.slices] = np.eye(LABEL_COUNT, dtype=np.float32)[FACE]
    heatmaps = np.zeros((-(-size.height // 4), -(-size.width // 4), 16), np.float32)
    return ParsedWindow(window, probabilities, heatmaps)


def test_arrays_and_tensors_are_inverse() -> None:
    array = np.random.default_rng(0).random((5, 7, 3)).astype(np.float32)
    assert to_tensor(array).shape == (1, 3, 5, 7)
    assert np.array_equal(to_array(to_tensor(array)), array)
    assert to_tensor(array[..., 0]).shape == (1, 1, 5, 7)


def test_a_forward_pass_is_cancelled_between_layers() -> None:
    ran: list[int] = []

    class Layer(nn.Module):
        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

        def forward(self, values: Tensor) -> Tensor:
            ran.append(self.number)
            return values

    network = nn.Sequential(*[Layer(number) for number in range(10)])

    def cancel_midway(fraction: float) -> None:
        if fraction >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        NetworkRunner(network, CPU, cancel_midway)(torch.zeros(1, 1, 2, 2))
    assert ran == [0, 1, 2, 3, 4]
    ran.clear()
    NetworkRunner(network, CPU)(torch.zeros(1, 1, 2, 2))
    assert ran == list(range(10))


def test_lower_precision_comes_back_as_float32() -> None:
    network = nn.Conv2d(3, 3, 1)
    output = NetworkRunner(network, Compute(torch.device("cpu"), torch.bfloat16))(torch.ones(1, 3, 4, 4))
    assert output.dtype is torch.bfloat16
    assert to_array(output).dtype == np.float32
    assert next(network.parameters()).dtype is torch.float32


def test_parse_and_complete_keep_the_windows_size() -> None:
    image = np.random.default_rng(0).integers(0, 256, (90, 130, 3), dtype=np.uint8)
    mask = np.zeros((90, 130), np.uint8)
    mask[20:50, 30:60] = 255
    window = Window.scaled(Bounds(10, 5, 120, 85), 0.9)
    view = read_window(image, mask, window)
    parsed = parse(NetworkRunner(TinyParser(True), CPU), [view])
    assert parsed.probabilities.shape == (window.size.height, window.size.width, LABEL_COUNT)
    np.testing.assert_allclose(parsed.probabilities.sum(axis=2), 1, atol=1e-5)
    completed = complete(NetworkRunner(TinyCompletion(), CPU), view, parsed.probabilities)
    assert completed.shape == (window.size.height, window.size.width, 3)
    assert 0.4 < completed.mean() < 0.6


class LopsidedCompletion(nn.Module):
    """Paints a ramp from left to right, brighter where it is told left shoe."""

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        ramp = torch.linspace(-0.5, 0.5, image.shape[3]).expand_as(image)
        return ramp + 0.5 * parsing[:, LABELS.index("left-shoe"), None]


def test_a_photo_and_its_mirror_image_are_completed_alike() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 96, 3), dtype=np.uint8)
    mask = np.zeros((64, 96), np.uint8)
    mask[20:50, 10:40] = 255
    window = Window(Bounds(0, 0, 96, 64), Extent(96, 64))
    labels = np.zeros((64, 96, LABEL_COUNT), np.float32)
    labels[:, :30, LABELS.index("left-shoe")] = labels[:, 30:, LABELS.index("right-shoe")] = 1
    swapped = np.ascontiguousarray(labels[:, ::-1][..., list(MIRROR_LABELS)])
    flip = np.s_[:, ::-1]
    straight, mirrored = (
        complete(NetworkRunner(LopsidedCompletion(), CPU), read_window(photo, hole, window), shares)
        for photo, hole, shares in ((image, mask, labels), (image[flip], mask[flip], swapped))
    )
    np.testing.assert_allclose(straight, mirrored[flip], atol=1e-6)
    # The ramps of both directions cancel out, and either side is a left shoe in one of the pictures.
    np.testing.assert_allclose(straight, 0.625, atol=1e-5)


def test_a_structure_keeps_its_place_in_another_window() -> None:
    window = Window.scaled(Bounds(100, 200, 300, 400), 0.5)
    parsed = parsed_with_face(window, Bounds(20, 40, 60, 80))
    closer = parsed.seen_through(Window.scaled(Bounds(130, 270, 230, 370), 2.0))
    face = np.argwhere(closer.labels == FACE)
    # Face in photo pixels is (140, 280) to (220, 360).
    np.testing.assert_allclose(face.min(axis=0), [20, 20], atol=2)
    np.testing.assert_allclose(face.max(axis=0), [179, 179], atol=2)
    np.testing.assert_allclose(closer.probabilities.sum(axis=2), 1, atol=1e-4)
    assert parsed.seen_through(window) is parsed


class LeftArmOnTheLeft(nn.Module):
    """Calls the left half of what it sees "left-arm" and puts the left wrist there, whatever the picture."""

    def forward(self, image: Tensor, mask: Tensor) -> SimpleNamespace:
        count, _, height, width = image.shape
        logits = torch.zeros(count, LABEL_COUNT, height, width)
        logits[:, LABELS.index("left-arm"), :, : width // 2] = 9
        heatmaps = torch.zeros(count, 16, height // 4, width // 4)
        heatmaps[:, KEYPOINTS.index("left-wrist"), :, 0] = 1
        return SimpleNamespace(refined=logits, logits=logits, heatmaps=heatmaps)


def test_the_mirrored_look_is_turned_back() -> None:
    """Half of the opinion comes from the mirror: there the right half is called "right-arm"."""
    image, mask = np.zeros((64, 64, 3), np.uint8), np.zeros((64, 64), np.uint8)
    window = Window.scaled(Bounds(0, 0, 64, 64), 1.0)
    parsed = parse(NetworkRunner(LeftArmOnTheLeft(), CPU), [read_window(image, mask, window)])
    left, right = LABELS.index("left-arm"), LABELS.index("right-arm")
    assert parsed.probabilities[32, 10, left] == pytest.approx(0.5, abs=0.05)
    assert parsed.probabilities[32, 54, right] == pytest.approx(0.5, abs=0.05)
    assert parsed.probabilities[32, 54, left] < 0.1
    assert parsed.heatmaps[8, 0, KEYPOINTS.index("left-wrist")] == 0.5
    assert parsed.heatmaps[8, 15, KEYPOINTS.index("right-wrist")] == 0.5


def test_looks_of_several_sizes_are_averaged_at_the_largest() -> None:
    image, mask = np.zeros((64, 96, 3), np.uint8), np.zeros((64, 96), np.uint8)
    windows = tuple(Window.scaled(Bounds(0, 0, 96, 64), scale) for scale in (0.5, 1.0))
    heard: list[float] = []
    views = [read_window(image, mask, window) for window in windows]
    parsed = parse(NetworkRunner(TinyParser(True), CPU, heard.append), views)
    assert parsed.window == windows[-1]
    assert parsed.labels[32, 48] == FACE
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_average_of_two_opinions() -> None:
    window = Window.scaled(Bounds(0, 0, 64, 64), 1.0)
    one, other = (parsed_with_face(window, Bounds(0, 0, side, 64)) for side in (40, 20))
    mean = average([one, other])
    assert mean.probabilities[0, 30, FACE] == 0.5
    assert mean.probabilities[0, 10, FACE] == 1.0
    assert mean.probabilities.dtype == np.float32


@pytest.mark.parametrize("factor", [1, 3])
def test_labels_at_another_size(factor: int) -> None:
    window = Window.scaled(Bounds(0, 0, 60, 50), 1.0)
    parsed = parsed_with_face(window, Bounds(10, 10, 40, 30))
    finer = Window(window.bounds, Extent(60 * factor, 50 * factor))
    labels = labels_at(parsed, finer, None, silent)
    wanted = np.zeros((50, 60), np.uint8)
    wanted[10:30, 10:40] = FACE
    agreement = labels == np.kron(wanted, np.ones((factor, factor), np.uint8))
    assert agreement.mean() > 0.99
    structure = np.full((50, 60), 255, np.uint8)
    structure[0:5] = 6
    overruled = labels_at(parsed, finer, structure, silent)
    assert (overruled[: 5 * factor] == 6).all()
    assert np.array_equal(overruled[5 * factor :], labels[5 * factor :])


def test_overruled_probabilities_are_certain() -> None:
    window = Window.scaled(Bounds(0, 0, 64, 64), 1.0)
    structure = np.full((64, 64), 255, np.uint8)
    structure[:10] = 3
    parsed = parsed_with_face(window, Bounds(10, 10, 40, 30)).overruled_by(structure)
    assert (parsed.probabilities[:10, :, 3] == 1).all()
    np.testing.assert_allclose(parsed.probabilities.sum(axis=2), 1)


def test_decided_probabilities_keep_the_label_and_little_doubt() -> None:
    window = Window.scaled(Bounds(0, 0, 32, 32), 1.0)
    table = np.random.default_rng(0).dirichlet(np.ones(LABEL_COUNT), (32, 32)).astype(np.float32)
    parsed = ParsedWindow(window, table, np.zeros((8, 8, 16), np.float32))
    decided = parsed.decided(0.9)
    assert np.array_equal(decided.labels, parsed.labels)
    doubt, left = 1 - parsed.probabilities.max(axis=2), 1 - decided.probabilities.max(axis=2)
    np.testing.assert_allclose(left, 0.1 * doubt, atol=1e-5)
    np.testing.assert_allclose(decided.probabilities.sum(axis=2), 1, atol=1e-5)
    assert np.array_equal(parsed.decided(0.0).probabilities, parsed.probabilities)


def test_face_window_is_a_square_around_the_face() -> None:
    window = Window.scaled(Bounds(100, 50, 228, 178), 1.0)
    parsed = parsed_with_face(window, Bounds(40, 30, 80, 90))
    hole = np.zeros((128, 128), np.bool_)
    hole[35:50, 45:60] = True
    assert face_window(parsed, hole) == Bounds(130, 80, 190, 140)


@pytest.mark.parametrize(
    ("face", "hole"),
    [
        (Bounds(40, 30, 80, 90), Bounds(0, 0, 20, 20)),
        (Bounds(40, 30, 44, 34), Bounds(30, 20, 60, 60)),
        (Bounds(0, 0, 0, 0), Bounds(30, 20, 60, 60)),
    ],
    ids=["hole elsewhere", "tiny face", "no face"],
)
def test_no_face_to_refine(face: Bounds, hole: Bounds) -> None:
    window = Window.scaled(Bounds(0, 0, 128, 128), 1.0)
    holes = np.zeros((128, 128), np.bool_)
    holes[hole.slices] = True
    assert face_window(parsed_with_face(window, face), holes) is None


def test_of_two_faces_the_more_damaged_is_refined() -> None:
    window = Window.scaled(Bounds(0, 0, 256, 128), 1.0)
    parsed = parsed_with_face(window, Bounds(20, 30, 60, 70))
    parsed.probabilities[30:90, 160:220] = np.eye(LABEL_COUNT, dtype=np.float32)[FACE]
    hole = np.zeros((128, 256), np.bool_)
    hole[60:, :] = True
    found = face_window(parsed, hole)
    assert found is not None
    assert found.left >= 150


def test_the_residual_is_added_inside_the_hole_only() -> None:
    window = Window.scaled(Bounds(0, 0, 128, 128), 1.0)
    parsed = parsed_with_face(window, Bounds(20, 20, 100, 100))
    fill = np.full((128, 128, 3), 0.5, np.float32)
    hole = np.zeros((128, 128), np.bool_)
    hole[40:80, 10:80] = True
    face = Bounds(20, 20, 100, 100)
    refined = refine_face(NetworkRunner(TinyFace(), CPU), WindowPixels(window, fill, hole), parsed, face)
    assert refined.before.shape == refined.after.shape == (64, 64, 3)
    assert np.array_equal(refined.fill[~hole], fill[~hole])
    np.testing.assert_allclose(refined.fill[55, 55], 0.6, atol=1e-3)
    # It fades out towards the window's border and ends there.
    assert 0.5 < refined.fill[60, 21, 0] < 0.59
    assert (refined.fill[:, :20] == 0.5).all()


def test_missing_weights_are_found_when_they_are_needed(tmp_path: Path) -> None:
    networks = ReleasedNetworks(tmp_path / "nowhere")
    with pytest.raises(WeightsError):
        networks.load("parsing")


def test_progress_of_several_holes() -> None:
    heard: list[float] = []
    progress = Progress(listener=lambda _stage, share: heard.append(share))
    for part in range(2):
        progress.begin_part(part, 2)
        for stage in Stage:
            progress.report(stage, 0.0)
            progress.report(stage, 1.0)
    assert heard[0] == 0
    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1)
    assert heard[len(heard) // 2 - 1] == pytest.approx(0.5)
    assert set(progress.seconds) == set(Stage)
