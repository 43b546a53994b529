"""Hazard ratios of several covariates at once, each adjusted for the others.

The proportional hazards model (Cox, J R Stat Soc B 1972;34:187) with Efron's method for ties. That
of one factor alone, which is fitted to thousands of data sets, is in `cox`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from case_review.statistics.inputs import check_level, checked, normal_quantile, refuse
from case_review.values import Estimate, PValue, Value

#: Newton's method ends with a step no longer than this (covariates have standard deviations of 1).
_SETTLED = 1e-10
_MOST_STEPS = 100
#: Below this the information is taken for that of a likelihood that may rise without end.
_FLAT = 1e-7
#: What counts as zero where a covariate is compared between patients, relative to its spread.
_SAME = 1e-9


@dataclass(frozen=True)
class Adjusted:
    """A fitted model.

    Parameters
    ----------
    ratios
        By coefficient, in the order of the columns: the hazard ratio for one unit more, with Wald
        limits; NaN in all three places where the data do not determine it.
    p
        By coefficient, the p-value of Wald's test; NaN where the ratio is.
    patients, events
        How many it rests on.
    log_likelihood
        Of no difference at all, and of the model.
    """

    ratios: dict[str, Estimate]
    p: dict[str, float]
    patients: int
    events: int
    log_likelihood: tuple[float, float]

    def p_value(self, name: str) -> Value:
        """The p-value of one coefficient as a value; not estimable where the ratio is not."""
        return PValue(self.p[name])


def coded(frame: pd.DataFrame, first: Mapping[str, object] | None = None) -> pd.DataFrame:
    """Covariates as numbers: one column for each number, and one for each further level of words.

    A column of numbers stays as it is. One of words has a column of zeros and ones for each level
    but its reference, as R's treatment contrasts have: the most frequent one, or that of `first`.

    Parameters
    ----------
    frame
        One row per patient, one column per covariate, nothing missing.
    first
        The reference of a column by its name, where it is not the most frequent level.

    Returns
    -------
    pandas.DataFrame
        Columns by pairs: the covariate, and its level (an empty text for a number).

    Raises
    ------
    ValueError
        If a value is missing, or a reference is no level of its column.
    """
    first, columns = first or {}, {}
    for name, values in frame.items():
        refuse(values.isna().to_numpy(), values.to_numpy(), f"{name} is missing")
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            columns[name, ""] = values.astype(float)
            continue
        levels = levels_of(values, first.get(name))
        columns |= {(name, level): values.eq(level).astype(float) for level in levels[1:]}
    return pd.DataFrame(columns, index=frame.index)


def levels_of(values: pd.Series, reference=None) -> list:
    """The levels of a column, its reference first, the others by frequency, then by name.

    Raises
    ------
    ValueError
        If the reference is given and no level.
    """
    levels = [*values.value_counts().sort_index().sort_values(ascending=False, kind="stable").index]
    if reference is not None:
        if reference not in levels:
            raise ValueError(f"the reference {reference!r} is none of the levels: {levels}")
        levels.sort(key=lambda level: level != reference)
    return levels


def fit(time, event, covariates: pd.DataFrame, conf_level: float = 0.95) -> Adjusted:
    """Fit one proportional hazards model to several covariates, as R's `coxph` does.

    Where the likelihood rises without end along some direction (all events of one level come first,
    a level has none, two covariates are the same), the ratios that differ along it are not
    estimable, and the others are those of the limit, where R warns and prints numbers.

    Parameters
    ----------
    time, event
        One entry per patient.
    covariates
        One row per patient, one column of numbers per coefficient; see `coded`.

    Raises
    ------
    ValueError
        If there is no column, an entry is no finite number, or the level is not between 0 and 1;
        see also `inputs.checked`.
    """
    check_level(conf_level)
    for name, column in covariates.items():
        time_checked, event_checked = checked(time, event, **{str(name): column})
        values = column.to_numpy(dtype=float)
        refuse(~np.isfinite(values), values, f"{name} is not finite")
    if not covariates.shape[1]:
        raise ValueError("there are no covariates: a model needs one column at least")
    time, event = time_checked, event_checked
    x, scale = _scaled(covariates.to_numpy(dtype=float))
    weight, died = _risk_sets(time, event)
    null = _moments(weight, died, x, np.zeros(x.shape[1]))[0]
    beta, variance, likelihood, lost = _maximum(weight, died, x)
    beta, errors = beta / scale, np.sqrt(np.maximum(np.diag(variance), 0)) / scale
    beta[lost], errors[lost] = np.nan, np.nan
    half = normal_quantile(conf_level) * errors
    with np.errstate(over="ignore"):
        ends = np.exp([beta, beta - half, beta + half]).T.tolist()
    ratios = [Estimate(*end, digits=2, conf_level=conf_level) for end in ends]
    with np.errstate(divide="ignore", invalid="ignore"):
        p = (2 * special.ndtr(-np.abs(beta / errors))).tolist()
    names, events = list(covariates.columns), int(event.sum())
    by_name = dict(zip(names, ratios, strict=True)), dict(zip(names, p, strict=True))
    return Adjusted(*by_name, len(time), events, (null, likelihood))


def _scaled(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns around 0 with standard deviations of 1, and the latter; constants stay unscaled.

    Without it a covariate in large numbers, such as a count of platelets, would overflow.
    """
    scale = x.std(axis=0)
    scale[scale <= _SAME * np.maximum(np.abs(x).max(axis=0), 1)] = 1.0
    return (x - x.mean(axis=0)) / scale, scale


def _risk_sets(time: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of those at risk, and of those with the event: a row per event, a column per patient.

    The j-th of d events at one time, from 0, counts j/d of each of them as no longer at risk
    (Efron), and 1/d of the events, as in `cox`.
    """
    weights, died = [np.empty((0, len(time)))], [np.empty((0, len(time)))]
    for moment in np.unique(time[event]):
        own = (time == moment) & event
        d = int(own.sum())
        gone = np.arange(d)[:, None] / d * own
        weights.append((time >= moment) - gone)
        died.append(np.tile(own / d, (d, 1)))
    return np.vstack(weights), np.vstack(died)


def _moments(weight, died, x, beta) -> tuple[float, np.ndarray, np.ndarray]:
    """The logarithm of the likelihood, its gradient, and the information, at some coefficients."""
    linear = x @ beta
    top = np.max(np.where(weight > 0, linear, -np.inf), axis=1, keepdims=True)
    share = weight * np.exp(np.minimum(linear - top, 0))
    total = share.sum(axis=1, keepdims=True)
    share /= total
    mean = share @ x
    likelihood = float((died @ linear).sum() - (np.log(total) + top).sum())
    information = (x.T * share.sum(axis=0)) @ x - mean.T @ mean
    return likelihood, (died @ x - mean).sum(axis=0), information


def _maximum(weight, died, x):
    """Coefficients, their covariance, the likelihood, and which coefficients have no finite value.

    The likelihood is concave: where Newton's method settles there is the one maximum. Where it does
    not, the likelihood rises without end, or is flat, and its limit is fitted instead.
    """
    nothing = np.zeros(x.shape[1], dtype=bool)
    if not len(weight):  # without an event nothing is determined
        return np.zeros(len(nothing)), np.zeros(2 * nothing.shape), 0.0, ~nothing
    try:
        return *_settled(weight, died, x, least=_FLAT), nothing
    except ArithmeticError:
        weight, basis, lost = _limit(weight, died, x)
    beta, variance, likelihood = _settled(weight, died, x @ basis)
    return basis @ beta, basis @ variance @ basis.T, likelihood, lost


def _settled(weight, died, x, least: float = 0.0) -> tuple[np.ndarray, np.ndarray, float]:
    """Newton's method with halved steps, to the maximum.

    Raises
    ------
    ArithmeticError
        If it does not end, or the information falls in some direction to `least` of what it is at
        first in the others.
    """
    beta = np.zeros(x.shape[1])
    likelihood, gradient, information = _moments(weight, died, x, beta)
    first = np.linalg.norm(information)
    for _ in range(_MOST_STEPS):
        values, vectors = np.linalg.eigh(information)
        if (values <= least * first).any():
            raise ArithmeticError("the likelihood is flat in some direction")
        variance = (vectors / values) @ vectors.T
        step = variance @ gradient
        if np.abs(step).max(initial=0) <= _SETTLED * np.abs(beta).max(initial=1.0):
            return beta + step, variance, likelihood
        new = _moments(weight, died, x, beta + step)
        while new[0] < likelihood - 1e-9 * abs(likelihood) and np.abs(step).max() > _SETTLED:
            step /= 2
            new = _moments(weight, died, x, beta + step)
        beta, (likelihood, gradient, information) = beta + step, new
    raise ArithmeticError(f"the hazard ratios have not settled after {_MOST_STEPS} steps")


def _limit(weight, died, x) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights of the limit of a likelihood that rises without end, and what it determines.

    Along b it does not fall just if, at every event, b is nowhere at risk larger than in who has
    the event: a cone. In a direction of its inside, which one linear programme finds, whoever lies
    strictly below has no part in the limit. The others are equal in all directions of the cone, so
    that a coefficient is determined just if it is a combination of their differences
    (the argument of Albert and Anderson, Biometrika 1984;71:1, for logistic models).

    Returns
    -------
    tuple of numpy.ndarray
        The weights; a basis, in columns, of the combinations of coefficients that are determined;
        and which coefficients are not.
    """
    from scipy.optimize import linprog  # takes half a second to import

    # Of events at one time each is compared with the others, too.
    event, own = np.nonzero(died)
    at, other = np.nonzero(weight[event] > 0)
    row, differences = event[at], x[own[at]] - x[other]
    several, place = np.unique(np.round(differences, 9), axis=0, return_inverse=True)
    n, p = several.shape
    goal = np.concatenate([np.zeros(p), -np.ones(n)])
    limits = [(None, None)] * p + [(0, 1)] * n
    rows = np.hstack([-several, np.eye(n)])
    below = linprog(goal, A_ub=rows, b_ub=np.zeros(n), bounds=limits).x[p:] > 0.5
    weight = weight.copy()
    weight[row[below[place]], other[below[place]]] = 0
    _, sizes, directions = np.linalg.svd(np.vstack([several[~below], np.zeros((1, p))]))
    basis = directions[: int((sizes > _SAME).sum())].T
    return weight, basis, np.abs(np.eye(p) - basis @ basis.T).max(axis=1) > 1e-6
