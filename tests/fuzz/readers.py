"""Every reader of the program, with what the program does with what it read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from portrait_studio.document.edit_record import read_record
from portrait_studio.document.label_plane import unpack_labels
from portrait_studio.document.project_reading import read_project
from portrait_studio.editing.fill_records import joints_of, options_of
from portrait_studio.errors import PortraitStudioError
from portrait_studio.imaging.geometry import Extent
from portrait_studio.imaging.mask_file import read_mask
from portrait_studio.imaging.reading import read_photo
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.catalog import list_weights, read_card
from portrait_studio.networks.released import load_file, load_network
from portrait_studio.session.recent import RecentFiles
from portrait_studio.session.recovery import find_autosaves
from portrait_studio.session.settings import Preferences
from tests.fuzz.samples import HEIGHT, WIDTH, samples

SOUND: Final = "sound.psproj"


def _project(path: Path) -> None:
    project = read_project(path, lambda: None)
    for step in reversed(project.steps):
        step.delta.undo(project.document)
    joints = project.document.joints
    assert all(0 <= joint < 16 for joint in joints)
    for step in project.steps:
        step.delta.redo(project.document)
        if step.fill is not None:
            options_of(step.fill)
    project.document.close()


def _record(path: Path) -> None:
    record = read_record(path)
    for fill in record.fills:
        joints_of(fill.how)
        assert fill.mask.shape == (fill.canvas.height, fill.canvas.width)
        for variant in fill.how.variants:
            options_of(fill.how, variant)
            unpack_labels(variant.wanted_labels, fill.canvas.extent)


def _autosave(path: Path) -> None:
    """A sound autosave beside it is offered whatever it is."""
    folder = path.parent
    sound = folder / SOUND
    if not sound.exists():
        sound.write_bytes(samples()["autosave"][0])
    if path.suffix != ".psproj":
        path = path.rename(path.with_suffix(".psproj"))
    remains = find_autosaves(folder)
    assert sound in [one.file.path for one in remains.recoverable]
    for one in remains.recoverable:
        one.file.release()
    path.unlink()


def _settings(path: Path) -> None:
    preferences = Preferences(path)
    preferences.change(theme="light" if preferences.settings.theme != "light" else "dark")
    assert Preferences(path).settings == preferences.settings


def _recent(path: Path) -> None:
    recent = RecentFiles(path)
    recent.add(path)
    assert recent.paths()[0] == path


def _weights(path: Path) -> None:
    load_file("face", path)


def _manifest(path: Path) -> None:
    listed = path.rename(path.with_name(MANIFEST))
    sentences = []
    for read in (_all_infos, lambda folder: load_network("face", folder)):
        try:
            read(listed.parent)
        except PortraitStudioError as error:
            sentences.append(error)
    if sentences:
        raise sentences[0]


def _all_infos(folder: Path) -> None:
    for info in list_weights(folder):
        assert info.data
        assert info.metrics
        if info.is_intact and info.card.exists():
            read_card(info)


def _mask(path: Path) -> None:
    read_mask(path, Extent(WIDTH, HEIGHT), soft=True)


def _photo(path: Path) -> None:
    read_photo(path)


READERS: Final[dict[str, Callable[[Path], None]]] = {
    "project": _project,
    "autosave": _autosave,
    "record": _record,
    "settings": _settings,
    "recent": _recent,
    "weights": _weights,
    "manifest": _manifest,
    "mask": _mask,
    "photo": _photo,
}


def prepare(folder: Path) -> None:
    """What lies beside the files: a weights file that the manifest may name."""
    (folder / "face.safetensors").write_bytes(samples()["weights"][0])


def judge(kind: str, path: Path) -> str:
    """Read a file; returns its sentence, or "" where it could be read.

    Raises:
        AssertionError: the sentence is none.
        Exception: of any type, where the reader let it through.
    """
    try:
        READERS[kind](path)
    except PortraitStudioError as error:
        sentence = str(error)
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence.replace(os.fspath(path), ""), sentence
        return sentence
    return ""
