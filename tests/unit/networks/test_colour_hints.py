import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.networks.conventions import LABEL_COUNT, LABELS
from portrait_studio.networks.hints import label_affinity, label_hint, pull_push

COAT, PANTS, DRESS = LABELS.index("upper-clothes"), LABELS.index("pants"), LABELS.index("dress")
LEFT_SHOE, RIGHT_SHOE = LABELS.index("left-shoe"), LABELS.index("right-shoe")
FACE, LEFT_ARM = LABELS.index("face"), LABELS.index("left-arm")

sides = st.integers(1, 37)
seeds = st.integers(0, 2**16)


def scattered(height: int, width: int, seed: int, share: float = 0.2) -> tuple[torch.Tensor, torch.Tensor]:
    """Values (1, 3, H, W), and weights 0 or 1 with at least a single 1."""
    rng = torch.Generator().manual_seed(seed)
    values = torch.rand(1, 3, height, width, generator=rng) * 2 - 1
    weights = (torch.rand(1, 1, height, width, generator=rng) < share).float()
    weights[..., height // 2, width // 2] = 1
    return values, weights


@settings(max_examples=25, deadline=None)
@given(sides, sides, seeds)
def test_known_values_stay(height: int, width: int, seed: int) -> None:
    values, weights = scattered(height, width, seed)
    out = pull_push(values, weights)
    assert out.shape == values.shape
    if min(height, width) > 1:
        torch.testing.assert_close(out * weights, values * weights)


@settings(max_examples=25, deadline=None)
@given(sides, sides, seeds, st.floats(-1, 1))
def test_a_constant_stays_constant(height: int, width: int, seed: int, value: float) -> None:
    _, weights = scattered(height, width, seed)
    constant = torch.full((1, 3, height, width), value)
    torch.testing.assert_close(pull_push(constant, weights), constant, atol=1e-5, rtol=0)


@settings(max_examples=25, deadline=None)
@given(sides, sides, seeds)
def test_a_continuation_invents_no_extremes(height: int, width: int, seed: int) -> None:
    values, weights = scattered(height, width, seed)
    seen = [values[0, c][weights[0, 0] > 0] for c in range(3)]
    out = pull_push(values, weights)
    for channel in range(3):
        assert out[0, channel].min() >= seen[channel].min() - 1e-5
        assert out[0, channel].max() <= seen[channel].max() + 1e-5


@settings(max_examples=15, deadline=None)
@given(sides, sides, seeds)
def test_unknown_values_are_not_read(height: int, width: int, seed: int) -> None:
    values, weights = scattered(height, width, seed)
    poisoned = values + 100 * (1 - weights)
    torch.testing.assert_close(pull_push(poisoned, weights), pull_push(values, weights))


def test_nothing_known_gives_zero() -> None:
    values, weights = torch.ones(1, 3, 9, 14), torch.zeros(1, 1, 9, 14)
    assert torch.equal(pull_push(values, weights), torch.zeros(1, 3, 9, 14))


def test_a_continuation_is_nearest_to_its_neighbour() -> None:
    values, weights = torch.zeros(1, 1, 32, 32), torch.zeros(1, 1, 32, 32)
    values[..., :4], weights[..., :4] = 1.0, 1
    values[..., -4:], weights[..., -4:] = -1.0, 1
    row = pull_push(values, weights)[0, 0, 16]
    assert row[6] > 0.5
    assert row[25] < -0.5
    assert (row.diff() <= 1e-6).all()


def test_affinity_prefers_the_own_label_then_the_mirror_then_skin() -> None:
    affinity = label_affinity()
    assert affinity.shape == (LABEL_COUNT, LABEL_COUNT)
    assert torch.equal(affinity, affinity.T)
    assert torch.equal(affinity.diagonal(), torch.ones(LABEL_COUNT))
    row = affinity[LEFT_ARM]
    assert row[LEFT_ARM] > row[LABELS.index("right-arm")] > row[FACE] > row[COAT] > 0
    assert affinity[LEFT_SHOE, RIGHT_SHOE] > affinity[LEFT_SHOE, LABELS.index("left-leg")]


def one_hot(labels: torch.Tensor) -> torch.Tensor:
    """Labels (H, W) as probabilities (1, 18, H, W)."""
    return torch.nn.functional.one_hot(labels, LABEL_COUNT).permute(2, 0, 1)[None].float()


def painted(labels: torch.Tensor, colours: dict[int, float]) -> torch.Tensor:
    """Image (1, 3, H, W) in which each label has one grey."""
    grey = torch.zeros(labels.shape)
    for label, value in colours.items():
        grey[labels == label] = value
    return grey.expand(1, 3, -1, -1).clone()


@pytest.mark.parametrize("shrink", [1, 2, 4])
def test_a_hole_over_two_labels_takes_the_colour_of_each(shrink: int) -> None:
    labels = torch.full((48, 64), COAT)
    labels[24:] = PANTS
    colours = {COAT: 0.8, PANTS: -0.6}
    truth = painted(labels, colours)
    mask = torch.zeros(1, 1, 48, 64)
    mask[..., 8:40, 16:48] = 1
    hint = label_hint(truth * (1 - mask), one_hot(labels), mask, shrink)
    torch.testing.assert_close(hint, truth, atol=0.01, rtol=0)


def test_a_label_border_that_cells_straddle_mixes_no_colours() -> None:
    labels = torch.full((32, 32), COAT)
    labels[:, 13:] = PANTS
    truth = painted(labels, {COAT: 1.0, PANTS: -1.0})
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:24, 8:24] = 1
    hint = label_hint(truth * (1 - mask), one_hot(labels), mask)
    torch.testing.assert_close(hint, truth, atol=0.02, rtol=0)


def test_a_hidden_shoe_takes_the_colour_of_the_other_one() -> None:
    labels = torch.zeros(64, 64, dtype=torch.long)
    labels[20:44, 8:24], labels[20:44, 40:56] = RIGHT_SHOE, LEFT_SHOE
    truth = painted(labels, {0: 0.9, RIGHT_SHOE: -0.7, LEFT_SHOE: -0.7})
    mask = torch.zeros(1, 1, 64, 64)
    mask[..., 16:48, 36:60] = 1
    hint = label_hint(truth * (1 - mask), one_hot(labels), mask)
    torch.testing.assert_close(hint, truth, atol=0.05, rtol=0)


def test_a_label_without_known_pixels_takes_some_known_colour() -> None:
    labels = torch.zeros(32, 32, dtype=torch.long)
    labels[8:24, 8:24] = DRESS
    mask = (labels == DRESS).float()[None, None]
    image = torch.full((1, 3, 32, 32), 0.3) * (1 - mask)
    hint = label_hint(image, one_hot(labels), mask)
    torch.testing.assert_close(hint, torch.full((1, 3, 32, 32), 0.3), atol=1e-4, rtol=0)


def test_a_hint_does_not_read_the_hole() -> None:
    rng = torch.Generator().manual_seed(0)
    image = torch.rand(1, 3, 32, 32, generator=rng)
    labels = torch.randint(0, LABEL_COUNT, (32, 32), generator=rng)
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:24, 4:20] = 1
    clean = label_hint(image * (1 - mask), one_hot(labels), mask)
    torch.testing.assert_close(label_hint(image, one_hot(labels), mask), clean)


def test_uncertain_labels_mix_their_colours() -> None:
    labels = torch.full((32, 32), COAT)
    labels[:, 16:] = PANTS
    image = painted(labels, {COAT: 1.0, PANTS: 0.0})
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:24, 8:24] = 1
    parsing = one_hot(labels)
    parsing[..., 8:24, 8:24] = 0
    parsing[:, COAT, 8:24, 8:24], parsing[:, PANTS, 8:24, 8:24] = 0.25, 0.75
    hint = label_hint(image * (1 - mask), parsing, mask)
    torch.testing.assert_close(hint[..., 12:20, 12:20], torch.full((1, 3, 8, 8), 0.25), atol=0.02, rtol=0)
