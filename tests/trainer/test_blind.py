"""Blind sheets: each side holds the fill that the answers say, and choices count for whom they were meant."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import DataSetError, ExportError
from tests.helpers.made_up_people import SET, write_case, write_people
from trainer.__main__ import main
from trainer.evaluation.baselines import mean_fill, telea
from trainer.evaluation.blind import Contest, write_blind_sheets
from trainer.evaluation.blind_answers import (
    BlindAnswers,
    BlindPair,
    Preference,
    preferences,
    read_answers,
    read_choices,
    write_answers,
)
from trainer.evaluation.options import EvaluateOptions
from trainer.metrics.binomial import wilson_interval
from trainer.protocols.folder import folder_cases

ANSWERS = BlindAnswers(
    *("natural", "made-up", "default", "telea", {}),
    (
        BlindPair(1, "a", "strokes", "left"),
        BlindPair(2, "b", "strokes", "right"),
        BlindPair(3, "c", "rectangle", "right"),
        BlindPair(4, "d", "rectangle", "left"),
    ),
)


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    folder = tmp_path / "cases"
    folder.mkdir()
    for number in range(6):
        write_case(folder, f"photo{number}", number)
    return folder


def test_each_side_holds_the_fill_that_the_answers_say(cases: Path, tmp_path: Path) -> None:
    folder = tmp_path / "blind"
    contest = Contest("telea", "mean", seed=3)
    (sheet,) = write_blind_sheets(EvaluateOptions(cases=cases), contest, ReleasedNetworks(tmp_path), folder)
    page = cv2.cvtColor(cv2.imread(str(sheet)), cv2.COLOR_BGR2RGB)
    answers = read_answers(folder)
    assert {pair.ours for pair in answers.pairs} == {"left", "right"}
    assert [pair.number for pair in answers.pairs] == [1, 2, 3, 4, 5, 6]
    # The whole of such a small photo is shown, below 20 pixels of caption and 4 pixels apart.
    for row, (case, pair) in enumerate(zip(folder_cases(cases), answers.pairs, strict=True)):
        shown = page[row * 120 + 20 : row * 120 + 116]
        damaged, left, right = (shown[:, 4 + 68 * place : 68 + 68 * place] for place in range(3))
        ours, other = (left, right) if pair.ours == "left" else (right, left)
        np.testing.assert_array_equal(ours, telea(case.image, case.mask))
        np.testing.assert_array_equal(other, mean_fill(case.image, case.mask))
        np.testing.assert_array_equal(damaged[case.mask == 0], case.image[case.mask == 0])
        assert (damaged[case.mask > 0] == (255, 0, 255)).all()


def test_choices_are_read_in_any_layout(tmp_path: Path) -> None:
    path = tmp_path / "choices.txt"
    path.write_text("1 left, 2: LEFT\n4. equal;\n")
    assert read_choices(path, ANSWERS) == {1: "left", 2: "left", 4: "equal"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 up", "is no choice"),
        ("left", "is no choice"),
        ("5 left", "on none of the sheets"),
        ("1 left, 1 right", "chosen twice"),
    ],
)
def test_choices_that_mean_nothing_are_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "choices.txt"
    path.write_text(text)
    with pytest.raises(DataSetError, match=sentence):
        read_choices(path, ANSWERS)


def test_preferences_are_ours_whichever_side_that_was() -> None:
    everything, strokes, rectangles = preferences(ANSWERS, {1: "left", 2: "left", 3: "right", 4: "equal"})
    assert everything == Preference("all", 2, 1, 1)
    assert (strokes, rectangles) == (Preference("strokes", 1, 1, 0), Preference("rectangle", 1, 0, 1))
    assert everything.share == pytest.approx(2 / 3)
    (only,) = preferences(ANSWERS, {1: "equal"})
    assert only.share is None


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    low, high = wilson_interval(0, 10)
    assert (low, high) == (pytest.approx(0.0, abs=1e-9), pytest.approx(0.2775, abs=1e-4))
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(1, 0)


def test_by_command_from_packs_to_a_share(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packs, folder = write_people(tmp_path / "packs"), tmp_path / "blind"
    make = ["blind", str(folder), "--data", str(packs), "--set", SET, "--protocol", "natural", "--pairs", "4"]
    make += ["--method", "telea", "--rival", "mean", "--weights", str(tmp_path)]
    assert main(make) == 0
    out = capsys.readouterr().out
    assert "blind-00.png" in out
    answers = json.loads((folder / "answers.json").read_text())
    assert not any(pair["case"] in out for pair in answers["pairs"])
    choices = tmp_path / "choices.txt"
    choices.write_text(", ".join(f"{pair['number']} {pair['ours']}" for pair in answers["pairs"][:3]))
    assert main(["blind-score", str(folder), str(choices)]) == 0
    out = capsys.readouterr().out
    assert "telea against mean, natural of made-up, 3 of 4 pairs" in out
    assert "1.00" in out
    assert "0.44 to 1.00" in out
    assert main(make) == 2, "answers that are not scored yet must not be lost"
    assert "holds blind sheets already" in capsys.readouterr().err


def test_what_cannot_be_is_said_in_a_sentence(
    cases: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rest = ["--cases", str(cases), "--weights", str(tmp_path)]
    for command, sentence in (
        (["blind", str(tmp_path / "new"), *rest, "--method", "telea", "--rival", "telea"], "against itself"),
        (["blind", str(tmp_path / "new"), *rest, "--rival", "telea"], "weights are missing"),
        (["blind-score", str(tmp_path), str(tmp_path / "none")], "no blind sheets"),
    ):
        assert main(command) == 2
        assert sentence in capsys.readouterr().err
    write_answers(ANSWERS, tmp_path)
    (tmp_path / "answers.json").write_text('{"format": 1, "pairs": [{}]}')
    with pytest.raises(DataSetError, match="damaged"):
        read_answers(tmp_path)
    with pytest.raises(ExportError, match="already"):
        write_blind_sheets(
            EvaluateOptions(cases=cases), Contest("telea", "mean"), ReleasedNetworks(tmp_path), tmp_path
        )
