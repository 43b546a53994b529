"""A recorded number in words, for cards and tooltips: value, range, limits, patients behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from case_review.formatting import NOT_ESTIMABLE, with_unit

if TYPE_CHECKING:
    from case_review.registry import Recorded
    from case_review.rendering.provenance import TableNumber


def has_ends(result: Recorded | TableNumber) -> bool:
    """Whether it is known how far a number varies."""
    return result.least is not None or result.most is not None


def ends(result: Recorded | TableNumber) -> str:
    """The range of a number that varies, with its unit."""
    if not has_ends(result):
        return ""
    return _between(result.least, result.most, result.unit)


def value(result: Recorded | TableNumber) -> str:
    """A number with its unit; empty where only its ends are known, as of a range."""
    is_range = result.low is not None or result.high is not None
    if result.value is None and (has_ends(result) or is_range):
        return ""
    return _with_unit(result.value, result.unit)


def interval(result: Recorded | TableNumber) -> str:
    """The limits of a number, or the ends of a range, with their unit; empty where it has none.

    Those of a count are limits of its percentage.
    """
    if result.low is None and result.high is None:
        return ""
    limits, unit = [result.low, result.high], result.unit
    if is_count(result):
        limits = [None if limit is None else 100 * limit / result.of for limit in limits]
        unit = "%"
    return _between(*limits, unit)


def is_count(result: Recorded | TableNumber) -> bool:
    """Whether a number is so many of so many, whose percentage stands beside it."""
    return bool(result.of) and result.n == result.value and result.unit != "proportion"


def _between(low, high, unit: str) -> str:
    """`1 to 10 weeks`, `20 to 80%`."""
    if unit == "proportion":
        low, high = (None if end is None else 100 * end for end in (low, high))
        unit = "%"
    if high is None:
        return f"{_with_unit(low, unit)} to {rounded(high)}"
    return f"{rounded(low)} to {_with_unit(high, unit, plural=True)}"


def _with_unit(number, unit: str, plural: bool = False) -> str:
    """`2 weeks`, `1 patient`, `60%`; proportions are in per cent, as the report shows them."""
    if unit == "proportion" and isinstance(number, int | float):
        number, unit = 100 * number, "%"
    text = rounded(number)
    return f"{text} {unit}" if plural and text == "1" and unit != "%" else with_unit(text, unit)


def counted(result: Recorded | TableNumber) -> str:
    """Numerator and denominator; empty where a number has none."""
    if result.n is None:
        return ""
    return f"{result.n}" + (f" of {result.of}" if result.of is not None else "")


def rounded(value) -> str:
    """A value to six digits, more than any text shows; the data files have all of them."""
    if isinstance(value, float) and abs(value) < 100_000:
        return f"{value:.6g}"
    return NOT_ESTIMABLE if value is None else str(value).removesuffix(".0")
