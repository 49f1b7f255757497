"""What the README says of the layout is so: its table of places, its walks, and what an addition touches."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## )", README, re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[1]


def packages(root: str) -> set[str]:
    return {f"{root}/{path.parent.name}" for path in (ROOT / root).glob("*/__init__.py")}


def test_every_package_has_a_line_in_the_table_of_places() -> None:
    places = set(re.findall(r"^    (\S+)", section("Where things are"), re.MULTILINE))
    missing = (packages("portrait_studio") | packages("trainer")) - places
    # Said in the line of what they belong to.
    assert missing <= {"trainer/distributed", "trainer/losses", "trainer/metrics", "trainer/protocols"}
    for name in (*missing, "trainer/tasks"):
        assert name.split("/")[1] in section("Where things are")


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Where things are", r"^    (\S+)"),
        ("How it works inside", r"`((?:portrait_studio|trainer)/[^`\s]+)`"),
    ],
)
def test_every_place_that_is_named_exists(title: str, shape: str) -> None:
    named = re.findall(shape, section(title), re.MULTILINE)
    assert len(named) > 10
    for name in named:
        path, _, inside = name.partition(":")
        assert (ROOT / path).exists(), name
        if inside:
            source = (ROOT / path).read_text("utf-8")
            assert re.search(rf"\b{re.escape(inside.split('.')[-1])}\b", source), name


def test_the_layers_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    checked = [layer.replace("portrait_studio.", "") for layer in layers]
    said = re.search(r"^    __main__ > (.*)$", section("How it works inside"), re.MULTILINE)
    assert said is not None
    assert ["__main__", *said[1].split(" > ")] == checked[: checked.index("networks | imaging") + 1]
