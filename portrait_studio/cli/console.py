"""What the commands share with the terminal: a progress bar, notices, what is said at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from portrait_studio.terminal import complain, printable

if TYPE_CHECKING:
    from portrait_studio.document.export_report import ExportReport
    from portrait_studio.engine.progress import Progress, Stage
    from portrait_studio.engine.request import CompletionResult, Reference

PROGRAM: Final = "portrait-studio"
EXIT_CANCELLED: Final = 130


@contextmanager
def progress_bar(shares: dict[Stage, float] | None = None, label: str = "") -> Iterator[Progress]:
    """A bar on stderr that names the running stage; nothing where stderr is no terminal.

    Args:
        shares: expected relative duration of each stage; None = those of a fill.
        label: of one job among many, whose bar goes when it is done.
    """
    from tqdm import tqdm

    from portrait_studio.engine.progress import Progress

    form = "{desc:<12}{percentage:3.0f}%|{bar}| {elapsed}"
    with tqdm(total=100.0, bar_format=form, disable=None, leave=not label) as bar:

        def listen(stage: Stage | None, share: float) -> None:
            said = "" if stage is None else stage.label
            bar.set_description_str(f"{printable(label)} {said} ".lstrip(), refresh=False)
            bar.update(100.0 * share - bar.n)

        yield Progress(listener=listen, shares=shares)


def write_notices(*notices: str) -> None:
    """Tell the user on stderr."""
    for notice in notices:
        complain(PROGRAM, notice)


def with_loss(told: str, report: ExportReport) -> str:
    """What the program left alone, and what the file's format or a conversion did to it after that."""
    return told if report.format_loss is None else f"{told}; then {report.format_loss.rstrip('.')}"


def summary(result: CompletionResult, output: Path, references: Sequence[Reference] = ()) -> list[str]:
    """What was written, where it ran, how long each stage took, with which weights, and what was borrowed."""
    from portrait_studio.editing.references import borrowed_parts

    seconds = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in result.seconds.items())
    weights = ", ".join(f"{name} {digest[:12]}" for name, digest in result.weights.items())
    holes = len(result.regions)
    return [
        f"Wrote {output}",
        f"{holes} {'hole' if holes == 1 else 'holes'} on {result.device}: {seconds}",
        f"Weights: {weights}",
        *(f"From {name}: {parts}" for name, parts in borrowed_parts(result, references).items()),
    ]
