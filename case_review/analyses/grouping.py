"""Which group a measured value belongs to: ages, doses and target intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from case_review.errors import ReviewError
from case_review.units import to_hours

#: What a value is that was reported but lies in none of the groups.
UNCLASSIFIED = "unclassified"
#: What a target interval is that lies within no group and reaches into two or more.
ACROSS = "across groups"

_TIME_UNITS = ("hours", "days", "weeks", "months", "years")


def group_of(value: float | None, unit: str | None, groups: Sequence[Mapping]) -> str | None:
    """The id of the group that holds `value`, compared only with groups of the same unit.

    Parameters
    ----------
    value, unit
        What was reported; a missing value gives None.
    groups
        As in the parameters: `id`, `unit`, `low` and `high` (either may be left out) and `closed`
        (`left` by default: a shared boundary belongs to the upper group).

    Returns
    -------
    str or None
        An id, `UNCLASSIFIED` where no group holds the value, None where nothing was reported.
    """
    if _missing(value):
        return None
    exact = Fraction(str(value))
    same = (group for group in groups if group["unit"] == unit)
    return _first(group["id"] for group in same if _holds(group, exact, lambda x: Fraction(str(x))))


def age_group(hours: float | None, groups: Sequence[Mapping], month_days: float) -> str | None:
    """The group of an age in whole hours; limits are converted by the rule of cleaning.

    Raises
    ------
    ReviewError
        If a group's unit is no unit of time.
    """
    if _missing(hours):
        return None
    for group in groups:
        if group["unit"] not in _TIME_UNITS:
            raise ReviewError(
                f"params.yml, age_groups, {group['id']}: unit {group['unit']!r} is no unit of "
                f"time; use one of {', '.join(_TIME_UNITS)}"
            )
    return _first(
        group["id"]
        for group in groups
        if _holds(group, int(hours), lambda x, g=group: to_hours(x, g["unit"], month_days))
    )


def interval_group(low: float | None, high: float | None, groups: Sequence[Mapping]) -> str | None:
    """The group that a target interval lies within, limits included.

    A target that reaches into two groups is `ACROSS`: to touch a shared boundary is not to reach
    across it. Any other is `UNCLASSIFIED`, as is one with a single limit, for it is not known where
    it ends. None if neither limit was reported.
    """
    if _missing(low) and _missing(high):
        return None
    if _missing(low) or _missing(high):
        return UNCLASSIFIED
    ends = [(g["id"], g.get("low", -math.inf), g.get("high", math.inf)) for g in groups]
    reached = sum(low < upper and lower < high for _, lower, upper in ends)
    within = (id for id, lower, upper in ends if lower <= low and high <= upper)
    return next(within, ACROSS if reached > 1 else UNCLASSIFIED)


def _first(ids) -> str:
    return next(iter(ids), UNCLASSIFIED)


def _holds(group: Mapping, value, convert) -> bool:
    closed = group.get("closed", "left")
    low, high = group.get("low"), group.get("high")
    if low is not None:
        limit = convert(low)
        if value < limit or (value == limit and closed not in ("left", "both")):
            return False
    if high is not None:
        limit = convert(high)
        if value > limit or (value == limit and closed not in ("right", "both")):
            return False
    return True


def _missing(value) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))
