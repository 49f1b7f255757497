import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.errors import OptionError
from portrait_studio.networks.conventions import IGNORE_LABEL, KEYPOINTS, MIRROR_KEYPOINTS
from trainer.data.augment import augment, crop, flip, head_of, jitter_colours, whole_squash
from trainer.data.sample import Sample
from trainer.recipes.samples import AugmentConfig

PLAIN = AugmentConfig(colour=0)


def photo(height: int = 90, width: int = 60, seed: int = 0) -> Sample:
    """A person in the middle; red rises to the right and green downwards: pixels know where they are."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(20, 220, width)[None, :]
    image[..., 1] = np.linspace(20, 220, height)[:, None]
    labels = np.zeros((height, width), np.uint8)
    labels[height // 4 : height * 3 // 4, width // 3 : width // 2] = 14
    labels[height // 4 : height * 3 // 4, width // 2 : width * 2 // 3] = 15
    keypoints = np.random.default_rng(seed).uniform(5, 55, (16, 3)).astype(np.float32)
    keypoints[:, :2] *= max(1, min(height, width) // 60)
    keypoints[:, 2] = 1
    for array in (image, labels, keypoints):
        array.setflags(write=False)
    return Sample("set/one", image, labels, keypoints)


def places(out: Sample, sample: Sample, within: float) -> int:
    """How many joints lie where the colours say that they lay in the photo, give or take some pixels."""
    height, width = sample.labels.shape
    seen = out.keypoints[:, 2] > 0
    for (x, y, _), (true_x, true_y, _) in zip(out.keypoints[seen], sample.keypoints[seen], strict=True):
        red, green = out.image[int(y), int(x), :2].astype(float)
        if out.labels[int(y), int(x)] == IGNORE_LABEL:
            continue
        assert abs((red - 20) / 200 * (width - 1) - true_x) < within
        assert abs((green - 20) / 200 * (height - 1) - true_y) < within
    return int(seen.sum())


@given(seed=st.integers(0, 10_000), height=st.integers(20, 120), width=st.integers(20, 120))
@settings(max_examples=60, deadline=None)
def test_every_window_is_a_whole_sample(seed: int, height: int, width: int) -> None:
    out = augment(photo(height, width), 64, np.random.default_rng(seed), AugmentConfig())
    assert (out.image.shape, out.image.dtype) == ((64, 64, 3), np.uint8)
    assert (out.labels.shape, out.labels.dtype) == ((64, 64), np.uint8)
    assert set(np.unique(out.labels)) <= {0, 14, 15, IGNORE_LABEL}
    inside = out.keypoints[:, 2] > 0
    assert ((out.keypoints[inside, :2] >= 0) & (out.keypoints[inside, :2] < 64)).all()


def test_same_seed_same_window_and_the_photo_is_left_alone() -> None:
    sample = photo()
    first, second = (augment(sample, 64, np.random.default_rng(5), AugmentConfig()) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.keypoints, second.keypoints)
    assert sample.keypoints[:, 2].min() == 1


def with_head(top: tuple[float, float, float], neck: tuple[float, float, float]) -> Sample:
    sample = photo(400, 300)
    keypoints = np.zeros((16, 3), np.float32)
    keypoints[KEYPOINTS.index("head-top")], keypoints[KEYPOINTS.index("upper-neck")] = top, neck
    return Sample(sample.key, sample.image, sample.labels, keypoints)


def test_the_head_is_between_its_top_and_the_neck() -> None:
    head = head_of(with_head((150, 40, 1), (162, 90, 0.5)))
    assert head is not None
    assert (head.x, head.y, head.length) == (156, 65, pytest.approx(np.hypot(12, 50)))
    assert head_of(with_head((150, 40, 0.2), (150, 90, 1))) is None
    assert head_of(with_head((150, 40, 1), (150, 43, 1))) is None


def test_close_windows_show_the_head_and_little_more() -> None:
    sample = with_head((150, 60, 1), (150, 110, 1))
    config = AugmentConfig(colour=0, flip=0, squash=1.0, close=1.0)
    lengths = []
    for seed in range(40):
        keypoints = augment(sample, 96, np.random.default_rng(seed), config).keypoints[:10]
        top, neck = keypoints[KEYPOINTS.index("head-top")], keypoints[KEYPOINTS.index("upper-neck")]
        assert neck[2] == 1 or top[2] == 1
        if neck[2] == 1 and top[2] == 1:
            lengths.append(float(neck[1] - top[1]) / 96)
    # A window is 1.4 to 6 heads high, give or take the stretch.
    assert len(lengths) > 25
    assert 1 / 7 < min(lengths) < 0.25
    assert 0.45 < max(lengths) < 0.8


def test_photos_without_a_pose_have_no_close_windows() -> None:
    sample = with_head((150, 60, 0), (150, 110, 0))
    squashed = augment(sample, 64, np.random.default_rng(3), AugmentConfig(colour=0, squash=1.0, close=1.0))
    assert squashed.image[..., 1].astype(int).max() - squashed.image[..., 1].min() > 150


def test_flipping_twice_changes_nothing() -> None:
    sample = photo()
    twice = flip(flip(sample))
    np.testing.assert_array_equal(twice.image, sample.image)
    np.testing.assert_array_equal(twice.labels, sample.labels)
    np.testing.assert_allclose(twice.keypoints, sample.keypoints, atol=1e-5)


def test_flipping_swaps_left_and_right() -> None:
    sample = photo()
    mirrored = flip(sample)
    assert (mirrored.labels[:, 20:30] == sample.labels[:, 30:40]).mean() < 0.6
    assert mirrored.labels[45, 25] == 14
    assert sample.labels[45, 25] == 14
    np.testing.assert_allclose(mirrored.keypoints[0, 0], 60 - sample.keypoints[MIRROR_KEYPOINTS[0], 0])
    codes = np.array([[18, 22, 24, 255]], np.uint8)
    partial = flip(Sample("set/two", np.zeros((1, 4, 3), np.uint8), codes, sample.keypoints))
    assert partial.labels.tolist() == [[255, 24, 22, 18]]


def test_image_labels_and_keypoints_move_together() -> None:
    sample = photo()
    for seed in range(20):
        out = augment(sample, 64, np.random.default_rng(seed), AugmentConfig(colour=0, flip=0, squash=0.3))
        assert places(out, sample, within=2.5) > 0


def test_a_turned_window_turns_image_labels_and_keypoints_alike() -> None:
    sample = photo()
    out = crop(sample, (0.0, 15.0, 60.0, 60.0), 64, turn=30.0)
    assert places(out, sample, within=2) > 4
    assert (out.labels[32, 32:36] == 15).all()
    assert (out.labels[32, 28:32] == 14).all()
    # The window is turned clockwise, so the upright body leans anticlockwise: its head to the left.
    rows, columns = np.nonzero((out.labels == 14) | (out.labels == 15))
    assert columns[rows < 20].mean() < columns[rows > 44].mean() - 8


def test_a_turned_window_of_another_shape_is_shrunk_as_well() -> None:
    sample = photo(360, 240)
    out = crop(sample, (10.0, 20.0, 220.0, 300.0), 64, turn=20.0)
    # A pixel of the square is as wide as 3.4 of the photo, and as high as 4.7.
    assert places(out, sample, within=6) > 4


def test_a_quarter_turn_by_hand() -> None:
    sample = photo(64, 64)
    out = crop(sample, (0.0, 0.0, 64.0, 64.0), 64, turn=90.0)
    np.testing.assert_array_equal(out.labels, np.rot90(sample.labels))
    np.testing.assert_allclose(out.image.astype(int), np.rot90(sample.image), atol=1)
    np.testing.assert_allclose(out.keypoints[:, 0], sample.keypoints[:, 1], atol=1e-4)
    np.testing.assert_allclose(out.keypoints[:, 1], 64 - sample.keypoints[:, 0], atol=1e-4)


def test_windows_turn_only_when_asked_and_colours_go() -> None:
    straight = AugmentConfig(colour=0, flip=0, squash=0)
    turned = AugmentConfig(colour=0, flip=0, squash=0, turn=20.0)
    grey = AugmentConfig(grey=1.0)
    sample = photo()
    plain, leaning = (
        [augment(sample, 64, np.random.default_rng(seed), config).image for seed in range(8)]
        for config in (straight, turned)
    )
    # Red is the same all along a column of a window that stands upright.
    assert max(np.ptp(image[..., 0].astype(int), axis=0).max() for image in plain) <= 1
    assert np.mean([np.ptp(image[..., 0].astype(int), axis=0).max() > 3 for image in leaning]) > 0.8
    image = augment(sample, 64, np.random.default_rng(0), grey).image
    np.testing.assert_array_equal(image[..., 0], image[..., 2])


def test_outside_the_photo_nothing_is_known_and_points_do_not_count() -> None:
    sample = photo()
    out = crop(sample, (-30.0, 0.0, 60.0, 60.0), 64)
    assert (out.labels[:, :31] == IGNORE_LABEL).all()
    assert (out.labels[:, 33:] != IGNORE_LABEL).all()
    assert (out.keypoints[:, 2] > 0).sum() == (
        (sample.keypoints[:, 0] < 30) & (sample.keypoints[:, 1] < 60)
    ).sum()
    np.testing.assert_allclose(out.image[32, 20:30].astype(int), out.image[32, 43:33:-1].astype(int), atol=8)


def test_whole_squash_keeps_everything() -> None:
    sample = photo()
    out = whole_squash(sample, 30)
    assert (out.labels != IGNORE_LABEL).all()
    assert (out.labels == 14).mean() == pytest.approx((sample.labels == 14).mean(), abs=0.02)
    np.testing.assert_allclose(out.keypoints[:, 0], sample.keypoints[:, 0] / 2, rtol=1e-5)
    np.testing.assert_allclose(out.keypoints[:, 1], sample.keypoints[:, 1] / 3, rtol=1e-5)
    assert out.image.mean() == pytest.approx(sample.image.mean(), abs=1)


def test_shrinking_averages_instead_of_skipping() -> None:
    stripes = np.zeros((128, 128, 3), np.uint8)
    stripes[:, ::2] = 255
    sample = Sample("set/three", stripes, np.zeros((128, 128), np.uint8), photo().keypoints)
    assert abs(whole_squash(sample, 32).image.astype(int) - 127).max() <= 1


def test_windows_usually_hold_the_body() -> None:
    sample, rng = photo(), np.random.default_rng(0)
    held = [(augment(sample, 64, rng, PLAIN).labels == 14).any() for _ in range(60)]
    assert np.mean(held) > 0.8


def test_aspect_reaches_the_squash_of_the_whole_photo() -> None:
    sample, rng = photo(), np.random.default_rng(0)
    ratios = []
    for _ in range(200):
        out = augment(sample, 64, rng, AugmentConfig(colour=0, flip=0)).image.astype(float)
        across, down = (
            np.abs(np.diff(out[..., 0], axis=1)).mean() / 200 * 60,
            np.abs(np.diff(out[..., 1], axis=0)).mean(),
        )
        ratios.append(down / 200 * 90 / across)
    assert min(ratios) < 0.95
    assert max(ratios) >= 1.45


def test_colours_stay_without_strength_and_move_a_little_with_it() -> None:
    image = photo().image
    np.testing.assert_array_equal(jitter_colours(image, np.random.default_rng(0), 0.0), image)
    changed = jitter_colours(image, np.random.default_rng(0), 0.5).astype(int)
    assert 0 < np.abs(changed - image).mean() < 40


def test_config_refuses_nonsense() -> None:
    with pytest.raises(OptionError, match="smallest"):
        AugmentConfig(smallest=2.0)
    with pytest.raises(OptionError, match="between 0 and 1"):
        AugmentConfig(flip=1.5)
    with pytest.raises(OptionError, match="`close` must lie between 0 and 1"):
        AugmentConfig(close=1.5)
    with pytest.raises(OptionError, match="45 degrees"):
        AugmentConfig(turn=90)
