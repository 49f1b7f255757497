"""Reads recipes from TOML files and run states; unknown keys and wrong types are errors.

A file that says `like = "NAME"` takes from that recipe what it does not say itself.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
import typing
from pathlib import Path
from typing import Any

from portrait_studio.errors import FileError, MissingFileError, OptionError
from portrait_studio.ordinary_file import read_file
from trainer.recipes.config import Recipe

RECIPES = Path(__file__).parent
_MOST_BYTES = 1 << 20


def recipe_names() -> list[str]:
    """Names of the recipes that come with the program."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def load_recipe(name: str) -> Recipe:
    """Read a recipe by its name, or from a TOML file of the user's.

    Raises:
        OptionError: there is no such recipe, or it lacks a key, or holds an unknown one or a wrong value.
    """
    path, values = _read(name)
    chain = [name]
    while "like" in values:
        model = _convert(str, values.pop("like"), f"{path.stem}.like")
        if model in chain:
            raise OptionError(f"The recipe {path} is like itself: {' -> '.join([*chain, model])}.")
        chain.append(model)
        values = _over(_read(model)[1], values)
    return typing.cast(Recipe, _build(Recipe, values, path.stem))


def recipe_from_dict(values: dict[str, Any]) -> Recipe:
    """Inverse of ``dataclasses.asdict``.

    Raises:
        OptionError: the values are not those of a recipe of this version.
    """
    return typing.cast(Recipe, _build(Recipe, values, str(values.get("name", "recipe"))))


def _read(name: str) -> tuple[Path, dict[str, Any]]:
    """A recipe's file and what stands in it."""
    path = Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"
    try:
        return path, tomllib.loads(read_file(path, _MOST_BYTES).decode("utf-8"))
    except MissingFileError:
        raise OptionError(
            f"There is no recipe {name!r}; choose one of: {', '.join(recipe_names())}."
        ) from None
    except (FileError, ValueError, RecursionError) as error:
        raise OptionError(f"The recipe {path} cannot be read: {str(error).rstrip('.')}.") from None


def _over(base: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """What one recipe says, over what another one does: by key, in sections key by key."""
    merged = base | values
    for key, section in values.items():
        if isinstance(section, dict) and isinstance(base.get(key), dict):
            merged[key] = base[key] | section
    return merged


def _build(kind: type[Any], values: dict[str, Any], where: str) -> Any:
    hints = typing.get_type_hints(kind)
    known = {entry.name for entry in dataclasses.fields(kind)}
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key, sorted(known), 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it knows: {', '.join(sorted(known))}."
            raise OptionError(f"{where}: unknown key {key!r}{hint}")
    required = [entry.name for entry in dataclasses.fields(kind) if _is_required(entry)]
    missing = [name for name in required if name not in values]
    if missing:
        raise OptionError(f"{where}: the key {missing[0]!r} is missing; add it.")
    return kind(**{key: _convert(hints[key], value, f"{where}.{key}") for key, value in values.items()})


def _is_required(entry: dataclasses.Field[Any]) -> bool:
    return entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING


def _convert(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        return _build(typing.cast(type[Any], hint), value, where)
    origin = typing.get_origin(hint)
    if origin is dict and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        return {
            key: entry if inner is Any else _convert(inner, entry, f"{where}.{key}")
            for key, entry in value.items()
        }
    wanted: type[Any] = origin or hint
    if wanted is tuple and isinstance(value, list):
        return tuple(value)
    if wanted is float and type(value) is int:
        return float(value)
    # True is an int to Python, but no number to people.
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise OptionError(f"{where}: {value!r} is not of type {wanted.__name__}.")
    return value
