"""Face completion network: picture, face parts and landmarks of an aligned window (after Liao et al. 2018).

The window is aligned: a similarity transform puts the centres of the eyes and of the mouth at the same places
in every window (`ANCHORS`), so that the network may learn a face by its places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from portrait_studio.networks.blocks import coordinates_like, zero_weights
from portrait_studio.networks.eigenfaces import Eigenfaces

FACE_COMPLETION: Final = "face-completion"
"""Name of the task and of the architecture."""

FACE_COMPLETION_SIDE: Final = 128
"""Side of the window that the network sees, in pixels."""

ANCHORS: Final[tuple[tuple[float, float], ...]] = ((0.32, 0.42), (0.68, 0.42), (0.5, 0.70))
"""Where right eye, left eye and mouth (the person's own sides) lie in an aligned window: x, y as shares."""

FACE_PARTS: Final[tuple[str, ...]] = (
    "background",
    "skin",
    "nose",
    "right-brow",
    "left-brow",
    "right-eye",
    "left-eye",
    "upper-lip",
    "inner-mouth",
    "lower-lip",
    "hair",
)

FACE_PART_COLOURS: Final[tuple[tuple[int, int, int], ...]] = (
    *((0, 0, 0), (255, 205, 150), (230, 150, 90), (120, 80, 40), (150, 110, 60), (60, 120, 230)),
    *((90, 170, 255), (220, 60, 80), (120, 0, 30), (255, 110, 130), (140, 88, 52)),
)
"""RGB colour of each part in pictures."""

MIRROR_PARTS: Final[tuple[int, ...]] = (0, 1, 2, 4, 3, 6, 5, 7, 8, 9, 10)
"""Part of the same kind in a mirrored window."""

LANDMARKS: Final[tuple[int, ...]] = (
    *(33, 133, 362, 263),
    *(61, 291, 13, 14),
    *(1, 98, 327),
    *(152, 234, 454, 10),
    *(105, 334),
)
"""Points of MediaPipe FaceMesh that the network finds: corners of right and left eye; corners of the mouth,
upper and lower lip; tip and wings of the nose; chin, right and left cheek, forehead; right and left brow."""

MIRROR_LANDMARKS: Final[tuple[int, ...]] = (3, 2, 1, 0, 5, 4, 6, 7, 8, 10, 9, 11, 13, 12, 14, 16, 15)
"""Index of the same landmark in a mirrored window."""

PARTS_STRIDE: Final = 2
"""Window pixels per pixel of the face part map."""

_SLOPE = 0.2
_LEAST_SCALE, _FIRST_SCALE = -6.0, -3.0
"""Natural logarithms of scales of landmarks, in half window sides: the smallest, and before training."""

_LIKELY = 0.1
"""Standard deviation of landmarks before training, as a share of the window."""

_MEAN_FACE: Final[tuple[tuple[float, float], ...]] = (
    *((0.23, 0.42), (0.41, 0.43), (0.59, 0.43), (0.77, 0.42)),
    *((0.38, 0.71), (0.62, 0.71), (0.50, 0.68), (0.50, 0.71)),
    *((0.50, 0.57), (0.43, 0.60), (0.57, 0.60)),
    *((0.50, 0.92), (0.10, 0.50), (0.90, 0.50), (0.50, 0.10)),
    *((0.28, 0.32), (0.72, 0.32)),
)
"""Where landmarks lie before training, as shares of the window."""


@dataclass(frozen=True)
class FaceCompletionConfig:
    """Shape of a face completion network for windows of 128 pixels.

    Attributes:
        widths: channels at 32, 16 and 8 pixels.
        blocks: residual blocks there, on the way down.
        fine: channels at 64 pixels, on the way up.
        mixed: channels at 8 pixels that one dense layer mixes over all places.
        components: of the linear faces that the network starts from.
    """

    widths: tuple[int, int, int] = (64, 128, 192)
    blocks: tuple[int, int, int] = (1, 2, 3)
    fine: int = 24
    mixed: int = 8
    components: int = 128


@dataclass(frozen=True, eq=False)
class FaceCompletionOutput:
    """What the network says of windows.

    Attributes:
        picture: (N, 3, 128, 128) in [-1, 1], the whole window.
        parts: (N, 11, 64, 64) logits of `FACE_PARTS`.
        landmarks: (N, 17, 2) x, y of `LANDMARKS` in pixels of the window.
        scales: (N, 17) how far off they may be, in pixels: mean absolute error that the network expects of x
            and of y.
    """

    picture: Tensor
    parts: Tensor
    landmarks: Tensor
    scales: Tensor


class FaceCompletion(nn.Module):
    """Corrects linear faces by a U-net from 32 to 8 pixels and back up to 64.

    It starts from the likeliest window by `eigenfaces`, and its last layer from zero.
    """

    def __init__(self, config: FaceCompletionConfig) -> None:
        super().__init__()
        self.config = config
        wide, middle, deep = config.widths
        self.eigenfaces = Eigenfaces(config.components)
        # Picture and mask in cells of 4 x 4, x and y of each cell, and the linear face in cells of 2 x 2.
        self.enter = nn.Conv2d(4 * 16 + 2 + 3 * 4, wide, 3, 1, 1)
        self.down32 = _blocks(wide, config.blocks[0])
        self.to16 = nn.Conv2d(wide, middle, 4, 2, 1)
        self.down16 = _blocks(middle, config.blocks[1])
        self.to8 = nn.Conv2d(middle, deep, 4, 2, 1)
        self.places = nn.Parameter(torch.zeros(1, deep, 8, 8))
        self.down8 = _blocks(deep, config.blocks[2] - 1)
        self.mix = _DenseMix(deep, config.mixed, 8)
        self.up8 = _blocks(deep, 1)
        self.from8 = nn.Conv2d(deep, middle, 1)
        self.up16 = _blocks(middle, config.blocks[1])
        self.from16 = nn.Conv2d(middle, wide, 1)
        self.up32 = _blocks(wide, config.blocks[0])
        self.from32 = nn.Conv2d(wide, 4 * config.fine, 3, 1, 1)
        self.skip64 = nn.Conv2d(4 * 4, config.fine, 3, 1, 1)
        self.up64 = _blocks(config.fine, 1)
        self.picture = nn.Conv2d(config.fine, 3 * 4, 3, 1, 1)
        self.parts = nn.Conv2d(config.fine, len(FACE_PARTS), 3, 1, 1)
        self.heatmaps = nn.Conv2d(wide, len(LANDMARKS), 3, 1, 1)
        self.likely_places = nn.Parameter(_places_of(torch.tensor(_MEAN_FACE)))
        self.scales = nn.Linear(8 * 8 * config.mixed, len(LANDMARKS))
        zero_weights(self.picture)
        zero_weights(self.heatmaps)
        nn.init.zeros_(self.scales.weight)
        nn.init.constant_(self.scales.bias, _FIRST_SCALE)

    def forward(self, image: Tensor, mask: Tensor) -> FaceCompletionOutput:
        """Complete aligned windows.

        Args:
            image: (N, 3, 128, 128) in [-1, 1], hole pixels 0.
            mask: (N, 1, 128, 128), 1 = hole.
        """
        likely = self.eigenfaces(image, mask)
        composite = image * (1 - mask) + _double(likely) * mask
        seen = torch.cat([composite, mask], 1)
        cells = functional.pixel_unshuffle(seen, 4)
        x = self.enter(torch.cat([cells, coordinates_like(cells), functional.pixel_unshuffle(likely, 2)], 1))
        x = self.down32(x)
        y = self.down16(self.to16(functional.leaky_relu(x, _SLOPE)))
        z = self.down8(self.to8(functional.leaky_relu(y, _SLOPE)) + self.places)
        z, mixed = self.mix(z)
        z = self.up8(z)
        y = self.up16(y + _double(self.from8(z)))
        x = self.up32(x + _double(self.from16(y)))
        w = functional.pixel_shuffle(self.from32(functional.leaky_relu(x, _SLOPE)), 2)
        w = self.up64(w + self.skip64(functional.pixel_unshuffle(seen, 2)))
        w = functional.leaky_relu(w, _SLOPE)
        picture = (composite + functional.pixel_shuffle(self.picture(w), 2)).clamp(-1, 1)
        points = _mean_places(self.heatmaps(functional.leaky_relu(x, _SLOPE)) + self.likely_places)
        scales = self.scales(mixed).float().clamp(_LEAST_SCALE, 0.0).exp() * (FACE_COMPLETION_SIDE / 2)
        return FaceCompletionOutput(picture, self.parts(w), points, scales)


class _Block(nn.Module):
    """Activation before each of two convolutions, the second of which starts at zero; no normalisation."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, 1, 1)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1)
        zero_weights(self.second)

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(functional.leaky_relu(x, _SLOPE))
        out: Tensor = x + self.second(functional.leaky_relu(y, _SLOPE))
        return out


class _DenseMix(nn.Module):
    """Every place of a few channels is a sum over all places and channels; added to what comes in."""

    def __init__(self, channels: int, mixed: int, side: int) -> None:
        super().__init__()
        self.shape = (mixed, side, side)
        self.reduce = nn.Conv2d(channels, mixed, 1)
        self.dense = nn.Linear(mixed * side * side, mixed * side * side)
        self.expand = nn.Conv2d(mixed, channels, 1)
        nn.init.zeros_(self.dense.weight)
        nn.init.zeros_(self.dense.bias)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, S, S) -> the same, and the mixed channels (N, mixed S S)."""
        flat = self.reduce(functional.leaky_relu(x, _SLOPE)).flatten(1)
        flat = flat + self.dense(functional.leaky_relu(flat, _SLOPE))
        return x + self.expand(functional.leaky_relu(flat, _SLOPE).view(-1, *self.shape)), flat


def _blocks(channels: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[_Block(channels) for _ in range(count)])


def _places_of(points: Tensor) -> Tensor:
    """Logits (1, K, 32, 32) of Gaussians about points (K, 2), shares of the window."""
    line = (torch.arange(32) + 0.5) / 32
    x, y = ((line - points[:, axis, None]).square() for axis in (0, 1))
    return -(x[:, None, :] + y[:, :, None])[None] / (2 * _LIKELY**2)


def _mean_places(logits: Tensor) -> Tensor:
    """Means (N, K, 2), x and y in pixels of the window, of distributions over its cells (N, K, S, S)."""
    shares = torch.softmax(logits.float().flatten(2), 2).view_as(logits)
    side = logits.shape[-1]
    line = (torch.arange(side, device=logits.device) + 0.5) * (FACE_COMPLETION_SIDE / side)
    return torch.stack([(shares.sum(2) * line).sum(2), (shares.sum(3) * line).sum(2)], 2)


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
