"""What completion costs by the size of the picture: table 4 of Iizuka et al. (2017), beside ours in one run.

Run as a script from a checkout, with the shipped weights or those in ``PORTRAIT_STUDIO_MODELS``:

    python -m tests.benchmarks.bench_general [--sides 512 768 1024]

It prints a table: operations of one pass, and seconds of the processor on one thread in float32, which other
work on the machine changes less than those on the clock. The paper's network is built at its own width, with
weights that nobody trained: those cost the same. Its time grows with the picture, whatever the hole; ours
show a window around the hole to the network, so that theirs hardly does. The paper had eight cores (i7-5960X)
and names 2.286, 4.933 and 8.262 s.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from portrait_studio.engine.network_store import ReleasedNetworks
from portrait_studio.engine.pipeline import Pipeline
from portrait_studio.engine.request import CompletionOptions, CompletionRequest, Method
from portrait_studio.hardware import Hardware
from portrait_studio.imaging.geometry import Bounds, Extent
from portrait_studio.locations import models_dir
from portrait_studio.networks.conventions import LABEL_COUNT
from portrait_studio.networks.glcic import GENERAL_COMPLETION, Glcic, GlcicConfig
from portrait_studio.networks.released import count_macs
from tests.benchmarks.bench_large_photo import generated_photo

_SIDES: Final = (512, 768, 1024)
_COUNTED: Final = 64
_HARDWARE: Final = Hardware("cpu", "float32", 1)


def inputs_of(side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Picture, background everywhere, and a hole of half the side."""
    parsing, mask = torch.zeros(1, LABEL_COUNT, side, side), torch.zeros(1, 1, side, side)
    parsing[:, 0] = 1
    mask[..., side // 4 : -side // 4, side // 4 : -side // 4] = 1
    return torch.zeros(1, 3, side, side), parsing, mask


def processor_seconds(work: Callable[[], object]) -> float:
    """Seconds of the processor that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def pass_of(network: nn.Module, side: int) -> tuple[float, float]:
    """10^9 multiply-accumulates of one pass over a square picture, and its seconds."""
    inputs = inputs_of(side)
    small = inputs_of(_COUNTED)
    with torch.inference_mode():
        # Convolutions alone are counted, whose number grows with the pixels.
        macs = count_macs(network, *small) * (side / _COUNTED) ** 2
        return macs / 1e9, processor_seconds(lambda: network(*inputs))


def hole_of(side: int) -> NDArray[np.uint8]:
    """A hole of a quarter of the side, in the middle of a square photo: (side, side) uint8."""
    mask = np.zeros((side, side), np.uint8)
    mask[Bounds(3 * side // 8, 3 * side // 8, 5 * side // 8, 5 * side // 8).slices] = 255
    return mask


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--sides", type=int, nargs="+", default=_SIDES, help="of the square pictures, in pixels"
    )
    sides = parser.parse_args().sides
    torch.set_num_threads(1)
    store = ReleasedNetworks(models_dir())
    networks: dict[str, nn.Module] = {"paper, width 64": Glcic(GlcicConfig()).eval()}
    networks |= {
        name: store.load(name).module for name in ("completion", GENERAL_COMPLETION) if store.has(name)
    }
    sys.stdout.write(f"{'':30}" + "".join(f"{side:>20}" for side in sides) + "\n")
    for name, network in networks.items():
        sys.stdout.write(f"{'one pass: ' + name:30}")
        for macs, seconds in (pass_of(network, side) for side in sides):
            sys.stdout.write(f"{macs:>9.1f} GMAC {seconds:>4.1f} s")
            sys.stdout.flush()
        sys.stdout.write("\n")
    engine = Pipeline(store)
    for method in (
        Method.DEFAULT,
        Method.NETWORK,
        *([Method.GENERAL] if store.has(GENERAL_COMPLETION) else []),
    ):
        spent = []
        for side in (256, *sides):
            image, options = generated_photo(Extent(side, side)), CompletionOptions(method)
            request = CompletionRequest(image, hole_of(side), options, hardware=_HARDWARE)
            spent.append(processor_seconds(lambda request=request: engine.run(request)))
        # The first fill reads the weights.
        row = "".join(f"{seconds:>18.1f} s" for seconds in spent[1:])
        sys.stdout.write(f"{'whole fill: ' + method.value:30}{row}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
