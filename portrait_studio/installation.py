"""What is installed: versions, licences, weights and their checksums; and the report of it for a bug."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from portrait_studio import __version__
from portrait_studio.errors import WeightsError
from portrait_studio.locations import models_dir
from portrait_studio.networks.catalog import WeightsInfo, list_weights

_OWN_LIST: Final = (
    "imagecodecs",
    "numba",
    "numpy",
    "opencv-python-headless",
    "pillow",
    "platformdirs",
    "PySide6_Essentials",
    "QtAwesome",
    "safetensors",
    "scipy",
    "tifffile",
    "torch",
    "tqdm",
)
"""What the program needs; the package's own list is only there once it is installed."""
_DIGITS: Final = 12


@dataclass(frozen=True)
class InstalledPackage:
    """A package that the program needs.

    Attributes:
        name: as its authors write it.
        version: that is installed.
        licence: SPDX expression, else what the package calls it; empty where it does not say.
    """

    name: str
    version: str
    licence: str


def installed_packages() -> list[InstalledPackage]:
    """The packages that the program needs, as far as they are installed, by name."""
    found = []
    for name in _needed():
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        found.append(InstalledPackage(about["Name"], about["Version"], _licence(about)))
    return found


def installed_weights() -> list[WeightsInfo]:
    """The weights in use, each file compared with its checksum; none where their list cannot be read."""
    try:
        return list_weights(models_dir())
    except WeightsError:
        return []


def report(device: str, parts: Iterable[InstalledPackage], weights: Sequence[WeightsInfo]) -> str:
    """What somebody who looks for a mistake has to know, as lines of text; nothing of the user's.

    Args:
        device: what fills run on, as the engine describes it; empty = not known yet.
        parts: see `installed_packages`.
        weights: see `installed_weights`.
    """
    lines = [
        f"Portrait Studio {__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"Device: {device or 'not known yet'}",
        *(f"{part.name} {part.version}" for part in parts),
        f"Weights in {_without_home(models_dir())}:" if weights else "Weights: their list cannot be read",
        *(f"{one.name} {one.architecture} sha256 {one.sha256[:_DIGITS]}{_state(one)}" for one in weights),
    ]
    return "\n".join(lines)


def _state(weights: WeightsInfo) -> str:
    return "" if weights.is_intact else ", missing or changed"


def _without_home(folder: Path) -> str:
    """A folder's name without that of the user."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)


def _needed() -> list[str]:
    try:
        wanted = [text for text in metadata.requires("portrait-studio") or () if "extra ==" not in text]
    except metadata.PackageNotFoundError:
        # Started from a source folder that was never installed.
        return list(_OWN_LIST)
    return sorted({re.split(r"[^A-Za-z0-9_.-]", text, maxsplit=1)[0] for text in wanted}, key=str.lower)


def _licence(about: metadata.PackageMetadata) -> str:
    """SPDX expression, else the classifier, else the first line of the free text."""
    if "License-Expression" in about:
        return str(about["License-Expression"])
    classifiers = [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    if classifiers:
        return ", ".join(c.rpartition(" :: ")[2] for c in classifiers)
    texts = about.get_all("License") or [""]
    return str(texts[0]).strip().partition("\n")[0]
