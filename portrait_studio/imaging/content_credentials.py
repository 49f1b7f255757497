"""Content Credentials: signed statements in a file of what was done to the picture (C2PA, specification 2.1).

They are made by the maintained library of their authors, the package c2pa-python (extra `credentials`),
offline: without a time stamp of somebody else's, and without thumbnails, which would show what was removed.
"""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from portrait_studio import __version__
from portrait_studio.errors import ExportError, OptionError
from portrait_studio.imaging.photo import Photo
from portrait_studio.imaging.xmp import PARTLY_GENERATED
from portrait_studio.ordinary_file import read_file

_MOST_BYTES: Final = 1 << 20
_SOURCE: Final = "source"
_NO_THUMBNAILS: Final = {"builder": {"thumbnail": {"enabled": False}}}
_STORE_MARKS: Final = (b"jumb", b"c2pa")
_KINDS: Final = frozenset(("JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"))
"""Pillow's names of the formats of which the library takes the bytes of a source; of others, the name."""


@dataclass(frozen=True)
class Credentials:
    """Who signs.

    Attributes:
        chain: file of the signer's certificate and those above it, PEM, the signer's first.
        key: file of the signer's private key, PEM, PKCS 8; ES256 (a key on the curve P-256).
    """

    chain: Path
    key: Path


def holds_credentials(file: bytes) -> bool:
    """Whether the bytes of a photo file hold Content Credentials, by the marks of their store."""
    return all(mark in file for mark in _STORE_MARKS)


def check_credentials(credentials: Credentials) -> None:
    """Find out before the work whether anything can be signed.

    Raises:
        OptionError: the package is missing, or certificate or key are of no use.
    """
    _signer(_library(), credentials)


def signed(data: bytes, kind: str, photo: Photo, credentials: Credentials, actions: Sequence[str]) -> bytes:
    """The bytes of a written picture with Content Credentials.

    What the source's own file holds of them is kept, as those of the ingredient.

    Args:
        data: bytes of the written file.
        kind: its format, as IANA calls it ("jpeg", "png", "tiff", "webp", "avif").
        photo: of whose file, the ingredient, path, bytes and format are known.
        credentials: who signs.
        actions: what was done to it, in sentences.

    Raises:
        OptionError: the package is missing, or certificate or key are of no use.
        ExportError: the picture could not be signed.
    """
    library = _library()
    signer = _signer(library, credentials)
    name = photo.path.name if photo.path is not None else "picture"
    source = {"title": name, "relationship": "parentOf", "label": _SOURCE, "instance_id": _SOURCE}
    source_kind = f"image/{photo.metadata.source_format.lower() or 'unknown'}"
    is_known = bool(photo.file) and photo.metadata.source_format.upper() in _KINDS
    manifest = {
        "claim_generator_info": [{"name": "Portrait Studio", "version": __version__}],
        "title": name,
        "format": f"image/{kind}",
        "ingredients": [] if is_known else [{**source, "format": source_kind}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": _actions(actions)}}],
    }
    try:
        context = library.Context(library.Settings.from_dict(_NO_THUMBNAILS))
        builder = library.Builder(json.dumps(manifest), context)
        if is_known:
            builder.add_ingredient(json.dumps(source), source_kind, io.BytesIO(photo.file))
        target = io.BytesIO()
        builder.sign(signer, f"image/{kind}", io.BytesIO(data), target)
    except library.C2paError as error:
        raise ExportError("The picture could not be signed ({reason}).", reason=str(error)) from error
    return target.getvalue()


def _actions(sentences: Sequence[str]) -> list[dict[str, Any]]:
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_SOURCE]}}
    agent = {"name": "Portrait Studio", "version": __version__}
    edited = [
        {
            "action": "c2pa.edited",
            "digitalSourceType": PARTLY_GENERATED,
            "softwareAgent": agent,
            "description": sentence,
        }
        for sentence in sentences
    ]
    return [opened, *edited]


def _library() -> Any:
    try:
        return importlib.import_module("c2pa")
    except ImportError as error:
        raise OptionError(
            "Content Credentials need a package more: pip install 'portrait-studio[credentials]'."
        ) from error


def _signer(library: Any, credentials: Credentials) -> Any:
    chain, key = (read_file(path, _MOST_BYTES) for path in (credentials.chain, credentials.key))
    try:
        return library.Signer.from_info(library.C2paSignerInfo(b"es256", chain, key, None))
    except library.C2paError as error:
        raise OptionError(
            "{chain} and {key} are no certificate and key to sign with (PEM, ES256: {reason}).",
            chain=credentials.chain,
            key=credentials.key,
            reason=str(error),
        ) from error
