"""ZIP files that somebody else may have written: nothing is unpacked that is larger than it may be."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final, Self

from portrait_studio.ordinary_file import open_file

_MOST_DIRECTORY_BYTES: Final = 8 << 20
"""Some 100,000 members; each takes Python half a kilobyte and ten microseconds."""
_ENCRYPTED: Final = 1
_WAYS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Archive:
    """A ZIP file that is open for reading; used as a context manager."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        """Open it and read its directory.

        Raises:
            FileError: it is missing, unreadable, too large, or no ordinary file.
            zipfile.BadZipFile, ValueError: it is no ZIP file, or one of too many members.
        """
        self._file = _Guarded(open_file(path, most_bytes).detach())
        try:
            self._zip = zipfile.ZipFile(self._file)
        except BaseException:
            self._file.close()
            raise
        self._file.is_guarded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()
        self._file.close()

    def read(self, name: str, most_bytes: int) -> bytes:
        """Unpack a member.

        Args:
            name: of the member.
            most_bytes: more are refused before any of them is unpacked.

        Raises:
            KeyError: there is no such member.
            ValueError: it is too large, or not as large as it says.
            NotImplementedError: it is encrypted or packed in another way than by deflate.
            zipfile.BadZipFile, zlib.error, EOFError: it is damaged.
        """
        found = self._zip.getinfo(name)
        if found.file_size > most_bytes:
            raise ValueError(f"{name} is too large")
        # Others are unpacked as far as they go, whatever the directory says of their size.
        if found.compress_type not in _WAYS or found.flag_bits & _ENCRYPTED:
            raise NotImplementedError(f"{name} is packed in another way")
        with self._zip.open(found) as member:
            # Asked for more than there is, it would unpack all that follows at once.
            data = member.read(found.file_size)
        if len(data) != found.file_size:
            raise ValueError(f"{name} is cut off")
        return data


class _Guarded(io.BufferedReader):
    """A file that does not hand out a directory of millions of members."""

    is_guarded = True

    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_guarded and size is not None and size > _MOST_DIRECTORY_BYTES:
            raise ValueError("a directory of too many members")
        return super().read(size)
