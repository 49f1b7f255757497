"""What a fill is meant to do is guessed, said, recorded and repeated as in the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from portrait_studio.document.edit_record import read_record
from portrait_studio.document.label_plane import unpack_labels
from portrait_studio.engine.intent import Intent, wanted_with
from portrait_studio.engine.label_mask import mask_of_labels
from portrait_studio.engine.request import ParseRequest
from portrait_studio.imaging.mask_file import read_mask
from portrait_studio.imaging.reading import read_photo
from portrait_studio.networks.conventions import LABELS
from tests.e2e.test_cli import pixels_of, run
from tests.helpers.fake_engine import FakeEngine

Command = Callable[[Path, Path, Path], list[object]]
"""Arguments that fill a mask of a photo in a folder."""


def remove(photo: Path, mask: Path, folder: Path) -> list[object]:
    return ["remove", photo, "--mask", mask, "-o", folder / "o.png"]


def extend(photo: Path, mask: Path, folder: Path) -> list[object]:
    return ["extend", photo, "--mask", mask, "--left", "10", "-o", folder / "o.png"]


def batch(photo: Path, mask: Path, folder: Path) -> list[object]:
    (folder / "in").mkdir(exist_ok=True)
    (folder / "in" / "p.png").write_bytes(photo.read_bytes())
    (folder / "in" / "p_mask.png").write_bytes(mask.read_bytes())
    return ["batch", folder / "in", "--masks", folder / "in", "-o", folder / "out", "--overwrite"]


COMMANDS = pytest.mark.parametrize("command", [remove, extend, batch])


@pytest.fixture
def person(tmp_path: Path) -> Path:
    """A mask of the whole person that the fake engine sees, and of a thing before the body."""
    pixels = np.zeros((90, 120), np.uint8)
    pixels[8:88, 28:92] = 255
    path = tmp_path / "person.png"
    Image.fromarray(pixels).save(path)
    return path


def asked(fake: FakeEngine) -> np.ndarray:
    structure = fake.requests[-1].wanted_labels
    return np.full(fake.requests[-1].mask.shape, 255, np.uint8) if structure is None else structure


@COMMANDS
def test_a_whole_person_goes_to_the_background_by_itself(
    fake: FakeEngine, photo: Path, person: Path, tmp_path: Path, command: Command
) -> None:
    assert run(*command(photo, person, tmp_path)) == 0
    left = 10 if command is extend else 0
    hole = fake.requests[-1].mask != 0
    hole[:, :left] = False
    assert (asked(fake)[hole] == 0).all()
    assert (asked(fake)[~hole] == 255).all()
    assert run(*command(photo, person, tmp_path), "--intent", "body") == 0
    assert fake.requests[-1].wanted_labels is None


@COMMANDS
def test_a_thing_before_a_body_does_not_unless_said(
    fake: FakeEngine, photo: Path, tmp_path: Path, command: Command
) -> None:
    thing = tmp_path / "thing.png"
    pixels = np.zeros((90, 120), np.uint8)
    pixels[45:70, 50:70] = 255  # over two garments
    Image.fromarray(pixels).save(thing)
    assert run(*command(photo, thing, tmp_path)) == 0
    assert fake.requests[-1].wanted_labels is None
    assert run(*command(photo, thing, tmp_path), "--intent", "background") == 0
    assert (asked(fake)[fake.requests[-1].mask != 0] == 0).all()


def test_the_guess_is_that_of_the_window(fake: FakeEngine, photo: Path, person: Path, tmp_path: Path) -> None:
    assert run(*remove(photo, person, tmp_path)) == 0
    opened = read_photo(photo)
    seen = FakeEngine().run(ParseRequest(opened.pixels))
    mask = read_mask(person, opened.extent)
    wanted = wanted_with(Intent.AUTOMATIC, mask, None, seen)
    assert wanted is not None
    assert np.array_equal(asked(fake), wanted)


def test_what_the_map_names_is_looked_at_once(fake: FakeEngine, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.png").write_bytes(photo.read_bytes())
    labels = "face,upper-clothes,left-leg,right-leg,left-arm,right-arm,left-shoe,right-shoe"
    assert run("batch", tmp_path / "in", "--remove", labels, "-o", tmp_path / "out") in (0, 1)
    seen = FakeEngine().run(ParseRequest(read_photo(photo).pixels))
    numbers = {LABELS.index(name) for name in labels.split(",")}
    mask = mask_of_labels(seen, numbers, read_photo(photo).extent)
    wanted = wanted_with(Intent.AUTOMATIC, mask, None, seen)
    assert wanted is not None
    assert np.array_equal(asked(fake), wanted)
    assert fake.photo_parses == 1


@pytest.mark.parametrize(("side", "looks"), [("--left", 0), ("--bottom", 0), ("--top", 1)])
def test_an_extension_alone_needs_no_guess_but_perhaps_a_warning(
    fake: FakeEngine, photo: Path, tmp_path: Path, side: str, looks: int
) -> None:
    assert run("extend", photo, side, "9", "-o", tmp_path / "o.png") == 0
    assert fake.photo_parses == looks
    assert fake.parsed_joints == []
    assert fake.requests[-1].wanted_labels is None


def test_the_demo_can_be_told(fake: FakeEngine, tmp_path: Path) -> None:
    assert run("demo", "-o", tmp_path / "o.png", "--intent", "background") == 0
    assert (asked(fake)[fake.requests[-1].mask != 0] == 0).all()


@pytest.mark.parametrize("intent", ["auto", "body", "background"])
@pytest.mark.parametrize("command", [remove, extend])
def test_the_record_repeats_the_guess(
    fake: FakeEngine, photo: Path, person: Path, tmp_path: Path, command: Command, intent: str
) -> None:
    record = tmp_path / "r.json"
    assert run(*command(photo, person, tmp_path), "--intent", intent, "--record", record) == 0
    first = asked(fake)
    (fill,) = read_record(record).fills
    (variant,) = fill.how.variants
    labels = unpack_labels(variant.wanted_labels, fill.canvas.extent)
    assert np.array_equal(np.full_like(first, 255) if labels is None else labels, first)
    fake.photo_parses = 0
    assert run("replay", record, photo, "-o", tmp_path / "again.png", "--anyway") == 0
    assert fake.photo_parses == 0  # It is not guessed anew.
    assert np.array_equal(asked(fake), first)


def test_a_replay_of_what_went_to_the_background_is_identical(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, target = tmp_path / "r.json", tmp_path / "o.png"
    arguments = ["--device", "cpu", "--method", "network", "--record", record]
    assert run(*remove(photo, mask, tmp_path), *arguments, "--intent", "body") == 0
    body = pixels_of(target)
    assert run(*remove(photo, mask, tmp_path), *arguments, "--intent", "background") == 0
    capsys.readouterr()
    assert run("replay", record, photo, "-o", tmp_path / "again.png") == 0
    assert "Identical to the recorded result, bit for bit" in capsys.readouterr().out
    assert np.array_equal(pixels_of(tmp_path / "again.png"), pixels_of(target))
    assert not np.array_equal(pixels_of(target), body)
