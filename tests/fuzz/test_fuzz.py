"""Some thousand damaged files: each is read, or refused in a sentence; `run_fuzz` tries more."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path
from types import FrameType

import pytest

from tests.fuzz import readers
from tests.fuzz.cases import SHARES, Cases
from tests.fuzz.samples import samples

MOST_SECONDS = 10
CHUNKS, CASES_EACH = 10, 300


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("it took too long")


@pytest.fixture(scope="module")
def cases() -> Cases:
    return Cases(seed=1)


def test_sound_files_of_every_kind_are_read(tmp_path: Path) -> None:
    readers.prepare(tmp_path)
    for kind, found in samples().items():
        for data in found:
            path = tmp_path / "file"
            path.write_bytes(data)
            assert readers.judge(kind, path) == "", kind
    assert samples().keys() == SHARES.keys() == readers.READERS.keys()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_damaged_files_are_read_or_refused_in_a_sentence(tmp_path: Path, cases: Cases, chunk: int) -> None:
    readers.prepare(tmp_path)
    refused: Counter[str] = Counter()
    signal.signal(signal.SIGALRM, _stop)
    for number in range(chunk * CASES_EACH, (chunk + 1) * CASES_EACH):
        case = cases.case(number)
        path = case.write(tmp_path)
        began = time.process_time()
        signal.alarm(6 * MOST_SECONDS)  # of a busy machine's wall clock
        try:
            sentence = readers.judge(case.kind, path)
        except Exception as error:
            raise AssertionError(f"case {number}, a {case.kind}: {error!r}") from error
        finally:
            signal.alarm(0)
        assert time.process_time() - began < MOST_SECONDS, f"case {number}, a {case.kind}"
        refused[case.kind] += bool(sentence)
        path.unlink(missing_ok=True)
    assert sum(refused.values()) > CASES_EACH // 4
