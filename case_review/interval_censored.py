"""Time to an event that is only known to lie between two visits: Turnbull's estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from case_review.units import to_hours

#: The self-consistent weights have settled when none moves by more than this in one step.
_SETTLED = 1e-7
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Median:
    """The median lies in (left, right]; `lower` and `upper` are bootstrap limits."""

    left: float
    right: float
    lower: float
    upper: float


def visit_intervals(
    patients: pd.DataFrame, month_days: float, gap: float
) -> tuple[np.ndarray, np.ndarray]:
    """The interval (left, right] in hours that each reported time stands for.

    A response reported after v units (weeks, say) was seen at that visit and not yet at the one
    before, taken to be `gap` units earlier and never before the start. A patient without response
    has the interval from the last follow-up to infinity.

    Parameters
    ----------
    patients
        Clean table, with `response_time_value`, `response_time_unit`, `time_hours`, `event`.
    month_days
        Length of a month in days.
    gap
        Distance of the visits in the reported unit.
    """
    left, right = [], []
    for row in patients.itertuples():
        if row.event:
            value, unit = float(row.response_time_value), row.response_time_unit
            left.append(to_hours(max(0.0, value - gap), unit, month_days))
            right.append(to_hours(value, unit, month_days))
        else:
            left.append(row.time_hours)
            right.append(math.inf)
    return np.array(left, dtype=float), np.array(right, dtype=float)


def cells(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Turnbull's innermost intervals (p, q], as rows, in which alone an estimate can change.

    Each begins at a left end, closes at a right end, and has no other end in between (Turnbull,
    J R Stat Soc B 1976;38:290). At equal values a right end comes first, as intervals are open on
    the left.
    """
    ends = sorted({(x, 0) for x in right} | {(x, 1) for x in left})
    return np.array(
        [(a[0], b[0]) for a, b in pairwise(ends) if a[1] == 1 and b[1] == 0], dtype=float
    )


def estimate(left, right, weights=None) -> tuple[np.ndarray, np.ndarray]:
    """The nonparametric maximum likelihood estimate by self-consistency.

    Parameters
    ----------
    left, right
        Interval (left, right] of each patient; right may be infinite.
    weights
        Samples x patients: how often each patient counts, one row per bootstrap sample. Without
        it every patient counts once.

    Returns
    -------
    tuple of arrays
        The cells (p, q], ascending, and the probability of each (samples x cells).

    Raises
    ------
    ValueError
        If an interval is empty or begins before 0.
    """
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if len(left) == 0 or len(left) != len(right):
        raise ValueError(f"{len(left)} left ends and {len(right)} right ends make no intervals")
    if np.any(left < 0) or not np.all(left < right):
        raise ValueError("each interval must begin at 0 or later and end after it begins")
    found = cells(left, right)
    inside = ((left[:, None] <= found[:, 0]) & (found[:, 1] <= right[:, None])).astype(float)
    counts = np.ones((1, len(left))) if weights is None else np.asarray(weights, dtype=float)
    total = counts.sum(axis=1, keepdims=True)
    mass = np.full((len(counts), len(found)), 1 / len(found))
    for _ in range(_MOST_STEPS):
        # a patient who does not count may have lost all probability; 0 / 0 is then 0
        likelihood = np.maximum(mass @ inside.T, 1e-300)
        new = mass * ((counts / likelihood) @ inside) / total
        moved = np.abs(new - mass).max()
        mass = new
        if moved < _SETTLED:
            break
    return found, mass


def median_cell(found: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """The cell (p, q] in which the estimate reaches one half; NaN if it does so nowhere."""
    reached = np.cumsum(mass) > 0.5 - 1e-6
    reached &= np.isfinite(found[:, 1])
    if not reached.any():
        return math.nan, math.nan
    return tuple(float(x) for x in found[int(reached.argmax())])


def median(left, right, resamples: int, seed: int, conf_level: float = 0.95) -> Median:
    """The median of the estimate, with percentile limits from resampled patients.

    The estimate says nothing about where within its cell the median lies, so the lower limit comes
    from the left ends of the resampled medians' cells and the upper from the right ends. A limit
    among samples whose median is not estimable is NaN.
    """
    place = median_cell(*_single(left, right))
    random = np.random.default_rng(seed)
    n = len(np.asarray(left))
    weights = random.multinomial(n, np.full(n, 1 / n), size=resamples)
    found, mass = estimate(left, right, weights)
    ends = np.array([median_cell(found, row) for row in mass])
    tail = (1 - conf_level) / 2
    lower = percentile(np.nan_to_num(ends[:, 0], nan=np.inf), tail)
    upper = percentile(np.nan_to_num(ends[:, 1], nan=np.inf), 1 - tail)
    return Median(*place, lower, upper)


def percentile(values: np.ndarray, fraction: float) -> float:
    """An observed value, not an interpolated one; NaN where it is infinite."""
    value = float(np.quantile(values, fraction, method="inverted_cdf"))
    return value if math.isfinite(value) else math.nan


def curve(left, right) -> pd.DataFrame:
    """The estimate as cumulative proportions: `left`, `right` of each cell, `proportion` after it.

    Within a cell the estimate is undetermined; a figure shows the cell as such.
    """
    found, mass = _single(left, right)
    return pd.DataFrame({"left": found[:, 0], "right": found[:, 1], "proportion": np.cumsum(mass)})


def _single(left, right) -> tuple[np.ndarray, np.ndarray]:
    found, mass = estimate(left, right)
    return found, mass[0]
