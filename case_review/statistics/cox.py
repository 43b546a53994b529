"""Differences between groups in time to an event: hazard ratios, and whether they are constant.

The proportional hazards model of one factor, fitted by Newton's method until its score is zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from case_review.statistics.inputs import (
    check_level,
    checked,
    group_index,
    normal_quantile,
    position,
)
from case_review.values import ChiSquare, Estimate, PValue, Text, Value

#: Newton's method ends with a step no longer than this (log hazard ratios), which it still takes.
_SETTLED = 1e-12
_MOST_STEPS = 100

#: What a test says where the data give it nothing to test.
NOT_APPLICABLE = Text("not applicable")


@dataclass(frozen=True)
class Proportionality:
    """A test of whether hazard ratios are constant over time; NaN where it does not apply.

    Parameters
    ----------
    chisq, p, df
        Statistic, p-value from the chi-square distribution, degrees of freedom: one less than the
        groups that are compared (fewer if some ratio cannot be seen to change), 0 where the test
        does not apply.
    groups
        The groups that are compared, in order.
    left_out
        Groups without a finite ratio to these, which have no part in the test.
    """

    chisq: float
    p: float
    df: int
    groups: tuple
    left_out: tuple = ()

    @property
    def statistic(self) -> Value:
        """Chi-square with its degrees of freedom, `χ² = 7.39 (1 df)`, or `not applicable`."""
        if not self.df:
            return NOT_APPLICABLE
        return ChiSquare(self.chisq, self.df)

    @property
    def p_value(self) -> Value:
        """The p-value as a value, or `not applicable`."""
        return PValue(self.p) if self.df else NOT_APPLICABLE

    @property
    def summary(self) -> Value:
        """Both in one: `χ² = 7.39 (1 df), p = 0.007`."""
        if not self.df:
            return NOT_APPLICABLE
        return Text(f"{self.statistic.prose}, {self.p_value.prose}", self.p)


#: What `proportional_hazards` would say of groups that are not compared.
NO_CHECK = Proportionality(math.nan, math.nan, 0, ())


def hazard_ratios(
    time, event, group, reference, conf_level: float = 0.95
) -> dict[object, Estimate]:
    """The hazard ratio of each group against `reference`, by one proportional hazards model.

    Ties are handled by Efron's method (J Am Stat Assoc 1977;72:557), the limits are Wald limits of
    the log hazard ratio (Cox, J R Stat Soc B 1972;34:187). Above 1, events come sooner in the group
    than in the reference.

    Parameters
    ----------
    time, event, group
        One entry per patient.
    reference
        The group that the others are compared with.

    Returns
    -------
    dict
        By group, in order, without the reference; empty where there is no other group. A ratio is
        NaN in all three places if it is not estimable, because the likelihood rises without end:
        without events in the group or the reference, or when all events of one come first.

    Raises
    ------
    ValueError
        If `reference` is no group, or the level is not between 0 and 1; see also `inputs.checked`.
    """
    check_level(conf_level)
    time, event = checked(time, event, group=group)
    groups, index = group_index(group, len(time), least=1)
    base = position(groups, reference)
    kept = np.flatnonzero(_comparable(time, event, index, len(groups))[base])
    coefficients, errors = np.full((2, len(groups)), math.nan)
    if len(kept) > 1:
        risk, died, _ = _risk_sets(time, event, index, kept)
        fitted, variance = _fit(risk, died)
        # Newton's method keeps the first group at 0; the reference is taken off afterwards.
        own = int(np.searchsorted(kept, base))
        spread = np.diag(variance) + variance[own, own] - 2 * variance[own]
        coefficients[kept], errors[kept] = fitted - fitted[own], np.sqrt(np.maximum(spread, 0))
    half = normal_quantile(conf_level) * errors
    ends = np.exp([coefficients, coefficients - half, coefficients + half]).T.tolist()
    return {
        name: Estimate(*ends[i], digits=2, conf_level=conf_level)
        for i, name in enumerate(groups)
        if i != base
    }


def proportional_hazards(time, event, group, reference=None) -> Proportionality:
    """Whether hazard ratios are constant over time: the test of Grambsch and Therneau.

    A score test of whether any group's log hazard ratio changes in proportion to one minus the
    Kaplan–Meier estimate just before each event (Grambsch and Therneau, Biometrika 1994;81:515).
    Equal to the test of R's `cox.zph` with `transform="km"` since its package survival 3.0, for a
    model of this one factor with Efron's ties, taken as a whole.

    Parameters
    ----------
    time, event, group
        One entry per patient.
    reference
        Any group; it decides whom the test is about where some ratios are infinite, and otherwise
        nothing. By default the group whose ratios to most other groups are finite.

    Returns
    -------
    Proportionality
        Groups without a finite ratio to the reference are left out, and named. It does not apply
        where fewer than two groups are left, or all events come at one time.

    Raises
    ------
    ValueError
        If `reference` is no group; see also `inputs.checked`.
    """
    time, event = checked(time, event, group=group)
    groups, index = group_index(group, len(time), least=1)
    comparable = _comparable(time, event, index, len(groups))
    most = int(comparable.sum(axis=1).argmax())
    base = most if reference is None else position(groups, reference)
    kept = np.flatnonzero(comparable[base])
    names = tuple(groups[i] for i in kept)
    left_out = tuple(name for i, name in enumerate(groups) if i not in kept)
    not_applicable = Proportionality(math.nan, math.nan, 0, names, left_out)
    if len(kept) < 2:
        return not_applicable
    risk, died, moments = _risk_sets(time, event, index, kept)
    fitted, _ = _fit(risk, died)
    weight = _km_before(time[np.isin(index, kept)], event[np.isin(index, kept)], moments)
    weight = weight - weight.mean()
    if not np.abs(weight).max() > 1e-12:
        return not_applicable
    share = _shares(risk, fitted)
    score = weight @ (died - share)[:, 1:]
    fixed, mixed, own = (_information(share, weight**power)[1:, 1:] for power in range(3))
    # What a change adds to the information that the ratios themselves do not already hold.
    added = own - mixed @ np.linalg.solve(fixed, mixed)
    values, vectors = np.linalg.eigh(added)
    seen = values > 1e-10 * np.abs(own).max()
    df = int(seen.sum())
    if not df:
        return not_applicable
    chisq = float(((score @ vectors[:, seen]) ** 2 / values[seen]).sum())
    return Proportionality(chisq, float(special.chdtrc(df, chisq)), df, names, left_out)


def _comparable(time: np.ndarray, event: np.ndarray, index: np.ndarray, k: int) -> np.ndarray:
    """Which groups (k x k) have a finite hazard ratio to which.

    The likelihood rises without end along log hazards b just if, at every event, b is nowhere at
    risk larger than in the group with the event. Say that a group beats those at risk at its
    events: a ratio is finite just if each of the two beats the other, perhaps through further
    groups (the argument of Ford, Am Math Mon 1957;64:28, for paired comparisons).
    """
    beats = np.eye(k, dtype=bool)
    last = np.full(k, -np.inf)
    np.maximum.at(last, index, time)
    first = np.full(k, np.inf)
    np.minimum.at(first, index[event], time[event])
    # At its first event a group has the most others at risk; they leave but never come back.
    beats |= first[:, None] <= last
    for _ in range(k.bit_length()):
        beats = (beats.astype(int) @ beats.astype(int)) > 0
    return beats & beats.T


def _risk_sets(time: np.ndarray, event: np.ndarray, index: np.ndarray, kept: np.ndarray):
    """Patients at risk and events, one row for each event, one column for each group of `kept`.

    The j-th of d events at one time, from 0, counts j/d of each of them as no longer at risk
    (Efron), and 1/d of the events. The times of the rows come third.
    """
    moments = np.unique(time[event & np.isin(index, kept)])
    risk, died = np.empty((2, len(moments), len(kept)))
    for column, group in enumerate(kept):
        own = index == group
        risk[:, column] = own.sum() - np.searchsorted(np.sort(time[own]), moments, side="left")
        at = np.searchsorted(moments, time[own & event])
        died[:, column] = np.bincount(at, minlength=len(moments))
    d = died.sum(axis=1).astype(int)
    row = np.repeat(np.arange(len(moments)), d)
    fraction = (np.arange(len(row)) - np.repeat(np.cumsum(d) - d, d)) / d[row]
    return risk[row] - fraction[:, None] * died[row], died[row] / d[row, None], moments[row]


def _shares(risk: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """The chance of each group to have the event of a row."""
    weighted = risk * np.exp(coefficients - coefficients.max())
    return weighted / weighted.sum(axis=1, keepdims=True)


def _information(share: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The sum over rows of the covariance of who has the event, each row `weight` times."""
    weighted = share * weight[:, None]
    return np.diag(weighted.sum(axis=0)) - weighted.T @ share


def _fit(risk: np.ndarray, died: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log hazards of the groups, the first of which is 0, and their covariance matrix.

    The likelihood is concave and, after `_comparable`, has one maximum, so Newton's method with
    halved steps finds it; it ends when the score is zero to `_SETTLED` relative to the information.
    """
    observed, k = died.sum(axis=0), risk.shape[1]
    beta, likelihood = np.zeros(k), _likelihood(risk, observed, np.zeros(k))
    for _ in range(_MOST_STEPS):
        share = _shares(risk, beta)
        information = _information(share, np.ones(len(share)))[1:, 1:]
        step = np.zeros(k)
        step[1:] = np.linalg.solve(information, (observed - share.sum(axis=0))[1:])
        if np.abs(step).max() <= _SETTLED * max(1.0, np.abs(beta).max()):
            break
        new = _likelihood(risk, observed, beta + step)
        while new < likelihood - 1e-9 * abs(likelihood) and np.abs(step).max() > _SETTLED:
            step /= 2
            new = _likelihood(risk, observed, beta + step)
        beta, likelihood = beta + step, new
    else:
        raise ArithmeticError(f"the hazard ratios have not settled after {_MOST_STEPS} steps")
    variance = np.zeros((k, k))
    variance[1:, 1:] = np.linalg.inv(information)
    return beta + step, variance


def _likelihood(risk: np.ndarray, observed: np.ndarray, beta: np.ndarray) -> float:
    top = beta.max()
    return float(observed @ beta - np.log(risk @ np.exp(beta - top)).sum() - len(risk) * top)


def _km_before(time: np.ndarray, event: np.ndarray, moments: np.ndarray) -> np.ndarray:
    """One minus the Kaplan–Meier estimate of all patients just before each moment."""
    at, d = np.unique(time[event], return_counts=True)
    n = len(time) - np.searchsorted(np.sort(time), at, side="left")
    survival = np.concatenate([[1.0], np.cumprod((n - d) / n)])
    return 1 - survival[np.searchsorted(at, moments, side="left")]
