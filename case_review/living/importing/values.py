"""What a cell says, where it can be said in one way: numbers, ranges, units, dates, missing words.

A cell that a reader does not understand as a whole is not read at all: no number comes out that
does not stand in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: Words for a value that nobody reported.
MISSING = {
    "nr", "n r", "n.r.", "na", "n/a", "n.a.", "nd", "n.d.", "nan", "null", "?", "??", "-", "–", "—",
    "not reported", "not stated", "not given", "not available", "unknown", "unk", "missing", ".",
    "not recorded", "not mentioned", "n/r", "n/d", "unclear",
}  # fmt: skip
#: Units of time by the ways to write them; `m` is none, as it is minutes or months.
_TIMES = {
    "hours": "h hr hrs hour hours",
    "days": "d day days",
    "weeks": "w wk wks week weeks",
    "months": "mo mos mth mths month months",
    "years": "y yr yrs year years yo",
}
_DOSES = {
    "mg/m2/day": "mg/m2/d mg/m2/day mg/m2perday mg/m2daily",
    "mg/kg/day": "mg/kg/d mg/kg/day mg/kgperday mg/kgdaily",
    # Of a day or of a dose: the mapping says.
    "mg/m2": "mg/m2",
    "mg/kg": "mg/kg",
}
_LEVELS = {"ng/ml": "ng/ml µg/l μg/l ug/l mcg/l"}
#: Spellings of units, with the unit that they mean.
UNITS = {
    spelling: unit
    for units in (_TIMES, _DOSES, _LEVELS)
    for unit, spellings in units.items()
    for spelling in spellings.split()
}
_NUMBER = r"(\d{1,12}(?:[.,]\d{1,17})?)"
_ABOUT = r"(~|≈|approximately|approx\.?|about|around|circa|ca\.?|c\.)"
_LIMIT = r"(<=|>=|<|>|≤|≥|less than|more than|under|over|up to|at least)"
_UNIT = r"([a-zµμ][a-z0-9µμ/²\s.]{0,20})?"
_ONE = re.compile(rf"(?:{_ABOUT}|{_LIMIT})?\s*{_NUMBER}\s*{_UNIT}", re.A)
_RANGE = re.compile(
    rf"{_ABOUT}?\s*{_NUMBER}\s*{_UNIT}\s*(?:-|–|—|\bto\b)\s*{_NUMBER}\s*{_UNIT}", re.A
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00:00)?", re.A)
_WRITTEN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.A)
#: `1,250` may be a thousand and more, or one and a quarter.
_COMMA = re.compile(r"[0-9],[0-9]")
_POINT = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2}\.[0-9]{3}(?![0-9])")
_EITHER = re.compile(r"[1-9]\d{0,2},\d{3}")


@dataclass(frozen=True)
class Amount:
    """A number as a cell says it.

    Parameters
    ----------
    low, high
        Its ends, the same for a single number.
    unit
        The unit beside it, in our spelling, or empty.
    kind
        `number`, `range`, `approximate`, or `limit` for one such as `<1`.
    """

    low: Decimal
    high: Decimal
    unit: str = ""
    kind: str = "number"


class Unread(Exception):
    """A cell that cannot be read in one way; its message says why."""


def is_missing(text: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a cell says that there is no value; `more` are further words for it, folded."""
    folded = " ".join(text.split()).casefold()
    return not folded or folded in MISSING or folded in more


def unit(text: str) -> str:
    """A unit in our spelling, or an empty text for one that is not known."""
    folded = re.sub(r"\s+", "", text.casefold()).replace("²", "2").rstrip(".")
    return UNITS.get(folded, "")


def has_comma(text: str) -> bool:
    """Whether a decimal comma stands in a cell, such as in `1,5`."""
    return bool(_COMMA.search(text)) and not _EITHER.search(text)


def amount(text: str, commas: bool = False) -> Amount:
    """The number, or both ends of a range, with the unit that stands beside it.

    Parameters
    ----------
    commas
        Whether others of its column have decimal commas, so that `1.250` may be a thousand.

    Raises
    ------
    Unread
        If the cell holds anything else, or its comma may separate thousands or decimals.
    """
    folded = " ".join(text.split()).casefold().replace("−", "-")
    if commas and _POINT.search(folded):
        raise Unread("the point may separate thousands or decimals: others have decimal commas")
    if found := _RANGE.fullmatch(folded):
        _, low, first, high, last = found.groups()
        if first and _unit_beside(first) != _unit_beside(last):
            raise Unread("the two ends have different units")
        ends = _number(low), _number(high)
        if ends[0] > ends[1]:
            raise Unread("the first end of the range is the larger one")
        return Amount(*ends, _unit_beside(last), "range")
    if found := _ONE.fullmatch(folded):
        about, limit, number, beside = found.groups()
        kind = "approximate" if about else "limit" if limit else "number"
        return Amount(_number(number), _number(number), _unit_beside(beside), kind)
    raise Unread("a number, or two ends, and nothing but a unit was expected")


def _number(text: str) -> Decimal:
    if _EITHER.fullmatch(text):
        raise Unread("the comma may separate thousands or decimals")
    return Decimal(text.replace(",", "."))


def _unit_beside(text: str | None) -> str:
    if not text or not text.strip():
        return ""
    if found := unit(text):
        return found
    raise Unread(f"'{text.strip()}' is no unit that is known")


def day(text: str, order: str = "") -> date:
    """The day that a cell says.

    Parameters
    ----------
    order
        `day first` or `month first`, for dates such as 03/04/2020; without it only those are read
        that can be read in one way.

    Raises
    ------
    Unread
        If it is no date, or one that can be read in two ways.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        return _day(*map(int, found.groups()))
    if not (found := _WRITTEN.fullmatch(text)):
        raise Unread("a date such as 2020-03-31 was expected")
    first, second, year = map(int, found.groups())
    if order:
        return _day(year, *((second, first) if order == "day first" else (first, second)))
    if first <= 12 and second <= 12 and first != second:
        raise Unread("the day or the month may come first")
    return _day(year, *((second, first) if first > 12 else (first, second)))


def _day(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise Unread("there is no such day") from None


def plain(value: Decimal) -> str:
    """A number as raw tables have it: a decimal point, no zeros behind it that say nothing."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
