import math

import pytest
import torch
from torch import Tensor, nn

from trainer.losses.adversarial import (
    discriminator_loss,
    feature_matching_loss,
    generator_loss,
    gradient_penalty,
    hole_l1,
    patch_weights,
)


def logits(seed: int) -> Tensor:
    """(2, 1, 3, 2) doubles, none within 0.05 of the corners of the hinge."""
    values = torch.randn(2, 1, 3, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.double)
    for corner in (-1.0, 1.0):
        values = torch.where((values - corner).abs() < 0.05, values + 0.1, values)
    return values.requires_grad_()


def test_log_losses_at_known_logits() -> None:
    undecided = torch.zeros(3)
    assert float(discriminator_loss("log", undecided, undecided)) == pytest.approx(2 * math.log(2))
    assert float(generator_loss("log", undecided)) == pytest.approx(math.log(2))
    real, fake = torch.tensor([2.0, -1.0]), torch.tensor([0.5, -3.0])
    expected = -real.sigmoid().log().mean() - (1 - fake.sigmoid()).log().mean()
    torch.testing.assert_close(discriminator_loss("log", real, fake), expected)
    torch.testing.assert_close(generator_loss("log", fake), -fake.sigmoid().log().mean())


def test_hinge_losses_at_known_logits() -> None:
    real, fake = torch.tensor([2.0, 0.25, -1.0]), torch.tensor([0.5, -3.0, -0.75])
    # (0 + 0.75 + 2) / 3 for the truth, (1.5 + 0 + 0.25) / 3 for the output.
    assert float(discriminator_loss("hinge", real, fake)) == pytest.approx((2.75 + 1.75) / 3)
    assert float(generator_loss("hinge", fake)) == pytest.approx(3.25 / 3)


@pytest.mark.parametrize("kind", ["log", "hinge"])
def test_weighted_losses_read_weighted_patches_only(kind: str) -> None:
    real, fake = logits(0).detach(), logits(1).detach()
    weights = torch.zeros(2, 1, 3, 2)
    weights[0, 0, 1, 1] = weights[1, 0, 0, 0] = 0.25
    chosen = [torch.stack([x[0, 0, 1, 1], x[1, 0, 0, 0]]) for x in (real, fake)]
    torch.testing.assert_close(
        discriminator_loss(kind, real, fake, weights), discriminator_loss(kind, *chosen)
    )
    torch.testing.assert_close(generator_loss(kind, fake, weights), generator_loss(kind, chosen[1]))
    assert float(discriminator_loss(kind, real, fake, 0 * weights)) == 0


def test_log_losses_stay_finite_when_the_judge_is_certain() -> None:
    sure = torch.tensor([300.0])
    assert float(discriminator_loss("log", sure, -sure)) == 0
    assert float(discriminator_loss("log", -sure, sure)) == pytest.approx(600)
    assert float(generator_loss("log", -sure)) == pytest.approx(300)
    half = torch.tensor([1.5], dtype=torch.bfloat16)
    assert generator_loss("log", half).dtype == torch.float32


@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize("kind", ["log", "hinge"])
def test_gradients_of_the_adversarial_losses(kind: str, weighted: bool) -> None:
    weights = torch.rand(2, 1, 3, 2) if weighted else None
    # The losses compute in single precision, so the step is large and the tolerance wide.
    check = {"eps": 1e-2, "atol": 2e-3, "rtol": 1e-2}
    assert torch.autograd.gradcheck(
        lambda a, b: discriminator_loss(kind, a, b, weights), (logits(0), logits(1)), **check
    )
    assert torch.autograd.gradcheck(lambda a: generator_loss(kind, a, weights), (logits(1),), **check)


def test_patch_weights_are_shares_of_hole() -> None:
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 2:4, :] = 1
    assert patch_weights(mask, torch.zeros(1, 1, 2, 4))[0, 0].tolist() == [[0.5] * 4, [0.0] * 4]
    assert patch_weights(mask, torch.zeros(1, 1, 1, 1)).item() == 0.25


def test_feature_matching_averages_layers() -> None:
    fake = [torch.tensor([[1.0, -2.0]]), torch.tensor([[[3.0]]])]
    real = [torch.tensor([[0.0, 2.0]]), torch.tensor([[[3.5]]])]
    assert float(feature_matching_loss(fake, real)) == pytest.approx(((1 + 4) / 2 + 0.5) / 2)


def test_feature_matching_moves_the_output_alone() -> None:
    fake, real = logits(0), logits(1)
    feature_matching_loss([fake], [real]).backward()  # type: ignore[no-untyped-call]
    assert real.grad is None
    check = {"eps": 1e-2, "atol": 2e-3, "rtol": 1e-2}
    assert torch.autograd.gradcheck(lambda a: feature_matching_loss([a], [real.detach()]), (fake,), **check)


def test_gradient_penalty_of_a_linear_judge_is_half_its_squared_weights() -> None:
    judge = nn.Conv2d(3, 1, 2, 2)
    image = torch.randn(2, 3, 4, 4, requires_grad=True)
    penalty = gradient_penalty(judge(image), image)
    # Each pixel enters one of four logits, which are averaged.
    expected = 4 * (judge.weight / 4).square().sum() / 2
    torch.testing.assert_close(penalty, expected)
    penalty.backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(judge.weight.grad, judge.weight.detach() / 4)


def test_gradient_penalty_can_be_trained_through() -> None:
    image = torch.randn(1, 2, 3, 3, dtype=torch.double)
    weight = torch.randn(1, 2, 2, 2, dtype=torch.double, requires_grad=True)

    def penalty(kernel: Tensor) -> Tensor:
        seen = image.clone().requires_grad_()
        return gradient_penalty(nn.functional.conv2d(seen, kernel).square(), seen)

    assert torch.autograd.gradcheck(penalty, (weight,), eps=1e-2, atol=5e-2, rtol=2e-2)


def test_hole_l1_gradient() -> None:
    output = torch.randn(2, 3, 4, 4, dtype=torch.double, requires_grad=True)
    target, mask = torch.zeros(2, 3, 4, 4), torch.zeros(2, 1, 4, 4)
    mask[..., 1:3, 2:] = 1
    hole_l1(output, target, mask).backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(output.grad, output.detach().sign() * mask / (3 * mask.sum()))
