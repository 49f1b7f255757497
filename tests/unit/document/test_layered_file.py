"""Layers of an edit, read by other programs' rules: they lie over each other as the result does."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyora
import pytest
from numpy.typing import NDArray
from PIL import Image

from portrait_studio.document.document import Document
from portrait_studio.document.layered_file import NAMES, export_layers
from portrait_studio.errors import ExportError
from portrait_studio.imaging.geometry import Bounds
from portrait_studio.imaging.photo import Metadata, Photo, Pixels
from portrait_studio.imaging.reading import decode_photo
from portrait_studio.imaging.xmp import PARTLY_GENERATED


@dataclass(frozen=True, eq=False)
class Crop:
    bounds: Bounds
    pixels: Pixels
    changed: NDArray[np.uint8]


def document_of(bits: int = 8) -> Document:
    random = np.random.default_rng(0)
    pixels = random.integers(0, 1 << bits, (90, 120, 3)).astype(np.uint8 if bits == 8 else np.uint16)
    document = Document(Photo(pixels, metadata=Metadata(comment=b"said")))
    bounds = Bounds(20, 30, 70, 60)
    changed = random.integers(0, 2, (bounds.height, bounds.width)).astype(np.uint8)
    document.apply_fills([Crop(bounds, ~document.image[bounds.slices], changed)])
    return document


def layers_of(data: bytes) -> list[tuple[str, str, int, int, Photo]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        stack = ElementTree.fromstring(archive.read("stack.xml")).findall("stack/layer")
        return [
            (
                each.attrib["name"],
                each.attrib["visibility"],
                int(each.attrib["x"]),
                int(each.attrib["y"]),
                decode_photo(archive.read(each.attrib["src"]), Path("layer.png")),
            )
            for each in stack
        ]


@pytest.mark.parametrize("bits", [8, 16])
def test_the_layers_give_the_result(bits: int, tmp_path: Path) -> None:
    document = document_of(bits)
    export_layers(document, tmp_path / "a.ora")
    where, fill, original = layers_of((tmp_path / "a.ora").read_bytes())
    assert (where[0], fill[0], original[0]) == NAMES
    assert (where[1], fill[1], original[1]) == ("hidden", "visible", "visible")
    assert np.array_equal(original[4].pixels, document.photo.pixels)
    assert np.array_equal(where[4].pixels[:, :, 0] != 0, document.filled != 0)
    result = original[4].pixels.copy()
    left, top, over = fill[2:]
    part = result[top : top + over.extent.height, left : left + over.extent.width]
    assert over.alpha is not None
    assert set(np.unique(over.alpha)) == {0, (1 << bits) - 1}
    part[over.alpha != 0] = over.pixels[over.alpha != 0]
    assert np.array_equal(result, document.image)
    document.close()


def test_another_library_sees_the_same_picture(tmp_path: Path) -> None:
    document = document_of()
    export_layers(document, tmp_path / "a.ora")
    project = pyora.Project.load(str(tmp_path / "a.ora"))
    assert [layer.name for layer in project.children] == list(NAMES)
    seen = np.asarray(project.get_image_data(use_original=False).convert("RGB"))
    assert np.array_equal(seen, document.image)
    document.close()


def test_the_file_is_known_by_its_first_bytes_and_says_what_it_is(tmp_path: Path) -> None:
    document = document_of(16)
    export_layers(document, tmp_path / "a.ora")
    data = (tmp_path / "a.ora").read_bytes()
    assert data[30:38] == b"mimetype"
    assert data[38:54] == b"image/openraster"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        merged = decode_photo(archive.read("mergedimage.png"), Path("merged.png"))
        with Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png"))) as thumbnail:
            assert max(thumbnail.size) <= 256
    assert np.array_equal(merged.pixels, document.image)
    assert PARTLY_GENERATED.encode() in merged.metadata.xmp
    document.close()


def test_an_extended_canvas_moves_the_original(tmp_path: Path) -> None:
    document = document_of()
    document.change_canvas(Bounds(-8, -5, 120, 90))
    with pytest.raises(ExportError, match="not filled yet"):
        export_layers(document, tmp_path / "a.ora")
    new = Bounds(0, 0, 128, 95)
    blank = document.blank
    assert blank is not None
    document.apply_fills([Crop(new, np.full((95, 128, 3), 9, np.uint8), (blank != 0).astype(np.uint8))])
    export_layers(document, tmp_path / "a.ora")
    original = layers_of((tmp_path / "a.ora").read_bytes())[-1]
    assert original[2:4] == (8, 5)
    seen = pyora.Project.load(str(tmp_path / "a.ora")).get_image_data(use_original=False)
    assert np.array_equal(np.asarray(seen.convert("RGB")), document.image)
    document.close()
