"""Giving back what the C library holds."""

from __future__ import annotations

import ctypes
import sys

import pytest

from portrait_studio.engine import memory


class Library:
    """Counts how often memory is given back."""

    def __init__(self, held: int | None) -> None:
        self.trimmed = 0
        if held is not None:
            self.mallinfo2 = lambda: memory._Held(fordblks=held)

    def malloc_trim(self, _pad: int) -> None:
        self.trimmed += 1


@pytest.mark.parametrize(("held", "times"), [(0, 0), (100 << 20, 0), (1 << 30, 1), (None, 1)])
def test_little_is_kept_and_much_is_given_back(
    held: int | None, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(held)
    monkeypatch.setattr(memory, "_gnu_library", lambda: library)
    memory.give_back_memory()
    assert library.trimmed == times


def test_other_systems_need_no_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_gnu_library", lambda: None)
    memory.give_back_memory()


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="needs the GNU C library"
)
def test_what_the_library_says_is_read_right() -> None:
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    # Small enough to come from the heap; the last one stays in use, so that nothing shrinks by itself.
    blocks = [library.malloc(ctypes.c_size_t(100_000)) for _ in range(300)]
    before = memory.held_bytes(library)
    for block in blocks[:-1]:
        library.free(block)
    after = memory.held_bytes(library)
    library.free(blocks[-1])
    assert after - before == pytest.approx(29_900_000, rel=0.2)
