"""Time to an event that is only known to lie between two visits: Turnbull's estimate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from case_review.formatting import NOT_ESTIMABLE
from case_review.values import Estimate, Number, Part, Range

#: The self-consistent weights have settled when none moves by more than this in one step.
_SETTLED = 1e-7
_MOST_STEPS = 20_000


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
        How often each patient counts; once by default. Where patients do not count only the sum
        over neighbouring cells may be determined.

    Returns
    -------
    tuple of arrays
        The cells (p, q], ascending, and the probability of each.

    Raises
    ------
    ValueError
        If there are no intervals, or one of them is empty.
    """
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    if len(left) == 0 or len(left) != len(right):
        raise ValueError(f"{len(left)} left ends and {len(right)} right ends make no intervals")
    if not np.all(left < right):
        first = int(np.flatnonzero(~(left < right))[0])
        raise ValueError(
            f"each interval must end after it begins; at position {first} it runs from "
            f"{left[first]:g} to {right[first]:g}"
        )
    found = cells(left, right)
    inside = ((left[:, None] <= found[:, 0]) & (found[:, 1] <= right[:, None])).astype(float)
    counts = np.ones(len(left)) if weights is None else np.asarray(weights, dtype=float)
    mass = np.full(len(found), 1 / len(found))
    for _ in range(_MOST_STEPS):
        # a patient who does not count may have lost all probability; 0 / 0 is then 0
        likelihood = np.maximum(inside @ mass, 1e-300)
        new = mass * ((counts / likelihood) @ inside) / counts.sum()
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


def median(
    left, right, resamples: int, seed: int, conf_level: float = 0.95, unit: str = ""
) -> Median:
    """The median of the estimate, with percentile limits from resampled patients.

    The estimate says nothing about where within its cell the median lies, so the lower limit comes
    from the left ends of the resampled medians' cells and the upper from the right ends. A limit
    among samples whose median is not estimable is NaN.

    Each sample has cells of its own: where it lacks the patients that part two cells of the data,
    nothing says how its probability is shared between them.
    """
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    place = median_cell(*estimate(left, right))
    random = np.random.default_rng(seed)
    n = len(left)
    weights = random.multinomial(n, np.full(n, 1 / n), size=resamples)
    drawn = ((row > 0, row) for row in weights)
    ends = np.array([median_cell(*estimate(left[d], right[d], row[d])) for d, row in drawn])
    # a response at the start has an interval that begins before it; no time does
    (begin, end), ends = np.maximum(place, 0.0).tolist(), np.maximum(ends, 0.0)
    tail = (1 - conf_level) / 2
    lower = percentile(np.nan_to_num(ends[:, 0], nan=np.inf), tail)
    upper = percentile(np.nan_to_num(ends[:, 1], nan=np.inf), 1 - tail)
    how = {"unit": unit, "most": 1, "conf_level": conf_level, "n": n, "left": begin}
    return Median(end, lower, upper, **how)


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
