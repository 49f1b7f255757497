"""Protocols with tables of their own measure the same where cases go to other processes and back."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from portrait_studio.engine.latent.search import SearchOptions
from portrait_studio.networks.building import build_network
from portrait_studio.networks.detection import DetectionConfig
from portrait_studio.networks.released import save_network
from portrait_studio.worker_pool.sharing import Label, Sharing
from tests.helpers.random_vgg import write_random_vgg
from tests.helpers.timeless import timeless
from tests.helpers.tiny_darknet import write_darknet
from tests.helpers.tiny_faces import write_faces
from tests.helpers.tiny_packs import SET, figure, write_tiny_models
from trainer.__main__ import main
from trainer.data.pack_writer import write_packs
from trainer.evaluation import latent_faces
from trainer.protocols import people
from trainer.release.import_darknet import import_darknet

Given = list[object]


def release(models: Path, name: str, architecture: str, config: dict[str, object]) -> None:
    torch.manual_seed(0)
    save_network(models / f"{name}.safetensors", architecture, build_network(architecture, config), {})


def bags(folder: Path) -> Path:
    samples = [figure(f"{SET}/{i:03d}", i, size=(96, 128), bag=True) for i in range(2)]
    write_packs([(sample, {}) for sample in samples], folder, SET, "val")
    return folder


def things(folder: Path, models: Path) -> Given:
    release(models, "segmentation", "segmentation", {"top": 12, "widths": [8, 8, 8], "stem": 8, "mix": 2})
    vgg = write_random_vgg(folder / "vgg.safetensors")
    return ["--data", bags(folder / "packs"), "--set", SET, "--vgg", vgg, "--limit", 1]


def candidates(folder: Path, models: Path) -> Given:
    release(models, "general-completion", "glcic", {"width": 4, "dilations": [1, 2]})
    return ["--data", bags(folder / "packs"), "--set", SET, "--limit", 1]


def damage(folder: Path, models: Path) -> Given:
    release(models, "damage", "damage-unet", {"widths": [6, 8]})
    return ["--data", bags(folder / "packs"), "--set", SET, "--limit", 1]


def counted_people(folder: Path, models: Path) -> Given:
    small = DetectionConfig((2, 2, 2, 2, 2, 2, 2), 2, 2)
    import_darknet(write_darknet(folder / "yolov3-tiny.weights", small, sees_nothing=True), models, small)
    counted = json.loads(Path(people.__file__).with_name("people.json").read_text("utf-8"))
    entries = [each for each in counted if each["id"].startswith("lip/")][:2]
    for entry in entries:
        photo = folder / "sets" / "lip" / "photos" / f"{entry['id'].partition('/')[2]}.webp"
        photo.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", tuple(entry["size"]), "grey").save(photo)
    return ["--data", folder / "sets"]


def latent(folder: Path, models: Path) -> Given:
    torch.manual_seed(0)
    network = build_network("dcgan", {"width": 4, "judge_width": 4})
    network.generator.likeness.copy_(torch.tensor([[0.3, 0.1], [0.25, 0.06]]))
    save_network(models / "face-generator.safetensors", "dcgan", network, {})
    return ["--data", write_faces(folder / "packs", split=None), "--set", "portraits", "--limit", 1]


def covered(folder: Path, models: Path) -> Given:
    release(models, "isd", "collaborative", {"width": 2, "factor": 2, "layers": 6, "tasks": "isd"})
    given = ["--collaborative", f"M={models / 'isd.safetensors'}"]
    return [
        "--data",
        write_faces(folder / "packs", 2, split="val"),
        "--set",
        "portraits",
        "--limit",
        1,
        *given,
    ]


@pytest.mark.parametrize(
    ("protocol", "prepare"),
    [
        ("things", things),
        ("candidates", candidates),
        ("damage", damage),
        ("people", counted_people),
        ("latent-faces", latent),
        ("covered-faces", covered),
    ],
)
def test_figures_and_sheets_are_the_same(
    protocol: str, prepare: Callable[[Path, Path], Given], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latent_faces, "SearchOptions", lambda weights: SearchOptions(weights, 1, 1))
    monkeypatch.setattr(Sharing, "as_done", sent_and_back)
    models = write_tiny_models(tmp_path / "models")
    given = prepare(tmp_path, models)
    found = []
    for jobs in (1, 2):
        out, sheets = tmp_path / f"{jobs}.json", tmp_path / f"sheets-{jobs}"
        hardware = ["--device", "cpu", "--precision", "float32", "--threads", 1, "--jobs", jobs]
        outputs = ["--json", out, "--sheets", sheets, "--weights", models]
        words = ["evaluate", "--protocol", protocol, *given, *hardware, *outputs]
        assert main(list(map(str, words))) == 0
        pictures = {path.name: path.read_bytes() for path in sheets.glob("*")}
        found.append((timeless(json.loads(out.read_text())), pictures))
    assert found[0] == found[1]
    assert found[0][0]["cases"] > 0


def sent_and_back(
    sharing: Sharing,
    work: Any,
    tasks: Iterable[tuple[int, Any]],
    hardware: object,
    label: Label,
) -> Iterator[tuple[int, Any]]:
    """What processes would do, in this one."""
    there = pickle.loads(pickle.dumps(work))
    for number, task in tasks:
        yield number, pickle.loads(pickle.dumps(there(pickle.loads(pickle.dumps(task)))))
