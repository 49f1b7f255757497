"""The option `--candidates`: several fills of the same holes, each with files of its own."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from portrait_studio.cli.options import MOST_SEED
from portrait_studio.errors import OptionError
from portrait_studio.number_option import whole_number

if TYPE_CHECKING:
    from portrait_studio.output_files import FilesIn

_MOST: Final = 16


@dataclass(frozen=True)
class CandidateFiles:
    """Where one candidate goes.

    Attributes:
        output: file of the result.
        stages: folder of the pictures of its stages; None = not wanted.
        record: file that says how to repeat it; None = not wanted.
        layers: file of original and fill as layers; None = not wanted.
    """

    output: Path
    stages: Path | None
    record: Path | None
    layers: Path | None


def add_candidates(parser: argparse.ArgumentParser) -> None:
    """Add how many different fills are wanted."""
    parser.add_argument(
        "--candidates",
        metavar="N",
        type=whole_number("--candidates", 1, _MOST),
        default=1,
        help="write so many that differ in kind, in the window's order: OUT, OUT-2, OUT-3 and so on (1)",
    )


def targets_of(options: argparse.Namespace) -> list[CandidateFiles]:
    """For each candidate its files; numbers behind the names tell all but the first apart.

    Raises:
        OptionError: the seed leaves too few others, or the layers have another ending.
    """
    if options.seed + options.candidates - 1 > MOST_SEED:
        raise OptionError(f"Each candidate takes the next seed; begin with less than {options.seed}.")
    layers: Path | None = options.layers
    if layers is not None and layers.suffix.lower() != ".ora":
        raise OptionError("--layers writes OpenRaster: give the file the ending .ora.")
    targets = [CandidateFiles(options.output, options.stages, options.record, layers)]
    for number in range(2, options.candidates + 1):
        folder = None if options.stages is None else options.stages / f"candidate-{number}"
        record, raster = (_beside(path, number) for path in (options.record, layers))
        targets.append(CandidateFiles(_numbered(options.output, number), folder, record, raster))
    return targets


def files_of(targets: list[CandidateFiles]) -> list[Path | None]:
    """Results first, then records and layers."""
    return [
        *(one.output for one in targets),
        *(one.record for one in targets),
        *(one.layers for one in targets),
    ]


def stages_of(targets: list[CandidateFiles]) -> list[FilesIn]:
    """The pictures of the stages."""
    from portrait_studio.stage_files import stages_in

    return [stages_in(one.stages) for one in targets if one.stages is not None]


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")


def _beside(path: Path | None, number: int) -> Path | None:
    return None if path is None else _numbered(path, number)
