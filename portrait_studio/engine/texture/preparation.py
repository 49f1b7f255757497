"""Has the compiled loops ready before the first fill: on a new machine Numba needs some seconds for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch

from portrait_studio.engine.texture.synthesis import synthesise

_SIDE_PX: Final = 24


def prepare_texture(check: Callable[[], None]) -> None:
    """Fill a small hole in noise on the processor, which compiles the loops or reads them from Numba's cache.

    Args:
        check: is called now and then and may raise to cancel.
    """
    generator = torch.Generator().manual_seed(0)
    hole = torch.zeros(_SIDE_PX, _SIDE_PX, dtype=torch.bool)
    hole[8:16, 8:16] = True
    image = torch.rand(3, _SIDE_PX, _SIDE_PX, generator=generator)
    labels = torch.zeros_like(hole, dtype=torch.uint8)
    synthesise(image, hole, labels, None, generator, lambda _share: check())
