import importlib
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from portrait_studio.errors import OptionError, WeightsError
from portrait_studio.networks.conventions import KEYPOINTS, LABELS
from tests.helpers.random_vgg import write_random_vgg
from trainer.metrics.features import VggDistance
from trainer.metrics.lpips_dists import PerceivedDistance, perceived_distance
from trainer.metrics.parsing import ParsingConfusion
from trainer.metrics.pixels import l1_in_hole, psnr, psnr_in_hole, ssim
from trainer.metrics.pose import KeypointScore, peaks


def pattern() -> np.ndarray:
    y, x = np.mgrid[:40, :50]
    return np.stack([(x * 5) % 256, (y * 6) % 256, (x * y) % 256], -1).astype(np.uint8)


def hole_in(shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    mask[10:25, 12:30] = 255
    return mask


def test_pixel_metrics_follow_their_formulas() -> None:
    truth = np.full((40, 50, 3), 100, np.uint8)
    mask = hole_in((40, 50))
    filled = truth.copy()
    filled[mask > 0] = (110, 90, 100)
    assert l1_in_hole(truth, filled, mask) == pytest.approx(20 / 3)
    assert psnr_in_hole(truth, filled, mask) == pytest.approx(10 * np.log10(255**2 / (200 / 3)))
    share = (mask > 0).mean()
    assert psnr(truth, filled) == pytest.approx(10 * np.log10(255**2 / (200 / 3 * share)))
    assert psnr(truth, truth) == float("inf")


def test_differences_below_zero_do_not_wrap_around() -> None:
    black, white = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)
    assert l1_in_hole(black, white, np.ones((4, 4), np.uint8)) == 255
    assert l1_in_hole(white, black, np.ones((4, 4), np.uint8)) == 255


def test_empty_holes_and_odd_sizes_are_refused() -> None:
    image = pattern()
    with pytest.raises(OptionError, match="empty hole"):
        l1_in_hole(image, image, np.zeros((40, 50), np.uint8))
    with pytest.raises(OptionError, match="different sizes"):
        psnr(image, image[1:])
    with pytest.raises(OptionError, match="different sizes"):
        ssim(image, image[1:])
    with pytest.raises(OptionError, match="at least 11"):
        ssim(image[:10], image[:10])


def test_ssim_agrees_with_scikit_image() -> None:
    """Numbers from skimage 0.26: gaussian_weights, sigma=1.5, use_sample_covariance=False, data_range=255."""
    truth = pattern()
    filled = truth.copy()
    filled[10:25, 12:30] = 128
    assert ssim(truth, filled) == pytest.approx(0.8062352501848329, abs=1e-9)
    assert ssim(truth, np.roll(truth, 1, axis=1)) == pytest.approx(0.8652070537949158, abs=1e-9)
    assert ssim(truth, truth) == 1.0
    assert ssim(truth, filled) == pytest.approx(ssim(filled, truth))


def test_mean_iou_of_a_worked_example() -> None:
    truth = np.array([[0, 0, 4, 4], [0, 0, 4, 5]], np.uint8)
    found = np.array([[0, 0, 4, 0], [0, 4, 4, 4]], np.uint8)
    confusion = ParsingConfusion()
    confusion.add(truth, found)
    assert confusion.per_label == pytest.approx({LABELS[0]: 3 / 5, LABELS[4]: 2 / 5, LABELS[5]: 0.0})
    assert confusion.mean_iou == pytest.approx(1 / 3)


def test_unknown_pixels_and_pixels_outside_the_region_do_not_count() -> None:
    truth = np.array([[4, 4, 18, 255, 0]], np.uint8)
    found = np.array([[4, 7, 9, 9, 9]], np.uint8)
    confusion = ParsingConfusion()
    confusion.add(truth, found, np.array([[1, 1, 1, 1, 0]], np.uint8))
    assert confusion.counts.sum() == 2
    assert confusion.mean_iou == pytest.approx(0.25)


def test_iou_adds_up_over_photos_and_is_nan_without_any() -> None:
    one, two = ParsingConfusion(), ParsingConfusion()
    rng = np.random.default_rng(0)
    maps = [rng.integers(0, 18, (2, 20, 20)).astype(np.uint8) for _ in range(2)]
    for truth, found in maps:
        one.add(truth, found)
    two.add(np.concatenate([m[0] for m in maps]), np.concatenate([m[1] for m in maps]))
    np.testing.assert_array_equal(one.counts, two.counts)
    assert np.isnan(ParsingConfusion().mean_iou)
    with pytest.raises(OptionError, match="labels end at 17"):
        one.add(np.zeros((1, 1), np.uint8), np.full((1, 1), 18, np.uint8))


def test_photos_are_labelled_in_full_where_nearly_all_pixels_are_known() -> None:
    def told(truth: list[int]) -> bool:
        confusion = ParsingConfusion()
        confusion.add(np.array([truth], np.uint8), np.zeros((1, len(truth)), np.uint8))
        return confusion.labelled_in_full

    assert told([4] + [0] * 8 + [18])
    assert not told([4] + [0] * 7 + [18, 255])
    assert not told([0] * 10)
    assert not ParsingConfusion().labelled_in_full


def test_keypoints_within_half_a_head_are_hits() -> None:
    truth = np.zeros((16, 3), np.float32)
    truth[:, 2] = 1
    truth[KEYPOINTS.index("head-top")] = (50, 10, 1)
    truth[KEYPOINTS.index("upper-neck")] = (50, 30, 1)
    truth[0] = (50, 90, 1)
    truth[1] = (50, 70, 0.1)
    found = truth[:, :2].copy()
    found[0] += (0, 11)
    found[1] += (0, 99)
    score = KeypointScore()
    score.add(truth, found)
    assert score.per_keypoint["right-ankle"] == 0
    assert "right-knee" not in score.per_keypoint
    assert score.mean == pytest.approx(14 / 15)
    score.add(truth, found, np.arange(16) == 0)
    assert score.mean == pytest.approx(14 / 16)


def test_without_a_visible_head_there_is_no_measure() -> None:
    score = KeypointScore()
    score.add(np.zeros((16, 3), np.float32), np.zeros((16, 2), np.float32))
    assert np.isnan(score.mean)


def test_peaks_are_the_centres_of_the_highest_pixels() -> None:
    heatmaps = np.zeros((2, 4, 8), np.float16)
    heatmaps[0, 1, 2] = heatmaps[1, 3, 7] = 0.5
    np.testing.assert_allclose(peaks(heatmaps), [[2.5 / 8, 1.5 / 4], [7.5 / 8, 3.5 / 4]])


@pytest.fixture(scope="module")
def vgg_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_vgg(tmp_path_factory.mktemp("vgg") / "vgg.safetensors")


def test_feature_distance_sees_only_the_hole_and_grows_with_the_difference(vgg_file: Path) -> None:
    distance, mask = VggDistance(vgg_file), hole_in((40, 50))
    truth = pattern()
    slight, strong = truth.copy(), truth.copy()
    slight[mask > 0] = truth[mask > 0] // 2 + 64
    strong[mask > 0] = 128
    same, little, much = distance(truth, [truth, slight, strong], mask)
    assert same == pytest.approx(0, abs=1e-6)
    assert 0 < little < much <= 4
    assert [much] == pytest.approx(distance(strong, [truth], mask), rel=1e-4)


def test_feature_weights_of_something_else_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.safetensors"
    save_file({"features.0.weight": torch.zeros(1)}, wrong)
    for path in (wrong, tmp_path / "missing.safetensors"):
        with pytest.raises(WeightsError, match="VGG-16"):
            VggDistance(path)


def heads() -> tuple[list[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """Weights of LPIPS and DISTS of the right shapes."""
    generator = torch.Generator().manual_seed(0)
    lpips = [torch.rand(1, width, 1, 1, generator=generator) for width in (64, 128, 256, 512, 512)]
    alpha, beta = (torch.rand(1, 1475, 1, 1, generator=generator) for _ in range(2))
    return lpips, (alpha, beta)


def test_what_people_perceive_is_nothing_for_the_truth_and_grows_with_the_difference(vgg_file: Path) -> None:
    mask = hole_in((40, 50))
    truth = pattern()
    slight, strong = truth.copy(), truth.copy()
    slight[mask > 0] = truth[mask > 0] // 2 + 64
    strong[mask > 0] = 128
    same, little, much = PerceivedDistance(vgg_file, *heads())(truth, [truth, slight, strong], mask)
    assert (same.lpips, same.dists) == pytest.approx((0, 0), abs=1e-9)
    assert 0 < little.lpips < much.lpips
    assert 0 < little.dists < much.dists <= 1


def test_dists_by_hand_where_only_the_colours_count(vgg_file: Path) -> None:
    lpips, (alpha, beta) = heads()
    alpha[:], beta[:] = 0, 0
    alpha[0, :3] = 1
    truth, fill = np.full((80, 80, 3), 51, np.uint8), np.full((80, 80, 3), 102, np.uint8)
    (seen,) = PerceivedDistance(vgg_file, lpips, (alpha, beta))(truth, [fill], hole_in((80, 80)))
    # Means 0.2 and 0.4: 1 - 2 * 0.2 * 0.4 / (0.04 + 0.16).
    assert seen.dists == pytest.approx(0.2, abs=1e-4)


def test_learnt_weights_are_read_from_the_packages_if_there_are_any(
    vgg_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lpips, (alpha, beta) = heads()
    for package, name in (("lpips", "weights/v0.1/vgg.pth"), ("DISTS_pytorch", "weights.pt")):
        path = tmp_path / package / name
        path.parent.mkdir(parents=True)
        (tmp_path / package / "__init__.py").write_text("raise AssertionError('this package is not run')")
        values = {f"lin{i}.model.1.weight": head for i, head in enumerate(lpips)}
        torch.save(values if package == "lpips" else {"alpha": alpha, "beta": beta}, path)
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    for package in ("lpips", "DISTS_pytorch"):
        monkeypatch.delitem(sys.modules, package, raising=False)
    read, given = perceived_distance(vgg_file), PerceivedDistance(vgg_file, lpips, (alpha, beta))
    assert read is not None
    truth, mask = pattern(), hole_in((40, 50))
    fill = truth[::-1].copy()
    assert read(truth, [fill], mask) == given(truth, [fill], mask)
    torch.save({"alpha": alpha}, tmp_path / "DISTS_pytorch" / "weights.pt")
    with pytest.raises(WeightsError, match=r"install lpips 0\.1\.4"):
        perceived_distance(vgg_file)
    monkeypatch.setattr("sys.path", [])
    importlib.invalidate_caches()
    assert perceived_distance(vgg_file) is None
