"""Time to an event with R's conventions: Kaplan–Meier curve, quantiles and their limits.

lifelines' `KaplanMeierFitter` fits the curve and counts who is at risk. The bands and the quantile
rule are this module's own, because no Python library prints the limits that R's `survival` package
prints. Times are best given as whole numbers (hours); times that differ by rounding alone count as
one, as in R (`inputs.merged`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from case_review.statistics.inputs import check_conf, check_level, checked, members, normal_quantile
from case_review.values import Estimate, Proportion

#: R's `.Machine$double.eps^.5`: survival within this distance of a level counts as equal to it.
TOLERANCE = math.sqrt(np.finfo(float).eps)


def curve(time, event, conf_type: str = "log", conf_level: float = 0.95) -> pd.DataFrame:
    """The Kaplan–Meier curve (Kaplan and Meier, J Am Stat Assoc 1958;53:457) with its band.

    Parameters
    ----------
    time, event
        One entry per patient; event is 1 at an observed event, 0 at censoring.
    conf_type, conf_level
        Type (`log`, `log-log`, `plain`) and level of the pointwise band.

    Returns
    -------
    DataFrame
        One row per distinct time, ascending: `time`, `at_risk` (just before it), `events`,
        `censored`, `survival` (just after it), `se_log` (Greenwood's standard error of log
        survival, J Roy Stat Soc 1926: the root of the sum of d / (n (n - d))), `lower`, `upper`.
        Limits are NaN where R prints NA: where survival is 0, and before the first event for
        `log-log`.

    Raises
    ------
    ValueError
        See `inputs.checked`; also for an unknown interval type or level.
    """
    check_conf(conf_type, conf_level)
    time, event = checked(time, event)
    fitted = _fitted(time.tobytes(), event.tobytes())
    course = (fitted[name].to_numpy() for name in ("survival", "se_log"))
    lower, upper = band(*course, conf_type, conf_level)
    return fitted.assign(lower=lower, upper=upper)


@lru_cache(maxsize=32)
def _fitted(time: bytes, event: bytes) -> pd.DataFrame:
    """`curve` without its band, once for the patients that several types of limits are made for."""
    from lifelines import KaplanMeierFitter

    fitter = KaplanMeierFitter().fit(np.frombuffer(time), np.frombuffer(event, dtype=bool))
    table = fitter.event_table
    table = table[(table["observed"] > 0) | (table["censored"] > 0)]
    survival = fitter.survival_function_["KM_estimate"].loc[table.index].to_numpy(float)
    n, d = (table[name].to_numpy(int) for name in ("at_risk", "observed"))
    counts = {"time": table.index.to_numpy(float), "at_risk": n, "events": d}
    left = {"censored": table["censored"].to_numpy(int)}
    return pd.DataFrame(counts | left | {"survival": survival, "se_log": standard_error(n, d)})


def columns(time, event) -> dict[str, np.ndarray]:
    """The columns of `curve` but its band, as arrays by name.

    Without a fit and a table, which cost more than all the rest where thousands of samples are
    analysed; a test holds the two together.
    """
    time, event = checked(time, event)
    times, place = np.unique(time, return_inverse=True)
    leaving = np.bincount(place)
    events = np.bincount(place[event], minlength=len(times))
    at_risk = np.cumsum(leaving[::-1])[::-1]
    return {
        "time": times,
        "at_risk": at_risk,
        "events": events,
        "censored": leaving - events,
        "survival": np.cumprod((at_risk - events) / at_risk),
        "se_log": standard_error(at_risk, events),
    }


def standard_error(at_risk: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Greenwood's standard error of log survival after each time; infinite where nobody is left."""
    with np.errstate(divide="ignore"):
        return np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))


def band(survival, se_log, conf_type: str = "log", conf_level: float = 0.95):
    """Pointwise limits of survival, as R's `survfit` computes them.

    `log` is S exp(±z s), capped at 1; `log-log` is exp(-exp(log(-log S) ± z s / log S))
    (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 1980); `plain` is
    S ± z s S within [0, 1]. Here s is Greenwood's standard error of log S.

    Returns
    -------
    tuple of arrays
        Lower and upper limit, NaN where R prints NA.
    """
    check_conf(conf_type, conf_level)
    s = np.where(np.asarray(survival) > 0, survival, np.nan)
    z = normal_quantile(conf_level)
    with np.errstate(divide="ignore", invalid="ignore"):
        if conf_type == "log":
            return s * np.exp(-z * se_log), np.minimum(1.0, s * np.exp(z * se_log))
        if conf_type == "plain":
            return np.maximum(0.0, s - z * se_log * s), np.minimum(1.0, s + z * se_log * s)
        s = np.where(s < 1, s, np.nan)
        middle, half = np.log(-np.log(s)), -z * se_log / np.log(s)
        return np.exp(-np.exp(middle + half)), np.exp(-np.exp(middle - half))


def crossing(time: np.ndarray, survival: np.ndarray, level: float = 0.5) -> float:
    """The time at which a step function falls below `level`, by the rule of R's `print.survfit`.

    Missing values are ignored. The first time with a value below level + `TOLERANCE` counts. If
    the curve runs along the level (within `TOLERANCE`) and drops later, the result is the midpoint
    between the two times. NaN if the level is never reached.
    """
    below = survival < level + TOLERANCE  # NaN compares as False, and so is ignored
    if not below.any():
        return math.nan
    t, s = time[below], survival[below]
    later = s < s[0]
    if abs(s[0] - level) < TOLERANCE and later.any():
        return float((t[0] + t[np.argmax(later)]) / 2)
    return float(t[0])


@dataclass(frozen=True)
class KaplanMeier:
    """A Kaplan–Meier curve and what is read off it, in one group of patients.

    Parameters
    ----------
    curve
        As `curve` gives it, times in `unit`.
    n, events
        Patients, and patients with the event.
    unit
        Unit of time in print.
    conf_type, conf_level
        Type and level of all limits.
    """

    curve: pd.DataFrame
    n: int
    events: int
    unit: str = ""
    conf_type: str = "log"
    conf_level: float = 0.95

    def at_risk(self, when: float) -> int:
        """Patients at risk at a time: those whose time is not before it (R's `n.risk`).

        Whoever has the event or is censored at `when` itself is still counted.
        """
        position = int(np.searchsorted(self.curve["time"].to_numpy(float), _not_before_0(when)))
        return int(self.curve["at_risk"].iloc[position]) if position < len(self.curve) else 0

    def quantile(self, p: float) -> Estimate:
        """The time by which a fraction `p` of patients has had the event; printed to a tenth.

        The limits are the times at which the lower and upper limit of the curve cross the same
        level (Brookmeyer and Crowley, Biometrics 1982;38:29), by the rule of `crossing`. NaN where
        the curve or a limit does not reach the level: not estimable.

        Raises
        ------
        ValueError
            If `p` does not lie strictly between 0 and 1.
        """
        if not 0 < p < 1:
            raise ValueError(f"a quantile is asked for at a fraction between 0 and 1, not {p}")
        times = self.curve["time"].to_numpy(float)
        numbers = (
            crossing(times, self.curve[name].to_numpy(float), 1 - p)
            for name in ("survival", "lower", "upper")
        )
        return Estimate(*numbers, self.unit, most=1, conf_level=self.conf_level, n=self.n)

    def median(self) -> Estimate:
        """The median time to the event with limits, as R prints it; see `quantile`."""
        return self.quantile(0.5)

    def without_event(self, when: float) -> Proportion:
        """The proportion without the event at a time, with limits.

        Before the first row of the curve it is 1 with limits 1 and 1. After the last row it is not
        estimable (NaN) unless the curve has reached 0.
        """
        times = self.curve["time"].to_numpy(float)
        position = int(np.searchsorted(times, _not_before_0(when), side="right")) - 1
        numbers = (1.0, 1.0, 1.0)
        if position >= 0:
            numbers = self.curve.loc[position, ["survival", "lower", "upper"]].tolist()
            if when > times[-1] and numbers[0] > 0:
                numbers = (math.nan, math.nan, math.nan)
        return Proportion(*numbers, conf_level=self.conf_level, n=self.n)

    def with_event(self, when: float) -> Proportion:
        """The cumulative proportion with the event by a time: one minus `without_event`."""
        without = self.without_event(when)
        limits = {"lower": 1 - without.upper, "upper": 1 - without.lower}
        return replace(without, estimate=1 - without.estimate, **limits)


def _not_before_0(when: float) -> float:
    if not when >= 0:
        raise ValueError(f"a curve is read at a time of zero or later, not {when}")
    return when


def kaplan_meier(
    time,
    event,
    by=None,
    conf_type: str = "log",
    conf_level: float = 0.95,
    per: float = 1,
    unit: str = "",
) -> KaplanMeier | dict[object, KaplanMeier]:
    """Fit the Kaplan–Meier curve of all patients, or one for each group.

    Parameters
    ----------
    time, event
        One entry per patient; event is 1 at an observed event, 0 at censoring.
    by
        Each patient's group. The result is then a dictionary by group, sorted; a patient without
        a group is in none of them.
    conf_type, conf_level
        Type (`log`, `log-log`, `plain`) and level of all limits.
    per, unit
        How many units of `time` make one of those that are printed, and its name: times in whole
        hours compare exactly, and `per=168, unit="weeks"` prints them as weeks.

    Raises
    ------
    ValueError
        See `inputs.checked`; also for an unknown interval type or level.
    """
    if by is not None:
        time, event = checked(time, event, by=by)
        how = {"conf_type": conf_type, "conf_level": conf_level, "per": per, "unit": unit}
        return {
            name: kaplan_meier(time[own], event[own], **how)
            for name, own in members(by, len(time)).items()
        }
    fitted = curve(time, event, conf_type, conf_level)
    n, events = int(fitted["at_risk"].iloc[0]), int(fitted["events"].sum())
    fitted["time"] = fitted["time"] / per
    return KaplanMeier(fitted, n, events, unit, conf_type, conf_level)


def sign_test_limits(time, event, conf_level: float = 0.95, unit: str = "") -> Estimate:
    """The median with the exact limits of the sign test, which assume no shape of distribution.

    The limits are the k-th smallest and k-th largest time, with k the largest number for which a
    binomial count of n tosses is below k with a probability of at most (1 - conf_level) / 2
    (Conover, Practical Nonparametric Statistics, 1999, section 3.2).

    Returns
    -------
    Estimate
        NaN limits where there are too few patients for the level, and NaN throughout where a
        patient is censored: order statistics are then unknown.
    """
    check_level(conf_level)
    from scipy import stats  # as lifelines does, and takes a second to import

    time, event = checked(time, event)
    how = {"unit": unit, "most": 1, "conf_level": conf_level}
    if not event.all():
        return Estimate(math.nan, math.nan, math.nan, **how)
    n, ordered = len(time), np.sort(time)
    # The slack lets a probability that equals the tail count as such (2 patients, level 0.5).
    tail = (1 - conf_level) / 2 + 1e-12
    k = int(np.searchsorted(stats.binom.cdf(np.arange(n), n, 0.5), tail, side="right"))
    limits = (float(ordered[k - 1]), float(ordered[n - k])) if k else (math.nan, math.nan)
    return Estimate(float(np.median(ordered)), *limits, **how)
