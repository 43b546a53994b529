"""Time to an event that is only known to lie between two visits: Turnbull's estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from case_review.formatting import NOT_ESTIMABLE
from case_review.statistics import turnbull
from case_review.statistics.inputs import aligned, check_draws, check_level, check_weights
from case_review.statistics.weighted import alike, resampled_kinds, together
from case_review.values import Estimate, Number, Part, Range


@dataclass(frozen=True)
class Median(Estimate):
    """A median that lies in (left, estimate], with bootstrap limits."""

    left: float = math.nan

    @property
    def prose(self) -> str:
        """`between 1 and 2 weeks (bootstrap limits 0.3–10 weeks)`."""
        return f"{self.point.prose} (bootstrap limits {self.limits.prose})"

    @property
    def point(self) -> Part:
        """Where it lies: `between 1 and 2 weeks`, in a cell `1–2`."""
        if math.isnan(self.estimate):
            return Part(NOT_ESTIMABLE, NOT_ESTIMABLE, self)
        inside = Range(self.left, self.estimate, self.unit, self.digits, self.most)
        return Part(f"between {self.begin.cell} and {super().point.prose}", inside.cell, self)

    @property
    def begin(self) -> Number:
        """Where the interval of the median begins."""
        return Number(self.left, self.unit, self.digits, self.most)


def cells(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Turnbull's innermost intervals (p, q], as rows, in which alone an estimate can change.

    Each begins at a left end, closes at a right end, and has no other end in between (Turnbull,
    J R Stat Soc B 1976;38:290). At equal values a right end comes first, as intervals are open on
    the left.
    """
    left, right = _intervals(left, right)
    ends = turnbull.Ends.of(left, right)
    closes, before = ends.cells(np.ones((1, len(left)), dtype=bool))
    (at,) = np.nonzero(closes[0])
    return np.column_stack([ends.value[before[0, at]], ends.value[at]])


def _intervals(left, right) -> tuple[np.ndarray, np.ndarray]:
    """The ends as numbers, or a ValueError that says what is wrong with them."""
    aligned(left=left, right=right)
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if len(left) == 0 or len(left) != len(right):
        raise ValueError(f"{len(left)} left ends and {len(right)} right ends make no intervals")
    if not np.all(left < right):
        first = int(np.flatnonzero(~(left < right))[0])
        raise ValueError(
            f"each interval must end after it begins; at position {first} it runs from "
            f"{left[first]:g} to {right[first]:g}"
        )
    return left, right


def estimate(left, right, weights=None) -> tuple[np.ndarray, np.ndarray]:
    """The nonparametric maximum likelihood estimate, to the Kuhn–Tucker conditions.

    No cell's slope of the log likelihood exceeds the sum of the weights, and it equals this where
    there is probability; see `turnbull.maximise`.

    Parameters
    ----------
    left, right
        Interval (left, right] of each patient; right may be infinite.
    weights
        How often each patient counts; once by default. Where patients do not count only the sum
        over neighbouring cells may be determined.

    Returns
    -------
    tuple of arrays
        The cells (p, q], ascending, and the probability of each.

    Raises
    ------
    ValueError
        If there are no intervals, one of them is empty, or a weight is missing, negative or not
        finite, or all are 0.
    """
    left, right = _intervals(left, right)
    counts = np.ones(len(left)) if weights is None else check_weights(weights, len(left))
    if counts.ndim != 1 or not counts.sum() > 0:
        raise ValueError("weights must be one column, in which somebody counts")
    ends = turnbull.Ends.of(left, right)
    closes, before = ends.cells(np.ones((1, len(left)), dtype=bool))
    (at,) = np.nonzero(closes[0])
    inside = ends.inside(at)
    (mass,) = turnbull.maximise(inside, counts[None, :], np.ones((1, len(at)), dtype=bool))
    found = np.column_stack([ends.value[before[0, at]], ends.value[at]])
    return found, turnbull.polished(inside, counts, mass)


def median_cell(found: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """The cell (p, q] in which the estimate reaches one half; NaN if it does so nowhere.

    A cell without probability is none that the median can lie in.
    """
    reached = (np.cumsum(mass) > 0.5 - turnbull.NOTHING) & (mass > turnbull.NOTHING)
    reached &= np.isfinite(found[:, 1])
    if not reached.any():
        return math.nan, math.nan
    return tuple(float(x) for x in found[int(reached.argmax())])


def median(
    left, right, resamples: int, seed: int, conf_level: float = 0.95, unit: str = ""
) -> Median:
    """The median of the estimate, with percentile limits from resampled patients.

    The estimate says nothing about where within its cell the median lies, so the lower limit comes
    from the left ends of the resampled medians' cells and the upper from the right ends. A limit
    among samples whose median is not estimable is NaN.

    Each sample has cells of its own: where it lacks the patients that part two cells of the data,
    nothing says how its probability is shared between them.

    Raises
    ------
    ValueError
        See `estimate`; also for a level outside (0, 1) or fewer than one sample.
    """
    check_level(conf_level)
    check_draws(resamples, "resamples")
    left, right = _intervals(left, right)
    n = len(left)
    one, kind = alike(left, right)
    # the first row is the data as they are
    (weights,) = resampled_kinds([kind], resamples, seed)
    ends = turnbull.medians(left[one], right[one], weights)
    # a response at the start has an interval that begins before it; no time does
    (begin, end), *_ = ends = np.maximum(ends, 0.0)
    begin, end, ends = float(begin), float(end), ends[1:]
    tail = (1 - conf_level) / 2
    lower = percentile(np.nan_to_num(ends[:, 0], nan=np.inf), tail)
    upper = percentile(np.nan_to_num(ends[:, 1], nan=np.inf), 1 - tail)
    how = {"unit": unit, "most": 1, "conf_level": conf_level, "n": n, "left": begin}
    return Median(end, lower, upper, **how)


def medians(left, right, weights) -> np.ndarray:
    """The median's cell (p, q] in each of many samples of the same patients, as rows; NaN if none.

    Equal to `median_cell` of `estimate` for the patients of each sample, but for all samples at
    once: a thousand samples of 25 patients take 5 to 20 ms with intervals between reported visits,
    some 70 ms where nearly all intervals overlap.

    Parameters
    ----------
    left, right
        Interval (left, right] of each patient; right may be infinite.
    weights
        Samples x patients: how often each patient counts. A patient with weight 0 is not there.

    Raises
    ------
    ValueError
        See `estimate`.
    """
    left, right = _intervals(left, right)
    weights = np.atleast_2d(check_weights(weights, len(left)))
    if not (weights.sum(axis=1) > 0).all():
        raise ValueError("in each sample at least one patient must count")
    one, kind = alike(left, right)
    return turnbull.medians(left[one], right[one], together(weights, kind))


def percentile(values: np.ndarray, fraction: float) -> float:
    """An observed value, not an interpolated one; NaN where it is infinite or there is none."""
    if not len(values):
        return math.nan
    # rounded, since (1 - 0.95) / 2 of 2000 is a little more than 50 in binary
    value = float(np.quantile(values, round(fraction, 12), method="inverted_cdf"))
    return value if math.isfinite(value) else math.nan


def curve(left, right) -> pd.DataFrame:
    """The estimate as cumulative proportions: `left`, `right` of each cell, `proportion` after it.

    Within a cell the estimate is undetermined; a figure shows the cell as such.
    """
    found, mass = estimate(left, right)
    return pd.DataFrame({"left": found[:, 0], "right": found[:, 1], "proportion": np.cumsum(mass)})
