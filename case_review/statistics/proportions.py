"""Proportions of patients: exact and score limits, and what unpublished patients would change."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left

import numpy as np
from scipy import special

from case_review.statistics.inputs import check_level
from case_review.values import Count, Proportion


def exact(n: int, of: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Exact limits of the proportion n/of (Clopper and Pearson, Biometrika 1934;26:404).

    Parameters
    ----------
    n, of
        Patients with the feature, and all patients, as whole numbers with 0 <= n <= of.
    conf_level
        Two-sided level, strictly between 0 and 1.

    Returns
    -------
    tuple of float
        Lower and upper limit as fractions of 1; 0 is the lower limit of none, 1 the upper of all.

    Raises
    ------
    ValueError
        If the counts or the level are not as above.
    """
    n, of = _checked(n, of, conf_level)
    tail = (1 - conf_level) / 2
    low = 0.0 if n == 0 else float(special.betaincinv(n, of - n + 1, tail))
    high = 1.0 if n == of else float(special.betainccinv(n + 1, of - n, tail))
    return low, high


def wilson(n: int, of: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Score limits of the proportion n/of (Wilson, J Am Stat Assoc 1927;22:209).

    Takes, returns and refuses the same as `exact`.
    """
    n, of = _checked(n, of, conf_level)
    # Newcombe, Stat Med 1998;17:857, method 3, term by term as `scipy.stats` computes it, which
    # takes a second to import.
    share, z = n / of, float(special.ndtri(0.5 + 0.5 * conf_level))
    below = 2 * (of + z**2)
    centre = (2 * of * share + z**2) / below
    width = z / below * math.sqrt(4 * of * share * (1 - share) + z**2)
    return 0.0 if n == 0 else centre - width, 1.0 if n == of else centre + width


def proportion(n: int, of: int, conf_level: float = 0.95) -> Proportion:
    """The proportion n/of with exact limits; see `exact`."""
    low, high = exact(n, of, conf_level)
    return Proportion(n / of, low, high, conf_level=conf_level, n=n, of=of)


def count(n: int, of: int, conf_level: float = 0.95, unit: str = "patients") -> Count:
    """The count of n among `of` with the exact limits of its proportion; see `exact`."""
    low, high = exact(n, of, conf_level)
    return Count(n, of, unit, low, high)


def with_selection(proportion, odds):
    """The proportion among all patients, if failures reach publication less often than successes.

    When the chance of publication of a failure is to that of a success as r to 1 (1: as often; 0.1:
    ten times less often), the published odds of a success are 1/r of those among all patients, and
    a published proportion p belongs to r p / (1 - p + r p) among all. The transformation is
    monotone, so a limit of p becomes a limit of the result.

    Parameters
    ----------
    proportion
        Published proportion, or a limit of it, between 0 and 1; arrays broadcast.
    odds
        The odds r to 1, with r > 0: a ratio of chances, not an odds ratio; arrays broadcast.
    """
    p, r = np.asarray(proportion, dtype=float), np.asarray(odds, dtype=float)
    if np.any((p < 0) | (p > 1)):
        raise ValueError("a proportion lies between 0 and 1")
    if np.any(r <= 0):
        raise ValueError("relative publication odds must be greater than 0")
    result = r * p / (1 - p + r * p)
    return float(result) if result.ndim == 0 else result


def tipping_odds(proportion: float, target: float) -> float:
    """The relative publication odds at which `with_selection(proportion, odds)` equals `target`.

    Both arguments lie strictly between 0 and 1. A result above 1 means that `proportion` is below
    the target already without any selection.
    """
    if not (0 < proportion < 1 and 0 < target < 1):
        raise ValueError("proportion and target must lie strictly between 0 and 1")
    return target * (1 - proportion) / (proportion * (1 - target))


def tipping_failures(n: int, of: int, target: float, conf_level: float | None = None) -> int:
    """The smallest number of unpublished failures that brings the proportion below `target`.

    Parameters
    ----------
    n, of
        Published successes and patients.
    target
        A proportion strictly between 0 and 1.
    conf_level
        Without it the proportion n / (of + failures) itself is meant; with it, the exact lower
        limit at this level.

    Returns
    -------
    int
        0 if the published patients alone lie below the target.
    """
    n, of = _checked(n, of, 0.5 if conf_level is None else conf_level)
    if not 0 < target < 1:
        raise ValueError(f"the target proportion must lie strictly between 0 and 1, not {target}")

    def below(failures: int) -> bool:
        patients = of + failures
        if conf_level is None:
            return n < target * patients * (1 - 1e-12)
        return exact(n, patients, conf_level)[0] < target

    enough = next(2**power for power in itertools.count() if below(2**power))
    return bisect_left(range(enough), True, key=below)


def _checked(n: int, of: int, conf_level: float) -> tuple[int, int]:
    if n is np.ma.masked or of is np.ma.masked:
        raise ValueError("a count is masked, that is, missing: patients with a known answer count")
    if not (math.isfinite(n) and math.isfinite(of)) or n != int(n) or of != int(of):
        raise ValueError(f"patients are counted in whole numbers, not {n} of {of}")
    if of <= 0:
        raise ValueError(f"a proportion of {of} patients is not defined")
    if not 0 <= n <= of:
        raise ValueError(f"{n} of {of} patients is not possible")
    check_level(conf_level)
    return int(n), int(of)
