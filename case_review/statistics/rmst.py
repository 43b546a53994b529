"""Restricted mean time: the mean time without the event up to a horizon, and its differences."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from case_review.statistics.inputs import (
    check_horizon,
    check_level,
    checked,
    members,
    normal_quantile,
)
from case_review.statistics.survival import columns
from case_review.values import Estimate, PValue


@dataclass(frozen=True)
class Difference(Estimate):
    """A difference of restricted means with limits and two-sided p (normal approximation)."""

    p: float = field(default=math.nan, compare=False)

    @property
    def p_value(self) -> PValue:
        """The p-value as a value."""
        return PValue(self.p)


def restricted_mean(
    time, event, horizon: float, conf_level: float = 0.95, unit: str = ""
) -> Estimate:
    """The area under the Kaplan–Meier curve from 0 to `horizon`, with limits.

    The variance is Greenwood's: the sum over event times t of A(t)² d / (n (n - d)), where A(t) is
    the area under the curve from t to the horizon (Royston and Parmar, BMC Med Res Methodol
    2013;13:152), as in R's package survRM2; the limits are those of the normal approximation.

    Parameters
    ----------
    time, event
        One entry per patient; event is 1 at an observed event, 0 at censoring.
    horizon
        In the unit of `time`, whose name in print is `unit`.

    Raises
    ------
    ValueError
        If the horizon is not positive and finite, or the curve ends before it with patients still
        at risk (the last time is a censored one); see also `inputs.checked`.
    """
    check_level(conf_level)
    mean, variance = mean_and_variance(time, event, horizon)
    half = normal_quantile(conf_level) * math.sqrt(variance)
    how = {"unit": unit, "digits": 1, "conf_level": conf_level, "n": len(time)}
    return Estimate(mean, mean - half, mean + half, **how)


def reaches(time, event, horizon: float) -> bool:
    """Whether a restricted mean exists: follow-up goes to the horizon, or all had the event."""
    check_horizon(horizon)
    fitted = columns(time, event)
    return bool(fitted["time"][-1] >= horizon or fitted["survival"][-1] <= 0)


def mean_and_variance(time, event, horizon: float) -> tuple[float, float]:
    """The restricted mean and its sampling variance; see `restricted_mean`."""
    check_horizon(horizon)
    fitted = columns(time, event)
    t, s = fitted["time"], fitted["survival"]
    if t[-1] < horizon and s[-1] > 0:
        raise ValueError(
            f"the horizon ({horizon:g}) lies beyond the last follow-up ({t[-1]:g}), where patients "
            "had not had the event; choose a shorter horizon"
        )
    inside = t <= horizon
    edges = np.concatenate([[0.0], t[inside], [horizon]])
    areas = np.concatenate([[1.0], s[inside]]) * np.diff(edges)
    after = areas[::-1].cumsum()[::-1][1:]  # A(t) at each time inside
    n, d = (fitted[name][inside].astype(float) for name in ("at_risk", "events"))
    # Where everybody left has the event the curve is 0 from there on, and so is the area.
    weight = np.divide(d, n * (n - d), out=np.zeros_like(d), where=n > d)
    return float(areas.sum()), float(np.sum(after**2 * weight))


def differences(
    time, event, group, reference, horizon: float, conf_level: float = 0.95, unit: str = ""
) -> dict[object, Difference]:
    """Restricted mean of each group minus that of `reference`; negative in a quicker group.

    Limits and p-value are NaN where neither group's times vary within the horizon.

    Parameters
    ----------
    time, event, group
        One entry per patient; a patient without a group is in none of them.
    reference
        The group that the others are compared with.
    horizon
        In the unit of `time`, whose name in print is `unit`.

    Returns
    -------
    dict
        By group, sorted, without the reference; empty where there is no other group.

    Raises
    ------
    ValueError
        If `reference` is none of the groups, or the level is not between 0 and 1; see also
        `restricted_mean`.
    """
    check_level(conf_level)
    time, event = checked(time, event, group=group)
    means = {
        name: mean_and_variance(time[own], event[own], horizon)
        for name, own in members(group, len(time), reference).items()
    }
    how = {"unit": unit, "digits": 1, "conf_level": conf_level}
    return {
        name: _difference(means[name], means[reference], how) for name in means if name != reference
    }


def _difference(first: tuple, second: tuple, how: dict) -> Difference:
    estimate, error = first[0] - second[0], math.sqrt(first[1] + second[1])
    if error == 0:
        # Times that do not vary (one patient each) tell nothing of how they would.
        return Difference(estimate, math.nan, math.nan, **how)
    half = normal_quantile(how["conf_level"]) * error
    p = float(2 * special.ndtr(-abs(estimate) / error))
    return Difference(estimate, estimate - half, estimate + half, **how, p=p)
