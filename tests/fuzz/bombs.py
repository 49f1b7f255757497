"""Files that are small, and ask for hours or gigabytes of whoever believes them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from portrait_studio.document.history_limits import MOST_PARTS, MOST_STEPS

SIDE_PX: Final = 400


def photo(side: int = SIDE_PX) -> bytes:
    """A PNG photo."""
    pixels = np.random.default_rng(1).integers(0, 255, (side, side, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def index_of(steps: list[Any], original: bytes, side: int = SIDE_PX) -> dict[str, Any]:
    """What `project.json` holds."""
    return {
        "format": "portrait-studio project",
        "version": 3,
        "program": "0.1.0",
        "photo": {
            "member": "photo/a.png",
            "name": "a.png",
            "sha256": hashlib.sha256(original).hexdigest(),
            "width": side,
            "height": side,
            "bits": 8,
        },
        "origin": None,
        "applied": len(steps),
        "steps": steps,
    }


def step(member: str, pieces: list[list[Any]], **more: Any) -> dict[str, Any]:
    """What the index holds of one step."""
    return {"title": "x", "data": member, "pieces": pieces, "fill": None, **more}


def write(path: Path, steps: list[Any], members: dict[str, bytes], side: int = SIDE_PX) -> None:
    """Write a project."""
    original = photo(side)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo/a.png", original, zipfile.ZIP_STORED)
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("project.json", json.dumps(index_of(steps, original, side)))


def _ones(span: int) -> bytes:
    """A step that changes all of so many bytes."""
    return b"\xff" * ((span + 7) // 8) + b"\x07" * span


def _huge_piece(path: Path) -> None:
    write(path, [step("s", [["mask", 0, 0, 40_000, 40_000]])], {"s": bytes(200_000_000)})


def _huge_photo(path: Path) -> None:
    """A photo that unpacks to 3 GB: the directory says so."""
    write(path, [], {"photo/b.png": bytes(1 << 20)})
    with zipfile.ZipFile(path) as archive:
        original = archive.read("photo/a.png")
    index = index_of([], original)
    index["photo"]["member"] = "photo/b.png"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("photo/b.png", bytes(1 << 20))
        archive.writestr("project.json", json.dumps(index))
    _say_size(path, b"photo/b.png", 3_000_000_000)


def _say_size(path: Path, member: bytes, size: int) -> None:
    """Let a member say that it has another size, before its data and in the directory."""
    data = bytearray(path.read_bytes())
    # The name follows 30 bytes of a header before the data, 46 in the directory; sizes lie before it.
    for name, before in ((data.index(member), 30 - 22), (data.rindex(member), 46 - 24)):
        data[name - before : name - before + 4] = struct.pack("<L", size)
    path.write_bytes(bytes(data))


def _many_whole_pieces(path: Path) -> None:
    whole = ["image", 0, 0, SIDE_PX, SIDE_PX]
    write(path, [step("s", [whole] * 50_000)], {"s": bytes(1000)})


def _many_pieces(path: Path) -> None:
    write(path, [step("s", [["mask", 0, 0, 1, 1]] * 3_000_000)], {"s": bytes(375_000)})


def _most_pieces(path: Path) -> None:
    """As many as may be."""
    pieces = [["mask", n % SIDE_PX, 0, n % SIDE_PX + 1, 1] for n in range(MOST_PARTS)]
    write(path, [step("s", pieces)], {"s": _ones(MOST_PARTS)})


def _empty_pieces(path: Path) -> None:
    write(path, [step("s", [["mask", 0, 0, 0, 9]] * 3_000_000)], {"s": b""})


def _steps(count: int, data: bytes = b"", pieces: tuple[list[Any], ...] = ()) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write(path, [step("s", list(pieces))] * count, {"s": data})

    return make


def _members(path: Path) -> None:
    """A directory of 400,000 members."""
    original = photo()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("photo/a.png", original)
        archive.writestr("project.json", json.dumps(index_of([], original)))
        end = archive.start_dir
    data = path.read_bytes()
    entry = b"PK\1\2" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"x"
    entries = entry * 400_000
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFE, 0xFFFE, len(entries), end, 0)
    path.write_bytes(data[:end] + entries + tail)


def _canvases(path: Path) -> None:
    """200 canvases, each larger than the one before."""
    steps = [step("s", [], canvas=[0, 0, 5000 + 50 * n, 5000 + 40 * n]) for n in range(200)]
    write(path, steps, {"s": b""})


def _great_canvas(path: Path) -> None:
    write(path, [step("s", [], canvas=[-7000, -7000, 8800, 8800])], {"s": b""})


def _constant_changes(path: Path) -> None:
    """Steps that change the whole photo and pack to nothing."""
    span = SIDE_PX * SIDE_PX * 3
    write(path, [step("s", [["image", 0, 0, SIDE_PX, SIDE_PX]])] * 20_000, {"s": _ones(span)})


def _spans(path: Path) -> None:
    """Steps that span the whole photo again and again and change nothing."""
    whole = ["image", 0, 0, SIDE_PX, SIDE_PX]
    bits = SIDE_PX * SIDE_PX * 3 * 50 // 8
    write(path, [step("s", [whole] * 50)] * 7000, {"s": bytes(bits)})


def _lying_size(path: Path) -> None:
    """A member that says it has 9 bytes, and unpacks to a quarter of a gigabyte."""
    write(path, [step("steps/1", [["mask", 0, 0, 8, 1]])], {"steps/1": bytes(1 << 28)})
    data = path.read_bytes()
    assert data.count(b"steps/1") >= 2
    _say_size(path, b"steps/1", 9)


def _nested(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.json", b"[" * (32 << 20))


def _containers(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.json", b"[" + b"{}," * (20 << 20) + b"0]")


PROJECTS: Final[dict[str, Callable[[Path], None]]] = {
    "one piece of 40,000 x 40,000": _huge_piece,
    "a photo of 3 GB": _huge_photo,
    "50,000 pieces of the whole photo": _many_whole_pieces,
    "3 million pieces": _many_pieces,
    "3 million empty pieces": _empty_pieces,
    "as many pieces as may be": _most_pieces,
    "30,000 steps": _steps(30_000, b"\xff" + b"\x01" * 8, (["mask", 0, 0, 8, 1],)),
    "400,000 empty steps": _steps(400_000),
    "as many steps as may be": _steps(MOST_STEPS),
    "400,000 members": _members,
    "200 growing canvases": _canvases,
    "a canvas of 250 megapixels": _great_canvas,
    "20,000 steps that change everything": _constant_changes,
    "7,000 steps that span everything": _spans,
    "a member that lies about its size": _lying_size,
    "an index of brackets": _nested,
    "an index of containers": _containers,
}


SLOW: Final = frozenset(
    {
        "as many pieces as may be",
        "30,000 steps",
        "7,000 steps that span everything",
        "3 million empty pieces",
        "200,000 fills",
        "100,000 holes",
    }
)
"""Those that take seconds to make or to judge; `run_fuzz` tries them, the tests do not."""


def png(width: int, height: int, depth: int = 8, colour: int = 0, rows: int | None = None) -> bytes:
    """A PNG of zeros, of which only so many rows are there."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    row = bytes(1 + width * channels * depth // 8)
    body = zlib.compress(row * (height if rows is None else rows), 9)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def record(width: int, height: int, mask: bytes, fills: int = 1, holes: int = 0) -> bytes:
    """An edit record with a mask."""
    packed = {"left": 0, "top": 0, "png": base64.b64encode(mask).decode()}
    fill = {
        "method": "default",
        "seed": 0,
        "device": "cpu",
        "grow_px": 2,
        "ran_on": "CPU",
        "weights": {},
        "program": "0.1.0",
        "holes": [{"method": "default", "seed": n, "structure": packed} for n in range(holes)],
        "mask": packed,
    }
    content = {
        "format": "portrait-studio edit record",
        "version": 3,
        "program": "0.1.0",
        "photo": {"name": "a.png", "width": width, "height": height, "sha256": "0"},
        "result": {"sha256": "0"},
        "fills": [fill] * fills,
    }
    return json.dumps(content).encode()


def _record(
    *size: int, fills: int = 1, holes: int = 0, depth: int = 8, colour: int = 0
) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(record(*size, png(*size, depth, colour, 100), fills, holes))

    return make


RECORDS: Final[dict[str, Callable[[Path], None]]] = {
    "a mask of 20,000 x 20,000 RGBA of 16 bits": _record(20_000, 20_000, depth=16, colour=6),
    "100 masks of 225 megapixels": _record(15_000, 15_000, fills=100),
    "300 painted maps of 225 megapixels": _record(15_000, 15_000, holes=300),
    "200,000 fills": _record(1, 1, fills=200_000),
    "100,000 holes": _record(1, 1, holes=100_000),
    "brackets": lambda path: path.write_bytes(b'{"fills":' + b"[" * 10_000_000) and None,
}
