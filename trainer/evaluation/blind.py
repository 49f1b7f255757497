"""Two methods' fills of the same holes in random order, for eyes that do not know whose is which."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portrait_studio.engine.interface import Engine
from portrait_studio.engine.network_store import NetworkStore
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.errors import ExportError
from portrait_studio.output_files import FilesIn
from trainer.evaluation.blind_answers import ANSWERS_FILE, LEFT, RIGHT, BlindAnswers, BlindPair, write_answers
from trainer.evaluation.evaluate import cases_of
from trainer.evaluation.methods import DEFAULT, Bench, Fill, MeasuredMethod, make_methods
from trainer.evaluation.options import EvaluateOptions
from trainer.evaluation.pages import Image, captioned_row, pages_of, with_hole, write_pages
from trainer.protocols.case import Case

_CONTEXT_PX: Final = 64
"""How much of the photo is shown on each side of the hole."""

_TALLEST_PAGE_PX: Final = 1400
_SHEETS: Final = re.compile(r"blind-\d+\.png")


@dataclass(frozen=True)
class Contest:
    """Who stands against whom.

    Attributes:
        ours: name of the method that is judged.
        rival: name of the method that it stands against.
        seed: of the order of sides; None = another one each time.
    """

    ours: str = DEFAULT
    rival: str = "patchmatch"
    seed: int | None = None


def write_blind_sheets(
    options: EvaluateOptions,
    contest: Contest,
    networks: NetworkStore,
    folder: Path,
    make_engine: Callable[[NetworkStore], Engine] = Pipeline,
) -> list[Path]:
    """Fill all cases by both methods, and write numbered pairs and, apart from them, whose is which.

    Args:
        options: which cases; `limit` is the number of pairs.
        contest: the methods.
        networks: the networks of our methods.
        folder: gets `blind-00.png` and so on, and the answers.
        make_engine: the engine over given networks.

    Returns:
        The sheets.

    Raises:
        OptionError: the options do not say which cases, or a method is unknown or cannot run here.
        DataSetError: cases or packs are missing or damaged.
        WeightsError: a network is missing or damaged.
        ExportError: the folder holds blind sheets already, or cannot be written.
    """
    if (folder / ANSWERS_FILE).exists() or any(_SHEETS.fullmatch(path.name) for path in _within(folder)):
        raise ExportError(f"{folder} holds blind sheets already; choose another folder, or empty it.")
    cases, protocol, data = cases_of(options)
    bench = Bench(networks, make_engine, options.hardware)
    found = {one.name: one for one in make_methods((contest.ours, contest.rival), bench, true_maps=False)}
    rng = np.random.default_rng(contest.seed)
    rows, pairs, weights = _pairs(cases, found[contest.ours], found[contest.rival], rng)
    sheets = write_pages(pages_of(rows, _TALLEST_PAGE_PX), folder, "blind")
    answers = BlindAnswers(protocol, data, contest.ours, contest.rival, weights, tuple(pairs))
    write_answers(answers, folder)
    return sheets


def blind_files_in(folder: Path) -> FilesIn:
    """What `write_blind_sheets` may write there."""
    return FilesIn(folder, re.compile(rf"{_SHEETS.pattern}|{re.escape(ANSWERS_FILE)}"))


def _within(folder: Path) -> Iterable[Path]:
    return folder.iterdir() if folder.is_dir() else ()


def _pairs(
    cases: Iterable[Case], ours: MeasuredMethod, rival: MeasuredMethod, rng: np.random.Generator
) -> tuple[list[Image], list[BlindPair], dict[str, str]]:
    """A row of pictures and an answer for each case, and the weights' checksums; names cases on stderr."""
    rows, pairs, weights = [], [], dict[str, str]()
    for number, case in enumerate(cases, 1):
        fills = ours.fill(case), rival.fill(case)
        side = (LEFT, RIGHT)[int(rng.integers(2))]
        rows.append(_row(number, case, fills if side == LEFT else (fills[1], fills[0])))
        pairs.append(BlindPair(number, case.name, case.kind, side))
        weights |= fills[0].weights
        sys.stderr.write(f"pair {number}: {case.name}\n")
    return rows, pairs, weights


def _row(number: int, case: Case, fills: tuple[Fill, Fill]) -> Image:
    """The damaged picture and both fills around the hole, a pixel for a pixel."""
    near = _near(case.mask)
    damaged = with_hole(case.image, case.mask)[near]
    left, right = (fill.pixels[near] for fill in fills)
    return captioned_row([(f"{number}", damaged), (f"{number} {LEFT}", left), (f"{number} {RIGHT}", right)])


def _near(mask: NDArray[np.uint8]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    down, across = (
        slice(max(0, int(line[0]) - _CONTEXT_PX), int(line[-1]) + 1 + _CONTEXT_PX) for line in (rows, columns)
    )
    return down, across
