"""Feet that the frame cut off come back below the legs that the photo shows, and only there."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.feet.entering_legs import legs_entering
from portrait_studio.engine.feet.painted_pair import painted_pairs, pairs_by_pose
from portrait_studio.engine.feet.placed_pair import HoleMask, PlacedPair, place_pair
from portrait_studio.engine.parsed_window import ParsedWindow
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.references.body_scale import believed_joints
from portrait_studio.engine.request import CompletionOptions, CompletionRequest
from portrait_studio.engine.resample import to_float
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.work_crop import Window
from portrait_studio.imaging.geometry import Bounds, Margins
from portrait_studio.imaging.masks import extent_of, mask_bounds
from portrait_studio.networks.conventions import KEYPOINTS
from portrait_studio.networks.feet import FEET, SHIN_PX
from tests.helpers.drawn_feet import LEFT_LEG, LEFT_SHOE, RIGHT_LEG, RIGHT_SHOE, ColourParser
from tests.helpers.drawn_pairs import PairByHeart, joints_of_pair, pair_sample
from tests.helpers.tiny_networks import TinyNetworks

PHOTO = pair_sample()
SCALE = 85 / SHIN_PX
"""Photo pixels for each pixel of the window: shins are 85 pixels long."""


def hole_below(row: int) -> NDArray[np.uint8]:
    hole = np.zeros(PHOTO.labels.shape, np.uint8)
    hole[row:] = 255
    return hole


def seen(hole: NDArray[np.uint8], labels: NDArray[np.uint8] = PHOTO.labels) -> ParsedWindow:
    """What a parser says that is sure of all joints, and guesses shoes as two blobs."""
    guessed = np.where(hole > 0, 0, labels).astype(np.uint8)
    guessed[200:225, 100:140][hole[200:225, 100:140] > 0] = RIGHT_SHOE
    guessed[200:225, 155:195][hole[200:225, 155:195] > 0] = LEFT_SHOE
    height, width = labels.shape
    heatmaps = np.zeros((-(-height // 4), -(-width // 4), 16), np.float32)
    for number, (x, y, sure) in enumerate(joints_of_pair()):
        if sure:
            heatmaps[min(round(y / 4), heatmaps.shape[0] - 1), round(x / 4), number] = 1
    window = Window(Bounds(0, 0, width, height), extent_of(labels))
    return ParsedWindow(window, np.eye(18, dtype=np.float32)[guessed], heatmaps)


def placed_below(row: int) -> PlacedPair:
    hole, parsed = hole_below(row), seen(hole_below(row))
    legs = legs_entering(hole, mask_bounds(hole), parsed, parsed, 85.0)
    network = PairByHeart().eval()
    pose = pairs_by_pose(network.joints.numpy(), believed_joints(parsed), 1)[0]
    pair = painted_pairs(NetworkRunner(network, Compute(torch.device("cpu"))), [pose])[0]
    laid = place_pair(pair, legs, SCALE, HoleMask(hole))
    assert laid is not None
    return laid


def test_the_legs_that_a_hole_cuts_off_are_found_with_their_sides() -> None:
    hole = hole_below(150)
    right, left = legs_entering(hole, mask_bounds(hole), seen(hole), seen(hole), 85.0)
    assert (right.side, left.side) == ("right", "left")
    assert (right.label, left.label) == (RIGHT_LEG, LEFT_LEG)
    assert right.middle == pytest.approx(130, abs=2)
    assert left.middle == pytest.approx(165, abs=2)
    assert right.row == pytest.approx(150, abs=2)
    assert left.ankle_row(85.0) == pytest.approx(190, abs=4)


def test_two_legs_in_one_garment_are_told_apart_by_its_width() -> None:
    labels = PHOTO.labels.copy()
    labels[40:190, 120:175] = 6
    hole = hole_below(150)
    parsed = seen(hole, labels)
    right, left = legs_entering(hole, mask_bounds(hole), parsed, parsed, 85.0)
    assert right.middle == pytest.approx(134, abs=3)
    assert left.middle == pytest.approx(161, abs=3)


def test_feet_stand_below_a_skirt_that_goes_on() -> None:
    labels = PHOTO.labels.copy()
    labels[40:190, 90:190] = 5
    hole = hole_below(150)
    parsed = seen(hole, labels)
    below = parsed.probabilities.copy()
    below[150:185, 90:190] = np.eye(18, dtype=np.float32)[5]
    parsed = replace(parsed, probabilities=below)
    assert [leg.row for leg in legs_entering(hole, mask_bounds(hole), parsed, parsed, 85.0)] == pytest.approx(
        [185, 185], abs=4
    )


def test_nobody_enters_where_the_hole_is_beside_the_legs() -> None:
    hole = np.zeros(PHOTO.labels.shape, np.uint8)
    hole[100:200, 10:60] = 255
    assert legs_entering(hole, mask_bounds(hole), seen(hole), seen(hole), 85.0) == ()


@pytest.mark.parametrize("row", [150, 172])
def test_shoes_come_back_where_they_were(row: int) -> None:
    laid, hole = placed_below(row), hole_below(row)
    labels = laid.labels_in(mask_bounds(hole), hole, seen(hole))
    truth = PHOTO.labels[row:]
    for shoe in (LEFT_SHOE, RIGHT_SHOE):
        both = np.count_nonzero((labels == shoe) & (truth == shoe))
        assert both / np.count_nonzero((labels == shoe) | (truth == shoe)) > 0.75
    legs = np.isin(truth, (LEFT_LEG, RIGHT_LEG))
    assert np.isin(labels, (LEFT_LEG, RIGHT_LEG))[legs].mean() > 0.8


def test_their_colours_are_those_of_the_pair_and_nothing_beyond_the_hole_changes() -> None:
    laid, hole = placed_below(160), hole_below(160)
    fill = to_float(PHOTO.image)
    fill[160:] = fill[:20].mean((0, 1))
    region = Bounds.of(extent_of(hole))
    picture = laid.laid_over(fill, PHOTO.image, region, hole > 0)
    assert np.array_equal(picture[:160], fill[:160])
    shoes = np.isin(PHOTO.labels, (LEFT_SHOE, RIGHT_SHOE)) & (hole > 0)
    assert np.abs(picture - to_float(PHOTO.image))[shoes].mean() < 0.08
    assert np.abs(fill - to_float(PHOTO.image))[shoes].mean() > 0.2


def test_the_ground_darkens_right_below_the_soles() -> None:
    laid, hole = placed_below(160), hole_below(160)
    fill = np.full(PHOTO.image.shape, 0.8, np.float32)
    picture = laid.laid_over(fill, PHOTO.image, Bounds.of(extent_of(hole)), hole > 0)
    rows = np.flatnonzero((PHOTO.labels == LEFT_SHOE).any(1))
    assert picture[rows[-1] + 3, 165:190].mean() < 0.72
    assert picture[rows[-1] + 20, 165:190].mean() > 0.79


def test_pairs_whose_legs_stand_alike_come_first_mirrored_ones_too() -> None:
    apart, close = joints_of_pair(60), joints_of_pair(150)
    ours = {name: point[:2].astype(float) for name, point in zip(KEYPOINTS, close, strict=True) if point[2]}
    poses = pairs_by_pose(np.stack([apart, close]), ours, 4)
    assert poses[0].number == 1
    assert not poses[0].is_mirrored
    assert poses[-1].number == 0
    assert poses[0].pose_distance < 0.01


def test_shoes_take_the_colour_of_what_shows_of_them() -> None:
    network = PairByHeart().eval()
    pose = pairs_by_pose(network.joints.numpy(), {}, 1)[0]
    pair = painted_pairs(NetworkRunner(network, Compute(torch.device("cpu"))), [pose])[0]
    tan = np.array([0.62, 0.52, 0.35])
    changed = pair.recoloured(tan)
    assert np.median(changed.picture[changed.shoes], axis=0) == pytest.approx(tan, abs=0.05)


def extended(networks: TinyNetworks, **options: bool) -> tuple[bool, NDArray[np.uint8]]:
    """Whether feet were invented below the cut-off photo, and the new rows."""
    hole = hole_below(178)
    image = PHOTO.image.copy()
    image[178:] = image[177]
    joints = {n: (float(x), float(y)) for n, (x, y, sure) in enumerate(joints_of_pair()) if sure}
    request = CompletionRequest(
        image, hole, CompletionOptions(**options), joints=joints, extension=Margins(bottom=len(image) - 178)
    )
    region = Pipeline(networks).run(request).regions[0]
    return region.invents_feet, np.asarray(region.pixels)


class SteeredParser(ColourParser):
    """Accepts joints that the user put somewhere, and says the same as without."""

    def forward(self, image: Tensor, mask: Tensor, given: Tensor | None = None) -> SimpleNamespace:
        """See `ColourParser`; the labels are those of `refined`."""
        said = super().forward(image, mask)
        said.steered = said.refined
        return said


def feet_networks() -> TinyNetworks:
    networks = TinyNetworks()
    networks.modules["parsing"] = SteeredParser().eval()
    networks.modules[FEET] = PairByHeart().eval()
    return networks


def test_an_extension_gets_feet_unless_that_is_not_wanted_or_there_is_no_network() -> None:
    invented, pixels = extended(feet_networks())
    assert invented
    assert not extended(feet_networks(), invent_feet=False)[0]
    without = feet_networks()
    del without.modules[FEET]
    left_alone, plain = extended(without)
    assert not left_alone
    assert not np.array_equal(pixels, plain)
