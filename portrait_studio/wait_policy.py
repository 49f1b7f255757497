"""How the threads of the computing libraries wait: asleep, so that other programs on the machine can run.

OpenMP's threads spin by default: beside another busy program each of the thousands of short parallel parts
of a fill then waits for a core that its own spinning threads hold. The libraries read the environment when
they are loaded, so this has to come before the first import of numpy, OpenCV or torch: both packages begin
with it.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Final

_OPENMP: Final = "OMP_WAIT_POLICY"
_INTEL_MS: Final = "KMP_BLOCKTIME"
"""Intel's and LLVM's OpenMP, as in torch for Windows and macOS, spin for so long before they sleep."""
_OPENBLAS_LOG2_CYCLES: Final = "OPENBLAS_THREAD_TIMEOUT"
"""OpenBLAS, in numpy, SciPy and OpenCV, has threads of its own; 4 is the least it takes, 26 the default."""


def sleep_while_waiting(environment: MutableMapping[str, str]) -> None:
    """Let threads that have nothing to do sleep; what the user has set himself stays.

    Args:
        environment: of this process, which its children inherit; changed in place.
    """
    if environment.setdefault(_OPENMP, "passive").strip().lower() == "passive":
        environment.setdefault(_INTEL_MS, "0")
    environment.setdefault(_OPENBLAS_LOG2_CYCLES, "4")
