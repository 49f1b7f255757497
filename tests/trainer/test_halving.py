import pytest
import torch
from torch import nn

from portrait_studio.networks.building import build_network
from trainer.release.halving import trial_inputs, try_half_precision
from trainer.tasks.family import TOLERANCES

NETWORKS = {
    "parsing": ("parsing", {"width": 8, "pose_width": 8, "dilations": [1]}),
    "completion": ("compact-completion", {"widths": [8, 8, 8], "dilations": [1], "attention": 0}),
    "face": ("face", {"width": 4, "blocks": 1}),
}


@pytest.mark.parametrize("task", NETWORKS)
def test_a_fresh_network_may_be_halved(task: str) -> None:
    torch.manual_seed(0)
    architecture, config = NETWORKS[task]
    module = build_network(architecture, config).eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    result = try_half_precision(module, task)
    assert result.changes.keys() <= TOLERANCES.keys()
    if task != "parsing":
        assert result.half
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_a_network_that_changes_too_much_stays_in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    module = build_network(*NETWORKS["face"]).eval()
    leave = module.get_submodule("leave")
    assert isinstance(leave, nn.Conv2d)
    nn.init.normal_(leave.weight, 0, 0.05)
    change = try_half_precision(module, "face").changes["grey levels"]
    assert 0 < change < TOLERANCES["grey levels"]
    monkeypatch.setitem(TOLERANCES, "grey levels", change / 2)
    assert not try_half_precision(module, "face").half


def test_a_network_that_breaks_is_not_halved() -> None:
    torch.manual_seed(0)
    module = build_network(*NETWORKS["parsing"]).eval()
    with torch.no_grad():
        next(module.parameters()).fill_(float("nan"))
    assert not try_half_precision(module, "parsing").half


def test_trial_pictures_have_holes_and_lie_in_range() -> None:
    picture, parsing, hole = trial_inputs("face")
    assert picture.shape == (4, 3, 64, 64)
    assert torch.equal(parsing.sum(1), torch.ones(4, 64, 64))
    assert 0.2 < hole.mean() < 1
    views, hidden = trial_inputs("parsing")
    assert float(views.abs().max()) <= 1
    assert float((views * hidden).abs().max()) == 0
