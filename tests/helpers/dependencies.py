"""The README's table of dependencies: `python -m tests.helpers.dependencies [--write]`.

Sizes are those of the files that each package has installed in the environment of this Python, licences what
the packages say of themselves; `--write` puts the table into the README.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

README: Final = Path(__file__).resolve().parents[2] / "README.md"
BEGIN: Final = "| package | what for | before it | licence | MB |"
_MEGABYTE: Final = 1e6
_UNLABELLED: Final = {"qtpy": "MIT", "jinja2": "BSD-3-Clause"}
_FIRST: Final = "there from the first commit"
PURPOSES: Final = {
    "PySide6_Essentials": ("the window", "PySide6 with all its addons"),
    "torch": ("the networks", _FIRST),
    "numpy": ("pixels, masks, maps", _FIRST),
    "opencv-python-headless": (
        "resizing, warping, contours, features",
        "opencv-python, with a Qt of its own",
    ),
    "pillow": ("JPEG, WebP, GIF and others, ICC profiles", _FIRST),
    "tifffile": ("TIFF of every layout", "Pillow, which cuts deep files down"),
    "imagecodecs": ("TIFF's compressions; JPEG, JPEG 2000, PNG and AVIF of more than 8 bits", "Pillow"),
    "pi-heif": ("HEIC photos of phones; a decoder only", "the extra pillow-heif"),
    "rawpy": ("camera raw photos", "they were refused"),
    "qtawesome": ("icons of the buttons", _FIRST),
    "safetensors": ("weights, read without running what they hold", _FIRST),
    "scipy": ("sparse systems of the smooth fill and of shift maps", _FIRST),
    "numba": ("inner loops of the texture stage, compiled", "tables of torch, as graphics cards still use"),
    "platformdirs": ("where settings go on each system", _FIRST),
    "tqdm": ("progress on the command line", _FIRST),
}
"""What each package is for, and what was there before it, as the history tells."""


@dataclass(frozen=True)
class Installed:
    """A package that is installed.

    Attributes:
        name: as its authors write it.
        licence: SPDX expression, or what it calls it.
        size_mb: of its files.
        needs: names of those that it needs here, in small letters.
    """

    name: str
    licence: str
    size_mb: float
    needs: tuple[str, ...]


def installed(name: str) -> Installed | None:
    """What is known of a package; None where it is not installed."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    paths = [Path(str(found.locate_file(file))) for file in found.files or ()]
    size = sum(path.stat().st_size for path in paths if path.is_file())
    needs = [text for text in found.requires or () if "extra ==" not in text and "extra==" not in text]
    plain = tuple(re.split(r"[^\w.-]", text, maxsplit=1)[0].lower() for text in needs)
    return Installed(found.metadata["Name"], licence_of(found.metadata), size / _MEGABYTE, plain)


def licence_of(about: metadata.PackageMetadata) -> str:
    """SPDX expression, else the classifiers, else the first line of the free text."""
    if "License-Expression" in about:
        return str(about["License-Expression"])
    classified = [
        text.rpartition(" :: ")[2]
        for text in about.get_all("Classifier") or ()
        if text.startswith("License ::")
    ]
    told = ", ".join(classified) or str((about.get_all("License") or [""])[0]).strip().partition("\n")[0]
    return told or _UNLABELLED.get(about["Name"].lower(), "")


def brought_along(names: list[str]) -> dict[str, Installed]:
    """The packages and all that they need, directly or not, by name in small letters."""
    found: dict[str, Installed] = {}
    waiting = [name.lower() for name in names]
    while waiting:
        name = waiting.pop()
        one = None if name in found else installed(name)
        if one is not None:
            found[name] = one
            waiting += one.needs
    return found


def table() -> str:
    """The table in Markdown, the largest first, and what these packages bring along."""
    all_of_them = brought_along(list(PURPOSES))
    rows = [(all_of_them[name.lower()], why) for name, why in PURPOSES.items() if name.lower() in all_of_them]
    rows.sort(key=lambda row: -row[0].size_mb)
    own = {one.name for one, _ in rows}
    others = sorted(
        (one for one in all_of_them.values() if one.name not in own), key=lambda one: -one.size_mb
    )
    lines = [BEGIN, "|---|---|---|---|---|"]
    lines += [
        f"| {one.name} {_version(one)} | {why[0]} | {why[1]} | {one.licence} | {_megabytes(one.size_mb)} |"
        for one, why in rows
    ]
    told = ", ".join(f"{one.name} ({one.licence})" for one in others)
    lines.append(
        f"| {len(others)} more | needed by these: {told} | | | {sum(one.size_mb for one in others):.0f} |"
    )
    total = sum(one.size_mb for one in all_of_them.values())
    lines.append(f"| all, with torch {_version(all_of_them['torch'])} | | | | {total:.0f} |")
    return "\n".join(lines)


def _megabytes(size_mb: float) -> str:
    return f"{size_mb:.0f}" if size_mb >= 1 else f"{size_mb:.1f}"


def _version(one: Installed) -> str:
    return metadata.version(one.name)


def main() -> None:
    """Print the table, or put it into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="into the README")
    made = table()
    if parser.parse_args().write:
        said = README.read_text("utf-8")
        begin = said.index(BEGIN)
        end = said.index("\n\n", begin)
        README.write_text(said[:begin] + made + said[end:], "utf-8")
    else:
        sys.stdout.write(made + "\n")


if __name__ == "__main__":
    main()
