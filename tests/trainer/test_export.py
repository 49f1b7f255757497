import argparse
import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from portrait_studio.errors import DataSetError, ExportError, OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.catalog import import_weights
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.released import load_network
from trainer.commands.release import add_release_commands
from trainer.evaluation.report import FORMAT_VERSION, Report
from trainer.evaluation.scoring import Score
from trainer.evaluation.targets import QualityTarget
from trainer.recipes.config import DataConfig, LossConfig, Recipe, RunConfig
from trainer.recipes.samples import HoleMix
from trainer.release.export import export_run
from trainer.release.model_card import SET_TERMS, restricting_sets
from trainer.tasks.family import TOLERANCES
from trainer.training.run_state import RunState, save_state

TINY = {"width": 4, "blocks": 1}


def save_run(
    folder: Path, seed: int = 0, sets: dict[str, float] | None = None, band_side: str = "any"
) -> dict[str, torch.Tensor]:
    """A run of the face network with random weights; returns the averaged ones."""
    torch.manual_seed(seed)
    folder.mkdir(exist_ok=True)
    recipe = Recipe(
        "tiny-face",
        "face",
        "face",
        DataConfig(sets or {"portraits": 3.0, "celebahq": 1.0}, size=64, batch=2),
        TINY,
        holes=HoleMix(band_side=band_side),
        loss=LossConfig(perceptual=0.1),
        run=RunConfig(steps=20),
    )
    averaged, current = build_network("face", TINY), build_network("face", TINY)
    record = {"start": "random", "device": "CPU (test)", "seconds": 1800.0, "last": {"loss": 0.25}}
    states = {"network": current.state_dict()}
    save_state(RunState(recipe, 12, states, {"network": {}}, averaged.state_dict(), record), folder)
    return averaged.state_dict()


def write_report(path: Path, sha256: str, name: str = "face") -> Path:
    scores = {"default": Score(12.345, 25.5, 15.5, 0.9512, None, 1.5)}
    report = Report("paper", "made-up", 3, "CPU", {name: sha256}, scores, {}, {}, None)
    path.write_text(json.dumps({"format": FORMAT_VERSION, **asdict(report)}))
    return path


def test_averaged_weights_come_back_in_half_precision(tmp_path: Path) -> None:
    averaged = save_run(tmp_path / "run")
    exported = export_run(tmp_path / "run", tmp_path / "models")
    released = load_network("face", tmp_path / "models")
    assert released.sha256 == exported.sha256
    for name, value in released.module.state_dict().items():
        expected = averaged[name].half().float() if averaged[name].is_floating_point() else averaged[name]
        assert torch.equal(value, expected), name
    entry = read_manifest(tmp_path / "models")["face"]
    assert (entry.file, entry.sha256) == ("face.safetensors", exported.sha256)
    assert released.metadata["steps"] == 12
    assert released.metadata["half_precision"]["half"]
    assert len(released.folds) == sum(
        isinstance(layer, torch.nn.BatchNorm2d) for layer in released.module.modules()
    )
    assert released.metadata["device"] == "CPU (test)"


@pytest.mark.parametrize(("side", "way"), [("bottom", "down"), ("top", "up")])
def test_networks_for_extending_lie_beside_those_for_holes(tmp_path: Path, side: str, way: str) -> None:
    save_run(tmp_path / "run")
    plain = export_run(tmp_path / "run", tmp_path / "models")
    save_run(tmp_path / "extending", seed=1, band_side=side)
    exported = export_run(tmp_path / "extending", tmp_path / "models")
    released = load_network(f"face-{way}", tmp_path / "models")
    assert (released.sha256, released.name) == (exported.sha256, f"face-{way}")
    assert load_network("face", tmp_path / "models").sha256 == plain.sha256
    assert exported.card == tmp_path / "models" / f"face-{way}.md"
    imported = import_weights(exported.weights, tmp_path / "models", tmp_path / "own")
    assert imported.name == f"face-{way}"
    report = write_report(tmp_path / "report.json", exported.sha256, f"face-{way}")
    card = export_run(tmp_path / "extending", tmp_path / "models", [report]).card
    assert "12.35" in card.read_text()
    with pytest.raises(OptionError, match=f"not measured with these face-{way} weights"):
        export_run(
            *(tmp_path / "extending", tmp_path / "models"),
            [write_report(tmp_path / "report.json", plain.sha256, "face")],
        )


def test_a_network_that_halving_changes_is_stored_in_single_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    averaged = save_run(tmp_path / "run")
    monkeypatch.setitem(TOLERANCES, "grey levels", -1.0)
    exported = export_run(tmp_path / "run", tmp_path / "models")
    released = load_network("face", tmp_path / "models")
    assert all(torch.equal(value, averaged[name]) for name, value in released.module.state_dict().items())
    assert "single precision" in exported.card.read_text()


def test_the_card_tells_the_run_and_the_terms(tmp_path: Path) -> None:
    save_run(tmp_path / "run")
    exported = export_run(tmp_path / "run", tmp_path / "models")
    card = exported.card.read_text()
    for fact in (
        *("tiny-face", "12 of 20", "CPU (test)", "0.50 hours", "loss 0.25", exported.sha256),
        *("portraits (75 % of the samples)", "public domain", "VGG-16", "Not yet"),
        *("half precision (half changes at most: grey levels by ", "folded when loaded"),
    ):
        assert fact in card
    assert "research only took part (celebahq)" in card


def test_free_sets_restrict_nothing_and_unknown_ones_do() -> None:
    assert restricting_sets(["portraits", "clothing-co-parsing"]) == []
    assert restricting_sets(["lip", "viton", "whatever"]) == ["lip", "viton", "whatever"]
    assert all(what and terms for what, terms in SET_TERMS.values())


def test_figures_come_from_a_report_on_the_same_weights(tmp_path: Path) -> None:
    save_run(tmp_path / "run")
    first = export_run(tmp_path / "run", tmp_path / "models")
    report = write_report(tmp_path / "report.json", first.sha256)
    second = export_run(tmp_path / "run", tmp_path / "models", [report])
    card = second.card.read_text()
    assert "| default | 12.35 | 25.50 | 15.50 | 0.9512 | 1.50 |" in card
    assert first.sha256[:12] in card
    assert second.sha256 != first.sha256
    metrics = load_network("face", tmp_path / "models").metadata["metrics"]
    assert metrics[0]["scores"]["default"]["l1_in_hole"] == 12.345
    third = export_run(tmp_path / "run", tmp_path / "models", [report])
    assert "12.35" in third.card.read_text()


def test_the_card_states_what_the_release_costs_now(tmp_path: Path) -> None:
    save_run(tmp_path / "run")
    first = export_run(tmp_path / "run", tmp_path / "models")
    report = write_report(tmp_path / "report.json", first.sha256)
    content = json.loads(report.read_text())
    content["targets"] = [
        asdict(QualityTarget("mean IoU, whole image", "0.5", "0.6", "0.4", "missed")),
        asdict(QualityTarget("weights of all networks (MB)", "32.0", "20.0", "987.0", "missed")),
    ]
    report.write_text(json.dumps(content))
    card = export_run(tmp_path / "run", tmp_path / "models", [report]).card.read_text()
    assert "| mean IoU, whole image | 0.5 | 0.6 | 0.4 | missed |" in card
    assert "| weights of all networks (MB) | 90.0 | 60.0 | 0.0 | aim |" in card
    assert "987.0" not in card


def test_figures_of_other_weights_are_refused(tmp_path: Path) -> None:
    save_run(tmp_path / "run")
    first = export_run(tmp_path / "run", tmp_path / "models")
    report = write_report(tmp_path / "report.json", first.sha256)
    save_run(tmp_path / "run", seed=1)
    with pytest.raises(OptionError, match="not measured with these face weights"):
        export_run(tmp_path / "run", tmp_path / "models", [report])
    assert load_network("face", tmp_path / "models").sha256 == first.sha256


def test_missing_runs_reports_and_folders_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="no run"):
        export_run(tmp_path, tmp_path / "models")
    save_run(tmp_path / "run")
    with pytest.raises(DataSetError, match="no metrics"):
        export_run(tmp_path / "run", tmp_path / "models", [tmp_path / "none.json"])
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="is no folder"):
        export_run(tmp_path / "run", tmp_path / "file")


def test_the_command_names_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_run(tmp_path / "run")
    parser = argparse.ArgumentParser()
    add_release_commands(parser.add_subparsers())
    options = parser.parse_args(["export", str(tmp_path / "run"), str(tmp_path / "models")])
    assert options.handler(options) == 0
    assert "face.safetensors" in capsys.readouterr().out
