"""Runs first in a bundle: its torch has no compiler, which optimisers would ask to leave them alone."""

import sys
from types import ModuleType
from typing import Any


def _as_it_is(function: Any = None, recursive: bool = True, **_: Any) -> Any:
    return function


compiler: Any = ModuleType("torch._dynamo")
compiler.disable = _as_it_is
compiler.graph_break = lambda *_, **__: None
sys.modules["torch._dynamo"] = compiler
