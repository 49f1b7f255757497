"""Compiles the networks of a run with `torch.compile`, where the machine can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import nn

from portrait_studio.errors import DeviceError


@contextmanager
def compiled(modules: Iterable[nn.Module]) -> Iterator[None]:
    """Compile modules in place; state dicts keep their names. The first steps, which compile, take long.

    Raises:
        DeviceError: the machine lacks what compiling needs, a C++ compiler for instance.
    """
    for module in modules:
        module.compile()
    try:
        yield
    except torch._dynamo.exc.TorchDynamoException as error:
        raise DeviceError(
            f"The networks cannot be compiled here ({type(error).__name__}); leave --compile out."
        ) from error
