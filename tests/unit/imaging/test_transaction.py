"""Several files take their places together, or none does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portrait_studio.errors import ExportError
from portrait_studio.imaging.atomic import Transaction, real_target, replacing


def write(transaction: Transaction, path: Path, content: bytes = b"new") -> None:
    with transaction.replacing(path) as file:
        file.write(content)


def test_all_take_their_places_when_the_block_ends(tmp_path: Path) -> None:
    old, new = tmp_path / "old.png", tmp_path / "a" / "b" / "new.png"
    old.write_bytes(b"old")
    old.chmod(0o640)
    with Transaction() as transaction:
        write(transaction, old)
        transaction.make_folder(new.parent)
        write(transaction, new)
        assert old.read_bytes() == b"old"
        assert not new.exists()
    assert old.read_bytes() == new.read_bytes() == b"new"
    assert old.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "b", "new.png", "old.png"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_files_and_folders_are_as_before(tmp_path: Path, error: type[BaseException]) -> None:
    old = tmp_path / "old.png"
    old.write_bytes(b"old")

    def fail() -> None:
        with Transaction() as transaction:
            write(transaction, old)
            transaction.make_folder(tmp_path / "a" / "b")
            write(transaction, tmp_path / "a" / "b" / "new.png")
            raise error

    with pytest.raises(error):
        fail()
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_cannot_take_its_place_brings_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_links: bool
) -> None:
    old, new, bad = (tmp_path / name for name in ("old.png", "new.png", "bad.png"))
    old.write_bytes(b"old")

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if not has_links:  # as on a memory card
        monkeypatch.setattr(os, "link", refused)

    def fail() -> None:
        with Transaction() as transaction:
            for path in (old, new, bad):
                write(transaction, path)
            bad.mkdir()

    with pytest.raises(ExportError, match=r"bad\.png could not be written"):
        fail()
    bad.rmdir()
    assert old.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [old]


def test_a_folder_in_which_others_put_something_stays(tmp_path: Path) -> None:
    folder = tmp_path / "a"

    def fail() -> None:
        with Transaction() as transaction:
            transaction.make_folder(folder)
            (folder / "theirs").write_bytes(b"keep me")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        fail()
    assert (folder / "theirs").read_bytes() == b"keep me"


def test_links_that_lead_nowhere_are_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "b.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    (tmp_path / "c.png").symlink_to(tmp_path / "none" / "c.png")
    with pytest.raises(ExportError, match="leads back to itself"):
        real_target(tmp_path / "a.png")
    with pytest.raises(ExportError, match=r"There is no folder .*none"), replacing(tmp_path / "c.png"):
        pass
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ExportError, match="not an ordinary file"):
        real_target(tmp_path / "pipe.png")


def test_an_interruption_before_the_callers_block_leaves_nothing(tmp_path: Path) -> None:
    kept = []

    def stopped_while_opening() -> None:
        with Transaction() as transaction:
            opening = transaction.replacing(tmp_path / "new.png")
            opening.__enter__()
            kept.append(opening)  # It lives on, so that nothing but the transaction can clear up.
            # Ctrl+C may come between the opening and the block that would hear of it.
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped_while_opening()
    assert list(tmp_path.iterdir()) == []
