"""Threads that wait sleep: said before any computing library is loaded, whichever way the program starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portrait_studio.wait_policy import sleep_while_waiting

ROOT = Path(__file__).parents[2]
NAMES = ("OMP_WAIT_POLICY", "KMP_BLOCKTIME", "OPENBLAS_THREAD_TIMEOUT")

WATCH = """
import importlib, os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name in ("numpy", "torch", "cv2", "scipy"):
            print(name, *(os.environ.get(name, "-") for name in {names}))
sys.meta_path.insert(0, Watch())
importlib.import_module({module!r})
"""


def at_imports(module: str, **given: str) -> dict[str, list[str]]:
    """What the environment says when a computing library is first looked for, by library."""
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    run = subprocess.run(
        [sys.executable, "-c", WATCH.format(names=NAMES, module=module)],
        env={**environment, "PYTHONPATH": str(ROOT), **given},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.split() for line in run.stdout.splitlines()]
    return {library: values for library, *values in reversed(lines)}


@pytest.mark.parametrize(
    "module",
    [
        "portrait_studio.engine.pipeline",
        "portrait_studio.imaging.masks",
        "trainer.__main__",
        "trainer.training.loop",
        "tests.conftest",
    ],
)
def test_the_policy_stands_before_any_library_is_loaded(module: str) -> None:
    seen = at_imports(module)
    assert seen or module == "tests.conftest"
    assert all(values == ["passive", "0", "4"] for values in seen.values()), seen


def test_the_tests_themselves_run_with_it() -> None:
    assert all(name in os.environ for name in NAMES)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ("passive", "0", "4")),
        ({"OMP_WAIT_POLICY": "active"}, ("active", None, "4")),
        ({"OMP_WAIT_POLICY": "PASSIVE"}, ("PASSIVE", "0", "4")),
        ({"KMP_BLOCKTIME": "infinite"}, ("passive", "infinite", "4")),
        ({"OPENBLAS_THREAD_TIMEOUT": "20"}, ("passive", "0", "20")),
    ],
)
def test_what_the_user_set_stays(given: dict[str, str], expected: tuple[str | None, ...]) -> None:
    environment = dict(given)
    sleep_while_waiting(environment)
    assert tuple(environment.get(name) for name in NAMES) == expected
    sleep_while_waiting(environment)
    assert tuple(environment.get(name) for name in NAMES) == expected


def test_what_the_user_set_reaches_the_libraries() -> None:
    seen = at_imports("portrait_studio.engine.pipeline", OMP_WAIT_POLICY="active")
    assert seen["torch"][0] == "active"
