"""P-values from printed test statistics, as intervals that follow from the digits printed."""

from __future__ import annotations

import math
from itertools import product

from scipy import special

#: Tests that have two sides.
SIDED = ("t", "z", "r")


def p_value(test: str, statistic: float, df1: float = 0, df2: float = 0, sides: int = 2) -> float:
    """The p-value of a test statistic, as R's statcheck computes it (Nuijten et al., Behav Res
    Methods 2016;48:1205).

    Parameters
    ----------
    test
        `t`, `z`, `r` (a correlation, with df2 = pairs less 2), `f` or `chi2`.
    statistic
        Its value; of `r` between -1 and 1.
    df1, df2
        Degrees of freedom: df1 of `chi2`, df2 of `t` and `r`, both of `f`; none for `z`.
    sides
        2, or 1 for the half of it; it means nothing to `f` and `chi2`.

    Raises
    ------
    ValueError
        If the test is unknown.
    """
    if test == "f":
        return float(special.fdtrc(df1, df2, max(statistic, 0.0)))
    if test == "chi2":
        return float(special.chdtrc(df1, max(statistic, 0.0)))
    if test == "z":
        return sides * float(special.ndtr(-abs(statistic)))
    if test == "r":
        rest = 1 - statistic**2
        statistic = statistic * math.sqrt(df2 / rest) if rest > 0 else math.inf
    elif test != "t":
        raise ValueError(f"'{test}' is no test; known are t, z, r, f, chi2")
    return sides * float(special.stdtr(df2, -abs(statistic)))


def p_range(
    test: str,
    statistic: tuple[float, float],
    df1: tuple[float, float] = (0, 0),
    df2: tuple[float, float] = (0, 0),
    sides: int = 2,
) -> tuple[float, float]:
    """Smallest and largest p-value for all statistics and degrees of freedom within intervals.

    The p-value falls with the size of the statistic. With degrees of freedom it need not go one
    way for `f`, so both ends are tried; between whole numbers they do not matter.

    Parameters
    ----------
    test, sides
        As for `p_value`.
    statistic, df1, df2
        Smallest and largest possible value each.
    """
    low, high = map(float, statistic)
    if test == "r":
        low, high = max(low, -1.0), min(high, 1.0)
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    sizes = {least, max(abs(low), abs(high)) if test in SIDED else max(high, 0.0)}
    freedom = product(set(map(float, df1)), set(map(float, df2)))
    found = [p_value(test, size, a, b, sides) for a, b in freedom for size in sizes]
    return min(found), max(found)


def t_quantile(level: float, df: float) -> float:
    """Within how many standard errors the share `level` of a t distribution lies."""
    return -float(special.stdtrit(df, (1 - level) / 2))


def z_of(p: float) -> float:
    """The size of z that has this two-sided p-value; infinite for 0, and 0 for all from 1."""
    return max(-float(special.ndtri(min(max(float(p), 0.0), 1.0) / 2)), 0.0)
