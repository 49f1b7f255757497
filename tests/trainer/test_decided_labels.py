"""The label maps that a relabelling has decided before something ended it."""

from pathlib import Path

import numpy as np
import pytest

from portrait_studio.errors import DataSetError
from trainer.data.decided_labels import DecidedLabels

MAPS = [np.full((5, 4 + number), number, np.uint8) for number in range(3)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with all maps."""
    with DecidedLabels(tmp_path / ".set.decided", "terms") as decided:
        assert list(decided.read()) == []
        for labels in MAPS:
            decided.add(labels)
    return tmp_path / ".set.decided"


def maps_in(path: Path, terms: str = "terms") -> list[np.ndarray]:
    with DecidedLabels(path, terms) as decided:
        found = list(decided.read())
        assert len(found) == decided.count
        return found


def test_maps_come_back_in_their_order(path: Path) -> None:
    assert all(np.array_equal(one, other) for one, other in zip(maps_in(path), MAPS, strict=True))


@pytest.mark.parametrize(("cut", "left"), [(1, 2), (60, 2), (0, 3)])
def test_what_was_cut_off_is_dropped_and_the_rest_goes_on(path: Path, cut: int, left: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - cut])
    with DecidedLabels(path, "terms") as decided:
        assert len(list(decided.read())) == left
        for labels in MAPS[left:]:
            decided.add(labels)
    assert path.read_bytes() == content


def test_damage_ends_what_is_taken(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert len(maps_in(path)) == 1


@pytest.mark.parametrize("content", [b"", b"terms", b"\xff" * 200])
def test_another_file_is_begun_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert maps_in(path) == []
    assert not path.exists(), "nothing is left where nothing was decided"


def test_maps_of_other_terms_are_not_taken(path: Path) -> None:
    assert maps_in(path, "terms of another network") == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="make room or give another"), DecidedLabels(tmp_path, "terms"):
        pass
