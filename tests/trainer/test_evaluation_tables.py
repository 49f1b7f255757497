from collections.abc import Sequence
from dataclasses import replace

import pytest

from trainer.evaluation.compare import BETTER, UNDECIDED, WORSE, compare, compare_all
from trainer.evaluation.cost import Cost
from trainer.evaluation.distribution import Distribution
from trainer.evaluation.parsers import ParserFigures
from trainer.evaluation.rendering import as_markdown, as_text
from trainer.evaluation.report import Report
from trainer.evaluation.scoring import Score
from trainer.evaluation.targets import AIM, FLOOR, MISSED, QualityTarget, targets_of

PARSER = ParserFigures("ab", 0.55, 0.3, 0.9, 0.8, 0.9, 0.7, 0.95, None, 0, {"face": [0.5, None]})


def scores(*l1: float, vgg: float | None = None) -> list[Score]:
    return [Score(value, 25.0, 15.0, 0.9, vgg, 1.0) for value in l1]


def test_a_gain_on_every_case_is_better_and_the_reverse_is_worse() -> None:
    old, new = scores(30, 31, 32, 33), scores(25, 27, 26, 29)
    one = compare("g", "g+p", "l1_in_hole", old, new)
    assert (one.verdict, one.cases, one.changed, one.wins) == (BETTER, 4, 4, 4)
    assert one.gain == pytest.approx(4.75)
    assert one.low <= one.gain <= one.high
    back = compare("g+p", "g", "l1_in_hole", new, old)
    assert (back.verdict, back.wins, back.gain) == (WORSE, 0, -one.gain)


@pytest.mark.parametrize("new", [[30, 31, 32, 33], [25, 36, 30, 35]])
def test_no_difference_and_a_wavering_one_cannot_be_said(new: Sequence[float]) -> None:
    assert compare("g", "g+p", "l1_in_hole", scores(30, 31, 32, 33), scores(*new)).verdict == UNDECIDED


def test_only_methods_that_filled_every_case_are_compared() -> None:
    table = {"g": scores(1, 2), "g+p": scores(1, 1), "network": scores(1)}
    found = compare_all(table, 2)
    assert {(one.base, one.other) for one in found} == {("g", "g+p")}
    assert {one.figure for one in found} == {"l1_in_hole", "psnr_in_hole", "ssim"}
    assert "vgg" in {
        one.figure for one in compare_all({"g": scores(1, 2, vgg=1), "g+p": scores(1, 1, vgg=2)}, 2)
    }
    assert compare_all({"g": scores(1), "g+p": scores(2)}, 1) == []


def by_name(targets: Sequence[QualityTarget]) -> dict[str, str]:
    return {one.what: one.verdict for one in targets}


def test_targets_are_judged_by_floor_and_aim() -> None:
    means = {
        "telea": Score(40, 22, 14, 0.9, None, 0),
        "patchmatch": Score(44, 20, 12, 0.9, None, 0),
        "network": Score(28, 26.5, 16, 0.9, None, 0),
        "default": Score(19, 22, 16, 0.9, None, 0),
    }
    found = targets_of("paper", means, [], PARSER, Cost(["parsing"], 75.0, 13.0))
    assert by_name(found) == {
        "PSNR above PatchMatch, network (dB)": AIM,
        "L1 in the hole against Telea, network": FLOOR,
        "PSNR above PatchMatch, default (dB)": MISSED,
        "L1 in the hole against Telea, default": AIM,
        "mean IoU, whole image": FLOOR,
        "mean IoU, in the hole": MISSED,
        "joints within half a head, in the hole": FLOOR,
        "weights of all networks (MB)": FLOOR,
        "networks together at 256 x 256 (GMAC)": MISSED,
    }
    assert {one.reached for one in found} >= {"+6.50", "0.70x", "0.300", "75.0"}


def seen(*lpips: float, l1: float = 20.0) -> list[Score]:
    return [Score(l1, 25.0, 15.0, 0.9, 0.5, 1.0, value, value / 2) for value in lpips]


def test_claims_are_decided_by_what_people_see() -> None:
    # Better to the eye on every case, and worse in L1: what is blurred.
    table = {"telea": seen(0.3, 0.4, 0.5, l1=10), "default": seen(0.2, 0.3, 0.3, l1=30)}
    comparisons = compare_all(table, 3)
    assert [one.figure for one in comparisons][:3] == ["lpips", "dists", "l1_in_hole"]
    found = targets_of("natural", {}, comparisons, None, None)
    assert by_name(found) == {
        "default better than telea: gain in lpips": AIM,
        "default better than telea: gain in dists": AIM,
    }
    worse = compare_all({"g+p": seen(0.2, 0.2), "network": seen(0.3, 0.3, l1=10)}, 2)
    assert [one.verdict for one in targets_of("face", {}, worse, None, None)] == [MISSED, MISSED]


def test_floors_on_what_people_see_come_first() -> None:
    (mine,), (patches,) = seen(0.13), seen(0.14)
    kinds = {
        "strokes": {"default": mine, "patches": patches},
        "rectangle": {"default": patches, "patches": mine},
    }
    found = targets_of("natural", {"default": mine, "telea": patches}, [], None, None, kinds)
    assert [(one.what, one.verdict) for one in found][:3] == [
        ("LPIPS of default", FLOOR),
        ("DISTS of default", FLOOR),
        ("LPIPS above that of patches, worst kind of hole", MISSED),
    ]
    (loose,), (tight,) = seen(0.14), seen(0.086)
    things = {"default, loose mask": loose, "default, network over 0.4": tight}
    better = compare_all(
        {"default, loose mask": seen(0.2, 0.2), "default, network over 0.4": seen(0.1, 0.1)}, 2
    )
    verdicts = by_name(targets_of("things", things, better, None, None))
    assert verdicts == {
        "LPIPS of fills of tightened holes": MISSED,
        "L1 of fills of tightened holes": MISSED,
        "fills of tightened holes better: gain in lpips": AIM,
        "fills of tightened holes better: gain in dists": AIM,
    }


def test_lpips_dists_and_fid_stand_before_all_other_figures() -> None:
    (mine,) = seen(0.13)
    far = Distribution("some network", 4, 9, {"default": 12.0})
    report = Report(*("natural", "made-up", 3, "CPU", {}, {"default": mine}, {}, {}, None, {}, far))
    assert as_markdown(report).splitlines()[2] == (
        "| method | LPIPS | DISTS | FID | L1 in hole | PSNR | PSNR in hole | SSIM | VGG | seconds |"
    )
    assert "not measured" not in as_text(report)


def test_extensions_are_held_against_the_best_classical_fill() -> None:
    means = {
        name: Score(40, psnr, 14, 0.9, None, 0) for name, psnr in (("telea", 20.5), ("patchmatch", 19.0))
    }
    means |= {"g+p": Score(28, 22.0, 16, 0.9, None, 0), "default": Score(29, 21.9, 16, 0.9, None, 0)}
    parser = replace(PARSER, both_shoes=0.69, shoe_cases=10)
    assert by_name(targets_of("extend-up", means, [], PARSER, None)) == {}
    means["edge"] = Score(41, 19.5, 14, 0.9, None, 0)
    assert by_name(targets_of("extend-down", means, [], parser, None)) == {
        "PSNR above the best classical fill, G+P (dB)": FLOOR,
        "PSNR above the best classical fill, default (dB)": MISSED,
        "both shoes predicted where both are hidden": MISSED,
    }
    better = compare_all({"g": scores(30, 31, 32), "g+p": scores(28, 28, 28)}, 3)
    (target,) = targets_of("extend-up", {}, better, PARSER, None)
    assert (target.what, target.verdict) == ("G+P better than G: gain in l1_in_hole", AIM)


def test_the_face_claim_is_judged_on_face_holes_alone() -> None:
    better = compare_all({"g+p": scores(30, 31, 32), "network": scores(28, 28, 28)}, 3)
    (target,) = targets_of("face", {}, better, None, None)
    assert (target.what, target.verdict) == (
        "G+P+F better than G+P on face holes: gain in l1_in_hole",
        AIM,
    )
    worse = compare_all({"g+p": scores(28, 28, 28), "network": scores(30, 31, 32)}, 3)
    assert targets_of("face", {}, worse, None, None)[0].verdict == MISSED
    assert targets_of("paper", {}, better, None, None) == []


def test_a_full_report_shows_every_table() -> None:
    means = {"telea": Score(40, 22, 14, 0.9, None, 0), "network (true map)": Score(28, 26, 16, 0.9, None, 0)}
    report = Report(
        *("extend-down", "made-up", 3, "CPU", {}, means, {"g": "No network."}),
        {"mean_iou": 0.5, "mean_iou_in_hole": 0.25, "per_label": {}},
        0.75,
        {"released": replace(PARSER, both_shoes=0.5, shoe_cases=2), "other": replace(PARSER, per_label={})},
        Distribution("some network", 4, 3, {"telea": 12.0}),
        compare_all({"g": scores(30, 31), "g+p": scores(28, 28)}, 2),
        [QualityTarget("size", "32", "20", "17", AIM)],
    )
    text, markdown = as_text(report), as_markdown(report)
    for fact in (
        *("network = G+P+F (true map)", "G: not measured. No network.", "some network", "3 cases are fewer"),
        *("G+P than G", "2 photos whose hole hides both", "0.500 / -", "mean IoU 0.500", "PCKh 0.750"),
        "Numbers to reach",
    ):
        assert fact in text
        assert fact in markdown
    assert "| telea | 12.00 | 40.00 | 22.00 | 14.00 | 0.9000 | 0.00 |" in markdown
    assert "LPIPS and DISTS: not measured." in text
    assert "| size | 32 | 20 | 17 | aim |" in markdown
