"""Two-group statistics of many small sets of uncensored times at once.

Arrays have one row per set and one column per patient, sorted by time within a row. One set alone
belongs to `statistics.survival`, which knows censoring; these functions exist because hundreds of
sets are compared here, and thousands of labellings tried.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from case_review.analyses.sensitivity import SIGN_TEST
from case_review.statistics import resampling, survival


@dataclass(frozen=True)
class _Ties:
    """Where each time's block of ties begins and ends (half-open), same shape as the times."""

    first: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, times: np.ndarray) -> _Ties:
        rows = np.atleast_2d(times)
        return cls(
            np.stack([np.searchsorted(row, row, side="left") for row in rows]),
            np.stack([np.searchsorted(row, row, side="right") for row in rows]),
        )

    def at_risk(self) -> np.ndarray:
        return self.first.shape[1] - self.first

    def of_second(self, second: np.ndarray) -> np.ndarray:
        """Members of the second group at risk at each time."""
        from_here = np.cumsum(second[:, ::-1], axis=1)[:, ::-1]
        return np.take_along_axis(from_here, np.broadcast_to(self.first, second.shape), axis=1)


def logrank_parts(times: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed minus expected events of the second group, and its variance (R `survdiff`).

    Parameters
    ----------
    times
        Sorted and uncensored; shape (sets, patients), or (patients,) if all sets share them.
    second
        Whether the patient is in the second group; shape (sets, patients).
    """
    ties = _Ties.of(times)
    risk, group, tied = ties.at_risk(), ties.of_second(second), ties.last - ties.first
    score = second.sum(axis=1) - (group / risk).sum(axis=1)
    # Each of d tied events carries 1/d of the hypergeometric variance; the last patient has none.
    spread = group * (risk - group) * (risk - tied) / (risk**2 * np.maximum(risk - 1, 1))
    return score, spread.sum(axis=1)


def logrank_p(times: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Log-rank p-values between the groups, one per set; parameters as for `logrank_parts`."""
    score, variance = logrank_parts(times, second)
    return stats.chi2.sf(score**2 / variance, 1)


def permutation_p(times: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Exact permutation p-values of the log-rank test, one per set.

    They are taken over all splits, however many, so that no random numbers are needed.
    """
    event = np.ones(times.shape[1])
    tests = (
        resampling.permutation_logrank(t, event, s, math.inf, 0, 0)
        for t, s in zip(times, second, strict=True)
    )
    return np.array([test.p for test in tests])


def hazard_ratios(
    times: np.ndarray, second: np.ndarray, conf_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cox hazard ratios of the second group against the first with Wald limits, ties after Efron.

    One Newton iteration over all sets at once; D. R. Cox, J R Stat Soc B 1972;34:187, B. Efron,
    J Am Stat Assoc 1977;72:557.

    Returns
    -------
    tuple of arrays
        Ratio, lower and upper limit per set.
    """
    ties = _Ties.of(times)
    risk, group, tied = ties.at_risk(), ties.of_second(second), ties.last - ties.first
    events = np.cumsum(np.pad(second.astype(int), ((0, 0), (1, 0))), axis=1)
    before, after = (np.take_along_axis(events, end, axis=1) for end in (ties.first, ties.last))
    tied_group = after - before
    share = (np.arange(times.shape[1]) - ties.first) / tied
    ones = group - share * tied_group
    zeros = (risk - group) - share * (tied - tied_group)
    beta = np.zeros(len(times))
    observed = second.sum(axis=1)
    for _ in range(30):
        weight = ones * np.exp(beta)[:, None]
        chance = weight / (weight + zeros)
        information = (chance * (1 - chance)).sum(axis=1)
        step = (observed - chance.sum(axis=1)) / information
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    z = stats.norm.isf((1 - conf_level) / 2) / np.sqrt(information)
    return np.exp(beta), np.exp(beta - z), np.exp(beta + z)


def group_medians(times: np.ndarray, second: np.ndarray, of_second: bool) -> np.ndarray:
    """Kaplan–Meier medians of one group per set, in hours (no censoring: the sample's median)."""
    members = times[second == of_second].reshape(len(times), -1)
    return np.median(members, axis=1)


def rmst_differences(
    times: np.ndarray, second: np.ndarray, horizon: float, conf_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Restricted mean time of the second group minus the first up to `horizon`, in hours.

    Without censoring the restricted mean is the mean of the times cut off at the horizon, and its
    Greenwood variance their variance (divisor n) over n; see `case_review.statistics.rmst`.

    Returns
    -------
    tuple of arrays
        Difference, lower and upper limit per set.
    """
    capped = np.minimum(times, horizon)
    means, variances = [], []
    for members in (second, ~second):
        n = members.sum(axis=1)
        mean = (capped * members).sum(axis=1) / n
        squares = (((capped - mean[:, None]) * members) ** 2).sum(axis=1)
        means.append(mean)
        variances.append(squares / n**2)
    difference = means[0] - means[1]
    half = stats.norm.isf((1 - conf_level) / 2) * np.sqrt(variances[0] + variances[1])
    return difference, difference - half, difference + half


def median_limits(
    times: np.ndarray, conf_type: str, conf_level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the median of all patients of each set, in hours; NaN where not estimable.

    Without censoring they are order statistics, or midpoints of two, whose positions the times 1
    to n tell; `conf_type` is one of `inputs.CONF_TYPES`, or `sign test`.
    """
    n = times.shape[1]
    positions, event = np.arange(1, n + 1), np.ones(n)
    if conf_type == SIGN_TEST:
        found = survival.sign_test_limits(positions, event, conf_level)
    else:
        how = {"conf_type": conf_type, "conf_level": conf_level}
        found = survival.kaplan_meier(positions, event, **how).median()
    return tuple(_at_position(times, position) for position in (found.lower, found.upper))


def _at_position(times: np.ndarray, position: float) -> np.ndarray:
    if math.isnan(position):
        return np.full(len(times), math.nan)
    below, above = math.floor(position) - 1, math.ceil(position) - 1
    return (times[:, below] + times[:, above]) / 2


def step_heights(times: np.ndarray, at: Sequence[float]) -> np.ndarray:
    """Proportion responding by each time of `at`; shape (sets, times)."""
    return np.stack([(times <= t).mean(axis=1) for t in at], axis=1)
