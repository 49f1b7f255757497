"""Where patches come from and where they go: flat tables that the search and the vote gather from.

Patches are named by the flat index of their centre. The photo and its mirror image lie one below the other,
so one index names the plane too. Tables have four floats per pixel; a row of a patch is then one run of `4
* patch_px` floats, and an overlapping view makes gathering it a single row lookup.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level, box_around, grown, shrunk
from portrait_studio.engine.texture.smooth import blur_where, structure_plane
from portrait_studio.networks.conventions import LABEL_COUNT, MIRROR_LABELS

_CHROMA_WEIGHT = 1.4
_DEPTH_CAP_PX = 16
_LABEL_STEP = 4.0
"""Distance of neighbouring labels in a feature table: large against colours, capped in the comparison."""


@dataclass(frozen=True, eq=False)
class Sources:
    """All patches that may be copied at one level.

    Attributes:
        height: rows of one plane.
        width: columns.
        planes: 1, or 2 with the mirror image below the photo.
        features: (planes * H * W, 4) float32, opponent colours and label, for comparing.
        colours: (planes * H * W, 4) float32, RGB and structure, for copying.
        guide: (planes * H * W, 4) float32, what `guide_planes` makes of it, to compare with `start`.
        valid: (planes * H * W,) bool, whether the patch with this centre is wholly known.
        pool: (M,) int64 centres, sorted by label.
        first: (18,) int64 first position of each label in the pool.
        count: (18,) int64 number of centres of each label.
    """

    height: int
    width: int
    planes: int
    features: Tensor
    colours: Tensor
    guide: Tensor
    valid: Tensor
    pool: Tensor
    first: Tensor
    count: Tensor

    def random_of_label(self, labels: Tensor, uniform: Tensor) -> Tensor:
        """A random centre of the wanted label, or of any label where the wanted one has none.

        Args:
            labels: (N,) int64.
            uniform: (N,) float32 in [0, 1).

        Returns:
            (N,) int64.
        """
        count = self.count[labels]
        has_own = count > 0
        first = torch.where(has_own, self.first[labels], 0)
        count = torch.where(has_own, count, self.pool.numel())
        return self.pool[first + torch.minimum((uniform * count).long(), count - 1)]


def colour_features(image: Tensor) -> Tensor:
    """Opponent colours with chroma weighted up: (3, H, W) RGB to (3, H, W), both float32."""
    red, green, blue = image
    light = (red + green + blue) / 3**0.5
    warm = _CHROMA_WEIGHT * (red - green) / 2**0.5
    cold = _CHROMA_WEIGHT * (red + green - 2 * blue) / 6**0.5
    return torch.stack([light, warm, cold])


def guide_planes(image: Tensor, start_weight: float, options: TextureOptions) -> Tensor:
    """(4, H, W) float32 planes whose squared differences are the weighted distance to `start` and in height.

    The height counts because light, focus and ground change with it; sideways they hardly do.
    """
    _, height, width = image.shape
    colours = colour_features(image) * start_weight**0.5
    scale = options.height_penalty**0.5 / max(height, width)
    row = torch.arange(height, device=image.device, dtype=torch.float32) * scale
    return torch.cat([colours, row[None, :, None].expand(1, height, width)])


def table(*planes: Tensor) -> Tensor:
    """Bring four (H, W) float32 planes into a contiguous (H * W, 4) table."""
    return torch.stack(planes, -1).flatten(0, 1)


def label_of(features: Tensor) -> Tensor:
    """(P,) int64 labels of a feature table."""
    return (features[:, 3] / _LABEL_STEP).round().long()


def feature_cap(options: TextureOptions, patch_px: int, device: torch.device) -> Tensor:
    """(4 * patch_px,) bound of each squared difference; the label's turns any difference into the penalty."""
    cap = torch.tensor([4.0, 4.0, 4.0, options.label_penalty], device=device)
    return cap.repeat(patch_px)


def patch_rows(flat: Tensor, patch_px: int) -> Tensor:
    """View a (P, 4) table as (P - patch_px + 1, 4 * patch_px): row i holds patch_px pixels from i on."""
    return flat.as_strided((flat.shape[0] - patch_px + 1, 4 * patch_px), (4, 1))


def collect_sources(
    level: Level, blur_px: float, start_weight: float, options: TextureOptions, tick: Callable[[], None]
) -> Sources:
    """Gather every wholly known patch of a level.

    Args:
        level: the level; its hole and excluded pixels give no sources.
        blur_px: standard deviation of the blur that makes sources comparable with `start`.
        start_weight: weight of the distance to `start` at this level.
        options: patch size, mirroring and penalties.
        tick: called between the steps.

    Returns:
        The sources; the pool is empty when no patch is wholly known.
    """
    height, width = level.hole.shape
    planes = 2 if options.mirror else 1
    radius = options.patch_px // 2
    valid = shrunk(~(level.hole | level.excluded), radius) & interior(level.hole, radius)
    structure = structure_plane(level.labels)
    swapped = torch.tensor(MIRROR_LABELS, device=level.labels.device)[level.labels]
    tick()
    structures = [structure, structure - level.labels + swapped][:planes]
    labels = [level.labels * _LABEL_STEP, swapped * _LABEL_STEP][:planes]
    features = _mirrored_table(colour_features(level.image), labels)
    tick()
    colours = _mirrored_table(level.image, structures)
    tick()
    blurred = blur_where(level.image, ~level.hole, blur_px, tick)
    tick()
    soft = guide_planes(blurred, start_weight, options)
    tick()
    guide = _mirrored_table(soft[:3], [soft[3]] * planes)
    tick()
    flat_valid = torch.cat([valid.flatten(), valid.flip(-1).flatten()][:planes])
    centres = flat_valid.nonzero()[:, 0]
    label = label_of(features.index_select(0, centres))
    by_label = []
    for number in range(LABEL_COUNT):
        by_label.append(centres[label == number])
        tick()
    count = torch.tensor([found.numel() for found in by_label], device=centres.device)
    return Sources(
        height=height,
        width=width,
        planes=planes,
        features=features,
        colours=colours,
        guide=guide,
        valid=flat_valid,
        pool=torch.cat(by_label),
        first=count.cumsum(0) - count,
        count=count,
    )


def _mirrored_table(planes: Tensor, fourths: list[Tensor]) -> Tensor:
    """Table of (3, H, W) planes and a fourth one; the mirror image follows with the second fourth, if any."""
    pixels = fourths[0].numel()
    result = torch.empty(len(fourths) * pixels, 4, device=planes.device)
    for number, fourth in enumerate(fourths):
        half = result[number * pixels : (number + 1) * pixels].view(*fourth.shape, 4)
        for channel, plane in enumerate((*planes, fourth)):
            half[..., channel] = plane.flip(-1) if number == 1 else plane
    return result


def interior(like: Tensor, radius_px: int) -> Tensor:
    """(H, W) bool: pixels at least `radius_px` away from every edge of the picture."""
    inside = torch.zeros_like(like)
    inside[radius_px : like.shape[0] - radius_px, radius_px : like.shape[1] - radius_px] = True
    return inside


@dataclass(frozen=True, eq=False)
class Targets:
    """All patches of one level that touch the hole and lie inside the picture.

    Attributes:
        centres: (N,) int64 flat indices in the photo's plane.
        slot: (H * W,) int64 position in `centres` of each pixel, -1 where there is none.
        labels: (N,) int64 label at each centre.
        depth: (N,) float32 distance of the centre from known pixels in pixels, capped.
    """

    centres: Tensor
    slot: Tensor
    labels: Tensor
    depth: Tensor


def collect_targets(level: Level, patch_px: int) -> Targets:
    """List the patches to be matched at one level."""
    radius = patch_px // 2
    wanted = grown(level.hole, radius) & interior(level.hole, radius)
    centres = wanted.flatten().nonzero()[:, 0]
    slot = torch.full((wanted.numel(),), -1, dtype=torch.int64, device=wanted.device)
    slot[centres] = torch.arange(centres.numel(), device=wanted.device)
    return Targets(centres, slot, level.labels.flatten()[centres], _depth(level.hole).flatten()[centres])


def _depth(hole: Tensor) -> Tensor:
    depth = hole.to(torch.float32)
    if not bool(hole.any()):
        return depth
    box = box_around(hole, _DEPTH_CAP_PX)
    core = hole[box]
    for _ in range(_DEPTH_CAP_PX - 1):
        core = shrunk(core, 1)
        depth[box] += core
    return depth
