"""Two sets of weights on one sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.engine.network_store import FirstOf, ReleasedNetworks
from portrait_studio.errors import WeightsError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import save_network
from portrait_studio.weights_sheet import WeighedFill, differing_share, weights_sheet
from tests.e2e.conftest import SMALL
from tests.e2e.test_cli import pixels_of, run


@pytest.fixture
def other_parser(tmp_path: Path) -> Path:
    """A folder with nothing but a parser, of other values than the one in use."""
    folder = tmp_path / "other"
    folder.mkdir()
    torch.manual_seed(1)
    save_network(folder / "p.safetensors", "parsing", build_network("parsing", dict(SMALL["parsing"])), {})
    return folder


def test_both_are_filled_and_laid_side_by_side(
    models: Path,
    other_parser: Path,
    photo: Path,
    mask: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sheet, before = tmp_path / "sheet.png", photo.read_bytes()
    how = (photo, "--mask", mask, "-o", sheet, "--device", "cpu", "--intent", "body")
    assert run("compare-weights", other_parser, "current", *how) == 0
    told = capsys.readouterr().out
    ours, theirs = (ReleasedNetworks(folder).load("parsing").sha256[:12] for folder in (other_parser, models))
    assert f"parsing: {ours} and {theirs}" in told
    completion = ReleasedNetworks(models).load("completion").sha256[:12]
    assert f"completion: {completion} in both" in told
    assert "of what was filled differs" in told
    assert pixels_of(sheet).ndim == 3
    assert photo.read_bytes() == before
    # The same twice differs nowhere.
    assert run("compare-weights", "current", models, *how) == 0
    assert "\n0.0% of what was filled differs" in capsys.readouterr().out


def test_what_cannot_be_compared_is_refused_before_the_work(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.png"
    assert run("compare-weights", tmp_path, "current", photo, "--mask", mask, "-o", sheet) == 2
    assert "weights are missing" in capsys.readouterr().err
    assert run("compare-weights", "current", "current", photo, "--mask", mask, "-o", tmp_path / "a.jpg") == 2
    assert "must end in .png" in capsys.readouterr().err
    assert run("compare-weights", "current", "current", photo, "--mask", mask, "-o", photo) == 2
    assert not sheet.exists()


def test_what_a_store_lacks_is_from_the_next(models: Path, other_parser: Path) -> None:
    own, usual = ReleasedNetworks(other_parser), ReleasedNetworks(models)
    both = FirstOf(own, usual)
    assert both.load("parsing").sha256 == own.load("parsing").sha256
    assert both.load("completion").sha256 == usual.load("completion").sha256
    assert both.has("completion")
    assert not both.has("damage")
    with pytest.raises(WeightsError, match="no weights for"):
        both.load("damage")


def test_the_sheet_shows_fills_where_the_holes_are_and_what_differs() -> None:
    photo = np.full((120, 300, 3), 90, np.uint8)
    mask = np.zeros((120, 300), np.uint8)
    mask[50:70, 140:170] = 255
    labels = np.zeros((120, 300), np.uint8)
    first, second = photo.copy(), photo.copy()
    first[50:70, 140:170], second[50:70, 140:155] = (200, 90, 90), (200, 90, 90)
    other = labels.copy()
    other[50:70, 140:170] = 5
    fills = [WeighedFill("a" * 200, first, labels), WeighedFill("b", second, other)]
    assert differing_share(mask, fills) == pytest.approx(0.5)
    sheet = weights_sheet(photo, mask, fills)
    column = (sheet.shape[1] - 10) // 4
    tiles = [sheet[: len(sheet) // 2, 10 + number * column :][:, : column - 10] for number in range(4)]

    def count(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
        return int((picture == colour).all(2).sum())

    reds = [count(tile, (200, 90, 90)) for tile in tiles]
    assert reds == [0, 600, 300, 0]
    # 110 levels, four times as strong.
    assert count(tiles[3], (255, 255, 255)) == 300
    assert count(sheet[len(sheet) // 2 :, 10 + 3 * column :], (255, 255, 255)) == 600
    # A deep photo is shown like any.
    deep = [WeighedFill(fill.name, fill.pixels.astype(np.uint16) * 257, fill.labels) for fill in fills]
    assert np.array_equal(weights_sheet(photo.astype(np.uint16) * 257, mask, deep), sheet)
