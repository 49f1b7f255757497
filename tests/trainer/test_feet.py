"""Windows of feet, and a network that learns them by heart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.errors import DataSetError, OptionError
from portrait_studio.networks.conventions import KEYPOINTS
from portrait_studio.networks.feet import (
    ANKLES,
    FEET,
    FEET_LABELS,
    FEET_SIDE,
    SHIN_PX,
    FeetConfig,
    FeetDecoder,
)
from portrait_studio.networks.released import load_network
from tests.helpers.drawn_pairs import pair_sample
from tests.helpers.tiny_packs import SET, write_samples
from trainer.__main__ import main
from trainer.data.feet_windows import chosen_feet, feet_window
from trainer.data.packs import PackedSet

LEFT, RIGHT = KEYPOINTS.index("left-ankle"), KEYPOINTS.index("right-ankle")


def test_the_window_is_laid_by_ankles_and_shins_and_its_colours_go_on_beyond_the_feet() -> None:
    found = feet_window(pair_sample())
    assert found is not None
    clearness, window = found
    assert window.image.shape == (FEET_SIDE, FEET_SIDE, 3)
    assert clearness > 5
    assert window.keypoints[[LEFT, RIGHT], :2].mean(0) == pytest.approx(ANKLES, abs=0.01)
    shin = window.keypoints[KEYPOINTS.index("left-knee"), :2] - window.keypoints[LEFT, :2]
    assert np.hypot(*shin) == pytest.approx(SHIN_PX, abs=0.01)
    assert set(np.unique(window.labels)) <= set(FEET_LABELS)
    beside = np.argwhere(window.labels == 9)[:, 1].max() + 1
    row = int(np.argwhere(window.labels == 9)[:, 0].max())
    assert np.abs(window.image[row, beside].astype(int) - window.image[row, beside - 3]).max() < 60


@pytest.mark.parametrize("what", ["a joint is missing", "one shoe", "apart", "cut by the frame"])
def test_feet_that_do_not_show_as_they_should_are_left_out(what: str) -> None:
    sample = pair_sample(right_at=60) if what == "apart" else pair_sample()
    points, labels, image = sample.keypoints.copy(), sample.labels.copy(), sample.image
    if what == "a joint is missing":
        points[LEFT, 2] = 0
    if what == "one shoe":
        labels[labels == 10] = 0
    if what == "cut by the frame":
        image, labels = image[:205], labels[:205]
    assert feet_window(replace(sample, keypoints=points, labels=labels, image=image)) is None


def test_too_few_pairs_are_named_with_what_to_do(tmp_path: Path) -> None:
    packs = write_samples(tmp_path, SET, [pair_sample(f"{SET}/{n}") for n in range(2)])
    photos = PackedSet(packs, "train", [SET])
    assert list(chosen_feet(photos, 2)) == [f"{SET}/0", f"{SET}/1"]
    with pytest.raises(DataSetError, match=r"Only 2 photos .* wants 3; prepare more"):
        chosen_feet(photos, 3)


def test_each_code_paints_a_window_of_its_own() -> None:
    torch.manual_seed(1)
    network = FeetDecoder(FeetConfig(pairs=3, code=2, widths=(4, 4, 4, 4)))
    painted = network(torch.tensor([[[[2]]], [[[0]]]]))
    assert painted.picture.shape == (2, 3, FEET_SIDE, FEET_SIDE)
    assert painted.labels.shape == (2, len(FEET_LABELS), FEET_SIDE, FEET_SIDE)
    assert not torch.equal(painted.picture[0], painted.picture[1])
    painted.picture[0].sum().backward()
    gradient = network.codes.grad
    assert gradient is not None
    assert gradient[2].abs().sum() > 0
    assert gradient[1].abs().sum() == 0
    with pytest.raises(OptionError, match="4 numbers above zero"):
        FeetConfig(widths=(4, 4))


def test_trains_and_exports_from_the_command_line(tmp_path: Path) -> None:
    packs = write_samples(tmp_path / "packs", SET, [pair_sample(f"{SET}/{n}") for n in range(2)])
    run, models = tmp_path / "run", tmp_path / "models"
    command = ["train", "tiny-feet", "--data", str(packs), "--run", str(run), "--device", "cpu"]
    assert main([*command, "--precision", "float32", "--steps", "40", "--rate", "0.01"]) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    steps = [line for line in lines if "labels" in line]
    assert steps[-1]["labels"] < 0.7 * steps[0]["labels"]
    assert (run / "sheets" / "0000040.png").exists()
    assert main(["export", str(run), str(models)]) == 0
    module = load_network(FEET, models).module
    assert isinstance(module, FeetDecoder)
    assert module.joints[:, LEFT, 2].tolist() == [1.0, 1.0]
    assert "shoes of training photos" in (models / "feet.md").read_text()
