"""Cut-points: intervals on a scale, from which labels, rows, bands and groups follow.

A group of `params.yml` is written once, as ends, unit and which end belongs to it. Its printed
label is made from these, and a printed label is read back as the interval that it names:

    young = of_group({"unit": "months", "high": 2})
    young.label                      < 2 months
    young.contains(5, "weeks")       True
    parse("< 2 months") == young     True
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from case_review.formatting import with_unit
from case_review.units import MONTH_DAYS, to_base

#: How a unit is written that can be read in a label.
UNIT = r"[A-Za-zµ%][\w/²%µ]*"
_NUM = r"(\d+(?:\.\d+)?)"
_ONE_SIDED = re.compile(rf"([<>≤≥])\s*{_NUM}\s*({UNIT})")
_TWO_SIDED = re.compile(rf"{_NUM}\s*({UNIT})?\s*(?:–|-|\bto\b)\s*{_NUM}\s*({UNIT})")


@dataclass(frozen=True)
class Interval:
    """The values of a scale between two ends. Scales start at zero.

    Two intervals are equal if they hold the same values; how they are printed is no part of it.

    Parameters
    ----------
    low, high
        Ends on the common scale (times in hours); `high` is infinite for "> 18 years".
    low_closed, high_closed
        Whether the end itself belongs to the interval.
    scale
        `time`, or the unit.
    label
        As printed, with the unit.
    low_printed, low_unit, high_printed, high_unit
        The ends in the label's own words; empty where there is no such end.
    month_days
        Length of a month in days, for times.
    """

    low: Fraction
    high: Fraction | float
    low_closed: bool
    high_closed: bool
    scale: str
    label: str = field(compare=False)
    low_printed: str = field(compare=False)
    low_unit: str = field(compare=False)
    high_printed: str = field(compare=False)
    high_unit: str = field(compare=False)
    month_days: float = field(compare=False)

    @property
    def short(self) -> str:
        """The label without unit, for an axis that says it: `< 0.05`, `1.5–1.6`, `> 2.0`.

        Ends in two units keep them.
        """
        if not self.low_printed:
            return f"{'≤' if self.high_closed else '<'} {self.high_printed}"
        if not self.high_printed:
            return f"{'≥' if self.low_closed else '>'} {self.low_printed}"
        if self.low_unit != self.high_unit:
            ends = ((self.low_printed, self.low_unit), (self.high_printed, self.high_unit))
            return "–".join(with_unit(*end) for end in ends)
        return f"{self.low_printed}–{self.high_printed}"

    @property
    def empty(self) -> bool:
        """Whether no value lies in it: the ends are exchanged, or equal and not both closed."""
        return self._start > self._end

    def contains(self, value, unit: str) -> bool:
        """Whether a reported value lies in it, compared exactly; never on another scale."""
        number, scale = to_base(value, unit, self.month_days)
        return scale == self.scale and self._start <= (number, 0) <= self._end

    def overlaps(self, other: Interval) -> bool:
        """Whether some value lies in both."""
        same = self.scale == other.scale
        return same and self._start <= other._end and other._start <= self._end

    def within(self, other: Interval) -> bool:
        """Whether it does not go beyond the ends of `other`, whichever of them are closed."""
        return self.scale == other.scale and other.low <= self.low and self.high <= other.high

    def reaches(self, other: Interval) -> bool:
        """Whether it shares more with `other` than a boundary."""
        return self.scale == other.scale and self.low < other.high and other.low < self.high

    # An open low end lies just after its number, an open high end just before.
    @property
    def _start(self) -> tuple:
        return (self.low, 0 if self.low_closed else 1)

    @property
    def _end(self) -> tuple:
        return (self.high, 0 if self.high_closed else -1)


def of_group(group: Mapping, month_days: float = MONTH_DAYS) -> Interval:
    """The interval of a group as `params.yml` writes it.

    Parameters
    ----------
    group
        `unit`, with `low` or `high` or both; `high_unit` if the upper end is given in another unit;
        `closed` (`left` by default, `right`, `both` or `neither`); `digits`, the decimals that are
        printed at least. A cut-point is never rounded.
    month_days
        Length of a month in days.
    """
    low, high = (_printed(group.get(end), group.get("digits", 0)) for end in ("low", "high"))
    closed = group.get("closed", "left")
    unit = group["unit"]
    return _interval(
        (low, unit if low else ""),
        (high, group.get("high_unit", unit) if high else ""),
        closed in ("left", "both"),
        closed in ("right", "both"),
        month_days,
    )


def by_id(groups: Iterable[Mapping], month_days: float = MONTH_DAYS) -> dict[str, Interval]:
    """The intervals of an entry of `params.yml`, such as `dose_groups`, by id."""
    return {group["id"]: of_group(group, month_days) for group in groups}


def between(low, high, unit: str) -> Interval:
    """The interval from `low` to `high`, both included."""
    return of_group({"low": low, "high": high, "unit": unit, "closed": "both"})


def find(text: str, month_days: float = MONTH_DAYS) -> Interval | None:
    """The first interval in a text (`< 2 months`, `dose 5 to 15 ng/ml`), or None.

    Both ends of "2–13 years" belong to it, for nothing else is printed. Ends in units of different
    scales make no interval.
    """
    if two := _TWO_SIDED.search(text):
        low, low_unit, high, unit = two.groups()
        # "2 to 5 patients" is no interval on a scale, but neither has it a unit of measurement.
        return _interval((low, low_unit or unit), (high, unit), True, True, month_days, two[0])
    if one := _ONE_SIDED.search(text):
        sign, number, unit = one.groups()
        ends = (("", ""), (number, unit)) if sign in "<≤" else ((number, unit), ("", ""))
        return _interval(*ends, sign != ">", sign == "≤", month_days, one[0])
    return None


def parse(text: str, month_days: float = MONTH_DAYS) -> Interval:
    """The interval that a label names.

    Raises
    ------
    ValueError
        If the text is anything but a label.
    """
    found = find(text, month_days)
    if found is None or found.label != text.strip():
        raise ValueError(
            f"found {text!r}, expected an interval with its unit, such as '< 2 months', "
            "'5–15 ng/ml' or '2 months–2 years'"
        )
    return found


def _interval(low, high, low_closed, high_closed, month_days, label="") -> Interval | None:
    """From the ends as (printed number, unit); None if they are on different scales."""
    start, scale = to_base(low[0] or 0, low[1] or high[1], month_days)
    end, end_scale = to_base(high[0], high[1], month_days) if high[0] else (math.inf, scale)
    if scale != end_scale:
        return None
    closed = (low_closed or not low[0], high_closed and bool(high[0]))
    found = Interval(start, end, *closed, scale, label, *low, *high, month_days)
    return found if label else replace(found, label=_label(found))


def _label(found: Interval) -> str:
    if found.low_printed and found.high_printed:
        return with_unit(found.short, found.high_unit if found.low_unit == found.high_unit else "")
    sign, number = found.short.split(" ")
    return f"{sign} {with_unit(number, found.low_unit or found.high_unit)}"


def _printed(number, digits: int) -> str:
    if number is None:
        return ""
    exact = Decimal(str(number)).normalize()
    return f"{exact:.{max(digits, -exact.as_tuple().exponent)}f}"
