import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models.resnet import Bottleneck
from torchvision.models.resnet import ResNet as TorchvisionResNet

from portrait_studio.errors import WeightsError
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.efficientnet_lite import EfficientNetLite2
from portrait_studio.networks.paper_parsing import PaperParsing, PaperParsingConfig
from portrait_studio.networks.resnet import ResNet
from trainer.tasks.encoder import begin_from_imagenet

TINY = PaperParsingConfig((1, 1, 1, 1), 8, 8, (1, 2))


def test_layers_are_those_of_the_paper() -> None:
    with torch.device("meta"):
        network = PaperParsing(PaperParsingConfig())
        fourth, fifth = network.encoder(torch.zeros(1, 3, 64, 96), torch.zeros(1, 1, 64, 96))[-2:]
    assert [len(stage) for stage in network.encoder.layers] == [3, 4, 23, 3]
    assert fourth.shape == (1, 1024, 8, 12)
    assert fifth.shape == (1, 2048, 8, 12)
    assert network.encoder.conv1.in_channels == 3
    assert [branch.dilation[0] for branch in network.pyramid.branches] == [6, 12, 18, 24]
    assert network.pose_context[0][0].in_channels == 1024


def test_answers_have_the_sizes_that_every_parser_has() -> None:
    torch.manual_seed(0)
    network = PaperParsing(TINY).eval()
    image, mask = torch.rand(1, 3, 64, 96) * 2 - 1, torch.zeros(1, 1, 64, 96)
    given = torch.full((1, 16, 16, 24), -1.0)
    with torch.no_grad():
        plain = network(image, mask, logits_stride=2)
        same = network(image, mask, given)
        given[:, 3] = 1.0
        other = network(image, mask, given)
    assert plain.logits.shape == plain.refined.shape == (1, LABEL_COUNT, 32, 48)
    assert plain.heatmaps.shape == (1, 16, 16, 24)
    torch.testing.assert_close(same.steered, same.refined)
    assert not torch.allclose(other.steered, other.refined)


def test_pose_hangs_on_the_fourth_stage_and_the_map_on_the_fifth() -> None:
    torch.manual_seed(0)
    network = PaperParsing(TINY).eval()
    image, mask = torch.rand(1, 3, 64, 64) * 2 - 1, torch.zeros(1, 1, 64, 64)
    with torch.no_grad():
        before = network(image, mask)
        for value in network.encoder.layers[3].parameters():
            value.mul_(1.5)
        after = network(image, mask)
    assert torch.equal(before.heatmaps, after.heatmaps)
    assert not torch.allclose(before.logits, after.logits)


def test_the_hole_is_overwritten_by_the_mean_colour() -> None:
    torch.manual_seed(0)
    network = PaperParsing(TINY).eval()
    network.fill.colour.copy_(torch.tensor([0.3, -0.2, 0.1]))
    image, mask = torch.rand(1, 3, 64, 64), torch.zeros(1, 1, 64, 64)
    mask[..., 16:48, 16:48] = 1
    mean = image * (1 - mask) + mask * network.fill.colour.view(1, 3, 1, 1)
    with torch.no_grad():
        holed = network(image * (1 - mask), mask)
        whole = network(mean, torch.zeros_like(mask))
    torch.testing.assert_close(holed.refined, whole.refined)


def test_without_torchvision_a_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision.models.resnet", None)
    with pytest.raises(WeightsError, match="install torchvision from where torch came from"):
        ResNet((1, 1, 1, 1), 8, reads_mask=False)


@pytest.mark.parametrize("reads_mask", [True, False])
@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_torchvisions_imagenet_weights_answer_as_in_torchvision(
    tmp_path: Path, reads_mask: bool, suffix: str
) -> None:
    torch.manual_seed(0)
    original = TorchvisionResNet(
        Bottleneck, [1, 1, 1, 1], replace_stride_with_dilation=[False, True, True]
    ).eval()
    nn.init.normal_(original.bn1.running_mean)
    path = tmp_path / f"resnet.{suffix}"
    if suffix == "pth":
        torch.save(original.state_dict(), path)
    else:
        save_file({name: value.contiguous() for name, value in original.state_dict().items()}, path)
    encoder = ResNet((1, 1, 1, 1), 8, reads_mask=reads_mask).eval()
    assert begin_from_imagenet(encoder, path) == f"ImageNet encoder (resnet.{suffix})"
    image = torch.rand(1, 3, 64, 64)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    normalised = (image - mean.view(3, 1, 1)) / deviation.view(3, 1, 1)
    with torch.no_grad():
        wanted = original.bn1(original.conv1(normalised))
        seen = image * 2 - 1
        found = encoder.bn1(encoder.conv1(torch.cat([seen, torch.zeros(1, 1, 64, 64)][: 1 + reads_mask], 1)))
    # The outermost pixels differ: beyond the edge lies black in one unit and grey in the other.
    torch.testing.assert_close(found[..., 2:-2, 2:-2], wanted[..., 2:-2, 2:-2], atol=1e-4, rtol=1e-4)


def test_other_files_and_encoders_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"x": torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match="does not hold the ImageNet weights of this recipe's ResNet"):
        begin_from_imagenet(ResNet((1, 1, 1, 1), 8, reads_mask=False), path)
    with pytest.raises(WeightsError, match="has no ResNet encoder; leave out --resnet"):
        begin_from_imagenet(EfficientNetLite2(), path)
    assert begin_from_imagenet(ResNet((1, 1, 1, 1), 8, reads_mask=False)) is None
