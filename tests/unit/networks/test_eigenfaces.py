import pytest
import torch

from portrait_studio.networks.eigenfaces import Eigenfaces

SIDE = 64


def one_component() -> tuple[Eigenfaces, torch.Tensor]:
    """A grey mean, and one component: the left half brighter by 0.2, the right half darker."""
    faces = Eigenfaces(1)
    component = torch.full((3, SIDE, SIDE), 0.2)
    component[..., SIDE // 2 :] = -0.2
    faces.components[0] = component
    return faces, component


def test_the_hidden_half_follows_from_the_known_one() -> None:
    faces, component = one_component()
    window = torch.nn.functional.interpolate(2 * component[None], scale_factor=2)
    mask = torch.zeros(1, 1, 128, 128)
    mask[..., 64:] = 1
    found = faces(window * (1 - mask), mask)
    # 2 is the coefficient; the noise makes it a little less: c = 2 p / (p + 0.1), p the power that is seen.
    power = 0.2**2 * 3 * float(faces.weights[..., :16].sum())
    expected = 2 * power / (power + 0.1)
    assert torch.allclose(found[0], expected * component, atol=1e-5)


def test_without_anything_known_it_is_the_mean_and_what_is_hidden_is_not_seen() -> None:
    faces, _ = one_component()
    faces.mean.fill_(0.3)
    everything = torch.ones(1, 1, 128, 128)
    assert torch.allclose(faces(torch.rand(1, 3, 128, 128), everything), torch.tensor(0.3))
    mask = torch.zeros(1, 1, 128, 128)
    mask[..., 40:90, 40:90] = 1
    one = torch.rand(1, 3, 128, 128)
    other = one.masked_fill(mask > 0, -1)
    assert torch.equal(faces(one, mask), faces(other, mask))


def test_fitting_finds_the_components_of_made_up_windows() -> None:
    torch.manual_seed(0)
    _, component = one_component()
    amounts = torch.randn(200, 1, 1, 1)
    windows = 0.1 + amounts * component
    faces = Eigenfaces(3)
    faces.fit(windows)
    assert torch.allclose(faces.mean, windows.mean(0), atol=1e-4)
    spread = float(amounts.std(correction=0))
    assert faces.components[0].abs().mean().item() == pytest.approx(0.2 * spread, rel=1e-3)
    assert faces.components[1:].abs().max() < 1e-3


def test_fewer_windows_than_components_leave_the_others_zero() -> None:
    faces = Eigenfaces(8)
    faces.fit(torch.rand(4, 3, SIDE, SIDE))
    assert faces.components[:3].abs().amax((1, 2, 3)).min() > 0
    assert not faces.components[3:].any()


def test_no_gradient_flows_through_them() -> None:
    faces, _ = one_component()
    image = torch.rand(1, 3, 128, 128, requires_grad=True)
    assert not faces(image, torch.zeros(1, 1, 128, 128)).requires_grad
    assert not list(faces.parameters())
