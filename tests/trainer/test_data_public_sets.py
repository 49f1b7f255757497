"""The layouts in which the large public sets are downloaded, whole, damaged, and with parts missing."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import KEYPOINTS, LABELS
from tests.helpers import tiny_public_sets as tiny
from tests.helpers.converting import converted, converted_with_notes
from tests.helpers.every_set import make_set
from tests.helpers.tiny_sets import photo, save, save_poses
from trainer.data.sample import Sample
from trainer.data.split import split_of


def joint(sample: Sample, name: str) -> list[float]:
    return [float(value) for value in sample.keypoints[KEYPOINTS.index(name)]]


def label_at(sample: Sample, x: int, y: int) -> str:
    return LABELS[sample.labels[y, x]]


@pytest.mark.parametrize("root", ["", "humanparsing", "ICCV15_fashion_dataset(ATR)/humanparsing"])
def test_atr(tmp_path: Path, root: str) -> None:
    make_set("atr", tmp_path / "atr" / root)
    samples, skipped = converted("atr", tmp_path / "atr")
    assert sorted(samples) == ["2500_1", "2500_2"]
    assert not skipped
    sample = samples["2500_1"][0]
    assert sample.key == "atr/2500_1"
    assert np.array_equal(sample.labels, tiny.numbered(18)), "palette indices, not colours"
    assert joint(sample, "left-hip") == pytest.approx([70, 100, 0.9], abs=1e-3)
    assert not samples["2500_2"][0].keypoints.any(), "a photo without a pose is kept"


def test_atr_takes_poses_from_another_file(tmp_path: Path) -> None:
    make_set("atr", tmp_path / "atr")
    (tmp_path / "atr" / "blazepose.json").unlink()
    save_poses(tmp_path / "mine.json", ["2500_2"])
    without, _ = converted("atr", tmp_path / "atr")
    assert not any(sample.keypoints.any() for sample, _ in without.values())
    samples, _ = converted("atr", tmp_path / "atr", tmp_path / "mine.json")
    assert not samples["2500_1"][0].keypoints.any()
    assert samples["2500_2"][0].keypoints.any()
    with pytest.raises(DataSetError, match=r"nowhere\.json cannot be read; .* --poses"):
        converted("atr", tmp_path / "atr", tmp_path / "nowhere.json")


def test_atr_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "atr"
    make_set("atr", folder)
    maps = folder / "SegmentationClassAug"
    for number, name in enumerate(("small", "high", "none", "colours", "photo")):
        save(folder / "JPEGImages" / f"{name}.jpg", photo(20 + number))
    tiny.save_palette(maps / "small.png", np.zeros((10, 10), np.uint8))
    tiny.save_palette(maps / "high.png", tiny.numbered(19))
    save(maps / "colours.png", photo(4))
    tiny.save_palette(maps / "photo.png", tiny.numbered(18))
    (folder / "JPEGImages" / "photo.jpg").write_bytes(b"JFIF")
    tiny.save_palette(maps / "orphan.png", tiny.numbered(18))
    samples, skipped = converted("atr", folder)
    assert sorted(samples) == ["2500_1", "2500_2"]
    assert skipped.pop("small").startswith("label map is (10, 10)")
    assert skipped == {
        "high": "label map holds the number 18 instead of 0-17",
        "none": "label map is missing or cannot be read",
        "colours": "label map is RGB instead of one channel",
        "photo": "photo cannot be decoded",
        "orphan": "annotation without its photo",
    }


def test_a_pose_of_another_size_is_refused(tmp_path: Path) -> None:
    make_set("atr", tmp_path / "atr")
    save(tmp_path / "atr" / "JPEGImages" / "2500_1.jpg", photo(1, 60, 100))
    tiny.save_palette(tmp_path / "atr" / "SegmentationClassAug" / "2500_1.png", np.zeros((100, 60), np.uint8))
    assert converted("atr", tmp_path / "atr")[1]["2500_1"].startswith("pose belongs to a photo of (120, 200)")


def test_lip(tmp_path: Path) -> None:
    make_set("lip-single-person", tmp_path / "lip")
    samples, skips = converted_with_notes("lip-single-person", tmp_path / "lip")
    assert {name: extras["split"] for name, (_, extras) in samples.items()} == {
        "77_471474": "train",
        "90_1": "train",
        "36_453991": "val",
    }
    assert not skips.reasons
    assert not skips.notes
    sample = samples["36_453991"][0]
    assert joint(sample, "left-hip") == [70, 100, 1]
    assert joint(sample, "left-wrist") == [96, 95, 0.5], "hidden, but placed"
    assert joint(sample, "right-ankle") == [0, 0, 0], "nan"
    assert label_at(sample, 30, 145) == "left-arm"
    assert label_at(sample, 30, 155) == "right-arm"
    assert label_at(sample, 30, 195) == "right-shoe"
    assert label_at(sample, 94, 35) == "left-arm", "a glove by the left wrist"
    assert label_at(sample, 26, 35) == "right-arm"


@pytest.mark.parametrize(
    "twice", ["TrainVal_images", "TrainVal_parsing_annotations", "TrainVal_pose_annotations"]
)
def test_lip_unpacked_into_folders_of_their_own(tmp_path: Path, twice: str) -> None:
    folder = tmp_path / "lip"
    make_set("lip-single-person", folder)
    (folder / twice).rename(tmp_path / "inner")
    (folder / twice).mkdir()
    (tmp_path / "inner").rename(folder / twice / twice)
    assert len(converted("lip-single-person", folder)[0]) == 3


def test_lip_joints_that_are_missing_or_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "lip"
    make_set("lip-single-person", folder)
    rows = folder / "TrainVal_pose_annotations" / "lip_train_set.csv"
    rows.write_text("77_471474.jpg,1,2,1\n")
    outside = tiny.joint_row("36_453991").replace(",70,100,1", ",700,100,1")
    (folder / "TrainVal_pose_annotations" / "lip_val_set.csv").write_text(outside)
    samples, skips = converted_with_notes("lip-single-person", folder)
    assert skips.notes == {"77_471474": "its row of joints is damaged", "90_1": "no row of joints"}
    assert not samples["77_471474"][0].keypoints.any()
    assert joint(samples["36_453991"][0], "left-hip") == [0, 0, 0]
    rows.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataSetError, match=r"lip_train_set\.csv are missing or damaged; unpack"):
        converted("lip-single-person", folder)


def test_viton_hd(tmp_path: Path) -> None:
    make_set("viton-hd", tmp_path / "v")
    samples, skipped = converted("viton-hd", tmp_path / "v")
    assert not skipped
    assert {name: extras["split"] for name, (_, extras) in samples.items()} == {
        "00000_00": "train",
        "00001_00": "val",
    }
    sample = samples["00000_00"][0]
    for name, place in (("right-knee", (49, 140)), ("left-ankle", (72, 180)), ("pelvis", (60, 100))):
        assert joint(sample, name) == pytest.approx([*place, 0.9], abs=1e-3)
    assert label_at(sample, 60, 105) == "face", "number 10 is the neck"
    assert 255 not in sample.labels


def test_viton_hd_train_folder_alone(tmp_path: Path) -> None:
    make_set("viton-hd", tmp_path / "v")
    samples, _ = converted("viton-hd", tmp_path / "v" / "train")
    assert list(samples) == ["00000_00"]
    assert "split" not in samples["00000_00"][1]


def test_viton_hd_pose_with_other_points(tmp_path: Path) -> None:
    make_set("viton-hd", tmp_path / "v")
    path = tmp_path / "v" / "train" / "openpose_json" / "00000_00_keypoints.json"
    path.write_text(json.dumps({"people": [{"pose_keypoints_2d": [0.0] * 60}]}))
    assert converted("viton-hd", tmp_path / "v")[1] == {"00000_00": "pose is missing or cannot be read"}


@pytest.mark.parametrize("layout", ["flat", "archives", "nested"])
def test_celeba(tmp_path: Path, layout: str) -> None:
    folder = tmp_path / "c"
    make_set("celeba", folder)
    if layout == "archives":
        for part, name in (("Img", "img_align_celeba"), ("Anno", "list_landmarks_align_celeba.txt")):
            (folder / part).mkdir()
            (folder / name).rename(folder / part / name)
    if layout == "nested":
        (folder / "img_align_celeba").rename(tmp_path / "inner")
        (folder / "img_align_celeba").mkdir()
        (tmp_path / "inner").rename(folder / "img_align_celeba" / "img_align_celeba")
    samples, skipped = converted("celeba", folder)
    assert sorted(samples) == ["000001", "000002"]
    assert not skipped
    sample, extras = samples["000001"]
    assert sample.image.shape == (218, 178, 3)
    right_eye, left_eye, _, right_mouth, left_mouth = extras["five"]
    assert (right_eye, left_eye) == ([69, 109], [106, 113]), "the person's right is the picture's left"
    assert (right_mouth, left_mouth) == ([73, 152], [108, 154])
    assert np.all(sample.labels == 255)


def test_celeba_landmarks_missing_or_damaged(tmp_path: Path) -> None:
    make_set("celeba", tmp_path / "c")
    path = tmp_path / "c" / "list_landmarks_align_celeba.txt"
    path.write_text("\n".join(path.read_text().splitlines()[:3]))
    samples, skips = converted_with_notes("celeba", tmp_path / "c")
    assert skips.notes == {"000002": "no row of landmarks"}
    assert samples["000002"][1]["five"] is None
    path.write_text("1\nnames\n000001.jpg 1 2 3\n")
    with pytest.raises(DataSetError, match="missing or damaged; download list_landmarks"):
        converted("celeba", tmp_path / "c")


def test_celebamask(tmp_path: Path) -> None:
    make_set("celebamask-hq", tmp_path / "c" / "CelebAMask-HQ")
    samples, skipped = converted("celebamask-hq", tmp_path / "c")
    assert sorted(samples) == ["099095", "119614"], "ids of CelebA, so that both sets split alike"
    assert not skipped
    sample, extras = samples["119614"]
    assert (sample.image.shape, extras["original_size"], extras["hq_id"]) == (
        (256, 256, 3),
        [1024, 1024],
        "0",
    )
    seen = {name: label_at(sample, x // 2, y // 2) for name, (x, y) in FACE_PLACES.items()}
    assert seen == {
        "skin": "face",
        "eye behind glasses": "sunglasses",
        "hair over skin": "hair",
        "neck": "face",
        "cloth": "upper-clothes",
        "beside": "background",
    }


FACE_PLACES = {
    "skin": (250, 350),
    "eye behind glasses": (170, 210),
    "hair over skin": (250, 105),
    "neck": (250, 440),
    "cloth": (50, 490),
    "beside": (20, 200),
}


def test_celebamask_every_part(tmp_path: Path) -> None:
    make_set("celebamask-hq", tmp_path / "c")
    for index, part in enumerate(PARTS):
        tiny.save_part(tmp_path / "c", 0, part, (28 * index, 0, 28 * index + 28, 512))
    sample = converted("celebamask-hq", tmp_path / "c")[0]["119614"][0]
    assert [label_at(sample, 14 * index + 7, 120) for index in range(18)] == list(PARTS.values())


PARTS = {
    **dict.fromkeys(["skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "l_ear", "r_ear"], "face"),
    **dict.fromkeys(["mouth", "u_lip", "l_lip", "ear_r", "neck_l", "neck"], "face"),
    "eye_g": "sunglasses",
    "hair": "hair",
    "hat": "hat",
    "cloth": "upper-clothes",
}


def test_celebamask_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    make_set("celebamask-hq", folder)
    for path in (folder / "CelebAMask-HQ-mask-anno" / "1").iterdir():
        path.unlink()
    save(folder / "CelebA-HQ-img" / "7.jpg", photo(7, 64, 64))
    (folder / "CelebAMask-HQ-mask-anno" / "0" / "00000_hair.png").write_bytes(b"PNG")
    samples, skipped = converted("celebamask-hq", folder)
    assert not samples
    assert skipped == {
        "0": "mask 00000_hair.png cannot be read",
        "2001": "no masks",
        "7": "not in CelebA-HQ-to-CelebA-mapping.txt",
    }


def test_horse_cow(tmp_path: Path) -> None:
    make_set("horse-cow", tmp_path / "h")
    samples, skipped = converted("horse-cow", tmp_path / "h")
    assert sorted(samples) == ["2008_000008", "2008_000019"], "a photo of people is none of the set"
    assert not skipped
    sample = samples["2008_000008"][0]
    # Of 120 x 200 pixels the animal fills (20, 10) to (100, 195); the margin is cut at the edge.
    assert sample.image.shape == (200, 120, 3)
    names = {name: label_at(sample, *place) for name, place in ANIMAL_PLACES.items()}
    assert names == {
        "head": "face",
        "torso": "upper-clothes",
        "left front": "left-arm",
        "right back": "right-leg",
        "tail": "hair",
        "rider": "background",
    }
    assert sample.labels[190, 60] == 18, "on the animal, but no part"
    assert joint(sample, "head-top") == [35, 20, 1], "between the ears"
    assert joint(sample, "left-wrist") == [45, 178, 1]
    assert joint(sample, "right-knee") == [0, 0, 0], "not seen"
    assert not samples["2008_000019"][0].keypoints.any()


ANIMAL_PLACES = {
    "head": (35, 35),
    "torso": (60, 90),
    "left front": (45, 150),
    "right back": (85, 150),
    "tail": (95, 80),
    "rider": (5, 5),
}


def test_horse_cow_takes_the_largest_animal_and_cuts_it_out(tmp_path: Path) -> None:
    folder = tmp_path / "h"
    make_set("horse-cow", folder)
    small = tiny.animal("horse", {"head": (2, 2, 6, 6)}) | {"mask": tiny.region(0, 0, 15, 15)}
    large = tiny.animal("cow", {"head": (50, 100, 60, 110)}) | {"mask": tiny.region(40, 90, 110, 160)}
    tiny.save_annotation(folder / "Annotations_Part" / "2008_000019.mat", [small, large])
    sample = converted("horse-cow", folder)[0]["2008_000019"][0]
    assert sample.image.shape == (90, 90, 3), "70 pixels and a margin of 10"
    assert label_at(sample, 25, 25) == "face"


def test_horse_cow_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "h"
    make_set("horse-cow", folder)
    tiny_horse = tiny.animal("horse", {}) | {"mask": tiny.region(0, 0, 15, 15)}
    annotations = folder / "Annotations_Part"
    tiny.save_annotation(annotations / "2008_000008.mat", [tiny_horse])
    tiny.save_annotation(annotations / "2008_000019.mat", [tiny.animal("cow", {"wing": (1, 1, 2, 2)})])
    (annotations / "2008_000023.mat").write_bytes(b"MATLAB")
    samples, skipped = converted("horse-cow", folder)
    assert not samples
    assert skipped.pop("2008_000023").startswith("annotation cannot be read")
    assert skipped == {
        "2008_000008": "its largest animal is smaller than 64 pixels",
        "2008_000019": "annotation names the part 'wing'",
    }
    (folder / "keypoints.json").write_text("[]")
    with pytest.raises(DataSetError, match="of Animal-Pose anew"):
        converted("horse-cow", folder)


def test_points_beside_the_animal_are_another_ones(tmp_path: Path) -> None:
    make_set("horse-cow", tmp_path / "h")
    path = tmp_path / "h" / "keypoints.json"
    content = json.loads(path.read_text())
    content["annotations"][0]["keypoints"] = [[2, 2, 1]] * 6
    path.write_text(json.dumps(content))
    assert not converted("horse-cow", tmp_path / "h")[0]["2008_000008"][0].keypoints.any()


def test_photos(tmp_path: Path) -> None:
    make_set("photos", tmp_path / "p")
    save(tmp_path / "p" / "small.png", photo(3, 63, 90))
    (tmp_path / "p" / "broken.jpg").write_bytes(b"")
    (tmp_path / "p" / "notes.txt").write_text("no photo")
    save(tmp_path / "p" / "a.png", photo(4))
    samples, skipped = converted("photos", tmp_path / "p")
    assert sorted(samples) == ["2019_summer/b_c", "a"]
    assert all(sample.keypoints.any() for sample, _ in samples.values())
    assert skipped == {
        "small.png": "smaller than 64 pixels",
        "broken.jpg": "photo cannot be decoded",
        "a.png": "another file has the same name but for its suffix or a dot",
    }


def test_photos_are_turned_upright(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(photo(1, 200, 100)).save(tmp_path / "p" / "a.jpg", exif=exif, quality=95)
    sample = converted("photos", tmp_path / "p")[0]["a"][0]
    expected = cv2.rotate(photo(1, 200, 100), cv2.ROTATE_90_CLOCKWISE)
    assert np.abs(sample.image.astype(int) - expected).mean() < 3


def test_a_photo_of_celeba_is_in_one_split_in_both_of_its_sets() -> None:
    assert split_of("celeba/119614") == split_of("celebamask-hq/119614")
