"""Dataclasses as JSON objects: the annotation of each field says how its value is written and judged.

    @dataclass(frozen=True)
    class Pen:
        width: Annotated[int, whole(1, 100)]
        name: Annotated[str | None, optional(text(20))] = None

`read_dataclass(Pen, {"width": 3})` gives `Pen(3)`, and `write_dataclass` the object again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, TypeVar, get_type_hints

from portrait_studio.json_text import as_bool, as_int, as_list, as_object, as_text

T = TypeVar("T")


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, eq=False)
class Codec:
    """How a value stands in JSON.

    Attributes:
        read: makes it of what was parsed; raises KeyError, TypeError or ValueError where that is none.
        write: makes of it what `json` can write.
        is_left_out: whether None is not written at all.
        key: of the entry; None = the name of the field.
    """

    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = _same
    is_left_out: bool = False
    key: str | None = None

    def called(self, key: str) -> Codec:
        """The same for an entry that is not called as the field."""
        return replace(self, key=key)


def text(most: int, choices: Collection[str] | None = None) -> Codec:
    """A text of at most so many letters, perhaps one of few."""
    return Codec(lambda value: as_text(value, most, choices))


def whole(least: int, most: int) -> Codec:
    """A whole number in [least, most]."""
    return Codec(lambda value: as_int(value, least, most))


def flag() -> Codec:
    """True or false."""
    return Codec(as_bool)


def optional(codec: Codec, *, is_left_out: bool = False) -> Codec:
    """None, or a value.

    Args:
        codec: of the value.
        is_left_out: whether None is not written at all.
    """
    return Codec(
        lambda value: None if value is None else codec.read(value),
        lambda value: None if value is None else codec.write(value),
        is_left_out,
    )


def listed(codec: Codec, most: int) -> Codec:
    """A tuple of values.

    Args:
        codec: of each value.
        most: how many there may be.
    """
    return Codec(
        lambda value: tuple(codec.read(each) for each in as_list(value, most)),
        lambda value: [codec.write(each) for each in value],
    )


def by_name(codec: Codec, most: int, most_letters: int) -> Codec:
    """An object of values that have names.

    Args:
        codec: of each value.
        most: how many there may be.
        most_letters: of each name.
    """

    def read(value: Any) -> dict[str, Any]:
        found = as_object(value)
        as_list(list(found), most)
        return {as_text(name, most_letters): codec.read(each) for name, each in found.items()}

    return Codec(read, lambda value: {name: codec.write(each) for name, each in value.items()})


def nested(cls: type[Any]) -> Codec:
    """Another dataclass of such fields."""
    return Codec(lambda value: read_dataclass(cls, value), write_dataclass)


def read_dataclass(cls: type[T], entry: object, *, is_closed: bool = False, is_lenient: bool = False) -> T:
    """Make a dataclass of an object that was parsed; what that lacks is as the class says.

    Args:
        cls: each of its fields is annotated by a `Codec`.
        entry: the object.
        is_closed: whether entries that the class does not know are refused; else they are passed over.
        is_lenient: whether values that are none of their field are passed over as if they were missing.

    Raises:
        KeyError, TypeError, ValueError: a value is missing, unknown, or none of its field.
    """
    found, codecs = as_object(entry), _codecs(cls)  # type: ignore[arg-type]
    unknown = found.keys() - {key for key, _ in codecs.values()}
    if is_closed and unknown:
        raise ValueError(f"unknown entries {sorted(unknown)}")
    values = {}
    for name, (key, codec) in codecs.items():
        with suppress(*((ValueError,) if is_lenient else ())):
            if key in found:
                values[name] = codec.read(found[key])
    return cls(**values)


def write_dataclass(value: Any) -> dict[str, Any]:
    """The object that `read_dataclass` reads.

    Args:
        value: a dataclass each field of which is annotated by a `Codec`.
    """
    codecs = _codecs(type(value))  # type: ignore[arg-type]
    return {
        key: codec.write(getattr(value, name))
        for name, (key, codec) in codecs.items()
        if not (codec.is_left_out and getattr(value, name) is None)
    }


@cache
def _codecs(cls: type[Any]) -> Mapping[str, tuple[str, Codec]]:
    """For each field, in their order, the key of its entry, and how it is written and judged."""
    hints = get_type_hints(cls, include_extras=True)
    found: dict[str, Codec] = {each.name: hints[each.name].__metadata__[0] for each in fields(cls)}
    return {name: (codec.key or name, codec) for name, codec in found.items()}
