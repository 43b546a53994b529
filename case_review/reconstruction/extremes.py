"""The smallest and largest value of a statistic over all sets of times that agree with the print.

They are searched on the grid of times that reports state, with a proof where the enumeration
(`lattice`) comes to its end: medians, proportions and restricted means are sums over the steps of
its paths, and so is the score that tells on which side of a hazard ratio a set lies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from case_review.data.schema import OVERALL
from case_review.errors import ReviewError
from case_review.reconstruction import many_sets
from case_review.reconstruction.lattice import Largest, Lattice, Steps, largest

ENDS = ("least", "most")
_WEEK = 168
#: A score of the Cox model that counts as 0, and steps towards the ratio where it is.
_ROOT, _FITS = 1e-8, 50
#: Width of the enumeration of a median, which is settled in another way where it is cut short.
_MEDIAN_WIDTH = 3000


@dataclass(frozen=True)
class Statistic:
    """A statistic of sets of uncensored times in two groups.

    Parameters
    ----------
    id
        The registry's result that it is.
    unit
        Of its values.
    values
        Its values in sets: times in hours (sorted, sets x patients) and second group (likewise).
    gain
        What a step of the lattice adds to it; None of the hazard ratio, which is no sum.
    attainable
        All values that it may have, given the times of the grid; None where these are too many.
    median_of
        Of a median: whether of the second group, and the patients of the group.
    horizon_weeks
        Of a restricted mean.
    """

    id: str
    unit: str
    values: Callable[[np.ndarray, np.ndarray], np.ndarray]
    gain: Callable[[Steps], np.ndarray] | None = None
    attainable: Callable[[np.ndarray], np.ndarray] | None = None
    median_of: tuple[bool, int] | None = None
    horizon_weeks: float | None = None


def statistics(
    groups: Sequence[str],
    sizes: Sequence[int],
    landmarks: Sequence[int],
    horizon_weeks: float,
) -> list[Statistic]:
    """All statistics whose ends are searched: ratio, restricted means, medians, proportions.

    Parameters
    ----------
    groups
        Keys of the first and the second group.
    sizes
        Patients in them.
    landmarks, horizon_weeks
        Times of the proportions; up to where the restricted means go.
    """
    ids = [f"response.hazard_ratio.{groups[0]}", "sensitivity.rmst.difference"]
    ids += [f"sensitivity.rmst.{group}" for group in groups]
    ids += [f"response.median_weeks.{group}" for group in groups]
    for weeks in landmarks:
        ids += [f"response.at_{weeks:g}_weeks.{group}" for group in (*groups, OVERALL)]
    return [statistic(name, groups, sizes, horizon_weeks) for name in ids]


def statistic(
    name: str, groups: Sequence[str], sizes: Sequence[int], horizon_weeks: float | None
) -> Statistic:
    """The statistic of a result id.

    Raises
    ------
    ValueError
        For an id that is none of those of `statistics`.
    """
    found = re.fullmatch(
        r"response\.(?:hazard_ratio|median_weeks|at_(?P<weeks>[\d.]+)_weeks)\.(?P<group>\w+)"
        r"|sensitivity\.rmst\.(?P<mean>\w+)",
        name,
    )
    of = found and (found["group"] or found["mean"])
    known = {groups[0]: False, groups[1]: True}
    if found and found["mean"] and (of in known or of == "difference"):
        if horizon_weeks is None or not horizon_weeks > 0:
            raise ValueError(f"{name} needs a horizon above 0 weeks")
        horizon = horizon_weeks * _WEEK
        weights = _weights(of, known, sizes)
        how = partial(_restricted, weights=weights, horizon=horizon)
        gain = partial(_restricted_gain, weights=weights, horizon=horizon)
        return Statistic(name, "weeks", how, gain, horizon_weeks=horizon_weeks)
    if found and found["weeks"] and of in (*known, OVERALL):
        hours = float(found["weeks"]) * _WEEK
        weights = _weights(of, known, sizes)
        how = partial(_share, weights=weights, hours=hours)
        n = sum(sizes) if of == OVERALL else sizes[known[of]]
        shares = partial(_shares, n)
        return Statistic(name, "", how, partial(_share_gain, weights=weights, hours=hours), shares)
    if name.startswith("response.median_weeks.") and of in known:
        how = {"of_second": known[of], "size": sizes[known[of]]}
        medians = partial(_medians, sizes[known[of]])
        gain = partial(_median_gain, **how)
        return Statistic(
            name, "weeks", partial(_median, **how), gain, medians, (known[of], sizes[known[of]])
        )
    if name == f"response.hazard_ratio.{groups[0]}":
        return Statistic(name, "", _ratio)
    raise ValueError(f"{name} is none of the statistics whose ends are searched")


def _weights(of: str, known: Mapping[str, bool], sizes: Sequence[int]) -> tuple[float, float]:
    """Weight of a patient of the first and of the second group in a mean, or its difference."""
    if of == OVERALL:
        return 1 / sum(sizes), 1 / sum(sizes)
    if of in known:
        return (0.0, 1 / sizes[1]) if known[of] else (1 / sizes[0], 0.0)
    return 1 / sizes[0], -1 / sizes[1]


def _weighted(per_patient: np.ndarray, second: np.ndarray, weights) -> np.ndarray:
    return (per_patient * np.where(second, weights[1], weights[0])).sum(axis=1)


def _counts(step: Steps, weights) -> np.ndarray:
    return (step.events - step.events_second) * weights[0] + step.events_second * weights[1]


def _restricted(times, second, weights, horizon) -> np.ndarray:
    return _weighted(np.minimum(times, horizon), second, weights) / _WEEK


def _restricted_gain(step: Steps, weights, horizon) -> np.ndarray:
    return min(step.hours, horizon) * _counts(step, weights) / _WEEK


def _share(times, second, weights, hours) -> np.ndarray:
    return _weighted(times <= hours, second, weights)


def _share_gain(step: Steps, weights, hours) -> np.ndarray:
    return (step.hours <= hours) * _counts(step, weights)


def _shares(n: int, hours: np.ndarray) -> np.ndarray:
    return np.arange(n + 1) / n


def _medians(n: int, hours: np.ndarray) -> np.ndarray:
    """Single times, or midpoints of two for an even number of patients, in weeks."""
    if n % 2:
        return hours / _WEEK
    return np.unique(hours[:, None] + hours) / (2 * _WEEK)


def _median(times, second, of_second: bool, size: int) -> np.ndarray:
    return many_sets.group_medians(times, second, of_second) / _WEEK


def _median_gain(step: Steps, of_second: bool, size: int) -> np.ndarray:
    """Half the time for each of the two middle patients who responds at it."""
    before, events = _own(step, of_second, size)
    middle = ((size - 1) // 2, size // 2)
    count = sum((before <= k) & (k < before + events) for k in middle)
    return count * step.hours / (2 * _WEEK)


def _own(step: Steps, of_second: bool, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Patients of a group who responded before a step, and who do at it."""
    risk, events = step.risk_second, step.events_second
    if not of_second:
        risk, events = step.risk - risk, step.events - events
    return size - risk, events


def _ratio(times, second) -> np.ndarray:
    """Hazard ratio of the first group against the second."""
    return 1 / many_sets.hazard_ratios(times, second)[0]


def _signed_score(sign: int, beta: float, step: Steps) -> np.ndarray:
    """Derivative of Efron's log likelihood at a log hazard ratio of the second group."""
    tied = np.maximum(step.events, 1)
    found = step.events_second.astype(float)
    for k in range(int(step.events.max(initial=0))):
        share = np.minimum(k / tied, 1)
        ones = (step.risk_second - share * step.events_second) * np.exp(beta)
        zeros = step.risk - step.risk_second - share * (step.events - step.events_second)
        found -= np.where(k < step.events, ones / np.maximum(ones + zeros, 1e-300), 0.0)
    return sign * found


def find(lattice: Lattice, wanted: Statistic, end: str, width: int = 30_000) -> Largest:
    """The set with the `least` or the `most` of a statistic; its value is that of the statistic.

    A hazard ratio is beyond a given one exactly if the score at the given one has a sign, for the
    likelihood is concave. So the ratio is raised to that of the set with the largest score, until
    no set has a score above 0.

    Parameters
    ----------
    end
        One of `ENDS`.
    width
        See `lattice.largest`.

    Raises
    ------
    ReviewError
        If no set agrees with the print.
    """
    sign = 1 if end == ENDS[1] else -1
    if wanted.gain:
        values = wanted.attainable and np.sort(sign * wanted.attainable(lattice.hours))
        best = largest(
            lattice,
            lambda step: sign * wanted.gain(step),
            lambda value: _above(value, values),
            min(width, _MEDIAN_WIDTH) if wanted.median_of else width,
        )
        best = replace(best, value=_value(wanted, best))
        if best.proved or not wanted.median_of:
            return best
        return replace(best, proved=_none_beyond(lattice, wanted, sign, best.value, width))
    beta, kept, known = 0.0, None, -np.inf
    for _ in range(_FITS):
        # The ratio of the first group falls as that of the second rises.
        gain = partial(_signed_score, -sign, beta)
        best = largest(lattice, gain, lambda value: value + _ROOT, width, known)
        if kept is not None and not len(best.times):
            return replace(kept, proved=best.proved)
        kept, known = replace(best, value=_value(wanted, best), proved=False), 0.0
        beta = -float(np.log(kept.value))
    return kept


def _none_beyond(lattice: Lattice, wanted: Statistic, sign: int, median: float, width: int) -> bool:
    """Whether it is shown that no set has a median beyond, by the times of the middle patients.

    A median is beyond if both middle times are at least (at most) those of one of a few pairs. A
    set that keeps to a pair has no patient in the middle who responds on the wrong side of it.
    """
    of_second, size = wanted.median_of
    middle = ((size - 1) // 2, size // 2)
    ordered = sign * lattice.hours
    beyond = [
        (a, b)
        for a in ordered
        for b in ordered
        if sign * a <= sign * b
        and (a == b or size % 2 == 0)
        and a + b > sign * 2 * median * _WEEK + _ROOT
    ]
    least = {(a, b) for a, b in beyond if not any(_within(other, (a, b)) for other in beyond)}

    def wrong(step: Steps, pair: tuple[int, int]) -> np.ndarray:
        before, events = _own(step, of_second, size)
        return -sum(
            float(sign * step.hours < limit) * ((before <= k) & (k < before + events))
            for k, limit in zip(middle, pair, strict=True)
        )

    for pair in sorted(least):
        none = largest(
            lattice,
            partial(wrong, pair=pair),
            lambda value: -_ROOT if value < -_ROOT else np.inf,
            width,
        )
        if len(none.times) or not none.proved:
            return False
    return True


def _within(other: tuple[int, int], pair: tuple[int, int]) -> bool:
    return other != pair and other[0] <= pair[0] and other[1] <= pair[1]


def _above(value: float, values: np.ndarray | None) -> float:
    """From where on a sum is larger, given all values if they are known."""
    if values is None:
        return value + _ROOT
    following = values[values > value + _ROOT]
    return following[0] - _ROOT if len(following) else np.inf


def _value(wanted: Statistic, best: Largest) -> float:
    if not len(best.times):
        raise ReviewError(
            "no set of response times agrees with the printed median, limits, range and p. "
            "Check these numbers in published.csv, or widen the grid of times in params.yml."
        )
    return float(wanted.values(best.times[None], best.second[None])[0])
