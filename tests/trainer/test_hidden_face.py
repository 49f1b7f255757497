from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from tests.helpers.tiny_face_completion import TinyFaceCompletion
from tests.helpers.tiny_faces import drawn_face, write_faces
from tests.helpers.tiny_networks import TinyNetworks
from tests.helpers.tiny_packs import write_samples
from trainer.data.packs import PackedSet
from trainer.evaluation.evaluate import evaluate
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.plans import PLANS
from trainer.evaluation.rendering import as_text
from trainer.evaluation.report import read_json, write_json
from trainer.protocols.hidden_face import KINDS, hidden_face_cases, small_face_cases


def test_every_kind_of_hole_in_turn_and_nothing_but_photo_and_mask(tmp_path: Path) -> None:
    photos = PackedSet(write_faces(tmp_path, 16), "train")
    cases = list(hidden_face_cases(photos))
    assert Counter(case.kind for case in cases) == dict.fromkeys(KINDS, 2)
    assert all(case.labels is None and case.keypoints is None for case in cases)
    assert all(case.mask.any() and case.mask.shape == case.image.shape[:2] for case in cases)
    again = list(hidden_face_cases(photos, 3))
    assert [case.name for case in again] == [case.name for case in cases[:3]]
    assert all(np.array_equal(one.mask, other.mask) for one, other in zip(again, cases[:3], strict=True))


def test_small_faces_are_the_same_cases_at_a_quarter_of_their_size(tmp_path: Path) -> None:
    photos = PackedSet(write_faces(tmp_path, 4), "train")
    for large, small in zip(hidden_face_cases(photos), small_face_cases(photos), strict=True):
        assert (small.name, small.kind) == (large.name, large.kind)
        assert small.mask.shape == tuple(round(side / 4) for side in large.mask.shape)
        assert small.image.shape[:2] == small.mask.shape
        assert set(np.unique(small.mask)) <= {0, 255}
        assert 16 * (small.mask > 0).sum() == pytest.approx((large.mask > 0).sum(), rel=0.3)


def test_an_evaluation_tells_the_figures_by_kind_of_hole(tmp_path: Path) -> None:
    packs = write_faces(tmp_path / "packs", 9, split="val")
    networks = TinyNetworks(with_face=True)
    networks.modules["face-completion"] = TinyFaceCompletion().eval()
    methods = ("telea", "default-without-redrawing", "default-without-finishing", "default")
    options = EvaluateOptions(data=packs, protocol="hidden-face", sets=("portraits",), methods=methods)
    report, tally = evaluate(options, networks)
    assert report.cases == 9
    assert set(report.by_kind) == set(KINDS)
    assert all(set(means) == set(methods) for means in report.by_kind.values())
    # The one kind that comes twice has the mean of both.
    twice = [
        score.l1_in_hole
        for score, (_, kind) in zip(tally.scores["telea"], tally.cases, strict=True)
        if kind == KINDS[0]
    ]
    assert report.by_kind[KINDS[0]]["telea"].l1_in_hole == pytest.approx(sum(twice) / 2)
    pairs = {(one.base, one.other) for one in report.comparisons}
    assert pairs == {
        ("default-without-redrawing", "default"),
        ("default-without-finishing", "default"),
        ("telea", "default"),
    }
    assert "L1 in hole by kind of hole" in as_text(report)
    write_json(report, tally, tmp_path / "report.json")
    assert read_json(tmp_path / "report.json").by_kind == report.by_kind


def test_sets_without_landmarks_cannot_be_measured(tmp_path: Path) -> None:
    sample, _ = drawn_face("portraits/a", 1)
    photos = PackedSet(write_samples(tmp_path, "portraits", [sample]), "train")
    with pytest.raises(DataSetError, match="prepare portraits or celebahq anew"):
        list(hidden_face_cases(photos))


def test_the_protocol_compares_the_default_with_itself_without_redrawing() -> None:
    plan = PLANS["hidden-face"]
    assert plan.methods == ("telea", "default-without-redrawing", "default-without-finishing", "default")
    assert not plan.true_maps
