"""Command `install-desktop`: the entry among the programs, the icon, "Open with", and taking them away again.

Each start of the program is a window of its own with one photo, so that "Open with" for several photos opens
as many windows; the entry says so by %u.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from portrait_studio.cli.console import PROGRAM
from portrait_studio.cli.options import add_command
from portrait_studio.errors import OptionError
from portrait_studio.locations import resources_dir
from portrait_studio.terminal import say

ICON_SIDES: Final = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
"""Pixels, of the folders of the theme hicolor."""
PROJECT_TYPE: Final = "application/x-portrait-studio-project"
_TYPES: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/apng": ".apng",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/heif": ".heif",
    "image/heic": ".heic",
    "image/jxl": ".jxl",
    "image/jp2": ".jp2",
    "image/jpx": ".jpx",
    "image/x-jp2-codestream": ".j2k",
    "image/bmp": ".bmp",
    "image/gif": ".gif",
    "image/x-mpo": ".mpo",
    "image/x-tga": ".tga",
    "image/x-portable-anymap": ".pnm",
    "image/x-portable-bitmap": ".pbm",
    "image/x-portable-graymap": ".pgm",
    "image/x-portable-pixmap": ".ppm",
    "image/x-adobe-dng": ".dng",
    "image/x-canon-cr2": ".cr2",
    "image/x-canon-cr3": ".cr3",
    "image/x-nikon-nef": ".nef",
    "image/x-sony-arw": ".arw",
    "image/x-fuji-raf": ".raf",
    "image/x-olympus-orf": ".orf",
    "image/x-panasonic-rw2": ".rw2",
    "image/x-pentax-pef": ".pef",
}
"""Names that the shared MIME database has for photos, and by which ending we know that we read them."""


def add_install_desktop(commands: Any) -> None:
    """Add the command `install-desktop`."""
    parser = add_command(
        commands,
        "install-desktop",
        _install_desktop,
        "put the program among those of the desktop, with its icon and as one that opens photos (Linux)",
    )
    parser.add_argument("--remove", action="store_true", help="take all of it away again")
    parser.add_argument(
        "--to",
        metavar="SHARE",
        type=Path,
        help="the share folder of a package that is being made; its entry starts the program by its name"
        " (that of the user)",
    )


def _install_desktop(options: argparse.Namespace) -> int:
    from portrait_studio.imaging.atomic import Transaction

    if sys.platform in ("win32", "darwin"):
        raise OptionError("Desktop entries are for Linux; here, choose the program in a photo's Open with.")
    share = options.to or _user_share()
    if options.remove:
        for name in _names():
            (share / name).unlink(missing_ok=True)
        say(f"Removed from {share}")
    else:
        program = PROGRAM if options.to else str(_program())
        with Transaction() as files:
            for name, content in _contents(program).items():
                files.make_folder((share / name).parent)
                with files.replacing(share / name) as file:
                    file.write(content)
        say(
            f"Wrote entry, icons and file types to {share}; {PROGRAM} install-desktop --remove takes them"
            " away."
        )
    if options.to is None:
        _refresh(share)
    return 0


def _user_share() -> Path:
    given = os.environ.get("XDG_DATA_HOME", "")
    # The specification wants a relative one to be passed over.
    return Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"


def _program() -> Path:
    """What starts this program, wherever it was installed to.

    Raises:
        OptionError: it runs from a source folder.
    """
    bundle = os.environ.get("APPIMAGE") or (sys.executable if getattr(sys, "frozen", False) else None)
    if bundle is not None:
        return Path(bundle)
    beside = Path(sys.executable).with_name(PROGRAM)
    found = beside if beside.exists() else shutil.which(PROGRAM)
    if found is None:
        raise OptionError(f"There is no program {PROGRAM} to start; install it with pip first.")
    return Path(found).absolute()


def _names() -> list[Path]:
    """All files, relative to the share folder."""
    return list(_places()) + [_icon_place(side) for side in ICON_SIDES]


def _places() -> dict[Path, Path]:
    """Files that are shipped as they are put in place, or nearly so."""
    desktop, icons = resources_dir() / "desktop", resources_dir() / "icons"
    return {
        Path("applications/portrait-studio.desktop"): desktop / "portrait-studio.desktop",
        Path("mime/packages/portrait-studio.xml"): desktop / "portrait-studio.xml",
        Path("icons/hicolor/scalable/apps/portrait-studio.svg"): icons / "portrait-studio.svg",
        **{Path("metainfo") / path.name: path for path in desktop.glob("*.metainfo.xml")},
    }


def _icon_place(side: int) -> Path:
    return Path(f"icons/hicolor/{side}x{side}/apps/portrait-studio.png")


def _contents(program: str) -> Mapping[Path, bytes]:
    """What all files hold, by where they go.

    Args:
        program: path or name of what the entry starts.
    """
    from portrait_studio.gui.app_icon import icon_png

    said = {"@PROGRAM@": _quoted(program), "@TRY@": _escaped(program), "@TYPES@": ";".join((*_types(), ""))}
    found = {place: path.read_bytes() for place, path in _places().items()}
    for place in found:
        if place.suffix == ".desktop":
            text = found[place].decode("utf-8")
            for field, value in said.items():
                text = text.replace(field, value)
            found[place] = text.encode("utf-8", "surrogateescape")
    return {**found, **{_icon_place(side): icon_png(side) for side in ICON_SIDES}}


def _types() -> list[str]:
    """The types of all files that the window opens."""
    from portrait_studio.imaging.reading import SUFFIXES_READ

    photos = [name for name, ending in _TYPES.items() if ending in SUFFIXES_READ]
    return [*photos, PROJECT_TYPE]


def _escaped(value: str) -> str:
    """A value of a desktop entry."""
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _quoted(program: str) -> str:
    """A program in the line Exec of a desktop entry."""
    for character in '\\"`$':
        program = program.replace(character, f"\\{character}")
    return _escaped(f'"{program}"'.replace("%", "%%"))


def _refresh(share: Path) -> None:
    """Tell the desktop at once; without these programs it looks for itself later."""
    for command in (
        ["update-desktop-database", "-q", str(share / "applications")],
        ["update-mime-database", str(share / "mime")],
    ):
        if shutil.which(command[0]) and Path(command[-1]).is_dir():
            subprocess.run(command, check=False, capture_output=True)
    theme = share / "icons" / "hicolor"
    if theme.is_dir():
        # Desktops read it anew when it has changed.
        os.utime(theme)
