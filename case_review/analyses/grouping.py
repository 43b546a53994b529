"""Which group a measured value belongs to: ages, doses and target intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from case_review import intervals
from case_review.intervals import Interval

#: What a value is that was reported but lies in none of the groups.
UNCLASSIFIED = "unclassified"
#: What an interval is that lies within no group and reaches into two or more.
ACROSS = "across groups"


def groups_of(values: Iterable, units: Iterable, groups: Mapping[str, Interval]) -> list:
    """The group of each value of two columns; see `group_of`."""
    return [group_of(*quantity, groups) for quantity in zip(values, units, strict=True)]


def group_of(value: float | None, unit: str | None, groups: Mapping[str, Interval]) -> str | None:
    """The id of the group that holds `value`, compared only with groups of the same scale.

    Parameters
    ----------
    value, unit
        What was reported; a missing value gives None.
    groups
        As made by `intervals.by_id`.

    Returns
    -------
    str or None
        An id, `UNCLASSIFIED` where no group holds the value, None where nothing was reported.
    """
    if _missing(value):
        return None
    ids = (id for id, group in groups.items() if group.contains(value, str(unit)))
    return next(ids, UNCLASSIFIED)


def target_groups(
    lows: Iterable, highs: Iterable, unit: str, groups: Mapping[str, Interval]
) -> list:
    """The group of each target interval of two columns; see `target_group`."""
    return [target_group(*ends, unit, groups) for ends in zip(lows, highs, strict=True)]


def target_group(
    low: float | None, high: float | None, unit: str, groups: Mapping[str, Interval]
) -> str | None:
    """The group of a target from `low` to `high`; see `interval_group`.

    A target with a single limit is `UNCLASSIFIED`, for it is not known where it ends. None if
    neither limit was reported.
    """
    if _missing(low) and _missing(high):
        return None
    if _missing(low) or _missing(high):
        return UNCLASSIFIED
    return interval_group(intervals.between(low, high, unit), groups)


def interval_group(interval: Interval, groups: Mapping[str, Interval]) -> str:
    """The group that an interval lies within, limits included.

    An interval that reaches into two groups is `ACROSS`: to touch a shared boundary is not to reach
    across it. Any other is `UNCLASSIFIED`.
    """
    within = (id for id, group in groups.items() if interval.within(group))
    reached = sum(interval.reaches(group) for group in groups.values())
    return next(within, ACROSS if reached > 1 else UNCLASSIFIED)


def _missing(value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
