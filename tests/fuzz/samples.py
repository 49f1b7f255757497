"""Small sound files of every kind that the program reads; the fuzz begins from them."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.document.document import Document
from portrait_studio.document.edit_record import record_edit, write_record
from portrait_studio.document.fill_record import FillRecord, VariantRecord
from portrait_studio.document.history import Snapshot, Step
from portrait_studio.document.packed_plane import pack_plane
from portrait_studio.document.project import write_project
from portrait_studio.document.project_index import Origin
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.reading import decode_photo
from portrait_studio.locations import MANIFEST
from portrait_studio.networks.face import FaceConfig, FaceNetwork
from portrait_studio.networks.released import save_network

WIDTH, HEIGHT = 48, 40
_PICTURES: Final = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "PPM", "TGA")
_MASKS: Final = ("PNG", "TIFF", "BMP", "JPEG")


@dataclass(frozen=True, eq=False)
class _Crop:
    bounds: Bounds
    pixels: NDArray[np.uint8]
    changed: NDArray[np.uint8]


@dataclass
class _Edits:
    """A photo that a mask, labels, a joint, a fill and a canvas were put on."""

    document: Document
    steps: list[Step] = field(default_factory=list)

    def make(self) -> Snapshot:
        """Edit, and say what there is."""
        document = self.document
        mask = document.edit_mask()
        mask.rectangle(Bounds(8, 8, 24, 20))
        labels = document.edit_labels()
        labels.rectangle(Bounds(10, 10, 20, 18), 5)
        self.steps += [
            Step(title, delta)
            for title, edit in (("Mask", mask), ("Labels", labels))
            if (delta := edit.finish())
        ]
        joint = document.put_joint(3, 14.0, 12.0)
        assert joint is not None
        self.steps.append(Step("Joint", joint))
        structure = pack_plane(document.label_plane)
        how = FillRecord(
            "default",
            3,
            "cpu",
            2,
            "CPU",
            {"parsing": "ab" * 32},
            "0.1.0",
            (VariantRecord("patches", 4, structure),),
            structure,
            joints=((3, 14.0, 12.0),),
        )
        bounds = Bounds(4, 4, 30, 26)
        pixels = np.full((22, 26, 3), 90, np.uint8)
        self.steps.append(
            Step("Fill", document.apply_fills([_Crop(bounds, pixels, np.ones((22, 26), np.uint8))]), how)
        )
        canvas = document.change_canvas(Bounds(-3, 0, WIDTH, HEIGHT + 7))
        assert canvas is not None
        self.steps.append(Step("Canvas", canvas))
        return Snapshot(document, self.steps, len(self.steps))


def _picture(kind: str, mode: str = "RGB") -> bytes:
    rows = np.linspace(0, 255, HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH)
    image = Image.fromarray(np.dstack([rows, rows[::-1], 255 - rows])).convert(mode)
    file = io.BytesIO()
    extra = {"exif": _exif(), "dpi": (72, 72)} if kind in ("JPEG", "PNG", "TIFF") else {}
    image.save(file, kind, **extra)
    return file.getvalue()


def _exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "camera"
    return exif.tobytes()


def _mask(kind: str) -> bytes:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[10:20, 10:30] = 255
    file = io.BytesIO()
    Image.fromarray(mask).save(file, kind)
    return file.getvalue()


def _written(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _project(origin: Origin | None) -> bytes:
    document = Document(decode_photo(_picture("PNG"), Path("person.png")))
    data = _written(
        lambda path: write_project(_Edits(document).make(), path, lambda: None, origin), "a.psproj"
    )
    document.close()
    return data


def _record() -> bytes:
    document = Document(decode_photo(_picture("PNG"), Path("person.png")))
    data = _written(lambda path: write_record(record_edit(_Edits(document).make()), path), "a.json")
    document.close()
    return data


def _weights() -> tuple[bytes, bytes]:
    """A weights file, and the manifest that names it."""
    torch.manual_seed(1)
    network = FaceNetwork(FaceConfig(2, 1))
    record = {"sets": ["a"], "metrics": [{"scores": {"default": {"psnr": 20.5}}, "cases": 3, "data": "a"}]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "face.safetensors"
        save_network(path, "face", network, record, folds={"down.0.1": "down.0.0"})
        return path.read_bytes(), (path.parent / MANIFEST).read_bytes()


_SETTINGS: Final = {
    "device": "cpu",
    "precision": "float32",
    "threads": 2,
    "autosave_s": 30,
    "theme": "dark",
    "language": "zh_CN",
    "keys": {"UNDO": ["Ctrl+U"], "REDO": ["Ctrl+R", "F5"]},
}


@cache
def samples() -> dict[str, list[bytes]]:
    """Sound files by kind."""
    weights, manifest = _weights()
    return {
        "project": [_project(None)],
        "autosave": [_project(Origin("person.png", Path("/photos/person.png"), None))],
        "record": [_record()],
        "settings": [json.dumps(_SETTINGS).encode()],
        "recent": [json.dumps([f"/photos/{number}.png" for number in range(6)]).encode()],
        "weights": [weights],
        "manifest": [manifest],
        "mask": [_mask(kind) for kind in _MASKS],
        "photo": [_picture(kind) for kind in _PICTURES] + [_picture("PNG", "RGBA"), _picture("TIFF", "L")],
    }
