import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from portrait_studio.engine.latent.losses import (
    Limits,
    LossWeights,
    boundary_weights,
    context_loss,
    judge_loss,
    reported,
    structure_loss,
)
from portrait_studio.engine.latent.search import SearchOptions, _Loss, _searched, search_faces
from portrait_studio.errors import Cancelled
from portrait_studio.networks.dcgan import Dcgan, DcganConfig

LIMITS = Limits(0.1, 0.5)


def quiet(_share: float) -> None:
    """Nobody hears."""


@pytest.fixture(scope="module")
def network() -> Dcgan:
    torch.manual_seed(0)
    made = Dcgan(DcganConfig(4, 4))
    for value in made.generator.parameters():
        value.data.mul_(8)
    made.generator.likeness.copy_(torch.tensor([[0.3, 0.1], [0.25, 0.06]]))
    return made.eval().requires_grad_(False)


def known_left() -> Tensor:
    known = torch.ones(1, 64, 64)
    known[:, :, 40:] = 0
    return known


def test_weights_of_eq_7_by_hand() -> None:
    known = torch.ones(1, 1, 15, 15)
    known[..., 7, 7] = 0
    weights = boundary_weights(known)[0, 0]
    assert weights[7, 8].item() == pytest.approx(1 + 2 / 49)
    assert weights[4, 10].item() == pytest.approx(1 + 2 / 49)
    assert weights[3, 7].item() == 1.0
    known[..., :, 8:] = 0
    known[..., 7, 7] = 1
    # Column 7 sees three hidden columns of seven; 21 of 49.
    assert boundary_weights(known)[0, 0, 7, 7].item() == pytest.approx(1 + 2 * 21 / 49)
    assert bool((boundary_weights(known, 0.0) == 1).all())


@pytest.mark.parametrize(("difference", "loss"), [(0.1, 0.0), (0.3, 0.5), (0.5, 1.0), (0.05, -0.125)])
def test_context_loss_of_eq_6_by_hand(difference: float, loss: float) -> None:
    photo, made = torch.full((1, 3, 12, 12), 0.2), torch.full((2, 3, 12, 12), 0.2 + difference)
    weights = torch.ones(1, 1, 12, 12)
    weights[..., 6:] = 0
    made[..., 6:] = 9.0
    value = context_loss(made, photo, weights, LIMITS)
    assert value.tolist() == pytest.approx([loss, loss], abs=1e-5)
    assert reported(value).tolist() == pytest.approx([max(0.0, loss)] * 2, abs=1e-5)


def test_context_loss_weighs_pixels_by_hand() -> None:
    photo, made = torch.zeros(1, 3, 1, 2), torch.zeros(1, 3, 1, 2)
    made[..., 1] = 0.4
    weights = torch.tensor([[[[1.0, 3.0]]]])
    # The mean over weights is 3 * 0.4 / 4 = 0.3.
    assert context_loss(made, photo, weights, LIMITS).item() == pytest.approx(0.5)


def test_structure_loss_of_eq_5_by_hand() -> None:
    torch.manual_seed(0)
    photo, weights = torch.rand(1, 3, 16, 16), torch.ones(1, 1, 16, 16)
    # Equal pictures have a similarity of 1; two flat ones of 0.2 and 0.4 that of their luminance alone.
    limits = Limits(0.2, 0.6)
    assert structure_loss(photo, photo, weights, limits).item() == pytest.approx((0.6 - 1) / 0.4, abs=1e-5)
    flat = [torch.full((1, 3, 16, 16), value) for value in (0.2, 0.4)]
    alike = (2 * 0.2 * 0.4 + 1e-4) / (0.2**2 + 0.4**2 + 1e-4)
    found = structure_loss(flat[0], flat[1], weights, limits).item()
    assert found == pytest.approx((0.6 - alike) / 0.4, abs=1e-3)


def test_limits_are_three_deviations_from_the_mean() -> None:
    # The paper prints 0.1198 as the least similarity, which is its deviation.
    limits = Limits.around(0.4836, 0.1198)
    assert (limits.least, limits.most) == pytest.approx((0.1242, 0.8430), abs=1e-3)


def test_judge_loss_has_a_gradient_where_the_judge_rejects() -> None:
    logits = torch.tensor([-9.0, 0.0], requires_grad=True)
    loss = judge_loss(logits)
    assert loss.tolist() == pytest.approx([9.0001234, 0.6931472], abs=1e-4)
    loss.sum().backward()
    assert logits.grad is not None
    assert logits.grad.tolist() == pytest.approx([-0.99988, -0.5], abs=1e-3)


@pytest.mark.parametrize("loss", [context_loss, structure_loss])
def test_gradients_of_the_losses(loss: Callable[[Tensor, Tensor, Tensor, Limits], Tensor]) -> None:
    torch.manual_seed(0)
    photo, made = torch.rand(2, 1, 3, 12, 12, dtype=torch.float64)
    known = torch.ones(1, 1, 12, 12, dtype=torch.float64)
    known[..., 7:] = 0
    weights = boundary_weights(known) * known
    made.requires_grad_()
    assert torch.autograd.gradcheck(lambda x: loss(x, photo, weights, LIMITS), made)
    (gradient,) = torch.autograd.grad(loss(made, photo, weights, LIMITS).sum(), made)
    assert bool((gradient[..., 7:] == 0).all())
    assert bool((gradient[..., :7] != 0).any())


def test_faces_that_are_searched_for_together_are_those_of_each_alone(network: Dcgan) -> None:
    torch.manual_seed(1)
    # In double precision: the last digits of float32 depend on the batch, and the optimiser magnifies them.
    exact = copy.deepcopy(network).double()
    loss = _Loss(exact, torch.rand(1, 3, 64, 64).double(), known_left()[None].double(), LossWeights())
    starts = torch.randn(3, 100, 1, 1, dtype=torch.float64)
    together = _searched(loss, starts.clone(), 4, quiet)
    alone = torch.cat([_searched(loss, start[None].clone(), 4, quiet) for start in starts])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=1e-4)


def test_the_search_finds_a_face_again_and_puts_the_best_first(network: Dcgan) -> None:
    wanted = torch.randn(1, 100, 1, 1, generator=torch.Generator().manual_seed(9))
    photo, known = (network(wanted)[0] / 2 + 0.5), known_left()
    options = SearchOptions(starts=2, steps=40)
    found = search_faces(network, photo, known, torch.Generator().manual_seed(1), options, quiet)
    begun = search_faces(
        network, photo, known, torch.Generator().manual_seed(1), SearchOptions(starts=2, steps=0), quiet
    )
    assert [face.loss for face in found] == sorted(face.loss for face in found)
    off, before = ((faces[0].picture - photo).abs()[:, :, :40].mean() for faces in (found, begun))
    assert off < 0.9 * before
    again = search_faces(network, photo, known, torch.Generator().manual_seed(1), options, quiet)
    assert torch.equal(found[1].picture, again[1].picture)


def test_what_is_hidden_is_not_looked_at(network: Dcgan) -> None:
    torch.manual_seed(2)
    photo, known = torch.rand(3, 64, 64), known_left()
    options = SearchOptions(starts=1, steps=2)
    one, other = (
        search_faces(network, picture, known, torch.Generator().manual_seed(1), options, quiet)[0].picture
        for picture in (photo, torch.where(known > 0, photo, 1 - photo))
    )
    assert torch.equal(one, other)


def test_the_search_stops_when_it_is_cancelled(network: Dcgan) -> None:
    heard: list[float] = []

    def report(share: float) -> None:
        heard.append(share)
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        search_faces(
            network,
            torch.zeros(3, 64, 64),
            known_left(),
            torch.Generator().manual_seed(0),
            SearchOptions(starts=1, steps=8),
            report,
        )
    assert heard[-1] == pytest.approx(1 / 8)
