"""All methods side by side on holes over parts of people."""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.engine.devices import PrecisionMemory
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.work_crop import CropPolicy
from portrait_studio.hardware import Hardware
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import save_network
from tests.helpers.made_up_people import SET, write_people
from trainer.commands.evaluate import _protocol, add_evaluate_command
from trainer.data.packs import PackedSet
from trainer.evaluation.evaluate import evaluate
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.rendering import as_text
from trainer.evaluation.report import read_json, write_json
from trainer.protocols.hidden_parts import PARTS, hidden_part_cases, hole_over


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_people(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    for name, architecture, config in (
        ("parsing", "parsing", {"width": 8, "pose_width": 8, "dilations": [1]}),
        ("completion", "compact-completion", {"widths": [8, 8, 8], "dilations": [1], "attention": 0}),
        ("general-completion", "glcic", {"width": 4, "dilations": [1]}),
    ):
        save_network(folder / f"{name}.safetensors", architecture, build_network(architecture, config), {})
    return folder


def test_parts_take_turns_and_holes_lie_over_them(packs: Path) -> None:
    cases = list(hidden_part_cases(PackedSet(packs, "val", (SET,)), 5))
    kinds = [case.kind for case in cases]
    assert kinds == [*PARTS, next(iter(PARTS))][: len(kinds)]
    assert len(cases) >= 4
    for case in cases:
        assert case.mask.shape == case.image.shape[:2]
        assert set(np.unique(case.mask)) == {0, 255}
        assert (case.mask > 0).mean() < 0.2
    again = list(hidden_part_cases(PackedSet(packs, "val", (SET,)), 5))
    assert all(np.array_equal(a.mask, b.mask) for a, b in zip(cases, again, strict=True))


def test_most_of_a_hole_lies_over_its_part() -> None:
    part = np.zeros((200, 120), bool)
    part[60:100, 40:80] = True
    for seed in range(10):
        hole = hole_over(part, np.random.default_rng(seed)) > 0
        assert (part & hole).sum() > 0.5 * hole.sum()


def test_all_methods_side_by_side(packs: Path, models: Path, tmp_path: Path) -> None:
    policy = CropPolicy(appearance_least=64, appearance_most=64, structure_long=64)
    engine = partial(Pipeline, policy=policy, memory=PrecisionMemory(tmp_path / "precision.json"))
    options = EvaluateOptions(
        data=packs,
        protocol="parts",
        sets=(SET,),
        limit=5,
        methods=("telea", "general", "patches", "default"),
        hardware=Hardware("cpu"),
        weights=models,
        side_by_side=True,
    )
    report, tally = evaluate(options, ReleasedNetworks(models), engine)
    assert list(report.by_kind) == list(PARTS)
    assert list(report.kind_comparisons) == ["face"]
    assert {one.base for one in report.kind_comparisons["face"]} == {"telea", "general", "patches"}
    assert report.costs["telea"].networks == []
    assert set(report.costs["general"].networks) == {"parsing", "general-completion"}
    assert report.costs["general"].megabytes > report.costs["patches"].megabytes > 0
    text = as_text(report)
    assert "general = Iizuka et al." in text
    assert "What each method costs" in text
    assert "seconds by kind of hole" in text
    write_json(report, tally, tmp_path / "report.json")
    assert read_json(tmp_path / "report.json") == report


@pytest.mark.parametrize(
    ("arguments", "protocol"),
    [
        (["--data", "x", "--methods", "all"], "parts"),
        (["--data", "x", "--methods", "all", "--protocol", "natural"], "natural"),
        (["--cases", "x", "--methods", "all"], None),
        (["--data", "x", "--methods", "telea"], None),
    ],
)
def test_all_methods_bring_their_own_cases(arguments: list[str], protocol: str | None) -> None:
    parser = argparse.ArgumentParser()
    add_evaluate_command(parser.add_subparsers())
    assert _protocol(parser.parse_args(["evaluate", *arguments])) == protocol
