from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torchvision.models import inception_v3

from portrait_studio.errors import WeightsError
from trainer.evaluation.distribution import FeatureTally, features_of
from trainer.evaluation.methods import Fill
from trainer.evaluation.scoring import CaseResult
from trainer.metrics import features
from trainer.metrics.appearance import InceptionFeatures, VggFeatures, feature_network
from trainer.protocols.case import Case

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 30, 3)).astype(np.uint8)


@pytest.fixture
def vgg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Random weights of a VGG with few channels."""
    layout = (4, 4, 0, 4, 4, 0, 4, 4, 4, 0, 4, 4, 4, 0, 4, 4, 512)
    monkeypatch.setattr(features, "LAYOUT", layout)
    # torchvision leaves no weights here, whatever the machine holds.
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    state, channels, place = {}, 3, 0
    generator = torch.Generator().manual_seed(0)
    for width in layout:
        if width == 0:
            place += 1
            continue
        shape = (width, channels, 3, 3)
        state[f"features.{place}.weight"] = torch.randn(shape, generator=generator) * 0.4
        state[f"features.{place}.bias"] = torch.zeros(width)
        channels, place = width, place + 2
    save_file(state, tmp_path / "vgg.safetensors")
    return tmp_path / "vgg.safetensors"


def test_vgg_stands_in_where_there_is_no_inception(vgg: Path) -> None:
    network = feature_network(None, vgg)
    assert isinstance(network, VggFeatures)
    assert network.name.startswith("VGG-16 relu5_3, file ")
    seen = network(PICTURE)
    assert seen.shape == (network.dimensions,)
    np.testing.assert_array_equal(seen, network(PICTURE))
    assert not np.allclose(seen, network(255 - PICTURE))
    assert feature_network(None, None) is None


def test_inception_reads_the_file_of_torchvision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    state = inception_v3(weights=None, init_weights=False).state_dict()
    kept = tmp_path / "hub" / "checkpoints" / "inception_v3_google-0cc3c7bd.pth"
    kept.parent.mkdir(parents=True)
    torch.save(
        {key: value.half() if value.is_floating_point() else value for key, value in state.items()}, kept
    )
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    network = feature_network(None, None)
    assert isinstance(network, InceptionFeatures)
    assert "Inception-v3" in network.name
    seen = network(PICTURE)
    assert seen.shape == (2048,)
    assert np.isfinite(seen).all()


def test_files_with_other_content_are_refused(tmp_path: Path, vgg: Path) -> None:
    with pytest.raises(WeightsError, match="torchvision's Inception-v3"):
        InceptionFeatures(vgg)
    with pytest.raises(WeightsError, match="torchvision's Inception-v3"):
        InceptionFeatures(tmp_path / "none.pth")
    (tmp_path / "text.pth").write_text("nothing")
    with pytest.raises(WeightsError, match="torchvision's Inception-v3"):
        InceptionFeatures(tmp_path / "text.pth")
    with pytest.raises(WeightsError, match="VGG-16"):
        VggFeatures(tmp_path / "none.safetensors")


class Colours:
    """Sees the mean colour and no more."""

    name, dimensions = "mean colour", 3

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        return picture.astype(np.float64).mean((0, 1))


def test_a_method_that_failed_somewhere_has_no_distance() -> None:
    tally = FeatureTally()
    rng = np.random.default_rng(3)
    for number in range(4):
        truth = rng.integers(0, 200, (12, 12, 3)).astype(np.uint8)
        fills = {"same": Fill(truth, 0.0), "brighter": Fill(truth + np.uint8(10), 0.0)}
        if number:
            fills["late"] = Fill(truth, 0.0)
        result = CaseResult(Case(str(number), truth, np.ones((12, 12), np.uint8)), fills, {})
        tally.add(features_of(Colours(), result))
        assert (tally.result() is None) == (number == 0)
    result = tally.result()
    assert result is not None
    assert result.values == {"same": pytest.approx(0, abs=1e-9), "brighter": pytest.approx(300)}
    assert "mean colour" in result.note
    assert "fewer" not in result.note


def test_few_cases_are_warned_of() -> None:
    tally = FeatureTally()
    for value in (0, 50):
        picture = np.full((12, 12, 3), value, np.uint8)
        result = CaseResult(Case("x", picture, np.ones((12, 12), np.uint8)), {}, {})
        tally.add(features_of(Colours(), result))
    result = tally.result()
    assert result is not None
    assert "2 cases are fewer than its 3 features" in result.note
