"""Generated copies of the layout of every data set, a few small photos each."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np
import scipy.io
from numpy.typing import NDArray
from PIL import Image

from trainer.data.converters.face_labels import LOWER_CONTOUR, MESH_POINTS, UPPER_CONTOUR

WIDTH, HEIGHT = 120, 200

CLASSES = [
    "null",
    "accessories",
    "bag",
    "belt",
    "blazer",
    "blouse",
    "bodysuit",
    "boots",
    "bra",
    "bracelet",
    "cape",
    "cardigan",
    "clogs",
    "coat",
    "dress",
    "earrings",
    "flats",
    "glasses",
    "gloves",
    "hair",
    "hat",
    "heels",
    "hoodie",
    "intimate",
    "jacket",
    "jeans",
    "jumper",
    "leggings",
    "loafers",
    "necklace",
    "panties",
    "pants",
    "pumps",
    "purse",
    "ring",
    "romper",
    "sandals",
    "scarf",
    "shirt",
    "shoes",
    "shorts",
    "skin",
    "skirt",
    "sneakers",
    "socks",
    "stockings",
    "suit",
    "sunglasses",
    "sweater",
    "sweatshirt",
    "swimwear",
    "t-shirt",
    "tie",
    "tights",
    "top",
    "vest",
    "wallet",
    "watch",
    "wedges",
]
"""The 59 classes of Clothing Co-Parsing in the order of its label_list.mat."""


def standing_pose() -> NDArray[np.float32]:
    """BlazePose (33, 3) of someone who faces the camera, 120 x 200: the person's left is on the right."""
    points = np.zeros((33, 3), np.float32)
    points[:, 2] = 0.9
    middle = {0: (60, 25), 9: (63, 30), 10: (57, 30)}
    left = {1: (62, 21), 2: (64, 20), 3: (66, 21), 7: (69, 23), 11: (80, 45), 13: (92, 70), 15: (96, 95)}
    left |= {17: (98, 102), 19: (96, 104), 21: (94, 100), 23: (70, 100), 25: (71, 140), 27: (72, 180)}
    left |= {29: (71, 186), 31: (76, 190)}
    mirrored = {1: 4, 2: 5, 3: 6, 7: 8, **{index: index + 1 for index in range(11, 32, 2)}}
    for index, place in (middle | left).items():
        points[index, :2] = place
        if index in mirrored:
            points[mirrored[index], :2] = (120 - place[0], place[1])
    return points


def openpose_points() -> list[float]:
    """The same person in OpenPose's 18 points, flat as in its JSON."""
    blaze = standing_pose()
    order = (0, None, 12, 14, 16, 11, 13, 15, 24, 26, 28, 23, 25, 27, 5, 2, 8, 7)
    points = [(blaze[11] + blaze[12]) / 2 if index is None else blaze[index] for index in order]
    return [float(value) for point in points for value in point]


def photo(seed: int, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A smooth coloured picture (height, width, 3)."""
    noise = np.random.default_rng(seed).integers(0, 200, (6, 6, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def save(path: Path, pixels: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def save_poses(path: Path, names: list[str]) -> None:
    entry = {"size": [WIDTH, HEIGHT], "score": 0.9, "landmarks": standing_pose().tolist()}
    path.write_text(json.dumps(dict.fromkeys(names, entry)))


def body() -> NDArray[np.bool_]:
    """Where the person stands (200, 120)."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[10:195, 20:100] = True
    return mask


def save_silhouettes(path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            data = io.BytesIO()
            Image.fromarray(body()).save(data, "PNG")
            archive.writestr(f"{name}.png", data.getvalue())


def save_classes(path: Path, classes: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, {"groundtruth": classes})


def save_tags(path: Path, tags: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, {"tags": np.array([[CLASSES.index(tag) for tag in tags]], np.uint8)})


def class_map(**boxes: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """CCP's classes (200, 120): each named class in a box (left, top, right, bottom); "_" stands for "-"."""
    classes = np.zeros((HEIGHT, WIDTH), np.uint8)
    for name, (left, top, right, bottom) in boxes.items():
        classes[top:bottom, left:right] = CLASSES.index(name.replace("_", "-"))
    return classes


def make_ccp(folder: Path) -> None:
    names = ["0001", "0002", "0536", "1005", "1006"]
    cells = np.empty((1, len(CLASSES)), object)
    cells[0, :] = CLASSES
    folder.mkdir(parents=True)
    scipy.io.savemat(folder / "label_list.mat", {"label_list": cells})
    for number, name in enumerate(names):
        save(folder / "photos" / f"{name}.jpg", photo(number))
    classes = class_map(hair=(45, 10, 75, 18), skin=(45, 18, 75, 40), dress=(40, 40, 80, 130))
    for name in names[:3]:
        save_classes(folder / "annotations" / "pixel-level" / f"{name}.mat", classes)
    save_poses(folder / "blazepose.json", names)
    save_silhouettes(folder / "silhouettes.zip", ["1005"])
    save_tags(folder / "annotations" / "image-level" / "1005.mat", ["null", "skin", "boots", "dress", "tie"])


def make_fashionista(folder: Path) -> None:
    names = ["0001", "0077"]
    for number, name in enumerate(names):
        save(folder / "photos" / f"{name}.webp", photo(number))
        values = np.repeat(np.arange(8, dtype=np.uint8), HEIGHT // 8)[:, None].repeat(WIDTH, 1)
        save(folder / "labels" / f"{name}.png", values)
    save_poses(folder / "blazepose.json", names)


def make_silhouette_set(folder: Path) -> None:
    names = ["100", "101"]
    for number, name in enumerate(names):
        save(folder / "photos" / f"{name}.webp", photo(number))
    save_poses(folder / "blazepose.json", names)
    save_silhouettes(folder / "silhouettes.zip", names[:1])


def make_viton(folder: Path) -> None:
    name = "000015_0"
    save(folder / "image" / f"{name}.jpg", photo(1))
    ids = np.repeat(np.arange(20, dtype=np.uint8), HEIGHT // 20)[:, None].repeat(WIDTH, 1)
    parse = Image.fromarray(ids)
    parse.putpalette([7] * 768)
    (folder / "image-parse").mkdir()
    parse.save(folder / "image-parse" / f"{name}.png")
    (folder / "pose").mkdir()
    person = {"face_keypoints": [], "pose_keypoints": openpose_points()}
    (folder / "pose" / f"{name}_keypoints.json").write_text(json.dumps({"version": 1.0, "people": [person]}))


def face_mesh() -> NDArray[np.float64]:
    """MediaPipe's points (468, 2) of a face seen from the front: an ellipse of 180 x 240 around (160, 160).

    Only the contour lies where it should, all other points in the middle.
    """
    mesh = np.full((MESH_POINTS, 2), 160.0)
    contour = (*UPPER_CONTOUR[6:], *LOWER_CONTOUR, *UPPER_CONTOUR[:6])
    turn = np.arange(len(contour)) / len(contour) * 2 * np.pi
    mesh[list(contour)] = np.stack([160 + 90 * np.sin(turn), 160 - 120 * np.cos(turn)], 1)
    return mesh


def make_faces(folder: Path, *, hair: bool) -> None:
    names = ["100", "101", "102"]
    for number, name in enumerate(names):
        save(folder / f"{name}.jpg", photo(number, 320, 320))
    mask = np.zeros((320, 320), bool)
    mask[:80] = True
    if hair:
        save(folder / "hair" / "100.png", mask)
    five = np.tile(
        np.array([[100, 120], [220, 120], [160, 170], [120, 220], [200, 220]], np.float16), (2, 1, 1)
    )
    np.savez(
        folder / "landmarks.npz",
        names=np.array([f"{name}.jpg" for name in names[:2]]),
        five=five,
        mesh=np.tile(face_mesh(), (2, 1, 1)).astype(np.float16),
        score=np.ones((2, 2), np.float16),
    )


def make_horses(folder: Path) -> None:
    save(folder / "photos" / "horse001.jpg", photo(1))
    save(folder / "masks" / "horse001.png", body())


def make_backgrounds(folder: Path) -> None:
    save(folder / "sun_abbey.jpg", photo(1, 512, 384))
