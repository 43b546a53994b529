"""How unlike groups are in one characteristic: standardised differences.

They have no p-value on purpose: groups of case reports were not drawn from a common population, and
with few patients a test finds nothing. A standardised difference does not depend on their number.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from case_review.values import Number


def difference(values: Sequence, groups: Sequence[Hashable]) -> Number:
    """The standardised difference of groups: of numbers in their means, else in their shares.

    Parameters
    ----------
    values
        One per patient: numbers, or levels of any other kind. Missing ones are left out.
    groups
        The group of each patient; missing for one who is in none, and left out.

    Returns
    -------
    Number
        Without a unit. Of more than two groups the mean over all pairs, as R's `tableone` prints
        it. NaN where it is not defined: fewer than two groups with known values, a group with one
        number only, or groups that differ without any spread within them.

    Raises
    ------
    ValueError
        If there are not as many groups as values.
    """
    values, groups = pd.Series(list(values)), pd.Series(list(groups), dtype=object)
    if len(values) != len(groups):
        raise ValueError(f"{len(values)} values and {len(groups)} groups; expected as many")
    known = values.notna() & groups.notna()
    parts = [part for _, part in values[known].groupby(groups[known], sort=False)]
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    of_pair = of_numbers if numeric else of_levels
    pairs = [of_pair(one, other) for one, other in itertools.combinations(parts, 2)]
    return Number(float(np.mean(pairs)) if pairs else math.nan, digits=2)


def of_numbers(one: Sequence[float], other: Sequence[float]) -> float:
    """The difference of two means in standard deviations (Austin, Stat Med 2009;28:3083).

    The deviation is the root of the mean of both variances, each with n - 1 below.
    """
    one, other = (np.asarray(values, dtype=float) for values in (one, other))
    if min(len(one), len(other)) < 2:
        return math.nan
    spread = math.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
    return _divided(abs(one.mean() - other.mean()), spread)


def of_levels(one: Sequence, other: Sequence) -> float:
    """The distance of two sets of shares (Yang and Dalton, SAS Global Forum 2012, paper 335).

    Mahalanobis' distance of the shares of all levels but one, with the mean of both multinomial
    covariances; of two levels it is the difference of two proportions in standard deviations. It is
    the same whichever level is left out.
    """
    levels = sorted({*one, *other}, key=str)[1:]
    if not levels:
        return 0.0
    first, second = (_shares(values, levels) for values in (one, other))
    covariance = (_covariance(first) + _covariance(second)) / 2
    gap = first - second
    if len(levels) == 1:
        return _divided(abs(gap.item()), math.sqrt(covariance.item()))
    # Levels that only one group has can leave no covariance in some direction: where the groups
    # differ in such a direction, no number says by how much.
    inverse = np.linalg.pinv(covariance, hermitian=True)
    if not np.allclose(covariance @ inverse @ gap, gap, atol=1e-9):
        return math.nan
    return math.sqrt(max(float(gap @ inverse @ gap), 0.0))


def _shares(values: Sequence, levels: Sequence) -> np.ndarray:
    values = list(values)
    return np.array([values.count(level) for level in levels]) / len(values)


def _covariance(shares: np.ndarray) -> np.ndarray:
    return np.diag(shares) - np.outer(shares, shares)


def _divided(gap: float, spread: float) -> float:
    if spread > 0:
        return gap / spread
    return 0.0 if gap == 0 else math.nan
