"""Tries damaged files of every kind on every reader: `python -m tests.fuzz.run_fuzz --cases 10000`.

A process of its own reads them, in bounds of memory; where it dies, or takes too long over one, the next
process goes on behind that. Tracebacks, hangs over 10 seconds and cases over 2 GB are told, with the number
of the case; `--only NUMBER` tries one again in this process. The bombs of `bombs` come first.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from tests.fuzz import bombs, readers
from tests.fuzz.cases import Cases

MOST_SECONDS: Final = 10
"""Of the processor."""
_MOST_WAITING_S: Final = 300
"""By the clock, on a busy machine, for what waits and does not reckon."""
MOST_BYTES: Final = 2 << 30
_TOLD_EACH: Final = 500
_BOMBS: Final = [("project", make) for make in bombs.PROJECTS.values()] + [
    ("record", make) for make in bombs.RECORDS.values()
]


def main() -> int:
    """Try all cases; returns the exit code: 1 where anything is to be mended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--without-bombs", action="store_true")
    options = parser.parse_args()
    if options.only is not None:
        with tempfile.TemporaryDirectory() as folder:
            readers.prepare(Path(folder))
            case = Cases(options.seed).case(options.only)
            sys.stdout.write(f"{case.kind}: {readers.judge(case.kind, case.write(Path(folder)))}\n")
        return 0
    faults: Counter[str] = Counter()
    began = time.monotonic()
    first = next_number = options.first if options.without_bombs else -len(_BOMBS)
    while next_number < options.cases:
        for number, kind, fault in _session(options.seed, next_number, options.cases):
            next_number = number + 1
            if next_number % _TOLD_EACH == 0:
                sys.stderr.write(f"{next_number} of {options.cases}\n")
            if fault:
                faults[fault.split(":")[0]] += 1
                name = f"bomb {number + len(_BOMBS)}" if number < 0 else f"case {number}"
                sys.stdout.write(f"{name}, a {kind}: {fault}\n")
    sys.stdout.write(
        f"{options.cases - max(0, first)} files and {max(0, -first)} bombs"
        f" in {time.monotonic() - began:.0f} s:"
        f" {faults['traceback']} tracebacks, {faults['hang']} hangs over {MOST_SECONDS} s,"
        f" {faults['memory']} over {MOST_BYTES >> 30} GB, {faults['crash']} crashes\n"
    )
    return 1 if faults else 0


def _session(seed: int, first: int, end: int) -> Iterator[tuple[int, str, str]]:
    """Number, kind and fault of each case of one process, until it ends or must be ended."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(there, seed, first, end))
    process.start()
    there.close()
    number, kind = first, "?"
    try:
        while True:
            number, kind = here.recv()
            if not here.poll(_MOST_WAITING_S):
                yield number, kind, "hang: no answer"
                return
            yield number, kind, here.recv()
    except EOFError:
        process.join()
        if process.exitcode == -signal.SIGXCPU:
            yield number, kind, "hang: far over the time"
        elif process.exitcode != 0:
            yield number, kind, f"crash: the process ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()


def _work(pipe: Connection, seed: int, first: int, end: int) -> None:
    cases = Cases(seed)
    with tempfile.TemporaryDirectory() as folder:
        readers.prepare(Path(folder))
        for number in range(first, end):
            path = Path(folder) / f"case-{number}"
            if number < 0:
                kind, make = _BOMBS[number]
                make(path)
            else:
                case = cases.case(number)
                kind, path = case.kind, case.write(Path(folder))
            pipe.send((number, kind))
            pipe.send(_judged(kind, path))
            path.unlink(missing_ok=True)


def _judged(kind: str, path: Path) -> str:
    """The fault of one file; "" where there is none."""
    began, before = time.process_time(), _resident()
    most = resource.getrlimit(resource.RLIMIT_AS)
    # More than it may have, so that what reserves memory without using it is no fault.
    resource.setrlimit(resource.RLIMIT_AS, (_virtual() + 2 * MOST_BYTES, most[1]))
    resource.setrlimit(resource.RLIMIT_CPU, (int(began) + 3 * MOST_SECONDS, most[1]))
    try:
        readers.judge(kind, path)
    except BaseException:
        return f"traceback: {traceback.format_exc()}"
    finally:
        resource.setrlimit(resource.RLIMIT_AS, most)
    seconds = time.process_time() - began
    if seconds > MOST_SECONDS:
        return f"hang: {seconds:.0f} s"
    used = _peak() - before
    return f"memory: {used >> 20} MB" if used > MOST_BYTES else ""


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(field))


def _resident() -> int:
    # The peak of what came before does not count.
    Path("/proc/self/clear_refs").write_text("5", "utf-8")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _virtual() -> int:
    return _status("VmSize")


if __name__ == "__main__":
    sys.exit(main())
