"""Which group a measured value belongs to: ages, doses and target intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from case_review.units import intervals
from case_review.units.intervals import Interval

#: What a value is that was reported but lies in none of the groups.
UNCLASSIFIED = "unclassified"
#: What an interval is that lies within no group and reaches into two or more.
ACROSS = "across groups"


def groups_of(values: Iterable, units: Iterable, groups: Mapping[str, Interval]) -> list:
    """The id of the group that holds each value, compared only with groups of the same scale.

    Parameters
    ----------
    values, units
        What was reported, two columns.
    groups
        As made by `intervals.by_id`.

    Returns
    -------
    list
        Ids, `UNCLASSIFIED` where no group holds the value, None where nothing was reported.
    """
    found = []
    for value, unit in zip(values, units, strict=True):
        ids = (id for id, group in groups.items() if group.contains(value, str(unit)))
        found.append(None if pd.isna(value) else next(ids, UNCLASSIFIED))
    return found


def target_groups(
    lows: Iterable, highs: Iterable, unit: str, groups: Mapping[str, Interval]
) -> list:
    """The group of each target, from a low to a high end in two columns; see `interval_group`.

    A target with a single limit is `UNCLASSIFIED`, for it is not known where it ends. None where
    neither limit was reported.
    """
    found = []
    for low, high in zip(lows, highs, strict=True):
        missing = pd.isna(low) + pd.isna(high)
        if missing:
            found.append(None if missing == 2 else UNCLASSIFIED)
        else:
            found.append(interval_group(intervals.between(low, high, unit), groups))
    return found


def interval_group(interval: Interval, groups: Mapping[str, Interval]) -> str:
    """The group that an interval lies within, limits included.

    An interval that reaches into two groups is `ACROSS`: to touch a shared boundary is not to reach
    across it. Any other is `UNCLASSIFIED`.
    """
    within = (id for id, group in groups.items() if interval.within(group))
    reached = sum(interval.reaches(group) for group in groups.values())
    return next(within, ACROSS if reached > 1 else UNCLASSIFIED)
