from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import KEYPOINTS, LABELS, PARTIAL_LABELS
from tests.helpers import tiny_sets
from tests.helpers.converting import converted
from tests.helpers.every_set import make_set
from tests.helpers.tiny_sets import CLASSES, class_map, openpose_points, standing_pose
from trainer.data.converters import clothing_co_parsing, lip_labels, viton
from trainer.data.converters.face_labels import close_face_labels
from trainer.data.converters.reading import DamagedPhotoError, apply_table
from trainer.data.converters.silhouette_sets import white_borders
from trainer.data.mappings import FASHIONISTA as FASHIONISTA_TABLE
from trainer.data.mappings import code_of
from trainer.data.poses import lip_from_openpose


def label_in(labels: np.ndarray, x: int, y: int) -> str:
    return LABELS[labels[y, x]]


# Boxes of parts of the standing person, and what becomes of each class of Clothing Co-Parsing.
CHEST, LEFT_HAND, RIGHT_FOOT = (50, 60, 70, 80), (92, 92, 99, 104), (42, 182, 52, 192)
ATR_OF_CLASS = {
    "null": "background",
    "hat": "hat",
    "hair": "hair",
    **dict.fromkeys(["glasses", "sunglasses"], "sunglasses"),
    **dict.fromkeys(
        [
            "blazer",
            "blouse",
            "bodysuit",
            "bra",
            "cape",
            "cardigan",
            "coat",
            "hoodie",
            "intimate",
            "jacket",
            "jumper",
            "shirt",
            "sweater",
            "sweatshirt",
            "swimwear",
            "t-shirt",
            "top",
            "vest",
        ],
        "upper-clothes",
    ),
    "skirt": "skirt",
    **dict.fromkeys(["jeans", "leggings", "panties", "pants", "shorts", "stockings", "tights"], "pants"),
    **dict.fromkeys(["dress", "romper"], "dress"),
    "belt": "belt",
    **dict.fromkeys(["bag", "purse", "wallet"], "bag"),
    **dict.fromkeys(["scarf", "tie"], "scarf"),
}
SHOES = ["boots", "clogs", "flats", "heels", "loafers", "pumps", "sandals", "shoes", "sneakers", "wedges"]
WORN_ON_ARMS = ["bracelet", "gloves", "ring", "watch"]
NEAREST = ["accessories", "earrings", "necklace"]


def test_every_class_is_in_one_of_the_tables() -> None:
    tabled = [*ATR_OF_CLASS, *SHOES, *WORN_ON_ARMS, *NEAREST, "socks", "skin", "suit"]
    assert sorted(tabled) == sorted(CLASSES)
    assert len(CLASSES) == 59


@pytest.mark.parametrize(("name", "label"), ATR_OF_CLASS.items())
def test_ccp_class_with_one_label(name: str, label: str) -> None:
    labels = clothing_co_parsing.to_atr(class_map(**{name: CHEST}), tuple(CLASSES), standing_pose())
    assert label_in(labels, 60, 70) == label
    assert label_in(labels, 5, 5) == "background"


@pytest.mark.parametrize("name", SHOES)
def test_ccp_shoes_take_the_side_of_the_foot(name: str) -> None:
    right, left = class_map(**{name: RIGHT_FOOT}), class_map(**{name: (68, 182, 78, 192)})
    classes = np.maximum(right, left)
    labels = clothing_co_parsing.to_atr(classes, tuple(CLASSES), standing_pose())
    assert label_in(labels, 47, 187) == "right-shoe"
    assert label_in(labels, 73, 187) == "left-shoe"


@pytest.mark.parametrize("name", WORN_ON_ARMS)
def test_ccp_things_worn_on_arms(name: str) -> None:
    labels = clothing_co_parsing.to_atr(class_map(**{name: LEFT_HAND}), tuple(CLASSES), standing_pose())
    assert label_in(labels, 95, 98) == "left-arm"


def test_ccp_gloves_at_the_hip_never_become_legs() -> None:
    labels = clothing_co_parsing.to_atr(class_map(gloves=(66, 98, 74, 106)), tuple(CLASSES), standing_pose())
    assert label_in(labels, 70, 102) == "left-arm"


def test_ccp_socks_are_legs() -> None:
    labels = clothing_co_parsing.to_atr(class_map(socks=(45, 160, 52, 178)), tuple(CLASSES), standing_pose())
    assert label_in(labels, 48, 170) == "right-leg"


@pytest.mark.parametrize(
    ("box", "label"),
    [
        ((50, 15, 70, 33), "face"),
        ((55, 36, 65, 48), "face"),
        ((88, 65, 98, 104), "left-arm"),
        ((22, 65, 32, 104), "right-arm"),
        ((66, 135, 76, 178), "left-leg"),
        ((44, 135, 54, 178), "right-leg"),
    ],
)
def test_ccp_skin_goes_to_the_nearest_limb(box: tuple[int, int, int, int], label: str) -> None:
    labels = clothing_co_parsing.to_atr(class_map(skin=box), tuple(CLASSES), standing_pose())
    part = labels[box[1] : box[3], box[0] : box[2]]
    assert np.all(part == LABELS.index(label))


def test_ccp_suit_is_divided_at_the_hips() -> None:
    labels = clothing_co_parsing.to_atr(class_map(suit=(40, 50, 80, 170)), tuple(CLASSES), standing_pose())
    assert label_in(labels, 60, 98) == "upper-clothes"
    assert label_in(labels, 60, 102) == "pants"


@pytest.mark.parametrize("name", NEAREST)
def test_ccp_jewellery_takes_the_nearest_label_of_the_person(name: str) -> None:
    classes = class_map(dress=(40, 50, 80, 130), hair=(45, 10, 75, 20), **{name: (50, 46, 60, 50)})
    labels = clothing_co_parsing.to_atr(classes, tuple(CLASSES), standing_pose())
    assert label_in(labels, 55, 48) == "dress"


def test_ccp_jewellery_alone_is_background() -> None:
    labels = clothing_co_parsing.to_atr(class_map(earrings=CHEST), tuple(CLASSES), standing_pose())
    assert not labels.any()


def test_two_shoes_beside_one_foot_are_still_a_pair() -> None:
    classes = np.maximum(class_map(shoes=(64, 182, 70, 192)), class_map(shoes=(74, 182, 82, 192)))
    labels = clothing_co_parsing.to_atr(classes, tuple(CLASSES), standing_pose())
    assert label_in(labels, 66, 187) == "right-shoe"
    assert label_in(labels, 78, 187) == "left-shoe"


def test_shoes_that_touch_are_divided() -> None:
    labels = clothing_co_parsing.to_atr(class_map(shoes=(42, 182, 78, 192)), tuple(CLASSES), standing_pose())
    assert label_in(labels, 46, 187) == "right-shoe"
    assert label_in(labels, 74, 187) == "left-shoe"


def test_a_stray_piece_of_skin_joins_its_limb() -> None:
    # A right leg whose edge reaches across the middle between the legs.
    classes = class_map(skin=(44, 135, 58, 178))
    classes[150:153, 58:63] = CLASSES.index("skin")
    labels = clothing_co_parsing.to_atr(classes, tuple(CLASSES), standing_pose())
    assert set(np.unique(labels)) == {0, LABELS.index("right-leg")}


def test_ccp(tmp_path: Path) -> None:
    make_set("clothing-co-parsing", tmp_path / "ccp")
    samples, skipped = converted("clothing-co-parsing", tmp_path / "ccp")
    assert sorted(samples) == ["0001", "0002", "1005", "1006"]
    assert skipped == {"0536": "its labels are all background"}
    assert {LABELS[code] for code in np.unique(samples["0001"][0].labels)} == {
        "background",
        "hair",
        "face",
        "dress",
    }
    assert set(np.unique(samples["1005"][0].labels)) == {0, 18}
    assert set(np.unique(samples["1006"][0].labels)) == {255}
    assert samples["0001"][0].key == "clothing-co-parsing/0001"
    assert samples["0001"][0].keypoints[KEYPOINTS.index("left-hip")] == pytest.approx(
        [70, 100, 0.9], abs=1e-3
    )
    assert samples["0001"][1]["original_size"] == [120, 200]


def test_ccp_tags_say_what_a_photo_shows(tmp_path: Path) -> None:
    make_set("clothing-co-parsing", tmp_path / "ccp")
    samples, _ = converted("clothing-co-parsing", tmp_path / "ccp")
    missing = {"hat", "sunglasses", "upper-clothes", "skirt", "pants", "belt", "bag"}
    assert samples["1005"][1]["shown"] == [label for label in LABELS if label not in missing]
    assert "shown" not in samples["1006"][1]
    assert "shown" not in samples["0001"][1]


def test_tags_without_a_garment_say_nothing() -> None:
    assert clothing_co_parsing.shown_labels(["null", "skin", "bag"]) is None
    suited = clothing_co_parsing.shown_labels(["suit"])
    assert suited is not None
    assert {"upper-clothes", "pants"} <= set(suited)
    assert not {"dress", "skirt", "bag"} & set(suited)


def test_damaged_tags_leave_the_photo_out(tmp_path: Path) -> None:
    make_set("clothing-co-parsing", tmp_path / "ccp")
    (tmp_path / "ccp" / "annotations" / "image-level" / "1005.mat").write_bytes(b"nothing")
    _, skipped = converted("clothing-co-parsing", tmp_path / "ccp")
    assert skipped["1005"].startswith("tags cannot be read")


def test_ccp_photos_that_do_not_fit_are_skipped(tmp_path: Path) -> None:
    folder = tmp_path / "ccp"
    make_set("clothing-co-parsing", folder)
    tiny_sets.save_classes(folder / "annotations" / "pixel-level" / "0001.mat", np.zeros((10, 10), np.uint8))
    (folder / "annotations" / "pixel-level" / "0002.mat").write_bytes(b"nothing")
    (folder / "photos" / "1005.jpg").write_bytes(b"")
    (folder / "photos" / "1006.jpg").write_bytes(b"nothing")
    samples, skipped = converted("clothing-co-parsing", folder)
    assert not samples
    assert skipped["0001"].startswith("label map is")
    assert skipped["0002"].startswith("labels cannot be read")
    assert skipped["1005"] == skipped["1006"] == "photo cannot be decoded"


def test_ccp_without_a_pose_is_skipped_only_where_labelled(tmp_path: Path) -> None:
    folder = tmp_path / "ccp"
    make_set("clothing-co-parsing", folder)
    tiny_sets.save_poses(folder / "blazepose.json", ["0002"])
    samples, skipped = converted("clothing-co-parsing", folder)
    assert sorted(samples) == ["0002", "1005", "1006"]
    assert "without the pose" in skipped["0001"]
    assert not samples["1005"][0].keypoints.any()


@pytest.mark.parametrize("missing", ["label_list.mat", "blazepose.json", "silhouettes.zip", "photos"])
def test_ccp_layout(tmp_path: Path, missing: str) -> None:
    folder = tmp_path / "ccp"
    make_set("clothing-co-parsing", folder)
    (folder / missing).rename(tmp_path / "away")
    with pytest.raises(DataSetError, match=missing):
        converted("clothing-co-parsing", folder)


def test_damaged_silhouettes_are_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "lip"
    make_set("lip", folder)
    (folder / "silhouettes.zip").write_bytes(b"PK")
    with pytest.raises(DataSetError, match="are damaged"):
        converted("lip", folder)


FASHIONISTA = {0: {"background"}, 2: {"hair"}, 3: {"upper-clothes"}, 5: {"pants"}}
FASHIONISTA |= {1: {"face", "left-arm", "right-arm", "left-leg", "right-leg"}, 4: {"left-shoe", "right-shoe"}}
FASHIONISTA |= {6: {"skirt", "dress"}}
FASHIONISTA |= {
    7: {"hat", "sunglasses", "upper-clothes", "belt", "bag", "scarf"}
    | {"left-arm", "right-arm", "left-leg", "right-leg"}
}


@pytest.mark.parametrize(("value", "names"), FASHIONISTA.items())
def test_fashionista_values_are_sets_of_labels(value: int, names: set[str]) -> None:
    code = int(apply_table(np.full((2, 2), value, np.uint8), FASHIONISTA_TABLE)[0, 0])
    assert {LABELS[label] for label in PARTIAL_LABELS.get(code, (code,))} == names


def test_fashionista_knows_eight_values() -> None:
    with pytest.raises(DamagedPhotoError, match="8 instead of 0-7"):
        apply_table(np.full((2, 2), 8, np.uint8), FASHIONISTA_TABLE)


def test_fashionista(tmp_path: Path) -> None:
    make_set("fashionista", tmp_path / "f")
    samples, skipped = converted("fashionista", tmp_path / "f")
    assert list(samples) == ["0001"]
    assert skipped == {"0077": "its label map is wrong"}
    assert np.unique(samples["0001"][0].labels).tolist() == [0, 2, 4, 6, 19, 20, 21, 22]


LIP = dict(
    enumerate(
        [
            "background",
            "hat",
            "hair",
            "glove",
            "sunglasses",
            "upper-clothes",
            "dress",
            "upper-clothes",
            "sock",
            "pants",
            "dress",
            "scarf",
            "skirt",
            "face",
            "left-arm",
            "right-arm",
            "left-leg",
            "right-leg",
            "left-shoe",
            "right-shoe",
        ]
    )
)


@pytest.mark.parametrize(("number", "name"), LIP.items())
def test_lip_labels(number: int, name: str) -> None:
    keypoints = lip_from_openpose(np.array(openpose_points(), np.float32).reshape(18, 3))
    ids = np.zeros((200, 120), np.uint8)
    ids[90:110, 88:100] = number
    ids[160:180, 66:76] = number
    labels = lip_labels.to_codes(ids, keypoints)
    expected = {"glove": "left-arm", "sock": "left-leg"}.get(name, name)
    assert label_in(labels, 94, 100) == expected
    assert label_in(labels, 70, 170) == expected


def test_lip_gloves_and_socks_without_a_pose_are_some_arm_and_leg() -> None:
    labels = lip_labels.to_codes(np.array([[3, 8]], np.uint8), np.zeros((16, 3), np.float32))
    assert [PARTIAL_LABELS[int(code)] for code in labels[0]] == [(14, 15), (12, 13)]


def test_lip_knows_twenty_labels() -> None:
    with pytest.raises(DamagedPhotoError, match="20 instead of 0-19"):
        lip_labels.to_codes(np.full((2, 2), 20, np.uint8), np.zeros((16, 3), np.float32))


def test_viton_forgets_background_at_the_neck_only() -> None:
    keypoints = lip_from_openpose(np.array(openpose_points(), np.float32).reshape(18, 3))
    codes = np.zeros((200, 120), np.uint8)
    codes[50:] = LABELS.index("upper-clothes")
    labels = viton.forget_neck(codes, keypoints)
    assert labels[42, 60] == 255
    assert labels[60, 60] == LABELS.index("upper-clothes")
    assert labels[10, 10] == labels[42, 5] == 0
    assert np.array_equal(viton.forget_neck(codes, np.zeros((16, 3), np.float32)), codes)


def test_viton(tmp_path: Path) -> None:
    make_set("viton", tmp_path / "v")
    samples, skipped = converted("viton", tmp_path / "v")
    sample = samples["000015_0"][0]
    assert not skipped
    assert sample.labels[195, 60] == LABELS.index("right-shoe"), "palette indices, not colours"
    assert sample.keypoints[KEYPOINTS.index("right-knee")] == pytest.approx([49, 140, 0.9], abs=1e-3)


@pytest.mark.parametrize("damage", ["missing", "empty", "nobody"])
def test_viton_poses(tmp_path: Path, damage: str) -> None:
    make_set("viton", tmp_path / "v")
    path = tmp_path / "v" / "pose" / "000015_0_keypoints.json"
    if damage == "missing":
        path.unlink()
    else:
        path.write_text("" if damage == "empty" else '{"people": []}')
    samples, skipped = converted("viton", tmp_path / "v")
    if damage == "nobody":
        assert not samples["000015_0"][0].keypoints.any()
    else:
        assert skipped == {"000015_0": "pose is missing or cannot be read"}


@pytest.mark.parametrize("name", ["fashion550k", "lip"])
def test_silhouette_sets(tmp_path: Path, name: str) -> None:
    make_set(name, tmp_path / name)
    samples, skipped = converted(name, tmp_path / name)
    assert not skipped
    assert set(np.unique(samples["100"][0].labels)) == {0, 18}
    assert set(np.unique(samples["101"][0].labels)) == {255}
    assert samples["101"][0].keypoints[:, 2].min() == pytest.approx(0.9)


def _framed(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    image = np.full((200, 120, 3), 255, np.uint8)
    image[top : 200 - bottom, left : 120 - right] = tiny_sets.photo(3, 120 - left - right, 200 - top - bottom)
    return image


@pytest.mark.parametrize("borders", [(0, 0, 0, 0), (10, 0, 14, 0), (0, 7, 0, 9), (5, 6, 7, 8), (0, 1, 0, 0)])
def test_white_borders_are_found(borders: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = borders
    part = white_borders(_framed(*borders))
    assert (part.left, part.top, 120 - part.right, 200 - part.bottom) == (left, top, right, bottom)


def test_a_white_wall_is_no_border() -> None:
    image = np.full((200, 120, 3), 255, np.uint8)
    yy, xx = np.mgrid[:200, :120]
    image[((xx - 60) / 30) ** 2 + ((yy - 100) / 90) ** 2 < 1] = 90
    part = white_borders(image)
    assert (part.width, part.height) == (120, 200)


def test_a_white_photo_is_kept() -> None:
    part = white_borders(np.full((200, 120, 3), 255, np.uint8))
    assert (part.width, part.height) == (120, 200)


def test_keypoints_and_labels_move_with_the_crop(tmp_path: Path) -> None:
    folder = tmp_path / "fashion550k"
    make_set("fashion550k", folder)
    image = _framed(15, 0, 0, 0)
    Image.fromarray(image).save(folder / "photos" / "100.webp", lossless=True)
    sample = converted("fashion550k", folder)[0]["100"][0]
    assert sample.image.shape == (200, 105, 3)
    assert sample.keypoints[KEYPOINTS.index("left-hip"), :2] == pytest.approx([55, 100], abs=0.01)
    assert np.argwhere(sample.labels == 18)[:, 1].min() == 5


@pytest.mark.parametrize(("name", "side"), [("portraits", 320), ("celebahq", 256), ("utkface", 128)])
def test_faces(tmp_path: Path, name: str, side: int) -> None:
    make_set(name, tmp_path / name)
    samples, skipped = converted(name, tmp_path / name)
    assert len(samples) == 3
    assert not skipped
    sample, extras = samples["100"]
    assert sample.image.shape == (side, side, 3)
    assert not sample.keypoints.any()
    assert np.array(extras["five"]) == pytest.approx(
        np.array([[100, 120], [220, 120], [160, 170], [120, 220], [200, 220]]) * side / 320, abs=0.01
    )
    assert samples["102"][1]["five"] is None
    hair = sample.labels == LABELS.index("hair")
    assert np.mean(hair) == pytest.approx(0.25 if name == "celebahq" else 0)
    assert np.all(samples["102"][0].labels == 255)


def test_labels_of_a_close_face(tmp_path: Path) -> None:
    make_set("celebahq", tmp_path / "celebahq")
    samples, _ = converted("celebahq", tmp_path / "celebahq")
    with_hair, without = samples["100"][0].labels, samples["101"][0].labels
    face, hair, any_part, skin = (code_of(name) for name in ("face", "hair", "any-part", "skin"))
    assert with_hair[int(180 * 0.8), 128] == without[int(260 * 0.8), 128] == face
    assert with_hair[int(50 * 0.8), 128] == hair
    # A fringe might hang over the forehead, glasses over the eyes; below the chin may be any skin.
    assert without[int(60 * 0.8), 128] == 255
    assert without[int(120 * 0.8), 128] == with_hair[int(120 * 0.8), 80] == any_part
    assert without[int(288 * 0.8), 128] == skin
    assert without[int(300 * 0.8), 40] == without[250, 128] == 255
    # Background begins well away from hair and face, ends at the mouth, and is known where no hat can be.
    # Else a mask of hair says where none is, but for its very edge.
    left, no_hair = with_hair[:, int(10 * 0.8)], code_of("no-hair")
    assert left[int(100 * 0.8)] == left[int(240 * 0.8)] == with_hair[int(150 * 0.8), int(45 * 0.8)] == no_hair
    assert left[int(150 * 0.8)] == 0
    assert left[int(84 * 0.8)] == 255
    assert not (without == 0).any()
    beard = np.zeros((320, 320), bool)
    beard[240:] = True
    Image.fromarray(beard.astype(np.uint8) * 255).save(tmp_path / "celebahq" / "hair" / "100.png")
    assert not (converted("celebahq", tmp_path / "celebahq")[0]["100"][0].labels == 0).any()


def test_a_turned_face_has_no_background_on_it() -> None:
    mesh = tiny_sets.face_mesh().astype(np.float32)
    mesh[0] = (300, 170)
    five = np.array([[140, 120], [180, 120], [230, 170], [150, 220], [170, 220]], np.float32)
    hair = np.zeros((320, 320), bool)
    hair[:110] = True
    hair[5:100, 5:90] = False
    labels = close_face_labels((320, 320), mesh, five, hair)
    # The nose sticks out of the contour; what hair encloses is no background; glasses stay on the face.
    assert labels[175, 302] == labels[45, 47] == code_of("no-hair")
    assert labels[150, 318] == code_of("background")
    level = np.flatnonzero(labels[120] == code_of("any-part"))
    assert (level.min(), level.max()) == (pytest.approx(124, abs=2), pytest.approx(196, abs=2))
    wide = close_face_labels((320, 320), mesh, five + np.array([100, 0], np.float32), hair)
    assert not (wide[111:, 300:] == code_of("any-part")).any()


def test_doubtful_meshes_are_not_gone_by(tmp_path: Path) -> None:
    folder = tmp_path / "celebahq"
    make_set("celebahq", folder)
    with np.load(folder / "landmarks.npz") as arrays:
        kept = dict(arrays)
    np.savez(folder / "landmarks.npz", **{**kept, "score": np.array([[0.9, 0.3], [0.9, 0.8]])})
    samples, _ = converted("celebahq", folder)
    assert set(np.unique(samples["100"][0].labels)) == {LABELS.index("hair"), 255}
    assert (samples["101"][0].labels == LABELS.index("face")).any()


def test_faces_without_a_mesh_have_hair_alone(tmp_path: Path) -> None:
    folder = tmp_path / "celebahq"
    make_set("celebahq", folder)
    with np.load(folder / "landmarks.npz") as arrays:
        kept = {name: arrays[name] for name in ("names", "five")}
    np.savez(folder / "landmarks.npz", **kept)
    labels = converted("celebahq", folder)[0]["100"][0].labels
    assert set(np.unique(labels)) == {LABELS.index("hair"), 255}
    np.savez(folder / "landmarks.npz", **kept, mesh=np.zeros((2, 5, 2)))
    with pytest.raises(DataSetError, match=r"`mesh` as \(2, 5, 2\) instead of \(2, 468, 2\)"):
        converted("celebahq", folder)


def test_faces_without_landmarks_are_an_error(tmp_path: Path) -> None:
    make_set("portraits", tmp_path / "p")
    (tmp_path / "p" / "landmarks.npz").unlink()
    with pytest.raises(DataSetError, match=r"landmarks\.npz"):
        converted("portraits", tmp_path / "p")


def test_horses_and_backgrounds(tmp_path: Path) -> None:
    make_set("horses", tmp_path / "h")
    make_set("backgrounds", tmp_path / "b")
    horse = converted("horses", tmp_path / "h")[0]["horse001"][0]
    assert set(np.unique(horse.labels)) == {0, 18}
    scene = converted("backgrounds", tmp_path / "b")[0]["sun_abbey"][0]
    assert scene.image.shape == (300, 400, 3)
    assert not scene.labels.any()
