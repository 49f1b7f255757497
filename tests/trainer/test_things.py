"""The protocol `things`: loose masks around things, what methods make of them, and the report."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.errors import OptionError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.conventions import IGNORE_LABEL
from tests.helpers.tiny_networks import TinyNetworks
from tests.helpers.tiny_packs import SET, figure
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.own_measures import evaluate_things
from trainer.evaluation.rendering import as_text
from trainer.evaluation.report import read_json, write_json
from trainer.evaluation.targets import thing_targets
from trainer.evaluation.things import ThingFills, ThingRow, ThingTally, measured_thing
from trainer.metrics.segmentation import MaskScore, mask_score, mean_mask_score
from trainer.protocols.things import PASTED, REAL, pasted_cases, real_cases

LOOSE, USUAL = "loose mask", "network over 0.4"


class AsMarked(nn.Module):
    """Takes all that is marked for the thing."""

    def __init__(self) -> None:
        super().__init__()
        self.last = nn.Identity()

    def forward(self, image: Tensor, prompt: Tensor) -> Tensor:
        marked: Tensor = self.last(prompt[:, :1])
        return 20 * (marked - 0.5)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    samples = [figure(f"{SET}/{i:03d}", i, size=(192, 256), bag=True) for i in range(3)]
    write_packs([(sample, {}) for sample in samples], tmp_path / "packs", SET, "val")
    return tmp_path / "packs"


def test_things_are_marked_in_their_place_and_the_same_each_time(packs: Path) -> None:
    photos = PackedSet(packs, "val")
    cases = list(real_cases(photos))
    assert {"bag", "left-shoe", "right-shoe", "upper-clothes"} <= {case.thing for case in cases}
    for case in cases:
        thing = case.truth == 1
        assert (case.loose[thing] != 0).mean() > 0.7
        assert not (case.skin & thing).any()
        assert case.behind is None
    again = list(real_cases(photos, 4))
    assert len(again) == 4
    assert all(np.array_equal(one.loose, other.loose) for one, other in zip(again, cases, strict=False))


def test_what_is_behind_a_pasted_thing_is_known(packs: Path) -> None:
    cases = list(pasted_cases(PackedSet(packs, "val")))
    assert cases
    for case in cases:
        assert case.thing == PASTED
        assert case.behind is not None
        assert (case.image != case.behind).any(2)[case.truth == 1].mean() > 0.8


def test_figures_of_a_mask_by_hand() -> None:
    truth = np.zeros((40, 40), np.uint8)
    truth[10:20, 10:20] = 1
    truth[30:, :] = IGNORE_LABEL
    mask = np.zeros_like(truth)
    mask[10:20, 15:25] = mask[35:, :] = 255
    loose = np.zeros_like(truth)
    loose[5:25, 5:25] = 255
    skin = np.zeros((40, 40), np.bool_)
    skin[10:20, 20:30] = True
    # Half of the thing is hit, as much beside it; the rows that nobody knows count for the area only.
    score = mask_score(mask, truth, loose, skin)
    assert score == MaskScore(50 / 150, 0.5, 0.8, 300 / 400, 0.5)
    assert mean_mask_score([score, MaskScore(1, 1, 1, 1, 1)]).inside == 0.75


def test_pasted_things_are_filled_through_each_mask(packs: Path, tmp_path: Path) -> None:
    cases = list(pasted_cases(PackedSet(packs, "val"), 1))
    networks = TinyNetworks()
    networks.modules["segmentation"] = AsMarked().eval()
    engine = Pipeline(networks)
    tally = ThingTally()
    for case in cases:
        tally.add(case, measured_thing(case, engine, Hardware("cpu"), ThingFills(engine)))
    assert {len(scores) for scores in tally.fills.values()} == {len(cases)}
    assert [title.removeprefix("default, ") for title in tally.fills] == [
        LOOSE,
        f"{LOOSE}, structure as seen",
        "GrabCut",
        f"{USUAL}, copied from anywhere",
        USUAL,
        "exact thing",
    ]
    (sheet,) = tally.write(tmp_path)
    assert sheet.stat().st_size > 0
    # What lies outside the smaller hole is left as it is, which is the truth there.
    assert (
        tally.fills["default, exact thing"][0].l1_in_hole < tally.fills["default, loose mask"][0].l1_in_hole
    )


def test_the_report_tells_masks_and_is_read_back(packs: Path, tmp_path: Path) -> None:
    networks = TinyNetworks()
    networks.modules["segmentation"] = AsMarked().eval()
    options = EvaluateOptions(data=packs, protocol="things", sets=(SET,), limit=2, hardware=Hardware("cpu"))
    report, tally = evaluate_things(options, networks)
    assert 2 < report.cases <= 4
    assert not tally.scores
    rows = {(row.group, row.method): row for row in report.things}
    assert rows[REAL, LOOSE].cases == 2
    # The network answers by what is marked, and a little beside it at the size of the photo.
    assert rows[REAL, USUAL].figures.area == pytest.approx(1, abs=0.15)
    assert "Things in loose masks" in as_text(report)
    assert {row.group for row in report.things} > {REAL, PASTED}
    write_json(report, tally, tmp_path / "report.json")
    back = read_json(tmp_path / "report.json")
    assert back.things == report.things
    assert back.targets == report.targets


def test_without_packs_nothing_is_measured() -> None:
    with pytest.raises(OptionError, match="packed photos"):
        evaluate_things(EvaluateOptions(protocol="things"), TinyNetworks())


def test_targets_of_things() -> None:
    def row(group: str, method: str, iou: float, inside: float, skin: float) -> ThingRow:
        return ThingRow(group, method, 1, MaskScore(iou, inside, inside, 1.0, skin))

    rows = [row(REAL, LOOSE, 0.5, 1, 0.2), row(REAL, USUAL, 0.86, 0.98, 0.05), row(PASTED, USUAL, 0.93, 1, 0)]
    assert [target.verdict for target in thing_targets(rows)] == ["floor", "missed", "floor", "floor"]


def test_as_marked_is_a_network() -> None:
    prompt = torch.zeros(1, 4, 8, 8)
    prompt[:, 0, 2:4] = 1
    assert ((AsMarked()(torch.zeros(1, 3, 8, 8), prompt) > 0) == (prompt[:, :1] > 0)).all()
