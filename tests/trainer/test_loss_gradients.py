"""Gradient checks of the losses that compute in single precision: large steps, wide tolerances."""

import itertools
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT, PARTIAL_LABELS
from trainer.data.label_sets import label_sets
from trainer.losses.lovasz import lovasz_softmax_loss
from trainer.losses.parsing import heatmap_loss, weighted_softmax_loss
from trainer.losses.perceptual import PerceptualLoss


def close(function: Callable[[Tensor], Tensor], value: Tensor) -> bool:
    value = value.double().requires_grad_()
    return torch.autograd.gradcheck(function, (value,), eps=1e-2, atol=3e-3, rtol=2e-2)


def test_gradient_of_eq_2_with_sets_of_labels() -> None:
    rng = torch.Generator().manual_seed(0)
    logits = torch.randn(1, LABEL_COUNT, 2, 3, generator=rng)
    labels = torch.tensor([[[3, 19, IGNORE_LABEL], [24, 0, 11]]])
    mask = torch.tensor([[[[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]])
    weights = torch.linspace(0.5, 2, LABEL_COUNT + len(PARTIAL_LABELS))
    assert close(lambda x: weighted_softmax_loss(x, labels, mask, 9.0, weights, label_sets()), logits)


def test_gradient_of_the_lovasz_softmax_loss() -> None:
    rng = torch.Generator().manual_seed(3)
    logits = torch.randn(1, LABEL_COUNT, 2, 3, generator=rng)
    labels = torch.tensor([[[0, 1, IGNORE_LABEL], [24, 0, 2]]])
    # Within a step no two errors may change their order: the loss has corners there.
    assert close(lambda x: lovasz_softmax_loss(x, labels), logits)


def test_gradient_of_the_heatmap_loss() -> None:
    keypoints = torch.zeros(1, 16, 3)
    keypoints[0, :2] = torch.tensor([5.0, 6.0, 1.0])
    assert close(lambda x: heatmap_loss(x, keypoints), torch.rand(1, 16, 3, 3))


def small_vgg(stages: tuple[int, ...]) -> PerceptualLoss:
    """Convolutions up to conv5_2, of few channels."""
    torch.manual_seed(0)
    widths = [3] + [4] * (sum(stages[:-1]) + 2)
    return PerceptualLoss([nn.Conv2d(a, b, 3, 1, 1) for a, b in itertools.pairwise(widths)], stages)


def test_perceptual_loss_by_hand() -> None:
    loss = small_vgg((2, 2, 3, 3, 3))
    output, target = torch.rand(2, 1, 3, 16, 16).unbind()
    expected = sum(
        float((a - b).square().mean() / b.square().mean().clamp_min(1e-6))
        for a, b in zip(loss.features(output), loss.features(target), strict=True)
    )
    assert loss(output, target).item() == pytest.approx(expected, rel=1e-4)


def test_gradient_of_the_perceptual_loss() -> None:
    loss = small_vgg((2, 2, 3, 3, 3))
    rng = torch.Generator().manual_seed(1)
    output, target = torch.rand(2, 1, 3, 16, 16, generator=rng).unbind()
    output = output.requires_grad_()
    loss(output, target).backward()
    assert output.grad is not None
    # Steps along the gradient itself, where corners of the ReLU matter least.
    direction = output.grad / output.grad.norm()
    with torch.no_grad():
        ahead, behind = (loss(output + sign * 1e-2 * direction, target) for sign in (1, -1))
    assert float(ahead - behind) / 2e-2 == pytest.approx(float(output.grad.norm()), rel=2e-2)


def test_perceptual_loss_in_bfloat16_is_that_of_float32() -> None:
    loss = small_vgg((2, 2, 3, 3, 3))
    rng = torch.Generator().manual_seed(1)
    output, target = torch.rand(2, 1, 3, 32, 32, generator=rng).unbind()
    values, gradients = [], []
    for enabled in (False, True):
        leaf = output.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            value = loss(leaf, target)
        value.backward()
        assert leaf.grad is not None
        assert value.dtype == torch.float32
        values.append(value.item())
        gradients.append(leaf.grad)
    assert values[1] == pytest.approx(values[0], rel=0.05)
    assert functional.cosine_similarity(*(g.flatten() for g in gradients), dim=0).item() > 0.95
