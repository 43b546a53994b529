"""Many sets of response times that all agree with what is printed, and what holds in all of them.

A set consists of n uncensored times in two groups of given sizes. It agrees with the print if the
median, its limits and the range come out exactly and the log-rank p rounds to the printed one.
Without censoring the median, its limits and the range are order statistics, so they fix certain
sorted times; the others lie anywhere between them, on the grid of times that reports use. Which
patient belongs to which group is then drawn until the p fits (rejection sampling).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import special

from case_review.audit.claims import Claims
from case_review.errors import ReviewError
from case_review.reconstruction.many_sets import logrank_parts
from case_review.statistics import survival
from case_review.units import to_hours

#: Labellings drawn at once, how many parts they are tested in, and how often that is done before
#: new times are drawn.
_BATCH, _PARTS, _BATCHES = 2000, 10, 10
#: Vectors of times tried before a set of constraints is declared unsatisfiable.
_ATTEMPTS = 50


@dataclass(frozen=True)
class Printed:
    """What the sets must agree with.

    Parameters
    ----------
    sizes
        Patients in the two groups.
    shortest, low, median, high, longest
        Range, limits of the median and the median of all patients, in hours.
    p, p_digits
        Log-rank p between the groups as printed, and its number of decimals.
    conf_level
        Level of the median's limits (band of type `log`).
    """

    sizes: tuple[int, int]
    shortest: int
    low: int
    median: int
    high: int
    longest: int
    p: float
    p_digits: int
    conf_level: float = 0.95

    @property
    def n(self) -> int:
        """All patients."""
        return sum(self.sizes)

    def anchors(self) -> dict[int, int]:
        """Sorted position (from 0) to the time that the print fixes there, in hours."""
        lower, middle, upper = median_positions(self.n, self.conf_level)
        if upper is None:
            raise ReviewError(
                f"{self.n} patients without censoring have no upper limit of the median, "
                "but one is printed. Correct the printed limits or the number of patients."
            )
        return {
            0: self.shortest,
            lower: self.low,
            middle: self.median,
            upper: self.high,
            self.n - 1: self.longest,
        }

    def chi_square_range(self) -> tuple[float, float]:
        """Smallest and largest log-rank chi-square whose p rounds to the printed one."""
        half = 0.5 * 10**-self.p_digits
        return tuple(float(special.chdtri(1, p)) for p in (self.p + half, self.p - half))


def median_positions(n: int, conf_level: float = 0.95) -> tuple[int, int, int | None]:
    """Positions (from 0) of lower limit, median and upper limit among n uncensored sorted times.

    Without censoring these are order statistics, e.g. the 9th, 13th and 19th of 25, so the times
    1 to n tell the positions. For even n the median is the midpoint of two times, of which the
    lower one's position is given. An upper limit that is not estimable is None.
    """
    positions = np.arange(1, n + 1)
    found = survival.kaplan_meier(positions, np.ones(n), conf_level=conf_level).median()
    upper = None if np.isnan(found.upper) else int(found.upper) - 1
    return int(found.lower) - 1, int(found.estimate) - 1, upper


def read_printed(
    claims: Claims, ids: Mapping[str, str], month_days: float, conf_level: float = 0.95
) -> Printed:
    """What the sets must agree with, from the claims named in `ids`.

    `ids` gives the claim of `first_group`, `second_group` (sizes), `shortest`, `low`, `median`,
    `high`, `longest` (times) and `p`.
    """
    times = {
        name: to_hours(claims[ids[name]].value, claims[ids[name]].unit, month_days)
        for name in ("shortest", "low", "median", "high", "longest")
    }
    p = claims[ids["p"]]
    sizes = (claims.number(ids["first_group"]), claims.number(ids["second_group"]))
    return Printed(
        sizes=sizes, p=float(p.number), p_digits=p.digits, conf_level=conf_level, **times
    )


def grid(limits: Mapping[str, int], month_days: float) -> np.ndarray:
    """Times that reports state, in hours, sorted: whole days, weeks and months up to `limits`.

    `limits` holds how many of each unit, e.g. `{"days": 13, "weeks": 12, "months": 6}`.
    """
    values = {
        to_hours(i, unit, month_days) for unit, most in limits.items() for i in range(1, most + 1)
    }
    return np.array(sorted(values), dtype=np.int64)


@dataclass(frozen=True)
class ConsistentSets:
    """Sets of response times.

    Parameters
    ----------
    times
        Hours, sorted within a set; shape (sets, patients).
    second
        Whether the patient is in the second group; same shape.
    """

    times: np.ndarray
    second: np.ndarray

    def __len__(self) -> int:
        return len(self.times)


def draw(
    printed: Printed, anchors: Mapping[int, int], candidates: np.ndarray, rng
) -> tuple[np.ndarray, np.ndarray]:
    """Sorted times in hours of one set, and whether each is of the second group.

    The times that the print leaves free are drawn from the candidates between those that it fixes;
    then the groups are drawn until the log-rank p is the printed one.

    Raises
    ------
    ReviewError
        If no set agrees with the print.
    """
    low, high = printed.chi_square_range()
    unshuffled = np.tile(np.repeat([False, True], printed.sizes), (_BATCH, 1))
    for _ in range(_ATTEMPTS):
        times = _draw_times(anchors, candidates, rng)
        for _ in range(_BATCHES):
            # One that fits comes soon as a rule, and to draw is quicker than to test.
            for labels in np.split(rng.permuted(unshuffled, axis=1), _PARTS):
                score, variance = logrank_parts(times, labels)
                fits = np.flatnonzero((score**2 >= low * variance) & (score**2 <= high * variance))
                if fits.size:
                    return times, labels[fits[0]]
    raise ReviewError(
        "no set of response times agrees with the printed median, limits, range and p. "
        "Check these numbers in published.csv, or widen the grid of times in "
        "data/raw/reconstruction.yml."
    )


def _draw_times(anchors: Mapping[int, int], candidates: np.ndarray, rng) -> np.ndarray:
    positions = sorted(anchors)
    times = np.empty(positions[-1] + 1, dtype=np.int64)
    for start, end in pairwise(positions):
        low, high = anchors[start], anchors[end]
        if low > high:
            raise ReviewError(
                f"the printed times contradict each other: position {start + 1} is {low} h, "
                f"position {end + 1} is {high} h. Correct published.csv."
            )
        between = candidates[(candidates >= low) & (candidates <= high)]
        between = np.union1d(between, [low, high])
        times[start], times[end] = low, high
        times[start + 1 : end] = np.sort(rng.choice(between, end - start - 1))
    return times
