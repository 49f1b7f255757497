"""Head completion network: which parts of a head a hole hides, and where they end.

The parser guesses what lies above a forehead from whole photos, in which heads are small, and lets crowns
grow into cones. Here eyes and mouth stand at the same places in every window (`HEAD_ANCHORS`), so that the
network knows from them, and from the hair that shows, where a head ends. A U-net (Ronneberger et al. 2015)
whose coarsest level is mixed densely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.errors import OptionError
from portrait_studio.networks.blocks import ResidualBlock, coordinates_like, zero_weights
from portrait_studio.networks.conventions import IGNORE_LABEL, LABEL_COUNT, LABELS

HEAD_COMPLETION: Final = "head-completion"
"""Name of the task and of the architecture."""

HEAD_SIDE: Final = 96
"""Side of the window that the network sees, in pixels."""

HEAD_ANCHORS: Final[tuple[tuple[float, float], ...]] = ((0.39, 0.64), (0.61, 0.64), (0.5, 0.81))
"""Where right eye, left eye and mouth (the person's own sides) lie in the window: x, y as shares."""

HEAD_LABELS: Final = tuple(
    LABELS.index(name) for name in ("background", "hair", "face", "hat", "upper-clothes")
)
"""What it tells apart; all that is neither head nor background is "upper-clothes"."""

_SUNGLASSES, _FACE, _CLOTHES = (LABELS.index(name) for name in ("sunglasses", "face", "upper-clothes"))
_CELLS: Final = HEAD_SIDE // 8


def head_labels(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A parsing map of any shape with no other labels than `HEAD_LABELS`; codes beyond labels are unknown."""
    table = np.full(256, IGNORE_LABEL, np.uint8)
    table[:LABEL_COUNT] = _CLOTHES
    table[list(HEAD_LABELS)] = HEAD_LABELS
    table[_SUNGLASSES] = _FACE
    return np.asarray(table[labels], np.uint8)


@dataclass(frozen=True)
class HeadCompletionConfig:
    """Shape of the network.

    Attributes:
        widths: channels at strides 2, 4 and 8.
        blocks: residual blocks there, on the way down and up again.
        mixed: channels at stride 8 that one dense layer mixes over all places.
    """

    widths: tuple[int, int, int] = (24, 64, 128)
    blocks: tuple[int, int, int] = (1, 1, 2)
    mixed: int = 6

    def __post_init__(self) -> None:
        """Refuse a network without channels."""
        if len(self.widths) != 3 or len(self.blocks) != 3 or min(*self.widths, self.mixed) < 1:
            raise OptionError(
                "head-completion: `widths` and `blocks` must name 3 numbers each, and channels be above zero."
            )


class HeadCompletion(nn.Module):
    """Picture, labels and hole of a window down to stride 8, mixed there, and up again."""

    def __init__(self, config: HeadCompletionConfig) -> None:
        super().__init__()
        self.config = config
        wide, middle, deep = config.widths
        count = len(HEAD_LABELS)
        self.enter = nn.Conv2d(4 * (3 + 1 + count) + 2, wide, 3, 1, 1)
        self.down2 = _blocks(wide, config.blocks[0])
        self.to4 = nn.Conv2d(wide, middle, 4, 2, 1)
        self.down4 = _blocks(middle, config.blocks[1])
        self.to8 = nn.Conv2d(middle, deep, 4, 2, 1)
        self.places = nn.Parameter(torch.zeros(1, deep, _CELLS, _CELLS))
        self.down8 = _blocks(deep, config.blocks[2])
        self.reduce = nn.Conv2d(deep, config.mixed, 1)
        self.dense = nn.Linear(config.mixed * _CELLS**2, config.mixed * _CELLS**2)
        self.expand = nn.Conv2d(config.mixed, deep, 1)
        zero_weights(self.expand)
        self.up8 = _blocks(deep, config.blocks[2])
        self.from8 = nn.Conv2d(deep, middle, 1)
        self.up4 = _blocks(middle, config.blocks[1])
        self.from4 = nn.Conv2d(middle, wide, 1)
        self.up2 = _blocks(wide, config.blocks[0])
        self.leave = nn.Conv2d(wide, 4 * count, 3, 1, 1)

    def forward(self, image: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """Complete aligned windows.

        Args:
            image: (N, 3, 96, 96) in [-1, 1], hole pixels 0.
            labels: (N, 5, 96, 96) shares of `HEAD_LABELS` as seen, hole pixels 0.
            mask: (N, 1, 96, 96), 1 = hole, or beyond the photo.

        Returns:
            (N, 5, 96, 96) logits of `HEAD_LABELS`.
        """
        cells = functional.pixel_unshuffle(torch.cat([image, mask, labels], 1), 2)
        x = self.down2(self.enter(torch.cat([cells, coordinates_like(cells)], 1)))
        y = self.down4(self.to4(functional.relu(x)))
        z = self.down8(self.to8(functional.relu(y)) + self.places)
        z = self.up8(z + self._mixed(z))
        y = self.up4(y + _double(self.from8(z)))
        x = self.up2(x + _double(self.from4(y)))
        out: Tensor = functional.pixel_shuffle(self.leave(functional.relu(x)), 2)
        return out

    def _mixed(self, z: Tensor) -> Tensor:
        flat = self.dense(functional.relu(self.reduce(functional.relu(z)).flatten(1)))
        out: Tensor = self.expand(functional.relu(flat).view(len(z), -1, _CELLS, _CELLS))
        return out


def _blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[ResidualBlock(channels, norm="none") for _ in range(count)])


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
