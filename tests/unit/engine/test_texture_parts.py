"""Pieces of the texture stage whose laws can be stated on their own."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from portrait_studio.engine.texture.fields import (
    collect_sources,
    collect_targets,
    colour_features,
    guide_at,
    guide_table,
    label_of,
    patch_rows,
)
from portrait_studio.engine.texture.options import TextureOptions
from portrait_studio.engine.texture.pyramid import Level, box_around, build_pyramid, grown, shrunk
from portrait_studio.engine.texture.smooth import blur, blur_where, doubled, fill_by_label, structure_plane
from portrait_studio.networks.conventions import LABELS, MIRROR_LABELS

LEFT_ARM = LABELS.index("left-arm")


def noise(height: int, width: int) -> Tensor:
    return torch.rand(3, height, width, generator=torch.Generator().manual_seed(3))


def level(height: int = 40, width: int = 50) -> Level:
    hole = torch.zeros(height, width, dtype=torch.bool)
    hole[10:25, 20:35] = True
    labels = torch.zeros(height, width, dtype=torch.int64)
    labels[:, 25:] = LEFT_ARM
    return Level(noise(height, width), hole, labels, torch.zeros_like(hole))


@pytest.mark.parametrize("sigma_px", [0.1, 0.7, 3.0, 9.0])
def test_blur_keeps_a_flat_picture_flat(sigma_px: float) -> None:
    assert torch.allclose(blur(torch.full((2, 33, 47), 0.3), sigma_px), torch.tensor(0.3), atol=1e-5)


@pytest.mark.parametrize("sigma_px", [1.5, 9.0])
def test_blur_has_the_wanted_width(sigma_px: float) -> None:
    point = torch.zeros(1, 129, 129)
    point[0, 64, 64] = 1.0
    spread = blur(point, sigma_px)[0].sum(0)
    place = torch.arange(129.0)
    mean = float((spread * place).sum() / spread.sum())
    width = float(((spread * (place - mean) ** 2).sum() / spread.sum()).sqrt())
    assert mean == pytest.approx(64, abs=0.6)
    assert width == pytest.approx(sigma_px, rel=0.15)


def test_blur_is_the_same_with_any_number_of_threads() -> None:
    image, before = noise(120, 110), torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = blur(image, 8.0)
        torch.set_num_threads(2)
        together = blur(image, 8.0)
    finally:
        torch.set_num_threads(before)
    assert torch.equal(alone, together)


def test_blur_where_ignores_other_pixels() -> None:
    where = torch.zeros(30, 30, dtype=torch.bool)
    where[:, :15] = True
    image = torch.where(where, torch.tensor(0.2), torch.tensor(0.9)).expand(3, 30, 30)
    assert torch.allclose(blur_where(image, where, 3.0)[:, where], torch.tensor(0.2), atol=1e-4)


def test_doubling_is_bilinear() -> None:
    image = noise(9, 14)
    wanted = torch.nn.functional.interpolate(image[None], scale_factor=2, mode="bilinear")[0]
    assert torch.allclose(doubled(image), wanted, atol=1e-6)


def test_fill_by_label_interpolates_within_the_part() -> None:
    labels = torch.zeros(64, 64, dtype=torch.int64)
    labels[:, 32:] = 4
    ramp = torch.linspace(0.0, 1.0, 64)[:, None].expand(64, 64)
    image = torch.where(labels == 4, 1 - ramp, ramp).expand(3, 64, 64).contiguous()
    hole = torch.zeros(64, 64, dtype=torch.bool)
    hole[24:40, 20:44] = True
    calls: list[int] = []
    filled = fill_by_label(image, hole, labels, lambda: calls.append(1))
    assert torch.equal(filled[:, ~hole], image[:, ~hole])
    assert float((filled - image).abs().max()) < 0.1
    assert len(calls) >= 2


def test_structure_tells_label_and_depth() -> None:
    labels = torch.zeros(9, 9, dtype=torch.int64)
    labels[:, 4:] = 7
    row = structure_plane(labels)[4]
    assert row.tolist() == [0.5, 0.5, 0.25, 0.0, 7.0, 7.25, 7.5, 7.5, 7.5]


def test_growing_and_shrinking_are_dual() -> None:
    mask = level().hole
    assert int(grown(mask, 2).sum()) == 19 * 19
    assert int(shrunk(mask, 2).sum()) == 11 * 11
    assert torch.equal(shrunk(~mask, 3), ~grown(mask, 3))


def test_box_holds_every_set_pixel() -> None:
    rows, columns = box_around(level().hole, 2)
    assert (rows.start, rows.stop, columns.start, columns.stop) == (8, 27, 18, 37)


def test_pyramid_keeps_hole_pixels_and_majority_labels() -> None:
    levels = build_pyramid(level(200, 230), 7, 3, lambda: None)
    assert levels[-1].hole.shape == (200, 230)
    for coarse, fine in pairwise(levels):
        up = coarse.hole.repeat_interleave(2, 0).repeat_interleave(2, 1)
        assert bool((up[: fine.hole.shape[0], : fine.hole.shape[1]] | ~fine.hole).all())
        assert set(coarse.labels.unique().tolist()) <= set(fine.labels.unique().tolist())


def test_opponent_colours_keep_black_and_tell_hue_apart() -> None:
    black, red, green = torch.zeros(3, 1, 1), torch.zeros(3, 1, 1), torch.zeros(3, 1, 1)
    red[0], green[1] = 0.5, 0.5
    assert float(colour_features(black).abs().max()) == 0.0
    assert float((colour_features(red) - colour_features(green)).square().sum()) > 0.5


def test_patch_rows_are_runs_of_pixels() -> None:
    flat = torch.arange(40.0).view(10, 4)
    assert torch.equal(patch_rows(flat, 3)[2], torch.arange(8.0, 20.0))


def test_tables_to_copy_from_hold_the_picture_and_the_structure_exactly() -> None:
    small = level()
    sources = collect_sources(small, 0.5, 1.0, TextureOptions(), lambda: None)
    assert torch.equal(sources.colours[12 * 50 + 4], small.image[:, 12, 4])
    assert torch.equal(sources.structure.float().view(40, 50), structure_plane(small.labels))


def test_a_picture_whose_pixels_lie_side_by_side_is_copied_from_without_a_copy_of_it() -> None:
    by_pixel = noise(40, 50).permute(1, 2, 0).contiguous().permute(2, 0, 1)
    sources = collect_sources(
        replace(level(), image=by_pixel), 0.5, 1.0, TextureOptions(mirror=False), lambda: None
    )
    assert sources.colours.data_ptr() == by_pixel.data_ptr()


def test_rows_of_the_guide_are_those_of_its_table() -> None:
    small, options = level(), TextureOptions(ground_follows=4.0)
    sources = collect_sources(small, 0.5, 0.7, options, lambda: None)
    centres = torch.tensor([0, 49, 50, 1234, 1999])
    whole = guide_table(small.image, small.labels, 0.7, options)
    assert torch.equal(guide_at(centres, sources, 0.7, options), whole[centres])


def test_sources_are_known_patches_sorted_by_label_with_mirrored_labels() -> None:
    small, options = level(), TextureOptions()
    sources = collect_sources(small, 0.5, 1.0, options, lambda: None)
    assert sources.planes == 2
    x, y = sources.pool % 50, (sources.pool // 50) % 40
    mirrored = sources.pool >= 40 * 50
    x = torch.where(mirrored, 49 - x, x)
    assert not bool(grown(small.hole, 3)[y, x].any())
    assert int(x.min()) >= 3
    assert int(x.max()) <= 46
    labels = label_of(sources.features)[sources.pool]
    assert torch.equal(labels, labels.sort().values)
    assert set(labels[mirrored].tolist()) == {0, MIRROR_LABELS[LEFT_ARM]}
    wanted = torch.full((500,), LEFT_ARM)
    found = sources.random_of_label(wanted, torch.linspace(0, 0.9999, 500))
    assert bool((label_of(sources.features)[found] == LEFT_ARM).all())


def test_every_centre_of_the_mirror_image_shows_what_it_is_the_image_of() -> None:
    sources = collect_sources(level(), 0.5, 1.0, TextureOptions(), lambda: None)
    centres = sources.pool.long()
    places, direction = sources.in_photo(centres)
    assert bool((places < 40 * 50).all())
    assert torch.equal(direction < 0, centres >= 40 * 50)
    assert torch.equal(sources.features[centres, :3], sources.features[places, :3])
    assert torch.equal(sources.features[centres + 1, :3], sources.features[places + direction, :3])


def test_targets_cover_every_hole_pixel() -> None:
    small = level()
    targets = collect_targets(small, 7)
    centres = torch.zeros(40 * 50, dtype=torch.bool)
    centres[targets.centres] = True
    assert bool((grown(centres.view(40, 50), 3) | ~small.hole).all())
    assert torch.equal(targets.slot[targets.centres].long(), torch.arange(targets.centres.numel()))
    assert float(targets.depth.max()) == 8.0
