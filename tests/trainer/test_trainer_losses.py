import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT, PARTIAL_LABELS
from portrait_studio.networks.windows import cut_windows, hole_windows
from tests.helpers.tiny_packs import VGG_PLACES, write_tiny_vgg
from trainer.data.label_sets import label_sets
from trainer.losses.adversarial import hole_l1
from trainer.losses.parsing import balanced_weights, heatmap_loss, heatmap_targets, weighted_softmax_loss
from trainer.losses.perceptual import load_perceptual

ALPHA = 9.0
SKIN = 19


def scene(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Logits (2, 18, 5, 6), codes of all kinds (2, 5, 6), and a mask (2, 1, 5, 6)."""
    rng = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(2, LABEL_COUNT, 5, 6, generator=rng)
    labels = torch.randint(0, LABEL_COUNT + len(PARTIAL_LABELS), (2, 5, 6), generator=rng)
    labels[:, 0, 0] = IGNORE_LABEL
    mask = (torch.rand(2, 1, 5, 6, generator=rng) < 0.4).float()
    return logits, labels, mask


def softmax_loss(logits: Tensor, labels: Tensor, mask: Tensor, alpha: float = ALPHA) -> Tensor:
    """Eq. 2 with all codes weighing 1."""
    sets = label_sets()
    return weighted_softmax_loss(logits, labels, mask, alpha, torch.ones(len(sets)), sets)


def eq_2_by_hand(logits: Tensor, labels: Tensor, mask: Tensor, weights: Tensor) -> float:
    """Pixel by pixel, in Python's doubles."""
    total, known = 0.0, 0
    for n, y, x in torch.cartesian_prod(*(torch.arange(side) for side in labels.shape)).tolist():
        code = int(labels[n, y, x])
        if code == IGNORE_LABEL:
            continue
        powers = [math.exp(float(v)) for v in logits[n, :, y, x]]
        members = PARTIAL_LABELS.get(code, (code,))
        probability = sum(powers[k] for k in members) / sum(powers)
        total -= (1 + ALPHA * float(mask[n, 0, y, x])) * float(weights[code]) * math.log(probability)
        known += 1
    return total / known


@pytest.mark.parametrize("seed", range(3))
def test_eq_2_agrees_with_a_loop_by_hand(seed: int) -> None:
    logits, labels, mask = scene(seed)
    weights = torch.linspace(0.5, 2, LABEL_COUNT + len(PARTIAL_LABELS))
    value = weighted_softmax_loss(logits, labels, mask, ALPHA, weights, label_sets())
    assert float(value) == pytest.approx(eq_2_by_hand(logits, labels, mask, weights), rel=1e-5)


def test_eq_2_is_cross_entropy_without_hole_and_sets() -> None:
    logits, labels, mask = scene()
    labels = labels.clamp_max(LABEL_COUNT - 1)
    value = softmax_loss(logits, labels, torch.zeros_like(mask))
    torch.testing.assert_close(value, functional.cross_entropy(logits, labels))


@pytest.mark.parametrize("code", PARTIAL_LABELS)
def test_a_set_costs_its_summed_probability(code: int) -> None:
    logits, _, _ = scene()
    labels, mask = torch.full((2, 5, 6), code), torch.zeros(2, 1, 5, 6)
    probability = logits.softmax(1)[:, list(PARTIAL_LABELS[code])].sum(1)
    torch.testing.assert_close(softmax_loss(logits, labels, mask), -probability.log().mean())


def test_alpha_matters_inside_the_hole_only() -> None:
    logits, labels, _ = scene()
    outside, inside = torch.zeros(2, 1, 5, 6), torch.ones(2, 1, 5, 6)
    plain = softmax_loss(logits, labels, outside)
    assert torch.equal(softmax_loss(logits, labels, outside, 4.0), plain)
    torch.testing.assert_close(softmax_loss(logits, labels, inside, 4.0), 5 * plain)
    assert torch.equal(softmax_loss(logits, labels, inside, 0.0), plain)


def test_gradient_of_eq_2_is_prediction_minus_truth() -> None:
    logits, labels, mask = scene()
    logits.requires_grad_()
    softmax_loss(logits, labels, mask).backward()  # type: ignore[no-untyped-call]
    known = (labels != IGNORE_LABEL)[:, None]
    member = label_sets()[labels.masked_fill(~known[:, 0], 0)].permute(0, 3, 1, 2) > 0
    predicted = logits.detach().softmax(1)
    truth = logits.detach().masked_fill(~member, -torch.inf).softmax(1)
    expected = (1 + ALPHA * mask) * known * (predicted - truth) / known.sum()
    torch.testing.assert_close(logits.grad, expected, atol=1e-6, rtol=1e-4)
    assert torch.equal(logits.grad[:, :, 0, 0], torch.zeros(2, LABEL_COUNT))


def test_nothing_known_costs_nothing() -> None:
    logits, labels, mask = scene()
    logits.requires_grad_()
    value = softmax_loss(logits, torch.full_like(labels, IGNORE_LABEL), mask)
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == 0
    assert torch.equal(logits.grad, torch.zeros_like(logits))


def test_confident_truth_costs_nothing_and_stays_finite() -> None:
    labels = torch.tensor([[[3, SKIN]]])
    logits = torch.full((1, LABEL_COUNT, 1, 2), -1e4)
    logits[0, 3, 0, 0] = logits[0, 12, 0, 1] = 1e4
    assert float(softmax_loss(logits, labels, torch.ones(1, 1, 1, 2))) == 0
    wrong = softmax_loss(-logits, labels, torch.ones(1, 1, 1, 2))
    assert torch.isfinite(wrong)
    assert wrong > 1e4


def test_label_sets_are_the_conventions() -> None:
    sets = label_sets()
    assert torch.equal(sets[:LABEL_COUNT], torch.eye(LABEL_COUNT))
    for code, members in PARTIAL_LABELS.items():
        assert tuple(sets[code].nonzero()[:, 0].tolist()) == members


def test_balanced_weights_favour_rare_labels_within_limits() -> None:
    frequencies = torch.zeros(LABEL_COUNT)
    frequencies[:4] = torch.tensor([0.7, 0.2, 0.09, 0.01])
    weights = balanced_weights(frequencies, 0.5)
    assert weights.shape == (LABEL_COUNT + len(PARTIAL_LABELS),)
    assert (weights[:4].diff() > 0).all()
    assert weights[0] >= 0.5
    assert (weights[4:LABEL_COUNT] == 4).all()
    assert (weights[LABEL_COUNT:] == 1).all()
    assert torch.equal(balanced_weights(frequencies, 0.0)[:LABEL_COUNT], torch.ones(LABEL_COUNT))
    assert torch.isfinite(balanced_weights(torch.zeros(LABEL_COUNT), 0.5)).all()


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 63), st.floats(0, 95))
def test_heatmap_targets_peak_at_the_keypoint(x: float, y: float) -> None:
    keypoints = torch.zeros(1, 16, 3)
    keypoints[0, 5] = torch.tensor([x, y, 1.0])
    target = heatmap_targets(keypoints, 24, 16)
    assert target.shape == (1, 16, 24, 16)
    assert 0 <= target.min() <= target.max() <= 1
    row, column = divmod(int(target[0, 5].argmax()), 16)
    assert abs(4 * column + 1.5 - x) <= 2.001
    assert abs(4 * row + 1.5 - y) <= 2.001
    assert target[0, 5, row, column] > 0.9


def test_heatmap_targets_fall_to_one_deviation_after_7_pixels() -> None:
    keypoints = torch.zeros(1, 16, 3)
    keypoints[..., :2] = 4 * 8 + 1.5
    target = heatmap_targets(keypoints, 16, 16)[0, 0]
    assert float(target[8, 8]) == pytest.approx(1)
    assert float(target[8, 8 + 4]) == pytest.approx(math.exp(-0.5 * (16 / 7) ** 2))


def test_heatmap_loss_reads_known_joints_only() -> None:
    keypoints = torch.zeros(2, 16, 3)
    keypoints[:, 3] = torch.tensor([20.0, 30.0, 0.9])
    heatmaps = torch.rand(2, 16, 16, 16, requires_grad=True)
    heatmap_loss(heatmaps, keypoints).backward()  # type: ignore[no-untyped-call]
    assert heatmaps.grad is not None
    assert heatmaps.grad[:, 3].abs().min() > 0
    others = [joint for joint in range(16) if joint != 3]
    assert torch.equal(heatmaps.grad[:, others], torch.zeros(2, 15, 16, 16))
    perfect = heatmap_targets(keypoints, 16, 16)
    assert float(heatmap_loss(perfect, keypoints)) == 0
    assert float(heatmap_loss(perfect, torch.zeros(2, 16, 3))) == 0


def test_heatmap_loss_has_the_gradient_of_its_value() -> None:
    keypoints = torch.zeros(1, 16, 3)
    keypoints[0, :3] = torch.tensor([9.0, 7.0, 1.0])
    heatmaps = torch.rand(1, 16, 4, 4, requires_grad=True)
    value = heatmap_loss(heatmaps, keypoints)
    value.backward()  # type: ignore[no-untyped-call]
    step = 1e-2
    assert heatmaps.grad is not None
    for joint, y, x in ((0, 1, 2), (2, 3, 3)):
        moved = heatmaps.detach().clone()
        moved[0, joint, y, x] += step
        back = heatmaps.detach().clone()
        back[0, joint, y, x] -= step
        slope = (heatmap_loss(moved, keypoints) - heatmap_loss(back, keypoints)) / (2 * step)
        assert float(slope) == pytest.approx(float(heatmaps.grad[0, joint, y, x]), rel=1e-3, abs=1e-5)


def test_hole_l1_reads_the_hole_only() -> None:
    target, output = torch.zeros(2, 3, 4, 4), torch.full((2, 3, 4, 4), 5.0)
    mask = torch.zeros(2, 1, 4, 4)
    mask[0, 0, 1, 2] = mask[1, 0, 3, 3] = 1
    output[0, :, 1, 2] = torch.tensor([0.3, -0.6, 0.0])
    output[1, :, 3, 3] = 0.5
    assert float(hole_l1(output, target, mask)) == pytest.approx((0.9 + 1.5) / 6)
    assert float(hole_l1(output, target, torch.zeros_like(mask))) == 0


@pytest.fixture(scope="module")
def vgg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_vgg(tmp_path_factory.mktemp("vgg") / "vgg.safetensors")


def torchvision_layers(path: Path) -> nn.Sequential:
    """The file's layers in the order of torchvision's vgg16().features."""
    state = load_file(path)
    layers: list[nn.Module] = []
    for place in range(28):
        name = f"features.{place}"
        if place in VGG_PLACES:
            weight = state[f"{name}.weight"].float()
            conv = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
            conv.load_state_dict({"weight": weight, "bias": state[f"{name}.bias"].float()})
            layers.append(conv)
        else:
            layers.append(nn.MaxPool2d(2) if place in (4, 9, 16, 23) else nn.ReLU())
    return nn.Sequential(*layers)


def test_perceptual_features_are_those_of_torchvision(vgg: Path) -> None:
    image = torch.rand(2, 3, 32, 48) * 2 - 1
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((image + 1) / 2 - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    expected = []
    for place, layer in enumerate(torchvision_layers(vgg)):
        x = layer(x)
        if place in (3, 8, 13, 20, 27):  # relu1_2, relu2_2, relu3_2, relu4_2, relu5_2
            expected.append(x.detach())
    torch.testing.assert_close(load_perceptual(vgg).features(image), expected)


def test_vgg_19_is_taken_at_the_papers_layers(tmp_path: Path) -> None:
    """relu1_2, relu2_2, relu3_2, relu4_2 and relu5_2 of the deeper network."""
    torch.manual_seed(0)
    places = (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34)
    convs = {place: nn.Conv2d(3 if place == 0 else 4, 4, 3, padding=1) for place in places}
    state = {
        f"features.{place}.{k}": v for place, conv in convs.items() for k, v in conv.state_dict().items()
    }
    save_file(state, tmp_path / "vgg19.safetensors")
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((image + 1) / 2 - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    expected = []
    for place in range(32):
        if place in convs:
            x = convs[place](x)
        else:
            x = functional.max_pool2d(x, 2) if place in (4, 9, 18, 27) else x.relu()
        if place in (3, 8, 13, 22, 31):
            expected.append(x.detach())
    torch.testing.assert_close(load_perceptual(tmp_path / "vgg19.safetensors").features(image), expected)


def test_perceptual_loss_is_zero_for_equal_pictures_only(vgg: Path) -> None:
    loss = load_perceptual(vgg)
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    assert float(loss(image, image)) == 0
    assert float(loss(image, -image)) > 0


def test_perceptual_gradient_flows_to_the_output_alone(vgg: Path) -> None:
    loss = load_perceptual(vgg)
    output = torch.rand(1, 3, 32, 32, requires_grad=True)
    target = torch.rand(1, 3, 32, 32, requires_grad=True)
    loss(output, target).backward()
    assert output.grad is not None
    assert output.grad.abs().sum() > 0
    assert target.grad is None
    assert all(p.grad is None and not p.requires_grad for p in loss.parameters())


@pytest.mark.parametrize("prefix", ["", "features.", "module.features."])
def test_perceptual_file_may_have_any_prefix(tmp_path: Path, prefix: str) -> None:
    loss = load_perceptual(write_tiny_vgg(tmp_path / "vgg.safetensors", prefix))
    assert len(loss.convolutions) == 12


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"weight": torch.zeros(1)},
        {"features.x.weight": torch.zeros(4, 3, 3, 3)},
        {"features.0.weight": torch.zeros(4, 3, 3, 3)},
        {"features.0.weight": torch.zeros(4, 3, 3, 3), "features.0.bias": torch.zeros(4)},
        {f"f.{i}.{kind}": torch.zeros(7) for i in range(12) for kind in ("weight", "bias")},
    ],
)
def test_other_files_are_no_vgg(tmp_path: Path, state: dict[str, Tensor]) -> None:
    path = tmp_path / "other.safetensors"
    save_file(state, path)
    with pytest.raises(DataSetError, match=r"does not hold VGG features; give .*\.$"):
        load_perceptual(path)


def test_missing_and_damaged_vgg_files(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"\xff" * 40)
    for path in (damaged, tmp_path / "none.safetensors"):
        with pytest.raises(DataSetError, match="does not hold VGG features"):
            load_perceptual(path)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_hole_windows_stay_inside_and_see_the_hole(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(8, 40)), data.draw(st.integers(8, 40))
    side = data.draw(st.integers(2, min(height, width)))
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    mask = torch.zeros(1, 1, height, width)
    mask[..., top : top + 3, left : left + 3] = 1
    (corner,) = hole_windows(mask, side)
    window = cut_windows(mask, [corner], side)
    assert window.shape == (1, 1, side, side)
    assert window.sum() > 0


def test_hole_windows_of_an_empty_mask_lie_in_the_middle() -> None:
    assert hole_windows(torch.zeros(2, 1, 20, 30), 10) == [(10, 5), (10, 5)]


def test_cut_windows_take_their_own_place_from_each_sample() -> None:
    x = torch.arange(2 * 36).view(2, 1, 6, 6)
    cut = cut_windows(x, [(1, 2), (3, 0)], 3)
    assert torch.equal(cut[0], x[0, :, 2:5, 1:4])
    assert torch.equal(cut[1], x[1, :, 0:3, 3:6])
