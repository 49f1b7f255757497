"""Where patches come from and where they go: flat tables that the search and the vote gather from.

Patches are named by the flat index of their centre. The photo and its mirror image lie one below the other,
so one index names the plane too. The feature table has four floats per pixel; a row of a patch is then one
run of `4 * patch_px` floats, and an overlapping view makes gathering it a single row lookup. Only this table
holds the mirror image; the others are read at the same place of the photo. These tables are what large holes
need memory for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from portrait_studio.engine.memory import give_back_memory
from portrait_studio.engine.texture.allowed import any_label, careful_table
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level, box_around, grown, shrunk
from portrait_studio.engine.texture.smooth import blur_where, structure_plane
from portrait_studio.networks.conventions import BACKGROUND, LABEL_COUNT, MIRROR_LABELS

_CHROMA_WEIGHT = 1.4
_DEPTH_CAP_PX = 16
LABEL_STEP = 4.0
"""Distance of neighbouring labels in a feature table: large against colours, capped in the comparison."""


@dataclass(frozen=True, eq=False)
class Sources:
    """All patches that may be copied at one level.

    Attributes:
        height: rows of one plane.
        width: columns.
        planes: 1, or 2 with the mirror image below the photo.
        features: (planes * H * W, 4) float32, opponent colours and label, for comparing; in the hole of the
            photo, where no source lies, those of the present estimate.
        colours: (H * W, 3) float32 RGB, for copying; the level's picture itself where that lies so in memory.
        structure: (H * W,) float16, what `structure_plane` makes of the labels, which float16 holds exactly.
        guide: (H * W, 4) float32, what `guide_table` makes of the blurred picture, to compare with `start`.
        valid: (planes * H * W,) bool, whether the patch with this centre is wholly known.
        pool: (M,) int32 centres, sorted by label.
        first: (18,) int64 first position of each label in the pool.
        count: (18,) int64 number of centres of each label.
        allowed: (18, 18) bool, [target, source]: which label may be copied into which.
    """

    height: int
    width: int
    planes: int
    features: Tensor
    colours: Tensor
    structure: Tensor
    guide: Tensor
    valid: Tensor
    pool: Tensor
    first: Tensor
    count: Tensor
    allowed: Tensor

    def random_of_label(self, labels: Tensor, uniform: Tensor) -> Tensor:
        """A random centre of the wanted label, or of another one where the wanted one has none.

        Args:
            labels: (N,) integers.
            uniform: (N,) float32 in [0, 1).

        Returns:
            (N,) int64.
        """
        labels = self._best_labels()[labels.long()]
        count = self.count[labels]
        has_own = count > 0
        first = torch.where(has_own, self.first[labels], 0)
        count = torch.where(has_own, count, self.pool.numel())
        return self.pool[first + torch.minimum((uniform * count).long(), count - 1)].long()

    def _best_labels(self) -> Tensor:
        """(18,) int64: each label itself; if it has no centre, the most frequent one that may fill it."""
        every = torch.arange(LABEL_COUNT, device=self.count.device)
        return torch.where(self.count > 0, every, (self.allowed * self.count).argmax(1))

    def are_allowed(self, labels: Tensor, centres: Tensor) -> Tensor:
        """(N,) bool: whether targets of (N,) labels may be filled from (N,) int64 centres of either plane."""
        source = (self.features[:, 3].index_select(0, centres) / LABEL_STEP).round().long()
        return self.allowed.flatten().index_select(0, labels.long() * LABEL_COUNT + source)

    def in_photo(self, centres: Tensor) -> tuple[Tensor, Tensor]:
        """Where centres (N,) int64 of either plane lie in the photo, and 1 or, of the mirror image, -1."""
        if self.planes == 1:
            return centres, torch.ones_like(centres)
        is_mirrored = centres >= self.height * self.width
        inside = torch.where(is_mirrored, centres - self.height * self.width, centres)
        flipped = inside + (self.width - 1) - 2 * (inside % self.width)
        return torch.where(is_mirrored, flipped, inside), torch.where(is_mirrored, -1, 1)


def colour_features(image: Tensor) -> Tensor:
    """Opponent colours with chroma weighted up: (3, H, W) RGB to (3, H, W), both float32."""
    return torch.stack(list(_opponent_colours(image)))


def _opponent_colours(image: Tensor) -> Iterator[Tensor]:
    """The same, one plane after the other."""
    red, green, blue = image
    yield (red + green + blue) / 3**0.5
    yield _CHROMA_WEIGHT * (red - green) / 2**0.5
    yield _CHROMA_WEIGHT * (red + green - 2 * blue) / 6**0.5


def guide_table(image: Tensor, labels: Tensor, start_weight: float, options: TextureOptions) -> Tensor:
    """(H * W, 4) float32 whose squared differences are the weighted distance to `start` and in height.

    The height counts because light, focus and ground change with it; sideways they hardly do.

    Args:
        image: (3, H, W) float32 in [0, 1].
        labels: (H, W) integers.
        start_weight: weight of the distance to `start`.
        options: penalty of the height, and what the distance weighs in the background.
    """
    _, height, width = image.shape
    result = torch.empty(height, width, 4, device=image.device)
    scale = _start_scale(labels, start_weight, options)
    for channel, plane in enumerate(_opponent_colours(image)):
        result[..., channel] = plane * scale
    result[..., 3] = _row_guide(height, width, options, image.device)[:, None]
    return result.flatten(0, 1)


def guide_at(centres: Tensor, sources: Sources, start_weight: float, options: TextureOptions) -> Tensor:
    """(N, 4) rows, at (N,) int64 centres, of what `guide_table` would make of the picture without a blur."""
    colours = sources.colours.index_select(0, centres).t()
    scale = _start_scale(sources.structure.index_select(0, centres).floor(), start_weight, options)
    planes = [plane * scale for plane in _opponent_colours(colours)]
    row = _row_guide(sources.height, sources.width, options, centres.device)[centres // sources.width]
    return torch.stack([*planes, row], -1)


def _start_scale(labels: Tensor, start_weight: float, options: TextureOptions) -> Tensor:
    """What colours of each label are multiplied by, as float32: the root of what their distance weighs."""
    ground = torch.tensor((start_weight * options.ground_follows) ** 0.5, device=labels.device)
    return torch.where(labels == BACKGROUND, ground, start_weight**0.5)


def _row_guide(height: int, width: int, options: TextureOptions, device: torch.device) -> Tensor:
    scale = float(options.height_penalty**0.5 / max(height, width))
    return torch.arange(height, device=device, dtype=torch.float32) * scale


def label_of(features: Tensor) -> Tensor:
    """(P,) int64 labels of a feature table."""
    return (features[:, 3] / LABEL_STEP).round().long()


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
    labels = [level.labels, _mirrored_labels(level.labels)][:planes]
    tick()
    # First, since a blurred picture and the buffers of the blur are in memory beside it until it is made.
    guide = guide_table(
        blur_where(level.image, ~level.hole, blur_px, tick), level.labels, start_weight, options
    )
    give_back_memory()
    tick()
    features = _feature_table(level.image, labels)
    tick()
    structure = structure_plane(level.labels).flatten().half()
    tick()
    pool, count = _pool([valid, valid.flip(-1)][:planes], labels, tick)
    return Sources(
        height=height,
        width=width,
        planes=planes,
        features=features,
        colours=level.image.permute(1, 2, 0).reshape(-1, 3),
        structure=structure,
        guide=guide,
        valid=torch.cat([valid.flatten(), valid.flip(-1).flatten()][:planes]),
        pool=pool,
        first=count.cumsum(0) - count,
        count=count,
        allowed=(careful_table() if options.careful else any_label()).to(count.device),
    )


def _mirrored_labels(labels: Tensor) -> Tensor:
    """(H, W) labels of the mirror image: left and right parts change names and places."""
    names = torch.tensor(MIRROR_LABELS, device=labels.device, dtype=labels.dtype)
    return names.index_select(0, labels.flatten().int()).view_as(labels).flip(-1)


def _feature_table(image: Tensor, labels: list[Tensor]) -> Tensor:
    """Opponent colours and label of the photo, and below it those of the mirror image, if it has labels."""
    result = torch.empty(len(labels) * labels[0].numel(), 4, device=image.device)
    halves = result.view(len(labels), *labels[0].shape, 4).unbind(0)
    for channel, plane in enumerate(_opponent_colours(image)):
        for number, half in enumerate(halves):
            half[..., channel] = plane.flip(-1) if number == 1 else plane
    for half, names in zip(halves, labels, strict=True):
        half[..., 3] = names * LABEL_STEP
    return result


def _pool(valid: list[Tensor], labels: list[Tensor], tick: Callable[[], None]) -> tuple[Tensor, Tensor]:
    """Centres of all planes, (M,) int32, sorted by label, and how many each label has, (18,) int64."""
    whole = sum(int(where.count_nonzero()) for where in valid)
    pool = torch.empty(whole, dtype=torch.int32, device=valid[0].device)
    ends = [0]
    for label in range(LABEL_COUNT):
        end = ends[-1]
        for number, (names, where) in enumerate(zip(labels, valid, strict=True)):
            places = (where & (names == label)).flatten().nonzero()[:, 0]
            begin, end = end, end + places.numel()
            pool[begin:end] = places.add_(number * where.numel())
        ends.append(end)
        tick()
    return pool, torch.tensor(ends, device=pool.device).diff()


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
        slot: (H * W,) int32 position in `centres` of each pixel, -1 where there is none.
        labels: (N,) integers, the label at each centre.
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
    slot = torch.full((wanted.numel(),), -1, dtype=torch.int32, device=wanted.device)
    slot[centres] = torch.arange(centres.numel(), dtype=torch.int32, device=wanted.device)
    labels = level.labels.flatten()[centres]
    return Targets(centres, slot, labels, _depth(level.hole).flatten()[centres])


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
