"""Inner loops for processors, compiled by Numba (Lam et al. 2015), and run in as many threads as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import numba

_F = TypeVar("_F", bound=Callable[..., object])


def compiled(function: _F, fastmath: frozenset[str] = frozenset()) -> _F:
    """The same function, compiled when it is first called and kept beside its source file.

    Args:
        function: plain loops over arrays and numbers.
        fastmath: LLVM's flags for what may be reckoned otherwise; none = rounded like the same written with
            arrays.
    """
    flags = set(fastmath) or False
    return cast(_F, numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=flags)(function))


def run_spans(
    kernel: Callable[..., None], spans: Iterable[tuple[int, int]], threads: int, *values: object
) -> None:
    """Run `kernel(begin, end, *values)` for each span, in so many threads."""
    if threads <= 1:
        for span in spans:
            kernel(*span, *values)
        return
    with ThreadPoolExecutor(threads) as pool:
        runs = [pool.submit(kernel, *span, *values) for span in spans]
    for run in runs:
        run.result()
