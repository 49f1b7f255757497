"""Things to cut out, loose masks around them, and the segmentation network's losses and training."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.conventions import IGNORE_LABEL
from portrait_studio.networks.registry import TASKS
from portrait_studio.networks.released import load_network
from portrait_studio.networks.segmentation import SegmentationNetwork
from tests.helpers.tiny_packs import (
    BAG,
    COAT,
    LEFT_SHOE,
    RIGHT_SHOE,
    figure,
    write_figures,
    write_tiny_models,
)
from trainer.__main__ import main
from trainer.data.loose_masks import LOOSE_KINDS, loose_mask
from trainer.data.prompts import prompted_window
from trainer.data.things import (
    PERSON,
    Thing,
    drawn_thing,
    labels_to_cut,
    own_thing,
    parts_of,
    pasted_thing,
    truth_of,
)
from trainer.losses.segmentation import asked_region, dice_loss, segmentation_loss
from trainer.recipes.samples import PromptConfig
from trainer.tasks.encoder import begin_from_parser
from trainer.tasks.table import FAMILIES


def blob() -> np.ndarray:
    ys, xs = np.mgrid[:90, :110]
    return ((xs - 50) / 20) ** 2 + ((ys - 45) / 14) ** 2 < 1


@pytest.mark.parametrize("kind", LOOSE_KINDS)
def test_loose_masks_cover_most_of_the_thing_and_not_everything(kind: str) -> None:
    thing = blob()
    for seed in range(12):
        mask, drawn = loose_mask(thing, np.random.default_rng(seed), kind)
        assert drawn == kind
        assert mask.shape == thing.shape
        assert mask.dtype == np.bool_
        least = 0.5 if kind == "strokes" else 0.85
        assert (mask & thing).sum() > least * thing.sum()
        assert mask.sum() < 5 * thing.sum()


def test_exact_masks_keep_within_three_pixels() -> None:
    thing = blob()
    sizes = {int(loose_mask(thing, np.random.default_rng(seed), "exact")[0].sum()) for seed in range(20)}
    assert min(sizes) == thing.sum()
    assert max(sizes) < 1.6 * thing.sum()


def test_every_thing_has_a_loose_mask() -> None:
    speck = np.zeros((40, 40), np.bool_)
    speck[20, 20] = True
    for seed in range(40):
        assert loose_mask(speck, np.random.default_rng(seed))[0].any()


def test_the_person_is_cut_out_only_where_it_is_known_everywhere() -> None:
    labels = figure("a/1", 0, bag=True).labels
    assert {BAG, COAT, PERSON} <= set(labels_to_cut(labels))
    unknown = labels.copy()
    unknown[:20] = IGNORE_LABEL
    assert PERSON not in labels_to_cut(unknown)


def test_accessories_are_one_thing_and_shoes_are_two() -> None:
    labels = np.zeros((60, 60), np.uint8)
    labels[5:15, 5:15] = labels[30:40, 5:15] = BAG
    labels[5:15, 30:40] = labels[30:40, 30:40] = RIGHT_SHOE
    assert [int(part.sum()) for part in parts_of(labels, BAG)] == [200]
    assert [int(part.sum()) for part in parts_of(labels, RIGHT_SHOE)] == [100, 100]


def test_what_may_belong_to_the_part_is_not_known() -> None:
    labels = np.zeros((20, 20), np.uint8)
    labels[:5], labels[5:10], labels[10:12] = LEFT_SHOE, IGNORE_LABEL, 20
    labels[15:] = LEFT_SHOE
    part = np.zeros((20, 20), np.bool_)
    part[:5] = True
    truth = truth_of(labels, LEFT_SHOE, part)
    assert (truth[:5] == 1).all()
    assert (truth[5:12] == IGNORE_LABEL).all()
    assert (truth[12:15] == 0).all()
    assert (truth[15:] == IGNORE_LABEL).all()


def test_pasted_and_drawn_things_change_the_picture_where_they_are_and_only_there() -> None:
    first, second = figure("a/1", 1), figure("a/2", 2, bag=True)
    made = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        for thing in (pasted_thing(first, second, rng), drawn_thing(first, second, rng)):
            if thing is None:
                continue
            made += 1
            changed = (thing.image != first.image).any(2)
            far = np.asarray(thing.truth == 0) & ~changed
            assert far.sum() + (thing.truth == 1).sum() > 0.8 * changed.size - 200
            assert (changed & (thing.truth == 1)).sum() > 0.8 * (thing.truth == 1).sum()
    assert made > 12


def test_windows_show_the_thing_and_keep_clicks_on_their_side() -> None:
    sample = figure("a/1", 0, bag=True)
    config = PromptConfig(clicks=0.5, corrected=0.3)
    kinds = set()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        thing = own_thing(sample, rng)
        assert thing is not None
        window = prompted_window(thing, 96, rng, config)
        if window is None:
            continue
        kinds.add(window.kind)
        mask, inside, outside, photo = window.prompt
        assert window.image.shape == (96, 96, 3)
        assert (window.truth == 1).sum() >= 12
        assert (window.image[photo == 0] == 128).all()
        assert (window.truth[photo == 0] == IGNORE_LABEL).all()
        if window.kind == "clicks":
            assert not mask.any()
            assert inside.any()
        # The middle of a disc lies on its side; its rim may reach over.
        if inside.any():
            assert (window.truth[inside > 0] == 1).mean() > 0.2
        if outside.any():
            assert (window.truth[outside > 0] != 1).mean() > 0.2
    assert "clicks" in kinds
    assert len(kinds) > 3


def test_a_mirrored_window_mirrors_mask_and_truth_alike() -> None:
    image = np.zeros((80, 80, 3), np.uint8)
    image[30:50, 20:50] = 255
    thing = Thing(image, (image[..., 0] > 0).astype(np.uint8), "drawn")
    for seed in range(12):
        window = prompted_window(thing, 64, np.random.default_rng(seed), PromptConfig(clicks=0, corrected=0))
        assert window is not None
        bright = window.image[..., 0] > 150
        assert (bright == (window.truth == 1))[window.prompt[3] > 0].mean() > 0.97


def test_cross_entropy_weighs_the_thing_twice_and_counts_the_region_only() -> None:
    logits = torch.zeros(1, 1, 1, 3)
    truth = torch.tensor([[[1, 0, 0]]])
    region = torch.tensor([[[[1.0, 1.0, 0.0]]]])
    assert segmentation_loss(logits, truth, region).item() == pytest.approx(np.log(2))
    sure = torch.tensor([[[[0.0, -50.0, 50.0]]]])
    assert segmentation_loss(sure, truth, region).item() == pytest.approx(2 * np.log(2) / 3)


def test_dice_loss_by_hand() -> None:
    logits = torch.tensor([[[[50.0, 50.0, -50.0, 50.0]]]])
    truth = torch.tensor([[[1, 0, 1, 1]]])
    region = torch.tensor([[[[1.0, 1.0, 1.0, 0.0]]]])
    # One right of two found and two true: (2 * 1 + 1) / (2 + 2 + 1).
    assert dice_loss(logits, truth, region).item() == pytest.approx(1 - 3 / 5)


def test_gradients_of_the_segmentation_losses() -> None:
    logits = torch.randn(2, 1, 2, 3, generator=torch.Generator().manual_seed(0)).double().requires_grad_()
    truth = torch.tensor([[[1, 0, 1], [0, 0, 1]], [[0, 1, 0], [1, 0, 0]]])
    region = torch.ones(2, 1, 2, 3)
    for loss in (segmentation_loss, dice_loss):
        assert torch.autograd.gradcheck(
            lambda x, f=loss: f(x, truth, region), (logits,), eps=1e-2, atol=3e-3, rtol=2e-2
        )


def test_the_answer_counts_near_the_mask_and_everywhere_without_one() -> None:
    mask = torch.zeros(2, 1, 9, 9)
    mask[0, 0, 4, 4] = 1
    truth = torch.zeros(2, 9, 9, dtype=torch.int64)
    truth[1, 0, 0] = IGNORE_LABEL
    region = asked_region(mask, truth, 2)
    assert region[0].sum() == 25
    assert region[1].sum() == 80


def test_encoder_starts_from_the_released_parser(tmp_path: Path) -> None:
    models = write_tiny_models(tmp_path)
    network = build_network("segmentation", {"top": 12, "widths": [8, 8, 8], "stem": 8, "mix": 2})
    assert isinstance(network, SegmentationNetwork)
    assert "encoder of the released parser" in begin_from_parser(network.encoder, models)
    parser = load_network("parsing", models).module.state_dict()
    own = network.encoder.state_dict()
    stem = parser["encoder._conv_stem.weight"]
    assert torch.equal(own["_conv_stem.weight"][:, :3], stem[:, :3])
    assert torch.allclose(own["_conv_stem.weight"][:, 3], 0.2 * stem[:, 3])
    assert not own["_conv_stem.weight"][:, 4:].any()
    assert torch.equal(own["_bn0.weight"], parser["encoder._bn0.weight"])


def test_trains_and_exports_from_the_command_line(tmp_path: Path) -> None:
    packs = write_figures(tmp_path / "packs", 3)
    run, models = tmp_path / "run", tmp_path / "models"
    command = ["train", "tiny-segmentation", "--data", str(packs), "--run", str(run), "--device", "cpu"]
    assert main([*command, "--precision", "float32"]) == 0
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert {"entropy", "dice", "iou"} <= set(lines[-1])
    assert (run / "sheets" / "0000004.png").exists()
    assert main(["export", str(run), str(models)]) == 0
    assert load_network("segmentation", models).name == "segmentation"
    assert "cut" not in (models / "segmentation.md").read_text().splitlines()[0]


def test_every_trained_task_has_a_family() -> None:
    assert set(FAMILIES) == set(TASKS)


@pytest.mark.parametrize("wrong", [{"own": -1.0}, {"own": 0, "pasted": 0, "drawn": 0}, {"clicks": 1.2}])
def test_prompts_that_choose_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(OptionError, match="prompts"):
        PromptConfig(**wrong)
