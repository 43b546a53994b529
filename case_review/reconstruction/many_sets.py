"""Two-group statistics of many small sets of uncensored times at once.

Arrays have one row per set and one column per patient, sorted by time within a row. One set alone
belongs to `statistics.survival`, which knows censoring; these functions exist because hundreds of
sets are compared here, and thousands of labellings tried.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

from case_review.analyses.sensitivity import SIGN_TEST
from case_review.statistics import resampling, survival


def _risk_sets(times: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, ...]:
    """Where each time's block of ties begins and ends (half-open), and who is at risk there.

    The last two are the patients at risk at each time, and those of them in the second group.
    """
    rows = np.atleast_2d(times)
    number, place = rows.shape[1], np.arange(rows.shape[1])
    changes = rows[:, 1:] != rows[:, :-1]
    begins = np.pad(changes, ((0, 0), (1, 0)), constant_values=True)
    ends = np.pad(changes, ((0, 0), (0, 1)), constant_values=True)
    first = np.maximum.accumulate(np.where(begins, place, 0), axis=1)
    last = np.where(ends, place + 1, number)[:, ::-1]
    last = np.minimum.accumulate(last, axis=1)[:, ::-1]
    from_here = np.cumsum(second[:, ::-1], axis=1)[:, ::-1]
    group = np.take_along_axis(from_here, np.broadcast_to(first, second.shape), axis=1)
    return first, last, number - first, group


def logrank_parts(times: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed minus expected events of the second group, and its variance (R `survdiff`).

    Parameters
    ----------
    times
        Sorted and uncensored; shape (sets, patients), or (patients,) if all sets share them.
    second
        Whether the patient is in the second group; shape (sets, patients).
    """
    first, last, risk, group = _risk_sets(times, second)
    tied = last - first
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
    sets = zip(times, second, strict=True)
    return np.array(
        [resampling.permutation_logrank(t, event, s, math.inf, 0, 0).p for t, s in sets]
    )


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
    first, last, risk, group = _risk_sets(times, second)
    tied = last - first
    events = np.cumsum(np.pad(second.astype(int), ((0, 0), (1, 0))), axis=1)
    before, after = (np.take_along_axis(events, end, axis=1) for end in (first, last))
    tied_group = after - before
    share = (np.arange(times.shape[1]) - first) / tied
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


def of_group(times: np.ndarray, second: np.ndarray, of_second: bool) -> np.ndarray:
    """The times of one group, which has one size in all sets; shape (sets, patients)."""
    return times[second == of_second].reshape(len(times), -1)


def group_medians(times: np.ndarray, second: np.ndarray, of_second: bool) -> np.ndarray:
    """Kaplan–Meier medians of one group per set, in hours (no censoring: the sample's median)."""
    return np.median(of_group(times, second, of_second), axis=1)


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
    groups = [of_group(capped, second, of_second) for of_second in (True, False)]
    difference = groups[0].mean(axis=1) - groups[1].mean(axis=1)
    variance = sum(group.var(axis=1) / group.shape[1] for group in groups)
    half = stats.norm.isf((1 - conf_level) / 2) * np.sqrt(variance)
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
    # A position between two times stands for their midpoint; one past the last time for no limit.
    ends = np.nan_to_num([found.lower, found.upper], nan=n + 1)
    padded = np.column_stack([times, np.full(len(times), math.nan)])
    below, above = (padded[:, side(ends).astype(int) - 1] for side in (np.floor, np.ceil))
    found = (below + above) / 2
    if conf_type != SIGN_TEST:
        # Where everybody has responded the curve has no band, so that no limit lies there.
        found[found == times[:, -1:]] = math.nan
    return tuple(found.T)
