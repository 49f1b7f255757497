"""PatchMatch (Barnes et al. 2009): all targets look at the same kind of candidate at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from portrait_studio.engine.texture.compiled import Comparison, flat, in_parallel, nearest
from portrait_studio.engine.texture.fields import LABEL_STEP, Sources, Targets, label_of, patch_rows
from portrait_studio.engine.texture.work_progress import WorkProgress

Candidates = Callable[[slice], Tensor]
"""Centres of any kind, (n,) int64, that a slice of the targets is to try: made when it is their turn."""

_CHUNK_CPU = 1 << 14
_CHUNK_GPU = 1 << 16
_NOT_ALLOWED = 10.0
"""Distance added where a label may not be copied: more than any difference, so that all else is better."""


@dataclass(frozen=True, eq=False)
class Matches:
    """The source of each target.

    Attributes:
        centres: (N,) int64 centres in the source planes.
        distance: (N,) float32 mean squared difference per pixel, penalties included.
    """

    centres: Tensor
    distance: Tensor


def chunks(count: int, device: torch.device) -> Iterator[slice]:
    """Slices short enough to cancel between them (CPU) or small enough for the memory (GPU)."""
    size = _CHUNK_CPU if device.type == "cpu" else _CHUNK_GPU
    for begin in range(0, count, size):
        yield slice(begin, min(begin + size, count))


@dataclass(frozen=True, eq=False)
class Matcher:
    """Compares and searches at one level, for one estimate of the hole.

    Attributes:
        sources: where patches come from.
        targets: where they go.
        guide: makes (n, 4) float32 of (n,) centres of targets, to compare with the guide of the sources.
        patch_px: side of a patch.
        row_step: compare only every so many rows of a patch.
        cap: (4 * patch_px,) float32 bound of each squared difference.
        is_careful: whether targets are filled from labels that may fill theirs.
    """

    sources: Sources
    targets: Targets
    guide: Callable[[Tensor], Tensor]
    patch_px: int
    row_step: int
    cap: Tensor
    is_careful: bool = False

    def search(
        self, matches: Matches, candidates: list[Candidates], reuse: Tensor | None, work: WorkProgress
    ) -> Matches:
        """Keep for each target the best of its source and the candidates.

        Args:
            matches: present sources; their distance is computed anew.
            candidates: what to try; centres that are no valid source are ignored.
            reuse: (planes * H * W,) float32 penalty of each centre, or None.
            work: told about each chunk.

        Returns:
            The better matches.
        """
        best, distance = torch.empty_like(matches.centres), torch.empty_like(matches.distance)
        seek = self.nearest_on_processor if best.device.type == "cpu" else self.nearest_in_tables
        for part in chunks(best.numel(), best.device):
            tried = torch.stack([matches.centres[part], *(candidate(part) for candidate in candidates)])
            best[part], distance[part] = seek(part, tried, reuse)
            work.advance((part.stop - part.start) * (len(candidates) + 1))
        return Matches(best, distance)

    def nearest_in_tables(self, part: slice, tried: Tensor, reuse: Tensor | None) -> tuple[Tensor, Tensor]:
        """The nearest of some candidates of each target, and its distance: for devices with wide memory.

        Args:
            part: slice of the targets.
            tried: (K, n) int64; first the present sources, then centres of any kind.
            reuse: see `search`.
        """
        targets = self.targets.centres[part]
        wanted, guide = self._gather(targets), self.guide(targets)
        own = tried[0]
        least = self._distance(wanted, guide, own, reuse) + self._unlike(part, own)
        for candidate in tried[1:]:
            other = candidate.clamp(0, self.sources.valid.numel() - 1)
            other = torch.where(self.sources.valid.index_select(0, other), other, own)
            found = self._distance(wanted, guide, other, reuse) + self._unlike(part, other)
            better = found < least
            own, least = torch.where(better, other, own), torch.where(better, found, least)
        return own, least

    def nearest_on_processor(self, part: slice, tried: Tensor, reuse: Tensor | None) -> tuple[Tensor, Tensor]:
        """The same without tables, for processors."""
        targets, labels = self.targets.centres[part], self.targets.labels[part]
        compared = Comparison(
            features=flat(self.sources.features),
            guide=flat(self.sources.guide),
            valid=flat(self.sources.valid),
            reuse=np.empty(0, np.float32) if reuse is None else flat(reuse),
            unlike=flat(~self.sources.allowed * _NOT_ALLOWED) if self.is_careful else np.empty(0, np.float32),
            label_step=np.float32(LABEL_STEP),
            width=self.sources.width,
            rows=flat(self._row_steps(targets.device)),
            cap=flat(self.cap),
        )
        best, distance = torch.empty_like(targets), torch.empty(targets.numel())
        guide = flat(self.guide(targets))
        written = (flat(best), flat(distance))
        in_parallel(
            nearest, targets.numel(), compared, flat(targets), flat(labels), guide, tried.numpy(), *written
        )
        return best, distance

    def _row_steps(self, device: torch.device) -> Tensor:
        """What to add to a centre for the first pixel of each row to compare, (R,) int64."""
        radius = self.patch_px // 2
        return torch.arange(-radius, radius + 1, self.row_step, device=device) * self.sources.width - radius

    def _gather(self, centres: Tensor) -> Tensor:
        steps = self._row_steps(centres.device)
        index = (centres[None] + steps[:, None]).flatten()
        rows = patch_rows(self.sources.features, self.patch_px).index_select(0, index)
        return rows.view(steps.numel(), centres.numel(), -1)

    def _distance(self, wanted: Tensor, guide: Tensor, centres: Tensor, reuse: Tensor | None) -> Tensor:
        difference = self._gather(centres).sub_(wanted)
        squared = torch.minimum(difference.mul_(difference), self.cap)
        total = squared.sum(0).sum(1) / (wanted.shape[0] * self.patch_px)
        apart = self.sources.guide.index_select(0, self.sources.in_photo(centres)[0]).sub_(guide)
        total.add_(apart.mul_(apart).sum(1))
        if reuse is not None:
            total.add_(reuse.index_select(0, centres))
        return total

    def _unlike(self, part: slice, centres: Tensor) -> Tensor | float:
        """What is added to the distances of a slice of the targets to centres that may not fill them."""
        if not self.is_careful:
            return 0.0
        return (~self.sources.are_allowed(self.targets.labels[part], centres)) * _NOT_ALLOWED


CROSS = ((-1, 0), (1, 0), (0, -1), (0, 1))
DIAGONALS = ((-1, -1), (-1, 1), (1, -1), (1, 1))


def neighbour_candidates(
    matches: Matches, targets: Targets, width: int, steps: Iterable[tuple[int, int]], stride_px: int
) -> list[Candidates]:
    """What the neighbours some (dy, dx) steps of a stride away would put here (propagation)."""
    shifts = [(dy * width + dx) * stride_px for dy, dx in steps]
    return [partial(_of_neighbour, matches, targets, shift) for shift in shifts]


def _of_neighbour(matches: Matches, targets: Targets, shift: int, part: slice) -> Tensor:
    place = (targets.centres[part] + shift).clamp(0, targets.slot.numel() - 1)
    slot = targets.slot.index_select(0, place)
    theirs = matches.centres.index_select(0, slot.clamp_min(0)) - shift
    return torch.where(slot >= 0, theirs, matches.centres[part])


def random_candidates(matches: Matches, width: int, radius_px: int, uniform: Tensor) -> Candidates:
    """A random centre within a radius of the present one; `uniform` is (2, N) in [0, 1)."""

    def made(part: slice) -> Tensor:
        offset = ((2 * uniform[:, part] - 1) * (radius_px + 0.5)).round().long()
        return matches.centres[part] + offset[0] * width + offset[1]

    return made


def labelled_candidates(targets: Targets, sources: Sources, uniform: Tensor) -> Candidates:
    """A random centre of each target's label; `uniform` is (N,) in [0, 1)."""
    return lambda part: sources.random_of_label(targets.labels[part], uniform[part])


def reuse_penalty(matches: Matches, targets: Targets, sources: Sources, weight: float) -> Tensor:
    """Penalty of each source centre: how much more often than needed it is used already.

    Args:
        matches: present sources.
        targets: their targets, whose labels say how often a source must be used at least.
        sources: the sources.
        weight: distance per use beyond the need.

    Returns:
        (planes * H * W,) float32.
    """
    uses = torch.zeros(sources.valid.numel(), dtype=torch.int32, device=matches.centres.device)
    uses.index_add_(0, matches.centres, torch.ones_like(matches.centres, dtype=torch.int32))
    counts = torch.stack([(targets.labels == label).sum() for label in range(sources.count.numel())])
    need = (counts / sources.count.clamp_min(1)).clamp_min(1.0)
    label = label_of(sources.features)
    return weight * (uses / need.index_select(0, label) - 1).clamp(0, 8)
