"""What stands in a hole before a network sees it: papers differ in this, so a network's settings say it."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from portrait_studio.errors import OptionError

HOLE_FILLS: Final = ("zero", "mean", "white", "noise")
"""Middle grey; the mean colour of the training photos; white; a colour of its own for every pixel."""

_NOISE_SEED: Final = 0


class HoleFill(nn.Module):
    """Overwrites the pixels of holes.

    Attributes:
        kind: one of `HOLE_FILLS`.
        colour: (3,) in [-1, 1], only of the kind "mean"; training measures it, and weights files keep it.
    """

    colour: Tensor

    def __init__(self, kind: str) -> None:
        """Take the kind.

        Raises:
            OptionError: there is no such kind.
        """
        super().__init__()
        if kind not in HOLE_FILLS:
            raise OptionError(f"There is no hole fill {kind!r}; choose one of: {', '.join(HOLE_FILLS)}.")
        self.kind = kind
        if kind == "mean":
            self.register_buffer("colour", torch.zeros(3))

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) in [-1, 1] with their holes overwritten; `mask` (N, 1, H, W), 1 = hole."""
        known = image * (1 - mask)
        if self.kind == "zero":
            return known
        if self.kind == "mean":
            return known + mask * self.colour[None, :, None, None].to(image)
        return known + mask * (self._noise(image) if self.kind == "noise" else torch.ones_like(image))

    def _noise(self, image: Tensor) -> Tensor:
        """Uniform in [-1, 1]; in use always the same, so that a fill can be repeated."""
        if self.training:
            return torch.rand_like(image) * 2 - 1
        generator = torch.Generator().manual_seed(_NOISE_SEED)
        return torch.rand(image.shape, generator=generator).to(image) * 2 - 1
