"""Measuring and relabelling in several processes and on a cluster: as in one, whatever becomes of them."""

from __future__ import annotations

import json
import multiprocessing
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

from portrait_studio.engine.devices import Compute
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import DeviceError
from portrait_studio.hardware import Hardware
from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.stopping import stopping_cleanly
from portrait_studio.worker_pool.sharing import ALONE, Sharing
from tests.helpers.fateful import Fate, FatefulEngine, FatefulRelabelling, mark_of
from tests.helpers.made_up_people import SET, person, write_people
from tests.helpers.random_vgg import write_random_vgg
from tests.helpers.timeless import timeless
from tests.helpers.tiny_packs import write_tiny_models
from trainer.__main__ import main
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.relabel import Labels, Photo, Relabelling, relabel
from trainer.data.split import SPLITS
from trainer.evaluation.evaluate import cases_of, evaluate
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.report import write_json

ONE_THREAD = Hardware("cpu", "float32", threads=1)
CPU = Compute(torch.device("cpu"), torch.float32)
METHODS = ("telea", "g", "network")
"""The second cannot run, and says so."""
COUNT, CASES = 6, 2
"""Photos to relabel, and cases to measure."""
needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed: pip install 'portrait-studio[cluster]'"
)
linux = pytest.mark.skipif(sys.platform == "win32", reason="kills by signals")
where = pytest.mark.parametrize(
    "sharing",
    [
        pytest.param(Sharing(jobs=2), id="processes"),
        pytest.param(Sharing(jobs=2, cluster="local"), id="cluster", marks=needs_ray),
    ],
)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_people(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def unlabelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of which one half has no labels; one has them all."""
    samples = [person(seed) for seed in range(COUNT)]
    for sample in samples[1:]:
        sample.labels[:, :32] = IGNORE_LABEL
    folder = tmp_path_factory.mktemp("unlabelled")
    write_packs([(sample, {"original_size": [96, 64]}) for sample in samples], folder, SET)
    return folder


def figures(options: EvaluateOptions, models: Path, fate: Fate, folder: Path) -> Any:
    """All figures of an evaluation but those of time, and the bytes of its sheets."""
    options = replace(options, sheets=folder / "sheets")
    report, tally = evaluate(options, ReleasedNetworks(models), partial(FatefulEngine, fate))
    write_json(report, tally, folder / "report.json")
    sheets = {path.name: path.read_bytes() for path in (folder / "sheets").iterdir()}
    return timeless(json.loads((folder / "report.json").read_text())), sheets


@linux
@where
def test_a_table_is_the_same_though_a_worker_is_lost(
    packs: Path, models: Path, sharing: Sharing, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("alone", "shared")]
    for folder in folders:
        folder.mkdir()
    options = EvaluateOptions(
        data=packs,
        protocol="natural",
        sets=(SET,),
        limit=CASES,
        methods=METHODS,
        true_maps=False,
        hardware=ONE_THREAD,
        vgg=write_random_vgg(tmp_path / "vgg.safetensors"),
    )
    marks = [mark_of(case.image) for case in cases_of(options)[0]]
    alone, lost = Fate(tmp_path / "alone.log"), Fate(tmp_path / "lost.log", marks[CASES // 2])
    expected = figures(options, models, alone, folders[0])
    assert figures(replace(options, sharing=sharing), models, lost, folders[1]) == expected
    assert "g" in expected[0]["missing"]
    assert expected[0]["distribution"] is not None
    assert lost.met() == alone.met() + Counter([lost.task])


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@linux
@where
def test_packs_are_the_same_though_a_worker_is_lost(
    unlabelled: Path, models: Path, sharing: Sharing, tmp_path: Path
) -> None:
    alone, lost = Fate(tmp_path / "alone.log"), Fate(tmp_path / "lost.log", f"{SET}/003")
    for name, fate, place in (("alone", alone, ALONE), ("shared", lost, sharing)):
        work = FatefulRelabelling(fate, models, CPU)
        assert relabel(unlabelled, tmp_path / name, [SET], work, place, ONE_THREAD) == {SET: COUNT}
    assert bytes_of(tmp_path / "shared") == bytes_of(tmp_path / "alone")
    assert lost.met() == alone.met() + Counter([lost.task])


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl+C is heard, also where a shell began the tests in the background, which ignores it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@linux
@where
@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_the_command_ends_all_processes_and_finds_the_packs_as_they_were(
    unlabelled: Path, models: Path, sharing: Sharing, number: signal.Signals, tmp_path: Path
) -> None:
    write_packs([(person(9), {})], tmp_path / "new", SET)
    before = bytes_of(tmp_path / "new" / SET)
    work = FatefulRelabelling(Fate(tmp_path / "log", f"{SET}/003", number), models, CPU)
    with stopping_cleanly(), pytest.raises(KeyboardInterrupt):
        relabel(unlabelled, tmp_path / "new", [SET], work, sharing, ONE_THREAD)
    assert bytes_of(tmp_path / "new" / SET) == before
    assert not multiprocessing.active_children()
    assert "ray" not in sys.modules or not sys.modules["ray"].is_initialized()
    assert {path.name for path in (tmp_path / "new").iterdir()} <= {f".{SET}.decided", SET}


class Interrupted(Relabelling):
    """Ctrl+C comes at the fourth photo."""

    def __call__(self, photo: Photo) -> Labels:
        if photo[0].photo_id == "003":
            raise KeyboardInterrupt
        return super().__call__(photo)


def test_what_was_decided_is_not_decided_again(
    unlabelled: Path, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = [photo.key for split in SPLITS for photo in PackedSet(unlabelled, split).photos]
    begun = photos.index(f"{SET}/003")
    with pytest.raises(KeyboardInterrupt):
        relabel(unlabelled, tmp_path / "new", [SET], Interrupted(models, CPU, 0.0, 1))
    again, whole = (Fate(tmp_path / f"{name}.log") for name in ("again", "whole"))
    relabel(unlabelled, tmp_path / "new", [SET], FatefulRelabelling(again, models, CPU))
    assert f"{begun} photos were decided before" in capsys.readouterr().err
    assert again.met() == Counter(photos[begun:])
    relabel(unlabelled, tmp_path / "whole", [SET], FatefulRelabelling(whole, models, CPU))
    assert bytes_of(tmp_path / "new") == bytes_of(tmp_path / "whole")


@linux
def test_a_photo_that_no_process_survives_ends_the_command(
    unlabelled: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portrait_studio.worker_pool.share_out.MOST_TRIES", 1)
    work = FatefulRelabelling(Fate(tmp_path / "log", f"{SET}/003"), models, CPU)
    with pytest.raises(DeviceError, match="One of the photos has lost its process"):
        relabel(unlabelled, tmp_path / "new", [SET], work, Sharing(jobs=2), ONE_THREAD)
    assert not (tmp_path / "new" / SET).exists()


def test_the_commands_take_jobs(
    packs: Path, unlabelled: Path, models: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    common = ["--weights", models, "--device", "cpu", "--precision", "float32", "--threads", "1"]
    evaluation = ["evaluate", "--data", packs, "--set", SET, "--protocol", "natural", "--limit", "2"]
    reports = []
    for jobs in ("1", "2"):
        out = tmp_path / f"{jobs}.json"
        arguments = [*evaluation, *common, "--methods", "telea", "--jobs", jobs, "--json", out]
        assert main(list(map(str, arguments))) == 0
        reports.append(timeless(json.loads(out.read_text())))
    assert reports[0] == reports[1]
    told = capfd.readouterr().err.splitlines()
    assert all(line.startswith("case") for line in told), "no process complains about its end"
    assert told[:2] == told[2:]
    assert len(told) == 4
    assert main(list(map(str, ["relabel", unlabelled, tmp_path / "new", *common, "--jobs", "2"]))) == 0
    assert capfd.readouterr().out == f"{SET}: {COUNT} photos\n"
    assert main(list(map(str, ["relabel", unlabelled, tmp_path / "new", *common, "--jobs", "none"]))) == 2
    assert "--jobs takes a whole number" in capfd.readouterr().err


@pytest.mark.parametrize("command", ["evaluate", "relabel"])
def test_without_ray_a_sentence_names_the_extra(
    command: str,
    packs: Path,
    models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    arguments: dict[str, list[object]] = {
        "evaluate": ["--data", packs, "--set", SET, "--protocol", "natural", "--methods", "telea"],
        "relabel": [packs, tmp_path / "new"],
    }
    words = [command, *arguments[command], "--weights", models, "--device", "cpu", "--cluster", "auto"]
    assert main(list(map(str, words))) == 2
    assert "pip install 'portrait-studio[cluster]'" in capsys.readouterr().err
    assert not list((tmp_path / "new").glob("*"))
