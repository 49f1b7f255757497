"""Dataclasses as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Annotated, Final

import pytest

from portrait_studio.json_dataclass import (
    by_name,
    flag,
    listed,
    nested,
    optional,
    read_dataclass,
    text,
    whole,
    write_dataclass,
)


@dataclass(frozen=True)
class Nib:
    """Part of a pen."""

    width: Annotated[int, whole(1, 9)]


@dataclass(frozen=True)
class Pen:
    """Has a field of each kind."""

    name: Annotated[str, text(5)]
    nibs: Annotated[tuple[Nib, ...], listed(nested(Nib), 2)]
    ink: Annotated[str | None, optional(text(5, ("red", "blue")))] = None
    is_full: Annotated[bool, flag().called("full")] = False
    notes: Annotated[dict[str, str] | None, optional(by_name(text(5), 2, 5), is_left_out=True)] = None


FULL: Final = Pen("one", (Nib(2), Nib(9)), "red", True, {"a": "b"})


@pytest.mark.parametrize("pen", [FULL, Pen("two", ())])
def test_what_was_written_is_read(pen: Pen) -> None:
    assert read_dataclass(Pen, json.loads(json.dumps(write_dataclass(pen)))) == pen


def test_none_is_written_or_left_out_as_the_field_says() -> None:
    assert write_dataclass(Pen("two", ())) == {"name": "two", "nibs": [], "ink": None, "full": False}


def test_unknown_entries_are_passed_over_or_refused() -> None:
    entry = {**write_dataclass(FULL), "colour": 3}
    assert read_dataclass(Pen, entry) == FULL
    with pytest.raises(ValueError, match="colour"):
        read_dataclass(Pen, entry, is_closed=True)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "longer"},
        {"name": None},
        {"nibs": [{"width": 1}] * 3},
        {"nibs": [{"width": 10}]},
        {"nibs": [{}]},
        {"nibs": {}},
        {"ink": "green"},
        {"full": 1},
        {"notes": {"a": 3}},
        {"notes": {"a": "", "b": "", "c": ""}},
    ],
)
def test_values_that_are_none_of_their_field_are_refused(change: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_dataclass(Pen, {**write_dataclass(FULL), **change})


def test_what_is_none_of_its_field_may_be_as_if_it_were_missing() -> None:
    entry = {**write_dataclass(FULL), "ink": "green", "full": 1}
    assert read_dataclass(Pen, entry, is_lenient=True) == replace(FULL, ink=None, is_full=False)


def test_what_is_missing_and_has_no_default_is_refused() -> None:
    with pytest.raises(TypeError, match="nibs"):
        read_dataclass(Pen, {"name": "one"})
