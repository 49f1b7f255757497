"""The photo that the window shows at once: a file name, or a file: URL as file managers give it."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit
from urllib.request import url2pathname

from portrait_studio.errors import OptionError

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""A drive of Windows has one letter."""


def photo_to_open(arguments: list[str], commands: Iterable[str]) -> Path | None:
    """The file that the command line names.

    Args:
        arguments: of the program, no command among them.
        commands: what may have been meant by a word that is no file.

    Returns:
        An absolute path; None where nothing is named.

    Raises:
        OptionError: there is no such file, it is on another machine, or there are several.
    """
    if not arguments:
        return None
    named = arguments[0]
    # What is there can have a name with which the system answers by an error, such as a very long one, or one
    # that begins like a URL.
    is_there = os.path.exists(named)  # noqa: PTH110
    path = Path(named) if is_there or not _URL.match(named) else _path_of(named)
    if not is_there and not os.path.exists(path):  # noqa: PTH110
        close = difflib.get_close_matches(named, commands, 1)
        hint = f"did you mean {close[0]}?" if close else "check the name and the folder."
        raise OptionError(f"There is no photo and no command {named}; {hint}")
    if len(arguments) > 1:
        raise OptionError(f"The window opens one photo at a time; leave out {arguments[1]}.")
    # The window proposes folders by it, and is in none.
    return path.parent.resolve() / path.name


def _path_of(url: str) -> Path:
    """The file that a URL names."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "file" or parts.netloc.lower() not in ("", "localhost"):
        raise OptionError(f"{url} is not on this machine; save it to a file first, and open that.")
    if sys.platform == "win32":
        return Path(url2pathname(parts.path))
    # The bytes of a name may be no text.
    return Path(os.fsdecode(unquote_to_bytes(parts.path)))
