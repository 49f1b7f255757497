"""Drawn damage, its losses and figures, and the training and measuring of what finds it."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.damage import DAMAGE, DamageUnet
from portrait_studio.networks.released import load_network
from tests.helpers.tiny_packs import SET, figure, write_figures
from tests.trainer.test_loss_gradients import close
from trainer.__main__ import main
from trainer.data.batch import RawBatch
from trainer.data.damage import DAMAGED, KINDS, SOUND, UNDECIDED, damaged
from trainer.data.damaged_windows import DamagedWindowSampler, chosen_kinds
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.samplers import Draw
from trainer.evaluation.damage import DamageTally
from trainer.evaluation.report import read_json
from trainer.evaluation.targets import FLOOR, MISSED, damage_targets
from trainer.losses.segmentation import segmentation_loss
from trainer.metrics.damage import damage_score
from trainer.protocols.damage import SOUND_PHOTO, damage_cases
from trainer.recipes.files import load_recipe
from trainer.recipes.samples import DamageMix
from trainer.tasks.damage import DamageTask, grown_truth, thin_parts


def grey(height: int = 96, width: int = 128) -> np.ndarray:
    return np.full((height, width, 3), 128, np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_where_the_truth_says_and_nowhere_else(kind: str) -> None:
    seen = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        made = damaged(grey(), 96.0, (kind,), rng)
        assert made.image.shape == (96, 128, 3)
        assert made.image.dtype == np.uint8
        assert set(np.unique(made.truth)) <= {SOUND, DAMAGED, UNDECIDED}
        hit = made.truth == DAMAGED
        if not hit.any() or not (made.truth == SOUND).any():
            continue
        usual = np.median(made.image[made.truth == SOUND], axis=0)
        apart = np.abs(made.image - usual).max(2)
        seen += 1
        assert apart[hit].mean() > apart[made.truth == SOUND].mean() + 3
    assert seen >= 5


def test_a_photo_without_damage_is_only_aged() -> None:
    made = damaged(grey(), 96.0, (), np.random.default_rng(1))
    assert not made.truth.any()
    assert made.kinds == ()


def test_the_same_chance_draws_the_same() -> None:
    first, second = (
        damaged(grey(), 96.0, ("scratches", "stain"), np.random.default_rng(5)) for _ in range(2)
    )
    assert np.array_equal(first.image, second.image)
    assert np.array_equal(first.truth, second.truth)


def test_what_hardly_changes_the_picture_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """White rectangles over white: nobody could find them."""
    monkeypatch.setattr("trainer.data.damage._faded", lambda picture, rng: picture)
    unseen = 0
    white = np.full((64, 64, 3), 255, np.uint8)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        made = damaged(white, 64.0, ("hole",), rng)
        hit = made.truth == DAMAGED
        if hit.any():
            usual = np.median(made.image[made.truth == SOUND], axis=0)
            assert np.abs(made.image[hit] - usual).max(1).mean() > 5
        unseen += not hit.any()
    assert unseen > 5


def test_windows_carry_truth_and_some_are_sound(tmp_path: Path) -> None:
    recipe = load_recipe("tiny-damage")
    sampler = DamagedWindowSampler(recipe, PackedSet(write_figures(tmp_path, 3), "train"))
    draws = [Draw(np.random.default_rng(seed), np.array([0.3, 0.6, 1.0])) for seed in range(24)]
    raw = sampler.batch(draws)
    assert isinstance(raw, RawBatch)
    batch = raw.on(torch.device("cpu"))
    assert batch.image.shape == (24, 3, 64, 64)
    assert torch.equal(batch.mask[:, 0] > 0, batch.labels == DAMAGED)
    sound = [number for number, key in enumerate(batch.keys) if key == "sound"]
    assert 0 < len(sound) < 24
    assert not batch.labels[sound].any()


def test_kinds_are_chosen_by_their_frequencies() -> None:
    mix = DamageMix({"fold": 0.0, "date": 1.0}, sound=0.5, most=2)
    drawn = [chosen_kinds(mix, np.random.default_rng(seed)) for seed in range(60)]
    assert {kind for kinds in drawn for kind in kinds} == {"date"}
    assert {len(kinds) for kinds in drawn} == {0, 1, 2}


@pytest.mark.parametrize("wrong", [{"kinds": {"fold": -1.0}}, {"kinds": {}}, {"sound": 1.0}, {"most": 0}])
def test_damage_that_chooses_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(OptionError, match="damage"):
        DamageMix(**wrong)  # type: ignore[arg-type]


def test_unknown_kinds_are_refused_when_the_run_begins(tmp_path: Path) -> None:
    recipe = load_recipe("tiny-damage")
    object.__setattr__(recipe, "damage", DamageMix({"moth": 1.0}))
    with pytest.raises(OptionError, match="moth"):
        DamagedWindowSampler(recipe, PackedSet(write_figures(tmp_path, 2), "train"))


def test_focal_cross_entropy_by_hand() -> None:
    logits = torch.tensor([[[[0.0, math.log(3)]]]])
    truth = torch.tensor([[[1, 0]]])
    region = torch.ones(1, 1, 1, 2)
    # A damaged pixel at one half: -log 0.5, error 0.5; a sound one at three quarters: -log 0.25, error 0.75.
    plain = (3 * math.log(2) + math.log(4)) / 4
    focal = (3 * math.log(2) * 0.5**2 + math.log(4) * 0.75**2) / 4
    assert segmentation_loss(logits, truth, region, 3.0).item() == pytest.approx(plain, rel=1e-5)
    assert segmentation_loss(logits, truth, region, 3.0, 2.0).item() == pytest.approx(focal, rel=1e-5)


def test_gradient_of_the_focal_cross_entropy() -> None:
    logits = torch.randn(1, 1, 3, 4, generator=torch.Generator().manual_seed(0))
    truth = torch.tensor([[[1, 0, 255, 1], [0, 0, 1, 1], [0, 1, 0, 0]]])
    region = (truth != UNDECIDED)[:, None].float()
    assert close(lambda x: segmentation_loss(x, truth, region, 3.0, 1.0), logits)


def test_the_truth_grows_over_what_is_undecided_too() -> None:
    labels = torch.zeros(1, 7, 7, dtype=torch.int64)
    labels[0, 3, 3], labels[0, 3, 4], labels[0, 3, 5] = DAMAGED, UNDECIDED, UNDECIDED
    truth, region = grown_truth(labels, 1)
    assert (truth == DAMAGED).sum() == 9
    assert region[0, 0, 3].tolist() == [1, 1, 1, 1, 1, 0, 1]


def test_scratches_are_thin_and_stains_are_not() -> None:
    truth = torch.zeros(1, 40, 40, dtype=torch.int64)
    truth[0, :, 5:8] = DAMAGED
    truth[0, 10:30, 18:36] = DAMAGED
    thin = thin_parts(truth)[0, 0]
    assert thin[:, 5:8].all()
    assert not thin[:, 9:].any()


def test_a_few_steps_learn_to_see_white_rectangles() -> None:
    torch.manual_seed(0)
    recipe = load_recipe("tiny-damage")
    network = build_network("damage-unet", {"widths": [6, 8]})
    task = DamageTask(recipe, network)
    rng = np.random.default_rng(0)
    photos = [figure(f"{SET}/{n}", n, (64, 96)).image[:64] for n in range(8)]
    made = [damaged(photo, 64.0, ("hole",) if n % 4 else (), rng) for n, photo in enumerate(photos)]
    truths = torch.from_numpy(np.stack([one.truth for one in made]))
    images = torch.from_numpy(np.stack([one.image for one in made]))
    keys = tuple("x" for _ in made)
    raw = RawBatch(images, (truths == DAMAGED).to(torch.uint8), truths, torch.zeros(8, 16, 3), keys)
    batch = raw.on(torch.device("cpu"))
    optimiser = torch.optim.Adam(network.parameters(), 0.01)
    for _ in range(60):
        optimiser.zero_grad()
        result = task.loss("network", batch, task.predict(batch, 0), 0)
        result.loss.backward()
        optimiser.step()
    assert result.scalars["recall"] > 0.7
    assert result.scalars["flagged"] < 0.1


def test_figures_of_an_answer_by_hand() -> None:
    truth = np.zeros((20, 20), np.uint8)
    truth[10, 2:12] = DAMAGED
    truth[0] = UNDECIDED
    levels = np.zeros((20, 20), np.uint8)
    levels[12, 2:7] = 200
    levels[18, 18] = 200
    levels[0] = 255
    score = damage_score(levels, truth)
    assert score.recall(0.5) == pytest.approx(0.5), "two pixels beside the damage are near enough"
    assert score.recall(0.9) == 0
    assert score.precision(0.5) == pytest.approx(5 / 6), "what is undecided does not count"
    assert score.precision(0.9) == 1
    sound = int((truth == SOUND).sum())
    assert 1 / sound <= score.flagged(0.5) < 1.5 / (sound - 60)


def test_the_threshold_is_set_by_false_alarms_on_sound_photos() -> None:
    tally = DamageTally()
    truth = np.zeros((10, 100), np.uint8)
    levels = np.zeros((10, 100), np.uint8)
    levels[0, :5], levels[1, :20] = 250, 100
    tally.scores = {SOUND_PHOTO: [damage_score(levels, truth)]}
    tally.masked = tally.scores[SOUND_PHOTO]
    assert tally.threshold_for(0.03) == pytest.approx(0.004, abs=0.001)
    assert tally.threshold_for(0.005) == pytest.approx(101 / 255, abs=0.001)
    assert tally.threshold_for(0.0) == pytest.approx(251 / 255, abs=0.001)


def test_every_photo_comes_sound_and_with_each_kind_that_shows(tmp_path: Path) -> None:
    photos = PackedSet(write_figures(tmp_path, 2), "train")
    cases = list(damage_cases(photos, 1))
    kinds = [case.kind for case in cases]
    assert kinds[0] == SOUND_PHOTO
    assert set(kinds) <= {SOUND_PHOTO, *KINDS}
    assert len(kinds) == len(set(kinds)) > 5
    assert not cases[0].truth.any()
    assert all((case.truth == DAMAGED).any() for case in cases[1:])
    again = next(iter(damage_cases(photos, 1)))
    assert np.array_equal(again.image, cases[0].image)


def test_trains_exports_and_is_measured_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packs = write_figures(tmp_path / "packs", 3)
    others = tmp_path / "others"
    write_packs([(figure(f"{SET}/other", 9), {})], others, SET, "val")
    run, models = tmp_path / "run", tmp_path / "models"
    command = ["train", "tiny-damage", "--data", str(packs), "--run", str(run), "--device", "cpu"]
    assert main([*command, "--precision", "float32"]) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert {"entropy", "dice", "recall", "flagged"} <= set(lines[-1])
    assert (run / "sheets" / "0000004.png").exists()
    assert main(["export", str(run), str(models)]) == 0
    assert isinstance(load_network(DAMAGE, models).module, DamageUnet)
    assert "none of it is real damage" in (models / "damage.md").read_text()
    report = tmp_path / "report.json"
    measure = ["evaluate", "--weights", str(models), "--data", str(others), "--protocol", "damage"]
    assert main([*measure, "--set", SET, "--limit", "1", "--device", "cpu", "--json", str(report)]) == 0
    assert "of a sound photo's pixels flagged" in capsys.readouterr().out
    rows = read_json(report).damage
    assert rows[0].group == SOUND_PHOTO
    assert rows[0].recall is None
    assert {row.group for row in rows} > {"scratches", "stain"}
    assert main(["export", str(run), str(models), "--metrics", str(report)]) == 0
    assert "| scratches |" in (models / "damage.md").read_text()
    targets = {target.what: target.verdict for target in damage_targets(rows)}
    assert targets["recall of scratches"] in (FLOOR, MISSED)
