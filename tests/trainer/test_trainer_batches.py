import multiprocessing
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from portrait_studio.errors import DataSetError
from portrait_studio.networks.conventions import FACE, IGNORE_LABEL, KEYPOINT_COUNT, LABEL_COUNT
from tests.helpers.tiny_packs import BAG, SET, figure, write_figures, write_samples
from trainer.data.batch import Batch
from trainer.data.batches import BatchSource, Share
from trainer.data.loading import default_workers, loaded, prefetched
from trainer.data.sample import Sample, unknown_keypoints, unknown_labels
from trainer.data.samplers import face_position
from trainer.recipes.config import DataConfig, Recipe, RunConfig
from trainer.recipes.samples import AugmentConfig, HoleMix

OTHER = "fashionista"


def recipe(sets: dict[str, float] | None = None, seed: int = 0, **data: object) -> Recipe:
    """A recipe of batches of 4 windows of 32 pixels."""
    config = replace(DataConfig(sets or {SET: 1.0}, 32, 4), **data)
    return Recipe("own", "parsing", "parsing", config, run=RunConfig(seed=seed))


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    write_figures(folder, 10, bags=1)
    partial = [figure(f"{OTHER}/{i:03d}", 50 + i) for i in range(5)]
    for sample in partial[1:]:
        sample.labels[sample.labels > 0] = 18
    return write_samples(folder, OTHER, partial)


def drawn(source: BatchSource, steps: int) -> Counter[str]:
    """How often each photo comes in the first steps."""
    return Counter(key for step in range(steps) for key in source.batch(step).keys)


def assert_same(a: Batch, b: Batch) -> None:
    assert a.keys == b.keys
    for name in ("image", "mask", "labels", "keypoints"):
        assert torch.equal(getattr(a, name), getattr(b, name)), name


def test_a_batch_follows_from_seed_and_step(packs: Path) -> None:
    first, second = BatchSource(packs, recipe()), BatchSource(packs, recipe())
    second.batch(0)
    for step in (7, 3, 7):
        assert_same(first.batch(step), second.batch(step))


def test_other_steps_and_seeds_give_other_batches(packs: Path) -> None:
    source, other = BatchSource(packs, recipe()), BatchSource(packs, recipe(seed=1))
    images = [source.batch(step).image for step in range(4)] + [other.batch(0).image]
    for i, image in enumerate(images):
        assert not any(torch.equal(image, later) for later in images[i + 1 :])


def test_a_batch_is_as_described(packs: Path) -> None:
    batch = BatchSource(packs, recipe({SET: 0.5, OTHER: 0.5})).batch(2)
    assert batch.image.shape == (4, 3, 32, 32)
    assert batch.image.dtype == batch.mask.dtype == batch.keypoints.dtype == torch.float32
    assert -1 <= batch.image.min() < batch.image.max() <= 1
    assert batch.mask.shape == (4, 1, 32, 32)
    assert set(batch.mask.unique().tolist()) == {0.0, 1.0}
    assert batch.labels.shape == (4, 32, 32)
    assert batch.labels.dtype == torch.int64
    assert set(batch.labels.unique().tolist()) <= {*range(25), IGNORE_LABEL}
    assert batch.keypoints.shape == (4, KEYPOINT_COUNT, 3)
    assert len(batch.keys) == 4
    assert torch.equal(batch.masked, torch.where(batch.mask > 0, 0.0, batch.image))


def test_a_batch_moves_as_a_whole(packs: Path) -> None:
    moved = BatchSource(packs, recipe()).batch(0).to(torch.device("meta"))
    assert {t.device.type for t in (moved.image, moved.mask, moved.labels, moved.keypoints)} == {"meta"}
    assert len(moved.keys) == 4


def test_holes_follow_the_mix(packs: Path) -> None:
    only = Recipe("own", "parsing", "parsing", recipe().data, holes=HoleMix(0, 0, 0, 0, 1))
    assert BatchSource(packs, only).batch(0).mask.sum() == 0
    rectangles = replace(only, holes=HoleMix(1, 0, 0, 0, 0))
    masks = BatchSource(packs, rectangles).batch(0).mask
    assert (masks.sum((1, 2, 3)) > 0).all()


@pytest.mark.parametrize("workers", [0, 2])
def test_loaded_batches_are_the_direct_ones(packs: Path, workers: int) -> None:
    source = BatchSource(packs, recipe())
    batches = list(loaded(Share(source), 3, 9, torch.device("cpu"), workers))
    assert len(batches) == 6
    for step, batch in enumerate(batches, 3):
        assert_same(batch, source.batch(step))


def test_a_share_is_the_parts_of_one_process(packs: Path) -> None:
    source = BatchSource(packs, recipe())
    second = Share(source, accumulate=2, rank=1, parts=4)
    keys = [key for index in (6, 7) for key in second(index).keys]
    assert keys == list(source.batch(3).keys[2:])


def test_an_error_in_a_loading_process_keeps_its_sentence(tmp_path: Path) -> None:
    folder = write_figures(tmp_path, 3)
    source = BatchSource(folder, recipe())
    shard = folder / SET / f"{SET}-train-000.tar"
    shard.write_bytes(bytes(shard.stat().st_size))
    with pytest.raises(DataSetError, match=r"is damaged; prepare the set \S+ anew\.$"):
        list(loaded(Share(source), 0, 2, torch.device("cpu"), 1))


def test_loading_processes_end_with_their_reader(packs: Path) -> None:
    batches = loaded(Share(BatchSource(packs, recipe())), 0, 1000, torch.device("cpu"), 1)
    next(batches)
    assert multiprocessing.active_children()
    batches.close()
    assert not multiprocessing.active_children()


def test_workers_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    assert default_workers(torch.device("cpu")) == 0
    assert default_workers(torch.device("cuda")) == 12
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    assert default_workers(torch.device("cuda")) == 3
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert default_workers(torch.device("cuda")) == 1


def test_raw_batches_hold_bytes(packs: Path) -> None:
    raw = BatchSource(packs, recipe()).raw_batch(0)
    assert {raw.image.dtype, raw.mask.dtype, raw.labels.dtype} == {torch.uint8}
    batch = raw.on(torch.device("cpu"))
    assert batch.image.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(batch.image, raw.image.permute(0, 3, 1, 2).float() / 127.5 - 1)


def test_prefetched_batches_are_the_direct_ones(packs: Path) -> None:
    source = BatchSource(packs, recipe())
    batches = list(prefetched(source.batch, 3, 12))
    assert len(batches) == 9
    for step, batch in enumerate(batches, 3):
        assert_same(batch, source.batch(step))


def batch_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches"]


def test_prefetching_stops_with_its_reader(packs: Path) -> None:
    batches = prefetched(BatchSource(packs, recipe()).batch, 0, 1000)
    next(batches)
    assert len(batch_threads()) == 1
    batches.close()
    assert not batch_threads()


def test_prefetching_nothing(packs: Path) -> None:
    assert list(prefetched(BatchSource(packs, recipe()).batch, 5, 5)) == []
    assert not batch_threads()


def test_an_error_comes_out_at_the_turn_of_its_batch(packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = BatchSource(packs, recipe())
    make = source.batch

    def broken(step: int) -> Batch:
        if step == 2:
            raise DataSetError("The packed photo is damaged.")
        return make(step)

    monkeypatch.setattr(source, "batch", broken)
    seen = []
    with pytest.raises(DataSetError, match="is damaged"):
        seen.extend(batch.keys for batch in prefetched(source.batch, 0, 6))
    batches = prefetched(source.batch, 0, 6)
    assert [next(batches).keys for _ in range(2)] == [make(0).keys, make(1).keys]
    with pytest.raises(DataSetError):
        next(batches)
    assert not batch_threads()


@pytest.mark.parametrize("share", [0.8, 0.25])
def test_sets_come_as_often_as_the_recipe_says(packs: Path, share: float) -> None:
    counts = drawn(BatchSource(packs, recipe({SET: share, OTHER: 1 - share})), 100)
    mine = sum(count for key, count in counts.items() if key.startswith(f"{SET}/"))
    # 400 draws: three standard deviations are 0.065.
    assert mine / counts.total() == pytest.approx(share, abs=0.07)
    assert len(counts) == 15


def test_shares_need_not_add_up_to_one(packs: Path) -> None:
    as_parts = BatchSource(packs, recipe({SET: 3.0, OTHER: 1.0})).batch(4)
    assert_same(as_parts, BatchSource(packs, recipe({SET: 0.75, OTHER: 0.25})).batch(4))


def test_rare_labels_come_more_often(packs: Path) -> None:
    often = drawn(BatchSource(packs, recipe(rare_label_threshold=0.9)), 60)
    plain = drawn(BatchSource(packs, recipe()), 60)
    with_bag = f"{SET}/000"
    # One of ten has a bag: repeated sqrt(0.9 / 0.1) = 3 times as often as the others, 3 of 12 draws.
    assert often[with_bag] / often.total() == pytest.approx(0.25, abs=0.09)
    assert plain[with_bag] / plain.total() == pytest.approx(0.1, abs=0.06)


def test_exact_only_leaves_partial_labels_out(packs: Path) -> None:
    counts = drawn(BatchSource(packs, recipe({OTHER: 1.0}, exact_only=True)), 5)
    assert set(counts) == {f"{OTHER}/000"}


def test_label_frequencies_come_from_exact_labels(packs: Path, tmp_path: Path) -> None:
    frequencies = BatchSource(packs, recipe({SET: 1.0, OTHER: 1.0})).label_frequencies()
    assert frequencies.shape == (LABEL_COUNT,)
    assert frequencies.sum() == pytest.approx(1, abs=1e-4)
    assert frequencies.argmax() == 0
    assert 0 < frequencies[BAG] < frequencies[FACE]
    sample = figure("lip/1", 0)
    write_samples(
        tmp_path, "lip", [Sample(sample.key, sample.image, unknown_labels(sample.image), sample.keypoints)]
    )
    unknown = BatchSource(tmp_path, recipe({"lip": 1.0})).label_frequencies()
    assert np.allclose(unknown, 1 / LABEL_COUNT)


def test_sets_that_cannot_train_are_refused(packs: Path, tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="No packs of the set viton"):
        BatchSource(packs, recipe({SET: 0.5, "viton": 0.5}))
    with pytest.raises(DataSetError, match=f"The set {SET} has no photo for this training"):
        BatchSource(packs, recipe(), split="val")
    partial = figure("lip/1", 0)
    partial.labels[partial.labels > 0] = 18
    write_samples(tmp_path, "lip", [partial])
    with pytest.raises(DataSetError, match="The set lip has no photo for this training; prepare or relabel"):
        BatchSource(tmp_path, recipe({"lip": 1.0}, exact_only=True))


def test_face_is_found_by_pose_then_landmarks_then_label_then_middle() -> None:
    sample = figure("a/b", 0)
    (x, y), side = face_position(sample)
    assert (x, y) == (32, pytest.approx((24 + 9) / 2))
    assert side == pytest.approx(1.5 * 15)
    labelled = Sample("a/b", sample.image, sample.labels, unknown_keypoints())
    (x, y), side = face_position(labelled)
    ys, xs = np.nonzero(sample.labels == FACE)
    assert (x, y) == (pytest.approx(xs.mean()), pytest.approx(ys.mean()))
    assert side == pytest.approx(1.8 * np.sqrt(12 * 14))
    five = np.array([[20, 30], [30, 30], [25, 36], [21, 42], [29, 42]], np.float32)
    assert face_position(sample, five) == face_position(sample)
    assert face_position(labelled, five) == ((25, 36), pytest.approx(3.7 * 12))
    turned = five * np.array([0.5, 1], np.float32)
    assert face_position(labelled, turned)[1] == face_position(labelled, five)[1]
    unknown = Sample("a/b", sample.image, unknown_labels(sample.image), unknown_keypoints())
    assert face_position(unknown) == ((32, 48), 48)


def test_face_windows_hold_face_and_hole_in_their_middle(packs: Path) -> None:
    wanted = replace(recipe(face_window=True, size=128), augment=AugmentConfig(colour=0))
    source = BatchSource(packs, wanted)
    for step in range(3):
        batch = source.batch(step)
        assert batch.image.shape == (4, 3, 128, 128)
        middle = batch.labels[:, 48:80, 48:80]
        assert ((middle == FACE).float().mean((1, 2)) > 0.4).all()
        sides = batch.mask[:, 0].amax(1).sum(1), batch.mask[:, 0].amax(2).sum(1)
        assert all(((side >= 20) & (side <= 44)).all() for side in sides)
        ys, xs = batch.mask[:, 0].nonzero(as_tuple=True)[1:]
        assert min(ys.min(), xs.min()) > 0
        assert max(ys.max(), xs.max()) < 127
