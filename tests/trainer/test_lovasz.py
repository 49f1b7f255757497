import pytest
import torch
from torch import Tensor

from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT
from trainer.data.label_sets import label_sets
from trainer.losses.lovasz import lovasz_softmax_loss

CERTAIN = 40.0
"""A logit so far above the others that the probability is 1."""


def decided(labels: Tensor) -> Tensor:
    """Logits (N, 18, H, W) that leave no doubt about labels (N, H, W)."""
    logits = torch.zeros(labels.shape[0], LABEL_COUNT, *labels.shape[1:])
    return logits.scatter(1, labels[:, None], CERTAIN)


def mean_iou(found: Tensor, truth: Tensor) -> float:
    """Over the labels that occur in the truth."""
    values = []
    for label in truth.unique().tolist():
        a, b = found == label, truth == label
        values.append(float((a & b).sum() / (a | b).sum()))
    return sum(values) / len(values)


@pytest.mark.parametrize("seed", range(4))
def test_of_certain_maps_it_is_what_the_mean_iou_lacks(seed: int) -> None:
    rng = torch.Generator().manual_seed(seed)
    truth = torch.randint(0, 5, (2, 6, 7), generator=rng)
    found = torch.where(torch.rand(truth.shape, generator=rng) < 0.7, truth, (truth + 1) % 5)
    value = lovasz_softmax_loss(decided(found), truth)
    assert float(value) == pytest.approx(1 - mean_iou(found, truth), abs=1e-5)


def test_two_pixels_by_hand() -> None:
    # Label 0 has 0.8 where it is true and 0.4 where label 1 is: errors 0.4 (outside), then 0.2 (inside).
    # The IoU falls from 1 to 1/2 with the first and to 0 with both: 0.4 / 2 + 0.2 / 2 = 0.3.
    # Label 1 has 0.2 and 0.6: errors 0.4 (inside), then 0.2 (outside): the first takes it all, 0.4.
    probabilities = torch.full((1, LABEL_COUNT, 1, 2), 1e-12)
    probabilities[0, :2, 0, 0] = torch.tensor([0.8, 0.2])
    probabilities[0, :2, 0, 1] = torch.tensor([0.4, 0.6])
    value = lovasz_softmax_loss(probabilities.log(), torch.tensor([[[0, 1]]]))
    assert float(value) == pytest.approx(0.35, abs=1e-5)


def test_pixels_of_which_no_single_label_is_known_do_not_count() -> None:
    rng = torch.Generator().manual_seed(0)
    logits = torch.randn(1, LABEL_COUNT, 4, 4, generator=rng)
    labels = torch.randint(0, 3, (1, 4, 4), generator=rng)
    alone = lovasz_softmax_loss(logits[..., :2], labels[..., :2])
    labels[..., 2] = IGNORE_LABEL
    labels[..., 3] = len(label_sets()) - 1
    assert lovasz_softmax_loss(logits, labels) == pytest.approx(float(alone))


def test_without_any_known_label_it_is_nothing_but_can_be_derived() -> None:
    logits = torch.randn(1, LABEL_COUNT, 2, 2, requires_grad=True)
    value = lovasz_softmax_loss(logits, torch.full((1, 2, 2), IGNORE_LABEL))
    value.backward()
    assert float(value.detach()) == 0
    assert logits.grad is not None
    assert not logits.grad.any()
