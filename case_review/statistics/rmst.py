"""Restricted mean time: the mean time without the event up to a horizon, and its difference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from case_review.statistics.inputs import check_level, checked, two_groups
from case_review.statistics.survival import curve


@dataclass(frozen=True)
class Restricted:
    """A restricted mean with its sampling variance, in units of time and squared time."""

    mean: float
    variance: float


@dataclass(frozen=True)
class Difference:
    """A difference of restricted means with limits and two-sided p-value (normal approximation)."""

    estimate: float
    lower: float
    upper: float
    p: float


def restricted_mean(time, event, horizon: float) -> Restricted:
    """The area under the Kaplan–Meier curve from 0 to `horizon`.

    The variance is Greenwood's: the sum over event times t of A(t)² d / (n (n - d)), where A(t) is
    the area under the curve from t to the horizon (Royston and Parmar, BMC Med Res Methodol
    2013;13:152), as in R's package survRM2.

    Raises
    ------
    ValueError
        If the horizon is not positive, or the curve ends before it with patients still at risk
        (the last time is a censored one); see also `inputs.checked`.
    """
    if not horizon > 0:
        raise ValueError(f"the horizon must be greater than 0, not {horizon}")
    fitted = curve(time, event)
    t, s = fitted["time"].to_numpy(float), fitted["survival"].to_numpy(float)
    if t[-1] < horizon and s[-1] > 0:
        raise ValueError(
            f"the horizon ({horizon:g}) lies beyond the last follow-up ({t[-1]:g}), where patients "
            "had not had the event; choose a shorter horizon"
        )
    inside = t <= horizon
    edges = np.concatenate([[0.0], t[inside], [horizon]])
    areas = np.concatenate([[1.0], s[inside]]) * np.diff(edges)
    after = areas[::-1].cumsum()[::-1][1:]  # A(t) at each time inside
    n = fitted.loc[inside, "at_risk"].to_numpy(float)
    d = fitted.loc[inside, "events"].to_numpy(float)
    # Where everybody left has the event the curve is 0 from there on, and so is the area.
    weight = np.divide(d, n * (n - d), out=np.zeros_like(d), where=n > d)
    return Restricted(float(areas.sum()), float(np.sum(after**2 * weight)))


def difference(time, event, group, of, horizon: float, conf_level: float = 0.95) -> Difference:
    """Restricted mean of group `of` minus that of the other group; negative if `of` is quicker.

    Limits and p-value are NaN where neither group's times vary within the horizon.

    Raises
    ------
    ValueError
        If `group` does not hold exactly two values, one of them `of`, or the level is not between
        0 and 1; see also `restricted_mean`.
    """
    check_level(conf_level)
    time, event = checked(time, event)
    own = two_groups(group, len(time), of)
    first = restricted_mean(time[own], event[own], horizon)
    second = restricted_mean(time[~own], event[~own], horizon)
    estimate = first.mean - second.mean
    error = math.sqrt(first.variance + second.variance)
    if error == 0:
        # Times that do not vary (one patient each) tell nothing of how they would.
        return Difference(estimate, math.nan, math.nan, math.nan)
    half = float(stats.norm.isf((1 - conf_level) / 2)) * error
    p = float(2 * stats.norm.sf(abs(estimate) / error))
    return Difference(estimate, estimate - half, estimate + half, p)
