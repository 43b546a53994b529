"""What many values say together: last digits, and p-values combined."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import special


def last_digits_p(often: Sequence[int]) -> float:
    """The p-value of chi-squared for ten last digits that should come up equally often.

    Measured values of three or more digits have last digits that are nearly uniform (Mosimann et
    al., Account Res 2002;9:75).

    Parameters
    ----------
    often
        How often each digit from 0 to 9 came up.

    Raises
    ------
    ValueError
        If these are not ten numbers, or nothing came up.
    """
    total = sum(often)
    if len(often) != 10 or total <= 0:
        raise ValueError(f"expected how often each of ten digits came up, not {list(often)}")
    expected = total / 10
    return float(special.chdtrc(9, sum((count - expected) ** 2 / expected for count in often)))


def combined(p_values: Sequence[float]) -> float:
    """The chance that independent p-values together are as small as these, by Stouffer's sum of z.

    Near 0 they are small together, near 1 large (as in Carlisle, Anaesthesia 2017;72:944).

    Raises
    ------
    ValueError
        If there are none.
    """
    if not p_values:
        raise ValueError("no p-values to combine")
    total = sum(float(special.ndtri(p)) for p in p_values)
    return float(special.ndtr(total / math.sqrt(len(p_values))))


def poisson_at_least(number: int, expected: float) -> float:
    """The chance of `number` or more of what comes up `expected` times on average."""
    return float(special.pdtrc(number - 1, expected)) if number > 0 else 1.0
