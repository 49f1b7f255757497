from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from portrait_studio.engine.devices import Compute
from portrait_studio.errors import WeightsError
from portrait_studio.networks.conventions import (
    IGNORE_LABEL,
    KEYPOINTS,
    LABEL_COUNT,
    LABELS,
    PARTIAL_LABELS,
)
from portrait_studio.networks.parsing import ParsingConfig, ParsingNetwork
from tests.helpers.tiny_packs import SET, figure, write_tiny_models
from trainer.__main__ import main
from trainer.data.limbs import sided_by_pose
from trainer.data.pack_writer import write_packs
from trainer.data.packs import PackedSet
from trainer.data.relabel import Relabelling, decide, predict, relabel, told
from trainer.data.sample import Sample, unknown_labels
from trainer.data.split import split_of

CPU = Compute(torch.device("cpu"), torch.float32)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_decisions_respect_what_is_known(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.array([*range(LABEL_COUNT), *PARTIAL_LABELS, IGNORE_LABEL], np.uint8)
    labels = rng.choice(codes, (6, 7))
    probabilities = rng.dirichlet(np.full(LABEL_COUNT, 0.2), (6, 7)).transpose(2, 0, 1).astype(np.float32)
    chosen = decide(labels, probabilities)
    assert chosen.dtype == np.uint8
    for y, x in np.ndindex(6, 7):
        code = int(labels[y, x])
        allowed = range(LABEL_COUNT) if code == IGNORE_LABEL else PARTIAL_LABELS.get(code, (code,))
        assert chosen[y, x] in allowed
        assert probabilities[chosen[y, x], y, x] == max(probabilities[k, y, x] for k in allowed)


def test_decisions_stay_in_the_set_where_the_network_excludes_it() -> None:
    probabilities = np.zeros((LABEL_COUNT, 1, 3), np.float32)
    probabilities[0] = 1
    labels = np.array([[20, 5, IGNORE_LABEL]], np.uint8)
    assert decide(labels, probabilities).tolist() == [[9, 5, 0]]


def test_doubtful_pixels_keep_their_code() -> None:
    probabilities = np.full((LABEL_COUNT, 1, 4), 0.01, np.float32)
    probabilities[9, 0] = 0.5
    probabilities[10, 0] = [0.1, 0.4, 0.1, 0.4]
    labels = np.array([[20, 20, IGNORE_LABEL, 5]], np.uint8)
    assert decide(labels, probabilities, 0.7).tolist() == [[9, 20, IGNORE_LABEL, 5]]


def test_what_tags_leave_out_becomes_impossible() -> None:
    probabilities = np.full((LABEL_COUNT, 2, 3), 1 / LABEL_COUNT, np.float32)
    skirt, dress, bag, face = (LABELS.index(name) for name in ("skirt", "dress", "bag", "face"))
    weighed = told(probabilities, [name for name in LABELS if name != "dress"])
    np.testing.assert_allclose(weighed.sum(0), 1, rtol=1e-5)
    assert (weighed[dress] == 0).all()
    assert (weighed[bag] > 1.5 * weighed[skirt]).all()
    np.testing.assert_allclose(weighed[skirt], weighed[face])
    assert told(probabilities, None) is probabilities


def test_left_and_right_are_those_of_the_pose() -> None:
    labels = np.zeros((100, 60), np.uint8)
    left, right = LABELS.index("left-leg"), LABELS.index("right-leg")
    labels[50:90, 10:20] = left
    labels[50:90, 40:50] = right
    labels[0:5] = LABELS.index("hat")
    keypoints = np.zeros((len(KEYPOINTS), 3), np.float32)
    for side, x in (("right", 15), ("left", 45)):
        for joint, y in (("hip", 45), ("knee", 65), ("ankle", 85)):
            keypoints[KEYPOINTS.index(f"{side}-{joint}")] = (x, y, 1)
    sided = sided_by_pose(labels, keypoints)
    assert (sided[50:90, 10:20] == right).all()
    assert (sided[50:90, 40:50] == left).all()
    assert (sided[:50] == labels[:50]).all()
    keypoints[KEYPOINTS.index("left-knee"), 2] = 0
    np.testing.assert_array_equal(sided_by_pose(labels, keypoints), labels)


@pytest.mark.parametrize("certainty", ["-0.1", "1.5", "nan"])
def test_certainty_is_a_probability(
    packs: Path, models: Path, certainty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["relabel", str(packs), str(packs / "new"), "--weights", str(models)]
    assert main([*command, f"--certainty={certainty}"]) == 2
    assert "between 0 and 1" in capsys.readouterr().err


@pytest.mark.parametrize(("height", "width"), [(64, 32), (50, 71), (33, 96)])
def test_prediction_has_the_size_of_the_photo(height: int, width: int) -> None:
    torch.manual_seed(0)
    network = ParsingNetwork(ParsingConfig(width=12, pose_width=8, dilations=(1,))).eval()
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    probabilities = predict(image, network, CPU)
    assert probabilities.shape == (LABEL_COUNT, height, width)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(0), 1, atol=1e-5)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_models(tmp_path_factory.mktemp("models"))


def work(models: Path) -> Relabelling:
    return Relabelling(models, CPU, 0.0, 0)


def partly_known(key: str, seed: int) -> Sample:
    """A figure whose skin and clothes are known as such only, one half not even that."""
    sample = figure(key, seed)
    sample.labels[sample.labels == 11] = 19
    sample.labels[sample.labels == 6] = 22
    sample.labels[:, :20] = IGNORE_LABEL
    return sample


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """Six photos in the split of their names; one without a label map."""
    samples = [partly_known(f"{SET}/{i}", i) for i in range(5)]
    bare = figure(f"{SET}/bare", 7)
    samples.append(Sample(bare.key, bare.image, unknown_labels(bare.image), bare.keypoints))
    folder = tmp_path / "packs"
    write_packs([(sample, {"original_size": [10, 20 + i]}) for i, sample in enumerate(samples)], folder, SET)
    return folder


def test_relabelled_sets_are_exact_and_otherwise_the_same(packs: Path, models: Path, tmp_path: Path) -> None:
    destination = tmp_path / "relabelled"
    assert relabel(packs, destination, [SET], work(models)) == {SET: 6}
    for split in ("train", "val"):
        before, after = PackedSet(packs, split), PackedSet(destination, split)
        assert [photo.key for photo in after.photos] == [photo.key for photo in before.photos]
        assert all(split_of(photo.key) == split for photo in after.photos)
        for index in range(len(before)):
            old, new = before[index], after[index]
            assert new.labels.max() < LABEL_COUNT
            exact = old.labels < LABEL_COUNT
            assert np.array_equal(new.labels[exact], old.labels[exact])
            assert set(np.unique(new.labels[old.labels == 19])) <= set(PARTIAL_LABELS[19])
            assert np.array_equal(new.keypoints, old.keypoints)
            assert after.extras(index)["original_size"] == before.extras(index)["original_size"]
            assert np.abs(new.image.astype(int) - old.image).mean() < 6


def test_known_shoes_stay_where_the_pose_has_them_the_other_way_round(models: Path, tmp_path: Path) -> None:
    sample = partly_known(f"{SET}/0", 0)
    for side, x in (("left", 26), ("right", 38)):
        for joint, y in (("hip", 52), ("knee", 65), ("ankle", 78)):
            sample.keypoints[KEYPOINTS.index(f"{side}-{joint}")] = (x, y, 1)
    shoes = np.isin(sample.labels, [LABELS.index("left-shoe"), LABELS.index("right-shoe")])
    assert (sided_by_pose(sample.labels, sample.keypoints)[shoes] != sample.labels[shoes]).all()
    write_packs([(sample, {})], tmp_path / "packs", SET)
    relabel(tmp_path / "packs", tmp_path / "new", [SET], work(models))
    after = PackedSet(tmp_path / "new", split_of(sample.key))[0]
    np.testing.assert_array_equal(after.labels[shoes], sample.labels[shoes])


def test_relabelling_in_place(packs: Path, models: Path) -> None:
    relabel(packs, packs, [SET], work(models))
    after = PackedSet(packs, "train")
    assert after.label_shares[:, LABEL_COUNT:].sum() == 0
    assert after.label_shares.sum(1) == pytest.approx(1, abs=1e-4)


def test_command_tells_how_many(
    packs: Path, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--weights", str(models), "--device", "cpu", "--precision", "float32"]
    assert main(["relabel", str(packs), str(tmp_path / "out"), *options]) == 0
    assert capsys.readouterr().out == f"{SET}: 6 photos\n"


def test_command_computes_with_as_many_threads_as_asked(
    packs: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, seen = torch.get_num_threads(), []
    monkeypatch.setattr(
        "trainer.commands.relabel.relabel", lambda *_: {SET: seen.append(torch.get_num_threads())}
    )
    options = ["--weights", str(models), "--device", "cpu", "--precision", "float32"]
    assert main(["relabel", str(packs), str(tmp_path / "out"), *options, "--threads", str(before + 1)]) == 0
    assert seen == [before + 1]
    assert torch.get_num_threads() == before
    for nonsense in ("-1", "many"):
        with pytest.raises(SystemExit):
            main(["relabel", str(packs), str(tmp_path / "out"), *options, f"--threads={nonsense}"])


def test_command_refuses_an_empty_folder_and_missing_weights(
    packs: Path, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = str(tmp_path / "empty")
    assert main(["relabel", empty, str(tmp_path / "out"), "--weights", str(models)]) == 2
    assert "There are no packs in" in capsys.readouterr().err
    options = ["--weights", empty, "--device", "cpu", "--precision", "float32"]
    assert main(["relabel", str(packs), str(tmp_path / "out"), *options]) == 2
    assert "The weights are missing" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    with pytest.raises(WeightsError):
        work(tmp_path / "empty")
