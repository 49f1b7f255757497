"""JSON that somebody else may have written: taken apart within bounds, and judged value by value.

All raise ValueError for what is not as the caller expects; the caller says in a sentence what that means.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import Any, Final

_MOST_CONTAINERS: Final = 1_500_000
"""Lists and objects; each takes up to 200 bytes of memory where it takes two in the file."""
_MOST_VALUES: Final = 8_000_000
_MOST_DIGITS: Final = 20


def parse_json(data: bytes, *, is_strict: bool = True) -> Any:
    """Take JSON apart.

    Args:
        data: UTF-8, perhaps with a byte order mark.
        is_strict: whether infinity, "not a number" (Python writes both, JSON knows neither) and numbers of
            too many digits are refused; else they become such a float, to be judged value by value.

    Raises:
        ValueError: it is no JSON, nested too deeply, of too many values, or has a number beyond all use.
    """
    if data.count(b"[") + data.count(b"{") > _MOST_CONTAINERS or data.count(b",") > _MOST_VALUES:
        raise ValueError("too many values")
    real, whole = (_finite, _whole) if is_strict else (float, _whole_or_infinity)
    try:
        return json.loads(data.decode("utf-8-sig"), parse_int=whole, parse_float=real, parse_constant=real)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def parse_object(data: bytes, *, is_strict: bool = True) -> dict[str, Any]:
    """The same of what must be an object. Raises: ValueError: as above, or it is something else."""
    return as_object(parse_json(data, is_strict=is_strict))


def _whole(digits: str) -> int:
    # Longer ones make Python's own arithmetic slow, and fit no type of numpy's.
    if len(digits) > _MOST_DIGITS:
        raise ValueError("a number of too many digits")
    return int(digits)


def _whole_or_infinity(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:_MOST_DIGITS]} is no number to reckon with")
    return value


def as_object(value: object) -> dict[str, Any]:
    """An object. Raises: ValueError: it is something else."""
    if not isinstance(value, dict):
        raise ValueError(f"{type(value).__name__} in the place of an object")
    return value


def as_list(value: object, most: int) -> list[Any]:
    """A list of at most so many. Raises: ValueError: it is something else, or longer."""
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"{type(value).__name__} in the place of a list of at most {most}")
    return value


def as_int(value: object, least: int, most: int) -> int:
    """A whole number in [least, most]. Raises: ValueError: it is something else."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"no whole number from {least} to {most}")
    return value


def as_float(value: object, least: float, most: float) -> float:
    """A number in [least, most]. Raises: ValueError: it is something else."""
    if type(value) not in (int, float) or not least <= value <= most:  # type: ignore[operator]
        raise ValueError(f"no number from {least} to {most}")
    return float(value)  # type: ignore[arg-type]


def as_bool(value: object) -> bool:
    """True or false. Raises: ValueError: it is something else."""
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def as_text(value: object, most: int, choices: Collection[str] | None = None) -> str:
    """A text of at most so many letters, which a file and a window can hold.

    Raises:
        ValueError: it is something else, longer, not among the choices, or not to be encoded.
    """
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise ValueError(f"no text of at most {most} letters")
    if choices is not None and value not in choices:
        raise ValueError(f"none of {', '.join(choices)}")
    # Names of files may hold bytes that are no UTF-8, which Python keeps as halves of surrogate pairs.
    value.encode("utf-8", "surrogateescape")
    return value
