"""How far a share that was counted may be from the true one."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson_interval(successes: int, trials: int, certainty: float = 0.95) -> tuple[float, float]:
    """The score interval of a binomial share (Wilson 1927, "Probable inference ..."), which suits few trials.

    Args:
        successes: from 0 to `trials`.
        trials: at least 1.
        certainty: in (0, 1).

    Returns:
        Lower and upper end, in [0, 1].

    Raises:
        ValueError: there are no trials, or more successes than trials.
    """
    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"{successes} of {trials} is no share")
    z = NormalDist().inv_cdf((1 + certainty) / 2)
    share, extra = successes / trials, z * z / trials
    middle = (share + extra / 2) / (1 + extra)
    reach = z / (1 + extra) * sqrt(share * (1 - share) / trials + extra / (4 * trials))
    return max(0.0, middle - reach), min(1.0, middle + reach)
