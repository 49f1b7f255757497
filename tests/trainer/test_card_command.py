"""New figures for released networks: their values stay, and what is shown of them changes."""

from pathlib import Path

import pytest
import torch

from portrait_studio.errors import ExportError, OptionError, WeightsError
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.released import load_network
from tests.trainer.test_export import save_run, write_report
from trainer.__main__ import main
from trainer.release.export import export_run
from trainer.release.figures import write_figures


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A released face network without figures, and one for extending down."""
    save_run(tmp_path / "run")
    save_run(tmp_path / "down", seed=1, band_side="bottom")
    for name in ("run", "down"):
        export_run(tmp_path / name, tmp_path / "models")
    return tmp_path / "models"


@pytest.mark.parametrize("name", ["face", "face-down"])
def test_figures_come_into_file_and_card(models: Path, tmp_path: Path, name: str) -> None:
    before, card = load_network(name, models), (models / f"{name}.md").read_text()
    report = write_report(tmp_path / "report.json", before.sha256, name)
    assert main(["card", name, str(models), "--metrics", str(report)]) == 0
    after, changed = load_network(name, models), (models / f"{name}.md").read_text()
    assert [entry["protocol"] for entry in after.metadata["metrics"]] == ["paper"]
    assert after.sha256 != before.sha256
    assert after.folds == before.folds
    for own, other in zip(after.module.parameters(), before.module.parameters(), strict=True):
        assert torch.equal(own, other)
    assert "12.3" in changed
    assert "12.3" not in card
    assert after.sha256 in changed
    assert before.sha256 not in changed
    assert changed.splitlines()[:3] == card.splitlines()[:3]
    assert changed.splitlines()[-1] == card.splitlines()[-1]
    assert set(read_manifest(models)) == {"face", "face-down"}


def test_figures_replace_figures_and_earlier_checksums_hold(models: Path, tmp_path: Path) -> None:
    first = load_network("face", models).sha256
    report = write_report(tmp_path / "report.json", first)
    write_figures("face", models, [report])
    again = write_figures("face", models, [report])
    assert again.card.read_text().count("12.3") == 1
    assert load_network("face", models).sha256 == again.sha256


def test_reports_of_other_weights_are_refused(models: Path, tmp_path: Path) -> None:
    report = write_report(tmp_path / "report.json", "ab" * 32)
    with pytest.raises(OptionError, match="not measured with these"):
        write_figures("face", models, [report])


def test_what_is_missing_is_said(models: Path, tmp_path: Path) -> None:
    report = write_report(tmp_path / "report.json", load_network("face", models).sha256)
    with pytest.raises(WeightsError, match="no weights"):
        write_figures("parsing", models, [report])
    (models / "face.md").write_text("# A card of another kind\n")
    with pytest.raises(ExportError, match="lacks its sections"):
        write_figures("face", models, [report])
    (models / "face.md").unlink()
    with pytest.raises(ExportError, match="cannot be written"):
        write_figures("face", models, [report])
