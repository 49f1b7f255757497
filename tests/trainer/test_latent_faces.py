from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.engine.latent.search import SearchOptions
from portrait_studio.networks.building import build_network
from portrait_studio.networks.released import save_network
from tests.helpers.tiny_faces import write_faces
from trainer.__main__ import main
from trainer.evaluation import latent_faces
from trainer.evaluation.latent_faces import VARIANTS, blended
from trainer.evaluation.report import read_json
from trainer.protocols.case import Case
from trainer.protocols.latent_faces import KINDS, hole_of


def test_holes_are_those_of_the_paper() -> None:
    shares = {kind: float((hole_of(kind, np.random.default_rng(0)) > 0).mean()) for kind in KINDS}
    wanted = {"random 20 %": 0.2, "random 80 %": 0.8, "centre": 0.25, "left half": 0.5, "upper half": 0.5}
    assert all(abs(shares[kind] - share) < 1e-3 for kind, share in wanted.items())
    assert hole_of("upper half", np.random.default_rng(0))[:32].all()
    assert not np.array_equal(*(hole_of("random 40 %", np.random.default_rng(seed)) for seed in (0, 1)))


def test_a_face_is_blended_in_by_its_gradients() -> None:
    image, mask = np.full((64, 64, 3), 100, np.uint8), np.zeros((64, 64), np.uint8)
    mask[20:40, 20:40] = 255
    face = np.full((64, 64, 3), 0.9)
    face[30, 30] = 0.8
    filled = blended(Case("a", image, mask), face)
    # A flat face takes the colour around the hole; what differs within it stays.
    assert abs(int(filled[22, 22, 0]) - 100) <= 1
    assert filled[30, 30, 0] < 100 - 15
    assert np.array_equal(filled[mask == 0], image[mask == 0])


def test_the_table_of_the_paper_by_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latent_faces, "SearchOptions", lambda weights: SearchOptions(weights, 1, 1))
    data = write_faces(tmp_path / "packs", split=None)
    torch.manual_seed(0)
    network = build_network("dcgan", {"width": 4, "judge_width": 4})
    network.generator.likeness.copy_(torch.tensor([[0.3, 0.1], [0.25, 0.06]]))
    models = tmp_path / "models"
    models.mkdir()
    save_network(models / "face-generator.safetensors", "dcgan", network, {})
    out = tmp_path / "report.json"
    command = ["evaluate", "--data", str(data), "--protocol", "latent-faces", "--set", "portraits"]
    assert main([*command, "--limit", "1", "--weights", str(models), "--json", str(out)]) == 0
    report = read_json(out)
    assert set(report.by_kind) == set(KINDS)
    assert list(report.scores) == ["telea", "mean face", *VARIANTS]
    assert report.cases == len(KINDS)
    pairs = {(one.base, one.other) for one in report.comparisons}
    assert pairs == {("mean face", "search")} | {(title, "search") for title in VARIANTS if title != "search"}
