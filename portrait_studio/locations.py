"""Where the files that travel with the program lie, in a source tree and in an installed wheel."""

import os
from pathlib import Path
from typing import Final

import platformdirs

DATA_VARIABLE = "PORTRAIT_STUDIO_DATA"
MODELS_VARIABLE = "PORTRAIT_STUDIO_MODELS"
MANIFEST: Final = "manifest.json"
"""In a models folder; see `networks.manifest`."""


def _shipped(name: str) -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / name


def models_dir() -> Path:
    """Folder of the weights in use: the user's own, if some were imported, else those that are shipped.

    The environment variable ``PORTRAIT_STUDIO_MODELS`` overrides it.
    """
    override = overriding_models_dir()
    if override is not None:
        return override
    own = own_models_dir()
    return own if (own / MANIFEST).is_file() else _shipped("models")


def overriding_models_dir() -> Path | None:
    """Folder that the variable ``PORTRAIT_STUDIO_MODELS`` names, whatever was imported; None without it."""
    override = os.environ.get(MODELS_VARIABLE)
    return Path(override) if override else None


def own_models_dir() -> Path:
    """Folder of imported weights; it need not exist."""
    return data_dir() / "models"


def data_dir() -> Path:
    """The user's folder of autosaves and settings; the variable ``PORTRAIT_STUDIO_DATA`` overrides it."""
    override = os.environ.get(DATA_VARIABLE)
    return Path(override) if override else platformdirs.user_data_path("portrait-studio", appauthor=False)


def credentials_files() -> tuple[Path, Path] | None:
    """Certificates and key by which the window signs exports; None where the user has not put them there."""
    folder = data_dir() / "credentials"
    chain, key = folder / "chain.pem", folder / "key.pem"
    return (chain, key) if chain.is_file() and key.is_file() else None


def resources_dir() -> Path:
    """Folder of icons, settings and demo photos."""
    return _shipped("resources")
