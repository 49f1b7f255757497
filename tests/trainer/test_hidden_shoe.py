"""Cases of a hidden shoe, and what an evaluation says of them."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import LABELS
from tests.helpers.drawn_feet import ColourParser, drawn_feet
from tests.helpers.tiny_networks import TinyNetworks
from tests.helpers.tiny_packs import SET, figure
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.sample import Sample
from trainer.evaluation.compare import PAIRS
from trainer.evaluation.evaluate import evaluate
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.scoring import Score
from trainer.evaluation.targets import targets_of
from trainer.protocols.hidden_shoe import hidden_shoe_cases

LEFT_SHOE, RIGHT_SHOE = LABELS.index("left-shoe"), LABELS.index("right-shoe")


def packed_feet(folder: Path, count: int, apart: bool = True) -> Path:
    samples = []
    for number in range(count):
        feet = drawn_feet() if apart else drawn_feet(1, -1, (110, 190))
        sample = Sample(f"{SET}/{number:03d}", feet.image, feet.labels, np.zeros((16, 3), np.float32))
        samples.append((sample, {}))
    write_packs(samples, folder, SET, "val")
    return folder


def test_an_ellipse_hides_one_shoe_and_stays_off_the_other(tmp_path: Path) -> None:
    cases = list(hidden_shoe_cases(PackedSet(packed_feet(tmp_path, 8), "val")))
    assert len(cases) == 8
    hidden = set()
    for case in cases:
        assert case.labels is not None
        hole = cv2.dilate(case.mask, np.ones((7, 7), np.uint8)) > 0
        (shoe,) = [one for one in (LEFT_SHOE, RIGHT_SHOE) if (hole & (case.labels == one)).any()]
        assert (case.mask[case.labels == shoe] == 255).all()
        hidden.add(shoe)
    assert hidden == {LEFT_SHOE, RIGHT_SHOE}
    again = list(hidden_shoe_cases(PackedSet(tmp_path, "val"), 3))
    assert [np.array_equal(one.mask, other.mask) for one, other in zip(again, cases, strict=False)] == [
        True
    ] * 3


def test_shoes_that_touch_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="two shoes apart"):
        list(hidden_shoe_cases(PackedSet(packed_feet(tmp_path, 2, apart=False), "val")))


def test_a_shoe_at_the_frame_is_not_hidden(tmp_path: Path) -> None:
    sample = figure(f"{SET}/000", 0, (200, 120))
    labels = np.zeros_like(sample.labels)
    labels[100:118, 20:50] = LEFT_SHOE
    labels[60:78, 120:150] = RIGHT_SHOE
    write_packs([(replace(sample, labels=labels), {})], tmp_path, SET, "val")
    (case,) = hidden_shoe_cases(PackedSet(tmp_path, "val"))
    assert case.mask[65, 130] == 255
    assert not case.mask[105].any()


def test_an_evaluation_compares_the_default_with_itself_without_mates(tmp_path: Path) -> None:
    networks = TinyNetworks()
    networks.modules["parsing"] = ColourParser().eval()
    methods = ("default-without-mates", "default")
    options = EvaluateOptions(data=packed_feet(tmp_path, 2), protocol="hidden-shoe", methods=methods)
    report, tally = evaluate(options, networks)
    assert report.cases == 2
    assert {(one.base, one.other) for one in report.comparisons} == {methods}
    assert methods in PAIRS
    pairs = zip(*(tally.scores[name] for name in methods), strict=True)
    assert all(one.l1_in_hole != other.l1_in_hole for one, other in pairs)


@pytest.mark.parametrize(("after", "verdict"), [(0.08, "aim"), (0.0915, "floor"), (0.095, "missed")])
def test_dists_decides(after: float, verdict: str) -> None:
    def score(dists: float) -> Score:
        return Score(10.0, 20.0, 15.0, 0.9, None, 1.0, dists=dists)

    scores = {"default-without-mates": score(0.1), "default": score(after)}
    (target,) = targets_of("hidden-shoe", scores, [], None, None)
    assert target.verdict == verdict
