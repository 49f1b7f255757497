import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.errors import DataSetError, ExportError, OptionError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import load_file, load_network, save_network
from tests.helpers.made_up_people import SET, person, write_case, write_people
from trainer.commands.evaluate import add_evaluate_command
from trainer.evaluation import baselines
from trainer.evaluation.evaluate import evaluate
from trainer.evaluation.methods import METHOD_NAMES, SIDE_BY_SIDE, Bench, Fill, make_methods
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.rendering import as_markdown, as_text, method_name
from trainer.evaluation.report import read_json, write_json
from trainer.evaluation.scoring import CaseResult, Score, mean_score
from trainer.evaluation.sheets import Gallery
from trainer.protocols.case import Case

Baseline = Callable[[np.ndarray, np.ndarray], np.ndarray]

TINY_COMPLETION = {"widths": [8, 8, 8], "dilations": [1], "attention": 0}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_people(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    for name, architecture, config in (
        ("parsing", "parsing", {"width": 8, "pose_width": 8, "dilations": [1]}),
        ("completion", "compact-completion", TINY_COMPLETION),
        ("face", "face", {"width": 4, "blocks": 1}),
        ("general-completion", "glcic", {"width": 4, "dilations": [1, 2]}),
    ):
        save_network(folder / f"{name}.safetensors", architecture, build_network(architecture, config), {})
    return folder


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a completion network that knows no parsing map."""
    path = tmp_path_factory.mktemp("without") / "g.safetensors"
    config = {**TINY_COMPLETION, "use_parsing": False}
    save_network(path, "compact-completion", build_network("compact-completion", config), {})
    return path


def command(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    add_evaluate_command(parser.add_subparsers())
    options = parser.parse_args(["evaluate", *map(str, arguments)])
    code: int = options.handler(options)
    return code


@pytest.mark.parametrize("fill", [baselines.mean_fill, baselines.telea, baselines.edge_replication])
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
    report, _ = evaluate(options, ReleasedNetworks(models))
    assert list(report.scores) == ["mean"]
    assert "pip install pypatchmatch" in as_text(report)


def test_all_methods_on_two_photos_in_one_table(
    packs: Path, models: Path, without: Path, tmp_path: Path
) -> None:
    policy = CropPolicy(appearance_least=64, appearance_most=64, structure_long=64)
    engine = partial(Pipeline, policy=policy, memory=PrecisionMemory(tmp_path / "precision.json"))
    names = tuple(name for name in METHOD_NAMES if name != "patchmatch")
    options = EvaluateOptions(
        data=packs,
        protocol="natural",
        sets=(SET,),
        limit=2,
        methods=names,
        hardware=Hardware("cpu"),
        sheets=tmp_path / "sheets",
        without_parsing=without,
    )
    report, tally = evaluate(options, ReleasedNetworks(models), engine)
    assert list(report.scores) == [*names, *(f"{name} (true map)" for name in names[5:])]
    assert not report.missing
    assert report.cases == 2
    assert {"parsing", "completion"} <= set(report.weights)
    assert 0 <= report.parsing["mean_iou_in_hole"] <= 1
    assert report.scores["network"].l1_in_hole != report.scores["network (true map)"].l1_in_hole
    assert report.pckh is not None
    for text in (as_text(report), as_markdown(report)):
        assert all(f"\n{name}" in text or f"\n| {name}" in text for name in map(method_name, report.scores))
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


@pytest.mark.parametrize(
    ("option", "target", "sentence"),
    [
        ("--json", "cases/one.png", "would be overwritten"),
        ("--json", "cases/linked.json", "another name of"),
        ("--markdown", "out.md", "would be the same file"),
        ("--markdown", "none/out.md", "There is no folder"),
        ("--sheets", "cases", "sheet-00.png is read"),
        ("--sheets", "cases/one.png", "is no folder"),
    ],
)
def test_what_an_evaluation_writes_is_looked_at_before_it_runs(
    tmp_path: Path, option: str, target: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    write_case(cases, "one", 1)
    write_case(cases, "sheet-00", 2)
    (cases / "linked.json").symlink_to("one.png")
    before = {path: path.read_bytes() for path in cases.iterdir()}
    monkeypatch.setattr("trainer.commands.evaluate.evaluate", lambda *_: pytest.fail("work was begun"))
    extra = () if option == "--json" else ("--json", tmp_path / "out.md")
    with pytest.raises(ExportError, match=sentence):
        command("--cases", cases, "--methods", "mean", option, tmp_path / target, *extra)
    assert {path: path.read_bytes() for path in cases.iterdir()} == before


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
        make_methods(["magic"], Bench(ReleasedNetworks(tmp_path), Pipeline), true_maps=False)


def test_as_many_threads_as_asked(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, seen = torch.get_num_threads(), []

    def measure(*_: object) -> None:
        seen.append(torch.get_num_threads())
        raise OptionError("enough")

    monkeypatch.setattr("trainer.commands.evaluate.evaluate", measure)
    with pytest.raises(OptionError, match="enough"):
        command("--data", packs, "--protocol", "paper", "--threads", str(before + 1))
    assert (seen, torch.get_num_threads()) == ([before + 1], before)


def test_damaged_reports_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with pytest.raises(DataSetError, match="no metrics"):
        read_json(path)
    for text, message in (
        ("{", "are damaged"),
        ('{"format": 1}', "are damaged"),
        ('{"format": 99}', "another version"),
    ):
        path.write_text(text)
        with pytest.raises(DataSetError, match=message):
            read_json(path)


def test_a_mean_with_an_unmeasured_figure_stays_unmeasured() -> None:
    one, two = Score(1, 20, 10, 0.5, None, 1), Score(3, 30, 20, 0.7, 0.2, 3)
    assert mean_score([one, two]) == Score(2, 25, 15, 0.6, None, 2)


def test_sheets_show_every_step_worst_first() -> None:
    image = np.full((64, 64, 3), 90, np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 255
    face = np.full((64, 64, 3), 200, np.uint8)
    labels = np.zeros((64, 64), np.uint8)
    gallery = Gallery(["telea", "network"], ranked_by="network")
    for name, error, stages in (("good", 1.0, {}), ("bad", 9.0, {"face": face})):
        fill = Fill(image, 0.0, labels, stages={"completion": image, **stages})
        scores = {"network": Score(error, 20, 10, 0.5, None, 1)}
        fills = {"telea": Fill(image, 0.0), "network": fill}
        gallery.add(gallery.row_of(CaseResult(Case(name, image, mask), fills, scores)))
    rows = gallery.rows
    assert [caption.split()[0] for caption, _ in rows] == ["bad", "good"]
    titles = ["input", "parsing", "completion", "face", "telea", "network, blended", "truth"]
    assert all([title for title, _ in cells] == titles for _, cells in rows)
    shown = [dict(cells)["face"].mean() for _, cells in rows]
    assert shown == [200, 255]


def test_sheets_are_ranked_by_what_people_see_where_that_was_measured() -> None:
    image = np.full((64, 64, 3), 90, np.uint8)
    mask = np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 255
    gallery = Gallery(["telea"], ranked_by="telea")
    for name, error, lpips in (("blurred", 5.0, 0.3), ("sharp", 9.0, 0.1)):
        scores = {"telea": Score(error, 20, 10, 0.5, None, 1, lpips, lpips)}
        result = CaseResult(Case(name, image, mask), {"telea": Fill(image, 0.0)}, scores)
        gallery.add(gallery.row_of(result))
    assert [caption.split() for caption, _ in gallery.rows] == [
        ["blurred", "LPIPS", "0.300"],
        ["sharp", "LPIPS", "0.100"],
    ]


def test_edge_replication_continues_rows_and_columns() -> None:
    image = np.arange(6 * 5 * 3, dtype=np.uint8).reshape(6, 5, 3)
    below = np.zeros((6, 5), np.uint8)
    below[4:] = 255
    filled = baselines.edge_replication(image, below)
    np.testing.assert_array_equal(filled[4], image[3])
    np.testing.assert_array_equal(filled[5], image[3])
    assert (baselines.edge_replication(image, np.full((6, 5), 255, np.uint8)) == 128).all()


def test_an_extension_is_measured(packs: Path, models: Path, tmp_path: Path) -> None:
    code = command(
        *("--data", packs, "--set", SET, "--extend", "down", "--limit", "1", "--weights", models),
        *("--device", "cpu", "--json", tmp_path / "out.json"),
        *("--methods", "telea", "edge", "g", "g+p", "--no-true-maps"),
    )
    report = read_json(tmp_path / "out.json")
    assert code == 0
    assert report.protocol == "extend-down"
    assert list(report.scores) == ["telea", "edge", "g+p"]
    assert "--without-parsing" in report.missing["g"]
    with pytest.raises(SystemExit):
        command("--data", packs, "--extend", "down", "--protocol", "paper")


def test_the_network_without_parsing_is_measured_under_its_own_name(
    packs: Path, models: Path, without: Path
) -> None:
    options = EvaluateOptions(
        data=packs,
        protocol="paper",
        sets=(SET,),
        limit=1,
        methods=("g", "g+p"),
        hardware=Hardware("cpu"),
        without_parsing=without,
    )
    report, _ = evaluate(options, ReleasedNetworks(models))
    assert list(report.scores) == ["g", "g+p", "g+p (true map)"]
    assert report.weights["completion"] == load_network("completion", models).sha256
    assert report.weights["completion without parsing"] == load_file("completion", without).sha256
    assert "face" not in report.weights
    with pytest.raises(OptionError, match="reads the parsing map"):
        evaluate(replace(options, without_parsing=models), ReleasedNetworks(models))


def test_fills_by_other_parsers_stand_beside_that_of_the_released_one(
    packs: Path, models: Path, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    parser = build_network("parsing", {"width": 8, "pose_width": 8, "dilations": [1]})
    torch.nn.init.normal_(parser.parsing[-1].weight)
    other = tmp_path / "other.safetensors"
    digest = save_network(other, "parsing", parser, {})
    options = EvaluateOptions(
        data=packs,
        protocol="paper",
        sets=(SET,),
        limit=1,
        methods=("g+p",),
        hardware=Hardware("cpu"),
        parsers=(("alpha 0", other),),
        fills_by_parser=True,
    )
    report, tally = evaluate(options, ReleasedNetworks(models))
    titles = ["g+p", "g+p (true map)", "g+p (without refinement)", "g+p (alpha 0)"]
    assert list(report.scores) == titles
    assert len({scores[0].l1_in_hole for scores in tally.scores.values()}) > 1
    assert report.weights["parsing (alpha 0)"] == digest
    assert report.weights["parsing"] != digest


def test_no_case_is_begun_after_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 50.0, 61.0, 70.0])
    monkeypatch.setattr("trainer.evaluation.options.time.monotonic", lambda: next(clock))
    assert list(EvaluateOptions(minutes=1.0).in_time("abcd")) == ["a", "b"]
    assert list(EvaluateOptions().in_time("abcd")) == ["a", "b", "c", "d"]


def test_the_search_is_one_of_the_methods_side_by_side() -> None:
    assert "search" in SIDE_BY_SIDE
    assert method_name("search") == "search = Qiang et al."
