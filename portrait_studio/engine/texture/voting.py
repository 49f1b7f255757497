"""From matches to pixels: overlapping patches vote on each hole pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from portrait_studio.engine.texture.compiled import Poll, elect, flat, in_parallel
from portrait_studio.engine.texture.fields import Sources, Targets
from portrait_studio.engine.texture.matching import Matches, chunks
from portrait_studio.engine.texture.work_progress import WorkProgress
from portrait_studio.networks.conventions import LABEL_COUNT, MIRROR_LABELS

VOTE_WORK = 4
"""Effort of one vote in units of compared patches."""
_DEPTH_DECAY = 0.9
_BANDWIDTHS = (0.12, 0.08, 0.05)
"""Colour differences that count as the same, in each step of the mean shift."""
_OTHER_LABEL = 4.0
_STRUCTURE_WEIGHT = 4.0
_NOT_ALLOWED = 16.0


@dataclass(frozen=True, eq=False)
class HolePixels:
    """The pixels to fill, and the patches that may vote on them.

    Attributes:
        index: (Q,) int64 flat indices of the pixels.
        structure: (Q,) float16 their structure; votes of another label hardly count.
        targets: of the patches; each pixel must lie in at least one.
        sources: where colours come from.
        patch_px: side of a patch.
    """

    index: Tensor
    structure: Tensor
    targets: Targets
    sources: Sources
    patch_px: int

    def vote(self, matches: Matches, sharpness: float, work: WorkProgress) -> Tensor:
        """Colour of each pixel.

        Votes weigh exp(-distance / spread) (Wexler et al. 2007) and less the deeper their patch lies in the
        hole. A mean shift then moves from the average towards the most common colour: with sharpness 1 all
        the way, with 0 not at all.

        Args:
            matches: source of each target.
            sharpness: in [0, 1].
            work: told about each chunk.

        Returns:
            (Q, 3) float32 RGB.
        """
        weights, origins = _log_weights(matches, self.targets), _origins(matches, self.sources)
        votes = Votes(self.targets, self.sources, weights, *origins, self.patch_px)
        count = votes.on_processor if self.index.device.type == "cpu" else votes.in_tables
        result = torch.empty(self.index.numel(), 3, device=self.index.device)
        for part in chunks(self.index.numel(), self.index.device):
            result[part] = count(self.index[part], self.structure[part].float(), sharpness)
            work.advance((part.stop - part.start) * VOTE_WORK)
        return result


@dataclass(frozen=True, eq=False)
class Votes:
    """The patches that vote.

    Attributes:
        targets: where they go.
        sources: where they come from.
        log_weight: (N,) float32 logarithm of the weight of each.
        places: (N,) int32, where in the photo the source of each is.
        directions: (N,) int8, in which direction it is copied.
        patch_px: side of a patch.
    """

    targets: Targets
    sources: Sources
    log_weight: Tensor
    places: Tensor
    directions: Tensor
    patch_px: int

    def in_tables(self, pixels: Tensor, structure: Tensor, sharpness: float) -> Tensor:
        """Colours (Q, 3) of pixels (Q,) with a structure (Q,) float32: for devices with wide memory."""
        return _elect(*self._ballots(pixels, structure), sharpness)

    def on_processor(self, pixels: Tensor, structure: Tensor, sharpness: float) -> Tensor:
        """The same without tables, for processors; exp(x) is off by a share of x * x / 2048 there."""
        poll = Poll(
            slot=flat(self.targets.slot),
            origins=flat(self.places),
            directions=flat(self.directions),
            weights=flat(self.log_weight),
            colours=flat(self.sources.colours),
            structure=flat(self.sources.structure).view(np.uint16),
            halves=np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32),
            mirrored=np.array(MIRROR_LABELS, np.float32),
            width=self.sources.width,
            near=self._nearness(pixels.device).numpy(),
            bandwidths=np.array(_BANDWIDTHS, np.float32),
            not_allowed=flat(~self.sources.allowed * _NOT_ALLOWED),
            other_label=np.float32(_OTHER_LABEL),
            structure_weight=np.float32(_STRUCTURE_WEIGHT),
            sharpness=np.float32(sharpness),
        )
        result = torch.empty(pixels.numel(), 3)
        in_parallel(elect, pixels.numel(), poll, flat(pixels), flat(structure), result.numpy())
        return result

    def _nearness(self, device: torch.device) -> Tensor:
        """Logarithm of the weight of each place in a patch, (patch_px, patch_px) float32."""
        radius = self.patch_px // 2
        span = torch.arange(-radius, radius + 1, device=device)
        return -(span[:, None] ** 2 + span[None] ** 2) / (2.0 * radius**2)

    def _ballots(self, pixels: Tensor, structure: Tensor) -> tuple[Tensor, Tensor]:
        """Colours (K, Q, 3) and log weights (K, Q) of the K = patch_px ** 2 votes on each pixel."""
        radius = self.patch_px // 2
        span = torch.arange(-radius, radius + 1, device=pixels.device)
        down = (span * self.sources.width).repeat_interleave(self.patch_px)
        across = span.repeat(self.patch_px)
        place = (pixels[None] - (down + across)[:, None]).clamp(0, self.targets.slot.numel() - 1)
        slot = self.targets.slot.index_select(0, place.flatten())
        voter = slot.clamp_min(0)
        centre, direction = (
            each.index_select(0, voter).view_as(place) for each in (self.places, self.directions)
        )
        origin = (centre + down[:, None] + direction * across[:, None]).flatten()
        ballots = self.sources.colours.index_select(0, origin).view(*place.shape, 3)
        logs = torch.where(slot >= 0, self.log_weight.index_select(0, voter), -1e9).view_as(place)
        logs = logs + self._nearness(pixels.device).flatten()[:, None]
        source = self.sources.structure.index_select(0, origin).view_as(place).float()
        label = source.floor()
        own = structure.floor()
        mirrored = torch.tensor(MIRROR_LABELS, device=own.device, dtype=own.dtype)[own.long()]
        agrees = label == torch.where(direction < 0, mirrored, own)
        logs = logs - torch.where(agrees, (0.5 - (source - label)) * _STRUCTURE_WEIGHT, _OTHER_LABEL)
        if not bool(self.sources.allowed.all()):
            pairs = own.long() * LABEL_COUNT + label.long()
            is_allowed = self.sources.allowed.flatten().index_select(0, pairs.flatten()).view_as(pairs)
            logs = logs - ~is_allowed * _NOT_ALLOWED
        return ballots, logs


def _origins(matches: Matches, sources: Sources) -> tuple[Tensor, Tensor]:
    """Where in the photo each source is, (N,) int32, and the direction in which it is copied, (N,) int8."""
    places = torch.empty_like(matches.centres, dtype=torch.int32)
    directions = torch.empty_like(places, dtype=torch.int8)
    for part in chunks(places.numel(), places.device):
        places[part], directions[part] = sources.in_photo(matches.centres[part])
    return places, directions


def _log_weights(matches: Matches, targets: Targets) -> Tensor:
    count = matches.distance.numel()
    spread = matches.distance.kthvalue(3 * count // 4 + 1).values.clamp_min(1e-5)
    return -matches.distance / spread + math.log(_DEPTH_DECAY) * targets.depth


def _elect(colours: Tensor, logs: Tensor, sharpness: float) -> Tensor:
    weight = torch.exp(logs - logs.max(0).values)
    mean = _weighted(colours, weight)
    if sharpness <= 0:
        return mean
    mode = colours.gather(0, logs.argmax(0)[None, :, None].expand(1, -1, 3))[0]
    for bandwidth in _BANDWIDTHS:
        apart = (colours - mode).square().sum(2)
        mode = _weighted(colours, weight * torch.exp(-apart / (2 * bandwidth**2)))
    return mean + sharpness * (mode - mean)


def _weighted(colours: Tensor, weight: Tensor) -> Tensor:
    return (colours * weight[..., None]).sum(0) / weight.sum(0).clamp_min(1e-20)[:, None]
