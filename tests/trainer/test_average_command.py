"""The mean of two trainings of one network."""

from pathlib import Path

import pytest
import torch

from portrait_studio.errors import ExportError, OptionError, WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.manifest import read_manifest
from portrait_studio.networks.released import load_network, save_network
from trainer.__main__ import main
from trainer.release.average import average
from trainer.release.export import MEASURED_AS


def release(folder: Path, seed: int, width: int = 4, way: str | None = None) -> Path:
    torch.manual_seed(seed)
    network = build_network("face", {"width": width, "blocks": 1})
    folder.mkdir(exist_ok=True)
    name = "face" if way is None else f"face-{way}"
    record = {"start": f"seed {seed}", "metrics": [{"protocol": "paper"}], MEASURED_AS: ["ab"]}
    save_network(folder / f"{name}.safetensors", "face", network, record, half=False, name=name)
    return folder


@pytest.mark.parametrize("way", [None, "up"])
def test_the_mean_lies_between(tmp_path: Path, way: str | None) -> None:
    name = "face" if way is None else f"face-{way}"
    first, second = release(tmp_path / "a", 1, way=way), release(tmp_path / "b", 2, way=way)
    command = ["average", name, str(first), str(second), str(tmp_path / "c"), "--share", "0.25"]
    assert main(command) == 0
    mean = load_network(name, tmp_path / "c")
    one, two = load_network(name, first), load_network(name, second)
    for value, a, b in zip(
        mean.module.parameters(), one.module.parameters(), two.module.parameters(), strict=True
    ):
        torch.testing.assert_close(value, 0.75 * a + 0.25 * b, atol=2e-3, rtol=2e-3)
    assert mean.metadata["start"] == (
        f"mean of {one.sha256[:12]} and {two.sha256[:12]}, 0.25 of the latter (started from: seed 2)"
    )
    assert "metrics" not in mean.metadata
    assert MEASURED_AS not in mean.metadata
    assert set(read_manifest(tmp_path / "c")) == {name}


def test_the_ends_are_the_networks_themselves(tmp_path: Path) -> None:
    first, second = release(tmp_path / "a", 1), release(tmp_path / "b", 2)
    for share, end in ((0.0, first), (1.0, second)):
        average("face", first, second, tmp_path / "c", share)
        for value, own in zip(
            load_network("face", tmp_path / "c").module.parameters(),
            load_network("face", end).module.parameters(),
            strict=True,
        ):
            torch.testing.assert_close(value, own, atol=2e-3, rtol=2e-3)


def test_the_card_of_the_later_one_says_that_it_is_a_mean(tmp_path: Path) -> None:
    first, second = release(tmp_path / "a", 1), release(tmp_path / "b", 2)
    one, two = load_network("face", first), load_network("face", second)
    (second / "face.md").write_text(
        f"# Face\n\n| weights | half; SHA-256 `{two.sha256}` |\n| started from | seed 2 |\n| steps | 7 |\n\n"
        "## Measured\n\nvery good\n\n## Limits\nnone\n"
    )
    digest = average("face", first, second, tmp_path / "c", 0.5)
    card = (tmp_path / "c" / "face.md").read_text()
    mean = f"mean of {one.sha256[:12]} and {two.sha256[:12]}, 0.5 of the latter (started from: seed 2)"
    assert f"| weights | half; SHA-256 `{digest}` |\n| started from | {mean} |\n| steps | 7 |" in card
    assert "very good" not in card
    assert "Not yet: run" in card
    (second / "face.md").write_text("# Face")
    with pytest.raises(ExportError, match="lacks its sections"):
        average("face", first, second, tmp_path / "d", 0.5)
    assert not (tmp_path / "d").exists()


def test_what_cannot_be_averaged_is_refused(tmp_path: Path) -> None:
    first, second = release(tmp_path / "a", 1), release(tmp_path / "b", 2, width=8)
    with pytest.raises(OptionError, match="different shapes"):
        average("face", first, second, tmp_path / "c", 0.5)
    with pytest.raises(OptionError, match="between 0 and 1"):
        average("face", first, first, tmp_path / "c", 1.5)
    with pytest.raises(WeightsError):
        average("parsing", first, first, tmp_path / "c", 0.5)
    assert not (tmp_path / "c").exists()
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportError, match="cannot be written"):
        average("face", first, first, tmp_path / "file", 0.5)


def test_the_mean_takes_the_place_of_neither(tmp_path: Path) -> None:
    first, second = release(tmp_path / "a", 1), release(tmp_path / "b", 2)
    (tmp_path / "linked").symlink_to(second)
    for destination in (first, second, tmp_path / "linked", second / ".." / "b"):
        with pytest.raises(OptionError, match="would be lost"):
            average("face", first, second, destination, 0.5)
