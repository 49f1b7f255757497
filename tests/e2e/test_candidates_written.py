"""Several fills by the command line: the first one as without, then others, each with its record."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from portrait_studio.document.masked_image import MaskedImage
from portrait_studio.editing.fills import FillWishes
from portrait_studio.editing.several_fills import several_fills
from portrait_studio.engine.fill_variants import CandidateKind
from portrait_studio.engine.progress import Progress
from portrait_studio.engine.request import CompletionRequest, CompletionResult
from tests.e2e.test_cli import pixels_of, run
from tests.helpers.fake_engine import FakeEngine


@contextmanager
def unseen() -> Iterator[Progress]:
    yield Progress()


def masked() -> MaskedImage:
    mask = np.zeros((60, 50), np.uint8)
    mask[20:30, 20:30] = 255
    return MaskedImage.of(np.full((60, 50, 3), 90, np.uint8), mask, None)


def is_layered(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return archive.read("mimetype") == b"image/openraster"


def test_layers_have_their_own_ending(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--mask", mask, "-o", tmp_path / "o.png", "--layers", tmp_path / "a.psd")
    assert run("remove", photo, *arguments) == 2
    assert "give the file the ending .ora" in capsys.readouterr().err
    assert not (tmp_path / "o.png").exists()


def test_candidates_are_written_with_their_records(
    models: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, record = tmp_path / "out.png", tmp_path / "record.json"
    layered = ("--layers", tmp_path / "a.ora")
    arguments = ("--mask", mask, "--device", "cpu", "--intent", "body")
    assert run("remove", photo, *arguments, "-o", out, "--candidates", 3, "--record", record, *layered) == 0
    assert [is_layered(tmp_path / f"a{number}.ora") for number in ("", "-2", "-3")] == [True] * 3
    told = capsys.readouterr().out
    assert "Candidate 1: network and patches" in told
    assert "Candidate 3: " in told
    names = [out, tmp_path / "out-2.png", tmp_path / "out-3.png"]
    pictures = [pixels_of(name) for name in names]
    assert not any(np.array_equal(pictures[0], other) for other in pictures[1:])
    alone = tmp_path / "alone.png"
    assert run("remove", photo, *arguments, "-o", alone) == 0
    assert np.array_equal(pixels_of(alone), pictures[0])
    again = tmp_path / "again.png"
    assert run("replay", tmp_path / "record-2.json", photo, "-o", again) == 0
    assert np.array_equal(pixels_of(again), pictures[1])


def test_the_order_is_that_of_the_ways_and_structures_come_last() -> None:
    engine = FakeEngine()
    made = several_fills(engine, masked(), FillWishes(), unseen)
    kinds = [next(made).variant.kind for _ in range(9)]
    assert kinds[0] is CandidateKind.BOTH
    assert CandidateKind.STRUCTURE in kinds
    assert set(kinds[kinds.index(CandidateKind.STRUCTURE) :]) == {CandidateKind.STRUCTURE}


def test_it_ends_where_nothing_looks_different() -> None:
    class Stubborn(FakeEngine):
        def complete(self, request: CompletionRequest, progress: Progress) -> CompletionResult:
            same = replace(request, options=replace(request.options, seed=0))
            return super().complete(same, progress)

    made = several_fills(Stubborn(is_stubborn=True), masked(), FillWishes(), unseen)
    assert len(list(made)) == 1
