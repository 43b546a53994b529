"""t and F from printed means, standard deviations and group sizes, as exact intervals.

Printed means and deviations are rounded, so each may lie within an interval; of all values within
them the smallest and the largest statistic is found, not sampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

#: Groups up to which the largest F is sought among all corners of the means' intervals.
MOST_GROUPS = 10


class Group(NamedTuple):
    """A group's size, and what its unrounded mean and standard deviation may be."""

    n: int
    mean: tuple[float, float]
    sd: tuple[float, float]


def pooled_t(one: Group, other: Group) -> tuple[float, float]:
    """Smallest and largest size of Student's t for two groups with a common variance."""
    low, high = f_statistic((one, other))
    return math.sqrt(low), math.sqrt(high)


def welch_t(one: Group, other: Group) -> tuple[float, float]:
    """Smallest and largest size of t for two groups with variances of their own (Welch, Biometrika
    1947;34:28)."""
    near, far = _apart(one.mean, other.mean)
    small, large = (
        math.sqrt(one.sd[end] ** 2 / one.n + other.sd[end] ** 2 / other.n) for end in (0, 1)
    )
    return _ratio(near, large), _ratio(far, small)


def welch_df(one: Group, other: Group) -> tuple[float, float]:
    """The least and the most degrees of freedom that Welch's t can have with these sizes."""
    return min(one.n, other.n) - 1, one.n + other.n - 2


def paired_t(one: Group, other: Group) -> tuple[float, float]:
    """Smallest and largest size of t if the groups are the same people, whatever the correlation.

    The deviation of differences lies between the difference and the sum of both deviations.
    """
    near, far = _apart(one.mean, other.mean)
    root = math.sqrt(one.n)
    closest = _apart(one.sd, other.sd)[0]
    return _ratio(near * root, one.sd[1] + other.sd[1]), _ratio(far * root, closest)


def f_statistic(groups: Sequence[Group]) -> tuple[float, float]:
    """Smallest and largest F of a one-way analysis of variance.

    The sum of squares within grows with every deviation. That between is convex in the means: it
    is largest at a corner of their intervals, and smallest where all are as near as can be to one
    common value.

    Raises
    ------
    ValueError
        If there are more than `MOST_GROUPS` groups, or no more people than groups.
    """
    freedom = sum(group.n for group in groups) - len(groups)
    if len(groups) > MOST_GROUPS or freedom < 1:
        raise ValueError(f"F of {len(groups)} groups and {freedom} degrees of freedom")
    within = [
        sum((group.n - 1) * group.sd[end] ** 2 for group in groups) / freedom for end in (0, 1)
    ]
    sizes = [group.n for group in groups]
    corners = product(*(set(group.mean) for group in groups))
    most = max(_between(sizes, corner) for corner in corners)
    least = _between(sizes, _nearest(groups))
    df = len(groups) - 1
    return _ratio(least / df, within[1]), _ratio(most / df, within[0])


def _between(sizes: Sequence[int], means: Sequence[float]) -> float:
    """The sum of squares between groups."""
    centre = sum(n * mean for n, mean in zip(sizes, means, strict=True)) / sum(sizes)
    return sum(n * (mean - centre) ** 2 for n, mean in zip(sizes, means, strict=True))


def _nearest(groups: Sequence[Group]) -> list[float]:
    """The means within their intervals that lie as close together as they can.

    Given the centre, each is the point of its interval next to it. The slope of the sum of squares
    grows with the centre and is linear between the ends of intervals.
    """

    def slope(centre: float) -> float:
        return sum(g.n * (centre - min(max(centre, g.mean[0]), g.mean[1])) for g in groups)

    ends = sorted({end for group in groups for end in group.mean})
    above = next(number for number, end in enumerate(ends) if slope(end) >= 0)
    low, high = ends[max(above - 1, 0)], ends[above]
    down, up = slope(low), slope(high)
    centre = high if up == down else low + (high - low) * -down / (up - down)
    return [min(max(centre, group.mean[0]), group.mean[1]) for group in groups]


def _apart(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The smallest and the largest distance of two numbers within intervals."""
    near = max(one[0] - other[1], other[0] - one[1], 0.0)
    return near, max(one[1] - other[0], other[1] - one[0])


def _ratio(above: float, below: float) -> float:
    if below > 0:
        return above / below
    return math.inf if above > 0 else 0.0


def f_grid(one: Group, other: Group, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest F of two groups for all sizes from 2 up to `first` and `second`.

    The sizes of the groups themselves mean nothing; entry [i, j] is for sizes i + 2 and j + 2.
    """
    n, m = np.arange(2, first + 1)[:, None], np.arange(2, second + 1)[None, :]
    near, far = _apart(one.mean, other.mean)
    small, large = (
        ((n - 1) * one.sd[end] ** 2 + (m - 1) * other.sd[end] ** 2) / (n + m - 2) * (1 / n + 1 / m)
        for end in (0, 1)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return near**2 / large, far**2 / small
