"""Linear faces: what the known pixels of an aligned window make most likely in the hole.

Windows are a mean plus a sum of principal components (Turk and Pentland 1991); with a Gaussian over the
coefficients the hidden pixels follow from the known ones by one small system of equations (Tipping and Bishop
1999). Soft, but eyes, nose and mouth stand where they belong, in the person's colours.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

EIGENFACE_SIDE: Final = 64
"""Side of the components, in pixels: half the window's."""

_SOLVED_SIDE: Final = 32
"""Side at which the equations are made: more says no more about so few coefficients."""

_NOISE: Final = 0.1
"""Variance of a pixel about the components, of [-1, 1]."""

_OUTSIDE: Final = 0.2
"""Weight of pixels outside the ellipse of the face, which clothes and walls make noisy."""

_MIDDLE, _HALF_AXES = (0.5, 0.52), (0.42, 0.44)


class Eigenfaces(nn.Module):
    """A mean and components, which are fitted to windows once and not trained by gradients."""

    mean: Tensor
    components: Tensor
    weights: Tensor

    def __init__(self, count: int) -> None:
        """Make it.

        Args:
            count: number of components; all are zero until `fit`.
        """
        super().__init__()
        self.register_buffer("mean", torch.zeros(3, EIGENFACE_SIDE, EIGENFACE_SIDE))
        self.register_buffer("components", torch.zeros(count, 3, EIGENFACE_SIDE, EIGENFACE_SIDE))
        self.register_buffer("weights", _weights(), persistent=False)

    def fit(self, windows: Tensor) -> None:
        """Take mean and principal components of aligned windows.

        Args:
            windows: (N, 3, 64, 64) in [-1, 1] without holes; the same chance gives the same components.
        """
        flat = windows.flatten(1).float()
        mean = flat.mean(0)
        count = min(len(self.components), len(flat) - 1)
        _, spread, axes = torch.svd_lowrank(flat - mean, q=count, niter=3)
        # Scaled so that every coefficient has a variance of one.
        scaled = axes.T * (spread / len(flat) ** 0.5)[:, None]
        self.mean.copy_(mean.view_as(self.mean))
        self.components.zero_()
        self.components[:count] = scaled.view(count, *self.mean.shape)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        """The likeliest windows.

        Args:
            image: (N, 3, 128, 128) in [-1, 1]; whatever lies under the hole is not looked at.
            mask: (N, 1, 128, 128), 1 = hole.

        Returns:
            (N, 3, 64, 64) in [-1, 1]; no gradient flows through it.
        """
        with torch.no_grad(), torch.autocast(image.device.type, enabled=False):
            image, mask, components = image.float(), mask.float(), self.components.float()
            known = 1 - functional.adaptive_max_pool2d(mask, _SOLVED_SIDE)
            weight = (known * self.weights).expand(-1, 3, -1, -1).flatten(1)
            off = functional.adaptive_avg_pool2d(image, _SOLVED_SIDE)
            off = (off - functional.adaptive_avg_pool2d(self.mean.float(), _SOLVED_SIDE)).flatten(1)
            small = functional.adaptive_avg_pool2d(components, _SOLVED_SIDE).flatten(1)
            weighted = small * weight[:, None]
            normal = weighted @ small.T + _NOISE * torch.eye(len(small), device=image.device)
            wanted = (weighted @ off[..., None])[..., 0]
            coefficients = torch.linalg.solve(normal, wanted)
            found = self.mean.float() + torch.einsum("nk,kchw->nchw", coefficients, components)
            return found.clamp(-1, 1)


def _weights() -> Tensor:
    """(1, 1, 32, 32): one in the ellipse of an aligned face, less around it."""
    line = (torch.arange(_SOLVED_SIDE) + 0.5) / _SOLVED_SIDE
    x, y = (((line - m) / a).square() for m, a in zip(_MIDDLE, _HALF_AXES, strict=True))
    inside = (x[None, :] + y[:, None] < 1).float()
    return (_OUTSIDE + (1 - _OUTSIDE) * inside)[None, None]
