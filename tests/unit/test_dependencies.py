"""The README's table of dependencies is that of pyproject.toml, and nothing of it is under the GPL alone."""

import re
import tomllib

import pytest

from tests.helpers.dependencies import BEGIN, PURPOSES, README, brought_along

PROJECT = tomllib.loads((README.parent / "pyproject.toml").read_text("utf-8"))["project"]


def wanted() -> set[str]:
    return {re.split(r"[^\w.-]", text, maxsplit=1)[0] for text in PROJECT["dependencies"]}


def test_each_dependency_is_accounted_for() -> None:
    assert set(PURPOSES) == wanted()
    rows = README.read_text("utf-8").partition(BEGIN)[2].partition("\n\n")[0].splitlines()[2:]
    named = {row.split("|")[1].split()[0].lower().replace("_", "-") for row in rows}
    assert {name.lower().replace("_", "-") for name in wanted()} <= named


def test_each_lower_bound_is_one_that_an_environment_can_be_made_of() -> None:
    # .ci/clean-install reads them so.
    for text in PROJECT["dependencies"]:
        assert re.fullmatch(r"[\w.-]+>=[\w.]+[^;]*(;.*)?", text), text


@pytest.mark.parametrize("name", sorted(brought_along(list(PURPOSES))))
def test_nothing_is_under_the_gpl_alone(name: str) -> None:
    one = brought_along([name])[name]
    choices = re.split(r"\bOR\b", one.licence)
    assert any("GPL" not in choice.replace("LGPL", "").replace("Lesser General", "") for choice in choices)
