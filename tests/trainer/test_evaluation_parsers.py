from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.engine.request import ParseRequest, Structure
from portrait_studio.errors import OptionError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import save_network
from trainer.evaluation.cost import cost_of
from trainer.evaluation.methods import Bench
from trainer.evaluation.parsers import ParserRun, ParserTally, ParserVariant, hidden_joints, parser_rows
from trainer.metrics.parsing import FigureOverlap, PixelAccuracy
from trainer.protocols.case import Case


class FakeParser:
    """Always answers the same map and joints."""

    def __init__(self, labels: np.ndarray, joint: tuple[int, int] = (0, 0)) -> None:
        heatmaps = np.zeros((16, labels.shape[0] // 4, labels.shape[1] // 4), np.float16)
        heatmaps[:, joint[1], joint[0]] = 1
        height, width = labels.shape
        self._answer = Structure(Bounds(0, 0, width, height), labels, heatmaps)

    def run(self, request: ParseRequest, *_: object) -> Structure:
        return self._answer


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ReleasedNetworks:
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    module = build_network("parsing", {"width": 8, "pose_width": 8, "dilations": [1]})
    save_network(folder / "parsing.safetensors", "parsing", module, {})
    return ReleasedNetworks(folder)


def people() -> tuple[np.ndarray, np.ndarray]:
    """A map of 32 x 32 with two shoes in its lower half, and a hole over that half."""
    labels = np.zeros((32, 32), np.uint8)
    labels[4:20, 8:24] = 4
    labels[24:28, 8:12], labels[24:28, 20:24] = 10, 9
    mask = np.zeros((32, 32), np.uint8)
    mask[16:] = 255
    return labels, mask


def tally_of(answer: np.ndarray, case: Case, store: ReleasedNetworks) -> ParserTally:
    bench = Bench(store, lambda _: FakeParser(answer, (4, 6)))  # type: ignore[arg-type, return-value]
    tally = ParserTally("x")
    tally.add(case, ParserRun(ParserVariant("x"), bench)(case))
    return tally


def test_a_perfect_parser_has_full_marks(store: ReleasedNetworks) -> None:
    labels, mask = people()
    joints = np.zeros((16, 3), np.float32)
    joints[:, :2], joints[[8, 9], 2] = (18, 26), 1
    joints[9, :2] = (18, 10)
    figures = tally_of(
        labels, Case("a", np.zeros((32, 32, 3), np.uint8), mask, labels, joints), store
    ).figures()
    assert figures is not None
    assert (figures.mean_iou, figures.mean_iou_in_hole) == (1, 1)
    assert (figures.accuracy, figures.accuracy_in_hole) == (1, 1)
    assert (figures.figure_iou, figures.figure_iou_in_hole) == (1, 1)
    assert (figures.both_shoes, figures.shoe_cases) == (1, 1)
    # The neck lies under the hole where every joint is said to be; the head-top above it, a head away.
    assert (figures.pckh, figures.pckh_in_hole, figures.pckh_outside) == (0.5, 1, 0)
    assert figures.per_label["left-shoe"] == [1, 1]


def test_a_missing_shoe_is_no_pair(store: ReleasedNetworks) -> None:
    labels, mask = people()
    answer = labels.copy()
    answer[answer == 9] = 10
    figures = tally_of(answer, Case("a", np.zeros((32, 32, 3), np.uint8), mask, labels), store).figures()
    assert figures is not None
    assert (figures.both_shoes, figures.figure_iou) == (0, 1)
    assert figures.pckh is None


def test_silhouettes_tell_no_labels_apart(store: ReleasedNetworks) -> None:
    labels, mask = people()
    truth = np.where(labels > 0, 18, 0).astype(np.uint8)
    figures = tally_of(labels, Case("a", np.zeros((32, 32, 3), np.uint8), mask, truth), store).figures()
    assert figures is not None
    assert figures.mean_iou is None
    assert figures.per_label == {}
    assert (figures.figure_iou, figures.both_shoes) == (1, None)


def test_a_case_without_truth_and_missing_weights_give_no_figures(
    store: ReleasedNetworks, tmp_path: Path
) -> None:
    labels, mask = people()
    assert tally_of(labels, Case("a", np.zeros((32, 32, 3), np.uint8), mask), store).figures() is None
    bare = tally_of(
        labels, Case("a", np.zeros((32, 32, 3), np.uint8), mask, labels), ReleasedNetworks(tmp_path)
    )
    assert bare.figures() is None
    assert "missing" in bare.missing


def test_rows_begin_with_the_released_parser(store: ReleasedNetworks) -> None:
    network = store.load("parsing")
    assert [row.name for row in parser_rows([("alpha 0", network)])] == [
        "without refinement",
        "released",
        "alpha 0",
    ]


def test_joints_beyond_the_photo_are_not_hidden() -> None:
    mask = np.zeros((4, 6), np.uint8)
    mask[2:, :] = 1
    joints = np.array([(0, 2.9, 1), (5.9, 1.9, 1), (-1, 3, 1), (6, 3, 1), (1, 4, 1)], np.float32)
    np.testing.assert_array_equal(hidden_joints(joints, mask), [True, False, False, False, False])


def test_figure_overlap_leaves_unknown_pixels_out() -> None:
    overlap = FigureOverlap()
    assert np.isnan(overlap.iou)
    overlap.add(np.array([[18, 4, 0, 255, 25]], np.uint8), np.array([[1, 0, 2, 3, 4]], np.uint8))
    assert overlap.iou == pytest.approx(1 / 3)
    overlap.add(np.array([[4, 4]], np.uint8), np.array([[4, 0]], np.uint8), np.array([[1, 0]], np.uint8))
    assert overlap.iou == pytest.approx(2 / 4)


def test_pixel_accuracy_lets_a_set_of_labels_be_each_of_its_members() -> None:
    accuracy = PixelAccuracy()
    assert np.isnan(accuracy.share)
    # Any part, skin, a leg, hair, background, anything but hair; and what is not known.
    truth = np.array([[18, 19, 23, 2, 0, 25, 255]], np.uint8)
    accuracy.add(truth, np.array([[5, 14, 12, 2, 0, 0, 7]], np.uint8))
    assert accuracy.share == 1
    accuracy.add(truth, np.array([[0, 4, 11, 1, 3, 2, 7]], np.uint8))
    assert accuracy.share == 0.5
    accuracy.add(
        truth, np.array([[1, 0, 0, 0, 1, 0, 7]], np.uint8), np.array([[1, 0, 0, 0, 0, 0, 1]], np.uint8)
    )
    assert accuracy.share == pytest.approx(7 / 13)
    with pytest.raises(OptionError, match="different sizes"):
        accuracy.add(truth, truth[:, 1:])
    with pytest.raises(OptionError, match="labels end at 17"):
        accuracy.add(truth, truth)


def test_cost_counts_files_and_operations(tmp_path: Path) -> None:
    assert cost_of(tmp_path, ReleasedNetworks(tmp_path)) is None
    path = tmp_path / "face.safetensors"
    save_network(path, "face", build_network("face", {"width": 4, "blocks": 1}), {})
    cost = cost_of(tmp_path, ReleasedNetworks(tmp_path))
    assert cost is not None
    assert cost.networks == ["face"]
    assert cost.megabytes == path.stat().st_size / 1e6
    assert 0 < cost.gmacs < 1


def test_networks_for_extensions_take_room_but_no_operations_more(tmp_path: Path) -> None:
    network = build_network("parsing", {"width": 8, "pose_width": 8, "dilations": [1]})
    save_network(tmp_path / "parsing.safetensors", "parsing", network, {})
    alone = cost_of(tmp_path, ReleasedNetworks(tmp_path))
    save_network(tmp_path / "parsing-up.safetensors", "parsing", network, {}, name="parsing-up")
    both = cost_of(tmp_path, ReleasedNetworks(tmp_path))
    assert alone is not None
    assert both is not None
    assert both.networks == ["parsing", "parsing-up"]
    assert both.megabytes == pytest.approx(2 * alone.megabytes, rel=0.05)
    assert both.gmacs == alone.gmacs


def test_a_network_in_anothers_place_counts_only_as_the_costlier_one(tmp_path: Path) -> None:
    slow = build_network("compact-completion", {"widths": [16, 32, 48]})
    save_network(tmp_path / "completion.safetensors", "compact-completion", slow, {}, name="completion")
    alone = cost_of(tmp_path, ReleasedNetworks(tmp_path))
    quick = build_network("glcic", {"width": 4})
    name = "general-completion"
    save_network(tmp_path / f"{name}.safetensors", "glcic", quick, {}, name=name)
    both = cost_of(tmp_path, ReleasedNetworks(tmp_path))
    assert alone is not None
    assert both is not None
    assert both.networks == ["completion", name]
    assert both.megabytes > alone.megabytes
    assert both.gmacs == alone.gmacs
