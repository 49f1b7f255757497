"""Options of the texture stage."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portrait_studio.errors import OptionError

_MANY_TARGETS = 250_000
_GROUND_FOLLOWS = 8.0


@dataclass(frozen=True)
class TextureOptions:
    """How patches are compared, searched and blended.

    Distances are mean squared differences per pixel of colours in [0, 1].

    Attributes:
        patch_px: side of a patch, odd, in pixels of each level.
        max_levels: most levels of the pyramid, the finest included.
        coarse_iterations: rounds of search and vote at the coarsest level.
        fine_iterations: the same at the finest level; levels between are interpolated.
        label_penalty: distance added for a pixel whose label differs from the label it would cover.
        start_weight_coarse: weight of the distance to `start` at the coarsest level.
        start_weight_fine: the same at the finest level.
        ground_follows: how many times as much the distance to `start` weighs in the background.
        start_blur: standard deviation of the detail that `start` lacks, as a share of the longer side.
        start_pull: share of the low frequencies of `start` in the result, in [0, 1].
        reuse_penalty: distance added per average use of the source by other patches, against repetition.
        height_penalty: distance added for a source one longer side of the picture higher or lower.
        mirror: whether the flipped photo (left and right parts swapped) is a source too.
        sharpness: 0 averages the patches that overlap a pixel, 1 takes the most common of them.
        min_sources: fewest source patches that a label needs; with fewer its pixels keep `start`.
        careful: whether labels are filled from their like only, as `allowed.careful_table` says.
        keeps_grain: whether fine contrast that voting averages away is given back; see `grain`.
        many_targets: from so many targets on a level is searched once, among few candidates.
    """

    patch_px: int = 7
    max_levels: int = 7
    coarse_iterations: int = 8
    fine_iterations: int = 2
    label_penalty: float = 0.15
    start_weight_coarse: float = 0.25
    start_weight_fine: float = 0.125
    ground_follows: float = 1.0
    start_blur: float = 0.01
    start_pull: float = 0.15
    reuse_penalty: float = 0.0005
    height_penalty: float = 0.5
    mirror: bool = True
    sharpness: float = 0.7
    min_sources: int = 16
    careful: bool = False
    keeps_grain: bool = False
    many_targets: int = 60_000

    @classmethod
    def usual(
        cls, *, careful: bool = False, keeps_grain: bool = False, follows_ground: bool = False
    ) -> TextureOptions:
        """The options for a hole.

        Args:
            careful: see there.
            keeps_grain: likewise; more targets are then searched thoroughly, too.
            follows_ground: whether the start is known well in the background.
        """
        usual = cls(careful=careful, ground_follows=_GROUND_FOLLOWS if follows_ground else 1.0)
        return replace(usual, keeps_grain=True, many_targets=_MANY_TARGETS) if keeps_grain else usual

    def __post_init__(self) -> None:
        if self.patch_px < 3 or self.patch_px % 2 == 0:
            raise OptionError(
                "The patch size must be odd and at least 3 pixels, not {patch_px}.", patch_px=self.patch_px
            )
        if min(self.max_levels, self.coarse_iterations, self.fine_iterations) < 1:
            raise OptionError(
                "The texture stage needs at least one level and one iteration; raise the value."
            )
        for name in ("start_pull", "sharpness"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise OptionError("The texture option {name} must lie between 0 and 1.", name=name)
