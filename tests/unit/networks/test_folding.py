from pathlib import Path

import pytest
import torch
from torch import nn

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.folding import fold_batch_norm, normalised_convolutions
from portrait_studio.networks.released import load_network, save_network

FACE = {"width": 4, "blocks": 1}
PARSING = {"width": 8, "pose_width": 8, "dilations": [1]}


def trained(architecture: str, config: dict[str, object]) -> nn.Module:
    """A network whose normalisations have learnt something."""
    torch.manual_seed(0)
    module = build_network(architecture, config)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for values in (layer.weight, layer.running_var):
                nn.init.uniform_(values, 0.5, 2)
            for values in (layer.bias, layer.running_mean):
                nn.init.normal_(values)
    return module.eval()


def inputs(architecture: str) -> tuple[torch.Tensor, ...]:
    picture, hole = torch.rand(2, 3, 64, 64), torch.zeros(2, 1, 64, 64)
    return (picture, hole) if architecture == "parsing" else (picture, torch.rand(2, 18, 64, 64), hole)


@pytest.mark.parametrize(("architecture", "config"), [("parsing", PARSING), ("face", FACE)])
def test_a_folded_network_says_the_same_without_any_normalisation(
    architecture: str, config: dict[str, object]
) -> None:
    module = trained(architecture, config)
    if architecture == "face":
        nn.init.normal_(module.leave.weight, 0, 0.05)  # type: ignore[union-attr, arg-type]
    given = inputs(architecture)
    folds = normalised_convolutions(module, *given)
    assert len(folds) == sum(isinstance(layer, nn.BatchNorm2d) for layer in module.modules())
    with torch.inference_mode():
        before = module(*given)
        fold_batch_norm(module, folds)
        after = module(*given)
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in module.modules())
    if architecture == "parsing":
        before, after = before.refined, after.refined
    assert before.std() > 1e-3
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-4)


class Shared(nn.Module):
    """A convolution that somebody else reads too, and a normalisation that follows none."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.BatchNorm2d(3)
        self.conv = nn.Conv2d(3, 3, 1)
        self.norm = nn.BatchNorm2d(3)
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(self.first(x))
        out: torch.Tensor = self.norm(y) + self.relu(y)
        return out


def test_what_others_read_is_not_folded() -> None:
    assert normalised_convolutions(Shared().eval(), torch.rand(1, 3, 8, 8)) == {}


def test_the_engine_folds_what_the_file_says_and_training_gets_the_normalisation(tmp_path: Path) -> None:
    module = trained("face", FACE)
    folds = normalised_convolutions(module, *inputs("face"))
    save_network(tmp_path / "face.safetensors", "face", module, {}, folds=folds)
    for_training = load_network("face", tmp_path)
    assert for_training.folds == folds
    assert for_training.module.state_dict().keys() == module.state_dict().keys()
    in_use = ReleasedNetworks(tmp_path).load("face").module
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in in_use.modules())


def test_folds_of_another_network_are_refused(tmp_path: Path) -> None:
    module = trained("face", FACE)
    with pytest.raises(OptionError, match="to fold"):
        fold_batch_norm(module, {"leave": "leave"})
    save_network(tmp_path / "face.safetensors", "face", module, {}, folds={"nothing": "leave"})
    with pytest.raises(WeightsError, match="does not fit"):
        load_network("face", tmp_path)
