from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from portrait_studio.errors import DataSetError, OptionError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.similarity import transformed, warped
from portrait_studio.networks.face_completion import ANCHORS, FACE_PARTS, LANDMARKS
from tests.helpers.tiny_faces import drawn_face, drawn_mesh, write_faces
from tests.helpers.tiny_packs import write_samples
from trainer.data.batches import BatchSource
from trainer.data.face_holes import FACE_HOLES, sample_face_hole
from trainer.data.face_parts import face_parts
from trainer.data.face_windows import (
    AlignedFaceSampler,
    aligned,
    anchors_of_mesh,
    mirrored,
    sample_face_window,
)
from trainer.data.packs import PackedSet
from trainer.recipes.files import load_recipe
from trainer.recipes.samples import FaceJitter

STILL = FaceJitter(scale=0, turn=0, shift=0, loose=0)


def test_alignment_puts_eyes_and_mouth_at_their_places() -> None:
    # Of a drawn face the three lie as they do in the window, but for the scale across.
    mesh = drawn_mesh(200, 90, 30)
    placed = transformed(aligned(mesh), anchors_of_mesh(mesh)) / 128
    assert np.allclose(placed, ANCHORS, atol=0.06)
    assert np.allclose(placed.mean(0), np.mean(ANCHORS, axis=0))


def test_what_is_seen_in_the_window_is_what_its_landmarks_say() -> None:
    sample, mesh = drawn_face("portraits/a", 3)
    window = sample_face_window(sample, mesh, np.random.default_rng(0), STILL, 0.0, 0.0)
    for corners in ((0, 1), (2, 3)):
        x, y = window.landmarks[list(corners)].mean(0)
        assert window.sample.image[int(y), int(x)].max() < 90, "the middle of an eye is dark"
        assert FACE_PARTS[window.parts[int(y) // 2, int(x) // 2]] in ("right-eye", "left-eye")
    x, y = window.landmarks[[4, 5]].mean(0)
    red, green, _ = window.sample.image[int(y), int(x)].astype(int)
    assert red > 2 * green


def test_a_mirrored_window_names_the_sides_of_the_person() -> None:
    sample, mesh = drawn_face("portraits/a", 3)
    window = sample_face_window(sample, mesh, np.random.default_rng(0), STILL, 0.0, 0.0)
    other = mirrored(window)
    right_eye = FACE_PARTS.index("right-eye")
    assert np.argwhere(window.parts == right_eye)[:, 1].mean() < 32
    assert np.argwhere(other.parts == right_eye)[:, 1].mean() < 32
    assert other.landmarks[0, 0] < other.landmarks[3, 0]
    assert (mirrored(other).parts == window.parts).all()
    assert np.allclose(mirrored(other).landmarks, window.landmarks)
    assert (other.sample.image == window.sample.image[:, ::-1]).all()


def test_beyond_the_photo_lies_its_mirror_image_and_no_known_part() -> None:
    mesh = drawn_mesh(2, 80, 40)
    image = np.zeros((160, 160, 3), np.uint8)
    image[:, :4] = 255
    assert warped(image, aligned(mesh), Extent(128, 128)).max() == 255
    labels = np.full((160, 160), 255, np.uint8)
    assert face_parts(mesh, labels, 2).shape == (80, 80)


def test_parts_around_the_face_are_known_only_where_hair_is() -> None:
    mesh = drawn_mesh(64, 64, 30)
    labels = np.full((128, 128), 255, np.uint8)
    labels[:20] = 2
    labels[-20:] = 25
    parts = face_parts(mesh, labels)
    assert FACE_PARTS[parts[5, 64]] == "hair"
    assert FACE_PARTS[parts[-5, 64]] == "background"
    assert parts[64, 2] == 255
    # The lips of the drawn face lie one over the other.
    seen = {FACE_PARTS[code] for code in np.unique(parts) if code < 255}
    assert seen == set(FACE_PARTS) - {"upper-lip", "inner-mouth"}


@pytest.mark.parametrize("kind", FACE_HOLES)
def test_every_kind_of_hole_lies_over_the_face_and_hides_what_it_is_named_after(kind: str) -> None:
    mesh = drawn_mesh(64, 64, 34)
    eyes, mouth = [mesh[[33, 133]].mean(0), mesh[[263, 362]].mean(0)], mesh[[61, 291]].mean(0)
    hidden = {"glasses": eyes, "mouth": [mouth], "cover": [mouth], "whole": [*eyes, mouth]}
    for seed in range(20):
        mask = sample_face_hole(mesh, (128, 128), np.random.default_rng(seed), kind)
        assert mask.any()
        assert set(np.unique(mask)) <= {0, 255}
        for x, y in hidden.get(kind, []):
            assert mask[int(y), int(x)]
        if kind == "eye":
            assert any(mask[int(y), int(x)] for x, y in eyes)


def test_a_hole_beside_the_picture_gives_way_to_one_over_the_face() -> None:
    far = drawn_mesh(64, 64, 34) + np.float32(300)
    mask = sample_face_hole(far, (512, 512), np.random.default_rng(0), "strand")
    assert mask.any()


def test_batches_of_aligned_faces(tmp_path: Path) -> None:
    source = BatchSource(
        write_faces(tmp_path), load_recipe("tiny-face-completion"), make_sampler=AlignedFaceSampler
    )
    batch = source.batch(3)
    assert batch.parts is not None
    assert batch.landmarks is not None
    assert batch.image.shape == (2, 3, 128, 128)
    assert batch.parts.shape == (2, 64, 64)
    assert batch.landmarks.shape == (2, len(LANDMARKS), 2)
    assert batch.mask.sum((1, 2, 3)).min() > 0
    again = source.batch(3)
    assert again.landmarks is not None
    assert (again.image == batch.image).all()
    assert (again.landmarks == batch.landmarks).all()


def test_photos_without_landmarks_are_left_out(tmp_path: Path) -> None:
    sample, _ = drawn_face("portraits/a", 1)
    write_samples(tmp_path, "portraits", [sample])
    with pytest.raises(DataSetError, match="no photo for this training"):
        BatchSource(tmp_path, load_recipe("tiny-face-completion"), make_sampler=AlignedFaceSampler)


def test_packs_keep_the_mesh_beside_the_json(tmp_path: Path) -> None:
    photos = PackedSet(write_faces(tmp_path, 1), "train")
    _, mesh = drawn_face("portraits/000", 0)
    kept = photos.mesh(0)
    assert kept is not None
    assert np.abs(kept - mesh).max() < 0.1
    assert (photos.extras(0)["mesh"] == kept).all()
    assert "mesh.npy" in photos.photos[0].members


def test_jitter_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(OptionError, match="negative"):
        FaceJitter(turn=-1)
    with pytest.raises(OptionError, match="`windows` must be at least 2"):
        FaceJitter(windows=1)
    with pytest.raises(OptionError, match="`loose` must be at most 1"):
        replace(FaceJitter(), loose=1.5)
