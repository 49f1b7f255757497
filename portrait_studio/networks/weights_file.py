"""What a weights file says of itself, read without torch.

A safetensors file begins with the length of its header (8 bytes, little-endian) and the header as JSON, whose
`__metadata__` holds what `released.save_network` wrote.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portrait_studio.json_text import as_int, as_list, as_object, as_text, parse_object
from portrait_studio.messages import Message
from portrait_studio.ordinary_file import open_file

MOST_WEIGHTS_BYTES: Final = 1 << 30
REINSTALL: Final = Message("Reinstall the program, or copy the models folder from a complete installation.")
"""What to do about weights that are missing or damaged."""

_MOST_HEADER_BYTES: Final = 16 << 20
_MOST_DIMENSIONS: Final = 8


@dataclass(frozen=True)
class WeightsHeader:
    """What a weights file says before its values.

    Attributes:
        metadata: what `released.save_network` wrote.
        shapes: of each tensor, by its name.
    """

    metadata: dict[str, str]
    shapes: dict[str, tuple[int, ...]]


def read_header(path: Path) -> WeightsHeader:
    """Read the header of a weights file.

    Raises:
        FileError: it is missing or cannot be read.
        ValueError: it is no weights file.
    """
    with open_file(path, MOST_WEIGHTS_BYTES) as file:
        try:
            start = file.read(8)
            length = int.from_bytes(start, "little")
            if len(start) < 8 or length > _MOST_HEADER_BYTES:
                raise ValueError("a header of that length")
            content = parse_object(file.read(length))
        except OSError as error:
            raise ValueError("a disk that fails") from error
    metadata = as_object(content.pop("__metadata__", {}))
    shapes = {name: _shape(as_object(entry).get("shape")) for name, entry in content.items()}
    return WeightsHeader({key: as_text(value, _MOST_HEADER_BYTES) for key, value in metadata.items()}, shapes)


def _shape(value: object) -> tuple[int, ...]:
    return tuple(as_int(side, 0, MOST_WEIGHTS_BYTES) for side in as_list(value, _MOST_DIMENSIONS))


def file_sha256(path: Path) -> str:
    """SHA-256 of a weights file. Raises: FileError: it is missing or cannot be read."""
    with open_file(path, MOST_WEIGHTS_BYTES) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def replace_file(path: Path, data: bytes) -> None:
    """Put a file into place all at once. The layer of `imaging.atomic` lies beside this one.

    Raises:
        OSError: the folder cannot be written.
    """
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(data)
    partial.replace(path)
