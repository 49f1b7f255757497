"""Generated copies of the layouts in which large public sets are downloaded, two small photos or so each."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scipy.io
from numpy.typing import NDArray
from PIL import Image

from tests.helpers.tiny_sets import (
    HEIGHT,
    WIDTH,
    body,
    openpose_points,
    photo,
    save,
    save_poses,
    standing_pose,
)
from trainer.data.poses import lip_from_blazepose


def numbered(count: int) -> NDArray[np.uint8]:
    """Label map (200, 120) with all numbers below `count`, in stripes from top to bottom."""
    return np.asarray(np.arange(HEIGHT) * count // HEIGHT, np.uint8)[:, None].repeat(WIDTH, 1)


def save_palette(path: Path, numbers: NDArray[np.uint8]) -> None:
    """PNG whose palette has nothing to do with its numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(numbers)
    picture.putpalette([7] * 768)
    picture.save(path)


def make_atr(folder: Path) -> None:
    for number, name in enumerate(("2500_1", "2500_2")):
        save(folder / "JPEGImages" / f"{name}.jpg", photo(number))
        save_palette(folder / "SegmentationClassAug" / f"{name}.png", numbered(18))
    save_poses(folder / "blazepose.json", ["2500_1"])


def joint_row(name: str) -> str:
    """Row of LIP's CSV: the left wrist is hidden, the right ankle outside the photo."""
    cells = [[f"{x:.0f}", f"{y:.0f}", "1"] for x, y, _ in lip_from_blazepose(standing_pose())]
    cells[15][2] = "0"
    cells[0] = ["nan", "nan", "nan"]
    return ",".join([f"{name}.jpg", *(value for joint in cells for value in joint)])


def make_lip_single_person(folder: Path) -> None:
    poses = folder / "TrainVal_pose_annotations"
    poses.mkdir(parents=True)
    for split, names in (("train", ("77_471474", "90_1")), ("val", ("36_453991",))):
        for number, name in enumerate(names):
            seed = 10 * (split == "val") + number
            save(folder / "TrainVal_images" / f"{split}_images" / f"{name}.jpg", photo(seed))
            maps = folder / "TrainVal_parsing_annotations" / f"{split}_segmentations"
            save(maps / f"{name}.png", numbered(20))
        (poses / f"lip_{split}_set.csv").write_text("\n".join(map(joint_row, names)) + "\n")


def body25() -> list[float]:
    """The standing person in OpenPose's 25 points, flat as in its JSON."""
    points = np.array(openpose_points(), np.float32).reshape(18, 3)
    pelvis = (points[8] + points[11]) / 2
    order = [*points[:8], pelvis, *points[8:14], *points[14:18], *np.zeros((6, 3), np.float32)]
    return [float(value) for point in order for value in point]


def make_viton_hd(folder: Path) -> None:
    for part, name, seed in (("train", "00000_00", 1), ("test", "00001_00", 2)):
        save(folder / part / "image" / f"{name}.jpg", photo(seed))
        save_palette(folder / part / "image-parse-v3" / f"{name}.png", numbered(20))
        path = folder / part / "openpose_json" / f"{name}_keypoints.json"
        path.parent.mkdir()
        path.write_text(json.dumps({"version": 1.3, "people": [{"pose_keypoints_2d": body25()}]}))


def make_celeba(folder: Path) -> None:
    rows = []
    for number in (1, 2):
        save(folder / "img_align_celeba" / f"{number:06d}.jpg", photo(number, 178, 218))
        rows.append(f"{number:06d}.jpg  69 109  106 113   77 142   73 152  108 154")
    points = ("lefteye", "righteye", "nose", "leftmouth", "rightmouth")
    names = " ".join(f"{point}_{axis}" for point in points for axis in "xy")
    (folder / "list_landmarks_align_celeba.txt").write_text("\n".join(["2", names, *rows]) + "\n")


PART_BOXES = {
    "skin": (100, 100, 400, 420),
    "l_eye": (150, 200, 200, 230),
    "eye_g": (140, 190, 360, 240),
    "hair": (80, 20, 420, 110),
    "cloth": (0, 460, 512, 512),
    "neck": (180, 420, 320, 460),
}
"""Parts of the face that `make_celebamask` paints: left, top, right, bottom of 512 pixels."""


def save_part(folder: Path, number: int, part: str, box: tuple[int, int, int, int]) -> None:
    """One mask as CelebAMask-HQ stores it: three equal channels."""
    mask = np.zeros((512, 512, 3), np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 255
    anno = folder / "CelebAMask-HQ-mask-anno" / str(number // 2000)
    save(anno / f"{number:05d}_{part}.png", mask)


def make_celebamask(folder: Path) -> None:
    rows = ["idx\t\torig_idx\torig_file"]
    for number, original in ((0, 119613), (2001, 99094)):
        save(folder / "CelebA-HQ-img" / f"{number}.jpg", photo(number, 1024, 1024))
        rows.append(f"{number}\t\t{original}\t{original + 1:06d}.jpg")
        for part, box in PART_BOXES.items():
            save_part(folder, number, part, box)
    (folder / "CelebA-HQ-to-CelebA-mapping.txt").write_text("\n".join(rows) + "\n")


ANIMAL_PARTS = {
    "head": (20, 20, 50, 50),
    "torso": (40, 60, 90, 120),
    "lfuleg": (40, 120, 50, 180),
    "rbuleg": (80, 120, 90, 180),
    "tail": (90, 60, 98, 100),
}


def region(left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
    """Mask (200, 120) of a box."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[top:bottom, left:right] = 1
    return mask


def save_annotation(path: Path, objects: list[dict[str, object]]) -> None:
    """An annotation as PASCAL-Part stores it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = np.array([tuple(entry.values()) for entry in objects], [(key, object) for key in objects[0]])
    scipy.io.savemat(path, {"anno": {"imname": path.stem, "objects": cells}})


def animal(kind: str, parts: dict[str, tuple[int, int, int, int]]) -> dict[str, object]:
    """An object of PASCAL-Part with the given parts, on the body of `tiny_sets.body`."""
    listed = np.array(
        [(name, region(*box)) for name, box in parts.items()], [("part_name", object), ("mask", object)]
    )
    return {"class": kind, "class_ind": 13, "mask": body().astype(np.uint8), "parts": listed}


def rider() -> dict[str, object]:
    """A person, who is none of our animals."""
    return {"class": "person", "class_ind": 15, "mask": region(0, 0, 10, 10), "parts": np.zeros((0, 0))}


ANIMAL_POINTS = ("left_ear", "right_ear", "withers", "tailbase", "left_front_paw", "right_back_knee")


def make_horse_cow(folder: Path) -> None:
    for number, name in enumerate(("2008_000008", "2008_000019", "2008_000023")):
        save(folder / "JPEGImages" / f"{name}.jpg", photo(number))
        kind = ("horse", "cow", "person")[number]
        objects = [rider()] if kind == "person" else [rider(), animal(kind, ANIMAL_PARTS)]
        save_annotation(folder / "Annotations_Part" / f"{name}.mat", objects)
    places = [[30, 20, 1], [40, 20, 1], [50, 60, 1], [90, 60, 1], [45, 178, 1], [0, 0, 0]]
    points = {
        "images": {"5": "2008_000008.jpg"},
        "annotations": [{"image_id": 5, "category_id": 4, "keypoints": places}],
        "categories": [{"id": 4, "name": "horse", "keypoints": list(ANIMAL_POINTS)}],
    }
    (folder / "keypoints.json").write_text(json.dumps(points))


def make_photos(folder: Path) -> None:
    save(folder / "a.jpg", photo(1))
    save(folder / "2019.summer" / "b.c.png", photo(2))
    save_poses(folder / "blazepose.json", ["a", "2019.summer/b.c"])
