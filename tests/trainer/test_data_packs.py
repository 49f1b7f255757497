import json
import pickle
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from tests.helpers.tiny_sets import photo
from trainer.data import pack_writer
from trainer.data.pack_format import INDEX_NAME, label_shares, packed_sets
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.sample import Extras, Sample, unknown_keypoints, unknown_labels
from trainer.data.split import split_of


def _sample(number: int, set_name: str = "tiny") -> Sample:
    image = photo(number, 60, 40)
    labels = np.zeros((40, 60), np.uint8)
    labels[10:20] = 4
    labels[20:30] = 19
    labels[30:] = 255
    keypoints = unknown_keypoints()
    keypoints[3] = (12.25, 7.5, 0.75)
    return Sample(f"{set_name}/{number}", image, labels, keypoints)


def _samples(count: int, set_name: str = "tiny") -> Iterator[tuple[Sample, Extras]]:
    return ((_sample(number, set_name), {"original_size": [120, 80]}) for number in range(count))


def test_what_is_packed_comes_back(tmp_path: Path) -> None:
    counts = write_packs(_samples(40), tmp_path, "tiny")
    assert sum(counts.values()) == 40
    seen = []
    for split in ("train", "val"):
        packed = PackedSet(tmp_path, split)
        assert len(packed) == counts[split]
        for index in range(len(packed)):
            sample = packed[index]
            expected = _sample(int(sample.photo_id))
            assert split_of(sample.key) == split
            assert np.array_equal(sample.labels, expected.labels)
            assert np.array_equal(sample.keypoints, expected.keypoints)
            assert np.abs(sample.image.astype(int) - expected.image).mean() < 3, (
                "RGB, not BGR, and little loss"
            )
            assert packed.extras(index)["original_size"] == [120, 80]
            seen.append(sample.key)
    assert sorted(seen) == sorted(f"tiny/{number}" for number in range(40))


def test_unknown_labels_need_no_file(tmp_path: Path) -> None:
    image = photo(1, 20, 30)
    write_packs(
        [(Sample("tiny/a", image, unknown_labels(image), unknown_keypoints()), {})], tmp_path, "tiny", "val"
    )
    with tarfile.open(tmp_path / "tiny" / "tiny-val-000.tar") as tar:
        assert tar.getnames() == ["tiny/a.jpg", "tiny/a.json"]
    packed = PackedSet(tmp_path, "val")
    assert np.all(packed[0].labels == 255)
    assert packed[0].labels.shape == (30, 20)
    assert not packed.label_shares.any()


def test_a_forced_split_takes_every_photo(tmp_path: Path) -> None:
    assert write_packs(_samples(30), tmp_path, "tiny", "val") == {"train": 0, "val": 30}
    assert len(PackedSet(tmp_path, "train")) == 0


def test_label_shares_are_the_pixels_by_code(tmp_path: Path) -> None:
    write_packs(_samples(1), tmp_path, "tiny", "train")
    shares = PackedSet(tmp_path, "train").label_shares
    assert shares.shape == (1, 26)
    assert {int(code): round(float(shares[0, code]), 4) for code in np.flatnonzero(shares[0])} == {
        0: 0.25,
        4: 0.25,
        19: 0.25,
    }
    assert np.allclose(label_shares(_sample(0).labels), shares[0])


def test_shards_stay_below_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_writer, "SHARD_BYTES", 30_000)
    write_packs(_samples(40), tmp_path, "tiny", "train")
    shards = sorted((tmp_path / "tiny").glob("*.tar"))
    assert len(shards) > 2
    assert all(path.stat().st_size <= 40_960 for path in shards)
    assert len(PackedSet(tmp_path, "train")) == 40


def test_real_shards_are_below_20_megabytes() -> None:
    # A tar ends with up to 10,240 bytes of padding beyond what the members need.
    assert pack_writer.SHARD_BYTES + 2 * 10_240 < 20_000_000


def test_sets_are_found_and_chosen(tmp_path: Path) -> None:
    write_packs(_samples(3, "b"), tmp_path, "b", "train")
    write_packs(_samples(2, "a"), tmp_path, "a", "train")
    assert packed_sets(tmp_path) == ("a", "b")
    assert len(PackedSet(tmp_path, "train")) == 5
    assert [photo.key for photo in PackedSet(tmp_path, "train", ["b"]).photos] == ["b/0", "b/1", "b/2"]


def test_samples_cannot_be_written_to(tmp_path: Path) -> None:
    write_packs(_samples(1), tmp_path, "tiny", "train")
    sample = PackedSet(tmp_path, "train", cache_bytes=10**6)[0]
    for array in (sample.image, sample.labels, sample.keypoints):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


def test_the_cache_hands_out_the_same_sample(tmp_path: Path) -> None:
    write_packs(_samples(1), tmp_path, "tiny", "train")
    cached, plain = PackedSet(tmp_path, "train", cache_bytes=10**6), PackedSet(tmp_path, "train")
    assert cached[0] is cached[0]
    assert plain[0] is not plain[0]
    assert np.array_equal(cached[0].image, plain[0].image)


def test_packs_can_be_rewritten_from_themselves(tmp_path: Path) -> None:
    write_packs(_samples(12), tmp_path, "tiny")
    sources = [PackedSet(tmp_path, split) for split in ("train", "val")]

    def relabelled() -> Iterator[tuple[Sample, Extras]]:
        for source in sources:
            for index in range(len(source)):
                old = source[index]
                yield (
                    Sample(old.key, old.image, np.full_like(old.labels, 7), old.keypoints),
                    source.extras(index),
                )

    assert write_packs(relabelled(), tmp_path, "tiny") == {"train": len(sources[0]), "val": len(sources[1])}
    again = PackedSet(tmp_path, "train")
    assert np.all(again[0].labels == 7)
    assert again.extras(0)["original_size"] == [120, 80]


def test_an_error_while_writing_leaves_the_old_packs(tmp_path: Path) -> None:
    write_packs(_samples(4), tmp_path, "tiny", "train")

    def broken() -> Iterator[tuple[Sample, Extras]]:
        yield from _samples(2)
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        write_packs(broken(), tmp_path, "tiny", "train")
    assert len(PackedSet(tmp_path, "train")) == 4
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


@pytest.mark.parametrize("key", ["tiny/a.b", "tiny/", "tiny"])
def test_keys_that_webdataset_would_misread_are_refused(tmp_path: Path, key: str) -> None:
    image = photo(1, 20, 20)
    sample = Sample(key, image, unknown_labels(image), unknown_keypoints())
    with pytest.raises(DataSetError, match="without dots"):
        write_packs([(sample, {})], tmp_path, "tiny")


def test_a_key_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="tiny/0 comes twice"):
        write_packs([*_samples(1), *_samples(1)], tmp_path, "tiny")


def test_labels_of_another_size_are_refused(tmp_path: Path) -> None:
    sample = Sample("tiny/0", photo(1, 20, 30), np.zeros((20, 30), np.uint8), unknown_keypoints())
    with pytest.raises(DataSetError, match="do not fit together"):
        write_packs([(sample, {})], tmp_path, "tiny")


def test_a_target_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataSetError, match="cannot be written"):
        write_packs(_samples(1), tmp_path / "file", "tiny")


def test_no_packs_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="prepare SET SOURCE"):
        PackedSet(tmp_path, "train")
    with pytest.raises(DataSetError, match=r"No packs of the set lip .* prepare lip SOURCE"):
        PackedSet(tmp_path, "train", ["lip"])


def test_a_missing_shard_is_an_error(tmp_path: Path) -> None:
    write_packs(_samples(2), tmp_path, "tiny", "train")
    (tmp_path / "tiny" / "tiny-train-000.tar").unlink()
    with pytest.raises(DataSetError, match=r"tiny-train-000\.tar is missing; prepare the set tiny anew"):
        PackedSet(tmp_path, "train")


def as_format_1(folder: Path) -> None:
    """Rewrite an index as the first version of the program wrote it."""
    index = json.loads((folder / INDEX_NAME).read_text())
    index["format"] = 1
    for entry in index["photos"]:
        del entry["members"]
    (folder / INDEX_NAME).write_text(json.dumps(index))


def damage_shard(shard: Path, damage: str) -> None:
    data = bytearray(shard.read_bytes())
    if damage == "cut":
        del data[1000:]
    else:
        data[900] ^= 1
    shard.write_bytes(data)


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_photo_is_an_error_when_it_is_used(tmp_path: Path, damage: str) -> None:
    write_packs(_samples(2), tmp_path, "tiny", "train")
    damage_shard(tmp_path / "tiny" / "tiny-train-000.tar", damage)
    packed = PackedSet(tmp_path, "train")
    with pytest.raises(DataSetError, match="tiny/0 is damaged; prepare the set tiny anew"):
        packed[0]
    if damage == "flip":
        assert packed[1].key == "tiny/1"


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_a_damaged_shard_of_format_1_is_an_error(tmp_path: Path, damage: str) -> None:
    write_packs(_samples(2), tmp_path, "tiny", "train")
    as_format_1(tmp_path / "tiny")
    damage_shard(tmp_path / "tiny" / "tiny-train-000.tar", damage)
    with pytest.raises(DataSetError, match="is damaged"):
        PackedSet(tmp_path, "train")


def test_format_1_is_read_as_before(tmp_path: Path) -> None:
    write_packs(_samples(9), tmp_path, "tiny", "train")
    now = PackedSet(tmp_path, "train")
    as_format_1(tmp_path / "tiny")
    before = PackedSet(tmp_path, "train")
    assert before.photos == now.photos
    for index in range(9):
        assert np.array_equal(before[index].image, now[index].image)
        assert before.extras(index) == now.extras(index)


def test_the_index_says_where_the_files_lie(tmp_path: Path) -> None:
    write_packs(_samples(3), tmp_path, "tiny", "train")
    shard = tmp_path / "tiny" / "tiny-train-000.tar"
    photos = PackedSet(tmp_path, "train").photos
    with tarfile.open(shard) as tar:
        for photo in photos:
            for suffix, (offset, length, checksum) in photo.members.items():
                content = tar.extractfile(f"{photo.key}.{suffix}")
                assert content is not None
                assert content.read() == shard.read_bytes()[offset : offset + length]
                assert zlib.crc32(shard.read_bytes()[offset : offset + length]) == checksum


def test_a_shard_that_goes_away_is_an_error(tmp_path: Path) -> None:
    write_packs(_samples(2), tmp_path, "tiny", "train")
    packed = PackedSet(tmp_path, "train")
    (tmp_path / "tiny" / "tiny-train-000.tar").unlink()
    with pytest.raises(DataSetError, match="is missing; prepare the set tiny anew"):
        packed[0]


def test_the_cache_keeps_what_was_used_last(tmp_path: Path) -> None:
    write_packs(_samples(4), tmp_path, "tiny", "train")
    one = 40 * 60 * 4 + 16 * 3 * 4
    packed = PackedSet(tmp_path, "train", cache_bytes=2 * one)
    first, second = packed[0], packed[1]
    assert packed[0] is first
    third = packed[2]
    assert packed[0] is first
    assert packed[2] is third
    assert packed[1] is not second


def test_a_cache_travels_empty(tmp_path: Path) -> None:
    write_packs(_samples(1), tmp_path, "tiny", "train")
    packed = PackedSet(tmp_path, "train", cache_bytes=10**6)
    sample = packed[0]
    copy = pickle.loads(pickle.dumps(packed))
    assert copy.cache.get(0) is None
    assert copy.cache.limit_bytes == 10**6
    assert np.array_equal(copy[0].image, sample.image)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"format": 2}', "is damaged"),
        ('{"format": 9}', "format 9, and this version of the program reads 1 and 2"),
    ],
)
def test_a_damaged_index_is_an_error(tmp_path: Path, content: str, message: str) -> None:
    write_packs(_samples(2), tmp_path, "tiny", "train")
    (tmp_path / "tiny" / "index.json").write_text(content)
    with pytest.raises(DataSetError, match=message):
        PackedSet(tmp_path, "train")


def test_a_photo_that_the_shard_lacks_is_an_error(tmp_path: Path) -> None:
    write_packs(_samples(2), tmp_path, "tiny", "train")
    path = tmp_path / "tiny" / "index.json"
    index = json.loads(path.read_text())
    index["photos"][0]["key"] = "tiny/other"
    path.write_text(json.dumps(index))
    as_format_1(tmp_path / "tiny")
    with pytest.raises(DataSetError, match="tiny/other is missing"):
        PackedSet(tmp_path, "train")


@pytest.mark.parametrize("kind", ["photos", "file", "link"])
def test_what_is_no_set_is_never_replaced(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "tiny"
    if kind == "photos":
        place.mkdir()
        (place / "beach.jpg").write_bytes(b"precious")
    elif kind == "file":
        place.write_bytes(b"precious")
    else:
        write_packs(_samples(3, "else"), tmp_path, "else")
        place.symlink_to(tmp_path / "else")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DataSetError, match="no folder of packs and would be lost"):
        write_packs(_samples(3), tmp_path, "tiny")
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_and_an_older_set_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    for count in (3, 5):
        assert sum(write_packs(_samples(count), tmp_path, "tiny").values()) == count
