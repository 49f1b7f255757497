import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.pipeline import Engine
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.errors import DataSetError, OptionError
from portrait_studio.networks.registry import build_network
from portrait_studio.networks.released import save_network
from trainer import baselines
from trainer.data.packs import PackedSet, write_packs
from trainer.data.sample import Sample
from trainer.evaluate import EvaluateOptions, add_evaluate_command, evaluate
from trainer.evaluation.methods import METHOD_NAMES, make_methods
from trainer.evaluation.report import read_json, write_json
from trainer.evaluation.scoring import Score, mean_score
from trainer.protocols import Case, folder_cases, natural_cases, paper_cases, source_files

Protocol = Callable[..., Iterator[Case]]
Baseline = Callable[[np.ndarray, np.ndarray], np.ndarray]

SET = "made-up"


def person(seed: int, height: int = 96, width: int = 64) -> Sample:
    """A figure before a gradient: face, coat, two legs and a bag, with its colours and keypoints."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((height, width), np.uint8)
    labels[10:24, 26:38] = 11
    labels[24:56, 20:44] = 4
    labels[56:90, 22:31] = 13
    labels[56:90, 33:42] = 12
    labels[40:60, 44:56] = 16
    colours = rng.integers(0, 256, (18, 3))
    image = colours[labels] + rng.integers(-8, 9, (height, width, 3))
    image[labels == 0] += np.linspace(0, 60, width, dtype=np.int64)[None, :, None].repeat(height, 0)[
        labels == 0
    ]
    keypoints = np.zeros((16, 3), np.float32)
    keypoints[8], keypoints[9], keypoints[0] = (32, 26, 1), (32, 8, 1), (26, 88, 1)
    return Sample(f"{SET}/{seed:03d}", np.clip(image, 0, 255).astype(np.uint8), labels, keypoints)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    partial = person(99)
    partial.labels[0:10] = 18
    write_packs([(sample, {}) for sample in (*map(person, range(7)), partial)], folder, SET, "val")
    return folder


@pytest.fixture(scope="module")
def photos(packs: Path) -> PackedSet:
    return PackedSet(packs, "val", (SET,))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    for name, architecture, config in (
        ("parsing", "parsing", {"width": 8, "pose_width": 8, "dilations": [1]}),
        ("completion", "compact-completion", {"widths": [8, 8, 8], "dilations": [1], "attention": 0}),
        ("face", "face", {"width": 4, "blocks": 1}),
    ):
        save_network(folder / f"{name}.safetensors", architecture, build_network(architecture, config), {})
    return folder


def command(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    add_evaluate_command(parser.add_subparsers())
    options = parser.parse_args(["evaluate", *map(str, arguments)])
    code: int = options.handler(options)
    return code


def test_paper_hides_one_rectangle_of_each_squashed_photo(photos: PackedSet) -> None:
    cases = list(paper_cases(photos))
    assert sorted(case.name for case in cases) == [f"{i:03d}" for i in range(7)]
    for case in cases:
        assert case.image.shape == (256, 256, 3)
        rows, columns = case.mask.any(axis=1).sum(), case.mask.any(axis=0).sum()
        assert 64 <= rows <= 128
        assert 64 <= columns <= 128
        assert case.labels is not None
        assert ((case.mask > 0) & (case.labels > 0)).any()


def test_natural_keeps_the_shape_and_uses_every_kind_of_hole(photos: PackedSet) -> None:
    cases = list(natural_cases(photos))
    assert {case.image.shape for case in cases} == {(96, 64, 3)}
    assert {case.kind for case in cases} == {"rectangle", "strokes", "silhouette"}
    assert all(0.005 < (case.mask > 0).mean() < 0.35 for case in cases)


@pytest.mark.parametrize("protocol", [paper_cases, natural_cases])
def test_a_photo_always_gets_the_same_hole(photos: PackedSet, protocol: Protocol) -> None:
    everything = {case.name: case for case in protocol(photos)}
    few = list(protocol(photos, 3))
    assert len(few) == 3
    for case in few:
        np.testing.assert_array_equal(case.mask, everything[case.name].mask)


def test_natural_at_the_original_size(photos: PackedSet, tmp_path: Path) -> None:
    for seed in range(7):
        large = cv2.resize(person(seed).image, (192, 288))
        cv2.imwrite(str(tmp_path / f"{seed:03d}.jpg"), large[..., ::-1])
    case = next(natural_cases(photos, 1, source_files(tmp_path)))
    assert case.image.shape == (288, 192, 3)
    assert case.labels is not None
    assert case.labels.shape == (288, 192)
    assert case.keypoints is not None
    np.testing.assert_allclose(case.keypoints[9, :2], (96, 24))
    cv2.imwrite(str(tmp_path / f"{case.name}.jpg"), np.zeros((288, 288, 3), np.uint8))
    with pytest.raises(DataSetError, match="another shape"):
        next(natural_cases(photos, 1, source_files(tmp_path)))
    (tmp_path / f"{case.name}.jpg").unlink()
    with pytest.raises(DataSetError, match="missing"):
        next(natural_cases(photos, 1, source_files(tmp_path)))


def test_photos_without_full_labels_cannot_be_measured(tmp_path: Path) -> None:
    sample = person(1)
    sample.labels[:] = 18
    write_packs([(sample, {})], tmp_path, SET, "val")
    with pytest.raises(DataSetError, match="full labels"):
        next(paper_cases(PackedSet(tmp_path, "val")))


def write_case(folder: Path, name: str, seed: int) -> None:
    sample = person(seed)
    mask = np.zeros((96, 64), np.uint8)
    mask[40:70, 20:50] = 255
    cv2.imwrite(str(folder / f"{name}.png"), sample.image[..., ::-1])
    cv2.imwrite(str(folder / f"{name}_mask.png"), mask)
    cv2.imwrite(str(folder / f"{name}_labels.png"), sample.labels)


def test_cases_of_a_folder(tmp_path: Path) -> None:
    write_case(tmp_path, "one", 1)
    write_case(tmp_path, "two", 2)
    (tmp_path / "two_labels.png").unlink()
    one, two = folder_cases(tmp_path)
    assert (one.name, two.name) == ("one", "two")
    np.testing.assert_array_equal(one.image, person(1).image)
    np.testing.assert_array_equal(one.labels, person(1).labels)
    assert two.labels is None
    assert one.mask.sum() == 255 * 900
    assert [case.name for case in folder_cases(tmp_path, 1)] == ["one"]


def test_cases_that_do_not_fit_together_say_why(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="No cases"):
        next(folder_cases(tmp_path))
    write_case(tmp_path, "one", 1)
    cv2.imwrite(str(tmp_path / "one_mask.png"), np.zeros((10, 10), np.uint8))
    with pytest.raises(DataSetError, match="another size"):
        next(folder_cases(tmp_path))
    cv2.imwrite(str(tmp_path / "one_mask.png"), np.zeros((96, 64), np.uint8))
    with pytest.raises(DataSetError, match="neither nothing nor all"):
        next(folder_cases(tmp_path))
    (tmp_path / "one.png").unlink()
    with pytest.raises(DataSetError, match="no photo"):
        next(folder_cases(tmp_path))


@pytest.mark.parametrize("fill", [baselines.mean_fill, baselines.telea])
def test_baselines_change_the_hole_alone(fill: Baseline) -> None:
    image = person(3).image
    mask = np.zeros((96, 64), np.uint8)
    mask[30:50, 20:40] = 255
    image.setflags(write=False)
    filled = fill(image, mask)
    np.testing.assert_array_equal(filled[mask == 0], image[mask == 0])
    assert (filled[mask > 0] != image[mask > 0]).any()


def test_patchmatch_fills_where_it_is_installed() -> None:
    if not baselines.patchmatch_is_installed():
        pytest.skip("pypatchmatch is not installed")
    image = np.tile(np.array([[0, 90], [180, 250]], np.uint8).repeat(4, 0).repeat(4, 1), (8, 8))
    image = np.repeat(image[..., None], 3, axis=2)
    mask = np.zeros((64, 64), np.uint8)
    mask[24:40, 24:40] = 255
    filled = baselines.patchmatch(image, mask)
    assert (
        np.abs(filled.astype(int) - image)[mask > 0].mean()
        < np.abs(baselines.mean_fill(image, mask).astype(int) - image)[mask > 0].mean()
    )
    np.testing.assert_array_equal(filled, baselines.patchmatch(image, mask))


def test_patchmatch_that_is_not_installed_leaves_a_row_that_says_so(
    packs: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baselines, "find_spec", lambda name: None)
    options = EvaluateOptions(
        data=packs, protocol="natural", sets=(SET,), limit=2, methods=("mean", "patchmatch")
    )
    report, _ = evaluate(options, Engine(models))
    assert list(report.scores) == ["mean"]
    assert "pip install pypatchmatch" in report.text()


def test_all_methods_on_two_photos_in_one_table(packs: Path, models: Path, tmp_path: Path) -> None:
    policy = CropPolicy(appearance_least=64, appearance_most=64, structure_long=64)
    engine = Engine(models, policy=policy, memory=PrecisionMemory(tmp_path / "precision.json"))
    names = tuple(name for name in METHOD_NAMES if name != "patchmatch")
    options = EvaluateOptions(
        data=packs,
        protocol="natural",
        sets=(SET,),
        limit=2,
        methods=names,
        device="cpu",
        sheets=tmp_path / "sheets",
    )
    report, tally = evaluate(options, engine)
    assert list(report.scores) == [*names, *(f"{name} (true map)" for name in names[2:])]
    assert not report.missing
    assert report.cases == 2
    assert {"parsing", "completion"} <= set(report.weights)
    assert 0 <= report.parsing["mean_iou_in_hole"] <= 1
    assert report.scores["network"].l1_in_hole != report.scores["network (true map)"].l1_in_hole
    assert report.pckh is not None
    for text in (report.text(), report.markdown()):
        assert all(f"\n{name}" in text or f"\n| {name}" in text for name in report.scores)
        assert "mean IoU" in text
    path = tmp_path / "report.json"
    write_json(report, tally, path)
    assert read_json(path) == report
    assert len(json.loads(path.read_text())["per_case"]) == 2
    sheet = cv2.imread(str(tmp_path / "sheets" / "sheet-00.png"))
    assert sheet.shape[0] == 2 * 280


def test_the_command_measures_a_folder_without_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    write_case(cases, "one", 1)
    code = command(
        *("--cases", cases, "--weights", tmp_path / "none", "--methods", "telea", "mean", "default"),
        *(
            "--json",
            tmp_path / "out.json",
            "--markdown",
            tmp_path / "out.md",
            "--sheets",
            tmp_path / "sheets",
        ),
    )
    out = capsys.readouterr().out
    assert code == 0
    assert "default: not measured. The weights are missing" in out
    assert (tmp_path / "out.md").read_text().count("|") > 10
    report = read_json(tmp_path / "out.json")
    assert report.scores["telea"].l1_in_hole < report.scores["mean"].l1_in_hole
    assert report.parsing == {}


def test_contradicting_options_are_refused(tmp_path: Path, packs: Path) -> None:
    with pytest.raises(OptionError, match="--protocol"):
        command("--data", packs)
    with pytest.raises(OptionError, match="leave out"):
        command("--cases", tmp_path, "--protocol", "paper")
    with pytest.raises(OptionError, match="256 x 256"):
        command("--data", packs, "--set", SET, "--protocol", "paper", "--source", tmp_path)
    with pytest.raises(SystemExit):
        command("--data", packs, "--protocol", "paper", "--limit", "0")
    with pytest.raises(OptionError, match="no method"):
        make_methods(["magic"], Engine(tmp_path), "cpu", true_maps=False)


def test_damaged_reports_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with pytest.raises(DataSetError, match="no metrics"):
        read_json(path)
    for text, message in (
        ("{", "damaged"),
        ('{"format": 1}', "damaged"),
        ('{"format": 99}', "another version"),
    ):
        path.write_text(text)
        with pytest.raises(DataSetError, match=message):
            read_json(path)


def test_a_mean_with_an_unmeasured_figure_stays_unmeasured() -> None:
    one, two = Score(1, 20, 10, 0.5, None, 1), Score(3, 30, 20, 0.7, 0.2, 3)
    assert mean_score([one, two]) == Score(2, 25, 15, 0.6, None, 2)
