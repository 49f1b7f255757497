"""The texture stage as its callers see it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from portrait_studio.engine.texture import TextureOptions, synthesise
from portrait_studio.errors import Cancelled, OptionError
from portrait_studio.networks.conventions import FACE, LABELS

LEFT_SHOE, RIGHT_SHOE = LABELS.index("left-shoe"), LABELS.index("right-shoe")
PANTS, BAG = LABELS.index("pants"), LABELS.index("bag")
RED, BLUE, GREEN = (0.9, 0.1, 0.1), (0.1, 0.2, 0.8), (0.1, 0.7, 0.2)


def ignore(_: float) -> None:
    return None


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(height: int = 64, width: int = 64) -> Tensor:
    return torch.rand(3, height, width, generator=seeded(1))


def square_hole(height: int = 64, width: int = 64, side: int = 20) -> Tensor:
    hole = torch.zeros(height, width, dtype=torch.bool)
    top, left = (height - side) // 2, (width - side) // 2
    hole[top : top + side, left : left + side] = True
    return hole


def paint(labels: Tensor, colours: dict[int, tuple[float, float, float]]) -> Tensor:
    image = torch.zeros(3, *labels.shape)
    for label, colour in colours.items():
        image[:, labels == label] = torch.tensor(colour)[:, None]
    return image


@settings(max_examples=8, deadline=None)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    seed=st.integers(0, 2**20),
    share=st.floats(0.0, 1.0),
    with_start=st.booleans(),
)
def test_known_pixels_stay_bit_for_bit(
    height: int, width: int, seed: int, share: float, with_start: bool
) -> None:
    random = seeded(seed)
    image = torch.rand(3, height, width, generator=random)
    hole = torch.rand(height, width, generator=random) < share
    labels = torch.randint(0, 18, (height, width), generator=random)
    start = torch.rand(3, height, width, generator=random) if with_start else None
    result = synthesise(image, hole, labels, start, seeded(), ignore)
    assert result.shape == image.shape
    assert result.dtype == torch.float32
    assert torch.equal(result[:, ~hole], image[:, ~hole])
    assert bool(((result >= 0) & (result <= 1)).all())


def test_what_lies_in_the_hole_does_not_matter() -> None:
    image, hole, labels = noise(), square_hole(), torch.zeros(64, 64).long()
    other = torch.where(hole, torch.full_like(image, torch.nan), image)
    first = synthesise(image, hole, labels, None, seeded(), ignore)
    assert torch.equal(first, synthesise(other, hole, labels, None, seeded(), ignore))


def test_same_seed_gives_same_pixels_with_any_number_of_threads() -> None:
    image, hole = noise(120, 110), square_hole(120, 110, 16)
    labels = (torch.arange(110) > 60).long().expand(120, 110)
    options = TextureOptions(coarse_iterations=1, fine_iterations=1, max_levels=1)
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            results.append(synthesise(image, hole, labels, None, seeded(7), ignore, options))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(results[0], results[1])


def test_other_seed_gives_other_pixels() -> None:
    image, hole, labels = noise(), square_hole(), torch.zeros(64, 64).long()
    first, second = (synthesise(image, hole, labels, None, seeded(seed), ignore) for seed in (1, 2))
    assert not torch.equal(first, second)


def test_each_part_takes_the_colour_of_its_own_label() -> None:
    labels = torch.zeros(64, 64).long()
    labels[:, 34:] = PANTS
    image, hole = paint(labels, {0: RED, PANTS: BLUE}), square_hole()
    result = synthesise(image, hole, labels.to(torch.uint8), None, seeded(), ignore)
    assert torch.allclose(result, image, atol=1e-4)


def test_excluded_pixels_are_never_copied() -> None:
    labels = torch.zeros(64, 64).long()
    image, hole = paint(labels, {0: RED}), square_hole(side=12)
    excluded = torch.zeros_like(hole)
    excluded[:, :20] = True
    image[:, excluded] = torch.tensor(GREEN)[:, None]
    options = TextureOptions(start_pull=0.0, start_weight_coarse=1.0, start_weight_fine=0.5)
    start = paint(labels, {0: GREEN})
    result = synthesise(image, hole, labels, start, seeded(), ignore, options, excluded)
    assert torch.allclose(result[:, hole], torch.tensor(RED)[:, None], atol=1e-4)
    free = synthesise(image, hole, labels, start, seeded(), ignore, options)
    assert float(free[1, hole].max()) > 0.6


@pytest.mark.parametrize("mirror", [False, True])
def test_a_part_known_only_on_the_other_side_is_mirrored(mirror: bool) -> None:
    labels = torch.zeros(64, 96).long()
    labels[20:44, 10:34], labels[20:44, 62:86] = RIGHT_SHOE, LEFT_SHOE
    image = paint(labels, {0: BLUE, RIGHT_SHOE: RED, LEFT_SHOE: RED})
    image[:, 22:42:4, 12:32:4] = 1.0
    image[:, 22:42:4, 66:86:4] = 1.0
    hole = labels == LEFT_SHOE
    start = paint(labels, {0: BLUE, LEFT_SHOE: GREEN, RIGHT_SHOE: RED})
    options = TextureOptions(mirror=mirror, start_pull=0.0)
    result = synthesise(image, hole, labels, start, seeded(), ignore, options)
    shoe = result[:, hole]
    if mirror:
        assert float(shoe[1].mean()) < 0.4
        assert float(shoe[2].max()) > 0.5
    else:
        assert torch.equal(shoe, start[:, hole])


def test_start_stays_where_its_label_has_no_source() -> None:
    labels = torch.zeros(64, 64).long()
    labels[26:38, 26:38] = BAG
    image, hole, start = paint(labels, {0: RED}), square_hole(), noise()
    result = synthesise(image, hole, labels, start, seeded(), ignore)
    assert torch.equal(result[:, labels == BAG], start[:, labels == BAG])


def test_a_mostly_hidden_face_is_left_to_the_network() -> None:
    labels = torch.zeros(64, 64).long()
    labels[18:46, 24:44] = FACE
    image, hole, start = noise(), square_hole(side=24), noise().flip(1)
    result = synthesise(image, hole, labels, start, seeded(), ignore)
    inside = hole & (labels == FACE)
    assert torch.equal(result[:, inside], start[:, inside])


def test_texture_is_as_rough_as_its_surroundings() -> None:
    image, hole = noise(96, 96), square_hole(96, 96, 32)
    smooth = torch.full_like(image, 0.5)
    result = synthesise(image, hole, torch.zeros(96, 96).long(), smooth, seeded(), ignore)
    assert float(result[:, hole].std()) > 0.6 * float(image[:, ~hole].std())


def test_low_frequencies_follow_the_start() -> None:
    image, hole = noise(96, 96), square_hole(96, 96, 32)
    options = TextureOptions(start_pull=0.7)
    for level in (0.3, 0.7):
        start = torch.full_like(image, level)
        result = synthesise(image, hole, torch.zeros(96, 96).long(), start, seeded(), ignore, options)
        assert abs(float(result[:, hole].mean()) - level) < 0.12


def test_progress_rises_from_zero_to_one() -> None:
    seen: list[float] = []
    synthesise(noise(), square_hole(), torch.zeros(64, 64).long(), None, seeded(), seen.append)
    assert seen[0] == 0.0
    assert seen == sorted(seen)
    assert 0.7 < seen[-1] <= 1.0


def test_cancel_stops_within_the_loop() -> None:
    calls: list[float] = []

    def stop(fraction: float) -> None:
        calls.append(fraction)
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        synthesise(noise(), square_hole(), torch.zeros(64, 64).long(), None, seeded(), stop)
    assert calls[-1] < 0.6


def test_hole_touching_three_borders_of_a_tiny_picture() -> None:
    image = paint(torch.zeros(16, 16).long(), {0: GREEN})
    hole = torch.ones(16, 16, dtype=torch.bool)
    hole[:, :8] = False
    result = synthesise(image, hole, torch.zeros(16, 16).long(), None, seeded(), ignore)
    assert torch.allclose(result, image, atol=1e-4)


def test_without_any_source_patch_the_start_remains() -> None:
    hole = torch.ones(40, 40, dtype=torch.bool)
    hole[3:5, 3:5] = False
    image, labels, start = noise(40, 40), torch.zeros(40, 40).long(), noise(40, 40).flip(2)
    result = synthesise(image, hole, labels, start, seeded(), ignore)
    assert torch.equal(result[:, hole], start[:, hole])
    coloured = synthesise(paint(labels, {0: RED}), hole, labels, None, seeded(), ignore)
    assert torch.allclose(coloured[:, hole], torch.tensor(RED)[:, None], atol=1e-4)


def test_a_picture_that_is_all_hole_is_the_start() -> None:
    hole, start = torch.ones(20, 20, dtype=torch.bool), noise(20, 20)
    result = synthesise(torch.zeros(3, 20, 20), hole, torch.zeros(20, 20).long(), start, seeded(), ignore)
    assert torch.equal(result, start)


def test_transposed_input_gives_the_same_pixels() -> None:
    image, hole, labels = noise(), square_hole(), torch.zeros(64, 64).long()
    strided = image.permute(1, 2, 0).contiguous().permute(2, 0, 1)
    first = synthesise(image, hole, labels, None, seeded(), ignore)
    assert torch.equal(first, synthesise(strided, hole, labels, None, seeded(), ignore))


@pytest.mark.parametrize(
    "bad", [{"patch_px": 6}, {"patch_px": 1}, {"start_pull": 1.5}, {"sharpness": -0.1}, {"max_levels": 0}]
)
def test_options_outside_their_range_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(OptionError, match=r"must|needs"):
        TextureOptions(**bad)  # type: ignore[arg-type]


def test_ground_may_follow_its_start_more_closely() -> None:
    image = torch.rand(3, 72, 72, generator=seeded(4)).mul(0.1)
    image[:, :, 36:] += 0.3
    hole = torch.zeros(72, 72, dtype=torch.bool)
    hole[48:] = True
    start = torch.full_like(image, 0.23)
    start[:, :, :36] = 0.05
    start[:, 60:, 10:26] = 0.23
    labels = torch.zeros(72, 72, dtype=torch.uint8)
    usual, closely = (
        float((filled[:, 62:70, 12:24] > 0.2).float().mean())
        for filled in (
            synthesise(image, hole, labels, start, seeded(), ignore, options)
            for options in (None, TextureOptions.usual(follows_ground=True))
        )
    )
    assert closely > usual + 0.2
