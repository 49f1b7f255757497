"""The tables of Liao et al.: their holes, Dice coefficients and distances by hand, and the command."""

from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.networks.building import build_network
from portrait_studio.networks.face_completion import FACE_PARTS
from portrait_studio.networks.released import save_network
from tests.helpers.tiny_faces import write_faces
from trainer.__main__ import main
from trainer.data.packs import PackedSet
from trainer.evaluation.rendering import as_text
from trainer.evaluation.report import read_json
from trainer.metrics.faces import DiceCount, PointErrors
from trainer.protocols.covered_faces import KINDS, FaceCase, covered_face_cases

SKIN, NOSE = FACE_PARTS.index("skin"), FACE_PARTS.index("nose")


def test_dice_by_hand() -> None:
    truth = np.array([[SKIN, SKIN, NOSE, 255]], np.uint8)
    told = np.array([[SKIN, NOSE, NOSE, NOSE]], np.uint8)
    count = DiceCount()
    count.add(truth, told)
    # Skin: one of two and one; nose: one of one and two, what is unknown left out.
    assert count.by_part == {"skin": pytest.approx(2 / 3), "nose": pytest.approx(2 / 3)}
    within = DiceCount()
    within.add(truth, told, np.array([[True, False, True, True]]))
    assert within.by_part == {"skin": 1.0, "nose": 1.0}


def test_distances_by_hand_are_pixels_of_128() -> None:
    errors = PointErrors()
    assert errors.by_point == {}
    assert errors.where_hidden is None
    truth = np.full((5, 2), 10.5)
    told = truth + np.array([[3.0, 4.0]] + [[0.0, 0.0]] * 4)
    truth[0], told[0] = truth[0] + 20, told[0] + 20
    mask = np.zeros((64, 64), np.uint8)
    mask[30, 30] = 255
    errors.add(truth, told, mask)
    assert errors.by_point["right eye"] == pytest.approx(10.0), "5 pixels of 64"
    assert errors.by_point["nose"] == 0
    assert errors.where_hidden == pytest.approx(10.0), "nothing else lies in the hole"


def covered(tmp_path: Path) -> dict[str, FaceCase]:
    write_faces(tmp_path / "packs", 2, split="val")
    faces = covered_face_cases(PackedSet(tmp_path / "packs", "val"), 64, 1)
    return {face.case.kind: face for face in faces}


def test_holes_lie_where_they_say(tmp_path: Path) -> None:
    faces = covered(tmp_path)
    assert tuple(faces) == KINDS
    hidden = {
        kind: [bool(face.case.mask[int(y), int(x)]) for x, y in face.points] for kind, face in faces.items()
    }
    right_eye, left_eye, *_ = range(5)
    assert hidden["O1 left eye"][left_eye]
    assert not hidden["O1 left eye"][right_eye]
    assert hidden["O2 right eye"][right_eye]
    assert hidden["O3 upper face"][:2] == [True, True]
    assert hidden["O4 left half"] == [False, True, hidden["O4 left half"][2], False, True]
    assert hidden["O5 right half"] == [True, False, hidden["O5 right half"][2], True, False]
    assert hidden["O6 lower face"][:2] == [False, False]
    assert hidden["O6 lower face"][3:] == [True, True]
    shares = {kind: float((face.case.mask > 0).mean()) for kind, face in faces.items()}
    assert shares["block"] == pytest.approx(0.25)
    assert shares["noise"] == pytest.approx(0.8, abs=1e-3)
    assert 0.05 < shares["O1 left eye"] < 0.2


def released(path: Path, **settings: object) -> Path:
    torch.manual_seed(0)
    shape = {"width": 2, "factor": 2, "layers": 6, **settings}
    save_network(path, "collaborative", build_network("collaborative", shape), {})
    return path


def test_the_tables_by_command(tmp_path: Path) -> None:
    data, out = write_faces(tmp_path / "packs", 2, split="val"), tmp_path / "report.json"
    given = []
    for tasks in ("i", "id", "isd", "s"):
        path = released(tmp_path / f"{tasks}.safetensors", tasks=tasks)
        given += ["--collaborative", f"M_{tasks}={path}"]
    command = ["evaluate", "--data", str(data), "--protocol", "covered-faces", "--set", "portraits", *given]
    assert main([*command, "--limit", "2", "--json", str(out), "--sheets", str(tmp_path / "sheets")]) == 0
    report = read_json(out)
    assert list(report.scores) == ["telea", "M_i", "M_id", "M_isd"], "M_s paints no picture"
    assert set(report.by_kind) == set(KINDS)
    assert {(one.base, one.other) for one in report.comparisons} == {("M_i", "M_id"), ("M_i", "M_isd")}
    assert {one.cases for one in report.comparisons} == {2}, "nine holes of a face count once"
    rows = {row.network: row for row in report.faces}
    assert not rows["M_i"].dice
    assert not rows["M_i"].points
    assert rows["M_id"].points
    assert rows["M_s"].dice
    text = as_text(report)
    assert "Parts of faces" in text
    assert "Landmarks of faces" in text
    assert (tmp_path / "sheets" / "sheet-00.png").is_file()


def test_networks_of_two_sizes_are_not_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_faces(tmp_path / "packs", 2, split="val")
    paths = [released(tmp_path / f"{layers}.safetensors", layers=layers) for layers in (5, 6)]
    command = ["evaluate", "--data", str(data), "--protocol", "covered-faces", "--set", "portraits"]
    for name, path in zip("ab", paths, strict=True):
        command += ["--collaborative", f"{name}={path}"]
    assert main(command) == 2
    assert "different sizes" in capsys.readouterr().err
