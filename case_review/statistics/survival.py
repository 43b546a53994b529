"""Time to an event with R's conventions: Kaplan–Meier curve, quantiles and their limits, log-rank.

lifelines fits the curve and counts who is at risk. The bands, the quantile rule and the log-rank
test are this module's own, because no Python library prints the limits that R's `survival`
package prints. Times are best given as whole numbers (hours): equal times must compare equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

#: Interval types that R's `survfit` knows by these names.
CONF_TYPES = ("log", "log-log", "plain")
#: R's `.Machine$double.eps^.5`: survival within this distance of a level counts as equal to it.
TOLERANCE = math.sqrt(np.finfo(float).eps)


@dataclass(frozen=True)
class Estimate:
    """An estimate with its confidence limits; NaN where R prints NA."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Logrank:
    """A log-rank test.

    Parameters
    ----------
    chisq, p, df
        Statistic, p-value from the chi-square distribution, degrees of freedom: one less than the
        groups with patients at risk at an event, but at least 1.
    groups
        Values of the grouping variable, sorted; they index the arrays below.
    observed, expected
        Events per group, and events expected if all groups had the same hazard.
    variance
        Covariance matrix of observed - expected (groups x groups).
    """

    chisq: float
    p: float
    df: int
    groups: tuple
    observed: np.ndarray
    expected: np.ndarray
    variance: np.ndarray


def checked(time, event) -> tuple[np.ndarray, np.ndarray]:
    """`time` as numbers and `event` as booleans, or a ValueError that says what is wrong.

    Refused: no patients, different lengths, missing or negative or infinite times, times that are
    dates or durations (they would count nanoseconds), and events other than 0/1 or False/True. A
    time of zero is accepted.
    """
    time, event = _numbers(time), np.asarray(event)
    if time.ndim != 1 or event.ndim != 1 or len(time) != len(event):
        raise ValueError(
            f"time and event must be two columns of one length, not {time.shape} and {event.shape}"
        )
    if len(time) == 0:
        raise ValueError("there are no patients: at least one time is needed")
    _refuse(np.isnan(time), time, "time is missing")
    _refuse(np.isinf(time), time, "time is not finite")
    _refuse(time < 0, time, "time is negative")
    flags = pd.to_numeric(pd.Series(event), errors="coerce").to_numpy(dtype=float)
    _refuse(~np.isin(flags, (0.0, 1.0)), event, "event is neither 0 (censored) nor 1")
    return time, flags == 1.0


def _numbers(time) -> np.ndarray:
    values = np.asarray(time)
    if values.dtype.kind in "mM":
        raise ValueError("time must be numbers in one unit, such as hours, not dates or durations")
    try:
        return np.asarray(time, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"time must be numbers: {error}") from None


def _refuse(wrong: np.ndarray, values: np.ndarray, what: str) -> None:
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        value = values[first]
        shown = value.item() if isinstance(value, np.generic) else value
        raise ValueError(
            f"{what} in {int(wrong.sum())} of {len(wrong)} patients, "
            f"first at position {first} ({shown!r})"
        )


def check_conf(conf_type: str, conf_level: float) -> None:
    """Refuse an unknown interval type or a level outside (0, 1) with a ValueError."""
    if conf_type not in CONF_TYPES:
        raise ValueError(f"conf_type must be one of {', '.join(CONF_TYPES)}, not {conf_type!r}")
    check_level(conf_level)


def check_level(conf_level: float) -> None:
    """Refuse a confidence level outside (0, 1), such as 95, with a ValueError."""
    if not 0 < conf_level < 1:
        raise ValueError(f"the confidence level must lie between 0 and 1, not {conf_level}")


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
        See `checked`; also for an unknown interval type or level.
    """
    check_conf(conf_type, conf_level)
    time, event = checked(time, event)
    counts = _counts(time, event)
    n, d = counts["at_risk"].to_numpy(float), counts["events"].to_numpy(float)
    survival = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore"):
        se_log = np.sqrt(np.cumsum(d / (n * (n - d))))
    lower, upper = band(survival, se_log, conf_type, conf_level)
    return counts.assign(survival=survival, se_log=se_log, lower=lower, upper=upper)


def _counts(time: np.ndarray, event: np.ndarray) -> pd.DataFrame:
    """Patients at risk, with event and censored at each distinct time, as lifelines counts them."""
    from lifelines import KaplanMeierFitter

    table = KaplanMeierFitter().fit(time, event).event_table
    table = table[(table["observed"] > 0) | (table["censored"] > 0)]
    return pd.DataFrame(
        {
            "time": table.index.to_numpy(float),
            "at_risk": table["at_risk"].to_numpy(int),
            "events": table["observed"].to_numpy(int),
            "censored": table["censored"].to_numpy(int),
        }
    )


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
    z = stats.norm.isf((1 - conf_level) / 2)
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


def quantile(
    time, event, p: float = 0.5, conf_type: str = "log", conf_level: float = 0.95
) -> Estimate:
    """The time by which a fraction `p` of patients has had the event, with limits.

    The limits are the times at which the lower and upper limit of the curve cross the same level
    (Brookmeyer and Crowley, Biometrics 1982;38:29), by the rule of `crossing`.

    Parameters
    ----------
    time, event
        One entry per patient; the result has the unit of `time`.
    p
        Fraction strictly between 0 and 1.

    Returns
    -------
    Estimate
        NaN where the curve or a limit does not reach the level: not estimable.
    """
    if not 0 < p < 1:
        raise ValueError(f"a quantile is asked for at a fraction between 0 and 1, not {p}")
    return quantile_of(curve(time, event, conf_type, conf_level), p)


def quantile_of(fitted: pd.DataFrame, p: float = 0.5) -> Estimate:
    """The quantile of a curve that `curve` has fitted; see `quantile`."""
    times = fitted["time"].to_numpy(float)
    values = (
        crossing(times, fitted[name].to_numpy(float), 1 - p)
        for name in ("survival", "lower", "upper")
    )
    return Estimate(*values)


def median(time, event, conf_type: str = "log", conf_level: float = 0.95) -> Estimate:
    """The median time to the event with limits, as R prints it; see `quantile`."""
    return quantile(time, event, 0.5, conf_type, conf_level)


def survival_at(fitted: pd.DataFrame, when: float) -> Estimate:
    """Survival at a time with limits, from a curve that `curve` has fitted.

    Before the first row survival is 1 with limits 1 and 1. After the last row it is not estimable
    (NaN) unless the curve has reached 0.
    """
    if when < 0 or math.isnan(when):
        raise ValueError(f"survival is asked for at a time of zero or later, not {when}")
    times = fitted["time"].to_numpy(float)
    position = int(np.searchsorted(times, when, side="right")) - 1
    if position < 0:
        return Estimate(1.0, 1.0, 1.0)
    row = fitted.iloc[position]
    if when > times[-1] and row["survival"] > 0:
        return Estimate(math.nan, math.nan, math.nan)
    return Estimate(float(row["survival"]), float(row["lower"]), float(row["upper"]))


def logrank(time, event, group) -> Logrank:
    """The log-rank test of two or more groups, as R's `survdiff` with rho = 0.

    The variance is hypergeometric: for two groups the sum of d n1 n2 (n - d) / (n² (n - 1)), where
    moments with one patient at risk contribute nothing (Mantel, Cancer Chemother Rep 1966;50:163;
    Peto and Peto, J R Stat Soc A 1972;135:185).

    Parameters
    ----------
    time, event, group
        One entry per patient; `group` holds at least two different values.

    Returns
    -------
    Logrank
        If the data leave no room for a difference (all events at one time, say), observed equals
        expected in every possible split: chisq is then 0 and p 1.

    Raises
    ------
    ValueError
        For fewer than two groups, a missing group, no events; see also `checked`.
    """
    time, event = checked(time, event)
    groups, index = group_index(group, len(time))
    if not event.any():
        raise ValueError("the log-rank test needs at least one event; all patients are censored")
    d, n, observed = _tabulate(time, event, index, len(groups))
    total = n.sum(axis=1)
    share = n / total[:, None]
    expected = d @ share
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(total > 1, d * (total - d) / (total - 1), 0.0)
    variance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    chisq = _quadratic((observed - expected)[:-1], variance[:-1, :-1])
    # A group that nobody is left of at the first event has no part in the test: R leaves it out.
    df = max(1, int(np.sum(expected > 0)) - 1)
    p = float(stats.chi2.sf(chisq, df))
    return Logrank(chisq, p, df, groups, observed, expected, variance)


def group_index(group, patients: int) -> tuple[tuple, np.ndarray]:
    """Sorted distinct values of `group` and each patient's position among them.

    Raises
    ------
    ValueError
        If a value is missing, the length is not `patients`, or there are fewer than two groups.
    """
    values = np.asarray(group, dtype=object)
    if values.ndim != 1:
        raise ValueError(f"group must be one column, not of shape {values.shape}")
    values = pd.Series(values)
    if len(values) != patients:
        raise ValueError(f"group has {len(values)} entries for {patients} patients")
    _refuse(values.isna().to_numpy(), values.to_numpy(), "group is missing")
    index, groups = pd.factorize(values, sort=True)
    if len(groups) < 2:
        raise ValueError(f"a comparison needs two groups; there is only {groups[0]!r}")
    return tuple(groups), index


def two_groups(group, patients: int, of) -> np.ndarray:
    """Which patients belong to group `of` of two groups, as booleans.

    Raises
    ------
    ValueError
        If there are not exactly two groups, or `of` is none of them; see also `group_index`.
    """
    groups, index = group_index(group, patients)
    if len(groups) != 2 or of not in groups:
        found = ", ".join(map(str, groups))
        raise ValueError(f"expected two groups, one of them {of!r}; found {found}")
    return index == groups.index(of)


def _tabulate(time: np.ndarray, event: np.ndarray, index: np.ndarray, k: int):
    """Events (all) and patients at risk (times x groups) at each event time; events per group."""
    moments = np.unique(time[event])
    d = np.bincount(np.searchsorted(moments, time[event]), minlength=len(moments)).astype(float)
    n = np.empty((len(moments), k))
    for group in range(k):
        own = np.sort(time[index == group])
        n[:, group] = len(own) - np.searchsorted(own, moments, side="left")
    return d, n, np.bincount(index[event], minlength=k).astype(float)


def _quadratic(difference: np.ndarray, variance: np.ndarray) -> float:
    if not variance.any():
        return 0.0
    # pinv, because a group without anybody at risk at an event adds an empty row
    return float(difference @ np.linalg.pinv(variance, hermitian=True) @ difference)


def sign_test_limits(time, event, conf_level: float = 0.95) -> Estimate:
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
    time, event = checked(time, event)
    if not event.all():
        return Estimate(math.nan, math.nan, math.nan)
    n, ordered = len(time), np.sort(time)
    # The slack lets a probability that equals the tail count as such (2 patients, level 0.5).
    tail = (1 - conf_level) / 2 + 1e-12
    k = int(np.searchsorted(stats.binom.cdf(np.arange(n), n, 0.5), tail, side="right"))
    if k < 1:
        return Estimate(float(np.median(ordered)), math.nan, math.nan)
    return Estimate(float(np.median(ordered)), float(ordered[k - 1]), float(ordered[n - k]))
