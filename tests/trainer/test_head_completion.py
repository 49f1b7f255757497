"""Windows of heads, and a network that says what a hole hides of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import FACE, IGNORE_LABEL, LABELS
from portrait_studio.networks.head_completion import (
    HEAD_ANCHORS,
    HEAD_COMPLETION,
    HEAD_LABELS,
    HEAD_SIDE,
    HeadCompletion,
    HeadCompletionConfig,
)
from portrait_studio.networks.released import load_network
from tests.helpers.tiny_faces import drawn_face, write_faces
from trainer.__main__ import main
from trainer.data.face_windows import anchors_of_mesh
from trainer.data.head_windows import head_hole, head_in, head_matrix
from trainer.tasks.head_completion import HEAD_COMPLETION_KIND

CLOTHES = LABELS.index("upper-clothes")


def test_eyes_and_mouth_lie_at_the_same_places_of_every_window() -> None:
    for seed in range(3):
        sample, mesh = drawn_face(f"portraits/{seed}", seed)
        matrix = head_matrix(mesh)
        anchors = anchors_of_mesh(mesh) @ matrix[:, :2].T + matrix[:, 2]
        assert anchors == pytest.approx(np.array(HEAD_ANCHORS) * HEAD_SIDE, abs=3)
        window = head_in(sample, matrix)
        assert window.image.shape == (HEAD_SIDE, HEAD_SIDE, 3)
        assert window.labels[round(0.7 * HEAD_SIDE), HEAD_SIDE // 2] == FACE


def test_labels_of_a_window_are_few_and_unknown_beyond_the_photo() -> None:
    sample, mesh = drawn_face("portraits/0", 0)
    labels = sample.labels.copy()
    labels[:3], labels[-40:] = LABELS.index("hat"), LABELS.index("scarf")
    labels[60:64, 60:64] = LABELS.index("sunglasses")
    window = head_in(replace(sample, labels=labels), head_matrix(mesh))
    assert set(np.unique(window.labels)) <= {*HEAD_LABELS, IGNORE_LABEL}
    assert (window.labels == CLOTHES).any()
    far = head_in(sample, head_matrix(mesh) + np.array([[0, 0, 40.0], [0, 0, 0]]))
    assert (far.labels[:, :5] == IGNORE_LABEL).all()


def test_holes_hide_what_lies_above_the_brows_and_leave_the_face() -> None:
    holes = np.stack([head_hole(np.random.default_rng(seed)) for seed in range(200)]) > 0
    assert set(np.unique(holes)) == {False, True}
    assert holes.any((1, 2)).all()
    assert 0.5 < holes[:, 5, HEAD_SIDE // 2].mean() < 1
    # Eyes and mouth stay in sight in nearly all: they say where the head is.
    assert holes[:, round(0.81 * HEAD_SIDE), HEAD_SIDE // 2].mean() < 0.05


def test_the_network_answers_with_labels_for_each_pixel() -> None:
    torch.manual_seed(1)
    network = HeadCompletion(HeadCompletionConfig(widths=(4, 4, 4), blocks=(1, 1, 1), mixed=2))
    blank = HEAD_COMPLETION_KIND.family.inputs()
    answer = network(*blank)
    assert answer.shape == (1, len(HEAD_LABELS), HEAD_SIDE, HEAD_SIDE)
    hidden = (blank[0], blank[1], torch.ones_like(blank[2]))
    assert not torch.equal(network(*hidden), answer)
    with pytest.raises(OptionError, match="3 numbers each"):
        HeadCompletionConfig(widths=(4, 4, 0))


def test_trains_and_exports_from_the_command_line(tmp_path: Path) -> None:
    packs = write_faces(tmp_path / "packs")
    run, models = tmp_path / "run", tmp_path / "models"
    command = ["train", "tiny-head-completion", "--data", str(packs), "--run", str(run), "--device", "cpu"]
    assert main([*command, "--precision", "float32", "--steps", "60", "--rate", "0.005"]) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    steps = [line for line in lines if "right" in line]
    first, last = (np.mean([line["entropy"] for line in part]) for part in (steps[:10], steps[-10:]))
    assert last < 0.7 * first
    assert (run / "sheets" / "0000060.png").exists()
    assert main(["export", str(run), str(models)]) == 0
    assert isinstance(load_network(HEAD_COMPLETION, models).module, HeadCompletion)
    assert "where hair and crown end" in (models / "head-completion.md").read_text()


def test_another_size_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packs = write_faces(tmp_path / "packs")
    command = ["train", "tiny-head-completion", "--data", str(packs), "--run", str(tmp_path / "run")]
    assert main([*command, "--size", "64"]) != 0
    assert "needs a size of 96, not 64" in capsys.readouterr().err
