"""The intervals that papers print around a proportion, by the name of the method."""

from __future__ import annotations

import math

from scipy import special

from case_review.statistics import proportions
from case_review.statistics.inputs import normal_quantile


def all_limits(n: int, of: int, conf_level: float = 0.95) -> dict[str, tuple[float, float]]:
    """Lower and upper limit of n/of by each of the usual methods.

    Exact (Clopper and Pearson, Biometrika 1934;26:404), Wilson without and with correction for
    continuity (Newcombe, Stat Med 1998;17:857, methods 3 and 4), Wald without and with it (methods
    1 and 2), Agresti and Coull (Am Stat 1998;52:119), Jeffreys (Brown et al., Stat Sci
    2001;16:101), the exact one with mid-P, and Wald on the scale of the logit (Agresti, Categorical
    Data Analysis, 2013, 3.1).

    Returns
    -------
    dict
        Fractions of 1; Wald's are cut off at 0 and 1.

    Raises
    ------
    ValueError
        As `proportions.exact`.
    """
    exact = proportions.exact(n, of, conf_level)
    tail = (1 - conf_level) / 2
    z = normal_quantile(conf_level)
    share = n / of
    error = z * math.sqrt(share * (1 - share) / of)
    half = 1 / (2 * of)
    found = {
        "exact (Clopper–Pearson)": exact,
        "Wilson": proportions.wilson(n, of, conf_level),
        "Wilson with continuity correction": _mirrored(n, of, z),
        "Wald": (share - error, share + error),
        "Wald with continuity correction": (share - error - half, share + error + half),
        "Agresti–Coull": _agresti_coull(n, of, z),
        "Jeffreys": _jeffreys(n, of, tail),
        "exact with mid-P": _mid_p(n, of, tail),
    }
    if 0 < n < of:
        logit, width = math.log(n / (of - n)), z * math.sqrt(1 / n + 1 / (of - n))
        found["Wald on the logit"] = (_expit(logit - width), _expit(logit + width))
    return {name: (max(low, 0.0), min(high, 1.0)) for name, (low, high) in found.items()}


def _mirrored(n: int, of: int, z: float) -> tuple[float, float]:
    """Wilson's limits with correction: the upper one is the lower one of what is left."""
    return _corrected(n, of, z), 1 - _corrected(of - n, of, z)


def _corrected(n: int, of: int, z: float) -> float:
    """The lower limit of Newcombe's method 4."""
    if n == 0:
        return 0.0
    share = n / of
    root = z**2 - 2 - 1 / of + 4 * share * (of * (1 - share) + 1)
    return (2 * of * share + z**2 - 1 - z * math.sqrt(max(root, 0.0))) / (2 * (of + z**2))


def _agresti_coull(n: int, of: int, z: float) -> tuple[float, float]:
    more = of + z**2
    share = (n + z**2 / 2) / more
    error = z * math.sqrt(share * (1 - share) / more)
    return share - error, share + error


def _jeffreys(n: int, of: int, tail: float) -> tuple[float, float]:
    low = 0.0 if n == 0 else float(special.betaincinv(n + 0.5, of - n + 0.5, tail))
    high = 1.0 if n == of else float(special.betaincinv(n + 0.5, of - n + 0.5, 1 - tail))
    return low, high


def _mid_p(n: int, of: int, tail: float) -> tuple[float, float]:
    return _mid_p_low(n, of, tail), 1 - _mid_p_low(of - n, of, tail)


def _mid_p_low(n: int, of: int, tail: float) -> float:
    """Where half the chance of n and that of more make up the tail, by halving the interval."""
    if n == 0:
        return 0.0
    low, high = 0.0, n / of
    for _ in range(40):
        share = (low + high) / 2
        above = float(special.betainc(n, of - n + 1, share))
        more = float(special.betainc(n + 1, of - n, share)) if n < of else 0.0
        low, high = (share, high) if (above + more) / 2 < tail else (low, share)
    return (low + high) / 2


def _expit(value: float) -> float:
    return 1 / (1 + math.exp(-value))
