"""What the report of a mistake says of the installation, and the changelog that goes with the version."""

import re
from pathlib import Path

import pytest

from portrait_studio import __version__
from portrait_studio.installation import InstalledPackage, installed_packages, installed_weights, report
from portrait_studio.locations import MODELS_VARIABLE, resources_dir
from portrait_studio.networks.catalog import WeightsInfo
from trainer.__main__ import main as train


def test_every_part_that_the_program_needs_is_named_with_its_licence() -> None:
    parts = {part.name.lower(): part for part in installed_packages()}
    assert {"numpy", "torch", "numba"} <= set(parts)
    assert any(name.startswith("pyside6") for name in parts)
    assert all(part.version and part.licence for part in parts.values())


def test_the_report_names_version_device_parts_and_checksums() -> None:
    weights = installed_weights()
    said = report("CPU (bfloat16)", [InstalledPackage("numpy", "9.9", "BSD")], weights).splitlines()
    assert said[0] == f"Portrait Studio {__version__}"
    assert {"Device: CPU (bfloat16)", "numpy 9.9"} <= set(said)
    assert sum(weights[0].sha256[:12] in line for line in said) == 1
    assert "changed" not in "".join(said)


def test_weights_that_were_changed_are_said_and_the_home_folder_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "mine"))
    changed = WeightsInfo("parsing", tmp_path / "mine" / "p.safetensors", "0" * 64, False, "compact", {})
    said = report("", [], [changed])
    assert str(tmp_path) not in said
    assert str(Path("~/mine")) in said
    assert "missing or changed" in said
    assert installed_weights() == []


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CHANGELOG.zh_CN.md"])
def test_the_changelog_begins_with_this_version(name: str) -> None:
    versions = re.findall(r"^## (\S+)", (resources_dir() / name).read_text("utf-8"), re.MULTILINE)
    assert versions[0] == __version__


def test_the_changelogs_say_as_much_in_each_language() -> None:
    texts = [(resources_dir() / name).read_text("utf-8") for name in ("CHANGELOG.md", "CHANGELOG.zh_CN.md")]
    counts = [re.findall(r"^(#+|-) ", text, re.MULTILINE) for text in texts]
    assert counts[0] == counts[1]


def test_the_trainer_says_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        train(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"portrait-trainer {__version__}"
