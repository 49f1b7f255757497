"""Tables as plain text and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows with what stands above and below.

    Attributes:
        title: stands above; empty = nothing.
        rows: the first is the heading, the first cell of each is its name; empty = lines only.
        notes: sentences below.
    """

    title: str
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = field(default=())

    def text(self) -> str:
        """Plain text with aligned columns."""
        rows = [_aligned(self.rows)] if self.rows else []
        return "\n".join([*self._heading(), *rows, *self.notes])

    def markdown(self) -> str:
        """The same in Markdown."""
        rows = [_piped(self.rows)] if self.rows else []
        return "\n\n".join([*(f"**{line}**" for line in self._heading()), *rows, *self.notes])

    def _heading(self) -> list[str]:
        return [self.title] if self.title else []


def cell(value: float | None, form: str) -> str:
    """A figure as text; a dash when it was not measured."""
    return "-" if value is None else form.format(value)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [value.rjust(width) for value, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())
    return "\n".join(lines)


def _piped(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---|" + "---:|" * (len(rows[0]) - 1))
    return "\n".join(lines)
