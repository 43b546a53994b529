"""Units: reported times in whole hours, the one place that converts them, and how units print."""

from __future__ import annotations

from fractions import Fraction

from case_review.formatting import round_half_away

#: Hours in each unit that has a fixed length.
_HOURS = {"hours": 1, "days": 24, "weeks": 168}
#: Months in each unit that has none.
_MONTHS = {"months": 1, "years": 12}


def shown(unit: str) -> str:
    """A unit as it is printed: `mg/m2/day` in a data file is `mg/m²/day` on the page."""
    return unit.replace("m2", "m²")


def to_hours(value: float | str, unit: str, month_days: float) -> int:
    """A reported time in whole hours, halves rounded away from zero.

    Parameters
    ----------
    value
        The number as reported; a decimal text such as `"1.5"` is taken exactly.
    unit
        `hours`, `days`, `weeks`, `months` or `years`; a year is twelve months.
    month_days
        Length of a month in days.

    Raises
    ------
    ValueError
        For another unit, or a value that is no number.
    """
    number = Fraction(str(value))
    if unit in _HOURS:
        hours = number * _HOURS[unit]
    elif unit in _MONTHS:
        hours = number * _MONTHS[unit] * Fraction(str(month_days)) * 24
    else:
        known = ", ".join([*_HOURS, *_MONTHS])
        raise ValueError(f"unit of time: found {unit!r}, expected one of {known}")
    return int(round_half_away(hours, 0))
