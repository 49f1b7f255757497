"""Command `report`: the report of a batch as a page to look at, with before and after."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from portrait_studio.cli.options import add_command
from portrait_studio.cli.outputs import check_outputs
from portrait_studio.errors import ExportError, PortraitStudioError
from portrait_studio.number_option import whole_number
from portrait_studio.terminal import say

if TYPE_CHECKING:
    from portrait_studio.cli.batch_report import Line

_SIDE_PX: Final = 260
_USUAL: Final = 200
_MOST: Final = 10_000


def add_report(commands: Any) -> None:
    """Add the command `report`."""
    parser = add_command(
        commands, "report", _report, "show what a batch did, before and after, on one page to look at"
    )
    parser.add_argument("report", metavar="REPORT.json", type=Path, help="that batch has written")
    parser.add_argument("-o", "--output", metavar="PAGE.html", type=Path, required=True, help="file to write")
    parser.add_argument(
        "--most",
        metavar="N",
        type=whole_number("--most", 1, _MOST),
        default=_USUAL,
        help=f"photos that are shown, those first of which something is to be said ({_USUAL})",
    )


def _report(options: argparse.Namespace) -> int:
    from portrait_studio.cli.batch_report import read_report
    from portrait_studio.imaging.atomic import replacing

    if options.output.suffix.lower() not in (".html", ".htm"):
        raise ExportError(f"{options.output.name} must end in .html, since the page is one.")
    check_outputs([options.output], [options.report])
    lines = read_report(options.report)
    check_outputs([options.output], [Path(line.photo) for line in lines])
    with replacing(options.output) as file:
        file.write(_page(options.report, lines, options.most).encode("utf-8"))
    say(f"Wrote {options.output}")
    return 0


def _page(report: Path, lines: list[Line], most: int) -> str:
    from portrait_studio.html_page import page, table, text

    counts = Counter(line.outcome for line in lines)
    seconds = [line.seconds for line in lines if line.outcome == "done"]
    told = f"{len(lines)} photos: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    if seconds:
        told += f"; {sum(seconds) / len(seconds):.1f} s for each that was filled"
    shown = sorted(lines, key=_calmness)[:most]
    parts = [f"<p>{text(told)}.</p>", f'<p class="quiet">{text(report)}</p>']
    if len(shown) < len(lines):
        left = len(lines) - len(shown)
        others = "1 other is" if left == 1 else f"{left} others are"
        parts.append(f"<p>{others} left out here; --most shows more.</p>")
    rows = _rows(shown)
    return page(
        "What the batch did", [*parts, table(("Photo", "Before", "After", "What became of it"), rows)]
    )


def _calmness(line: Line) -> int:
    """What is to be looked at first has the least."""
    return 0 if line.outcome == "failed" else 1 if line.message else 2


def _rows(lines: Iterable[Line]) -> Iterator[list[str]]:
    from portrait_studio.html_page import text

    for line in lines:
        has_result = line.outcome in ("done", "kept")
        said = [line.outcome, f"{line.holes} holes, {line.seconds} s" if line.holes else "", line.message]
        yield [
            text(Path(line.photo).name),
            _shown(line.photo, "before"),
            _shown(line.output, "after") if has_result else "",
            "<br>".join(text(each) for each in said if each),
        ]


def _shown(path: str, description: str) -> str:
    """A small picture of a file; a word where it cannot be read any more."""
    from portrait_studio.html_page import picture, text
    from portrait_studio.imaging.bit_depth import in_8_bits
    from portrait_studio.imaging.reading import read_photo

    try:
        pixels = in_8_bits(read_photo(Path(path)).visible_pixels)
    except (PortraitStudioError, OSError, MemoryError):
        return text("cannot be read")
    return picture(pixels, _SIDE_PX, f"{Path(path).name}, {description}")
