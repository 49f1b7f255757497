"""Joints that the user put somewhere: heatmaps, and the parsing map refined by them inside the hole."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.parse import parse
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.resample import read_window
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.networks.conventions import KEYPOINT_COUNT, KEYPOINTS, LABELS
from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork

LEFT, RIGHT = KEYPOINTS.index("left-ankle"), KEYPOINTS.index("right-ankle")
LEFT_SHOE, RIGHT_SHOE = LABELS.index("left-shoe"), LABELS.index("right-shoe")
CPU = Compute(torch.device("cpu"))
PHOTO = Bounds(0, 0, 120, 90)


class ShoesAtAnkles(nn.Module):
    """Says background, or when steered a shoe around each ankle; predicts all joints in the corner."""

    def forward(self, image: Tensor, mask: Tensor, given: Tensor | None = None) -> SimpleNamespace:
        count, _, height, width = image.shape
        refined = torch.zeros(count, len(LABELS), height, width)
        refined[:, 0] = 4
        heatmaps = torch.zeros(count, KEYPOINT_COUNT, height // 4, width // 4)
        heatmaps[..., 0, 0] = 0.5
        if given is None:
            return SimpleNamespace(refined=refined, heatmaps=heatmaps)
        steered = refined.clone()
        known = functional.interpolate(torch.where(given < 0, 0 * heatmaps, given), (height, width))
        steered[:, LEFT_SHOE] = 20 * known[:, LEFT]
        steered[:, RIGHT_SHOE] = 20 * known[:, RIGHT]
        return SimpleNamespace(refined=refined, heatmaps=heatmaps, steered=steered)


def parsed(joints: dict[int, tuple[float, float]], scale: float, part: Bounds = PHOTO) -> ParsedWindow:
    """The hole is the left half of the photo."""
    image = np.full((90, 120, 3), 120, np.uint8)
    mask = np.zeros((90, 120), np.uint8)
    mask[:, :60] = 255
    views = [read_window(image, mask, Window.scaled(part, size)) for size in (scale / 2, scale)]
    return parse(NetworkRunner(ShoesAtAnkles(), CPU), views, joints)


def peak(answer: ParsedWindow, joint: int) -> tuple[float, float]:
    """Photo position of a heatmap's peak."""
    heat, bounds = answer.heatmaps[..., joint], answer.window.bounds
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    across, down = bounds.width / heat.shape[1], bounds.height / heat.shape[0]
    return bounds.left + (column + 0.5) * across, bounds.top + (row + 0.5) * down


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_map_follows_the_joints_inside_the_hole_only(scale: float) -> None:
    answer = parsed({LEFT: (30.0, 40.0), RIGHT: (90.0, 40.0)}, scale)
    labels = answer.labels

    def label(x: float, y: float) -> int:
        return int(labels[round(y * scale), round(x * scale)])

    assert label(30, 40) == LEFT_SHOE
    assert label(30, 80) == 0
    # There the photo is known, so that a joint changes nothing.
    assert label(90, 40) == 0
    np.testing.assert_allclose(answer.probabilities.sum(axis=2), 1, atol=1e-4)


def test_the_heatmap_peaks_where_the_joint_was_put_and_the_others_stay() -> None:
    answer = parsed({LEFT: (30.0, 40.0)}, 2.0)
    assert peak(answer, LEFT) == pytest.approx((30, 40), abs=3)
    assert peak(answer, RIGHT) == pytest.approx(peak(parsed({}, 2.0), RIGHT))


def test_a_closer_look_puts_the_joint_at_the_same_place() -> None:
    answer = parsed({LEFT: (30.0, 40.0)}, 3.0, Bounds(10, 20, 70, 70))
    assert peak(answer, LEFT) == pytest.approx((30, 40), abs=2)
    away = parsed({LEFT: (110.0, 5.0)}, 3.0, Bounds(10, 20, 70, 70))
    assert away.heatmaps[..., LEFT].max() < 1e-3


def test_the_real_network_refines_anew_by_the_given_heatmaps() -> None:
    torch.manual_seed(0)
    network = ParsingNetwork(ParsingConfig(width=12, pose_width=8, dilations=(1,))).eval()
    image, mask = torch.rand(1, 3, 64, 64), torch.zeros(1, 1, 64, 64)
    given = torch.full((1, KEYPOINT_COUNT, 16, 16), -1.0)
    with torch.no_grad():
        plain, same = network(image, mask), network(image, mask, given)
        given[:, LEFT] = 0
        given[:, LEFT, 3, 9] = 1
        moved = network(image, mask, given)
    assert plain.steered is None
    assert torch.equal(same.steered, plain.refined)
    assert torch.equal(moved.refined, plain.refined)
    assert not torch.allclose(moved.steered, plain.refined)
