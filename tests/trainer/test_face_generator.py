from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.engine.latent.similarity import structural_similarity
from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.errors import OptionError
from portrait_studio.networks.building import build_network
from portrait_studio.networks.dcgan import ANCHORS, Dcgan, DcganConfig
from portrait_studio.networks.discriminator import Discriminator, DiscriminatorConfig
from portrait_studio.networks.released import load_network
from tests.helpers.tiny_faces import write_faces
from trainer.__main__ import main
from trainer.data.face_windows import anchors_of_mesh
from trainer.data.packs import PackedSet
from trainer.data.tight_faces import tightly_aligned
from trainer.losses.diff_augment import diff_augment
from trainer.metrics.pixels import ssim
from trainer.training.run_state import load_state


def test_dcgan_has_the_layers_of_its_paper() -> None:
    with torch.device("meta"):
        network = Dcgan(DcganConfig(128, 64))
        faces = network(torch.zeros(2, 100, 1, 1))
        logits = network.judgement(faces)
    assert faces.shape == (2, 3, 64, 64)
    assert logits.shape == (2,)
    up = [layer for layer in network.generator.body if isinstance(layer, torch.nn.ConvTranspose2d)]
    assert [layer.out_channels for layer in up] == [1024, 512, 256, 128, 3]
    norms = [layer for layer in network.generator.body if isinstance(layer, torch.nn.BatchNorm2d)]
    assert len(norms) == 4


def test_a_discriminator_without_structure_reads_three_channels() -> None:
    network = Discriminator(DiscriminatorConfig(5, 4, parsing_input=False)).eval()
    picture = torch.rand(1, 3, 64, 64)
    nothing = picture[:, :0]
    assert network.body[0].in_channels == 3
    assert network(picture, nothing, nothing).logits.shape == (1, 1, 1, 1)


def test_similarity_is_that_of_the_measure() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 256, (2, 40, 52, 3)).astype(np.uint8)
    other = (0.5 * one + 0.5 * other).astype(np.uint8)
    pair = [torch.from_numpy(x).permute(2, 0, 1)[None].double() / 255 for x in (one, other)]
    assert structural_similarity(*pair).item() == pytest.approx(ssim(one, other), abs=1e-6)
    assert structural_similarity(pair[0], pair[0]).item() == pytest.approx(1.0)


def test_similarity_leaves_out_windows_in_which_nothing_is_known() -> None:
    torch.manual_seed(0)
    one, other = torch.rand(2, 1, 1, 11, 33, dtype=torch.float64)
    known = torch.zeros(1, 1, 11, 33, dtype=torch.float64)
    known[..., :11] = 1
    a, b = one * known, other * known
    # Windows that start at column 0 to 10 reach the known columns; those at 11 to 22 see none of them.
    reached = structural_similarity(a[..., :21], b[..., :21])
    assert structural_similarity(a, b, known).item() == pytest.approx(reached.item())
    assert structural_similarity(a, b).item() > reached.item()
    assert structural_similarity(a, b, 0 * known).item() == 1.0


def test_gradient_of_similarity() -> None:
    torch.manual_seed(0)
    one, other = torch.rand(2, 1, 2, 12, 13, dtype=torch.float64)
    known = (torch.rand(1, 1, 12, 13, dtype=torch.float64) > 0.3).double()
    assert torch.autograd.gradcheck(
        lambda x: structural_similarity(x * known, other * known, known), one.requires_grad_()
    )


def test_augmentation_keeps_size_and_gradients() -> None:
    torch.manual_seed(0)
    image = (torch.rand(4, 3, 32, 32) * 2 - 1).requires_grad_()
    changed = diff_augment(image)
    assert changed.shape == image.shape
    cut = (changed.detach().abs().sum(1) == 0).float().mean((1, 2))
    assert bool((cut > 0.05).all())
    changed.sum().backward()
    assert image.grad is not None
    assert bool((image.grad.abs().sum((1, 2, 3)) > 0).all())


def test_faces_are_aligned_tightly(tmp_path: Path) -> None:
    photos = PackedSet(write_faces(tmp_path), "train", ["portraits"])
    mesh = photos.mesh(0)
    assert mesh is not None
    matrix = tightly_aligned(mesh)
    found = anchors_of_mesh(mesh) @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(found, np.array(ANCHORS) * 64, atol=2.0)


def test_a_run_releases_generator_judge_and_what_faces_are_like(tmp_path: Path) -> None:
    data, run, models = write_faces(tmp_path / "packs"), tmp_path / "run", tmp_path / "models"
    train = ["train", "tiny-latent-dcgan", "--data", str(data), "--run", str(run), "--device", "cpu"]
    assert main([*train, "--stop-after", "2"]) == 0
    assert main([*train, "--resume"]) == 0
    assert (run / "sheets" / "0000004.png").is_file()
    assert {"discriminator", "network"} == set(load_state(run).modules)
    assert main(["export", str(run), str(models)]) == 0
    loaded = load_network("face-generator", models)
    assert isinstance(loaded.module, Dcgan)
    similarity, difference = loaded.module.generator.likeness
    assert -1 < similarity[0] < 1
    assert 0 < difference[0] < 1
    assert bool((loaded.module.generator.likeness[:, 1] > 0).all())
    latent = torch.randn(2, 100, 1, 1, generator=torch.Generator().manual_seed(1))
    folded = ReleasedNetworks(models).load("face-generator").module
    torch.testing.assert_close(folded(latent), loaded.module(latent), atol=1e-3, rtol=0)
    assert "Face generator" in (models / "face-generator.md").read_text("utf-8")


def test_faces_of_another_size_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_faces(tmp_path / "packs")
    train = ["train", "tiny-latent-dcgan", "--data", str(data), "--run", str(tmp_path / "run")]
    assert main([*train, "--size", "96"]) == 2
    assert "needs a size of 64, not 96" in capsys.readouterr().err


def test_settings_are_refused_in_a_sentence() -> None:
    with pytest.raises(OptionError):
        build_network("dcgan", {"width": -1})
