"""What the README says of the layout is so: its table of places, its walks, and what an addition touches."""

import ast
import re
import tomllib
from collections.abc import Collection
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


def modules() -> dict[str, ast.Module]:
    found = {}
    for path in (path for root in ("portrait_studio", "trainer") for path in (ROOT / root).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


def imported(tree: ast.Module, known: Collection[str]) -> set[str]:
    """What a module imports of the tree, also within functions and for its types only."""
    found = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found & set(known)


def circles(arrows: dict[str, set[str]]) -> set[str]:
    """What is left when whatever stands on nothing that is left is taken away, again and again."""
    left = {name: set(below) - {name} for name, below in arrows.items()}
    while free := {name for name, below in left.items() if not below & left.keys()}:
        left = {name: below for name, below in left.items() if name not in free}
    return set(left)


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a", "b", "c"}
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == set()


def test_no_modules_import_each_other_in_a_circle_not_even_for_their_types() -> None:
    trees = modules()
    assert circles({name: imported(tree, trees) for name, tree in trees.items()}) == set()


def test_no_two_classes_have_the_same_name() -> None:
    places: dict[str, list[str]] = {}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_every_function_fits_a_screen() -> None:
    long = {}
    for module, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                described = ast.get_docstring(node, clean=False)
                lines = (node.end_lineno or 0) - node.lineno + 1 - len((described or "").splitlines())
                if lines > 45:
                    long[f"{module}.{node.name}"] = lines
    assert long == {}
