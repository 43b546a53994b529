"""Units on a common scale: the one place that converts units of time, and how units print.

Cut-points, which are intervals on such a scale, stand in `intervals`. It imports `values` and the
ground below; everything above may import it. Amounts with a unit come in, hours, labels and
intervals go out.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from case_review.formatting import round_half_away

#: Units of time as the data name them.
TIMES = ("hours", "days", "weeks", "months", "years")
#: Days in a month where a review sets no other length: 365.25 / 12.
MONTH_DAYS = 30.4375
#: The scale of every unit of time; its base is the hour.
TIME = "time"

#: Hours in each unit that has a fixed length.
_HOURS = {"hour": 1, "h": 1, "day": 24, "week": 168}
#: Months in each unit that has none.
_MONTHS = {"month": 1, "year": 12}


def unit_name(unit: str) -> str:
    """A unit in one spelling: `m²` as `m2`, units of time in the singular."""
    unit = unit.strip().replace("²", "2").replace(" ", "")
    singular = unit.removesuffix("s")
    return singular if singular in _HOURS or singular in _MONTHS else unit


def hours_in(unit: str, month_days: float = MONTH_DAYS) -> Fraction | None:
    """Hours in a unit of time with months of `month_days` days, exactly; None for other units."""
    name = unit_name(unit)
    if name in _MONTHS:
        return _MONTHS[name] * Fraction(str(month_days)) * 24
    return Fraction(_HOURS[name]) if name in _HOURS else None


def to_base(value, unit: str, month_days: float = MONTH_DAYS) -> tuple[Fraction, str]:
    """A number and its scale, exactly: times in hours, everything else as it is."""
    number, hours = Fraction(str(value)), hours_in(unit, month_days)
    return (number, unit_name(unit)) if hours is None else (number * hours, TIME)


def shown(unit: str) -> str:
    """A unit as it is printed: `mg/m2/day` in a data file is `mg/m²/day` on the page."""
    return unit.replace("m2", "m²")


@lru_cache(maxsize=4096)
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
    if unit not in TIMES:
        raise ValueError(f"unit of time: found {unit!r}, expected one of {', '.join(TIMES)}")
    return int(round_half_away(to_base(value, unit, month_days)[0], 0))
