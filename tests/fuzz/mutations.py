"""Ways in which files get damaged, and in which somebody who wishes ill would craft them."""

from __future__ import annotations

import base64
import copy
import io
import json
import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from typing import Any, Final

Mutate = Callable[[random.Random, bytes], bytes]

_NUMBERS: Final = (
    0,
    1,
    -1,
    127,
    255,
    65_535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
    10**40,
    10**400,
    1e300,
    -0.5,
)
_TEXTS: Final = (
    "",
    "x" * 300,
    "x" * 100_000,
    "a\0b",
    "\ud800",
    "../../etc/passwd",
    "/dev/zero",
    "{path}",
    "\n\n",
)
_OTHERS: Final = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    {"": {}},
    [None] * 1000,
    float("inf"),
    float("nan"),
    float("-inf"),
)
_RAW: Final = (
    b"1e999",
    b"-1e999",
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b"9" * 5000,
    b"[" + b"[]," * 50_000 + b"0]",
    b"nul",
)
"""What no value of Python becomes."""
_TOKEN: Final = "a token to be replaced"
_WORDS: Final = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x80\0\0\0",
    b"\0\0\0\x80",
)


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    """Flip, cut, repeat or overwrite some bytes."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if not found:
            break
        place = rng.randrange(len(found))
        match rng.randrange(7):
            case 0:
                found[place] ^= 1 << rng.randrange(8)
            case 1:
                found[place] = rng.randrange(256)
            case 2:
                del found[place:]
            case 3:
                del found[place : place + rng.randrange(1, 64)]
            case 4:
                found[place:place] = found[max(0, place - rng.randrange(1, 200)) : place] * rng.randrange(
                    1, 4
                )
            case 5:
                found[place : place + 4] = rng.choice(_WORDS)
            case 6:
                found[place:place] = rng.randbytes(rng.randrange(1, 20))
    return bytes(found)


def mutated_json(rng: random.Random, data: bytes) -> bytes:
    """Put something else in the place of a value, or take one away; at times damage the text."""
    if rng.random() < 0.15:
        return mutated_bytes(rng, data)
    content = json.loads(data)
    raw = b""
    for _ in range(rng.choice((1, 1, 2))):
        places = _places(content)
        if places:
            raw = _change(rng, *rng.choice(places)) or raw
    text = json.dumps(content).encode()
    return text.replace(json.dumps(_TOKEN).encode(), raw) if raw else text


def _places(content: Any) -> list[tuple[Any, Any]]:
    """Every list or object with each of its places."""
    found: list[tuple[Any, Any]] = []
    waiting = [content]
    while waiting:
        one = waiting.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else ()
        for key in keys:
            found.append((one, key))
            waiting.append(one[key])
    return found


def _change(rng: random.Random, parent: Any, key: Any) -> bytes:
    """Change one value; returns what is to be put into the text in its place, if that is no value."""
    value = parent[key]
    choice = rng.randrange(8)
    if choice == 0:
        del parent[key]
    elif choice == 1:
        parent[key] = _TOKEN
        return rng.choice(_RAW)
    elif choice == 2 and isinstance(value, str):
        parent[key] = _mutated_text(rng, value)
    elif choice == 3 and isinstance(value, list) and value:
        parent[key] = value[:1000] * rng.choice((2, 30, 1000))
    elif choice == 4 and isinstance(value, int | float):
        parent[key] = value + rng.choice((-1, 1, 7, 1000))
    elif choice == 5:
        parent[key] = {"a": value, "b": [copy.deepcopy(value)]}
    else:
        # A copy: what is put in may be changed in turn.
        parent[key] = copy.deepcopy(rng.choice((*_NUMBERS, *_TEXTS, *_OTHERS)))
    return b""


def _mutated_text(rng: random.Random, text: str) -> str:
    """A picture in base64 is damaged inside, or becomes one of another format or size."""
    try:
        inner = base64.b64decode(text, validate=True) if len(text) > 60 else b""
    except ValueError:
        inner = b""
    if inner:
        return base64.b64encode(mutated_bytes(rng, inner)).decode()
    return text[: rng.randrange(len(text) + 1)] + rng.choice(_TEXTS)


def mutated_zip(rng: random.Random, data: bytes) -> bytes:
    """Change a member, the index, or how they are packed."""
    choice = rng.randrange(10)
    if choice <= 1:
        return mutated_bytes(rng, data)
    if choice == 2:
        return _patched(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    way = zipfile.ZIP_DEFLATED
    place = rng.randrange(len(members))
    name, content = members[place]
    if choice <= 6:
        place = next(n for n, (each, _) in enumerate(members) if each == "project.json")
        members[place] = "project.json", mutated_json(rng, members[place][1])
    elif choice == 7:
        members[place] = name, mutated_bytes(rng, content)
    elif choice == 8:
        way = rng.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED))
    else:
        _rearrange(rng, members, place)
    return _zipped(members, way)


def _rearrange(rng: random.Random, members: list[tuple[str, bytes]], place: int) -> None:
    name, content = members[place]
    match rng.randrange(4):
        case 0:
            members.append((name, mutated_bytes(rng, content)))
        case 1:
            del members[place]
        case 2:
            members[place] = name, bytes(rng.choice((1 << 20, 40 << 20)))
        case 3:
            members[place] = rng.choice(_TEXTS[2:]).replace("\ud800", "") or "x", content


def _zipped(members: list[tuple[str, bytes]], way: int) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(file, "w", way, compresslevel=1) as archive:
            for name, content in members:
                archive.writestr(name[:60_000], content)
    return file.getvalue()


def _patched(rng: random.Random, data: bytes) -> bytes:
    """Say something else of a member: encrypted, another way of packing, checksum or size."""
    found = bytearray(data)
    signature, offset = rng.choice(((b"PK\3\4", 6), (b"PK\1\2", 8)))
    places = [place for place in range(len(data)) if data.startswith(signature, place)]
    place = rng.choice(places) + offset
    match rng.randrange(4):
        case 0:
            found[place] |= 1
        case 1:
            found[place + 2 : place + 4] = struct.pack("<H", rng.choice((9, 12, 14, 93, 98, 99)))
        case 2:
            found[place + 8] ^= 255
        case 3:
            field = place + rng.choice((12, 16))
            found[field : field + 4] = rng.choice(_WORDS)
    return bytes(found)


def mutated_weights(rng: random.Random, data: bytes) -> bytes:
    """Change the header, with its length put right, or bytes anywhere."""
    (length,) = struct.unpack("<Q", data[:8])
    if rng.random() < 0.3:
        return mutated_bytes(rng, data)
    header = json.loads(data[8 : 8 + length])
    inner = header["__metadata__"]
    if rng.random() < 0.6:
        key = rng.choice(("config", "record", "folds"))
        inner[key] = mutated_json(rng, inner[key].encode()).decode("utf-8", "replace")
        text = json.dumps(header).encode()
    else:
        text = mutated_json(rng, json.dumps(header).encode())
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


MUTATIONS: Final[dict[str, Mutate]] = {
    "project": mutated_zip,
    "autosave": mutated_zip,
    "record": mutated_json,
    "settings": mutated_json,
    "recent": mutated_json,
    "weights": mutated_weights,
    "manifest": mutated_json,
    "mask": mutated_bytes,
    "photo": mutated_bytes,
}
