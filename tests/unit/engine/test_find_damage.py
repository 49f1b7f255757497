"""Where a photo is damaged: tiles, sizes, thresholds and the mask that follows."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.damage import DamageFound, rim_of
from portrait_studio.engine.devices import Compute
from portrait_studio.engine.find_damage import (
    LONGEST_SEEN,
    RELEASED_THRESHOLD,
    TILE,
    find_damage,
    plan_tiles,
)
from portrait_studio.engine.find_requests import FindDamageRequest
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.progress import CancelToken, Progress
from portrait_studio.engine.run_network import NetworkRunner
from portrait_studio.engine.things import USUAL_THRESHOLD
from portrait_studio.errors import Cancelled
from portrait_studio.imaging.geometry import Extent
from portrait_studio.networks.damage import DamageUnet, DamageUnetConfig, relief
from portrait_studio.networks.released import LoadedNetwork

CPU = Compute(torch.device("cpu"), torch.float32)


class Bright(nn.Module):
    """Takes what is bright for damage, and notes what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, ...]] = []
        self.last = nn.Identity()

    def forward(self, image: Tensor) -> Tensor:
        self.seen.append(tuple(image.shape))
        bright: Tensor = self.last(image[:, :1])
        return 20 * (bright - 0.5)


class OnlyNetwork:
    """A store of one network."""

    def __init__(self, module: nn.Module) -> None:
        self._loaded = LoadedNetwork(module, "damage", "damage-unet", None, "0" * 64, {})

    def load(self, name: str) -> LoadedNetwork:
        return self._loaded

    def has(self, name: str) -> bool:
        return name == "damage"


def scratched(width: int, height: int, depth: type = np.uint8) -> np.ndarray:
    top = np.iinfo(depth).max
    image = np.full((height, width, 3), top // 3, depth)
    image[:, width // 2 - 2 : width // 2 + 2] = top
    return image


@pytest.mark.parametrize("size", [(90, 70), (512, 512), (513, 100), (1536, 1024), (1000, 1500)])
def test_believed_parts_cover_the_picture_once_and_lie_in_their_tiles(size: tuple[int, int]) -> None:
    times = np.zeros((size[1], size[0]), np.int32)
    for tile, kept in plan_tiles(Extent(*size)):
        times[kept.slices] += 1
        assert max(tile.width, tile.height) <= TILE
        assert tile.left <= kept.left < kept.right <= tile.right
        assert tile.top <= kept.top < kept.bottom <= tile.bottom
    assert (times == 1).all()


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_damage_is_found_across_tiles_as_in_one_look(depth: type) -> None:
    network = Bright()
    image = scratched(1100, 700, depth)
    mask = find_damage(NetworkRunner(network, CPU), image).mask(grow_px=0)
    assert len(network.seen) == 3 * 2
    assert all(side % 32 == 0 for _, _, height, width in network.seen for side in (height, width))
    assert np.array_equal(mask > 0, image[..., 0] == np.iinfo(depth).max)


def test_a_large_scan_is_seen_smaller_and_its_mask_has_its_own_size() -> None:
    network = Bright()
    image = scratched(4000, 1000)
    image[:, 1990:2010] = 255
    found = find_damage(NetworkRunner(network, CPU), image)
    assert found.probability.shape == (1000, 4000)
    assert sum(width for *_, width in network.seen) < 1.4 * LONGEST_SEEN
    mask = found.mask()
    assert (mask[:, 1992:2008] == 255).all()
    assert not mask[:, :1980].any()


def test_the_answer_that_is_put_up_with_stands_for_the_usual_threshold() -> None:
    """A pixel that the network is as sure of as the released threshold is just taken at the usual one."""

    class Sure(nn.Module):
        def forward(self, image: Tensor) -> Tensor:
            return torch.full_like(image[:, :1], float(torch.logit(torch.tensor(0.8))))

    image = np.zeros((64, 64, 3), np.uint8)
    level = find_damage(NetworkRunner(Sure(), CPU), image, threshold=0.8).probability[0, 0] / 255
    assert level == pytest.approx(USUAL_THRESHOLD, abs=0.01)
    assert 0 < RELEASED_THRESHOLD < 1


def test_a_lower_threshold_never_marks_less() -> None:
    levels = np.random.default_rng(0).integers(0, 256, (40, 50)).astype(np.uint8)
    found = DamageFound(levels)
    masks = [found.mask(share) > 0 for share in (0.1, 0.4, 0.7, 0.9)]
    for loose, tight in pairwise(masks):
        assert (loose | ~tight).all()
    assert np.array_equal(found.mask(0.5, 0) > 0, levels >= 127.5)


def test_the_rim_suits_the_photo() -> None:
    assert rim_of(Extent(300, 200)) == 1
    assert rim_of(Extent(6000, 4000)) == 5
    levels = np.zeros((21, 21), np.uint8)
    levels[10, 10] = 255
    assert np.count_nonzero(DamageFound(levels).mask()) == 5


def test_the_engine_reports_shares_and_obeys_cancel() -> None:
    heard: list[tuple[object, float]] = []
    engine = Pipeline(OnlyNetwork(Bright()))
    image = scratched(1100, 700)
    found = engine.run(FindDamageRequest(image), Progress(listener=lambda *said: heard.append(said)))
    assert found.mask().any()
    assert {stage for stage, _ in heard} == {None}
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert len(set(shares)) >= 6
    assert shares[-1] == 1
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        engine.run(FindDamageRequest(image), Progress(token))


def test_narrow_things_stand_out_in_the_relief_and_broad_ones_do_not() -> None:
    image = torch.zeros(1, 3, 40, 60)
    image[..., 10] = 0.5
    image[..., 20:23] = -0.5
    image[..., 35:50] = 0.8
    bright, broader, dark, darker = relief(image)[0, :, 20]
    assert bright[10] == broader[10] == 0.5
    assert dark[21] == darker[21] == 0.5
    assert not bright[35:50].any()
    assert not broader[35:50].any()
    assert not dark[10]


def test_the_network_answers_at_the_size_of_the_picture() -> None:
    network = DamageUnet(DamageUnetConfig((4, 6, 8))).eval()
    assert network.stride == 8
    assert network(torch.zeros(2, 3, 40, 24)).shape == (2, 1, 40, 24)
