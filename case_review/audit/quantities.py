"""Printed quantities on a common scale, so that 24 h and 1 day can be compared."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

_DAY = Fraction(24)
#: Hours in a unit of time; months and years by the calendar's mean (365.25 days).
HOURS = {
    "hour": Fraction(1),
    "h": Fraction(1),
    "day": _DAY,
    "week": 7 * _DAY,
    "month": Fraction("30.4375") * _DAY,
    "year": Fraction("365.25") * _DAY,
}


def unit_name(unit: str) -> str:
    """A unit in one spelling: `m²` as `m2`, plural times as singular."""
    unit = unit.strip().replace("²", "2").replace(" ", "")
    singular = unit.removesuffix("s")
    return singular if singular in HOURS else unit


def to_base(number: Decimal | str, unit: str) -> tuple[Fraction, str]:
    """The number and its scale: times in hours, everything else as it is."""
    name = unit_name(unit)
    value = Fraction(number)
    return (value * HOURS[name], "time") if name in HOURS else (value, name)


def plain(number: Decimal) -> str:
    """A decimal without superfluous zeros or exponents."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(difference: Decimal) -> str:
    """A difference with its sign (a true minus), e.g. `+0.1` or `−2`."""
    text = plain(abs(difference))
    return f"−{text}" if difference < 0 else f"+{text}" if difference > 0 else "0"
