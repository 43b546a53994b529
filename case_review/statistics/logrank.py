"""The log-rank test of any number of groups, as R's `survdiff` makes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from case_review.statistics.inputs import checked, group_index, grouping
from case_review.values import ChiSquare, Number, PValue, Text, Value


@dataclass(frozen=True)
class Logrank:
    """A log-rank test.

    Parameters
    ----------
    chisq, p, df
        Statistic, p-value from the chi-square distribution, degrees of freedom: one less than the
        groups with patients at risk at an event. With 0 there is no comparison, and statistic and
        p are NaN.
    groups
        Groups with patients, in order; they index the arrays below.
    observed, expected
        Events per group, and events expected if all groups had the same hazard.
    variance
        Covariance matrix of observed - expected (groups x groups).
    left_out
        Groups that have no part in the test: those without patients, and those of which nobody is
        left at the first event.
    """

    chisq: float
    p: float
    df: int
    groups: tuple
    observed: np.ndarray
    expected: np.ndarray
    variance: np.ndarray
    left_out: tuple = ()

    @property
    def statistic(self) -> Value:
        """Chi-square as a value, or that there is no comparison."""
        return Number(self.chisq, digits=2) if self.df else NO_COMPARISON

    @property
    def p_value(self) -> Value:
        """The p-value as a value, or that there is no comparison."""
        return PValue(self.p) if self.df else NO_COMPARISON

    @property
    def chi_square(self) -> Value:
        """The statistic with its degrees of freedom, `χ² = 1.37 (1 df)`."""
        if not self.df:
            return NO_COMPARISON
        return ChiSquare(self.chisq, self.df)

    @property
    def summary(self) -> Value:
        """All in one: `χ² = 1.37 (1 df), p = 0.241`."""
        if not self.df:
            return NO_COMPARISON
        return Text(f"{self.chi_square.prose}, {self.p_value.prose}", self.p)


#: What a test says where the patients who could be compared are in one group.
NO_COMPARISON = Text("no comparison")


def logrank(time, event, group) -> Logrank:
    """The log-rank test of two or more groups, as R's `survdiff` with rho = 0.

    The variance is hypergeometric: for two groups the sum of d n1 n2 (n - d) / (n² (n - 1)), where
    moments with one patient at risk contribute nothing (Mantel, Cancer Chemother Rep 1966;50:163;
    Peto and Peto, J R Stat Soc A 1972;135:185).

    Parameters
    ----------
    time, event, group
        One entry per patient. Where nobody of a second group is at risk at an event there is no
        comparison: the result has 0 degrees of freedom, and statistic and p are NaN.

    Returns
    -------
    Logrank
        If the data leave no room for a difference (all events at one time, say), observed equals
        expected in every possible split: chisq is then 0 and p 1.

    Raises
    ------
    ValueError
        For a missing group or no events; see also `inputs.checked`.
    """
    time, event = checked(time, event, group=group)
    groups, index = group_index(group, len(time), least=1)
    *_, empty = grouping(group, len(time))
    if len(groups) > 1 and not event.any():
        raise ValueError("the log-rank test needs at least one event; all patients are censored")
    return _compared(time, event, groups, index, empty)


def _compared(time, event, groups: tuple, index: np.ndarray, empty: tuple) -> Logrank:
    """The test of patients with the group `groups[index]`; `empty` are groups without patients."""
    return tested(*_tabulate(time, event, index, len(groups)), groups, empty)


def tested(
    d: np.ndarray, n: np.ndarray, observed: np.ndarray, groups: tuple, empty: tuple = ()
) -> Logrank:
    """The test from counts: of events at each event time, patients at risk, events per group.

    Parameters
    ----------
    d, n, observed
        Events of all (times), patients at risk just before (times x groups), events per group.
    groups, empty
        The groups, each with patients; groups without any, which are named as left out.
    """
    total = n.sum(axis=1)
    share = n / total[:, None]
    expected = d @ share
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(total > 1, d * (total - d) / (total - 1), 0.0)
    variance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    # A group that nobody is left of at the first event has no part in the test: R leaves it out.
    gone = tuple(name for name, own in zip(groups, expected, strict=True) if own == 0)
    df = max(0, len(groups) - len(gone) - 1)
    chisq = p = math.nan
    if df:
        excess = (observed - expected)[:-1]
        # pinv, because a group without anybody at risk at an event adds an empty row
        chisq = float(excess @ np.linalg.pinv(variance[:-1, :-1], hermitian=True) @ excess)
        p = float(special.chdtrc(df, chisq))
    return Logrank(chisq, p, df, groups, observed, expected, variance, (*empty, *gone))


def pairwise_logrank(time, event, group) -> dict[tuple, Logrank]:
    """The log-rank test of every two groups, by pair; p-values are not adjusted for their number.

    Takes and refuses the same as `logrank`; of two groups without events there is no comparison.
    """
    time, event = checked(time, event, group=group)
    groups, index = group_index(group, len(time), least=1)
    found = {}
    for i, j in combinations(range(len(groups)), 2):
        own = (index == i) | (index == j)
        second = (index[own] == j).astype(int)
        found[groups[i], groups[j]] = _compared(
            time[own], event[own], (groups[i], groups[j]), second, ()
        )
    return found


def _tabulate(time: np.ndarray, event: np.ndarray, index: np.ndarray, k: int):
    """Events (all) and patients at risk (times x groups) at each event time; events per group."""
    moments = np.unique(time[event])
    d = np.bincount(np.searchsorted(moments, time[event]), minlength=len(moments)).astype(float)
    n = np.empty((len(moments), k))
    for group in range(k):
        own = np.sort(time[index == group])
        n[:, group] = len(own) - np.searchsorted(own, moments, side="left")
    return d, n, np.bincount(index[event], minlength=k).astype(float)
