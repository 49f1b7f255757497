from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from portrait_studio.imaging.canvas_extension import photo_in
from portrait_studio.imaging.geometry import Extent
from tests.helpers.made_up_people import SET, person, write_case, write_people
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.sample import Sample
from trainer.protocols.case import Case
from trainer.protocols.folder import folder_cases
from trainer.protocols.natural import face_cases, natural_cases, source_files
from trainer.protocols.squashed import extend_cases, horse_cases, paper_cases

Protocol = Callable[..., Iterator[Case]]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> PackedSet:
    return PackedSet(write_people(tmp_path_factory.mktemp("packs")), "val", (SET,))


def test_paper_hides_one_rectangle_of_each_squashed_photo(photos: PackedSet) -> None:
    cases = list(paper_cases(photos))
    assert sorted(case.name for case in cases) == [f"{i:03d}" for i in range(7)]
    for case in cases:
        assert case.image.shape == (256, 256, 3)
        rows, columns = case.mask.any(axis=1).sum(), case.mask.any(axis=0).sum()
        assert 64 <= rows <= 128
        assert 64 <= columns <= 128
        assert case.labels is not None
        assert ((case.mask > 0) & (case.labels > 0)).any()


def test_natural_keeps_the_shape_and_uses_every_kind_of_hole(photos: PackedSet) -> None:
    cases = list(natural_cases(photos))
    assert {case.image.shape for case in cases} == {(96, 64, 3)}
    assert {case.kind for case in cases} == {"rectangle", "strokes", "silhouette"}
    assert all(0.005 < (case.mask > 0).mean() < 0.35 for case in cases)


@pytest.mark.parametrize("protocol", [paper_cases, natural_cases])
def test_a_photo_always_gets_the_same_hole(photos: PackedSet, protocol: Protocol) -> None:
    everything = {case.name: case for case in protocol(photos)}
    few = list(protocol(photos, 3))
    assert len(few) == 3
    for case in few:
        np.testing.assert_array_equal(case.mask, everything[case.name].mask)


def test_natural_at_the_original_size(photos: PackedSet, tmp_path: Path) -> None:
    for seed in range(7):
        large = cv2.resize(person(seed).image, (192, 288))
        cv2.imwrite(str(tmp_path / f"{seed:03d}.jpg"), large[..., ::-1])
    case = next(natural_cases(photos, 1, source_files(tmp_path)))
    assert case.image.shape == (288, 192, 3)
    assert case.labels is not None
    assert case.labels.shape == (288, 192)
    assert case.keypoints is not None
    np.testing.assert_allclose(case.keypoints[9, :2], (96, 24))
    cv2.imwrite(str(tmp_path / f"{case.name}.jpg"), np.zeros((288, 288, 3), np.uint8))
    with pytest.raises(DataSetError, match="another shape"):
        next(natural_cases(photos, 1, source_files(tmp_path)))
    (tmp_path / f"{case.name}.jpg").unlink()
    with pytest.raises(DataSetError, match="missing"):
        next(natural_cases(photos, 1, source_files(tmp_path)))


def test_photos_without_full_labels_cannot_be_measured(tmp_path: Path) -> None:
    sample = person(1)
    sample.labels[:] = 18
    write_packs([(sample, {})], tmp_path, SET, "val")
    with pytest.raises(DataSetError, match="full labels"):
        next(paper_cases(PackedSet(tmp_path, "val")))


def test_cases_of_a_folder(tmp_path: Path) -> None:
    write_case(tmp_path, "one", 1)
    write_case(tmp_path, "two", 2)
    (tmp_path / "two_labels.png").unlink()
    one, two = folder_cases(tmp_path)
    assert (one.name, two.name) == ("one", "two")
    np.testing.assert_array_equal(one.image, person(1).image)
    np.testing.assert_array_equal(one.labels, person(1).labels)
    assert two.labels is None
    assert one.mask.sum() == 255 * 900
    assert [case.name for case in folder_cases(tmp_path, 1)] == ["one"]


def test_labels_of_a_folder_that_are_none_are_refused(tmp_path: Path) -> None:
    write_case(tmp_path, "one", 1)
    labels = person(1).labels.copy()
    labels[0, :2] = (25, 255)
    cv2.imwrite(str(tmp_path / "one_labels.png"), labels)
    assert next(folder_cases(tmp_path)).labels is not None
    labels[0, 0] = 26
    cv2.imwrite(str(tmp_path / "one_labels.png"), labels)
    with pytest.raises(DataSetError, match="holds 26, which is no label"):
        next(folder_cases(tmp_path))


def test_cases_that_do_not_fit_together_say_why(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="No cases"):
        next(folder_cases(tmp_path))
    write_case(tmp_path, "one", 1)
    cv2.imwrite(str(tmp_path / "one_mask.png"), np.zeros((10, 10), np.uint8))
    with pytest.raises(DataSetError, match="another size"):
        next(folder_cases(tmp_path))
    cv2.imwrite(str(tmp_path / "one_mask.png"), np.zeros((96, 64), np.uint8))
    with pytest.raises(DataSetError, match="neither nothing nor all"):
        next(folder_cases(tmp_path))
    (tmp_path / "one.png").unlink()
    with pytest.raises(DataSetError, match="no photo"):
        next(folder_cases(tmp_path))


@pytest.mark.parametrize(("side", "rows"), [("down", slice(192, 256)), ("up", slice(0, 32))])
def test_extensions_hide_whole_rows(photos: PackedSet, side: str, rows: slice) -> None:
    cases = list(extend_cases(photos, side))
    assert len(cases) == 7
    for case in cases:
        hidden = np.zeros((256, 256), bool)
        hidden[rows] = True
        np.testing.assert_array_equal(case.mask > 0, hidden)
        assert case.kind == f"extend-{side}"
        known = photo_in(Extent(256, 256), case.extension)
        assert not case.mask[known.slices].any()
        assert known.width * known.height == np.count_nonzero(case.mask == 0)
    assert len(list(extend_cases(photos, side, 2))) == 2


def test_extensions_hide_as_many_rows_as_asked(photos: PackedSet) -> None:
    case = next(extend_cases(photos, "up", 1, 40))
    assert case.mask[:40].all()
    assert not case.mask[40:].any()
    assert case.extension.top == 40


def test_people_who_do_not_reach_the_new_rows_are_left_out(tmp_path: Path) -> None:
    high, low = person(1), person(2)
    high.labels[60:] = 0
    write_packs([(high, {}), (low, {})], tmp_path, SET, "val")
    photos = PackedSet(tmp_path, "val")
    assert [case.name for case in extend_cases(photos, "down")] == ["002"]
    low.labels[60:] = 0
    write_packs([(high, {}), (low, {})], tmp_path, SET, "val")
    with pytest.raises(DataSetError, match="extend down"):
        next(extend_cases(PackedSet(tmp_path, "val"), "down"))


def test_face_holes_are_half_the_window_and_over_the_face(photos: PackedSet) -> None:
    cases = list(face_cases(photos))
    assert len(cases) == 8
    for case in cases:
        # Head-top and upper-neck are 18 pixels apart, the window is 1.5 times as long, the hole half of that.
        rows, columns = case.mask.any(axis=1).sum(), case.mask.any(axis=0).sum()
        assert (rows, columns) in {(13, 13), (14, 14)}
        assert case.labels is not None
        assert (case.labels[case.mask > 0] == 11).mean() > 0.3
    few = list(face_cases(photos, 3))
    np.testing.assert_array_equal(few[2].mask, cases[2].mask)


def test_aligned_faces_need_landmarks_and_size(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    blank = [
        Sample(
            f"{SET}/{name}",
            rng.integers(0, 255, (side, side, 3)).astype(np.uint8),
            np.full((side, side), 255, np.uint8),
            np.zeros((16, 3), np.float32),
        )
        for name, side in (("face", 64), ("small", 16), ("building", 64))
    ]
    near = {"five": [[26, 26], [38, 26], [32, 32], [28, 39], [36, 39]]}
    far = {"five": [[7, 7], [9, 7], [8, 8], [7, 9], [9, 9]]}
    write_packs(zip(blank, (near, far, {}), strict=True), tmp_path, SET, "val")
    (case,) = face_cases(PackedSet(tmp_path, "val"))
    assert case.name == "face"
    assert case.mask.any(axis=0).sum() == 24
    write_packs([(blank[2], {})], tmp_path, SET, "val")
    with pytest.raises(DataSetError, match="known face"):
        next(face_cases(PackedSet(tmp_path, "val")))
    write_packs([(blank[1], far)], tmp_path, SET, "val")
    with pytest.raises(DataSetError, match="too small"):
        next(face_cases(PackedSet(tmp_path, "val")))


def test_silhouettes_suffice_for_horses(tmp_path: Path) -> None:
    horse = person(1)
    horse.labels[horse.labels > 0] = 18
    unknown = person(2)
    unknown.labels[:20] = 255
    undecided = person(3)
    undecided.labels[:20] = 25
    write_packs([(horse, {}), (unknown, {}), (undecided, {})], tmp_path, SET, "val")
    (case,) = horse_cases(PackedSet(tmp_path, "val"))
    assert case.name == "001"
    assert case.labels is not None
    assert (case.labels[case.mask > 0] == 18).any()
    write_packs([(unknown, {})], tmp_path, SET, "val")
    with pytest.raises(DataSetError, match="silhouette"):
        next(horse_cases(PackedSet(tmp_path, "val")))
