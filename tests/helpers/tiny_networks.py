"""Tiny networks whose answers are known, so that the engine runs in milliseconds."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from portrait_studio.errors import WeightsError
from portrait_studio.networks.conventions import FACE
from portrait_studio.networks.released import LoadedNetwork


class TinyParser(nn.Module):
    """Says "face" in a disc around the middle of what it sees and "background" elsewhere."""

    def __init__(self, with_face: bool) -> None:
        super().__init__()
        self.with_face = with_face
        self.look = nn.Identity()

    def forward(self, image: Tensor, mask: Tensor) -> SimpleNamespace:
        count, _, height, width = self.look(image).shape
        assert (height % 32, width % 32) == (0, 0)
        assert mask.shape == (count, 1, height, width)
        assert bool((image[mask.expand_as(image) > 0] == 0).all())
        logits = torch.zeros(count, 18, height, width, device=image.device)
        logits[:, 0] = 4.0
        if self.with_face:
            y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
            logits[:, FACE] = 8.0 * (x**2 + y**2 < 0.3)
        heatmaps = torch.zeros(count, 16, height // 4, width // 4, device=image.device)
        return SimpleNamespace(refined=logits, logits=logits, heatmaps=heatmaps)


class TinyCompletion(nn.Module):
    """Paints the mean of the known pixels everywhere."""

    def __init__(self, labels: int = 18) -> None:
        super().__init__()
        self.look = nn.Identity()
        self.labels = labels

    def forward(self, image: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        assert parsing.shape[1] == self.labels
        known = 1 - mask
        mean = (image * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp_min(1)
        painted: Tensor = self.look(mean.expand_as(image))
        return painted


class TinyFace(nn.Module):
    """Makes everything a little brighter."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Identity()

    def forward(self, completion: Tensor, parsing: Tensor, mask: Tensor) -> Tensor:
        assert completion.shape == (1, 3, 64, 64)
        assert parsing.shape == (1, 18, 64, 64)
        residual: Tensor = self.look(torch.full_like(completion, 0.2))
        return residual


class TinyNetworks:
    """A network store without files; tasks named in `missing` have no weights."""

    def __init__(self, with_face: bool = False, missing: tuple[str, ...] = ()) -> None:
        modules = {
            "parsing": TinyParser(with_face),
            "completion": TinyCompletion(),
            "general-completion": TinyCompletion(labels=0),
            "face": TinyFace(),
        }
        self.modules: dict[str, nn.Module] = {k: m.eval() for k, m in modules.items() if k not in missing}
        self.loads: list[str] = []

    def load(self, task: str) -> LoadedNetwork:
        self.loads.append(task)
        if task not in self.modules:
            raise WeightsError(f"There are no weights for {task}. Reinstall the program.")
        digest = hashlib.sha256(task.encode()).hexdigest()
        return LoadedNetwork(self.modules[task], task, f"tiny-{task}", None, digest, {})

    def has(self, task: str) -> bool:
        return task in self.modules
